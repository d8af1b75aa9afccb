//! A link without a PBX, by a clock that a test sets.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, RwLock},
};

use calls::{Book, ConnectionId, Decision, Effect, LogEvent, Source, VendorEvent};
use jiff::{Timestamp, tz::TimeZone};
use pbx::{ConnectionConfig, Driver, Make, journal::NoJournal};
use secrecy::{SecretBox, SecretString};
use store::{Cache, Options, Store, SystemRandom};
use tempfile::TempDir;

use crate::{
    clock::Clock,
    connections::{Connection, Connections, Zone},
    keeper::Keeper,
    links::Link,
    recordings::Recordings,
    rule_answers::RuleAnswers,
    settings::Directory,
    status::Board,
};

/// A clock that stands where it was set.
#[derive(Debug, Default)]
pub(crate) struct ManualClock(Mutex<Timestamp>);

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("unpoisoned")
    }
}

/// A second of a test's day.
pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).expect("in range")
}

/// The settings of a connection whose PBX nobody reaches.
pub(crate) fn connection_config(id: &str, make: Make) -> ConnectionConfig {
    let value = || SecretString::from("0A1B2C3D4E5F60718293A4B5C6D7E8F9");
    let secrets = make.secrets.iter().map(|secret| (secret.name.to_owned(), value()));
    ConnectionConfig {
        id: id.parse().expect("valid"),
        make,
        zone: None,
        base_url: Some("http://127.0.0.1:9".parse().expect("an address")),
        trust_anchor_pem: None,
        secrets: secrets.collect(),
        overrides: BTreeMap::new(),
    }
}

/// The link, and what it writes to.
pub(crate) struct Bench {
    pub(crate) link: Link,
    clock: Arc<ManualClock>,
    folder: TempDir,
}

impl Bench {
    /// One connection of this make.
    pub(crate) async fn new(make: Make) -> Self {
        let folder = TempDir::new().expect("a folder");
        let store = Store::open_in(folder.path(), Options::owner("test", SystemRandom)).expect("a store");
        let clock = Arc::new(ManualClock::default());
        let config = connection_config("c1", make);
        let driver = Driver::new(config, Arc::new(NoJournal), Arc::clone(&clock) as _).expect("good settings");
        let connection: ConnectionId = driver.id().clone();
        let books = BTreeMap::from([(connection.clone(), Book::new(connection.clone(), driver.book_settings()))]);
        let board = Arc::new(Board::new(Arc::clone(&clock) as _));
        board.add(&connection, make, &driver.capability());
        let directory = Arc::new(Directory::default());
        let (keeper, handle) =
            Keeper::open("test", store.clone(), Arc::clone(&clock) as _, directory, Arc::clone(&board), books)
                .await
                .expect("opens");
        tokio::spawn(keeper.run());
        let link = Link {
            office: "test".into(),
            connection,
            driver: Arc::new(driver),
            keeper: handle,
            board,
            clock: Arc::clone(&clock) as _,
            store,
            zone: Arc::new(RwLock::new(Zone { zone: TimeZone::UTC, settled: true, is_certain: true })),
            people: Arc::default(),
            filling: Arc::default(),
            details: Arc::default(),
        };
        Self { link, clock, folder }
    }

    /// It is this second now.
    pub(crate) fn set(&self, second: i64) {
        *self.clock.0.lock().expect("unpoisoned") = at(second);
    }

    /// Waits until everything that is being written is there.
    pub(crate) async fn settle(&self) {
        self.link.store.set_setting("settled", "yes").await.expect("is written");
    }

    /// An event of this call that means this.
    pub(crate) fn event(key: &str, call: Option<&str>, effects: Vec<Effect>) -> VendorEvent {
        VendorEvent {
            dedupe_key: key.to_owned(),
            raw_kind: key.to_owned(),
            call: call.map(str::to_owned),
            time: None,
            leg_seq: None,
            source: Source::Push,
            trial: false,
            session: None,
            vendor_command: None,
            effects,
        }
    }

    /// The recordings of its calls.
    pub(crate) fn recordings(&self) -> Arc<Recordings> {
        let key = SecretBox::new(Box::new([7; 32]));
        let (folder, clock, random) =
            (self.folder.path().join("recordings"), Arc::clone(&self.clock), self.link.store.random());
        let cache = Cache::open(&folder, key, 1 << 20, clock, random).expect("opens");
        let connections = Connections::default();
        connections.put(Arc::new(Connection {
            id: self.link.connection.clone(),
            driver: Arc::clone(&self.link.driver),
            config: connection_config("c1", self.link.driver.make()),
            zone: Arc::clone(&self.link.zone),
            people: Arc::clone(&self.link.people),
            extensions: Vec::new(),
            has_address: true,
            is_test_host: false,
            trust_anchors: Vec::new(),
            rule_answers: RuleAnswers::default(),
        }));
        Recordings::new("test", self.link.store.clone(), cache, Arc::new(connections))
    }

    /// What was decided so far.
    pub(crate) fn decisions(&self) -> Vec<Decision> {
        let log = self.link.store.read_from(&self.link.connection, 0, 100).expect("is read");
        let decision = |told| if let LogEvent::Decision(decision) = told { Some(decision) } else { None };
        log.into_iter().flatten().filter_map(|stored| decision(stored.event)).collect()
    }
}
