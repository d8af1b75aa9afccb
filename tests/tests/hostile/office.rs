//! An office with a connection of each make, its gateway, and a clock that goes when it is told to.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use calls::{CallId, Clock};
use gateway::{
    Gateway, GatewayOptions, Limits, Running,
    tokens::{self, NewToken},
};
use jiff::{SignedDuration, Timestamp};
use link::wire::{ExtensionRef, Role};
use office::{ConnectionSettings, GroupSettings, LineSettings, OfficeConfig, OfficeHandle};
use pbx::{ConnectionConfig, MAKES, Make};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use serde_json::Value;
use store::{Options, Store, SystemRandom};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::{
    http::{Message, get, post},
    vendors::{EXTENSION, LINE, VENDORS},
};

/// Nobody answers there.
const NOBODY: &str = "http://127.0.0.1:9";
/// Lines of the journal that are looked at.
const NEWEST: usize = 1000;
/// Between two looks.
const LOOK: Duration = Duration::from_millis(5);

pub(crate) struct Office {
    pub(crate) clock: Arc<SetClock>,
    pub(crate) address: SocketAddr,
    token: String,
    store: Store,
    office: Arc<OfficeHandle>,
    running: Running,
    folder: TempDir,
}

/// A clock that stands still.
pub(crate) struct SetClock(Mutex<Timestamp>);

impl SetClock {
    pub(crate) fn set(&self, now: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    pub(crate) fn wind(&self, on: SignedDuration) {
        self.set(self.now() + on);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A line of the request journal.
#[derive(Debug, Clone)]
pub(crate) struct Noted {
    /// Later lines have a larger one.
    pub(crate) place: i64,
    /// How it came out.
    pub(crate) verdict: String,
    /// The same in words.
    pub(crate) outcome: String,
}

impl Office {
    /// At this time, with a connection to each of these makes; the PBXs' accounts are in this zone.
    pub(crate) async fn at(now: Timestamp, zone: &str, makes: impl IntoIterator<Item = Make>) -> Self {
        Self::of(makes.into_iter().map(|make| connection(make, zone, NOBODY)).collect(), now).await
    }

    /// With these connections.
    pub(crate) async fn of(connections: Vec<ConnectionSettings>, now: Timestamp) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open_in(folder.path(), Options::owner("test", SystemRandom)).expect("a store");
        let lines = connections.iter().map(|connection| LineSettings {
            connection: connection.config.id.clone(),
            number: format!("+{LINE}"),
            title: "Продажи".to_owned(),
            groups: vec!["sales".to_owned()],
        });
        let config = OfficeConfig {
            name: "office".to_owned(),
            lines: lines.collect(),
            connections,
            groups: vec![GroupSettings { id: "sales".to_owned(), rings: true }],
            people: Vec::new(),
            contacts: BTreeMap::new(),
            routing: office::RoutingRules::default(),
            cache_dir: folder.path().join("recordings"),
            cache_key: SecretBox::new(Box::new([7; 32])),
        };
        let clock = Arc::new(SetClock(Mutex::new(now)));
        let shared: Arc<dyn Clock> = Arc::clone(&clock) as _;
        let office = Arc::new(OfficeHandle::start(config, store.clone(), shared).await.expect("an office"));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        // Thousands of them are sent here, as fast as they are refused.
        let limits = Limits { bad_signatures: u32::MAX, ..Limits::default() };
        let options = GatewayOptions { limits, ..GatewayOptions::default() };
        let running = Gateway::serve(listener, Arc::clone(&office), options).await.expect("it serves");
        let own = |make: &Make| ExtensionRef {
            connection: make.name.parse().expect("an id"),
            extension: EXTENSION.to_owned(),
        };
        let new = NewToken {
            name: "Ольга".into(),
            role: Role::Admin,
            extensions: MAKES.iter().map(own).collect(),
            groups: vec!["sales".to_owned()],
            expires_at: None,
        };
        let token = tokens::issue(&store, new).await.expect("a token").secret.expose_secret().to_owned();
        Self { clock, address: running.addr(), token, store, office, running, folder }
    }

    /// Posts a message a second after the one before; answers the status once everything that is stored can be seen.
    pub(crate) async fn post(&self, message: &Message) -> u16 {
        self.clock.wind(SignedDuration::from_secs(1));
        let status = post(self.address, message).await;
        self.settled().await;
        status
    }

    /// What its clock says.
    pub(crate) fn clock_now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) async fn settled(&self) {
        let stored = self.store.head_seq().expect("is read");
        eventually("what is stored can be seen", async || (self.office.metrics().head >= stored).then_some(())).await;
    }

    /// How many webhooks were stored, those that were known already left out.
    pub(crate) async fn stored(&self) -> u64 {
        let (_, body) = get(self.address, "/metrics", &self.token).await;
        let text = String::from_utf8(body).expect("text");
        let line = text.lines().find_map(|line| line.strip_prefix("trubka_hooks_total{outcome=\"stored\"} "));
        line.and_then(|count| count.parse().ok()).expect("a count")
    }

    /// A call as it is shown; nothing where there is none.
    pub(crate) async fn call(&self, make: Make, vendor_call: &str) -> Option<Value> {
        let id = CallId::of_vendor(&make.name.parse().expect("an id"), vendor_call);
        let (status, body) = get(self.address, &format!("/v1/calls/{id}"), &self.token).await;
        (status == 200).then(|| serde_json::from_slice(&body).expect("JSON"))
    }

    /// All calls as they are shown, the newest first.
    pub(crate) async fn calls(&self) -> Vec<Value> {
        let (_, body) = get(self.address, "/v1/calls?limit=100", &self.token).await;
        let mut shown: Value = serde_json::from_slice(&body).expect("JSON");
        serde_json::from_value(shown["calls"].take()).expect("a list")
    }

    /// The call once it is over: some PBXs say so, of others it is known some seconds after its last leg.
    pub(crate) async fn ended(&self, make: Make, vendor_call: &str) -> Value {
        self.clock.wind(SignedDuration::from_secs(10));
        eventually("the call is over", async || {
            self.call(make, vendor_call).await.filter(|call| call["state"] == "ended")
        })
        .await
    }

    /// The lines of this kind that stand in the journal of a make's connection, newest first.
    pub(crate) fn journal(&self, make: Make, kind: &str) -> Vec<Noted> {
        let entries = self.store.journal_before(None, NEWEST).expect("is read").into_iter();
        let is_wanted = |noted: &store::JournalRow| {
            noted.entry.kind == kind && noted.entry.connection.as_ref().is_some_and(|id| id.as_str() == make.name)
        };
        let read = entries.filter(is_wanted).map(|noted| {
            let body: Value = serde_json::from_str(&noted.entry.body).expect("JSON");
            let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
            Noted { place: noted.id, verdict: text("verdict"), outcome: text("outcome") }
        });
        read.collect()
    }

    /// How a make's connection stands, in its own words.
    pub(crate) async fn state(&self, make: Make) -> String {
        let (_, body) = get(self.address, "/v1/connections", &self.token).await;
        let shown: Value = serde_json::from_slice(&body).expect("JSON");
        let connections = shown["connections"].as_array().expect("a list");
        let own = connections.iter().find(|connection| connection["id"] == make.name).expect("it is there");
        own["state"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) async fn stop(self) {
        let Self { office, running, store, folder, .. } = self;
        running.shutdown().await;
        office.shutdown().await;
        drop(office);
        store.close();
        drop(folder);
    }
}

/// A connection to a make at this address.
pub(crate) fn connection(make: Make, zone: &str, address: &str) -> ConnectionSettings {
    let known = VENDORS.iter().find(|vendor| vendor.make == make).map(|vendor| vendor.secrets.to_vec());
    let secrets = known.unwrap_or_else(|| make.secrets.iter().map(|secret| (secret.name, "12345_s3cret")).collect());
    let config = ConnectionConfig {
        id: make.name.parse().expect("an id"),
        make,
        zone: Some(zone.to_owned()),
        base_url: Some(address.parse().expect("an address")),
        trust_anchor_pem: None,
        secrets: secrets.into_iter().map(|(name, value)| (name.to_owned(), SecretString::from(value))).collect(),
        overrides: BTreeMap::new(),
    };
    ConnectionSettings { config, extensions: Vec::new(), has_address: true }
}

/// Looks until there is something.
pub(crate) async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), looking).await.unwrap_or_else(|_| panic!("never came about: {what}"))
}
