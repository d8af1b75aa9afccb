//! One call in the book.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use jiff::Timestamp;

use super::{
    derive::{self, Derived, Input},
    evidence::Evidence,
    inferred_end::{Doubt, InferredEnd},
    origin::Origin,
    settings::BookSettings,
};
use crate::{
    call::Call,
    event::{Effect, Timer, VendorEvent},
    id::{CallId, CommandId, ConnectionId},
};

/// A call with all that is known of it.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub(super) id: CallId,
    pub(super) vendor_call: Option<String>,
    pub(super) evidence: Evidence,
    pub(super) origin: Option<Origin>,
    pub(super) inferred_end: Option<InferredEnd>,
    /// The sessions of gaps that lie in its life and that nothing has filled.
    pub(super) doubts: BTreeMap<Option<String>, Doubt>,
    /// The numbers that the PBX gave to the messages of each leg.
    pub(super) numbers: BTreeMap<String, BTreeSet<i64>>,
    /// Log places of absences from the PBX's list, since it was last heard of.
    pub(super) absences: Vec<u64>,
    /// The last message was read from the PBX, so one absence may be a late row.
    pub(super) polled: bool,
    /// What the PBX tells of as of other calls, and is a part of this one.
    pub(super) joined: Vec<CallId>,
    /// A leg that counts as taken off hold until this moment, though nothing has shown it.
    pub(super) taken_back: Option<(String, Timestamp)>,
    /// Commands that started the call or act on it.
    pub(super) commands: Vec<CommandId>,
    /// Keys of the messages taken in.
    pub(super) keys: HashSet<String>,
    /// When it was first and last spoken of, by our clock.
    pub(super) first_told: Timestamp,
    pub(super) last_told: Timestamp,
    /// Log place of its first entry; none for a call that was restored for a straggler.
    pub(super) floor: Option<u64>,
    /// The timers asked for on its behalf.
    pub(super) armed: Vec<(Timestamp, Timer)>,
    /// Its first entry was posted while the connection was in trial mode.
    pub(super) trial: bool,
    /// Only the grace keeps it open.
    pub(super) settled: bool,
    /// As it was last told to the outside.
    pub(super) call: Option<Call>,
}

impl Record {
    pub(super) fn new(id: CallId, vendor_call: Option<String>, seq: u64, told: Timestamp) -> Self {
        Self {
            id,
            vendor_call,
            evidence: Evidence::default(),
            origin: None,
            inferred_end: None,
            doubts: BTreeMap::new(),
            numbers: BTreeMap::new(),
            absences: Vec::new(),
            polled: false,
            joined: Vec::new(),
            taken_back: None,
            commands: Vec::new(),
            keys: HashSet::new(),
            first_told: told,
            last_told: told,
            floor: Some(seq),
            armed: Vec::new(),
            trial: false,
            settled: false,
            call: None,
        }
    }

    pub(super) fn is_ended(&self) -> bool {
        self.call.as_ref().is_some_and(Call::is_ended)
    }

    /// Remembers the PBX's number of a leg's message.
    pub(super) fn number(&mut self, event: &VendorEvent) {
        let leg = event.effects.iter().find_map(Effect::leg);
        if let (Some(number), Some(leg)) = (event.leg_seq, leg) {
            self.numbers.entry(leg.key.clone()).or_default().insert(number);
        }
    }

    /// Whether messages may be missing that would change the result.
    fn is_doubtful(&self) -> bool {
        self.doubts.values().any(|doubt| *doubt == Doubt::Open)
            || (!self.doubts.is_empty() && !self.is_numbered_whole())
    }

    /// Whether the PBX's numbers show that no message of the known legs is missing.
    fn is_numbered_whole(&self) -> bool {
        let is_unbroken = |numbers: &BTreeSet<i64>| {
            let span = numbers.first().zip(numbers.last()).and_then(|(first, last)| last.checked_sub(*first));
            span.and_then(|span| usize::try_from(span).ok()).is_some_and(|span| span < numbers.len())
        };
        !self.numbers.is_empty() && self.numbers.values().all(is_unbroken)
    }

    /// Our command, of which the PBX has shown nothing yet.
    pub(super) fn is_pending(&self) -> bool {
        self.origin.is_some() && !self.evidence.has_state()
    }

    pub(super) fn touch(&mut self, told: Timestamp) {
        self.first_told = self.first_told.min(told);
        self.last_told = self.last_told.max(told);
    }

    /// Derives the call anew; it comes back when it has changed.
    pub(super) fn refresh(&mut self, connection: &ConnectionId, settings: &BookSettings) -> Option<Call> {
        let derived = self.derive(connection, settings);
        let (call, settled) = derived.map_or((None, false), |derived| (Some(derived.call), derived.settled));
        self.settled = settled;
        if call == self.call {
            return None;
        }
        self.call = call;
        self.call.clone()
    }

    /// The call as it would be without a conclusion of ours.
    pub(super) fn derive(&self, connection: &ConnectionId, settings: &BookSettings) -> Option<Derived> {
        derive::derive(Input {
            connection,
            settings,
            id: &self.id,
            vendor_call: self.vendor_call.as_ref(),
            evidence: &self.evidence,
            origin: self.origin.as_ref(),
            inferred_end: self.inferred_end.as_ref(),
            taken_back: self.taken_back.as_ref().map(|(leg, _)| leg.as_str()),
            doubtful: self.is_doubtful(),
            trial: self.trial,
        })
    }
}
