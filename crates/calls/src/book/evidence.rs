//! What has been heard of one call, kept so that the order of hearing does not matter.
//!
//! Every field is a smallest, a greatest or a set of what was said, so hearing the same messages in another order
//! leaves the same evidence. States are not kept here: `legs` and `state` derive them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::{
    call::{Attribution, CallResult, Customer, Direction, EndCause, LegRole, Line, RecordingReference},
    event::{Effect, LegRef, VendorEvent},
};

/// When something happened. Ordered by the vendor's clock, then by ours; within one leg the vendor's number goes before
/// both ([`LegEvidence::insert`]), but between legs it says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct When {
    /// By the vendor's clock, or ours where he names no time.
    pub(super) at: Timestamp,
    /// When we received it.
    pub(super) received: Timestamp,
    /// The vendor's number within the leg.
    pub(super) number: Option<i64>,
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
pub(super) struct Preferred<T>(Option<(u8, When, T)>);

impl<T: Ord> Preferred<T> {
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

/// What happened to a leg. The order of the variants decides between steps that one message tells.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Offered,
    Queued,
    Ringing,
    Answered,
    Held,
    Retrieved,
    Replaced,
    Cleared { cause: EndCause, reason: Option<String> },
}

/// Everything heard of one leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LegEvidence {
    pub(super) key: String,
    pub(super) role: LegRole,
    pub(super) extension: Preferred<String>,
    pub(super) number: Preferred<String>,
    pub(super) name: Preferred<String>,
    /// In order.
    pub(super) steps: Vec<(When, Step)>,
    /// The leg whose calling end this is, where the PBX tells of both ends as of one leg.
    pub(super) calls: Option<String>,
}

impl LegEvidence {
    fn new(key: String, role: LegRole) -> Self {
        let (extension, number, name) = (Preferred(None), Preferred(None), Preferred(None));
        Self { key, role, extension, number, name, steps: Vec::new(), calls: None }
    }

    pub(super) fn is_agent(&self) -> bool {
        matches!(self.role, LegRole::Agent | LegRole::TransferTarget)
    }

    fn insert(&mut self, when: When, step: Step) {
        self.steps.push((when, step));
        self.sort();
    }

    /// By the vendor's number where he numbers a leg's messages, else by time.
    fn sort(&mut self) {
        self.steps.sort_by(|a, b| (a.0.number, a).cmp(&(b.0.number, b)));
    }

    /// Takes over what was told of the same phone under another key.
    fn absorb(&mut self, other: Self) {
        self.role = self.role.max(other.role);
        for (own, known) in
            [(&mut self.number, other.number), (&mut self.name, other.name), (&mut self.extension, other.extension)]
        {
            if own.0.is_none() {
                *own = known;
            }
        }
        self.steps.extend(other.steps);
        self.sort();
    }
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
pub(super) struct RecordingEvidence {
    pub(super) started: bool,
    pub(super) refused: bool,
    /// In order of their text.
    pub(super) references: Vec<RecordingReference>,
    /// When one was first heard of, by our clock.
    pub(super) heard: Option<Timestamp>,
}

impl RecordingEvidence {
    /// Only talks are recorded.
    pub(super) fn tells_of_talk(&self) -> bool {
        self.started || !self.references.is_empty()
    }
}

/// Everything the PBX has said of one call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Evidence {
    /// The beginning was heard.
    pub(super) created: bool,
    pub(super) direction: Preferred<Direction>,
    pub(super) customer_number: Preferred<String>,
    pub(super) customer_name: Preferred<String>,
    pub(super) line_number: Preferred<String>,
    pub(super) line_queue: Preferred<String>,
    pub(super) attribution: Preferred<Attribution>,
    /// In order of their keys.
    pub(super) legs: Vec<LegEvidence>,
    /// The customer was in a menu.
    pub(super) menu: bool,
    /// Keys that stand for others: one phone, told of under two names.
    aliases: BTreeMap<String, String>,
    /// Numbers that the PBX says were dialled from the office.
    dialled: BTreeSet<String>,
    /// A colleague was asked by a transfer.
    pub(super) transfer: bool,
    /// In order.
    pub(super) endings: Vec<Ending>,
    pub(super) recordings: RecordingEvidence,
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
/// Who asks whom before a transfer says least of the call.
const CONSULTATION: u8 = 2;

impl Evidence {
    /// Who called whom, as the PBX says.
    ///
    /// A callback rings the office's own phone as if the customer called; that he was dialled then shows what it was.
    pub(super) fn direction(&self) -> Direction {
        let told = self.direction.get().copied().unwrap_or_default();
        let called_back = self.customer_number.get().is_some_and(|number| self.dialled.contains(number));
        if told == Direction::Incoming && called_back { Direction::Outgoing } else { told }
    }

    /// The PBX showed a call that the office placed as a call from outside: the phone that rang first is the caller's.
    pub(super) fn was_shown_as_incoming(&self) -> bool {
        self.direction.get() == Some(&Direction::Incoming)
    }

    /// Whether what was told as a leg is the office's own line: a greeting or a menu that answers in its name.
    pub(super) fn is_line(&self, leg: &LegEvidence) -> bool {
        let number = leg.number.get().filter(|_| leg.is_agent() && leg.extension.get().is_none());
        number.is_some() && number == self.line_number.get() && self.direction() == Direction::Incoming
    }

    /// The state of the call was spoken of, not only its recording or its parties.
    pub(super) fn has_state(&self) -> bool {
        self.times.began().is_some()
    }

    /// Something is known that is worth showing.
    pub(super) fn is_worth_showing(&self) -> bool {
        self.has_state() || !self.recordings.references.is_empty()
    }

    /// Takes one message in.
    pub(super) fn hear(&mut self, event: &VendorEvent, when: When) {
        let asks = event.effects.contains(&Effect::TransferStarted);
        self.transfer |= asks;
        for effect in &event.effects {
            self.hear_effect(effect, when, if asks { CONSULTATION } else { ADDITION });
        }
        if event.effects.iter().any(tells_state) {
            self.times.hear(when, event.time.as_ref().and_then(|time| time.zone.as_ref()));
            self.fresh |= when.on_time;
            if !self.times.by_vendor() {
                self.forget_vendors_clock();
            }
        }
    }

    fn hear_effect(&mut self, effect: &Effect, when: When, addition: u8) {
        match effect {
            Effect::CallCreated { direction, customer, line } => {
                self.created = true;
                self.hear_parties(BEGINNING, when, *direction, customer, line);
            }
            Effect::CallUpdated { direction, customer, line } => {
                self.hear_parties(addition, when, *direction, customer, line);
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
            Effect::LegReplaced { leg } => self.hear_step(leg, when, Step::Replaced),
            Effect::LegCleared { leg, cause, reason } => {
                let reason = reason.clone().filter(|reason| !reason.is_empty());
                self.hear_step(leg, when, Step::Cleared { cause: *cause, reason });
            }
            Effect::RecordingStarted => self.recordings.started = true,
            Effect::NotRecorded => self.recordings.refused = true,
            Effect::Attributed { attribution } => self.attribution.hear(BEGINNING, when, attribution.clone()),
            Effect::RecordingAvailable { reference } => self.hear_recording(reference, when.received),
            Effect::CallEnded { result, reason } => {
                self.endings.push(Ending { when, result: *result, reason: reason.clone().filter(|r| !r.is_empty()) });
                self.sort_endings();
            }
            Effect::TransferStarted
            | Effect::Dtmf { .. }
            | Effect::RouteResult { .. }
            | Effect::CommandResult { .. }
            | Effect::Unknown { .. } => {}
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
        if direction == Direction::Outgoing {
            self.dialled.extend(customer.number.clone());
        }
        self.customer_number.hear_some(rank, when, customer.number.as_ref());
        self.customer_name.hear_some(rank, when, customer.name.as_ref());
        self.line_number.hear_some(rank, when, line.number.as_ref());
        self.line_queue.hear_some(rank, when, line.queue.as_ref());
    }

    pub(super) fn hear_step(&mut self, leg: &LegRef, when: When, step: Step) {
        if let Some(alias) = leg.alias.as_ref().filter(|alias| **alias != leg.key) {
            self.join(alias, &leg.key);
        }
        let key = self.aliases.get(&leg.key).unwrap_or(&leg.key).clone();
        let known = self.leg(key, leg.role);
        if known.key != leg.key {
            return known.insert(when, step);
        }
        known.role = known.role.max(leg.role);
        known.extension.hear_some(BEGINNING, when, leg.extension.as_ref());
        known.number.hear_some(BEGINNING, when, leg.number.as_ref());
        known.name.hear_some(BEGINNING, when, leg.name.as_ref());
        known.insert(when, step.clone());
        if let Some(caller) = &leg.caller {
            self.hear_calling_end(&leg.key, caller, when, step);
        }
    }

    /// What is told of a leg is told of its calling end too, but for the ringing.
    fn hear_calling_end(&mut self, called: &str, caller: &String, when: When, step: Step) {
        let end = self.leg(format!("{called}/{caller}"), LegRole::Agent);
        end.calls = Some(called.to_owned());
        end.extension.hear(BEGINNING, when, caller.clone());
        end.insert(when, if step == Step::Ringing { Step::Offered } else { step });
    }

    /// What was heard of a leg; a new entry if the leg is not known.
    fn leg(&mut self, key: String, role: LegRole) -> &mut LegEvidence {
        let place = self.legs.binary_search_by(|known| known.key.cmp(&key)).unwrap_or_else(|place| {
            self.legs.insert(place, LegEvidence::new(key, role));
            place
        });
        &mut self.legs[place]
    }

    /// What was and will be told of `alias` is about `key`.
    fn join(&mut self, alias: &str, key: &str) {
        self.aliases.entry(alias.to_owned()).or_insert_with(|| key.to_owned());
        if let Some(place) = self.legs.iter().position(|known| known.key == alias) {
            let mut other = self.legs.remove(place);
            // The name under which it was told of is no extension.
            other.extension = Preferred::default();
            self.leg(key.to_owned(), other.role).absorb(other);
        }
    }

    pub(super) fn hear_recording(&mut self, reference: &RecordingReference, received: Timestamp) {
        let heard = &mut self.recordings.heard;
        *heard = Some(heard.map_or(received, |known| known.min(received)));
        let known = &mut self.recordings.references;
        if let Err(place) = known.binary_search_by(|known| known.as_str().cmp(reference.as_str())) {
            known.insert(place, reference.clone());
        }
    }

    /// The office's rule of this name did not refuse the caller after all.
    pub(super) fn forget_refusal(&mut self, rule: &str) {
        let is_it = |said: &Option<String>| said.as_deref() == Some(rule);
        self.endings.retain(|ending| ending.result != Some(CallResult::Rejected) || !is_it(&ending.reason));
        for leg in &mut self.legs {
            leg.steps.retain(|(_, step)| match step {
                Step::Cleared { cause: EndCause::Rejected, reason } => !is_it(reason),
                Step::Cleared { .. }
                | Step::Offered
                | Step::Queued
                | Step::Ringing
                | Step::Answered
                | Step::Held
                | Step::Retrieved
                | Step::Replaced => true,
            });
        }
    }

    /// The call rings now, though it was told of late: what was said since then counts as told on time.
    pub(super) fn ring_since(&mut self, since: Timestamp) {
        self.fresh = true;
        for leg in &mut self.legs {
            leg.steps.iter_mut().for_each(|(when, _)| when.on_time |= when.at >= since);
            leg.sort();
        }
    }

    /// Times of two zones, or of two clocks, say nothing of what came first: only ours does.
    fn forget_vendors_clock(&mut self) {
        for leg in &mut self.legs {
            leg.steps.iter_mut().for_each(|(when, _)| *when = when.by_our_clock());
            leg.sort();
        }
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
        | Effect::LegReplaced { .. }
        | Effect::TransferStarted
        | Effect::CallEnded { .. } => true,
        Effect::CallUpdated { .. }
        | Effect::Dtmf { .. }
        | Effect::RouteResult { .. }
        | Effect::CommandResult { .. }
        | Effect::RecordingStarted
        | Effect::RecordingAvailable { .. }
        | Effect::NotRecorded
        | Effect::Attributed { .. }
        | Effect::Unknown { .. } => false,
    }
}
