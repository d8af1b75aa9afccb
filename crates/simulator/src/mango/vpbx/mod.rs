//! MANGO OFFICE's VPBX API as the vendor's manual (v1.9) describes it: signed forms both ways.

mod api;
mod commands;
mod entry;
mod extended;
mod leg_record;
mod quota;
mod stage;
mod statistics;
mod wire;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use axum::Router;
use serde_json::{Map, Value};

use crate::credentials::Access;
use crate::hook::{Sender, Webhook};
use crate::make::{Delivery, Description, Letters, Make, OfficeLine, Pbx, Redelivery, Secret};
use crate::numbers;
use crate::play::{Facts, Stage, Telling};
use crate::reading::Reading;
use crate::script::{CallPlan, RawBody, RawEvent, Sign, Topic};
use crate::world::{World, lock};
use entry::Entry;
use quota::Quota;
use stage::VpbxStage;
use statistics::Ordered;
use wire::VpbxWire;

/// The simulated make; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct MangoVpbx {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    world: Arc<World>,
    access: Access,
    sender: Sender,
    /// Every call, by its `entry_id`.
    entries: Mutex<BTreeMap<String, Entry>>,
    /// The extension of every leg that is not over, by its `call_id`.
    open_legs: Mutex<BTreeMap<String, String>>,
    recordings: Mutex<BTreeMap<String, Recording>>,
    /// Links to files that work once.
    links: Mutex<BTreeMap<String, Topic>>,
    /// Statistics that were asked for, by their key.
    statistics: Mutex<BTreeMap<String, Ordered>>,
    extended: Mutex<BTreeMap<String, extended::Ordered>>,
    /// Commands that were carried out, where their results are asked for: the command and its id.
    results: Mutex<BTreeSet<(String, String)>>,
    quota: Mutex<Quota>,
}

#[derive(Debug, Clone, Copy)]
struct Recording {
    topic: Topic,
    added: bool,
}

static DESCRIPTION: Description = Description {
    name: "mango-vpbx",
    base: "/vpbx",
    secrets: &[Secret::new("api_key", 28, Letters::Small), Secret::new("api_salt", 32, Letters::Small)],
    delivery: Delivery::Webhooks { path: "events/call" },
    line: OfficeLine { number: "+74952345678", russian: "Доставка", english: "Delivery" },
    readings: &[
        Reading::CALLBACK_ONE_LEG,
        Reading::TRANSFER_LEG_TO_CALLED,
        Reading::STATISTICS_BY_SIP,
        Reading::STATISTICS_COME_AT_ONCE,
        Reading::COMMANDS_ANSWER_0,
        Reading::RESULTS_ARE_ASKED_FOR,
    ],
    help: include_str!("help.txt"),
    start: |world, access, redelivery| Arc::new(MangoVpbx::new(world, access, redelivery)),
};

impl Make {
    /// MANGO OFFICE's VPBX API: signed forms both ways.
    pub const MANGO_VPBX: Self = Self::of(&DESCRIPTION);
}

impl Pbx for MangoVpbx {
    fn router(&self) -> Router {
        api::router(self.clone())
    }

    fn stage(&self, plan: &CallPlan, id: String, telling: Telling) -> Box<dyn Stage> {
        let command_id = format!("crm-{id}");
        Box::new(self.entry_stage(plan, id, telling, command_id))
    }

    fn send_raw(&self, event: &RawEvent) {
        let (body, key) = match &event.body {
            RawBody::Text(text) => (text.clone(), event.path.clone()),
            RawBody::Object(object) => {
                let mut object = object.clone();
                let now = self.shared.world.told(self.shared.world.now()).as_second();
                object.entry("timestamp").or_insert_with(|| now.into());
                let key = object.get("entry_id").map_or_else(|| event.path.clone(), ToString::to_string);
                (Value::Object(object).to_string(), key)
            }
        };
        self.shared.sender.send(Webhook { key, path: event.path.clone(), body, sign: event.sign });
    }

    fn sender(&self) -> Option<&Sender> {
        Some(&self.shared.sender)
    }
}

impl MangoVpbx {
    fn new(world: Arc<World>, access: &Access, redelivery: Redelivery) -> Self {
        let sender = Sender::start(Arc::clone(&world), Make::MANGO_VPBX, VpbxWire::new(access), redelivery);
        let shared = Shared {
            world,
            access: access.clone(),
            sender,
            entries: Mutex::default(),
            open_legs: Mutex::default(),
            recordings: Mutex::default(),
            links: Mutex::default(),
            statistics: Mutex::default(),
            extended: Mutex::default(),
            results: Mutex::default(),
            quota: Mutex::default(),
        };
        Self { shared: Arc::new(shared) }
    }

    fn entry_stage(&self, plan: &CallPlan, id: String, telling: Telling, command_id: String) -> VpbxStage {
        let line = self.shared.world.staff.line_of(Make::MANGO_VPBX);
        VpbxStage::new(self.clone(), Facts::new(plan, id, line, telling), command_id)
    }

    /// Posts an event of a call to the external system.
    fn post(&self, entry_id: &str, path: &str, event: Map<String, Value>) {
        let body = numbers::written(Value::Object(event), &self.shared.world.faults).to_string();
        let key = entry_id.to_owned();
        self.shared.sender.send(Webhook { key, path: path.to_owned(), body, sign: Sign::Right });
    }

    /// Changes what is remembered of a call.
    fn remember(&self, entry_id: &str, change: impl FnOnce(&mut Entry)) {
        if let Some(entry) = lock(&self.shared.entries).get_mut(entry_id) {
            change(entry);
        }
    }
}
