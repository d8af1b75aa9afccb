//! An office with one Rostelecom connection, on a temporary folder.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use calls::{CallId, CallState, ConnectionId, Fact, FactKind};
use futures_util::StreamExt;
use jiff::{SignedDuration, Timestamp};
use link::{
    FrameStream, Office,
    wire::{Call, Cursor, ExtensionRef, Frame, Role, StreamEvent},
};
use office::{
    Clock, ConnectionSettings, GroupSettings, HookOutcome, LineSettings, OfficeConfig, OfficeHandle, RoutingRules,
    SystemClock, View, Viewer,
};
use pbx::{ConnectionConfig, Make, WebhookRequest};
use secrecy::{SecretBox, SecretString};
use sha2::{Digest, Sha256};
use store::{Options, Store, SystemRandom};
use tempfile::TempDir;

const CLIENT_ID: &str = "0A1B2C3D4E5F60718293A4B5C6D7E8F9";
pub(crate) const KEY: &str = "F0E1D2C3B4A5968778695A4B3C2D1E0F";
/// A number that is known, and whom somebody looks after.
pub(crate) const CONTACT: &str = "+79995550101";
/// A number whose calls are not wanted.
pub(crate) const BLOCKED: &str = "+79995550102";
const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) struct Bench {
    pub(crate) office: OfficeHandle,
    pub(crate) store: Store,
    pub(crate) clock: Arc<TestClock>,
    folder: TempDir,
}

/// The computer's clock, put forward when a test says so; counts how often it is asked.
#[derive(Default)]
pub(crate) struct TestClock {
    ahead: Mutex<SignedDuration>,
    asked: AtomicU64,
}

impl TestClock {
    pub(crate) fn put_forward(&self, by: SignedDuration) {
        *self.ahead.lock().expect("not poisoned") += by;
    }

    pub(crate) fn asked(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        self.asked.fetch_add(1, Ordering::Relaxed);
        SystemClock.now() + *self.ahead.lock().expect("not poisoned")
    }
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self::of(rostelecom()).await
    }

    /// An office with this connection.
    pub(crate) async fn of(config: ConnectionConfig) -> Self {
        let (folder, clock) = (TempDir::new().expect("a folder"), Arc::new(TestClock::default()));
        let (office, store) = open(&folder, &clock, &["sales"], config).await;
        Self { office, store, clock, folder }
    }

    /// The next run on the same folder.
    pub(crate) async fn restart(self) -> Self {
        self.restart_after(|_| {}).await
    }

    /// The same, with something done to the data meanwhile.
    pub(crate) async fn restart_after(self, meanwhile: impl FnOnce(&Store)) -> Self {
        self.restart_with(meanwhile, &["sales"]).await
    }

    /// The same, with the line in these groups.
    pub(crate) async fn restart_with(self, meanwhile: impl FnOnce(&Store), groups: &[&str]) -> Self {
        self.restart_on(rostelecom(), meanwhile, groups).await
    }

    /// The same, with this connection.
    pub(crate) async fn restart_on(
        self,
        config: ConnectionConfig,
        meanwhile: impl FnOnce(&Store),
        groups: &[&str],
    ) -> Self {
        let Self { office, store, clock, folder } = self;
        office.shutdown().await;
        drop(office);
        meanwhile(&store);
        store.close();
        let (office, store) = open(&folder, &clock, groups, config).await;
        Self { office, store, clock, folder }
    }

    pub(crate) fn request(&self, state: &str, session: &str, pin: &str) -> WebhookRequest {
        self.request_at(Timestamp::now(), state, session, pin)
    }

    pub(crate) fn request_at(&self, at: Timestamp, state: &str, session: &str, pin: &str) -> WebhookRequest {
        self.signed(at, state, session, pin, "")
    }

    /// The beginning of a call that comes in on this line.
    pub(crate) async fn rings_on(&self, line: &str, session: &str) {
        let mut request = self.request("new", session, "");
        let body = String::from_utf8(request.body.to_vec()).expect("text").replace("+74951234567", line);
        request = signed(body);
        assert!(matches!(self.receive(request).await, HookOutcome::Stored(_)));
    }

    /// Does something to the database that the store does not know of.
    pub(crate) fn behind_the_stores_back(&self, sql: &str) {
        let database = self.folder.path().join("data").join("trubka.db");
        let connection = rusqlite::Connection::open(database).expect("opens");
        connection.busy_timeout(PATIENCE).expect("is set");
        connection.execute_batch(sql).expect("is done");
    }

    /// Nothing can be written to the log before this is dropped.
    pub(crate) fn hold_the_log(&self) -> rusqlite::Connection {
        let database = self.folder.path().join("data").join("trubka.db");
        let connection = rusqlite::Connection::open(database).expect("opens");
        connection.busy_timeout(PATIENCE).expect("is set");
        connection.execute_batch("BEGIN IMMEDIATE").expect("is held");
        connection
    }

    /// The end of a call that was recorded.
    pub(crate) async fn end_of_recorded(&self, session: &str) {
        let request = self.signed(Timestamp::now(), "end", session, "", "true");
        assert!(matches!(self.receive(request).await, HookOutcome::Stored(_)));
    }

    fn signed(&self, at: Timestamp, state: &str, session: &str, pin: &str, recorded: &str) -> WebhookRequest {
        let time = at.strftime("%Y-%m-%d %H:%M:%S.%3f");
        signed(format!(
            "{{\"session_id\": \"{session}\",\"timestamp\": \"{time}\",\"type\": \"incoming\",\"state\": \"{state}\",\
             \"from_number\": \"sip:79161234567@example.invalid\",\"request_number\": \"+74951234567\",\
             \"request_pin\": \"{pin}\",\"disconnect_reason\": \"\",\"is_record\": \"{recorded}\"}}"
        ))
    }

    /// A step of a call that `from_pin` placed.
    pub(crate) async fn outbound(&self, state: &str, session: &str, from_pin: &str, pin: &str) {
        let time = Timestamp::now().strftime("%Y-%m-%d %H:%M:%S.%3f");
        let request = signed(format!(
            "{{\"session_id\": \"{session}\",\"timestamp\": \"{time}\",\"type\": \"outbound\",\"state\": \"{state}\",\
             \"from_number\": \"sip:agent@example.invalid\",\"from_pin\": \"{from_pin}\",\
             \"request_number\": \"+79001234567\",\"request_pin\": \"{pin}\"}}"
        ));
        let outcome = self.receive(request).await;
        assert!(matches!(outcome, HookOutcome::Stored(_)), "{state}: {outcome:?}");
    }

    pub(crate) async fn receive(&self, request: WebhookRequest) -> HookOutcome {
        self.office.receive(&connection(), request).await.outcome
    }

    pub(crate) async fn event(&self, state: &str, session: &str, pin: &str) {
        let outcome = self.receive(self.request(state, session, pin)).await;
        assert!(matches!(outcome, HookOutcome::Stored(_)), "{state}: {outcome:?}");
    }

    pub(crate) fn agent(&self, extension: &str) -> Viewer {
        viewer(Role::Agent, extension, &[])
    }

    pub(crate) async fn stream(&self, resume: Option<Cursor>) -> Frames {
        let view = self.office.view(viewer(Role::Manager, "102", &["sales"]));
        Frames(view.stream(resume).await.expect("a stream"))
    }

    pub(crate) async fn stream_of(&self, viewer: Viewer) -> Frames {
        Frames(self.office.view(viewer).stream(None).await.expect("a stream"))
    }

    pub(crate) async fn resume_as(&self, viewer: Viewer, cursor: Cursor) -> Frames {
        Frames(self.office.view(viewer).stream(Some(cursor)).await.expect("a stream"))
    }

    /// The manager's view.
    pub(crate) fn manager(&self) -> View {
        self.office.view(viewer(Role::Manager, "102", &[]))
    }

    /// The view of the agent with this extension and no group.
    pub(crate) fn of_agent(&self, extension: &str) -> View {
        self.office.view(self.agent(extension))
    }
}

/// A stream, read with patience.
pub(crate) struct Frames(FrameStream);

impl Frames {
    pub(crate) async fn frame(&mut self) -> Frame {
        let next = tokio::time::timeout(PATIENCE, self.0.next()).await.expect("a frame in time");
        next.expect("the stream goes on").expect("no error")
    }

    /// Whether the stream ends by itself: the desk is to resume.
    pub(crate) async fn comes_to_its_end(mut self) -> bool {
        let end = async { while let Some(Ok(_)) = self.0.next().await {} };
        tokio::time::timeout(PATIENCE, end).await.is_ok()
    }

    pub(crate) async fn event(&mut self) -> StreamEvent {
        loop {
            if let Frame::Event { event, .. } = self.frame().await {
                return event;
            }
        }
    }

    pub(crate) async fn call_with(&mut self, fits: impl Fn(&Call) -> bool) -> Call {
        loop {
            if let StreamEvent::Call { call } = self.event().await
                && fits(&call)
            {
                return *call;
            }
        }
    }

    pub(crate) async fn call(&mut self) -> Call {
        self.call_with(|_| true).await
    }

    pub(crate) async fn call_in(&mut self, state: CallState) -> Call {
        self.call_with(|call| call.state == state).await
    }

    /// The next note.
    pub(crate) async fn fact(&mut self) -> Fact {
        loop {
            if let StreamEvent::Fact { fact } = self.event().await {
                return fact;
            }
        }
    }

    /// Whatever is told up to a state of this call, from what the stream still holds.
    pub(crate) async fn until_call(&mut self, id: &CallId) -> Vec<StreamEvent> {
        let mut told = Vec::new();
        loop {
            let event = self.event().await;
            let is_it = matches!(&event, StreamEvent::Call { call } if call.id == *id);
            told.push(event);
            if is_it {
                return told;
            }
        }
    }

    /// The cursor of a stream that has just been opened.
    pub(crate) async fn cursor(&mut self) -> Cursor {
        let Frame::Hello { epoch, .. } = self.frame().await else { panic!("hello comes first") };
        loop {
            if let Frame::At { seq } = self.frame().await {
                return Cursor { epoch, seq };
            }
        }
    }

    pub(crate) async fn frame_after_hello(&mut self) -> Frame {
        let Frame::Hello { .. } = self.frame().await else { panic!("hello comes first") };
        self.frame().await
    }
}

pub(crate) fn signed(body: String) -> WebhookRequest {
    let mut hash = Sha256::new();
    hash.update(CLIENT_ID);
    hash.update(&body);
    hash.update(KEY);
    let sign: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    WebhookRequest {
        method: "POST".into(),
        path: "/call_events".into(),
        headers: vec![
            ("X-Client-ID".into(), CLIENT_ID.as_bytes().to_vec()),
            ("X-Client-Sign".into(), sign.into_bytes()),
        ],
        body: body.into(),
    }
}

/// A note on a call.
pub(crate) fn note(call: &CallId, text: &str) -> Fact {
    Fact {
        id: uuid::Uuid::now_v7(),
        kind: FactKind::Note,
        author: "somebody else".into(),
        at: SystemClock.now(),
        call: call.clone(),
        replaces: None,
        value: text.into(),
    }
}

pub(crate) fn connection() -> ConnectionId {
    "rt1".parse().expect("valid")
}

pub(crate) fn viewer(role: Role, extension: &str, groups: &[&str]) -> Viewer {
    Viewer {
        id: format!("{role:?} {extension}"),
        name: "Test".into(),
        role,
        extensions: vec![ExtensionRef { connection: connection(), extension: extension.into() }],
        groups: groups.iter().map(|group| (*group).to_owned()).collect(),
        rights: "test".into(),
    }
}

fn rostelecom() -> ConnectionConfig {
    config(pbx::rostelecom::MAKE, &[("client_id", CLIENT_ID), ("key", KEY)])
}

/// A connection of a make. Nobody listens at its address: what is tested does not ask the PBX.
pub(crate) fn config(make: Make, secrets: &[(&str, &str)]) -> ConnectionConfig {
    let secrets = secrets.iter().map(|(name, value)| ((*name).to_owned(), SecretString::from(*value)));
    ConnectionConfig {
        id: connection(),
        make,
        zone: Some("UTC".into()),
        base_url: Some("http://127.0.0.1:9".parse().expect("an address")),
        trust_anchor_pem: None,
        secrets: secrets.collect(),
        overrides: BTreeMap::new(),
    }
}

async fn open(
    folder: &TempDir,
    clock: &Arc<TestClock>,
    groups: &[&str],
    connection_config: ConnectionConfig,
) -> (OfficeHandle, Store) {
    let store = Store::open_in(&folder.path().join("data"), Options::owner("test", SystemRandom)).expect("a store");
    let config = OfficeConfig {
        name: "test".into(),
        connections: vec![ConnectionSettings { config: connection_config, extensions: Vec::new(), has_address: true }],
        lines: vec![LineSettings {
            connection: connection(),
            number: "+74951234567".into(),
            title: "Sales".into(),
            groups: groups.iter().map(|group| (*group).to_owned()).collect(),
        }],
        groups: vec![GroupSettings { id: "sales".into(), rings: true }],
        people: Vec::new(),
        contacts: [(CONTACT.to_owned(), "Анна".to_owned())].into(),
        routing: RoutingRules {
            responsible: [(CONTACT.to_owned(), [(connection(), "102".to_owned())].into())].into(),
            blocked: [(BLOCKED.to_owned(), pbx::Refusal::Busy)].into(),
            ..Default::default()
        },
        cache_dir: folder.path().join("recordings"),
        cache_key: SecretBox::new(Box::new([7; 32])),
    };
    let clock: Arc<dyn Clock> = Arc::clone(clock) as _;
    let office = OfficeHandle::start(config, store.clone(), clock).await.expect("an office");
    (office, store)
}
