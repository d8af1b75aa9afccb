//! The own office: started once the keyring gives its keys, and looked at by the desk like any other.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc, Mutex, OnceLock, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};

use async_trait::async_trait;
use calls::{CallId, Clock, CommandId, ConnectionId, Fact, RecordingId};
use desk::{
    Desk,
    contract::{ConnectionProblem, ContractError, ErrorCode},
};
use jiff::Timestamp;
use link::{
    ByteRange, FrameStream, Office, OfficeError, OfficeErrorKind, RecordingPart, SignInError,
    wire::{
        ActOnCall, AskedAgain, AuditPage, AuditRange, CardDecision, CardPath, CardsReport, CommandView, Cursor,
        ExtensionRef, JournalDetail, JournalExport, JournalFilter, JournalPage, PeaksView, PlaceCall, ReadAgain, Role,
        SignatureCheck, StageName, StageRun, StagedCheck, StateReport, TestReport, TestWish, Trace, admin::TrialMode,
    },
};
use office::{GroupSettings, OfficeConfig, OfficeHandle, RoutingRules, Trials, View, Viewer};
use store::{Store, cache};

use crate::{
    keyring::{Keyring, KeyringChanges, KeyringQuestion},
    secrets::{Entries, Keys, Unlocked},
    settings::{GROUP, Settings},
};

/// The office's name in the database and on screens.
pub const OFFICE: &str = "own";

/// The office that the desktop runs for one person. Clones are the same office.
#[derive(Clone)]
pub struct OwnOffice(pub(crate) Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) store: Store,
    pub(crate) keyring: KeyringChanges,
    pub(crate) clock: Arc<dyn Clock>,
    cache_dir: PathBuf,
    question: KeyringQuestion<Unlocked>,
    running: OnceLock<OfficeHandle>,
    /// A desk looks at it.
    is_attached: AtomicBool,
    /// Connections whose keys the start has taken out of the keyring, and whose marks are still in the settings.
    forgotten: Mutex<Vec<ConnectionId>>,
    /// Held by whoever starts it, and by whoever must know whether it runs. Taken after `changing`.
    pub(crate) starting: tokio::sync::Mutex<()>,
    /// Held by whoever changes what it is connected to, or a draft of that.
    pub(crate) changing: tokio::sync::Mutex<()>,
    settings: RwLock<Settings>,
    /// Why the settings could not be read. Nothing is written over them until they can be.
    unread: Mutex<Option<ContractError>>,
    /// Keys of connections, as far as this run knows them.
    pub(crate) keys: Mutex<BTreeMap<ConnectionId, Keys>>,
    /// Keys that were entered for the draft.
    pub(crate) draft_keys: Mutex<Keys>,
    /// What talks to the PBX of the draft.
    pub(crate) trials: Trials,
    problems: Mutex<BTreeMap<ConnectionId, ConnectionProblem>>,
}

/// Why it is not at work.
#[derive(Debug)]
pub(crate) enum NotStarted {
    /// The keyring does not give what is needed.
    Keyring(SignInError),
    /// The office itself cannot start.
    Office(office::StartError),
}

/// What becomes of an office whose keys lie in a keyring, where this computer has none any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WithoutKeyring {
    /// It waits: a keyring may come late.
    Waits,
    /// It starts, and lacks those keys.
    Starts,
}

impl OwnOffice {
    /// The office of this profile, not started yet. `cache_dir` is where its recordings are kept.
    pub async fn open(store: Store, keyring: Arc<dyn Keyring>, clock: Arc<dyn Clock>, cache_dir: PathBuf) -> Self {
        let (settings, unread) = match Settings::read(&store).await {
            Ok(settings) => (settings, None),
            Err(error) => {
                tracing::error!(message = error.message, "the own office cannot be read");
                (Settings::default(), Some(error))
            }
        };
        Self(Arc::new(Shared {
            store,
            question: KeyringQuestion::new(Arc::clone(&keyring)),
            keyring: KeyringChanges::new(keyring),
            clock,
            cache_dir,
            running: OnceLock::new(),
            is_attached: AtomicBool::new(false),
            forgotten: Mutex::default(),
            starting: tokio::sync::Mutex::default(),
            changing: tokio::sync::Mutex::default(),
            settings: RwLock::new(settings),
            unread: Mutex::new(unread),
            keys: Mutex::default(),
            draft_keys: Mutex::default(),
            trials: Trials::default(),
            problems: Mutex::default(),
        }))
    }

    /// Has the desk look at it, if it was ever connected to anything. A desk that looks already looks anew.
    pub async fn attach(&self, desk: &Desk) {
        if self.settings().used {
            self.0.is_attached.store(true, Ordering::SeqCst);
            desk.add_office(OFFICE, Arc::new(self.clone()), false).await;
        }
    }

    /// Has the desk look at it if it does not yet: the settings may have been unreadable when the program started.
    pub(crate) async fn attach_late(&self, desk: &Desk) {
        if !self.0.is_attached.load(Ordering::SeqCst) {
            self.attach(desk).await;
        }
    }

    /// Ends its sessions, so that the PBXs keep what comes from now on, and stops.
    pub async fn shutdown(&self) {
        if let Some(office) = self.0.running.get() {
            office.shutdown().await;
        }
    }

    /// The computer is about to sleep.
    pub async fn sleep(&self) {
        if let Some(office) = self.0.running.get() {
            office.sleep().await;
        }
    }

    /// The computer has slept.
    pub async fn wake(&self) {
        if let Some(office) = self.0.running.get() {
            office.wake().await;
        }
    }

    /// The settings as they are now.
    pub(crate) fn settings(&self) -> Settings {
        self.0.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the settings once more where that has failed before.
    pub(crate) async fn read_again(&self) -> Result<(), ContractError> {
        let is_unread = || self.0.unread.lock().unwrap_or_else(PoisonError::into_inner).is_some();
        if !is_unread() {
            return Ok(());
        }
        let settings = Settings::read(&self.0.store).await?;
        let mut unread = self.0.unread.lock().unwrap_or_else(PoisonError::into_inner);
        // Another may have read and changed them meanwhile.
        if unread.take().is_some() {
            *self.0.settings.write().unwrap_or_else(PoisonError::into_inner) = settings;
        }
        Ok(())
    }

    /// Keeps other settings; where they cannot be kept the old ones hold. Those that could not be read are left alone.
    pub(crate) async fn keep(&self, settings: Settings) -> Result<(), ContractError> {
        let unread = self.0.unread.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(error) = unread {
            return Err(error);
        }
        settings.keep(&self.0.store).await?;
        *self.0.settings.write().unwrap_or_else(PoisonError::into_inner) = settings;
        Ok(())
    }

    /// Where its keys lie.
    pub(crate) fn entries(&self) -> Entries {
        Entries::of(&self.settings().name)
    }

    /// The office at work, if it is.
    pub(crate) fn running(&self) -> Option<&OfficeHandle> {
        self.0.running.get()
    }

    /// Why a connection could not be started.
    pub(crate) fn problem(&self, connection: &ConnectionId) -> Option<ConnectionProblem> {
        self.0.problems.lock().unwrap_or_else(PoisonError::into_inner).get(connection).copied()
    }

    /// It cannot be started, for this reason.
    pub(crate) fn note_problem(&self, connection: &ConnectionId, problem: ConnectionProblem) {
        self.0.problems.lock().unwrap_or_else(PoisonError::into_inner).insert(connection.clone(), problem);
    }

    /// It works now, or is no more.
    pub(crate) fn forget_problem(&self, connection: &ConnectionId) {
        self.0.problems.lock().unwrap_or_else(PoisonError::into_inner).remove(connection);
    }

    /// The office at work, started now if it is not, for who holds `changing`.
    pub(crate) async fn started_in_turn(&self) -> Result<&OfficeHandle, NotStarted> {
        let office = self.started(WithoutKeyring::Waits).await?;
        self.forget_forgotten().await;
        Ok(office)
    }

    /// The same, for a person who enters keys: where the keyring that had others is gone, it starts without those.
    pub(crate) async fn started_for_new_keys(&self) -> Result<&OfficeHandle, NotStarted> {
        let office = self.started(WithoutKeyring::Starts).await?;
        self.forget_forgotten().await;
        Ok(office)
    }

    /// The office at work, started now if it is not.
    pub(crate) async fn started(&self, without: WithoutKeyring) -> Result<&OfficeHandle, NotStarted> {
        let _turn = self.0.starting.lock().await;
        if let Some(office) = self.0.running.get() {
            return Ok(office);
        }
        let settings = self.settings();
        let entries = Entries::of(&settings.name);
        let connections: Vec<ConnectionId> = settings.connections.iter().map(|it| it.id.clone()).collect();
        let (random, to_forget, was_kept) =
            (self.0.store.random(), settings.to_forget.clone(), settings.has_kept_keys());
        let waits = was_kept && without == WithoutKeyring::Waits;
        let asked = self
            .0
            .question
            .ask(move |keyring| entries.read_all(keyring, &*random, &connections, &to_forget, waits))
            .await
            .map_err(NotStarted::Keyring)?;
        self.0.forgotten.lock().unwrap_or_else(PoisonError::into_inner).extend(asked.forgotten.iter().cloned());
        let config = self.config(&settings, &asked).map_err(NotStarted::Office)?;
        let office = OfficeHandle::start(config, self.0.store.clone(), Arc::clone(&self.0.clock)).await;
        let office = office.map_err(NotStarted::Office)?;
        self.0.keys.lock().unwrap_or_else(PoisonError::into_inner).extend(asked.keys);
        Ok(self.0.running.get_or_init(|| office))
    }

    /// What can be started of it. What cannot is remembered with the reason, and the rest works.
    fn config(&self, settings: &Settings, unlocked: &Unlocked) -> Result<OfficeConfig, office::StartError> {
        let mut problems = BTreeMap::new();
        let (mut connections, mut lines, mut people) = (Vec::new(), Vec::new(), Vec::new());
        for connection in settings.connections.iter().filter(|connection| !connection.paused) {
            match connection.startable(unlocked.keys.get(&connection.id).cloned()) {
                Ok(config) => connections.push(config),
                Err(problem) => {
                    problems.insert(connection.id.clone(), problem);
                    continue;
                }
            }
            lines.extend(connection.lines());
            people.extend(connection.people());
        }
        *self.0.problems.lock().unwrap_or_else(PoisonError::into_inner) = problems;
        let cache_key = cache::read_key(&unlocked.cache_key).ok_or(store::Error::Closed)?;
        Ok(OfficeConfig {
            name: OFFICE.to_owned(),
            connections,
            lines,
            groups: vec![GroupSettings { id: GROUP.to_owned(), rings: true }],
            people,
            contacts: BTreeMap::new(),
            routing: RoutingRules::default(),
            // Beside what was fetched with a key that lies in a keyring: it stays for the day on which that is back.
            cache_dir: match unlocked.for_this_run {
                true => self.0.cache_dir.join("this-run"),
                false => self.0.cache_dir.clone(),
            },
            cache_key,
        })
    }

    /// Takes the marks of keys that are gone out of the settings. Asked for by who holds `changing`.
    pub(crate) async fn forget_forgotten(&self) {
        let forgotten = std::mem::take(&mut *self.0.forgotten.lock().unwrap_or_else(PoisonError::into_inner));
        if forgotten.is_empty() {
            return;
        }
        let mut settings = self.settings();
        settings.to_forget.retain(|connection| !forgotten.contains(connection));
        if let Err(error) = self.keep(settings).await {
            tracing::warn!(message = error.message, "keys that were removed will be removed once more");
        }
    }

    /// Who looks at it: the person of this computer, with his phones.
    fn viewer(&self) -> Viewer {
        let settings = self.settings();
        let name = settings.connections.iter().map(|it| it.person.as_str()).find(|name| !name.is_empty());
        let phones = settings.connections.iter().filter(|connection| !connection.phone.is_empty());
        Viewer {
            id: OFFICE.to_owned(),
            name: name.unwrap_or_default().to_owned(),
            role: Role::Admin,
            extensions: phones
                .map(|it| ExtensionRef { connection: it.id.clone(), extension: it.phone.clone() })
                .collect(),
            groups: vec![GROUP.to_owned()],
            rights: OFFICE.to_owned(),
        }
    }

    fn view(&self) -> Result<View, OfficeError> {
        let not_yet = || OfficeError::new(OfficeErrorKind::Unreachable, "this office has not started yet");
        Ok(self.0.running.get().ok_or_else(not_yet)?.view(self.viewer()))
    }
}

impl From<NotStarted> for ContractError {
    fn from(why: NotStarted) -> Self {
        match why {
            NotStarted::Keyring(_) => Self::new(ErrorCode::KeyringLocked, "the keyring is locked"),
            NotStarted::Office(error) => Self::new(ErrorCode::Storage, error.to_string()),
        }
    }
}

#[async_trait]
impl Office for OwnOffice {
    async fn sign_in(&self) -> Result<(), SignInError> {
        match self.started(WithoutKeyring::Waits).await {
            Ok(_) => {
                let _turn = self.0.changing.lock().await;
                self.forget_forgotten().await;
                Ok(())
            }
            Err(NotStarted::Keyring(why)) => Err(why),
            Err(NotStarted::Office(error)) => {
                // It is tried again with the stream.
                tracing::error!(%error, "the own office cannot start");
                Ok(())
            }
        }
    }

    async fn stream(&self, resume: Option<Cursor>) -> Result<FrameStream, OfficeError> {
        match self.running() {
            Some(_) => self.view()?.stream(resume).await,
            None => Err(OfficeError::new(OfficeErrorKind::Storage, "this office cannot start")),
        }
    }

    async fn place_call(&self, request: PlaceCall) -> Result<CommandView, OfficeError> {
        self.view()?.place_call(request).await
    }

    async fn act(&self, wish: ActOnCall) -> Result<CommandView, OfficeError> {
        self.view()?.act(wish).await
    }

    async fn command(&self, id: CommandId) -> Result<Option<CommandView>, OfficeError> {
        self.view()?.command(id).await
    }

    async fn trace(&self, call: &CallId) -> Result<Option<Trace>, OfficeError> {
        self.view()?.trace(call).await
    }

    async fn add_fact(&self, fact: Fact) -> Result<(), OfficeError> {
        self.view()?.add_fact(fact).await
    }

    async fn recording(&self, id: &RecordingId, range: ByteRange) -> Result<RecordingPart, OfficeError> {
        self.view()?.recording(id, range).await
    }

    async fn peaks(&self, id: &RecordingId) -> Result<PeaksView, OfficeError> {
        self.view()?.peaks(id).await
    }

    async fn report_cards(&self, decisions: Vec<CardDecision>) -> Result<(), OfficeError> {
        self.view()?.report_cards(decisions).await
    }

    async fn card_path(&self, call: &CallId, desk: Option<&str>) -> Result<Option<CardPath>, OfficeError> {
        self.view()?.card_path(call, desk).await
    }

    async fn cards_since(&self, since: Timestamp) -> Result<CardsReport, OfficeError> {
        self.view()?.cards_since(since).await
    }

    async fn state(&self) -> Result<StateReport, OfficeError> {
        self.view()?.state().await
    }

    async fn test_address(&self, connection: &ConnectionId, wish: TestWish) -> Result<TestReport, OfficeError> {
        self.view()?.test_address(connection, wish).await
    }

    async fn staged_check(&self, connection: &ConnectionId) -> Result<StagedCheck, OfficeError> {
        self.view()?.staged_check(connection).await
    }

    async fn run_stage(&self, connection: &ConnectionId, stage: StageName) -> Result<StageRun, OfficeError> {
        self.view()?.run_stage(connection, stage).await
    }

    async fn begin_trial(&self, connection: &ConnectionId, hours: u32) -> Result<TrialMode, OfficeError> {
        self.view()?.begin_trial(connection, hours).await
    }

    async fn end_trial(&self, connection: &ConnectionId) -> Result<(), OfficeError> {
        self.view()?.end_trial(connection).await
    }

    async fn journal(&self, filter: JournalFilter) -> Result<JournalPage, OfficeError> {
        self.view()?.journal(filter).await
    }

    async fn journal_entry(&self, id: i64, reveal: bool) -> Result<JournalDetail, OfficeError> {
        self.view()?.journal_entry(id, reveal).await
    }

    async fn check_signature(&self, id: i64) -> Result<SignatureCheck, OfficeError> {
        self.view()?.check_signature(id).await
    }

    async fn repeat_request(&self, id: i64) -> Result<AskedAgain, OfficeError> {
        self.view()?.repeat_request(id).await
    }

    async fn replay_webhook(&self, id: i64) -> Result<ReadAgain, OfficeError> {
        self.view()?.replay_webhook(id).await
    }

    async fn export_journal(&self, filter: JournalFilter) -> Result<JournalExport, OfficeError> {
        self.view()?.export_journal(filter).await
    }

    async fn clear_journal(&self) -> Result<(), OfficeError> {
        self.view()?.clear_journal().await
    }

    async fn audit(&self, range: AuditRange) -> Result<AuditPage, OfficeError> {
        self.view()?.audit(range).await
    }
}
