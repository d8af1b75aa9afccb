//! Rostelecom's integration API as its pages describe it: signed requests in, signed webhooks out.

mod api;
mod archive;
mod export;
mod json;
mod link;
mod session;
mod sign;
mod stage;
mod wire;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use jiff::Timestamp;

use crate::credentials::Access;
use crate::hook::{Sender, Webhook};
use crate::make::{Delivery, Description, Letters, Make, OfficeLine, Pbx, Redelivery, Secret};
use crate::play::{Facts, Stage, Telling};
use crate::reading::Reading;
use crate::script::{CallPlan, RawBody, RawEvent};
use crate::world::{World, lock};
use session::Session;
use stage::RostelecomStage;
use wire::RostelecomWire;

/// The simulated make; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Rostelecom {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    world: Arc<World>,
    access: Access,
    sender: Sender,
    sessions: Mutex<BTreeMap<String, Session>>,
    links: Mutex<link::Links>,
    orders: Mutex<export::Orders>,
}

static DESCRIPTION: Description = Description {
    name: "rostelecom",
    base: "",
    secrets: &[Secret::new("client_id", 32, Letters::Capital), Secret::new("key", 32, Letters::Capital)],
    delivery: Delivery::Webhooks { path: "call_events" },
    line: OfficeLine { number: "+74951234567", russian: "Отдел продаж", english: "Sales" },
    readings: READINGS,
    help: include_str!("help.txt"),
    start: |world, access, redelivery| Arc::new(Rostelecom::new(world, access, redelivery)),
};

impl Make {
    /// Rostelecom's integration API: signed requests one way, signed webhooks the other.
    pub const ROSTELECOM: Self = Self::of(&DESCRIPTION);
}

impl Reading {
    /// `connected` of a callback comes when the agent picks up.
    pub const CALLBACK_AGENT_CONNECTS: Self = Self::new(
        "callback-agent-connects",
        "\"connected\" of a callback comes when the agent picks up; otherwise once both talk",
    );
    /// Phones ring under their SIP names, and answer under their pins.
    pub const SIP_NAMES_FIRST: Self =
        Self::new("sip-names-first", "phones ring under a SIP name without a pin; otherwise with it");
    /// A menu or a greeting answers in the line's name.
    pub const GREETING_ANSWERS: Self =
        Self::new("greeting-answers", "a \"menu\" is told as connected, without a pin; otherwise not at all");
    /// The colleague to whom an outgoing call was passed is in `from_pin`.
    pub const PASSED_ON_FROM_PIN: Self = Self::new(
        "passed-on-from-pin",
        "whoever got an outgoing call passed on is in from_pin; otherwise in request_pin",
    );

    /// It is the vendor's test host.
    pub const TEST_HOST: Self = Self::new(
        "test-host",
        "every method is answered with a fixed sample, as on the vendor's test host; otherwise as for an account",
    );
    /// `get_number_info` comes behind `new`.
    pub const NUMBER_INFO_AFTER_NEW: Self =
        Self::new("number-info-after-new", "get_number_info is asked after \"new\" was told; otherwise before it");
}

/// How the page is read where it is silent.
const READINGS: &[Reading] = &[
    Reading::CALLBACK_AGENT_CONNECTS,
    Reading::SIP_NAMES_FIRST,
    Reading::GREETING_ANSWERS,
    Reading::PASSED_ON_FROM_PIN,
    Reading::NUMBER_INFO_AFTER_NEW,
    Reading::TEST_HOST,
];

impl Pbx for Rostelecom {
    fn router(&self) -> Router {
        api::router(self.clone())
    }

    fn stage(&self, plan: &CallPlan, id: String, telling: Telling) -> Box<dyn Stage> {
        Box::new(self.session_stage(plan, id, telling))
    }

    fn send_raw(&self, event: &RawEvent) {
        let body = match &event.body {
            RawBody::Text(text) => text.clone(),
            RawBody::Object(object) => {
                let mut pairs: Vec<(String, serde_json::Value)> =
                    object.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
                if event.path == "call_events" && !object.contains_key("timestamp") {
                    pairs.push(("timestamp".into(), self.timestamp(self.shared.world.now()).into()));
                }
                json::object(pairs.iter().map(|(key, value)| (key.as_str(), value)))
            }
        };
        let session = match &event.body {
            RawBody::Object(object) => object.get("session_id").map(ToString::to_string),
            RawBody::Text(_) => None,
        };
        let key = session.unwrap_or_else(|| event.path.clone());
        self.shared.sender.send(Webhook { key, path: event.path.clone(), body, sign: event.sign });
    }

    fn sender(&self) -> Option<&Sender> {
        Some(&self.shared.sender)
    }
}

impl Rostelecom {
    fn new(world: Arc<World>, access: &Access, redelivery: Redelivery) -> Self {
        let wire = RostelecomWire::new(access);
        let sender = Sender::start(Arc::clone(&world), Make::ROSTELECOM, wire, redelivery);
        let links = Mutex::new(link::Links::default());
        let (access, sessions, orders) = (access.clone(), Mutex::default(), Mutex::default());
        Self { shared: Arc::new(Shared { world, access, sender, sessions, links, orders }) }
    }

    fn session_stage(&self, plan: &CallPlan, id: String, telling: Telling) -> RostelecomStage {
        let line = self.shared.world.staff.line_of(Make::ROSTELECOM);
        RostelecomStage::new(self.clone(), Facts::new(plan, id, line, telling))
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
