//! What has been heard of one call, kept so that the order of hearing does not matter.
//!
//! Every field is a smallest, a greatest or a set of what was said, so hearing the same messages in another order
//! leaves the same facts. States are not kept here: `legs` and `state` derive them.

use jiff::Timestamp;

use crate::{
    call::{CallResult, Customer, Direction, EndCause, LegRole, Line, RecordingReference},
    event::{Effect, LegRef, VendorEvent},
};

/// When something happened and its place among its like: by the vendor's number of the leg's events where there is
/// one, then by the vendor's clock, then by ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct When {
    /// The vendor's number within the leg.
    pub(super) number: Option<i64>,
    /// By the vendor's clock, or ours where he names no time.
    pub(super) at: Timestamp,
    /// When we received it.
    pub(super) received: Timestamp,
    /// `at` is the vendor's.
    pub(super) by_vendor: bool,
    /// It was told on time: what it says may ring.
    pub(super) on_time: bool,
}

impl When {
    pub(super) fn of(event: &VendorEvent, received: Timestamp, on_time: bool) -> Self {
        let time = event.time.as_ref().map(|time| time.utc);
        Self { number: event.leg_seq, at: time.unwrap_or(received), received, by_vendor: time.is_some(), on_time }
    }

    /// The same by our clock alone.
    fn by_our_clock(self) -> Self {
        Self { at: self.received, by_vendor: false, ..self }
    }

    /// Something that we did or concluded.
    pub(super) fn ours(received: Timestamp) -> Self {
        Self { number: None, at: received, received, by_vendor: false, on_time: true }
    }
}

/// The preferred of several statements about one thing: the lower rank, then the earlier, then the smaller.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Said<T>(Option<(u8, When, T)>);

impl<T: Ord> Said<T> {
    fn hear(&mut self, rank: u8, when: When, value: T) {
        let new = (rank, when, value);
        if self.0.as_ref().is_none_or(|known| new < *known) {
            self.0 = Some(new);
        }
    }

    fn hear_some(&mut self, rank: u8, when: When, value: Option<&T>)
    where
        T: Clone,
    {
        if let Some(value) = value {
            self.hear(rank, when, value.clone());
        }
    }

    pub(super) fn get(&self) -> Option<&T> {
        self.0.as_ref().map(|(_, _, value)| value)
    }
}

/// What happened to a leg. The order of the variants decides between facts of one message.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Offered,
    Queued,
    Ringing,
    Answered,
    Held,
    Retrieved,
    Cleared { cause: EndCause, reason: Option<String> },
}

/// Everything heard of one leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LegFacts {
    pub(super) key: String,
    pub(super) role: LegRole,
    pub(super) extension: Said<String>,
    pub(super) number: Said<String>,
    pub(super) name: Said<String>,
    /// In order.
    pub(super) steps: Vec<(When, Step)>,
}

impl LegFacts {
    fn new(key: String, role: LegRole) -> Self {
        let (extension, number, name) = (Said(None), Said(None), Said(None));
        Self { key, role, extension, number, name, steps: Vec::new() }
    }

    pub(super) fn is_agent(&self) -> bool {
        matches!(self.role, LegRole::Agent | LegRole::TransferTarget)
    }

    fn insert(&mut self, when: When, step: Step) {
        let new = (when, step);
        let place = self.steps.partition_point(|known| *known <= new);
        self.steps.insert(place, new);
    }
}

/// Where a transfer stands. The order of the variants decides between facts of one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum TransferStep {
    Started,
    Failed,
    Completed,
}

/// The vendor's word that the call is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ending {
    pub(super) when: When,
    pub(super) result: Option<CallResult>,
    pub(super) reason: Option<String>,
}

/// Everything heard of the recordings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct RecordingFacts {
    pub(super) started: bool,
    pub(super) refused: bool,
    /// In order of their text.
    pub(super) references: Vec<RecordingReference>,
    /// When one was first heard of, by our clock.
    pub(super) heard: Option<Timestamp>,
}

/// Everything the PBX has said of one call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Facts {
    /// The beginning was heard.
    pub(super) created: bool,
    pub(super) direction: Said<Direction>,
    pub(super) customer_number: Said<String>,
    pub(super) customer_name: Said<String>,
    pub(super) line_number: Said<String>,
    pub(super) line_queue: Said<String>,
    /// In order of their keys.
    pub(super) legs: Vec<LegFacts>,
    /// The customer was in a menu.
    pub(super) menu: bool,
    /// In order.
    transfers: Vec<(When, TransferStep)>,
    /// In order.
    pub(super) endings: Vec<Ending>,
    pub(super) recordings: RecordingFacts,
    /// Something of its course was heard on time: it may ring.
    pub(super) fresh: bool,
    pub(super) times: Times,
}

/// Which clocks the call's messages carried.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Times {
    /// The earliest by `at`, and the earliest by our clock.
    first: Option<(Timestamp, Timestamp)>,
    /// The latest.
    pub(super) last: Option<When>,
    /// A message carried no vendor's time.
    untimed: bool,
    /// The zones in which the vendor's times were read.
    zones: Vec<Option<String>>,
}

impl Times {
    pub(super) fn hear(&mut self, when: When, zone: Option<&String>) {
        let (at, received) = self.first.unwrap_or((when.at, when.received));
        self.first = Some((at.min(when.at), received.min(when.received)));
        self.last = self.last.max(Some(when));
        self.untimed |= !when.by_vendor;
        if !self.zones.iter().any(|known| known.as_ref() == zone) {
            self.zones.push(zone.cloned());
        }
    }

    /// When the call was first spoken of, by the clock that its times are read by.
    pub(super) fn began(&self) -> Option<Timestamp> {
        self.first.map(|(at, received)| if self.by_vendor() { at } else { received })
    }

    /// The vendor's times can be compared with each other: all messages have one, read in one zone.
    pub(super) fn by_vendor(&self) -> bool {
        self.first.is_some() && !self.untimed && self.zones.len() == 1
    }
}

/// The beginning says more than what is added later.
pub(super) const BEGINNING: u8 = 0;
const ADDITION: u8 = 1;

impl Facts {
    /// Who called whom, as the PBX says.
    pub(super) fn direction(&self) -> Direction {
        self.direction.get().copied().unwrap_or_default()
    }

    /// The state of the call was spoken of, not only its recording or its parties.
    pub(super) fn has_state(&self) -> bool {
        self.times.began().is_some()
    }

    /// Something is known that is worth showing.
    pub(super) fn is_worth_showing(&self) -> bool {
        self.has_state() || !self.recordings.references.is_empty()
    }

    /// A transfer was begun, and nothing was heard of its end.
    pub(super) fn is_transferring(&self) -> bool {
        self.transfers.last().is_some_and(|(_, step)| *step == TransferStep::Started)
    }

    /// Takes one message in.
    pub(super) fn hear(&mut self, event: &VendorEvent, when: When) {
        for effect in &event.effects {
            self.hear_effect(effect, when);
        }
        if event.effects.iter().any(tells_state) {
            self.times.hear(when, event.time.as_ref().and_then(|time| time.zone.as_ref()));
            self.fresh |= when.on_time;
            if !self.times.by_vendor() {
                self.forget_vendors_clock();
            }
        }
    }

    fn hear_effect(&mut self, effect: &Effect, when: When) {
        match effect {
            Effect::CallCreated { direction, customer, line } => {
                self.created = true;
                self.hear_parties(BEGINNING, when, *direction, customer, line);
            }
            Effect::CallUpdated { direction, customer, line } => {
                self.hear_parties(ADDITION, when, *direction, customer, line);
            }
            Effect::LegOffered { leg } => self.hear_step(leg, when, Step::Offered),
            Effect::LegQueued { leg, menu } => {
                self.menu |= menu;
                self.hear_step(leg, when, Step::Queued);
            }
            Effect::LegRinging { leg } => self.hear_step(leg, when, Step::Ringing),
            Effect::LegAnswered { leg } => self.hear_step(leg, when, Step::Answered),
            Effect::LegHeld { leg } => self.hear_step(leg, when, Step::Held),
            Effect::LegRetrieved { leg } => self.hear_step(leg, when, Step::Retrieved),
            Effect::LegCleared { leg, cause, reason } => {
                let reason = reason.clone().filter(|reason| !reason.is_empty());
                self.hear_step(leg, when, Step::Cleared { cause: *cause, reason });
            }
            Effect::TransferStarted { by: _ } => self.hear_transfer(when, TransferStep::Started),
            Effect::TransferCompleted => self.hear_transfer(when, TransferStep::Completed),
            Effect::TransferFailed => self.hear_transfer(when, TransferStep::Failed),
            Effect::RecordingStarted => self.recordings.started = true,
            Effect::NotRecorded => self.recordings.refused = true,
            Effect::RecordingAvailable { reference } => self.hear_recording(reference, when.received),
            Effect::CallEnded { result, reason } => {
                self.endings.push(Ending { when, result: *result, reason: reason.clone().filter(|r| !r.is_empty()) });
                self.sort_endings();
            }
            Effect::State { .. } | Effect::Dtmf { .. } | Effect::RouteResult { .. } | Effect::Unknown { .. } => {}
        }
    }

    pub(super) fn hear_parties(
        &mut self,
        rank: u8,
        when: When,
        direction: Direction,
        customer: &Customer,
        line: &Line,
    ) {
        if direction != Direction::Unknown {
            self.direction.hear(rank, when, direction);
        }
        self.customer_number.hear_some(rank, when, customer.number.as_ref());
        self.customer_name.hear_some(rank, when, customer.name.as_ref());
        self.line_number.hear_some(rank, when, line.number.as_ref());
        self.line_queue.hear_some(rank, when, line.queue.as_ref());
    }

    pub(super) fn hear_step(&mut self, leg: &LegRef, when: When, step: Step) {
        let place = match self.legs.binary_search_by(|known| known.key.cmp(&leg.key)) {
            Ok(place) => place,
            Err(place) => {
                self.legs.insert(place, LegFacts::new(leg.key.clone(), leg.role));
                place
            }
        };
        let known = &mut self.legs[place];
        known.role = known.role.max(leg.role);
        known.extension.hear_some(BEGINNING, when, leg.extension.as_ref());
        known.number.hear_some(BEGINNING, when, leg.number.as_ref());
        known.name.hear_some(BEGINNING, when, leg.name.as_ref());
        known.insert(when, step);
    }

    pub(super) fn hear_recording(&mut self, reference: &RecordingReference, received: Timestamp) {
        let heard = &mut self.recordings.heard;
        *heard = Some(heard.map_or(received, |known| known.min(received)));
        let known = &mut self.recordings.references;
        if let Err(place) = known.binary_search_by(|known| known.as_str().cmp(reference.as_str())) {
            known.insert(place, reference.clone());
        }
    }

    /// The call rings now, though it was told of late: what was said since then counts as told on time.
    pub(super) fn ring_since(&mut self, since: Timestamp) {
        self.fresh = true;
        for leg in &mut self.legs {
            leg.steps.iter_mut().for_each(|(when, _)| when.on_time |= when.at >= since);
            leg.steps.sort();
        }
    }

    fn hear_transfer(&mut self, when: When, step: TransferStep) {
        self.transfers.push((when, step));
        self.transfers.sort_unstable();
    }

    /// Times of two zones, or of two clocks, say nothing of what came first: only ours does.
    fn forget_vendors_clock(&mut self) {
        for leg in &mut self.legs {
            leg.steps.iter_mut().for_each(|(when, _)| *when = when.by_our_clock());
            leg.steps.sort();
        }
        self.transfers.iter_mut().for_each(|(when, _)| *when = when.by_our_clock());
        self.transfers.sort_unstable();
        self.endings.iter_mut().for_each(|ending| ending.when = ending.when.by_our_clock());
        self.sort_endings();
        self.times.last = self.times.last.map(When::by_our_clock);
    }

    fn sort_endings(&mut self) {
        self.endings.sort_by(|a, b| a.when.cmp(&b.when).then_with(|| a.reason.cmp(&b.reason)));
    }
}

/// Whether the effect speaks of the call's course: it brings a call about and keeps it alive.
pub(super) fn tells_state(effect: &Effect) -> bool {
    match effect {
        Effect::CallCreated { .. }
        | Effect::LegOffered { .. }
        | Effect::LegQueued { .. }
        | Effect::LegRinging { .. }
        | Effect::LegAnswered { .. }
        | Effect::LegHeld { .. }
        | Effect::LegRetrieved { .. }
        | Effect::LegCleared { .. }
        | Effect::TransferStarted { .. }
        | Effect::TransferCompleted
        | Effect::TransferFailed
        | Effect::CallEnded { .. } => true,
        Effect::CallUpdated { .. }
        | Effect::Dtmf { .. }
        | Effect::RouteResult { .. }
        | Effect::RecordingStarted
        | Effect::RecordingAvailable { .. }
        | Effect::NotRecorded
        | Effect::State { .. }
        | Effect::Unknown { .. } => false,
    }
}
