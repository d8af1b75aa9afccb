//! From an empty folder to the first card, as `docs/gateway.md` tells it: with what the program prints, and nothing else.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use bytes::Bytes;
use http::Method;
use link::wire::JoinLink;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use simulator::{Make, Script, Simulator, SimulatorConfig};

use crate::{
    cli::Program,
    http::{self as raw, Answer},
    ws::Desk,
};

/// A port that nobody else takes meanwhile.
fn port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").and_then(|taken| taken.local_addr()).expect("a port").port()
}

/// Runs `init`; what it says.
fn init(folder: &Path, language: &str, more: &[&str]) -> Result<String, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trubka-gateway"));
    command.arg("init").arg(folder).args(more).env("LC_ALL", language).env_remove("RUST_LOG");
    let ran = command.output().expect("runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if ran.status.success() { Ok(text(&ran.stdout)) } else { Err(text(&ran.stderr)) }
}

/// The link and the configuration that `init` has told.
fn told(said: &str) -> (JoinLink, PathBuf) {
    let link = said.split_whitespace().find(|word| word.starts_with("trubka://")).expect("a link");
    let config = said.split_whitespace().skip_while(|word| *word != "--config").nth(1).expect("a file");
    (JoinLink::read(link).expect("is read"), PathBuf::from(config))
}

async fn ask(address: SocketAddr, method: &str, path: &str, token: Option<&str>, body: &Value) -> Answer {
    let bearer = token.map(|token| format!("Bearer {token}"));
    let headers: Vec<_> = bearer.iter().map(|bearer| ("Authorization", bearer.as_str())).collect();
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    raw::send(address, &raw::request(method, path, &headers, &body)).await
}

/// Opens an invitation, as a desk does; its token.
async fn join(address: SocketAddr, link: &JoinLink, device: &str) -> String {
    let code = link.code.grouped();
    let shown = ask(address, "POST", "/v1/join/preview", None, &json!({"code": code})).await;
    assert_eq!(shown.status, 200, "{}", shown.text());
    let joined = ask(address, "POST", "/v1/join", None, &json!({"code": code, "device": device})).await;
    assert_eq!(joined.status, 201, "{}", joined.text());
    joined.json()["token"].as_str().expect("a token").to_owned()
}

#[tokio::test]
async fn from_an_empty_folder_to_a_card_on_the_desk_of_an_invited_agent() {
    let place = tempfile::tempdir().expect("a folder");
    let listen = format!("127.0.0.1:{}", port());
    let options =
        ["--url", "https://calls.example.org", "--behind-proxy", "--listen", &listen, "--name", "ООО Ромашка"];
    let said = init(&place.path().join("office"), "ru_RU.UTF-8", &options).expect("is made");
    assert!(said.contains("Запустите шлюз"), "{said}");
    let (link, config) = told(&said);
    assert_eq!((link.address.as_str(), link.ca), ("https://calls.example.org/", None));
    let program = Program::serve(&config).await;
    // What the proxy passes on.
    let gateway = program.socket();
    let admin = join(gateway, &link, "Администратор").await;

    let simulator = SimulatorConfig { history: false, ..SimulatorConfig::of(&[Make::ROSTELECOM]) };
    let simulator = Simulator::start(simulator).await.expect("a free port");
    let access = simulator.credentials().of(Make::ROSTELECOM).expect("runs");
    let secrets: serde_json::Map<String, Value> =
        access.secrets().map(|(name, secret)| (name.to_owned(), secret.into())).collect();
    let wanted = json!({"pbx": "rostelecom", "zone": "UTC", "baseUrl": access.url, "secrets": secrets});
    for step in ["address", "key"] {
        let mut check = wanted.clone();
        (check["id"], check["step"]) = ("rt1".into(), step.into());
        let checked = ask(gateway, "POST", "/v1/admin/connections/check", Some(&admin), &check).await.json();
        assert_eq!(checked["ok"], true, "{checked}");
    }
    let mut wrong = wanted.clone();
    wrong["secrets"]["key"] = "0000".into();
    (wrong["id"], wrong["step"]) = ("rt1".into(), "key".into());
    let found = ask(gateway, "POST", "/v1/admin/connections/check", Some(&admin), &wrong).await.json();
    assert_eq!((&found["ok"], &found["field"]), (&json!(false), &json!("keys")), "{found}");
    let put = ask(gateway, "PUT", "/v1/admin/connections/rt1", Some(&admin), &wanted).await;
    assert_eq!(put.status, 200, "{}", put.text());
    let listing = json!({"id": "rt1", "pbx": "rostelecom", "baseUrl": access.url});
    let listed = ask(gateway, "POST", "/v1/admin/connections/phones", Some(&admin), &listing).await;
    assert_eq!(listed.status, 200, "{}", listed.text());
    let phones: Vec<_> =
        listed.json()["phones"].as_array().expect("a list").iter().map(|it| it["phone"].clone()).collect();
    assert!(phones.contains(&json!("201")), "{phones:?}");
    let configured = ask(gateway, "GET", "/v1/admin/config", Some(&admin), &Value::Null).await.json();
    assert_eq!(configured["connections"][0]["hookUrl"], "https://calls.example.org/hook/rt1");
    simulator.set_hook(Make::ROSTELECOM, &format!("http://{gateway}/hook/rt1")).expect("on this computer");

    let invite = json!({"name": "Анна", "role": "agent", "extensions": [{"connection": "rt1", "extension": "201"}]});
    let invited = ask(gateway, "POST", "/v1/admin/invitations", Some(&admin), &invite).await.json();
    let link = JoinLink::read(invited["link"].as_str().expect("a link")).expect("is read");
    let agent = join(gateway, &link, "Стол 1").await;
    let mut desk = Desk::resume(gateway, &agent, Value::Null).await;
    assert_eq!(desk.frame().await["you"]["name"], "Анна");

    let script =
        r#"{"make":"rostelecom","call":"answered","from":"+79161234567","answers":"201","ring":"2s","talk":"2s"}"#;
    let _playing = simulator.play(Script::parse(script).expect("a script")).expect("is played");
    let rings = async {
        loop {
            let call = desk.call().await;
            if call["ringsForMe"] == true {
                break call;
            }
        }
    };
    let call = tokio::time::timeout(Duration::from_secs(20), rings).await.expect("a card");
    assert_eq!((&call["customer"]["number"], &call["connection"]), (&json!("+79161234567"), &json!("rt1")));
    simulator.shutdown().await;
}

#[tokio::test]
async fn an_own_ca_comes_with_the_invitation() {
    let place = tempfile::tempdir().expect("a folder");
    let url = format!("https://localhost:{}", port());
    let folder = place.path().join("office");
    let said = init(&folder, "C", &["--url", &url]).expect("is made");
    assert!(said.contains("Start the gateway"), "{said}");
    let (link, config) = told(&said);
    let again = init(&folder, "C", &["--url", &url]).expect_err("nothing is overwritten");
    assert!(again.contains("not empty"), "{again}");
    assert!(config.exists() && std::fs::read_dir(place.path()).expect("a folder").count() == 1);
    #[cfg(unix)]
    for secret in ["cache.key", "key.pem", "ca.key"] {
        let mode = std::os::unix::fs::PermissionsExt::mode(
            &std::fs::metadata(folder.join(secret)).expect("is there").permissions(),
        );
        assert_eq!(mode & 0o777, 0o600, "{secret}");
    }
    let _program = Program::serve(&config).await;
    let checking = config.clone();
    let checked =
        tokio::task::spawn_blocking(move || Program::run(&checking, &["check"]).succeeded()).await.expect("ends");
    assert!(checked.contains("admins\tWARNS") && checked.contains("not joined yet"), "{checked}");
    assert!(checked.contains("address\tworks") && checked.contains("certificate\tworks"), "{checked}");

    // The desk fetches the certificate, and believes it only if it is the one of the link.
    let pem = std::fs::read_to_string(folder.join("ca.pem")).expect("is read");
    let client = |anchors| {
        let settings = net::Settings::for_base(&link.address).expect("a base");
        net::Client::new(net::Settings { anchors, ..settings }).expect("a client")
    };
    let request = |path: &str| net::Request::new(Method::GET, link.address.join(path).expect("a path"));
    let anchors = net::read_anchors(pem.as_bytes()).expect("fit to be an anchor");
    assert_eq!(link.ca, Some(Sha256::digest(&anchors[0]).into()));
    let unknown = client(Vec::new()).send(request("v1/join/ca")).await.map(|_| ());
    assert!(matches!(unknown, Err(net::Error::Untrusted(_))), "{unknown:?}");
    let sent = client(anchors).send(request("v1/join/ca")).await.expect("is trusted");
    assert_eq!(sent.body, Bytes::from(pem.clone()));
    let exported = Program::run(&config, &["cert", "export"]).succeeded();
    assert_eq!(exported.matches("BEGIN CERTIFICATE").count(), 2, "the server's, and its CA's");
    assert!(exported.trim_end().ends_with(pem.trim_end()));
    let refused = Program::run(&config, &["cert", "self-signed", "--host", "localhost"]).failed();
    assert!(refused.contains("is there already"), "{refused}");
    Program::run(&config, &["cert", "self-signed", "--host", "localhost", "--renew"]).succeeded();
    assert_eq!(std::fs::read_to_string(folder.join("ca.pem")).expect("is read"), pem, "who trusts it goes on");
}

#[tokio::test]
async fn sessions_of_people_go_on_when_their_connection_changes() {
    let place = tempfile::tempdir().expect("a folder");
    let options =
        ["--url", "https://calls.example.org", "--behind-proxy", "--listen", &format!("127.0.0.1:{}", port())];
    let (link, config) = told(&init(&place.path().join("office"), "C", &options).expect("is made"));
    let program = Program::serve(&config).await;
    let gateway = program.socket();
    let admin = join(gateway, &link, "Admin's").await;
    let simulator = SimulatorConfig { history: false, ..SimulatorConfig::of(&[Make::MANGO_CLIENT]) };
    let simulator = Simulator::start(simulator).await.expect("a free port");
    let access = simulator.credentials().of(Make::MANGO_CLIENT).expect("runs");
    let secrets: serde_json::Map<String, Value> =
        access.secrets().map(|(name, secret)| (name.to_owned(), secret.into())).collect();
    let mut wanted = json!({"pbx": "mango-client", "baseUrl": access.url, "secrets": secrets});
    let put = async |wanted: &Value| ask(gateway, "PUT", "/v1/admin/connections/m1", Some(&admin), wanted).await;
    assert_eq!(put(&wanted).await.status, 200);
    let invite = json!({"name": "Anna", "role": "agent", "extensions": [{"connection": "m1", "extension": "201"}]});
    let invited = ask(gateway, "POST", "/v1/admin/invitations", Some(&admin), &invite).await.json();
    join(gateway, &JoinLink::read(invited["link"].as_str().expect("a link")).expect("is read"), "pc").await;
    let registered = async |expected: &[&str]| {
        let waits = async {
            while simulator.registered() != expected {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let came = tokio::time::timeout(Duration::from_secs(15), waits).await;
        assert!(came.is_ok(), "{:?} instead of {expected:?}", simulator.registered());
    };
    registered(&["201"]).await;
    // It is paused and goes on, without its secrets being entered again.
    (wanted["secrets"], wanted["paused"]) = (json!({}), json!(true));
    assert_eq!(put(&wanted).await.status, 200);
    registered(&[]).await;
    wanted["paused"] = json!(false);
    assert_eq!(put(&wanted).await.status, 200);
    registered(&["201"]).await;
    simulator.shutdown().await;
}
