//! A desk with an own office, on a temporary folder.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use calls::Clock;
use desk::{
    Desk, DeskOptions, Notification, Surroundings, SystemChance, SystemClock, UiPort,
    contract::{
        BeginConnectionRequest, CallsChanged, CardCorner, CardsView, ContractError, DraftView, FillConnectionRequest,
        LinkState, MainView, NamedConnection, OfficeConnections, Stage,
    },
};
use jiff::{SignedDuration, Timestamp};
use own::{Keyring, NoKeyring, OFFICE, OwnOffice};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use simulator::{Make, Script, Simulator, SimulatorConfig};
use store::{Options, Store, SystemRandom};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(20);
/// Whose desk it is.
pub(crate) const ME: &str = "202";

/// A keyring in memory.
#[derive(Default)]
pub(crate) struct FakeKeyring {
    entries: Mutex<BTreeMap<String, String>>,
    pub(crate) is_locked: AtomicBool,
    /// There is none on this computer.
    pub(crate) is_missing: AtomicBool,
    /// It fails, though it is open.
    pub(crate) is_broken: AtomicBool,
    /// A person is asked before it takes anything, and does not answer yet.
    pub(crate) is_asking: AtomicBool,
    /// What the settings were when it last took something.
    pub(crate) settings_then: Mutex<Option<String>>,
    /// How often it took something.
    pub(crate) written: AtomicUsize,
    /// Where those settings are.
    store: Mutex<Option<Store>>,
    /// It has found the keys of a connection, and gives them once this is over.
    pub(crate) is_slow: AtomicBool,
    /// It was asked while it was slow.
    pub(crate) is_asked: AtomicBool,
}

impl FakeKeyring {
    pub(crate) fn entries(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.entries.lock().expect("not poisoned")
    }

    /// The entries of connections.
    pub(crate) fn keys(&self) -> Vec<String> {
        let entries = self.entries();
        let names = entries.keys().filter(|name| !name.ends_with(":recordings"));
        names.filter_map(|name| name.rsplit(':').next()).map(str::to_owned).collect()
    }

    fn usable(&self) -> anyhow::Result<()> {
        anyhow::ensure!(!self.is_locked.load(Ordering::SeqCst), "locked");
        anyhow::ensure!(!self.is_missing.load(Ordering::SeqCst), NoKeyring);
        anyhow::ensure!(!self.is_broken.load(Ordering::SeqCst), "broken");
        Ok(())
    }
}

impl Keyring for FakeKeyring {
    fn read(&self, name: &str) -> anyhow::Result<Option<SecretString>> {
        self.usable()?;
        let found = self.entries().get(name).map(|secret| SecretString::from(secret.as_str()));
        while self.is_slow.load(Ordering::SeqCst) && !name.ends_with(":recordings") {
            self.is_asked.store(true, Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(found)
    }

    fn write(&self, name: &str, secret: &SecretString) -> anyhow::Result<()> {
        self.usable()?;
        while self.is_asking.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(10));
        }
        let store = self.store.lock().expect("not poisoned").clone();
        *self.settings_then.lock().expect("not poisoned") = store.and_then(|it| it.setting("own.office").ok()?);
        self.entries().insert(name.to_owned(), secret.expose_secret().to_owned());
        self.written.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    fn remove(&self, name: &str) -> anyhow::Result<()> {
        self.usable()?;
        self.entries().remove(name);
        Ok(())
    }

    fn is_locked(&self) -> bool {
        self.is_locked.load(Ordering::SeqCst)
    }
}

/// Screens that nobody looks at: tests ask the desk.
struct NoUi;

impl UiPort for NoUi {
    fn publish_cards(&mut self, _: &CardsView) {}
    fn show_card(&mut self, _: CardCorner) {}
    fn hide_card(&mut self) {}
    fn publish_main(&mut self, _: &MainView) {}
    fn publish_calls(&mut self, _: &CallsChanged) {}
    fn open_main(&mut self) {}
    fn notify(&mut self, _: Notification) {}
    fn withdraw(&mut self, _: &str) {}
}

pub(crate) struct Bench {
    pub(crate) desk: Desk,
    pub(crate) own: OwnOffice,
    pub(crate) keyring: Arc<FakeKeyring>,
    pub(crate) store: Store,
    pub(crate) simulator: Simulator,
    pub(crate) clock: Arc<TestClock>,
    folder: TempDir,
}

/// The computer's clock, wrong by as many minutes as a test says.
#[derive(Default)]
pub(crate) struct TestClock {
    pub(crate) minutes_ahead: AtomicI64,
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        office::SystemClock.now() + SignedDuration::from_mins(self.minutes_ahead.load(Ordering::SeqCst))
    }
}

impl Bench {
    /// With these PBXs to connect to, and connected to nothing.
    pub(crate) async fn with(makes: &[Make]) -> Self {
        let simulator = Simulator::start(SimulatorConfig::of(makes)).await.expect("starts");
        Self::on(simulator, TempDir::new().expect("a folder"), Arc::default()).await
    }

    async fn on(simulator: Simulator, folder: TempDir, keyring: Arc<FakeKeyring>) -> Self {
        let clock = Arc::new(TestClock::default());
        let (store, desk, own) = open(folder.path(), &keyring, &clock).await;
        *keyring.store.lock().expect("not poisoned") = Some(store.clone());
        Self { desk, own, keyring, store, simulator, clock, folder }
    }

    /// The next run of the program, with the same PBXs.
    pub(crate) async fn restart(self) -> Self {
        let Self { desk, own, keyring, store, simulator, folder, .. } = self;
        own.shutdown().await;
        *keyring.store.lock().expect("not poisoned") = None;
        drop((desk, own));
        store.close();
        Self::on(simulator, folder, keyring).await
    }

    /// Begins to connect this make.
    pub(crate) async fn begin(&self, make: &str) -> DraftView {
        let request =
            BeginConnectionRequest { office: OFFICE.to_owned(), make: Some(make.to_owned()), connection: None };
        self.own.begin(request).await.expect("is begun")
    }

    /// Enters these things, as the page sends them.
    pub(crate) async fn fill(&self, draft: &DraftView, fields: Value) -> Result<DraftView, ContractError> {
        let mut request = json!({"office": OFFICE, "connection": draft.connection});
        request.as_object_mut().expect("is one").extend(fields.as_object().expect("is one").clone());
        let request: FillConnectionRequest = serde_json::from_value(request).expect("as a page writes it");
        self.own.fill(request).await
    }

    /// What a person enters for the simulated PBX of this make.
    pub(crate) fn right_fields(&self, make: Make) -> Value {
        let access = self.simulator.credentials().of(make).expect("it runs");
        let keys: BTreeMap<&str, &str> = access.secrets().collect();
        json!({"address": access.url, "keys": keys, "phone": ME, "name": "Пётр"})
    }

    /// Connects the simulated PBX of this make as the wizard does.
    pub(crate) async fn connect(&self, make: Make) -> DraftView {
        let draft = self.begin(make.name()).await;
        let mut fields = self.right_fields(make);
        if make == Make::ERA {
            fields["kind"] = json!("token");
        }
        let draft = self.fill(&draft, fields).await.expect("is right");
        self.own.save(&self.desk, of(&draft.connection)).await.expect("is saved");
        draft
    }

    /// What the own office is connected to, as the pages list it.
    pub(crate) async fn listed(&self) -> OfficeConnections {
        self.own.connections(&self.desk).await.expect("is read")
    }

    /// Where recordings are kept.
    pub(crate) fn recordings(&self) -> PathBuf {
        self.folder.path().join("recordings")
    }

    pub(crate) async fn main(&self) -> MainView {
        self.desk.main_snapshot().await.expect("answers")
    }

    /// Waits until main shows what fits.
    pub(crate) async fn until(&self, what: &str, fits: impl Fn(&MainView) -> bool) -> MainView {
        self.until_within(PATIENCE, what, fits).await
    }

    /// The same, where a PBX wants patience.
    pub(crate) async fn until_within(
        &self,
        patience: Duration,
        what: &str,
        fits: impl Fn(&MainView) -> bool,
    ) -> MainView {
        let end = tokio::time::Instant::now() + patience;
        loop {
            let view = self.main().await;
            if fits(&view) {
                return view;
            }
            assert!(tokio::time::Instant::now() < end, "{what}: {view:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until all connections are up.
    pub(crate) async fn until_live(&self, connections: usize) {
        self.until("live", |view| {
            view.offices.iter().any(|office| {
                let is_up = |row: &desk::contract::ConnectionRow| row.state == desk::contract::ConnectionState::Live;
                office.id == OFFICE
                    && office.link == LinkState::Live
                    && office.connections.len() == connections
                    && office.connections.iter().all(is_up)
            })
        })
        .await;
    }

    /// Waits until the store keeps a setting that fits.
    pub(crate) async fn until_kept(&self, key: &str, fits: impl Fn(&str) -> bool) -> String {
        let end = tokio::time::Instant::now() + Duration::from_secs(20);
        loop {
            let kept = self.store.setting(key).expect("is read").filter(|kept| fits(kept));
            if let Some(kept) = kept {
                return kept;
            }
            assert!(tokio::time::Instant::now() < end, "{key} is kept");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Lets calls come in at my phone.
    pub(crate) fn ring(&self, make: Make) {
        let script = format!(
            r#"{{"make":"{make}","call":"answered","from":"+79161234567","to":"{ME}","ring":"600s","talk":"600s"}}"#
        );
        self.simulator.play(Script::parse(&script).expect("a script")).expect("is played");
    }
}

async fn open(folder: &Path, keyring: &Arc<FakeKeyring>, clock: &Arc<TestClock>) -> (Store, Desk, OwnOffice) {
    let end = tokio::time::Instant::now() + Duration::from_secs(20);
    let store = loop {
        match Store::open_in(&folder.join("data"), Options::desk("test", SystemRandom)) {
            // The folder is free once the loop and the reads of the run before have ended.
            Err(store::Error::InUse) if tokio::time::Instant::now() < end => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            opened => break opened.expect("opens"),
        }
    };
    let options = DeskOptions {
        store: store.clone(),
        clock: Arc::new(SystemClock),
        chance: Arc::new(SystemChance),
        surroundings: Surroundings::default(),
        stage: Stage::Welcome,
        card_can_be_placed: true,
    };
    let desk = Desk::start(options, NoUi).await.expect("starts");
    let (keys, clock) = (Arc::clone(keyring) as _, Arc::clone(clock) as _);
    let own = OwnOffice::open(store.clone(), keys, clock, folder.join("recordings")).await;
    own.attach(&desk).await;
    (store, desk, own)
}

/// Names a connection.
pub(crate) fn of(connection: &str) -> NamedConnection {
    NamedConnection { office: OFFICE.to_owned(), connection: connection.to_owned() }
}
