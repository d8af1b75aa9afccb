//! A call in the words of the VPBX API: every leg of the whole office is told to the external system.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::entry::{Entry, Side};
use super::{MangoVpbx, Recording};
use crate::fault::Fault;
use crate::mango::bare;
use crate::mango::legs::{Legs, reason};
use crate::play::{CallKind, EndReason, Facts, Passing, Recorded, Stage, Telling};
use crate::reading::Reading;
use crate::world::lock;

pub(crate) struct VpbxStage {
    pbx: MangoVpbx,
    legs: Legs,
    /// The command that ordered the call, where one did.
    command_id: String,
    /// The leg in the menu that is not over.
    menu: Option<String>,
    /// The leg on which somebody talked first, with his extension: it is the recorded one.
    recorded: Option<(String, String)>,
}

impl VpbxStage {
    pub(super) fn new(pbx: MangoVpbx, facts: Facts, command_id: String) -> Self {
        Self { pbx, legs: Legs::new(facts), command_id, menu: None, recorded: None }
    }

    fn facts(&self) -> &Facts {
        &self.legs.facts
    }

    fn tell(&self, path: &str, event: Map<String, Value>) {
        if self.facts().telling != Telling::Remembered {
            self.pbx.post(&self.facts().id, path, event);
        }
    }

    /// A time as notifications carry it.
    fn seconds(&self, at: Timestamp) -> Value {
        self.pbx.shared.world.told(at).as_second().into()
    }

    fn tell_leg(&mut self, at: Timestamp, place: usize, state: &str, more: Value) {
        let over = state == "Disconnected";
        let mut event = self.legs.event(place, over);
        for side in ["from", "to"] {
            self.add_sip_address(event.get_mut(side));
        }
        event.insert("timestamp".into(), self.seconds(at));
        event.insert("call_state".into(), state.into());
        event.insert("dct".into(), json!({"type": 0}));
        if self.legs.is_ordered(place) {
            event.insert("callback_initiator".into(), "API".into());
            event.insert("command_id".into(), self.command_id.as_str().into());
        }
        if let Value::Object(more) = more {
            event.extend(more);
        }
        self.remember(|entry| entry.hear(at, &event));
        let (call_id, extension) = (self.legs.get(place).call_id.clone(), self.legs.get(place).extension.clone());
        let mut open = lock(&self.pbx.shared.open_legs);
        if over {
            open.remove(&call_id);
        } else {
            open.insert(call_id, extension);
        }
        drop(open);
        self.tell("events/call", event);
    }

    /// An employee is named by the address of his phone as well as by his extension.
    fn add_sip_address(&self, side: Option<&mut Value>) {
        let Some(Value::Object(side)) = side else { return };
        if let Some(extension) = side.get("extension").and_then(Value::as_str) {
            let address = self.pbx.shared.world.staff.sip(extension);
            side.entry("number").or_insert_with(|| address.into());
        }
    }

    fn call(&mut self, at: Timestamp, extension: &str, state: &str) {
        let place = self.legs.of(extension);
        self.tell_leg(at, place, state, Value::Null);
    }

    fn tell_menu(&self, at: Timestamp, call_id: &str, seq: u8, state: &str, more: Value) {
        let line = bare(&self.facts().line);
        let mut event = json!({
            "entry_id": self.facts().id,
            "call_id": call_id,
            "seq": seq,
            "timestamp": self.seconds(at),
            "call_state": state,
            "location": "ivr",
            "from": self.legs.customer(),
            "to": {"number": line, "line_number": line},
            "dct": {"type": 0},
        });
        if let (Value::Object(event), Value::Object(more)) = (&mut event, more) {
            event.extend(more);
        }
        if let Value::Object(event) = event {
            self.tell("events/call", event);
        }
    }

    /// The menu hands the call over, or it ends there.
    fn leave_menu(&mut self, at: Timestamp, why: u16) {
        if let Some(call_id) = self.menu.take() {
            self.tell_menu(at, &call_id, 3, "Disconnected", json!({"disconnect_reason": why}));
        }
    }

    fn has_two_legs(&self) -> bool {
        self.facts().kind == CallKind::Callback && !self.pbx.shared.world.reads(Reading::CALLBACK_ONE_LEG)
    }

    fn remember(&self, change: impl FnOnce(&mut Entry)) {
        self.pbx.remember(&self.facts().id, change);
    }

    fn tell_recorded(&self, at: Timestamp) {
        let Some((call_id, extension)) = &self.recorded else { return };
        let event = json!({
            "recording_id": recording_id(&self.facts().id),
            "recording_state": "Completed",
            "seq": 2,
            "entry_id": self.facts().id,
            "call_id": call_id,
            "extension": extension,
            "timestamp": self.seconds(at),
            "completion_code": 1000,
            "recipient": "Cloud",
        });
        if let Value::Object(event) = event {
            self.tell("events/recording", event);
        }
    }

    fn summary(&self, entry: &Entry) {
        let mut event = Map::new();
        event.insert("entry_id".into(), self.facts().id.as_str().into());
        event.insert("call_direction".into(), entry.direction().into());
        event.insert("from".into(), party(&entry.from()));
        event.insert("to".into(), party(&entry.to()));
        if entry.kind != CallKind::Internal {
            event.insert("line_number".into(), bare(&entry.line).into());
        }
        event.insert("create_time".into(), self.seconds(entry.created));
        event.insert("forward_time".into(), entry.answered.map_or_else(|| 0.into(), |at| self.seconds(at)));
        event.insert("talk_time".into(), entry.answered.map_or_else(|| 0.into(), |at| self.seconds(at)));
        event.insert("end_time".into(), entry.ended.map_or_else(|| 0.into(), |at| self.seconds(at)));
        event.insert("entry_result".into(), u8::from(entry.answered.is_some()).into());
        event.insert("disconnect_reason".into(), entry.reason.into());
        self.tell("events/summary", event);
    }

    /// The file is in the cloud a while after the talk.
    fn add_recording(&self, recorded: Recorded) {
        let (pbx, entry_id) = (self.pbx.clone(), self.facts().id.clone());
        let id = recording_id(&entry_id);
        let live = self.facts().telling == Telling::Live;
        lock(&pbx.shared.recordings).insert(id.clone(), Recording { topic: recorded.topic, added: !live });
        if !live {
            return;
        }
        self.pbx.shared.world.tasks.spawn(async move {
            let world = &pbx.shared.world;
            tokio::time::sleep(world.scaled(world.timing.recording_lag)).await;
            let mut faults = world.faults.watch();
            if faults.wait_for(|faults| !faults.contains(&Fault::RecordingNotReady)).await.is_err() {
                return;
            }
            if let Some(recording) = lock(&pbx.shared.recordings).get_mut(&id) {
                recording.added = true;
            }
            let event = json!({
                "entry_id": entry_id,
                "product_id": 400_000_001,
                "user_id": -1,
                "timestamp": world.told(world.now()).as_second(),
                "recording_id": id,
            });
            if let Value::Object(event) = event {
                pbx.post(&entry_id, "events/record/added", event);
            }
        });
    }
}

/// The vendor's ids of recordings are Base64, so they need encoding in a form.
/// The external system ended the call.
const ENDED_BY_PROGRAM: u16 = 1181;

pub(super) fn recording_id(entry_id: &str) -> String {
    data_encoding::BASE64.encode(format!("1:{entry_id}").as_bytes())
}

fn party(side: &Side) -> Value {
    let mut party = Map::new();
    for (name, value) in [("extension", &side.extension), ("number", &side.number)] {
        if !value.is_empty() {
            party.insert(name.into(), value.as_str().into());
        }
    }
    Value::Object(party)
}

impl Stage for VpbxStage {
    fn call_id(&self) -> &str {
        &self.legs.facts.id
    }

    fn opened(&mut self, at: Timestamp) {
        let facts = self.facts();
        let entry = Entry {
            kind: facts.kind,
            customer: facts.customer.as_deref().map(|number| bare(number).to_owned()).unwrap_or_default(),
            line: bare(&facts.line).to_owned(),
            caller: facts.caller.clone().unwrap_or_default(),
            rang: String::new(),
            answered_by: String::new(),
            created: at,
            answered: None,
            ended: None,
            reason: 1110,
            recording_id: None,
            recorded_leg: None,
            legs: Vec::new(),
        };
        lock(&self.pbx.shared.entries).insert(facts.id.clone(), entry);
        if let (CallKind::Outgoing, Some(caller)) = (facts.kind, facts.caller.clone()) {
            self.call(at, &caller, "Appeared");
        }
    }

    fn in_menu(&mut self, at: Timestamp) {
        let call_id = self.legs.enter_menu();
        self.tell_menu(at, &call_id, 1, "Appeared", Value::Null);
        self.tell_menu(at, &call_id, 2, "Connected", Value::Null);
        self.menu = Some(call_id);
    }

    fn turned_away(&mut self, at: Timestamp) {
        self.remember(|entry| entry.reason = ENDED_BY_PROGRAM);
        self.leave_menu(at, ENDED_BY_PROGRAM);
    }

    fn rings(&mut self, at: Timestamp, extension: &str) {
        self.leave_menu(at, 1100);
        self.remember(|entry| {
            if entry.rang.is_empty() {
                extension.clone_into(&mut entry.rang);
            }
        });
        self.call(at, extension, "Appeared");
    }

    fn picked_up(&mut self, at: Timestamp, extension: &str) {
        if self.has_two_legs() {
            self.call(at, extension, "Connected");
        }
    }

    fn dials_customer(&mut self, at: Timestamp, extension: &str) {
        if self.has_two_legs() {
            let first = self.legs.of(extension);
            self.tell_leg(at, first, "Disconnected", json!({"disconnect_reason": 1000}));
            let second = self.legs.dial_customer(first);
            self.tell_leg(at, second, "Appeared", Value::Null);
        }
    }

    fn answered(&mut self, at: Timestamp, extension: &str) {
        let place = self.legs.of(extension);
        self.remember(|entry| {
            entry.answered.get_or_insert(at);
            extension.clone_into(&mut entry.answered_by);
        });
        self.tell_leg(at, place, "Connected", Value::Null);
        if self.recorded.is_none() {
            self.recorded = Some((self.legs.get(place).call_id.clone(), extension.to_owned()));
        }
    }

    fn held(&mut self, at: Timestamp, extension: &str) {
        let place = self.legs.of(extension);
        self.tell_leg(at, place, "OnHold", json!({}));
    }

    fn retrieved(&mut self, at: Timestamp, extension: &str) {
        self.call(at, extension, "Connected");
    }

    fn passes_on(&mut self, at: Timestamp, agent: &str, target: &str, passing: Passing) {
        let second = self.legs.pass_on(agent, target, passing);
        let kind = if passing == Passing::Blind { "blind" } else { "consultative" };
        self.tell_leg(at, second, "Appeared", json!({"transfer": kind}));
    }

    fn taken_over(&mut self, at: Timestamp, agent: &str, target: &str, talking: bool) {
        let second = self.legs.take_over(agent, target);
        self.tell_leg(at, second, if talking { "Connected" } else { "Appeared" }, Value::Null);
    }

    fn returns(&mut self, at: Timestamp, target: &str, agent: &str) {
        let third = self.legs.come_back(target, agent);
        self.tell_leg(at, third, "Appeared", Value::Null);
    }

    fn taken(&mut self, at: Timestamp, from: &str, by: &str) {
        let (ringing, taken) = self.legs.take(from, by);
        self.tell_leg(at, ringing, "Disconnected", json!({"disconnect_reason": 1182}));
        self.tell_leg(at, taken, "Appeared", Value::Null);
        let call_id = self.legs.get(taken).call_id.clone();
        self.remember(|entry| entry.intercepted(&call_id));
    }

    fn left(&mut self, at: Timestamp, extension: &str, why: EndReason) {
        let place = self.legs.of(extension);
        let code = reason(why);
        if why != EndReason::AnsweredElsewhere {
            self.remember(|entry| entry.reason = code);
        }
        self.tell_leg(at, place, "Disconnected", json!({"disconnect_reason": code}));
    }

    fn cut(&mut self, _extension: &str) {}

    fn ended(&mut self, at: Timestamp, recorded: Option<Recorded>) {
        self.leave_menu(at, 1110);
        let id = recorded.map(|_| recording_id(&self.facts().id));
        let leg = self.recorded.as_ref().map(|(call_id, _)| call_id.clone());
        self.remember(|entry| {
            entry.ended = Some(at);
            (entry.recording_id, entry.recorded_leg) = (id, leg);
        });
        if recorded.is_some() {
            self.tell_recorded(at);
        }
        let entry = lock(&self.pbx.shared.entries).get(&self.facts().id).cloned();
        if let Some(entry) = entry {
            self.summary(&entry);
        }
        if let Some(recorded) = recorded {
            self.add_recording(recorded);
        }
    }
}
