//! Asking a PBX that tells nothing by itself, as a state machine: what to ask next, when, and what an answer shows.

use std::time::Instant;

use calls::VendorEvent;
use jiff::{Timestamp, tz::TimeZone};

use crate::{
    error::Error,
    request::{Answer, Request},
    session::{Moment, Snapshot},
};

/// A call that is known from before, open or ended lately.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldCall {
    /// The vendor's id, as the make gave it to the call.
    pub vendor_call: String,
    /// Its end is not known.
    pub is_open: bool,
}

/// What a poller begins with.
#[derive(Debug, Clone)]
pub struct PollStart {
    /// The calls that are known from before: a PBX without call ids does not tell them from new ones.
    pub held: Vec<HeldCall>,
    /// The zone in which times without a mark are read.
    pub zone: TimeZone,
    /// That zone was given or chosen; otherwise the answers may show another.
    pub is_zone_settled: bool,
    /// Now.
    pub now: Moment,
}

/// What an answer shows.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The zone that the vendor's times are in, with the reason in words; the events are read in it.
    pub zone: Option<(String, String)>,
    /// Events to store, in order.
    pub events: Vec<VendorEvent>,
    /// The list of current calls, if that was asked for.
    pub snapshot: Option<Snapshot>,
    /// Everything that has ended since then is known now.
    pub complete_since: Option<Timestamp>,
}

/// Asks one connection's PBX. What it has found is told once; where that could not be stored, a new poller begins with
/// what is.
pub trait Poller: Send {
    /// What to ask next, and when.
    fn due(&mut self) -> (Instant, Request);

    /// What came of asking it at `asked`, now.
    fn read(&mut self, answer: Result<&Answer, &Error>, asked: Moment, now: Moment) -> Result<Found, Error>;
}
