//! The program itself: its commands, and what it says when something is wrong.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use jiff::Timestamp;

use crate::{
    events::{CLIENT_ID, KEY, event, post, signature},
    http::{request, send},
    vendor::Vendor,
    ws::Desk,
};

/// The program, running.
pub(crate) struct Program {
    child: Child,
    /// What it says it listens on.
    pub(crate) address: String,
}

/// What a command came to.
pub(crate) struct Ran(Output);

impl Ran {
    /// What it said on stdout, given that all was well.
    pub(crate) fn succeeded(&self) -> String {
        assert!(self.0.status.success(), "{}", String::from_utf8_lossy(&self.0.stderr));
        String::from_utf8(self.0.stdout.clone()).expect("text")
    }

    /// What it said on stdout.
    pub(crate) fn stdout(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).expect("text")
    }

    /// Whether it failed, and what it said on stdout begins so.
    pub(crate) fn refused_with(&self, answer: &str) -> bool {
        !self.0.status.success() && self.stdout().starts_with(answer)
    }

    /// What it said on stderr, given that it failed.
    pub(crate) fn failed(&self) -> String {
        assert!(!self.0.status.success(), "{}", String::from_utf8_lossy(&self.0.stdout));
        String::from_utf8(self.0.stderr.clone()).expect("text")
    }
}

fn program(config: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trubka-gateway"));
    let (before, after) = match arguments {
        ["token", what, rest @ ..] => (vec!["token", *what], rest),
        ["cert", what, rest @ ..] => (vec!["cert", *what], rest),
        [what, rest @ ..] => (vec![*what], rest),
        [] => (Vec::new(), arguments),
    };
    command.args(before).arg("--config").arg(config).args(after);
    command.env("TRUBKA_TEST_RT_ID", CLIENT_ID).env_remove("RUST_LOG");
    command
}

impl Program {
    /// Runs a command to its end.
    pub(crate) fn run(config: &Path, arguments: &[&str]) -> Ran {
        Ran(program(config, arguments).output().expect("runs"))
    }

    /// Starts `serve` and waits until it listens.
    pub(crate) async fn serve(config: &Path) -> Self {
        let config = config.to_owned();
        tokio::task::spawn_blocking(move || {
            let mut command = program(&config, &["serve"]);
            let log = std::fs::File::create(config.with_extension("log")).expect("is made");
            let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().expect("starts");
            let mut line = String::new();
            BufReader::new(child.stdout.take().expect("is piped")).read_line(&mut line).expect("is read");
            let address = line.trim().strip_prefix("listening on ").expect("says where it listens").to_owned();
            Self { child, address }
        })
        .await
        .expect("starts")
    }

    /// Where it listens.
    pub(crate) fn socket(&self) -> std::net::SocketAddr {
        self.address.rsplit('/').next().and_then(|address| address.parse().ok()).expect("an address")
    }

    /// Kills it, as a power cut would.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("is killed");
        self.child.wait().expect("has ended");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A configuration with connection `rt1` whose secrets come from a file and the environment.
pub(crate) fn config_file(folder: &Path, top: &str) -> PathBuf {
    config_with_vendor(folder, top, "http://127.0.0.1:9")
}

fn config_with_vendor(folder: &Path, top: &str, vendor: &str) -> PathBuf {
    std::fs::write(folder.join("rt.key"), format!("{KEY}\n")).expect("is written");
    let listen = if top.contains("listen =") { "" } else { "listen = \"127.0.0.1:0\"\n" };
    let text = format!(
        r#"{listen}{top}
data_dir = "data"
log = {{ kind = "sqlite" }}
[[connection]]
id = "rt1"
pbx = "rostelecom"
zone = "UTC"
base_url = "{vendor}"
secrets = {{ client_id = {{ env = "TRUBKA_TEST_RT_ID" }}, key = {{ file = "rt.key" }} }}
[[line]]
connection = "rt1"
number = "+74951234567"
title = "Продажи"
groups = ["sales"]
[[group]]
id = "sales"
rings = true
"#
    );
    let path = folder.join("gateway.toml");
    std::fs::write(&path, text).expect("is written");
    path
}

#[tokio::test]
async fn tokens_are_issued_listed_and_revoked_while_the_gateway_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config_file(folder.path(), "");
    let program = Program::serve(&config).await;
    let issue = [
        "token",
        "issue",
        "--name",
        "Анна",
        "--role",
        "agent",
        "--extension",
        "rt1:sip:101@pbx.example",
        "--group",
        "sales",
    ];
    let secret = Program::run(&config, &[&issue[..], &["--expires", "90d"]].concat()).succeeded();
    assert_eq!(secret.lines().count(), 1, "the token alone: {secret}");
    let listed = Program::run(&config, &["token", "list"]).succeeded();
    let fields: Vec<&str> = listed.trim_end().split('\t').collect();
    assert_eq!(fields[1..4], ["agent", "Анна", "rt1:101"]);
    assert!(fields[4].parse::<Timestamp>().is_ok_and(|end| end > Timestamp::now()), "{listed}");
    assert!(!listed.contains(secret.trim()));

    let mut desk = Desk::resume(program.socket(), secret.trim(), serde_json::Value::Null).await;
    assert_eq!(desk.frame().await["you"]["name"], "Анна");
    Program::run(&config, &["token", "revoke", fields[0]]).succeeded();
    let closed = tokio::time::timeout(Duration::from_secs(5), desk.close_code()).await;
    assert_eq!(closed, Ok(4401));
    assert_eq!(Program::run(&config, &["token", "list"]).succeeded(), "");
    let again = Program::run(&config, &["token", "revoke", fields[0]]).failed();
    assert!(again.contains("there is no token"), "{again}");
}

#[test]
fn a_token_for_what_is_not_configured_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config_file(folder.path(), "");
    let issue = |extra: &[&str]| {
        Program::run(&config, &[&["token", "issue", "--name", "Анна", "--role", "agent"][..], extra].concat()).failed()
    };
    assert!(issue(&["--extension", "rt9:101"]).contains("there is no connection \"rt9\""));
    for wrong in ["101", "rt1:", "rt1:1 01", "rt1:101,102", "rt1:rt1:101"] {
        assert!(issue(&["--extension", wrong]).contains("CONNECTION:EXT"), "{wrong}");
    }
    assert!(issue(&["--expires", "soon"]).contains("90d"));
}

const MESSAGE: &str = "POST /call_events HTTP/1.1\r\nHost: calls.example.org\r\nContent-Type: application/json\r\n";

#[tokio::test]
async fn a_message_is_signed_verified_and_replayed() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config_file(folder.path(), "");
    let body = event("s1", "new", None, Timestamp::now()).to_string();
    let plain = folder.path().join("plain.http");
    std::fs::write(&plain, format!("{MESSAGE}Content-Length: {}\r\n\r\n{body}", body.len())).expect("is written");
    let on = |command: &str, file: &Path, more: &[&str]| {
        let file = file.to_str().expect("text");
        Program::run(&config, &[&[command, "--connection", "rt1", "--request", file][..], more].concat())
    };
    assert!(on("verify", &plain, &[]).failed().contains("X-Client-Sign is missing"));
    let signed = on("sign", &plain, &[]).succeeded();
    let sign = signature(body.as_bytes());
    assert!(signed.contains(&format!("\r\nX-Client-Sign: {sign}\r\n")), "{signed}");
    assert!(signed.starts_with(MESSAGE) && signed.ends_with(&format!("\r\n\r\n{body}")), "{signed}");
    let file = folder.path().join("signed.http");
    std::fs::write(&file, &signed).expect("is written");
    on("verify", &file, &[]).succeeded();
    assert!(on("sign", &file, &[]).failed().contains("bears a signature already"));
    let flipped = folder.path().join("flipped.http");
    std::fs::write(&flipped, signed.replacen("\"new\"", "\"nev\"", 1)).expect("is written");
    assert!(on("verify", &flipped, &[]).failed().contains("does not match the body"));

    let program = Program::serve(&config).await;
    let to = ["--to", program.address.as_str()];
    assert!(on("replay", &plain, &to).succeeded().starts_with("200 "), "signed first");
    assert!(on("replay", &file, &to).succeeded().starts_with("200 "), "and known");
    let refused = on("replay", &flipped, &to);
    assert!(refused.failed().is_empty());
}

#[tokio::test]
async fn check_asks_the_pbx() {
    let (_vendor, base) = Vendor::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let config = config_with_vendor(folder.path(), "", base.as_str());
    let checked = tokio::task::spawn_blocking(move || Program::run(&config, &["check", "--json"])).await.expect("ends");
    let findings: serde_json::Value = serde_json::from_str(&checked.succeeded()).expect("JSON");
    assert_eq!((&findings[0]["connection"], &findings[0]["ok"]), (&"rt1".into(), &true.into()), "{findings}");

    assert!(findings[0]["tookMs"].is_u64(), "{findings}");

    let silent = config_file(folder.path(), "");
    let checked = Program::run(&silent, &["check", "--connection", "rt1", "--json"]);
    assert_eq!(checked.failed(), "");
    assert!(Program::run(&silent, &["check", "--connection", "rt9"]).failed().contains("there is none"));
}

/// The finding of this check among what `check --json` says.
fn own<'a>(findings: &'a serde_json::Value, check: &str) -> &'a serde_json::Value {
    let found = findings.as_array().expect("a list").iter().find(|finding| finding["check"] == check);
    found.unwrap_or_else(|| panic!("no {check} in {findings}"))
}

fn checked(config: &Path) -> serde_json::Value {
    serde_json::from_str(&Program::run(config, &["check", "--json"]).stdout()).expect("JSON")
}

#[tokio::test]
async fn check_proves_what_the_gateway_itself_needs() {
    let (_vendor, base) = Vendor::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    // A port that nobody else takes meanwhile.
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|taken| taken.local_addr()).expect("a port").port();
    let top = format!("listen = \"127.0.0.1:{port}\"\npublic_url = \"http://127.0.0.1:{port}\"");
    let config = config_with_vendor(folder.path(), &top, base.as_str());
    let text = std::fs::read_to_string(&config).expect("is read");
    let text = text.replacen("base_url", "path_token = { file = \"path\" }\nbase_url", 1);
    std::fs::write(&config, &text).expect("is written");
    std::fs::write(folder.path().join("path"), "another-word").expect("is written");
    let check = |config: &Path| {
        let config = config.to_owned();
        async move { tokio::task::spawn_blocking(move || checked(&config)).await.expect("ends") }
    };
    let before = check(&config).await;
    for (name, ok, reason) in [
        ("database", true, "works"),
        ("secrets", true, "works"),
        ("clock", true, "works"),
        ("address", false, "unreachable"),
    ] {
        let finding = own(&before, name);
        assert_eq!((&finding["ok"], &finding["reason"]), (&ok.into(), &reason.into()), "{before}");
    }
    assert!(own(&before, "address")["detail"].as_str().is_some_and(|detail| detail.contains("trubka-gateway serve")));
    assert!(!folder.path().join("data").exists(), "looking makes nothing");

    let _program = Program::serve(&config).await;
    let serving = check(&config).await;
    for name in ["address", "hook", "database"] {
        assert_eq!(own(&serving, name)["reason"], "works", "{serving}");
    }
    assert_eq!(own(&serving, "hook")["hook"], "rt1", "{serving}");
    assert!(!serving.to_string().contains("another-word"), "the word is a secret: {serving}");
    let moved = folder.path().join("moved.toml");
    std::fs::write(&moved, text.replacen("path_token", "# path_token", 1)).expect("is written");
    let moved = check(&moved).await;
    assert_eq!((&own(&moved, "hook")["ok"], &own(&moved, "hook")["reason"]), (&false.into(), &"unknownHook".into()));

    std::fs::write(folder.path().join("path"), "a word/that fits nowhere").expect("is written");
    std::fs::write(folder.path().join("data").join("cache.key"), "no key").expect("is written");
    let spoilt = check(&config).await;
    assert_eq!(own(&spoilt, "secrets")["reason"], "unreadable", "{spoilt}");
    let alone = ["check", "--connection", "rt1", "--json"];
    let alone = tokio::task::spawn_blocking(move || Program::run(&config, &alone).stdout()).await.expect("ends");
    assert_eq!(serde_json::from_str::<serde_json::Value>(&alone).expect("JSON").as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_wrong_zone_and_a_line_that_is_not_listed_are_said_everywhere_and_logged_once() {
    let (_vendor, base) = Vendor::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let config = config_with_vendor(folder.path(), "", base.as_str());
    let token = Program::run(&config, &["token", "issue", "--name", "Ольга", "--role", "admin"]).succeeded();
    let program = Program::serve(&config).await;
    // The settings say UTC, the PBX writes the time of Moscow.
    for session in 0..6 {
        let mut told =
            event(&format!("s{session}"), "new", None, Timestamp::now() + jiff::SignedDuration::from_hours(3));
        told["request_number"] = "+74957654321".into();
        assert_eq!(post(program.socket(), &told).await.status, 200);
    }
    let bearer = format!("Bearer {}", token.trim());
    let get =
        async |path: &str| send(program.socket(), &request("GET", path, &[("Authorization", &bearer)], b"")).await;
    let connection = get("/v1/connections").await.json()["connections"][0].clone();
    assert_eq!(connection["warnings"], serde_json::json!(["wrongZone", "unlistedLine"]), "{connection}");
    let detail = connection["detail"].as_str().expect("in words");
    assert!(detail.contains("zone = \"Europe/Moscow\"") && detail.contains("+74957654321"), "{detail}");
    let metrics = get("/metrics").await.text();
    for line in [
        "trubka_connection_warnings{connection=\"rt1\",kind=\"wrongZone\"} 1\n",
        "trubka_connection_warnings{connection=\"rt1\",kind=\"clock\"} 0\n",
        "trubka_connection_warnings{connection=\"rt1\",kind=\"unlistedLine\"} 1\n",
    ] {
        assert!(metrics.contains(line), "{line} in {metrics}");
    }
    let log = std::fs::read_to_string(config.with_extension("log")).expect("is read");
    assert_eq!(log.matches("the zone of a connection is wrong").count(), 1, "{log}");
    assert_eq!(log.matches("a line that the configuration does not list").count(), 1, "{log}");
    assert!(!log.contains("4957654321"), "no numbers: {log}");
    let path = config.clone();
    let findings = tokio::task::spawn_blocking(move || checked(&path)).await.expect("ends");
    let warnings = findings[0]["warnings"].to_string();
    assert!(warnings.contains("Europe/Moscow") && warnings.contains("+74957654321"), "{findings}");
    assert_eq!(findings[0]["ok"], true, "it warns");
}

#[test]
fn a_connection_that_cannot_be_asked_does_not_hide_the_next() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config_file(folder.path(), "");
    let mut text = std::fs::read_to_string(&config).expect("is read");
    text.push_str("[[connection]]\nid = \"m1\"\npbx = \"mango-client\"\nbase_url = \"http://127.0.0.1:9\"\n");
    text.push_str("secrets = { token = { env = \"TRUBKA_TEST_RT_ID\" } }\n");
    std::fs::write(&config, text).expect("is written");
    std::fs::remove_file(folder.path().join("rt.key")).expect("is removed");
    let checked = Program::run(&config, &["check", "--json"]);
    assert_eq!(checked.failed(), "");
    let findings: serde_json::Value = serde_json::from_str(&checked.stdout()).expect("JSON");
    assert_eq!((&findings[0]["ok"], &findings[0]["reason"]), (&false.into(), &"misconfigured".into()), "{findings}");
    assert!(findings[0]["detail"].as_str().is_some_and(|detail| detail.contains("secret \"key\"")), "{findings}");
    assert_eq!((&findings[1]["connection"], &findings[1]["reason"]), (&"m1".into(), &"unreachable".into()));
}

#[tokio::test]
async fn the_reference_of_a_refusal_stands_in_the_log() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config_file(folder.path(), "");
    let program = Program::serve(&config).await;
    let log = || std::fs::read_to_string(config.with_extension("log")).expect("is read");
    for request in [request("GET", "/v1/calls", &[], b""), request("POST", "/hook/rt1/call_events", &[], b"{}")] {
        let answer = send(program.socket(), &request).await;
        let reference = answer.json()["reference"].as_str().expect("a reference").to_owned();
        assert!(log().contains(&reference), "{}", log());
    }
    for _ in 0..20 {
        send(program.socket(), &request("GET", "/v1/calls", &[], b"")).await;
    }
    assert!(log().matches("refused").count() < 20, "a flood is not written out: {}", log());
}

#[test]
fn what_is_wrong_with_the_configuration_is_told_before_anything_starts() {
    let folder = tempfile::tempdir().expect("a folder");
    let serve = |top: &str| Program::run(&config_file(folder.path(), top), &["serve"]).failed();
    assert!(serve("listen = \"0.0.0.0:0\"").contains("plain HTTP beyond this computer"));
    assert!(serve("colour = 1").contains("line 2, column 1: unknown field `colour`"));
    let config = config_file(folder.path(), "");
    std::fs::remove_file(folder.path().join("rt.key")).expect("is removed");
    let message = Program::run(&config, &["serve"]).failed();
    assert!(message.contains("connection \"rt1\", secret \"key\": the file"), "{message}");
    let absent = Program::run(Path::new("/nonexistent/gateway.toml"), &["serve"]).failed();
    assert!(absent.contains("/nonexistent/gateway.toml: cannot be read"), "{absent}");
}

#[tokio::test]
async fn a_second_gateway_on_the_same_data_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config_file(folder.path(), "");
    let program = Program::serve(&config).await;
    let second = tokio::task::spawn_blocking(move || Program::run(&config, &["serve"]).failed()).await.expect("ends");
    assert!(second.contains("another running program uses this data folder"), "{second}");
    assert_eq!(post(program.socket(), &event("s1", "new", None, Timestamp::now())).await.status, 200);
    assert_eq!(send(program.socket(), &request("GET", "/healthz", &[], b"")).await.text(), "ok\n");
}
