//! MANGO OFFICE's server-client API. The vendor publishes an introduction only; the wire is the one that
//! `docs/makes/mango-client.md` assumes.

mod api;
mod socket;
mod stage;
mod user;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use axum::Router;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::credentials::Access;
use crate::make::{Delivery, Description, Letters, Make, OfficeLine, Pbx, Secret};
use crate::play::{Facts, Stage, Telling};
use crate::script::{CallPlan, RawBody, RawEvent, Topic};
use crate::world::{World, lock};
use stage::MangoStage;
use user::{Event, User};

/// The simulated make; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct MangoClient {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    world: Arc<World>,
    access: Access,
    /// The names of the integrations that were made.
    integrations: Mutex<BTreeSet<String>>,
    users: Mutex<BTreeMap<String, User>>,
    recordings: Mutex<BTreeMap<String, Recording>>,
}

#[derive(Debug, Clone, Copy)]
struct Recording {
    topic: Topic,
    available: bool,
}

static DESCRIPTION: Description = Description {
    name: "mango-client",
    base: "/api",
    secrets: &[Secret::new("token", 40, Letters::Small)],
    delivery: Delivery::SocketPerExtension,
    line: OfficeLine { number: "+78005550110", russian: "Поддержка", english: "Support" },
    readings: super::READINGS,
    help: include_str!("help.txt"),
    start: |world, access, _| Arc::new(MangoClient::new(world, access)),
};

impl Make {
    /// MANGO OFFICE's server-client API: a token, a WebSocket per user, stored events.
    pub const MANGO_CLIENT: Self = Self::of(&DESCRIPTION);
}

impl Pbx for MangoClient {
    fn router(&self) -> Router {
        api::router(self.clone())
    }

    fn stage(&self, plan: &CallPlan, id: String, telling: Telling) -> Box<dyn Stage> {
        Box::new(self.user_stage(plan, id, telling))
    }

    /// Sends the event over the socket of its extension, or stores it.
    fn send_raw(&self, event: &RawEvent) {
        let Some(extension) = event.extension.as_deref() else { return };
        let now = self.shared.world.now();
        match &event.body {
            RawBody::Text(text) => {
                if let Some(user) = lock(&self.shared.users).get_mut(extension) {
                    user.push_text(text.clone());
                }
            }
            RawBody::Object(object) => {
                let mut object = object.clone();
                if let Some(Value::Object(data)) = object.get_mut("data")
                    && !data.contains_key("timestamp")
                {
                    data.insert("timestamp".into(), self.shared.world.told(now).as_second().into());
                }
                self.push(extension, Event { at: now, frame: Value::Object(object) });
            }
        }
    }

    fn cut(&self, extension: &str) {
        if let Some(user) = lock(&self.shared.users).get_mut(extension) {
            user.cut();
        }
    }

    fn cut_all(&self) {
        for user in lock(&self.shared.users).values_mut() {
            user.cut();
        }
    }

    fn registered(&self) -> Vec<String> {
        let users = lock(&self.shared.users);
        users.iter().filter(|(_, user)| user.is_registered()).map(|(extension, _)| extension.clone()).collect()
    }
}

impl MangoClient {
    fn new(world: Arc<World>, access: &Access) -> Self {
        let users = world.staff.employees.iter().map(|employee| (employee.extension.clone(), User::default()));
        let users = Mutex::new(users.collect());
        Self {
            shared: Arc::new(Shared {
                world,
                access: access.clone(),
                integrations: Mutex::default(),
                users,
                recordings: Mutex::default(),
            }),
        }
    }

    fn user_stage(&self, plan: &CallPlan, id: String, telling: Telling) -> MangoStage {
        let line = self.shared.world.staff.line_of(Make::MANGO_CLIENT);
        MangoStage::new(self.clone(), Facts::new(plan, id, line, telling))
    }

    fn push(&self, extension: &str, event: Event) {
        if let Some(user) = lock(&self.shared.users).get_mut(extension) {
            user.push(event);
        }
    }

    /// Stores an event for later, whether the user is there or not; what is remembered from before the
    /// simulator started belongs to users who were created then.
    fn store(&self, extension: &str, event: Event, remembered: bool) {
        let mut users = lock(&self.shared.users);
        if let Some(user) = users.get_mut(extension).filter(|user| remembered || user.is_created()) {
            user.store(event);
        }
    }

    /// One of those who would get an event at once.
    fn any_registered(&self) -> Option<String> {
        let users = lock(&self.shared.users);
        let registered: Vec<&String> =
            users.iter().filter(|(_, user)| user.is_registered()).map(|(extension, _)| extension).collect();
        registered.get(self.shared.world.pick_index(registered.len())).map(|extension| (*extension).clone())
    }

    /// A recording's stable link.
    fn recording_url(&self, id: &str) -> String {
        format!("{}/recordings/{id}", self.shared.access.url)
    }
}

/// A frame of the socket, which is also an element of a missed batch.
fn frame(route_key: &str, data: Value) -> Value {
    json!({"routeKey": route_key, "data": data})
}

impl Event {
    fn new(at: Timestamp, route_key: &str, data: Value) -> Self {
        Self { at, frame: frame(route_key, data) }
    }
}
