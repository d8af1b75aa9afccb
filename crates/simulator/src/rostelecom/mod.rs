//! Rostelecom's integration API as its pages describe it: signed requests in, signed webhooks out.

mod api;
mod archive;
mod export;
mod hook;
mod json;
mod link;
mod sender;
mod session;
mod sign;
mod stage;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use jiff::Timestamp;

pub use hook::HookError;
pub(crate) use hook::HookUrl;
pub use sender::Deliveries;

use crate::credentials::RostelecomAccess;
use crate::make::Make;
use crate::play::{Facts, Telling};
use crate::script::{CallPlan, RawBody, RawEvent};
use crate::world::{World, lock};
use sender::{Sender, Webhook};
use session::Session;
use stage::RostelecomStage;

/// The simulated make; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Rostelecom {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    world: Arc<World>,
    access: RostelecomAccess,
    sender: Sender,
    sessions: Mutex<BTreeMap<String, Session>>,
    links: Mutex<link::Links>,
    orders: Mutex<export::Orders>,
}

impl Rostelecom {
    pub(crate) fn new(world: Arc<World>, access: RostelecomAccess, redeliver: bool) -> Self {
        let sender = Sender::start(Arc::clone(&world), access.clone(), redeliver);
        let links = Mutex::new(link::Links::default());
        let shared = Shared { world, access, sender, sessions: Mutex::default(), links, orders: Mutex::default() };
        Self { shared: Arc::new(shared) }
    }

    pub(crate) fn router(&self) -> Router {
        api::router(self.clone())
    }

    pub(crate) fn set_hook(&self, hook: Option<HookUrl>) {
        self.shared.sender.set_hook(hook);
    }

    pub(crate) fn deliveries(&self) -> Deliveries {
        self.shared.sender.deliveries()
    }

    pub(crate) fn stage(&self, plan: &CallPlan, id: String, telling: Telling) -> RostelecomStage {
        let line = self.shared.world.staff.line_of(Make::Rostelecom);
        RostelecomStage::new(self.clone(), Facts::new(plan, id, line, telling))
    }

    /// Sends a low-level event.
    pub(crate) fn send_raw(&self, event: &RawEvent) {
        let body = match &event.body {
            RawBody::Text(text) => text.clone(),
            RawBody::Object(object) => {
                let mut pairs: Vec<(String, serde_json::Value)> =
                    object.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
                if event.method == "call_events" && !object.contains_key("timestamp") {
                    pairs.push(("timestamp".into(), self.timestamp(self.shared.world.now()).into()));
                }
                json::object(pairs.iter().map(|(key, value)| (key.as_str(), value)))
            }
        };
        let session = match &event.body {
            RawBody::Object(object) => object.get("session_id").map(ToString::to_string),
            RawBody::Text(_) => None,
        };
        let key = session.unwrap_or_else(|| event.method.clone());
        self.shared.sender.send(Webhook { key, method: event.method.clone(), body, sign: event.sign });
    }

    /// A time as webhooks carry it: text without a mark of its zone.
    fn timestamp(&self, at: Timestamp) -> String {
        session::timestamp(self.shared.world.told(at), self.shared.world.zone())
    }

    /// Changes a session, if it is known.
    fn with_session<T>(&self, id: &str, act: impl FnOnce(&mut Session) -> T) -> Option<T> {
        lock(&self.shared.sessions).get_mut(id).map(act)
    }
}
