//! Zadarma's API, version 1, which Novofon speaks as well: signed requests in, signed forms out.

mod account;
mod api;
mod call;
mod encode;
mod quota;
mod stage;
mod statistics;
mod wire;
mod xml;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use jiff::Timestamp;
use url::form_urlencoded;

use crate::credentials::Access;
use crate::hook::{Sender, Webhook};
use crate::make::{Delivery, Description, Letters, Make, OfficeLine, Pbx, Redelivery, Secret};
use crate::play::{Facts, Stage, Telling};
use crate::reading::Reading;
use crate::script::{CallPlan, RawBody, RawEvent, Sign, Topic};
use crate::world::{World, lock};
use account::Account;
use call::Call;
use stage::ZadarmaStage;
use wire::ZadarmaWire;

/// The id of the PBX, which stands before an extension in full logins.
const PBX_ID: &str = "402022";

/// The simulated make under one of its names; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Zadarma {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    make: Make,
    world: Arc<World>,
    access: Access,
    sender: Sender,
    /// Every call, by its `pbx_call_id`.
    calls: Mutex<BTreeMap<String, Call>>,
    /// Links to recordings, by their token.
    links: Mutex<BTreeMap<String, Link>>,
    /// The address that was set through the API.
    hook: Mutex<Option<String>>,
    quota: Mutex<quota::Quota>,
    account: Mutex<Account>,
}

#[derive(Debug, Clone, Copy)]
struct Link {
    topic: Topic,
    dies: Timestamp,
}

const SECRETS: &[Secret] = &[Secret::new("key", 20, Letters::Small), Secret::new("secret", 20, Letters::Small)];

static ZADARMA: Description = Description {
    name: "zadarma",
    base: "",
    secrets: SECRETS,
    delivery: Delivery::Webhooks { path: "" },
    line: OfficeLine { number: "+74993456789", russian: "Сервис", english: "Service" },
    readings: READINGS,
    help: include_str!("help.txt"),
    start: |world, access, redelivery| Arc::new(Zadarma::new(Make::ZADARMA, world, access, redelivery)),
};

static NOVOFON: Description = Description {
    name: "novofon",
    base: "",
    secrets: SECRETS,
    delivery: Delivery::Webhooks { path: "" },
    line: OfficeLine { number: "+74994567890", russian: "Склад", english: "Warehouse" },
    readings: READINGS,
    help: include_str!("help.txt"),
    start: |world, access, redelivery| Arc::new(Zadarma::new(Make::NOVOFON, world, access, redelivery)),
};

impl Make {
    /// Zadarma's API: signed requests one way, signed forms the other.
    pub const ZADARMA: Self = Self::of(&ZADARMA);
    /// The same protocol under the name of Novofon.
    pub const NOVOFON: Self = Self::of(&NOVOFON);
}

impl Reading {
    /// Only signatures over what PHP writes are right.
    pub const PHP_SIGNATURES_ONLY: Self = Self::new(
        "php-signatures-only",
        "a signature covers the parameters as PHP writes them; otherwise it may cover them as they were sent too",
    );
    /// Extensions are named by their full logins, `402022-201`.
    pub const FULL_LOGINS: Self = Self::new("full-logins", "extensions as 402022-201; otherwise as 201");
    /// Both legs of a callback are told, the customer's with `calltype=callback_leg2`.
    pub const CALLBACK_TWO_CALLS: Self = Self::new(
        "callback-two-calls",
        "both legs of a callback are told, the customer's with calltype=callback_leg2; otherwise one call",
    );
    /// Each kind of statistics has a minute of its own.
    pub const STATISTICS_PER_METHOD: Self = Self::new(
        "statistics-per-method",
        "each method of statistics may be asked three times a minute; otherwise all of them together",
    );
    /// A minute of the limits is one that has just passed.
    pub const MINUTE_SLIDES: Self =
        Self::new("minute-slides", "the limits count the last sixty seconds; otherwise a minute of the clock");
    /// `NOTIFY_INTERNAL_END` is sent when an extension's part is over.
    pub const INTERNAL_ENDS: Self = Self::new(
        "internal-ends",
        "NOTIFY_INTERNAL_END, which the page does not name, when an extension's part is over; otherwise not",
    );
    /// Call tracking is connected.
    pub const CALLS_TRACKED: Self = Self::new(
        "calls-tracked",
        "after a call from outside CALL_TRACKING tells which advertisement brought it; otherwise it is not connected",
    );
}

/// How the page is read where it is silent.
const READINGS: &[Reading] = &[
    Reading::PHP_SIGNATURES_ONLY,
    Reading::FULL_LOGINS,
    Reading::CALLBACK_TWO_CALLS,
    Reading::STATISTICS_PER_METHOD,
    Reading::MINUTE_SLIDES,
    Reading::INTERNAL_ENDS,
    Reading::CALLS_TRACKED,
];

impl Pbx for Zadarma {
    fn router(&self) -> Router {
        api::router(self.clone())
    }

    fn stage(&self, plan: &CallPlan, id: String, telling: Telling) -> Box<dyn Stage> {
        Box::new(self.call_stage(plan, id, telling))
    }

    fn send_raw(&self, event: &RawEvent) {
        let body = match &event.body {
            RawBody::Text(text) => text.clone(),
            RawBody::Object(object) => {
                let mut form = form_urlencoded::Serializer::new(String::new());
                for (name, value) in object {
                    form.append_pair(name, &value.as_str().map_or_else(|| value.to_string(), str::to_owned));
                }
                if !object.contains_key("call_start") {
                    form.append_pair("call_start", &self.time(self.shared.world.now()));
                }
                form.finish()
            }
        };
        let id = match &event.body {
            RawBody::Object(object) => object.get("pbx_call_id").and_then(|id| id.as_str()).map(str::to_owned),
            RawBody::Text(_) => None,
        };
        let key = id.unwrap_or_default();
        self.shared.sender.send(Webhook { key, path: event.path.clone(), body, sign: event.sign });
    }

    fn sender(&self) -> Option<&Sender> {
        Some(&self.shared.sender)
    }
}

impl Zadarma {
    fn new(make: Make, world: Arc<World>, access: &Access, redelivery: Redelivery) -> Self {
        let sender = Sender::start(Arc::clone(&world), make, ZadarmaWire::new(access), redelivery);
        let shared = Shared {
            make,
            world,
            access: access.clone(),
            sender,
            calls: Mutex::default(),
            links: Mutex::default(),
            hook: Mutex::default(),
            quota: Mutex::default(),
            account: Mutex::default(),
        };
        Self { shared: Arc::new(shared) }
    }

    fn call_stage(&self, plan: &CallPlan, id: String, telling: Telling) -> ZadarmaStage {
        let line = self.shared.world.staff.line_of(self.shared.make);
        ZadarmaStage::new(self.clone(), Facts::new(plan, id, line, telling), plan.customer_first)
    }

    /// A time as this make writes it: the wall clock of the account's zone, without a mark of it.
    fn time(&self, at: Timestamp) -> String {
        call::wall_clock(self.shared.world.told(at), self.shared.world.zone())
    }

    /// Posts a notification to the external system.
    fn notify(&self, key: &str, fields: &[(&str, String)]) {
        if let Some(notification) = self.notification(key, fields) {
            self.shared.sender.send(notification);
        }
    }

    /// A notification as it is posted; none where the account has switched it off.
    fn notification(&self, key: &str, fields: &[(&str, String)]) -> Option<Webhook> {
        let event = fields.iter().find(|(name, _)| *name == "event").map_or("", |(_, event)| event.as_str());
        if !lock(&self.shared.account).tells(event) {
            return None;
        }
        let mut form = form_urlencoded::Serializer::new(String::new());
        for (name, value) in fields {
            form.append_pair(name, value);
        }
        let (key, body) = (key.to_owned(), form.finish());
        Some(Webhook { key, path: String::new(), body, sign: Sign::Right })
    }

    /// Changes what is remembered of a call.
    fn remember(&self, id: &str, change: impl FnOnce(&mut Call)) {
        if let Some(call) = lock(&self.shared.calls).get_mut(id) {
            change(call);
        }
    }
}
