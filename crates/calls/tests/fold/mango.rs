//! MANGO server-client's frames as effects, written by hand.

use calls::{
    BookSettings, Customer, Direction, Effect, EndCause, LegRef, LegRole, Line, RecordingReference, Source,
    VendorEvent, VendorTime,
};
use jiff::SignedDuration;

use crate::{
    office::{Entry, at},
    rostelecom::{CUSTOMER, LINE},
};

pub(crate) fn settings() -> BookSettings {
    BookSettings {
        answer_retrieves: true,
        shortest_recording: Some(SignedDuration::from_secs(6)),
        own_leg_only: true,
        legs_join_two: true,
        ..BookSettings::default()
    }
}

/// One user's leg of one `entry_id`, as his channel shows it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Channel {
    pub(crate) entry: &'static str,
    pub(crate) extension: &'static str,
    pub(crate) customer: Option<&'static str>,
    pub(crate) direction: Direction,
    pub(crate) source: Source,
    pub(crate) part: Part,
}

/// What the leg is in its call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// All that the channel shows of the call.
    Whole,
    /// The agent's own phone, which a callback rings first.
    FirstOfCallback,
    /// The customer, whom it dials then.
    SecondOfCallback,
}

impl Channel {
    pub(crate) fn incoming(entry: &'static str, extension: &'static str) -> Self {
        let (customer, direction) = (Some(CUSTOMER), Direction::Incoming);
        Self { entry, extension, customer, direction, source: Source::Push, part: Part::Whole }
    }

    pub(crate) fn callback(entry: &'static str, extension: &'static str) -> Self {
        Self { part: Part::FirstOfCallback, ..Self::outgoing(entry, extension) }
    }

    pub(crate) fn dialled(entry: &'static str, extension: &'static str) -> Self {
        Self { part: Part::SecondOfCallback, ..Self::outgoing(entry, extension) }
    }

    pub(crate) fn outgoing(entry: &'static str, extension: &'static str) -> Self {
        Self { direction: Direction::Outgoing, ..Self::incoming(entry, extension) }
    }

    /// Kept by the PBX while we were away.
    pub(crate) fn replayed(self) -> Self {
        Self { source: Source::Replay, ..self }
    }

    fn leg(self) -> LegRef {
        LegRef {
            key: format!("{}/{}/{:?}", self.entry, self.extension, self.part),
            role: LegRole::Agent,
            extension: Some(self.extension.into()),
            number: None,
            name: None,
            alias: None,
            caller: None,
        }
    }

    fn dialled_leg(self) -> Option<LegRef> {
        let number = self.customer.map(str::to_owned);
        let key = "dialled".to_owned();
        let leg =
            LegRef { key, role: LegRole::Customer, extension: None, number, name: None, alias: None, caller: None };
        (self.part != Part::Whole).then_some(leg)
    }

    fn parties(self) -> (Direction, Customer, Line) {
        let customer = Customer { number: self.customer.map(str::to_owned), name: None };
        let incoming = self.direction == Direction::Incoming;
        (self.direction, customer, Line { number: incoming.then(|| LINE.to_owned()), queue: None })
    }

    pub(crate) fn appeared(self, seq: i64, ms: i64) -> Entry {
        let (direction, customer, line) = self.parties();
        let created = Effect::CallCreated { direction, customer, line };
        let placed = self.direction == Direction::Outgoing && self.part != Part::FirstOfCallback;
        let leg = if placed { Effect::LegOffered { leg: self.leg() } } else { Effect::LegRinging { leg: self.leg() } };
        let dialled = self.dialled_leg().map(|leg| match self.part {
            Part::Whole | Part::FirstOfCallback => Effect::LegOffered { leg },
            Part::SecondOfCallback => Effect::LegRinging { leg },
        });
        self.event(seq, ms, "APPEARED", [created, leg].into_iter().chain(dialled).collect())
    }

    pub(crate) fn connected(self, seq: i64, ms: i64) -> Entry {
        let second = self.dialled_leg().filter(|_| self.part == Part::SecondOfCallback);
        let legs = [self.leg()].into_iter().chain(second);
        self.updated(seq, ms, "CONNECTED", legs.map(|leg| Effect::LegAnswered { leg }))
    }

    pub(crate) fn on_hold(self, seq: i64, ms: i64) -> Entry {
        self.updated(seq, ms, "ON_HOLD", [Effect::LegHeld { leg: self.leg() }])
    }

    pub(crate) fn disconnected(self, seq: i64, ms: i64, cause: EndCause) -> Entry {
        let reason = (cause == EndCause::NoAnswer).then(|| "1111".to_owned());
        let second = self.dialled_leg().filter(|_| self.part == Part::SecondOfCallback);
        let legs = [self.leg()].into_iter().chain(second);
        let cleared = legs.map(|leg| Effect::LegCleared { leg, cause, reason: reason.clone() });
        self.updated(seq, ms, "DISCONNECTED", cleared)
    }

    pub(crate) fn recorded(self, ms: i64, url: &str) -> Entry {
        let reference = RecordingReference::Link(url.into());
        let mut entry = self.event(0, ms, "AVAILABLE", vec![Effect::RecordingAvailable { reference }]);
        if let calls::LogEvent::Vendor(event) = &mut entry.event {
            (event.leg_seq, event.time) = (None, None);
        }
        entry
    }

    pub(crate) fn menu(self, ms: i64) -> Entry {
        self.waits(ms, "ivr")
    }

    pub(crate) fn queue(self, ms: i64) -> Entry {
        self.waits(ms, "queue")
    }

    fn waits(self, ms: i64, place: &str) -> Entry {
        let (direction, customer, line) = self.parties();
        let (key, number) = (format!("{}/{place}", self.entry), customer.number.clone());
        let leg =
            LegRef { key, role: LegRole::Customer, extension: None, number, name: None, alias: None, caller: None };
        let created = Effect::CallCreated { direction, customer, line };
        self.event(1, ms, place, vec![created, Effect::LegQueued { leg, menu: place == "ivr" }])
    }

    fn updated(self, seq: i64, ms: i64, state: &str, effects: impl IntoIterator<Item = Effect>) -> Entry {
        let (direction, customer, line) = self.parties();
        let update = Effect::CallUpdated { direction, customer, line };
        self.event(seq, ms, state, std::iter::once(update).chain(effects).collect())
    }

    /// Times have the resolution of a second, so that the number within the leg decides.
    fn event(self, seq: i64, ms: i64, state: &str, effects: Vec<Effect>) -> Entry {
        let event = VendorEvent {
            dedupe_key: format!("{} {state} {seq} {ms}", self.leg().key),
            raw_kind: state.into(),
            call: Some(self.entry.into()),
            time: Some(VendorTime { raw: String::new(), utc: at(ms / 1000 * 1000), zone: None }),
            leg_seq: Some(seq),
            source: self.source,
            trial: false,
            session: Some(self.extension.into()),
            vendor_command: None,
            effects,
        };
        Entry::new(ms + 60, event)
    }
}
