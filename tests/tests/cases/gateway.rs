//! The gateway of a case: a configuration file like a person's, an office, a listener, and a vendor to call.

use std::{collections::BTreeSet, fmt::Write, fs, net::SocketAddr, path::Path, sync::Arc};

use gateway::{
    Gateway, GatewayOptions, Running,
    config::Config,
    tokens::{self, NewToken},
};
use link::wire::{ExtensionRef, Role};
use office::{OfficeHandle, SystemClock};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use simulator::{Access, Employee, Make, Names, Simulator, SimulatorConfig, Staff};
use store::{Options, Store, SystemRandom};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::file::{Line, Office};

/// The file with the connection's key.
const KEY_FILE: &str = "rt1.key";

/// A gateway that runs.
pub(crate) struct Served {
    pub(crate) vendor: Simulator,
    pub(crate) address: SocketAddr,
    pub(crate) store: Store,
    office: Arc<OfficeHandle>,
    running: Running,
    _folder: TempDir,
}

impl Served {
    /// Starts it; an error is what the gateway said when it refused to start.
    pub(crate) async fn start(case: &Office) -> Result<Self, String> {
        let vendor = vendor().await;
        let folder = TempDir::new().expect("a folder");
        write_files(folder.path(), case, access(&vendor));
        match serve(folder.path()).await {
            Ok((store, office, running)) => {
                let address = running.addr();
                Ok(Self { vendor, address, store, office, running, _folder: folder })
            }
            Err(error) => Err(format!("{error:#}")),
        }
    }

    /// The id and key with which the vendor signs.
    pub(crate) fn access(&self) -> &Access {
        access(&self.vendor)
    }

    /// A new token of one of the three people.
    pub(crate) async fn token(&self, desk: &str) -> Result<String, String> {
        let agent = |extension: &str| ExtensionRef {
            connection: "rt1".parse().expect("an id"),
            extension: extension.to_owned(),
        };
        let (role, extensions) = match desk {
            "boss" => (Role::Manager, vec![]),
            "anna" => (Role::Agent, vec![agent("101")]),
            "boris" => (Role::Agent, vec![agent("102")]),
            other => return Err(format!("there is no desk \"{other}\"")),
        };
        let groups = if role == Role::Agent { vec!["sales".to_owned()] } else { vec![] };
        let new = NewToken { name: desk.to_owned(), role, extensions, groups, expires_at: None };
        let issued = tokens::issue(&self.store, new).await.map_err(|error| error.to_string())?;
        Ok(issued.secret.expose_secret().to_owned())
    }

    /// Waits until everything that is stored can be seen.
    pub(crate) async fn settled(&self) {
        let stored = self.store.reading(Store::head_seq).await.expect("is read");
        while self.office.metrics().head < stored {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
    }

    pub(crate) async fn stop(self) {
        self.running.shutdown().await;
        self.office.shutdown().await;
        drop(self.office);
        self.store.close();
        self.vendor.shutdown().await;
    }
}

/// Answers what the office asks of the vendor; its own webhooks go nowhere.
async fn vendor() -> Simulator {
    let employee = |extension: &str, name: &str| Employee {
        extension: extension.to_owned(),
        name: name.to_owned(),
        sip_user: format!("phone{extension}"),
    };
    let staff = Staff {
        names: Names::Russian,
        domain: "pbx.example".to_owned(),
        employees: vec![employee("101", "Анна"), employee("102", "Борис")],
        lines: vec![],
    };
    let config = SimulatorConfig { history: false, staff, ..SimulatorConfig::of(&[Make::ROSTELECOM]) };
    Simulator::start(config).await.expect("a free port")
}

fn access(vendor: &Simulator) -> &Access {
    vendor.credentials().of(Make::ROSTELECOM).expect("it runs")
}

fn write_files(folder: &Path, case: &Office, access: &Access) {
    let bytes = |hex: &str| data_encoding::HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).expect("hexadecimal");
    let (before, after) =
        case.key_file.as_ref().map_or_else(Default::default, |file| (bytes(&file.hex_before), bytes(&file.hex_after)));
    fs::write(folder.join(KEY_FILE), [before.as_slice(), access.secret("key").as_bytes(), &after].concat())
        .expect("written");
    fs::write(folder.join("rt1.id"), access.secret("client_id")).expect("written");
    fs::write(folder.join("gateway.toml"), configuration(case, access)).expect("written");
}

fn configuration(case: &Office, access: &Access) -> String {
    let zone = case.zone.clone().unwrap_or_else(|| Some("UTC".to_owned()));
    let zone = zone.map(|zone| format!("zone = {}\n", quoted(&zone))).unwrap_or_default();
    let mut text = format!(
        "listen = \"127.0.0.1:0\"\ndata_dir = \"data\"\n[[connection]]\nid = \"rt1\"\npbx = \"rostelecom\"\n{zone}\
         base_url = {}\nsecrets = {{ client_id = {{ file = \"rt1.id\" }}, key = {{ file = \"{KEY_FILE}\" }} }}\n",
        quoted(&access.url)
    );
    let usual =
        Line {
            number: "+74951234567".to_owned(), title: "Продажи".to_owned(), groups: vec!["sales".to_owned()]
        };
    let lines = case.lines.clone().unwrap_or_else(|| vec![usual]);
    let mut groups = BTreeSet::from(["sales".to_owned()]);
    // Writing to a text cannot fail.
    for line in lines {
        let _ = write!(
            text,
            "[[line]]\nconnection = \"rt1\"\nnumber = {}\ntitle = {}\ngroups = {}\n",
            quoted(&line.number),
            quoted(&line.title),
            json!(line.groups)
        );
        groups.extend(line.groups);
    }
    for group in groups {
        let _ = write!(text, "[[group]]\nid = {}\nrings = true\n", quoted(&group));
    }
    for contact in &case.contacts {
        let _ = write!(text, "[[contact]]\nnumber = {}\nname = {}\n", quoted(&contact.number), quoted(&contact.name));
    }
    text
}

/// A text in quotes: what JSON escapes, TOML reads.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

async fn serve(folder: &Path) -> anyhow::Result<(Store, Arc<OfficeHandle>, Running)> {
    let config = Config::read(&folder.join("gateway.toml"))?;
    let options =
        GatewayOptions { path_tokens: config.path_tokens()?, tls: config.tls()?, ..GatewayOptions::default() };
    let store = Store::open_in(&config.data_dir(), Options::owner("cases", SystemRandom))?;
    let office = OfficeHandle::start(config.office()?, store.clone(), Arc::new(SystemClock)).await?;
    let office = Arc::new(office);
    let listener = TcpListener::bind(config.listen()?.address).await?;
    let running = Gateway::serve(listener, Arc::clone(&office), options).await?;
    Ok((store, office, running))
}
