//! A test of the address that PBXs post to: through real sockets, with what may stand between them and the gateway.

use std::{net::SocketAddr, sync::Arc};

use jiff::Timestamp;
use link::{
    Office, RemoteOffice,
    wire::{Role, TestCause, TestWish},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Notify, OnceCell},
};
use url::Url;

use crate::{
    cli::{Program, config_file},
    events::{self, event},
    http,
    rig::{PATH_TOKEN, Public, Rig, Setup},
};

async fn admin(rig: &Rig) -> String {
    rig.issue("Марина", Role::Admin, &[]).await.secret.expose_secret().to_owned()
}

async fn with_public(public: Public) -> (Rig, String) {
    let rig = Rig::with(Setup { public, ..Setup::default() }).await;
    let admin = admin(&rig).await;
    (rig, admin)
}

async fn test(rig: &Rig, token: &str, connection: &str, message: &str, seconds: u32) -> http::Answer {
    let path = format!("/v1/admin/connections/{connection}/test");
    rig.post(token, &path, &json!({"message": message, "seconds": seconds})).await
}

/// The places on the way, each with whether it was passed, stopped or not reached.
fn stages(report: &Value) -> Vec<(&str, &str)> {
    let stages = report["stages"].as_array().expect("a list").iter();
    stages.map(|stage| (stage["place"].as_str().expect("a place"), stage["state"].as_str().expect("a state"))).collect()
}

const ALL: [&str; 6] = ["name", "connection", "answer", "arrival", "signature", "kept"];

#[tokio::test]
async fn a_message_goes_out_and_comes_in_and_is_no_call() {
    let (rig, admin) = with_public(Public::Own).await;
    rig.tell(&[event("s1", "new", None, Timestamp::now())]).await;
    let before = (rig.get(&admin, "/v1/calls").await.json(), rig.office.metrics());
    let heard = |state: &Value| state["connections"][0]["heardAt"].clone();
    let state = rig.get(&admin, "/v1/admin/state").await.json();
    let offered = state["connections"][0]["testMessages"].as_array().expect("a list").clone();
    assert_eq!(offered.iter().map(|of| &of["name"]).collect::<Vec<_>>(), ["new", "connected", "end"]);
    for message in &offered {
        let name = message["name"].as_str().expect("a name");
        let answer = test(&rig, &admin, "rt1", name, 10).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let report = answer.json();
        assert_eq!(stages(&report), ALL.map(|place| (place, "passed")), "{report}");
        assert_eq!(
            (&report["cause"], &report["status"], &report["connection"]),
            (&Value::Null, &json!(200), &json!("rt1"))
        );
        assert_eq!(report["address"], format!("http://{}/hook/rt1", rig.address));
    }
    assert_eq!((rig.get(&admin, "/v1/calls").await.json(), rig.office.metrics()), before, "nothing is told of it");
    let after = rig.get(&admin, "/v1/admin/state").await.json();
    assert_eq!(heard(&after), heard(&state), "it says nothing of the PBX");
    assert_eq!(after["connections"][0]["quotas"], state["connections"][0]["quotas"], "the vendor has not counted it");
    assert!(
        rig.get(&admin, "/metrics").await.text().contains("trubka_hooks_total{outcome=\"stored\"} 1\n"),
        "the real one alone"
    );

    rig.store.set_setting("settled", "yes").await.expect("is written");
    let journal = rig.get(&admin, "/v1/admin/journal?direction=incoming").await.json();
    let row = &journal["entries"][0];
    let told = (&row["method"], &row["verdict"], &row["status"], &row["failed"]);
    assert_eq!(told, (&json!("test notification"), &json!("signed"), &json!(200), &json!(false)));
    let entry = rig.get(&admin, &format!("/v1/admin/journal/{}", row["id"])).await.json();
    assert!(entry["received"].as_str().is_some_and(|body| body.contains("trubka-test-")), "{entry}");
    assert!(entry["call"].is_null(), "{entry}");
    let noted = rig.get(&admin, "/v1/admin/audit").await.json()["entries"][0].clone();
    assert_eq!((&noted["action"], &noted["subject"]), (&json!("testedAddress"), &json!("rt1")));
    assert!(noted["who"].as_str().is_some_and(|who| who.starts_with("Марина (")), "{noted}");
}

#[tokio::test]
async fn the_word_in_a_path_is_used_and_not_shown_and_a_desk_is_told_the_same() {
    let (rig, admin) = with_public(Public::Own).await;
    let report = test(&rig, &admin, "rt2", "end", 10).await.json();
    assert_eq!(stages(&report), ALL.map(|place| (place, "passed")), "{report}");
    assert_eq!(report["address"], format!("http://{}/hook/rt2/…", rig.address));
    assert!(!report.to_string().contains(PATH_TOKEN));
    let address = format!("http://{}", rig.address).parse().expect("a URL");
    let office = |token: String| RemoteOffice::connect(&address, SecretString::from(token), None).expect("is set up");
    let wish = || TestWish { message: "new".to_owned(), seconds: 10 };
    let id = "rt1".parse().expect("valid");
    let report = office(admin.clone()).test_address(&id, wish()).await.expect("is told");
    assert_eq!((report.cause, report.stages.len()), (None, ALL.len()));
    office(rig.manager().await).test_address(&id, wish()).await.expect_err("it is for administrators");
}

#[tokio::test]
async fn only_an_administrator_tests_what_there_is_for_a_time_that_is_bounded() {
    let (rig, admin) = with_public(Public::Own).await;
    for token in [rig.manager().await, rig.agent("101").await] {
        assert_eq!(test(&rig, &token, "rt1", "new", 10).await.status, 403);
    }
    assert_eq!(test(&rig, "nobody", "rt1", "new", 10).await.status, 401);
    for connection in ["rt9", "RT%201"] {
        assert_eq!(test(&rig, &admin, connection, "new", 10).await.status, 404, "{connection}");
    }
    for (message, seconds, field) in [("ringing", 10, "message"), ("new", 0, "seconds"), ("new", 31, "seconds")] {
        let answer = test(&rig, &admin, "rt1", message, seconds).await;
        assert_eq!((answer.status, &answer.json()["field"]), (400, &json!(field)), "{}", answer.text());
    }
    let odd = rig.post(&admin, "/v1/admin/connections/rt1/test", &json!({"message": "new"})).await;
    assert_eq!(odd.status, 400, "{}", odd.text());
    assert_eq!(rig.get(&admin, "/v1/admin/audit").await.json()["entries"], json!([]), "nothing was sent");
}

#[tokio::test]
async fn an_address_that_nobody_has_named_is_not_guessed() {
    let (rig, admin) = with_public(Public::Unknown).await;
    let answer = test(&rig, &admin, "rt1", "new", 10).await;
    assert_eq!((answer.status, &answer.json()["error"]), (409, &json!("noAddress")), "{}", answer.text());
    assert!(answer.text().contains("public_url"), "{}", answer.text());
}

/// What stands at the public address before the gateway.
#[derive(Clone, Copy)]
enum Front {
    /// Answers by itself.
    Answers(&'static str),
    /// Passes on what this makes of each request.
    Passes(fn(String) -> String),
}

/// Something at an address of its own, before a gateway that is named later.
struct Before {
    url: Url,
    gateway: Arc<OnceCell<SocketAddr>>,
    asked: Arc<Notify>,
    go_on: Arc<Notify>,
}

impl Before {
    async fn new(front: Front, waits: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("listens");
        let url = format!("http://{}/", listener.local_addr().expect("an address")).parse().expect("a URL");
        let (gateway, asked, go_on) = (Arc::new(OnceCell::new()), Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (to, told, gate) = (Arc::clone(&gateway), Arc::clone(&asked), Arc::clone(&go_on));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (to, told, gate) = (Arc::clone(&to), Arc::clone(&told), Arc::clone(&gate));
                tokio::spawn(async move {
                    let mut stream = stream;
                    // Who only looks whether somebody is there says nothing.
                    let Some(request) = read(&mut stream).await else { return };
                    told.notify_one();
                    if waits {
                        gate.notified().await;
                    }
                    let answer = match front {
                        Front::Answers(answer) => answer.to_owned(),
                        Front::Passes(change) => {
                            let changed = change(request).replacen("\r\n", "\r\nconnection: close\r\n", 1);
                            let answer = http::send(*to.get().expect("is named"), changed.as_bytes()).await;
                            let (status, body) = (answer.status, answer.text());
                            format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n{body}", body.len())
                        }
                    };
                    // The other side may have given up.
                    let _ = stream.write_all(answer.as_bytes()).await;
                });
            }
        });
        Self { url, gateway, asked, go_on }
    }

    async fn rig(&self) -> (Rig, String) {
        let (rig, admin) = with_public(Public::At(self.url.clone())).await;
        self.gateway.set(rig.address).expect("once");
        (rig, admin)
    }
}

/// A request with its body; nothing where the other side leaves before.
async fn read(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length =
                head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0_usize) {
                return Some(text);
            }
        }
        let mut piece = [0; 4096];
        match stream.read(&mut piece).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => bytes.extend_from_slice(&piece[..read]),
        }
    }
}

const EMPTY: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

#[tokio::test]
async fn what_stands_before_the_gateway_and_keeps_the_message_back_is_named() {
    let without_sign = |request: String| {
        let lines: Vec<&str> =
            request.split("\r\n").filter(|line| !line.to_ascii_lowercase().starts_with("x-client-sign")).collect();
        lines.join("\r\n")
    };
    let cases: [(Front, TestCause, &str); 9] = [
        (Front::Answers(EMPTY), TestCause::OtherServer, "arrival"),
        (Front::Passes(|request| request.replacen("/hook/", "/", 1)), TestCause::PathUnknown, "answer"),
        (Front::Passes(|request| request.replacen("/hook/rt1", "/hook/rt9", 1)), TestCause::PathUnknown, "answer"),
        (
            Front::Answers("HTTP/1.1 301 Moved\r\nlocation: https://a.example/\r\ncontent-length: 0\r\n\r\n"),
            TestCause::Redirected,
            "answer",
        ),
        (Front::Answers("HTTP/1.1 502 Bad\r\ncontent-length: 0\r\n\r\n"), TestCause::NotPassedOn, "answer"),
        (Front::Answers("HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n"), TestCause::Blocked, "answer"),
        (Front::Passes(without_sign), TestCause::SignatureLost, "signature"),
        (
            Front::Passes(|request| request.replacen("\"incoming\"", "\"Incoming\"", 1)),
            TestCause::SignatureWrong,
            "signature",
        ),
        (Front::Answers(""), TestCause::Broken, "answer"),
    ];
    for (front, cause, place) in cases {
        let before = Before::new(front, false).await;
        let (rig, admin) = before.rig().await;
        let report = test(&rig, &admin, "rt1", "new", 1).await.json();
        assert_eq!(report["cause"], json!(cause), "{report}");
        let stopped: Vec<_> = stages(&report).into_iter().filter(|(_, state)| *state == "stopped").collect();
        assert_eq!(stopped, [(place, "stopped")], "{report}");
        assert_eq!(rig.get(&admin, "/v1/calls").await.json()["calls"], json!([]), "{cause:?}");
    }
}

#[tokio::test]
async fn an_address_where_nobody_is_is_named() {
    // A port that nobody else has, and at which nobody listens.
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.bind(([127, 0, 0, 1], 0).into()).expect("a port");
    let closed = socket.local_addr().expect("bound");
    for (url, cause, place) in [
        (format!("http://{closed}/"), TestCause::PortClosed, "connection"),
        ("http://nobody.invalid/".to_owned(), TestCause::NameUnknown, "name"),
    ] {
        let (rig, admin) = with_public(Public::At(url.parse().expect("a URL"))).await;
        let report = test(&rig, &admin, "rt1", "new", 5).await.json();
        // Where no name server answers either, the name is at fault all the same.
        let is_name = place == "name" && report["cause"] == json!(TestCause::NoNameServer);
        assert!(report["cause"] == json!(cause) || is_name, "{report}");
        assert!(stages(&report).contains(&(place, "stopped")), "{report}");
        assert!(report["detail"].is_string() && report["status"].is_null(), "{report}");
    }
}

#[tokio::test]
async fn one_test_of_a_connection_goes_on_at_a_time_and_a_message_that_comes_afterwards_says_nothing_of_the_pbx() {
    let before = Before::new(Front::Passes(|request| request), true).await;
    let (rig, admin) = before.rig().await;
    let first = test(&rig, &admin, "rt1", "new", 1);
    let second = async {
        before.asked.notified().await;
        let refused = test(&rig, &admin, "rt1", "new", 1).await;
        let other = test(&rig, &admin, "rt2", "new", 1).await.json();
        (refused, other)
    };
    let (first, (refused, other)) = tokio::join!(first, second);
    assert_eq!((refused.status, &refused.json()["error"]), (409, &json!("conflict")), "{}", refused.text());
    for report in [first.json(), other] {
        assert_eq!(report["cause"], json!(TestCause::NoAnswer), "{report}");
    }
    // From now on its caller is not wanted: a rule would speak of him, if it were the PBX that asks.
    let blocked = [("+74951234567".to_owned(), pbx::Refusal::HangUp)].into();
    let routing = office::RoutingRules { blocked, ..Default::default() };
    let lookups = office::Lookups {
        lines: Vec::new(),
        groups: Vec::new(),
        people: Vec::new(),
        contacts: Default::default(),
        routing,
    };
    rig.office.put_lookups(lookups).await.expect("is put");
    let heard = async || {
        let state = rig.get(&admin, "/v1/admin/state").await.json();
        let connections = state["connections"].as_array().expect("a list").iter();
        connections.map(|connection| connection["heardAt"].clone()).collect::<Vec<_>>()
    };
    let (head, nobody) = (rig.office.metrics().head, heard().await);
    before.go_on.notify_waiters();
    let late = async || {
        let page = rig.get(&admin, "/v1/admin/journal?method=late%20test%20notification").await.json();
        page["entries"].as_array().expect("a list").clone()
    };
    let rows = loop {
        let rows = late().await;
        if rows.len() == 2 && rows.iter().all(|row| row["status"].is_number()) {
            break rows;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    };
    for row in &rows {
        assert_eq!((&row["verdict"], &row["status"], &row["failed"]), (&json!("signed"), &json!(200), &json!(false)));
        let detail = rig.get(&admin, &format!("/v1/admin/journal/{}", row["id"])).await.json();
        assert!(detail["sent"].as_str().is_none_or(|sent| !sent.contains("hangup")), "no rule answered: {detail}");
    }
    assert_eq!(rig.get(&admin, "/v1/calls").await.json()["calls"], json!([]), "and begins no call");
    assert_eq!((rig.office.metrics().head, heard().await), (head, nobody), "the PBX was not heard of");
    before.go_on.notify_one();
    let again = test(&rig, &admin, "rt1", "new", 10).await.json();
    assert_eq!(again["cause"], Value::Null, "{again}");
}

#[tokio::test]
async fn a_call_of_the_pbx_that_is_called_like_a_test_is_a_call() {
    let (rig, admin) = with_public(Public::Own).await;
    for state in ["new", "calling", "end"] {
        let forged = event("trubka-test-00000000000000000000000000000000", state, None, Timestamp::now());
        assert_eq!(events::post(rig.address, &forged).await.status, 200, "it is authentic");
    }
    let head = rig.store.head_seq().expect("is read");
    while rig.office.metrics().head < head {
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    let calls = rig.get(&admin, "/v1/calls").await.json()["calls"].clone();
    assert_eq!(calls.as_array().expect("a list").len(), 1, "{calls}");
    assert_eq!(rig.office.metrics().not_understood, 0);
    rig.store.set_setting("settled", "yes").await.expect("is written");
    let row = rig.get(&admin, "/v1/admin/journal?direction=incoming").await.json()["entries"][0].clone();
    assert_eq!((&row["method"], &row["verdict"]), (&json!("end"), &json!("signed")));
    let unsigned = event("trubka-test-1", "new", None, Timestamp::now()).to_string();
    let request = http::request("POST", "/hook/rt1/call_events", &[], unsigned.as_bytes());
    assert_eq!(http::send(rig.address, &request).await.status, 403, "the signature comes first");
}

#[tokio::test]
async fn over_https_the_own_authority_is_trusted_and_another_is_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| {
        let crate_folder = std::env::var("CARGO_MANIFEST_DIR").expect("cargo names the folder");
        std::path::Path::new(&crate_folder).join("tests/tls-files").join(name)
    };
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|taken| taken.local_addr()).expect("a port").port();
    for (ca, cause, tls) in [
        (format!("ca = {:?}", file("ca.pem")), Value::Null, "passed"),
        (String::new(), json!(TestCause::CertificateUntrusted), "stopped"),
    ] {
        let top = format!(
            "listen = \"127.0.0.1:{port}\"\npublic_url = \"https://127.0.0.1:{port}\"\ntls = {{ cert = {:?}, key = {:?} }}\n{ca}",
            file("cert.pem"),
            file("key.pem")
        );
        let config = config_file(folder.path(), &top);
        let token = Program::run(&config, &["token", "issue", "--name", "Ольга", "--role", "admin"]).succeeded();
        let program = Program::serve(&config).await;
        let anchor = std::fs::read(file("ca.pem")).expect("is read");
        let address = program.address.parse().expect("a URL");
        let office =
            RemoteOffice::connect(&address, SecretString::from(token.trim()), Some(&anchor)).expect("is set up");
        let wish = TestWish { message: "new".to_owned(), seconds: 10 };
        let report = office.test_address(&"rt1".parse().expect("valid"), wish).await.expect("is told");
        let report = serde_json::to_value(&report).expect("JSON");
        assert_eq!(report["cause"], cause, "{report}");
        assert!(stages(&report).contains(&("tls", tls)), "{report}");
        drop(program);
    }
}
