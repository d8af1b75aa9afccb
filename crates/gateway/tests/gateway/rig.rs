//! An office and its gateway in this process.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use calls::{Clock, ConnectionId};
use jiff::{SignedDuration, Timestamp};
use link::wire::{ExtensionRef, Role};
use office::{ConnectionSettings, GroupSettings, LineSettings, OfficeConfig, OfficeHandle, Person, SystemClock};
use pbx::ConnectionConfig;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use serde_json::Value;
use store::{AuditEntry, Store};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpSocket};
use trubka_gateway::{
    Gateway, GatewayOptions, Limits, Running,
    own_ca::OwnCa,
    path_tokens::PathTokens,
    tokens::{self, Issued, NewToken},
};
use url::Url;

use crate::{
    events::{self, CLIENT_ID, KEY, LINE},
    http::{self, Answer},
    tls,
};

/// What the audit says of a token that was taken back.
pub(crate) fn removal() -> AuditEntry {
    let (who, action) = ("Ольга".into(), "removedPerson".into());
    AuditEntry { at: Timestamp::now(), who, action, subject: String::new(), detail: String::new() }
}

/// What differs from one test to the next.
pub(crate) struct Setup {
    pub(crate) limits: Limits,
    /// The vendor's address; nobody answers at the default.
    pub(crate) vendor: Url,
    /// The system holds little of what desks do not take.
    pub(crate) narrow: bool,
    /// Names of known numbers, as the configuration has them.
    pub(crate) contacts: BTreeMap<String, String>,
    /// There is a connection `zd1` to Zadarma, with the account of the published vectors. It believes the notification of
    /// 2015 without a signature.
    pub(crate) zadarma: bool,
    /// Tells the office the time.
    pub(crate) clock: Arc<dyn Clock>,
    /// The address at which PBXs reach the gateway, as the configuration has it.
    pub(crate) public: Public,
    /// The test host of the vendor of `rt1`, trusted by the certificate of these tests.
    pub(crate) test_host: Option<Url>,
    /// It speaks TLS, with the certificate of `tls-files`.
    pub(crate) tls: bool,
}

/// A public address.
pub(crate) enum Public {
    /// Nothing is said of it.
    Unknown,
    /// Where the gateway itself listens.
    Own,
    /// Something else, that leads to the gateway or does not.
    At(Url),
}

/// A clock that stands still until it is moved.
pub(crate) struct Moved(Mutex<Timestamp>);

impl Moved {
    pub(crate) fn at(now: Timestamp) -> Arc<Self> {
        Arc::new(Self(Mutex::new(now)))
    }

    pub(crate) fn forward(&self, by: SignedDuration) {
        *self.0.lock().expect("nobody panicked") += by;
    }
}

impl Clock for Moved {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("nobody panicked")
    }
}

/// A clock that stands still.
pub(crate) struct Stopped(pub(crate) Timestamp);

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        self.0
    }
}

impl Default for Setup {
    fn default() -> Self {
        let limits = Limits { token_check: Duration::from_millis(50), ..Limits::default() };
        Self {
            limits,
            vendor: "http://127.0.0.1:9".parse().expect("a URL"),
            narrow: false,
            contacts: BTreeMap::new(),
            zadarma: false,
            clock: Arc::new(SystemClock),
            public: Public::Unknown,
            test_host: None,
            tls: false,
        }
    }
}

/// An office with connection `rt1`, and `rt2` behind a path token.
pub(crate) struct Rig {
    pub(crate) folder: TempDir,
    pub(crate) store: Store,
    pub(crate) office: Arc<OfficeHandle>,
    pub(crate) address: SocketAddr,
    running: Running,
}

/// The word in the path of connection `rt2`.
pub(crate) const PATH_TOKEN: &str = "s3cret-word";

impl Rig {
    pub(crate) async fn new() -> Self {
        Self::with(Setup::default()).await
    }

    pub(crate) async fn with(setup: Setup) -> Self {
        Self::on(tempfile::tempdir().expect("a folder"), setup).await
    }

    /// On what an earlier one left.
    pub(crate) async fn on(folder: TempDir, setup: Setup) -> Self {
        let store = Store::open_in(folder.path(), store::Options::owner("test", store::SystemRandom)).expect("opens");
        let mut config = OfficeConfig { contacts: setup.contacts, ..office_config(folder.path(), &setup.vendor) };
        if let Some(host) = setup.test_host {
            let rt1 = &mut config.connections[0].config;
            rt1.overrides.insert("test_address".to_owned(), host.to_string());
            rt1.trust_anchor_pem = Some(tls::authority());
        }
        config.connections.extend(setup.zadarma.then(|| zadarma(&setup.vendor)));
        let office = OfficeHandle::start(config, store.clone(), setup.clock).await.expect("starts");
        let office = Arc::new(office);
        let listener = listener(setup.narrow);
        let path_token = (connection("rt2"), SecretString::from(PATH_TOKEN));
        let path_tokens = PathTokens::new(BTreeMap::from([path_token])).expect("fits into a path");
        let scheme = if setup.tls { "https" } else { "http" };
        let own = format!("{scheme}://{}/", listener.local_addr().expect("an address"));
        let public_url = match setup.public {
            Public::Unknown => None,
            Public::Own => Some(own.parse().expect("a URL")),
            Public::At(url) => Some(url),
        };
        let tls = if setup.tls { tls::server() } else { None };
        let authority = String::from_utf8(tls::authority()).expect("a text");
        let own_ca = tls.as_ref().map(|_| OwnCa::of_pem(&authority).expect("a certificate"));
        let options =
            GatewayOptions { path_tokens, tls, limits: setup.limits, public_url, own_ca, ..GatewayOptions::default() };
        let running = Gateway::serve(listener, Arc::clone(&office), options).await.expect("serves");
        Self { folder, store, office, address: running.addr(), running }
    }

    /// A token that sees everything.
    pub(crate) async fn manager(&self) -> String {
        self.issue("Ольга", Role::Manager, &[]).await.secret.expose_secret().to_owned()
    }

    /// A token of the agent with this extension of `rt1`.
    pub(crate) async fn agent(&self, extension: &str) -> String {
        self.issue("Анна", Role::Agent, &[extension]).await.secret.expose_secret().to_owned()
    }

    /// A token of an agent whom the line does not ring.
    pub(crate) async fn outsider(&self, extension: &str) -> String {
        let issued = self.issue_in("Борис", Role::Agent, &[extension], &[]).await;
        issued.secret.expose_secret().to_owned()
    }

    pub(crate) async fn issue(&self, name: &str, role: Role, extensions: &[&str]) -> Issued {
        self.issue_in(name, role, extensions, &["sales"]).await
    }

    pub(crate) async fn issue_in(&self, name: &str, role: Role, extensions: &[&str], groups: &[&str]) -> Issued {
        let extensions = extensions
            .iter()
            .map(|extension| ExtensionRef { connection: connection("rt1"), extension: (*extension).to_owned() })
            .collect();
        let groups = groups.iter().map(|group| (*group).to_owned()).collect();
        let new = NewToken { name: name.to_owned(), role, extensions, groups, expires_at: None };
        tokens::issue(&self.store, new).await.expect("is made")
    }

    /// Posts signed events to `rt1`, in order, and waits until everything that is stored can be seen.
    pub(crate) async fn tell(&self, events: &[Value]) {
        for event in events {
            let answer = events::post(self.address, event).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
        let stored = self.store.head_seq().expect("is read");
        while self.office.metrics().head < stored {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    pub(crate) async fn get(&self, token: &str, path: &str) -> Answer {
        self.ask("GET", token, path, &[], b"").await
    }

    pub(crate) async fn post(&self, token: &str, path: &str, body: &Value) -> Answer {
        self.ask("POST", token, path, &[], body.to_string().as_bytes()).await
    }

    pub(crate) async fn ask(
        &self,
        method: &str,
        token: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let bearer = format!("Bearer {token}");
        let headers: Vec<_> = [("Authorization", bearer.as_str())].into_iter().chain(headers.iter().copied()).collect();
        http::send(self.address, &http::request(method, path, &headers, body)).await
    }

    /// Stops the gateway and its office; the database stays.
    pub(crate) async fn stop(self) -> TempDir {
        let Self { folder, store, office, running, .. } = self;
        running.shutdown().await;
        office.shutdown().await;
        drop(office);
        store.close();
        folder
    }
}

fn listener(narrow: bool) -> TcpListener {
    let socket = TcpSocket::new_v4().expect("a socket");
    if narrow {
        // What is accepted inherits it.
        socket.set_send_buffer_size(16 << 10).expect("is set");
    }
    socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
    socket.listen(64).expect("listens")
}

pub(crate) fn connection(id: &str) -> ConnectionId {
    id.parse().expect("valid")
}

fn zadarma(vendor: &Url) -> ConnectionSettings {
    let secrets = [("key", "a1b2c3d4e5f60718293a"), ("secret", "0f1e2d3c4b5a69788796")];
    let config = ConnectionConfig {
        id: connection("zd1"),
        make: pbx::zadarma::MAKE,
        zone: None,
        base_url: Some(vendor.clone()),
        trust_anchor_pem: None,
        secrets: secrets.into_iter().map(|(name, value)| (name.to_owned(), SecretString::from(value))).collect(),
        overrides: BTreeMap::from([("unsigned_2015".to_owned(), "accept".to_owned())]),
    };
    ConnectionSettings { config, extensions: Vec::new(), has_address: true }
}

/// A connection to Rostelecom with this key.
pub(crate) fn rostelecom(id: &str, vendor: &Url, key: &str) -> ConnectionSettings {
    let config = ConnectionConfig {
        id: connection(id),
        make: pbx::rostelecom::MAKE,
        zone: Some("UTC".to_owned()),
        base_url: Some(vendor.clone()),
        trust_anchor_pem: None,
        secrets: BTreeMap::from([
            ("client_id".to_owned(), SecretString::from(CLIENT_ID)),
            ("key".to_owned(), SecretString::from(key)),
        ]),
        overrides: BTreeMap::new(),
    };
    ConnectionSettings { config, extensions: Vec::new(), has_address: true }
}

fn office_config(folder: &std::path::Path, vendor: &Url) -> OfficeConfig {
    let settings = |id: &str| rostelecom(id, vendor, KEY);
    OfficeConfig {
        name: "office".to_owned(),
        connections: vec![settings("rt1"), settings("rt2")],
        lines: vec![LineSettings {
            connection: connection("rt1"),
            number: LINE.to_owned(),
            title: "Продажи".to_owned(),
            groups: vec!["sales".to_owned()],
        }],
        groups: vec![GroupSettings { id: "sales".to_owned(), rings: true }],
        people: vec![Person {
            connection: connection("rt1"), extension: "101".to_owned(), name: "Анна".to_owned()
        }],
        contacts: BTreeMap::new(),
        routing: office::RoutingRules::default(),
        cache_dir: folder.join("recordings"),
        cache_key: SecretBox::new(Box::new([7; 32])),
    }
}
