//! A call in MANGO's words: every user hears of his own legs only.
//!
//! Legs follow the sequences that the manual of the vendor's other API shows (`mango.md` B.4): a transfer begins a new
//! leg, and once the colleague has the customer, that leg's `from` is replaced by the customer.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::user::Event;
use super::{MangoClient, Recording, bare};
use crate::fault::Fault;
use crate::play::{CallKind, EndReason, Facts, Passing, Recorded, Stage, Telling};
use crate::reading::Reading;
use crate::world::lock;

pub(crate) struct MangoStage {
    pbx: MangoClient,
    facts: Facts,
    legs: Vec<Leg>,
    /// The leg in the menu; the one that rings next took the call from it.
    menu: Option<String>,
    /// Who talked; the recording is theirs.
    talked: BTreeSet<String>,
}

/// One leg: a connection between two parties, numbered on its own.
#[derive(Debug)]
struct Leg {
    call_id: String,
    seq: u64,
    /// The extension whose phone it is, on the called side unless the office dials the customer on it.
    extension: String,
    from: Caller,
    /// The leg that this one continues.
    taken_from: Option<String>,
    /// More members of each of its events.
    more: Map<String, Value>,
    over: bool,
}

/// Who is in a leg's `from`.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Caller {
    /// The other side of the call, as its kind has it.
    Usual,
    /// A colleague who passes the call on.
    Colleague(String),
    /// The leg's own extension: the office dials the customer for it.
    Own,
}

impl MangoStage {
    pub(super) fn new(pbx: MangoClient, facts: Facts) -> Self {
        Self { pbx, facts, legs: Vec::new(), menu: None, talked: BTreeSet::new() }
    }

    /// Begins a leg; its first event is told by whoever begins it.
    fn begin(&mut self, extension: &str, from: Caller, taken_from: Option<String>) -> usize {
        let call_id = format!("{}.{}", self.facts.id, self.legs.len() + 1);
        let extension = extension.to_owned();
        self.legs.push(Leg { call_id, seq: 0, extension, from, taken_from, more: Map::new(), over: false });
        self.legs.len() - 1
    }

    /// The leg of an extension that is not over, the newest; else a new one.
    fn leg(&mut self, extension: &str) -> usize {
        self.open_leg(extension).unwrap_or_else(|| {
            let taken_from = self.menu.clone();
            self.begin(extension, Caller::Usual, taken_from)
        })
    }

    fn open_leg(&self, extension: &str) -> Option<usize> {
        self.legs.iter().rposition(|leg| leg.extension == extension && !leg.over)
    }

    /// Tells the users of a leg how it is now.
    fn tell_leg(&mut self, at: Timestamp, place: usize, state: &str, more: &Value) {
        let leg = &mut self.legs[place];
        leg.seq += 1;
        leg.over |= state.starts_with("DIS");
        let leg = &self.legs[place];
        let (from, to) = self.parties(leg);
        let mut data = json!({
            "entry_id": self.facts.id,
            "call_id": leg.call_id,
            "seq": leg.seq,
            "timestamp": self.pbx.shared.world.told(at).as_second(),
            "state": state,
            "location": "abonent",
            "from": from,
            "to": to,
        });
        // The first leg of a callback says who ordered it.
        if self.facts.kind == CallKind::Callback && leg.from == Caller::Usual {
            data["callback_initiator"] = "API".into();
            data["command_id"] = format!("crm-{}", self.facts.id).into();
        }
        if let Some(data) = data.as_object_mut() {
            data.extend(leg.more.clone());
            data.extend(more.as_object().cloned().unwrap_or_default());
        }
        for listener in self.listeners(leg) {
            self.tell(at, &listener, "/call", data.clone());
        }
    }

    fn call(&mut self, at: Timestamp, extension: &str, state: &str) {
        let place = self.leg(extension);
        self.tell_leg(at, place, state, &Value::Null);
    }

    /// The users who are a party of the leg.
    fn listeners(&self, leg: &Leg) -> Vec<String> {
        let mut listeners = vec![leg.extension.clone()];
        match &leg.from {
            Caller::Usual if self.facts.kind == CallKind::Internal => listeners.extend(self.facts.caller.clone()),
            Caller::Colleague(colleague) if !self.pbx.shared.world.reads(Reading::TransferLegToCalled) => {
                listeners.push(colleague.clone());
            }
            Caller::Usual | Caller::Colleague(_) | Caller::Own => {}
        }
        listeners.dedup();
        listeners
    }

    fn parties(&self, leg: &Leg) -> (Value, Value) {
        let line = bare(&self.facts.line);
        let mut customer = Map::new();
        if let Some(number) = &self.facts.customer {
            customer.insert("number".into(), bare(number).into());
        }
        let own = json!({"extension": leg.extension});
        let office = json!({"extension": leg.extension, "line_number": line});
        let (mut from, to) = match (&leg.from, self.facts.kind) {
            (Caller::Colleague(colleague), _) => (json!({"extension": colleague}), own),
            // A callback looks like a call from the number that will be dialled.
            (Caller::Usual, CallKind::Incoming | CallKind::Callback) => (Value::Object(customer), office),
            (Caller::Usual, CallKind::Outgoing) if self.facts.caller.as_ref() != Some(&leg.extension) => {
                (Value::Object(customer), office)
            }
            (Caller::Usual, CallKind::Outgoing) | (Caller::Own, _) => {
                customer.insert("line_number".into(), line.into());
                (own, Value::Object(customer))
            }
            (Caller::Usual, CallKind::Internal) => (json!({"extension": self.facts.caller}), own),
        };
        if let Some(taken_from) = &leg.taken_from {
            from["taken_from_call_id"] = taken_from.as_str().into();
        }
        (from, to)
    }

    fn tell(&self, at: Timestamp, extension: &str, route_key: &str, data: Value) {
        let event = Event::new(at, route_key, data);
        match self.facts.telling {
            Telling::Live => self.pbx.push(extension, event),
            Telling::Late => self.pbx.store(extension, event, false),
            Telling::Remembered => self.pbx.store(extension, event, true),
        }
    }

    fn has_two_legs(&self) -> bool {
        self.facts.kind == CallKind::Callback && !self.pbx.shared.world.reads(Reading::CallbackOneLeg)
    }
}

impl Stage for MangoStage {
    /// Nothing is said before a phone rings, but an agent who dials hears the ringing himself.
    fn opened(&mut self, at: Timestamp) {
        if let (CallKind::Outgoing, Some(caller)) = (self.facts.kind, self.facts.caller.clone()) {
            self.call(at, &caller, "APPEARED");
        }
    }

    fn in_menu(&mut self, at: Timestamp) {
        let call_id = format!("{}.menu", self.facts.id);
        self.menu = Some(call_id.clone());
        let Some(listener) = self.pbx.any_registered() else { return };
        let mut from = Map::new();
        if let Some(number) = &self.facts.customer {
            from.insert("number".into(), bare(number).into());
        }
        let data = json!({
            "entry_id": self.facts.id,
            "call_id": call_id,
            "seq": 1,
            "timestamp": self.pbx.shared.world.told(at).as_second(),
            "state": "APPEARED",
            "location": "ivr",
            "from": from,
            "to": {"line_number": bare(&self.facts.line)},
        });
        self.tell(at, &listener, "/ivr", data);
    }

    fn rings(&mut self, at: Timestamp, extension: &str) {
        self.call(at, extension, "APPEARED");
    }

    fn picked_up(&mut self, at: Timestamp, extension: &str) {
        if self.has_two_legs() {
            self.call(at, extension, "CONNECTED");
        }
    }

    /// The second leg of a callback takes the place of the first.
    fn dials_customer(&mut self, at: Timestamp, extension: &str) {
        if self.has_two_legs() {
            let first = self.leg(extension);
            self.tell_leg(at, first, "DISCONNECTED", &json!({"disconnect_reason": 1000}));
            let taken_from = Some(self.legs[first].call_id.clone());
            let second = self.begin(extension, Caller::Own, taken_from);
            self.tell_leg(at, second, "APPEARED", &Value::Null);
        }
    }

    fn answered(&mut self, at: Timestamp, extension: &str) {
        let place = self.leg(extension);
        self.talked.extend(self.listeners(&self.legs[place]));
        self.tell_leg(at, place, "CONNECTED", &Value::Null);
    }

    fn held(&mut self, at: Timestamp, extension: &str) {
        self.call(at, extension, "ON_HOLD");
    }

    fn retrieved(&mut self, at: Timestamp, extension: &str) {
        self.call(at, extension, "CONNECTED");
    }

    fn passes_on(&mut self, at: Timestamp, agent: &str, target: &str, passing: Passing) {
        // Of a blind transfer the manual names the leg it was taken from only once the customer is on it.
        let first = self.leg(agent);
        let taken_from = (passing == Passing::Consulting).then(|| self.legs[first].call_id.clone());
        let second = self.begin(target, Caller::Colleague(agent.to_owned()), taken_from);
        self.tell_leg(at, second, "APPEARED", &Value::Null);
    }

    fn taken_over(&mut self, at: Timestamp, agent: &str, target: &str, talking: bool) {
        let first = self.legs.iter().rposition(|leg| leg.extension == agent).map(|place| &self.legs[place]);
        let taken_from = first.map(|leg| leg.call_id.clone());
        let second = self.leg(target);
        self.legs[second].from = Caller::Usual;
        self.legs[second].taken_from = taken_from;
        self.tell_leg(at, second, if talking { "CONNECTED" } else { "APPEARED" }, &Value::Null);
    }

    fn returns(&mut self, at: Timestamp, target: &str, agent: &str) {
        let last = self.legs.iter().rposition(|leg| leg.extension == target).map(|place| &self.legs[place]);
        let taken_from = last.map(|leg| leg.call_id.clone());
        let third = self.begin(agent, Caller::Usual, taken_from);
        self.legs[third].more.insert("transfer".into(), "return_blind".into());
        self.tell_leg(at, third, "APPEARED", &Value::Null);
    }

    fn taken(&mut self, at: Timestamp, from: &str, by: &str) {
        let ringing = self.leg(from);
        let taken_from = Some(self.legs[ringing].call_id.clone());
        self.tell_leg(at, ringing, "DISCONNECTED", &json!({"disconnect_reason": 1100}));
        let leg = self.begin(by, Caller::Usual, taken_from);
        self.tell_leg(at, leg, "APPEARED", &Value::Null);
    }

    fn left(&mut self, at: Timestamp, extension: &str, why: EndReason) {
        let place = self.leg(extension);
        let reason = match why {
            // The vendor's own text spells the state of the losers so.
            EndReason::AnsweredElsewhere => {
                return self.tell_leg(at, place, "DISONNECTED", &json!({"is_group_disconnect": true}));
            }
            EndReason::CustomerHungUp | EndReason::ColleagueHungUp => 1110,
            EndReason::NoAnswer => 1111,
            EndReason::AgentHungUp | EndReason::Transferred => 1120,
            EndReason::Busy => 1121,
            EndReason::Refused => 1122,
            EndReason::Unreachable => 1133,
        };
        // It spells it three ways in all; a busy phone is rare enough for the shortest.
        let state = if why == EndReason::Busy { "DISCONNECT" } else { "DISCONNECTED" };
        self.tell_leg(at, place, state, &json!({"disconnect_reason": reason}));
    }

    fn cut(&mut self, extension: &str) {
        self.pbx.cut(extension);
    }

    fn ended(&mut self, at: Timestamp, recorded: Option<Recorded>) {
        if let Some(recorded) = recorded {
            self.record(at, recorded);
        }
        if self.facts.telling == Telling::Late {
            // Whoever is there must come back to learn what he missed.
            self.legs.iter().for_each(|leg| self.pbx.cut(&leg.extension));
        }
    }
}

impl MangoStage {
    fn record(&self, at: Timestamp, recorded: Recorded) {
        let pbx = self.pbx.clone();
        let (entry, id) = (self.facts.id.clone(), format!("{}-rec", self.facts.id));
        let live = self.facts.telling == Telling::Live;
        let recording = Recording { topic: recorded.topic, available: !live };
        lock(&pbx.shared.recordings).insert(id.clone(), recording);
        for listener in &self.talked {
            let preparing = json!({"entry_id": entry, "recording_id": id, "status": "PREPARING"});
            self.tell(at, listener, "/record", preparing);
        }
        let url = pbx.recording_url(&id);
        let available = json!({"entry_id": entry, "recording_id": id, "status": "AVAILABLE", "url": url});
        if !live {
            for listener in &self.talked {
                self.tell(at, listener, "/record", available.clone());
            }
            return;
        }
        let talked = self.talked.clone();
        self.pbx.shared.world.tasks.spawn(async move {
            let world = &pbx.shared.world;
            tokio::time::sleep(world.scaled(world.timing.recording_lag)).await;
            let mut faults = world.faults.watch();
            if faults.wait_for(|faults| !faults.contains(&Fault::RecordingNotReady)).await.is_err() {
                return;
            }
            if let Some(recording) = lock(&pbx.shared.recordings).get_mut(&id) {
                recording.available = true;
            }
            for listener in &talked {
                pbx.push(listener, Event::new(world.now(), "/record", available.clone()));
            }
        });
    }
}
