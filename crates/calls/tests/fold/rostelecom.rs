//! Rostelecom's `call_events` as effects, written by hand.

use calls::{
    BookSettings, Customer, Direction, Effect, EndCause, LegRef, LegRole, Line, RecordingReference, Source,
    VendorEvent, VendorTime,
};

use crate::office::{Entry, at};

pub(crate) fn settings() -> BookSettings {
    BookSettings { answer_names_call: true, ..BookSettings::default() }
}

pub(crate) const CUSTOMER: &str = "+79161234567";
pub(crate) const LINE: &str = "+74951234567";

/// One `session_id`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Session {
    pub(crate) id: &'static str,
    pub(crate) direction: Direction,
    pub(crate) customer: Option<&'static str>,
    /// `from_pin` of outgoing and internal calls.
    pub(crate) caller: &'static str,
}

impl Session {
    pub(crate) fn incoming(id: &'static str) -> Self {
        Self { id, direction: Direction::Incoming, customer: Some(CUSTOMER), caller: "" }
    }

    pub(crate) fn outgoing(id: &'static str, caller: &'static str) -> Self {
        Self { id, direction: Direction::Outgoing, customer: Some(CUSTOMER), caller }
    }

    pub(crate) fn internal(id: &'static str, caller: &'static str, called: &'static str) -> Self {
        Self { id, direction: Direction::Internal, customer: Some(called), caller }
    }

    pub(crate) fn hidden(id: &'static str) -> Self {
        Self { customer: None, ..Self::incoming(id) }
    }

    fn customer(self) -> Customer {
        Customer { number: self.customer.map(str::to_owned), name: None }
    }

    fn customer_leg(self) -> LegRef {
        let number = self.customer.map(str::to_owned);
        LegRef {
            key: "customer".into(),
            role: LegRole::Customer,
            extension: None,
            number,
            name: None,
            alias: None,
            caller: None,
        }
    }

    pub(crate) fn starts(self, ms: i64) -> Entry {
        let incoming = self.direction == Direction::Incoming;
        let line = Line { number: incoming.then(|| LINE.to_owned()), queue: None };
        let created = Effect::CallCreated { direction: self.direction, customer: self.customer(), line };
        let leg = if incoming {
            Effect::LegQueued { leg: self.customer_leg(), menu: false }
        } else {
            Effect::LegOffered { leg: agent(self.caller) }
        };
        self.event(ms, "new", "", vec![created, leg])
    }

    pub(crate) fn calling(self, ms: i64, pin: &str) -> Entry {
        self.updated(ms, "calling", pin, vec![Effect::LegRinging { leg: agent(pin) }])
    }

    pub(crate) fn connected(self, ms: i64, pin: &str) -> Entry {
        let mut legs = vec![agent(pin)];
        match self.direction {
            Direction::Outgoing => legs.push(self.customer_leg()),
            Direction::Internal => legs.push(agent(self.caller)),
            Direction::Incoming | Direction::Unknown => {}
        }
        let answered = legs.into_iter().map(|leg| Effect::LegAnswered { leg }).collect();
        self.updated(ms, "connected", pin, answered)
    }

    pub(crate) fn disconnected(self, ms: i64, pin: &str, cause: EndCause) -> Entry {
        let reason = (cause != EndCause::Normal).then(|| "Отбой".to_owned());
        self.updated(ms, "disconnected", pin, vec![Effect::LegCleared { leg: agent(pin), cause, reason }])
    }

    pub(crate) fn end(self, ms: i64, recorded: bool) -> Entry {
        let mut effects = vec![Effect::CallEnded { result: None, reason: None }];
        if recorded {
            effects.push(Effect::RecordingAvailable { reference: RecordingReference::Id(self.id.into()) });
        }
        self.updated(ms, "end", "", effects)
    }

    pub(crate) fn analytics(self, ms: i64) -> Entry {
        self.event(ms, "analytics", "", vec![Effect::Unknown { body: serde_json::json!({"state": "analytics"}) }])
    }

    fn updated(self, ms: i64, state: &str, pin: &str, effects: Vec<Effect>) -> Entry {
        let (direction, customer) = (self.direction, self.customer());
        let update = Effect::CallUpdated { direction, customer, line: Line::default() };
        self.event(ms, state, pin, std::iter::once(update).chain(effects).collect())
    }

    /// The webhook arrives 80 ms after the PBX wrote its time on it.
    fn event(self, ms: i64, state: &str, pin: &str, effects: Vec<Effect>) -> Entry {
        let event = VendorEvent {
            dedupe_key: format!("{} {state} {ms} {pin}", self.id),
            raw_kind: state.into(),
            call: Some(self.id.into()),
            time: Some(VendorTime { raw: String::new(), utc: at(ms), zone: Some("UTC".into()) }),
            leg_seq: None,
            source: Source::Webhook,
            trial: false,
            session: None,
            vendor_command: None,
            effects,
        };
        Entry::new(ms + 80, event)
    }
}

pub(crate) fn agent(pin: &str) -> LegRef {
    LegRef {
        key: format!("pin:{pin}"),
        role: LegRole::Agent,
        extension: Some(pin.into()),
        number: None,
        name: None,
        alias: None,
        caller: None,
    }
}
