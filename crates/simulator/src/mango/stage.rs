//! A call in MANGO's words: every user hears of his own leg only.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::user::Event;
use super::{MangoClient, Recording, bare};
use crate::fault::Fault;
use crate::play::{Facts, Recorded, Stage, Telling, Way, Why};
use crate::world::lock;

pub(crate) struct MangoStage {
    pbx: MangoClient,
    facts: Facts,
    legs: BTreeMap<String, Leg>,
    /// The customer is being dialled: a callback's second leg.
    dials: bool,
    /// Who talked; the recording is theirs.
    talked: BTreeSet<String>,
}

#[derive(Debug)]
struct Leg {
    call_id: String,
    seq: u64,
}

impl MangoStage {
    pub(super) fn new(pbx: MangoClient, facts: Facts) -> Self {
        Self { pbx, facts, legs: BTreeMap::new(), dials: false, talked: BTreeSet::new() }
    }

    /// Tells a user of his leg; both users of an internal call hear of the one leg between them.
    fn call(&mut self, at: Timestamp, extension: &str, state: &str, more: Value) {
        let count = self.legs.len();
        let entry = &self.facts.id;
        let second = self.facts.way == Way::Callback && self.dials;
        let key = if second { format!("{extension}/dialled") } else { extension.to_owned() };
        let leg = self.legs.entry(key).or_insert_with(|| Leg { call_id: format!("{entry}.{}", count + 1), seq: 0 });
        leg.seq += 1;
        let (mut from, to) = parties(&self.facts, extension, second);
        if second {
            from["taken_from_call_id"] = format!("{entry}.1").into();
        }
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
        if self.facts.way == Way::Callback && !second {
            data["callback_initiator"] = "API".into();
            data["command_id"] = format!("crm-{}", self.facts.id).into();
        }
        if let (Some(data), Value::Object(more)) = (data.as_object_mut(), more) {
            data.extend(more);
        }
        for listener in self.listeners(extension) {
            self.tell(at, &listener, "/call", data.clone());
        }
    }

    fn listeners(&self, extension: &str) -> Vec<String> {
        let mut listeners = vec![extension.to_owned()];
        if self.facts.way == Way::Internal {
            listeners.extend(self.facts.caller.clone());
        }
        listeners
    }

    fn tell(&self, at: Timestamp, extension: &str, route_key: &str, data: Value) {
        let event = Event::new(at, route_key, data);
        match self.facts.telling {
            Telling::Live => self.pbx.push(extension, event),
            Telling::Late => self.pbx.store(extension, event, false),
            Telling::Remembered => self.pbx.store(extension, event, true),
        }
    }
}

fn parties(facts: &Facts, extension: &str, dials: bool) -> (Value, Value) {
    let mut customer = Map::new();
    if let Some(number) = &facts.customer {
        customer.insert("number".into(), bare(number).into());
    }
    match facts.way {
        // A callback looks like a call from the number that will be dialled.
        Way::Incoming | Way::Callback if !dials => {
            (Value::Object(customer), json!({"extension": extension, "line_number": bare(&facts.line)}))
        }
        Way::Incoming | Way::Callback | Way::Outgoing => {
            customer.insert("line_number".into(), bare(&facts.line).into());
            (json!({"extension": extension}), Value::Object(customer))
        }
        Way::Internal => (json!({"extension": facts.caller}), json!({"extension": extension})),
    }
}

impl Stage for MangoStage {
    /// Nothing is said before a phone rings, but an agent who dials hears the ringing himself.
    fn opened(&mut self, at: Timestamp) {
        if let (Way::Outgoing, Some(caller)) = (self.facts.way, self.facts.caller.clone()) {
            self.call(at, &caller, "APPEARED", Value::Null);
        }
    }

    fn in_menu(&mut self, at: Timestamp) {
        let Some(listener) = self.pbx.any_registered() else { return };
        let mut from = Map::new();
        if let Some(number) = &self.facts.customer {
            from.insert("number".into(), bare(number).into());
        }
        let data = json!({
            "entry_id": self.facts.id,
            "call_id": format!("{}.menu", self.facts.id),
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
        self.call(at, extension, "APPEARED", Value::Null);
    }

    fn answered(&mut self, at: Timestamp, extension: &str) {
        self.talked.extend(self.listeners(extension));
        if self.facts.way == Way::Callback {
            self.call(at, extension, "CONNECTED", Value::Null);
            self.call(at, extension, "DISCONNECTED", json!({"disconnect_reason": 1000}));
            self.dials = true;
            self.call(at, extension, "APPEARED", Value::Null);
        }
        self.call(at, extension, "CONNECTED", Value::Null);
    }

    fn transferring(&mut self, at: Timestamp, extension: &str) {
        self.call(at, extension, "ON_HOLD", Value::Null);
    }

    fn left(&mut self, at: Timestamp, extension: &str, why: Why) {
        let reason = match why {
            // The vendor's own text spells the state of the losers so.
            Why::AnsweredElsewhere => {
                return self.call(at, extension, "DISONNECTED", json!({"is_group_disconnect": true}));
            }
            Why::CustomerHungUp => 1110,
            Why::NoAnswer => 1111,
            Why::AgentHungUp | Why::Transferred => 1120,
            Why::Busy => 1121,
            Why::Refused => 1122,
        };
        // It spells it three ways in all; a busy phone is rare enough for the shortest.
        let state = if why == Why::Busy { "DISCONNECT" } else { "DISCONNECTED" };
        self.call(at, extension, state, json!({"disconnect_reason": reason}));
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
            self.legs.keys().for_each(|extension| self.pbx.cut(extension));
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
