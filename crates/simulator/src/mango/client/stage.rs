//! A call in MANGO's words: every user hears of his own legs only.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::user::Event;
use super::{MangoClient, Recording};
use crate::fault::Fault;
use crate::make::Pbx;
use crate::mango::bare;
use crate::mango::legs::{Caller, Leg, Legs, reason};
use crate::play::{CallKind, EndReason, Facts, Passing, Recorded, Stage, Telling};
use crate::reading::Reading;
use crate::world::lock;

pub(crate) struct MangoStage {
    pbx: MangoClient,
    legs: Legs,
    /// Who talked; the recording is theirs.
    talked: BTreeSet<String>,
}

impl MangoStage {
    pub(super) fn new(pbx: MangoClient, facts: Facts) -> Self {
        Self { pbx, legs: Legs::new(facts), talked: BTreeSet::new() }
    }

    fn facts(&self) -> &Facts {
        &self.legs.facts
    }

    /// Tells the users of a leg how it is now.
    fn tell_leg(&mut self, at: Timestamp, place: usize, state: &str, more: &Value) {
        let mut data = self.legs.event(place, state.starts_with("DIS"));
        data.insert("timestamp".into(), self.pbx.shared.world.told(at).as_second().into());
        data.insert("state".into(), state.into());
        if self.legs.is_ordered(place) {
            data.insert("callback_initiator".into(), "API".into());
            data.insert("command_id".into(), format!("crm-{}", self.facts().id).into());
        }
        data.extend(more.as_object().cloned().unwrap_or_default());
        for listener in self.listeners(self.legs.get(place)) {
            self.tell(at, &listener, "/call", Value::Object(data.clone()));
        }
    }

    fn call(&mut self, at: Timestamp, extension: &str, state: &str) {
        let place = self.legs.of(extension);
        self.tell_leg(at, place, state, &Value::Null);
    }

    /// The users who are a party of the leg.
    fn listeners(&self, leg: &Leg) -> Vec<String> {
        let mut listeners = vec![leg.extension.clone()];
        match &leg.from {
            Caller::Usual if self.facts().kind == CallKind::Internal => listeners.extend(self.facts().caller.clone()),
            Caller::Colleague(colleague) if !self.pbx.shared.world.reads(Reading::TRANSFER_LEG_TO_CALLED) => {
                listeners.push(colleague.clone());
            }
            Caller::Usual | Caller::Colleague(_) | Caller::Own => {}
        }
        listeners.dedup();
        listeners
    }

    fn tell(&self, at: Timestamp, extension: &str, route_key: &str, data: Value) {
        let event = Event::new(at, route_key, data);
        match self.facts().telling {
            Telling::Live => self.pbx.push(extension, event),
            Telling::Late => self.pbx.store(extension, event, false),
            Telling::Remembered => self.pbx.store(extension, event, true),
        }
    }

    fn has_two_legs(&self) -> bool {
        self.facts().kind == CallKind::Callback && !self.pbx.shared.world.reads(Reading::CALLBACK_ONE_LEG)
    }
}

impl Stage for MangoStage {
    fn call_id(&self) -> &str {
        &self.facts().id
    }

    /// Nothing is said before a phone rings, but an agent who dials hears the ringing himself.
    fn opened(&mut self, at: Timestamp) {
        if let (CallKind::Outgoing, Some(caller)) = (self.facts().kind, self.facts().caller.clone()) {
            self.call(at, &caller, "APPEARED");
        }
    }

    fn in_menu(&mut self, at: Timestamp) {
        let call_id = self.legs.enter_menu();
        let Some(listener) = self.pbx.any_registered() else { return };
        let data = json!({
            "entry_id": self.facts().id,
            "call_id": call_id,
            "seq": 1,
            "timestamp": self.pbx.shared.world.told(at).as_second(),
            "state": "APPEARED",
            "location": "ivr",
            "from": self.legs.customer(),
            "to": {"line_number": bare(&self.facts().line)},
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
            let first = self.legs.of(extension);
            self.tell_leg(at, first, "DISCONNECTED", &json!({"disconnect_reason": 1000}));
            let second = self.legs.dial_customer(first);
            self.tell_leg(at, second, "APPEARED", &Value::Null);
        }
    }

    fn answered(&mut self, at: Timestamp, extension: &str) {
        let place = self.legs.of(extension);
        self.talked.extend(self.listeners(self.legs.get(place)));
        self.tell_leg(at, place, "CONNECTED", &Value::Null);
    }

    fn held(&mut self, at: Timestamp, extension: &str) {
        self.call(at, extension, "ON_HOLD");
    }

    fn retrieved(&mut self, at: Timestamp, extension: &str) {
        self.call(at, extension, "CONNECTED");
    }

    fn passes_on(&mut self, at: Timestamp, agent: &str, target: &str, passing: Passing) {
        let second = self.legs.pass_on(agent, target, passing);
        self.tell_leg(at, second, "APPEARED", &Value::Null);
    }

    fn taken_over(&mut self, at: Timestamp, agent: &str, target: &str, talking: bool) {
        let second = self.legs.take_over(agent, target);
        self.tell_leg(at, second, if talking { "CONNECTED" } else { "APPEARED" }, &Value::Null);
    }

    fn returns(&mut self, at: Timestamp, target: &str, agent: &str) {
        let third = self.legs.come_back(target, agent);
        self.tell_leg(at, third, "APPEARED", &Value::Null);
    }

    fn taken(&mut self, at: Timestamp, from: &str, by: &str) {
        let (ringing, taken) = self.legs.take(from, by);
        self.tell_leg(at, ringing, "DISCONNECTED", &json!({"disconnect_reason": 1100}));
        self.tell_leg(at, taken, "APPEARED", &Value::Null);
    }

    fn left(&mut self, at: Timestamp, extension: &str, why: EndReason) {
        let place = self.legs.of(extension);
        if why == EndReason::AnsweredElsewhere {
            // The vendor's own text spells the state of the losers so.
            return self.tell_leg(at, place, "DISONNECTED", &json!({"is_group_disconnect": true}));
        }
        // It spells it three ways in all; a busy phone is rare enough for the shortest.
        let state = if why == EndReason::Busy { "DISCONNECT" } else { "DISCONNECTED" };
        self.tell_leg(at, place, state, &json!({"disconnect_reason": reason(why)}));
    }

    fn cut(&mut self, extension: &str) {
        self.pbx.cut(extension);
    }

    fn ended(&mut self, at: Timestamp, recorded: Option<Recorded>) {
        if let Some(recorded) = recorded {
            self.record(at, recorded);
        }
        if self.facts().telling == Telling::Late {
            // Whoever is there must come back to learn what he missed.
            self.legs.iter().for_each(|leg| self.pbx.cut(&leg.extension));
        }
    }
}

impl MangoStage {
    fn record(&self, at: Timestamp, recorded: Recorded) {
        let pbx = self.pbx.clone();
        let (entry, id) = (self.facts().id.clone(), format!("{}-rec", self.facts().id));
        let live = self.facts().telling == Telling::Live;
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
