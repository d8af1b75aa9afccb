//! The Era platform: a socket for events, questions and commands, REST beside it.
//!
//! The pages name the events and the verbs and hardly any of their fields; what is played here is what
//! `docs/makes/era.md` assumes, with the other readings as switches.

mod actions;
mod answers;
mod dialog;
mod ending;
mod events;
mod readings;
mod recordings;
mod rest;
mod socket;
mod stage;
mod subscriptions;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use serde_json::Value;
use tokio::sync::mpsc;

use crate::credentials::Access;
use crate::make::{Delivery, Description, Letters, Make, OfficeLine, Pbx, Secret};
use crate::play::{Facts, Stage, Telling};
use crate::reading::Reading;
use crate::script::{CallPlan, RawBody, RawEvent};
use crate::world::{World, lock};
use dialog::Dialogs;
use recordings::Recordings;
use socket::Order;
use stage::EraStage;
use subscriptions::Subscriptions;

/// The user to whom the token is bound: whom the User API tells of, and in whose name he acts.
const BOUND_USER: &str = "202";

/// How long a call is listed before its events come, where it is listed first.
const LISTED_BEFORE: Duration = Duration::from_secs(60);

/// The simulated make; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Era {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    world: Arc<World>,
    access: Access,
    dialogs: Mutex<Dialogs>,
    sockets: Mutex<BTreeMap<u64, Socket>>,
    /// What sockets that are gone had subscribed to, where that outlives them, and whose they were.
    outlived: Mutex<Vec<(Option<&'static str>, Subscriptions)>>,
    recordings: Mutex<Recordings>,
}

/// An open socket.
#[derive(Debug)]
struct Socket {
    /// Of the User API: whose.
    user: Option<&'static str>,
    subscriptions: Subscriptions,
    orders: mpsc::UnboundedSender<Order>,
}

static DESCRIPTION: Description = Description {
    name: "era",
    base: "",
    secrets: &[Secret::new("token", 40, Letters::Small)],
    delivery: Delivery::Socket,
    line: OfficeLine { number: "+74996789012", russian: "Филиал", english: "Branch" },
    readings: readings::READINGS,
    help: include_str!("help.txt"),
    start: |world, access, _| Arc::new(Era::new(world, access)),
};

impl Make {
    /// The Era platform: one socket for events and commands, REST beside it.
    pub const ERA: Self = Self::of(&DESCRIPTION);
}

impl Pbx for Era {
    fn router(&self) -> Router {
        rest::router(self.clone())
    }

    fn stage(&self, plan: &CallPlan, id: String, telling: Telling) -> Box<dyn Stage> {
        Box::new(self.call_stage(plan, id, telling))
    }

    /// An event goes to whoever subscribed to its name, `method` in a script; text goes to every socket.
    fn send_raw(&self, event: &RawEvent) {
        match &event.body {
            RawBody::Text(text) => {
                for socket in lock(&self.shared.sockets).values() {
                    // A socket that closes at this moment gets nothing.
                    let _ = socket.orders.send(Order::SendText(text.clone()));
                }
            }
            RawBody::Object(object) => self.tell(&event.path, object.clone(), &[]),
        }
    }

    fn cut(&self, _extension: &str) {
        self.cut_all();
    }

    fn cut_all(&self) {
        for socket in lock(&self.shared.sockets).values() {
            // One that has closed already needs no order.
            let _ = socket.orders.send(Order::Cut);
        }
    }
}

impl Era {
    fn new(world: Arc<World>, access: &Access) -> Self {
        let shared = Shared {
            world,
            access: access.clone(),
            dialogs: Mutex::default(),
            sockets: Mutex::default(),
            outlived: Mutex::default(),
            recordings: Mutex::default(),
        };
        Self { shared: Arc::new(shared) }
    }

    fn call_stage(&self, plan: &CallPlan, id: String, telling: Telling) -> EraStage {
        let line = self.shared.world.staff.line_of(Make::ERA);
        EraStage::new(self.clone(), Facts::new(plan, id, line, telling))
    }

    /// Sends an event to every subscription that it matches, once for each of them.
    fn tell(&self, name: &str, data: serde_json::Map<String, Value>, extensions: &[&str]) {
        let world = &self.shared.world;
        if world.faults.has(crate::fault::Fault::NoEvents) {
            return;
        }
        let own = world.reads(Reading::OTHERS_LISTED_ONLY).then_some(BOUND_USER);
        let listed_first = world.reads(Reading::CALLS_LISTED_FIRST);
        let wait = if listed_first { world.scaled(LISTED_BEFORE) } else { Duration::ZERO };
        let due = tokio::time::Instant::now() + wait;
        let mut sockets = lock(&self.shared.sockets);
        for socket in sockets.values_mut() {
            let only = socket.user.or(own);
            if only.is_some_and(|user| !extensions.is_empty() && !extensions.contains(&user)) {
                continue;
            }
            for id in socket.subscriptions.matching(world, name, extensions) {
                let frame = events::frame(world, &id, name, data.clone());
                // A socket that closes at this moment gets nothing: nothing is kept for later.
                let _ = socket.orders.send(Order::Send(frame, due));
            }
        }
    }
}
