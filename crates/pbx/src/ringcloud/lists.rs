//! What the two lists of calls show: that of the calls that go on ([`Lists::take_current`]) and that of the finished ones
//! ([`Lists::take_finished`]).

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::Value;

use super::{
    directory::Directory,
    known::KnownCalls,
    placed::{Placed, PlacedCalls},
    rows::{FinishedRow, RowKey},
};
use crate::{
    error::{Error, ErrorKind},
    poll::PollStart,
};

/// A finished call that was told.
#[derive(Debug)]
pub(super) struct ToldRow {
    pub(super) call: String,
    pub(super) recording: Option<String>,
    pub(super) last_seen: Timestamp,
}

/// A row with its end, and the call that it is about.
#[derive(Debug)]
pub(super) struct Dated {
    pub(super) row: FinishedRow,
    pub(super) end: Timestamp,
    pub(super) call: String,
    /// The command that asked for it.
    pub(super) placed: Option<Placed>,
}

/// What is known of the zone of the service's times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ZoneKnown {
    /// It was given or chosen.
    Settled,
    /// Not yet. Rows whose times need it wait; those of them that were in the last answer, `None` where the next answer is
    /// the first, or the first after a failure.
    Awaited(Option<BTreeSet<RowKey>>),
    /// What has just ended fits none of the zones that the make knows, so the usual one is used.
    Assumed,
}

/// Reads the lists of one account, and remembers what they have shown.
#[derive(Debug)]
pub(super) struct Lists {
    pub(super) directory: Arc<Mutex<Directory>>,
    pub(super) placed: Arc<PlacedCalls>,
    pub(super) zone: TimeZone,
    pub(super) zone_known: ZoneKnown,
    pub(super) known: KnownCalls,
    /// Phones that were left unanswered so lately that the call may ring at another: it is looked for there first.
    pub(super) left: Vec<Dated>,
    /// When the calls that go on were last read.
    pub(super) current_at: Timestamp,
    /// Finished calls that were told.
    pub(super) told: BTreeMap<RowKey, ToldRow>,
    /// How long a call that was asked for may take until it is seen: the dialling, and the time between two answers.
    pub(super) patience: SignedDuration,
}

impl Lists {
    pub(super) fn new(
        directory: Arc<Mutex<Directory>>,
        placed: Arc<PlacedCalls>,
        start: PollStart,
        patience: SignedDuration,
    ) -> Self {
        let zone_known = if start.is_zone_settled { ZoneKnown::Settled } else { ZoneKnown::Awaited(None) };
        let known = KnownCalls::of(&start.held, start.now.wall);
        let (left, current_at, told) = (Vec::new(), Timestamp::MIN, BTreeMap::new());
        Self { directory, placed, zone: start.zone, zone_known, known, left, current_at, told, patience }
    }

    /// Finished calls wait for the zone of their times.
    pub(super) fn awaits_zone(&self) -> bool {
        matches!(&self.zone_known, ZoneKnown::Awaited(Some(waiting)) if !waiting.is_empty())
    }

    /// An answer is missing, so what is new in the next one need not have ended just now.
    pub(super) fn miss_finished(&mut self) {
        if let ZoneKnown::Awaited(waiting) = &mut self.zone_known {
            *waiting = None;
        }
    }
}

/// The rows of a list.
pub(super) fn rows(data: &Value) -> Result<&[Value], Error> {
    match data {
        Value::Array(rows) => Ok(rows),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            Err(Error::new(ErrorKind::Protocol, "RingCloud's answer is no list of calls"))
        }
    }
}
