//! An office at work: starting it, handing out views.

mod address_test;
mod answering;
mod changing;
mod links;
mod receiving;
mod trial_mode;

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use calls::{Book, ConnectionId, Decision, LogEvent, Source, VendorEvent};
use data_encoding::HEXLOWER;
use jiff::{Timestamp, tz::TimeZone};
use pbx::{DecodeContext, Decoded, Driver, Make, Received, TestNames, WebhookRequest, zone};
use secrecy::{ExposeSecret, ExposeSecretMut, SecretBox};
use store::{Cache, Store};
use tokio::{sync::Semaphore, task::JoinHandle};

use crate::{
    clock::Clock,
    connections::{Connection, Connections, Zone, zone_key},
    desks,
    holes::Holes,
    journal::StoreJournal,
    keeper::{Keeper, NotStored},
    outside::Outside,
    recordings::Recordings,
    request_times::StoredTimes,
    route_commands,
    rule_answers::RuleAnswers,
    settings::{ConnectionSettings, Directory, OfficeConfig, Viewer},
    state::OfficeState,
    status::Board,
    view::View,
    warnings::Warnings,
    watched::WatchedSessions,
};

pub use trial_mode::Carrier;

/// Views that read the store at a time: as many as it has readers. More would hold threads that others need, such as
/// the keeper, only to wait for each other there.
const READS_AT_A_TIME: usize = 6;
/// Of these, how many may be busy with desks that catch up; the others are for those who ask for something.
const PAGES_AT_A_TIME: usize = 4;
/// Bound of the recording cache.
const CACHE_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// Why an office did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The settings of a connection are wrong.
    #[error(transparent)]
    Connection(#[from] pbx::ConfigError),
    /// Two connections have one id.
    #[error("two connections are called {0}; give each its own id")]
    Twice(ConnectionId),
    /// The database could not be read.
    #[error("the database could not be read")]
    Store(#[from] store::Error),
    /// The recording cache could not be opened.
    #[error("the recording cache could not be opened")]
    Cache(#[from] store::CacheError),
    /// The computer gives no random bytes.
    #[error("there is no randomness on this computer now; try again")]
    NoRandomness,
    /// A zone that does not exist.
    #[error("connection {0}: the zone is not an IANA name such as Europe/Moscow")]
    Zone(ConnectionId),
}

/// Figures of an office since its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metrics {
    /// Head of the log.
    pub head: u64,
    /// Authentic events that were kept but not understood.
    pub not_understood: u64,
    /// Exchanges with PBXs that the request journal left out: too many at once, or refused too often.
    pub journal_left_out: u64,
}

/// An office at work.
#[derive(Clone)]
pub struct OfficeHandle {
    state: Arc<OfficeState>,
    work: Arc<Work>,
}

/// What an office does by itself, and counts.
struct Work {
    not_understood: AtomicU64,
    journal: Arc<StoreJournal>,
    sessions: WatchedSessions,
    /// What asks or watches over connections without sessions.
    links: Mutex<BTreeMap<ConnectionId, JoinHandle<()>>>,
    keeper: Mutex<Option<JoinHandle<()>>>,
    /// Sends calls on by the office's rules.
    routing: Mutex<Option<JoinHandle<()>>>,
    /// Held by whoever changes connections: one after the other.
    changing: tokio::sync::Mutex<()>,
}

impl OfficeHandle {
    /// Rebuilds what is open from the log and opens the links to the PBXs.
    pub async fn start(config: OfficeConfig, store: Store, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        let board = Arc::new(Board::new(Arc::clone(&clock)));
        let journal = Arc::new(StoreJournal::new(store.clone()));
        let connections = Arc::new(Connections::default());
        let mut books = BTreeMap::new();
        let mut given_zones = Vec::new();
        for settings in config.connections {
            let zone = settings.config.zone.clone();
            let connection = Connection::new(settings, &store, &journal, &clock).await?;
            let (id, driver) = (connection.id.clone(), &connection.driver);
            given_zones.extend(zone.map(|zone| (id.clone(), zone)));
            board.add(&id, driver.make(), &driver.capability());
            board.set_holes(&id, Holes::kept(&store, &id).await);
            board.trials.restore(&store, &id).await?;
            books.insert(id.clone(), Book::new(id.clone(), driver.book_settings()));
            if connections.put(Arc::new(connection)).is_some() {
                return Err(StartError::Twice(id));
            }
        }
        let naming = connections.all().iter().filter(|it| it.names_agent_on_ring()).map(|it| it.id.clone()).collect();
        let directory = Directory::new(config.lines, &config.groups, config.people, config.contacts, naming);
        let directory = Arc::new(directory.with_routing(config.routing));
        follow_rules(&config.name, &store, &directory).await?;
        let (mut keeper, handle) = Keeper::open(
            &config.name,
            store.for_keeper(),
            Arc::clone(&clock),
            Arc::clone(&directory),
            Arc::clone(&board),
            books,
        )
        .await?;
        store.end_desk_times(&config.name).then(desks::not_noted);
        keeper = keeper.forgetting(journal.originals());
        keeper.settle().await?;
        let cache = Cache::open(&config.cache_dir, config.cache_key, CACHE_BYTES, Arc::clone(&clock), store.random())?;
        let state = OfficeState {
            recordings: Recordings::new(&config.name, store.clone(), cache, Arc::clone(&connections)),
            name: config.name,
            store,
            clock,
            directory: RwLock::new(directory),
            keeper: handle,
            board,
            connections,
            outside: RwLock::default(),
            method_counts: Arc::clone(journal.method_counts()),
            originals: Arc::clone(journal.originals()),
            journal: Arc::clone(&journal),
            pages: Semaphore::new(PAGES_AT_A_TIME),
            reads: Semaphore::new(READS_AT_A_TIME),
        };
        let work = Work {
            not_understood: AtomicU64::new(0),
            journal,
            sessions: WatchedSessions::default(),
            links: Mutex::default(),
            keeper: Mutex::new(Some(tokio::spawn(keeper.run()))),
            routing: Mutex::default(),
            changing: tokio::sync::Mutex::default(),
        };
        let office = Self { state: Arc::new(state), work: Arc::new(work) };
        let (news, _) = office.state.keeper.subscribe();
        let routing = tokio::spawn(route_commands::route_by_rules(Arc::clone(&office.state), news));
        *office.work.routing.lock().unwrap_or_else(PoisonError::into_inner) = Some(routing);
        for (connection, zone) in given_zones {
            if office.is_new_zone(&connection, &zone).await? {
                office.log_given_zone(&connection, zone).await;
            }
        }
        for connection in office.state.connections.all() {
            office.open_links(&connection);
        }
        Ok(office)
    }

    /// A zone of the settings is a choice like any other: it is in the log before the events that it decides on.
    async fn log_given_zone(&self, connection: &ConnectionId, zone: String) {
        let choice = Decision::ZoneChosen { zone: zone.clone(), because: "given in the settings".to_owned() };
        match self.state.keeper.tell(connection, self.state.clock.now(), vec![LogEvent::Decision(choice)]).await {
            Ok(_) => self.keep_zone(connection, &zone).await,
            Err(NotStored) => tracing::error!(%connection, "the given zone could not be logged; the next start will"),
        }
    }

    /// Whether another zone than this was chosen before, or none.
    async fn is_new_zone(&self, connection: &ConnectionId, zone: &str) -> Result<bool, store::Error> {
        Ok(chosen_zone(&self.state.store, connection).await?.as_deref() != Some(zone))
    }

    /// The next start reads times as this one does.
    async fn keep_zone(&self, connection: &ConnectionId, zone: &str) {
        if let Err(error) = self.state.store.set_setting(&zone_key(connection), zone).await {
            tracing::error!(%connection, kind = ?error.kind(), "the zone could not be kept and will be chosen again");
        }
    }

    /// The office as this viewer sees and uses it.
    pub fn view(&self, viewer: Viewer) -> View {
        View::new(Arc::clone(&self.state), viewer)
    }

    /// From now on it is reached from outside like this.
    pub fn set_outside(&self, outside: Outside) {
        *self.state.outside.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(outside);
    }

    /// Its store, shared with those who keep tokens and settings beside the log.
    pub fn store(&self) -> &Store {
        &self.state.store
    }

    /// Its connections.
    pub fn connections(&self) -> Vec<ConnectionId> {
        self.state.connections.all().iter().map(|connection| connection.id.clone()).collect()
    }

    /// Another text whenever lines or groups are others: then others may see a call.
    pub fn rules(&self) -> String {
        self.state.directory().rules().to_owned()
    }

    /// Figures since the start.
    pub fn metrics(&self) -> Metrics {
        Metrics {
            head: self.state.keeper.head(),
            not_understood: self.work.not_understood.load(Ordering::Relaxed),
            journal_left_out: self.work.journal.left_out(),
        }
    }

    /// What is to be put right in the settings of each connection, as far as its events have shown it.
    pub fn warnings(&self) -> Vec<(ConnectionId, Warnings)> {
        self.state.board.warnings()
    }
}

impl Connection {
    /// The connection of these settings, not at work yet.
    async fn new(
        settings: ConnectionSettings,
        store: &Store,
        journal: &Arc<StoreJournal>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, StartError> {
        let ConnectionSettings { config, extensions, has_address } = settings;
        let (id, make) = (config.id.clone(), config.make);
        let zone = zone_of(store, &id, make, config.zone.as_deref()).await?;
        let is_test_host = config.is_at_test_host();
        let trust_anchors = config.trust_anchor_pem.clone().unwrap_or_default();
        journal.method_counts().follow(&id, make.method_limits).await;
        let driver = Driver::new(config.clone(), Arc::clone(journal) as _, Arc::clone(clock))?;
        let names = TestNames::new(test_key(store).await?, id.clone());
        let driver = driver.naming_tests(names).keeping_times(Arc::new(StoredTimes::new(store.clone())));
        Ok(Self {
            id,
            driver: Arc::new(driver),
            config,
            zone: Arc::new(RwLock::new(zone)),
            people: Arc::default(),
            extensions,
            has_address,
            is_test_host,
            trust_anchors,
            rule_answers: RuleAnswers::default(),
        })
    }

    /// Its first event says whose phone rings.
    fn names_agent_on_ring(&self) -> bool {
        self.driver.capability().names_agent_on_ring
    }

    fn decode(&self, request: &WebhookRequest, received_at: Timestamp) -> Received {
        self.driver.receive(request, &self.context(received_at))
    }

    /// How a webhook that came then is read now.
    pub(crate) fn context(&self, received_at: Timestamp) -> DecodeContext {
        let zone = self.zone.read().unwrap_or_else(PoisonError::into_inner).zone.clone();
        DecodeContext { received_at, zone, source: Source::Webhook }
    }

    /// The first live event whose time says so settles the zone; it is read again in that zone.
    fn settle_zone(
        &self,
        request: &WebhookRequest,
        received_at: Timestamp,
        decoded: Decoded,
    ) -> (Decoded, Option<Decision>) {
        let known = self.zone.read().unwrap_or_else(PoisonError::into_inner).clone();
        if known.settled {
            // Another request may have settled it while this one was read.
            let name = known.zone.iana_name();
            let other = |event: &VendorEvent| {
                event.time.as_ref().is_some_and(|time| time.zone.is_some() && time.zone.as_deref() != name)
            };
            let again =
                decoded.events.iter().any(other).then(|| self.decode(request, received_at).decoded.ok()).flatten();
            return (again.unwrap_or(decoded), None);
        }
        let raw = decoded.events.iter().find_map(|event| event.time.as_ref().filter(|time| time.zone.is_some()));
        let Some((zone, because)) = raw.and_then(|time| zone::choose(&time.raw, received_at, self.driver.make().zones))
        else {
            return (decoded, None);
        };
        let Ok(time_zone) = TimeZone::get(&zone) else { return (decoded, None) };
        *self.zone.write().unwrap_or_else(PoisonError::into_inner) =
            Zone { zone: time_zone, settled: true, is_certain: false };
        let choice = Decision::ZoneChosen { zone, because };
        match self.decode(request, received_at).decoded {
            Ok(again) => (again, Some(choice)),
            // Verified a moment ago.
            Err(_) => (decoded, Some(choice)),
        }
    }
}

/// The key of the names of tests, the same for as long as there is this database: a test may come in after a restart.
async fn test_key(store: &Store) -> Result<SecretBox<[u8; 32]>, StartError> {
    let kept = store.reading(|store| store.setting(TEST_KEY)).await?;
    let mut key = SecretBox::new(Box::new([0; 32]));
    let is_kept = kept.is_some_and(|kept| {
        let decoded = HEXLOWER.decode(kept.as_bytes()).ok().filter(|decoded| decoded.len() == 32);
        decoded.is_some_and(|decoded| {
            key.expose_secret_mut().copy_from_slice(&decoded);
            true
        })
    });
    if !is_kept {
        store.random().fill(key.expose_secret_mut()).map_err(|_| StartError::NoRandomness)?;
        store.set_setting(TEST_KEY, &HEXLOWER.encode(key.expose_secret())).await?;
    }
    Ok(key)
}

/// Setting that keeps it.
const TEST_KEY: &str = "test_messages_key";

/// The zone of the settings, or the one that was chosen before, or the make's usual one until one is chosen.
async fn zone_of(store: &Store, id: &ConnectionId, make: Make, given: Option<&str>) -> Result<Zone, StartError> {
    let chosen = match given {
        Some(given) => Some(given.to_owned()),
        None => chosen_zone(store, id).await?,
    };
    match chosen {
        None => {
            let zone = TimeZone::get(make.default_zone()).map_err(|_| StartError::Zone(id.clone()))?;
            Ok(Zone { zone, settled: false, is_certain: false })
        }
        Some(name) => {
            let zone = TimeZone::get(&name).map_err(|_| StartError::Zone(id.clone()))?;
            Ok(Zone { zone, settled: true, is_certain: given.is_some() })
        }
    }
}

/// The zone that was chosen before.
async fn chosen_zone(store: &Store, id: &ConnectionId) -> Result<Option<String>, store::Error> {
    let key = zone_key(id);
    store.reading(move |store| store.setting(&key)).await
}

/// Setting that keeps the [`Directory::rules`] by which the rows say who sees them.
fn rules_key(office: &str) -> String {
    format!("rules:{office}")
}

/// Brings the rows up to the lines and groups of the settings where those have changed.
async fn follow_rules(office: &str, store: &Store, directory: &Arc<Directory>) -> Result<(), store::Error> {
    let key = rules_key(office);
    if store.reading(move |store| store.setting(&key)).await?.as_deref() == Some(directory.rules()) {
        return Ok(());
    }
    let by = Arc::clone(directory);
    store.regroup(office, move |connection, line, direction| by.audiences(connection, line, direction)).await?;
    store.set_setting(&rules_key(office), directory.rules()).await
}

#[cfg(test)]
mod tests;
