//! `account` against a PBX of Zadarma's kind.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use axum::{Json, Router, extract::State, routing::any};
use http::{Method, Uri};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::cli::Program;

/// What the account was told.
#[derive(Clone, Default)]
struct Account {
    url: Arc<Mutex<String>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Account {
    async fn start() -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let account = Self::default();
        let router = Router::new().fallback(any(answer)).with_state(account.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.expect("serves") });
        (account, base)
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().expect("unpoisoned"))
    }
}

async fn answer(State(account): State<Account>, method: Method, uri: Uri, body: String) -> Json<Value> {
    let path = uri.path().trim_start_matches("/v1/").to_owned();
    account.asked.lock().expect("unpoisoned").push(format!("{method} {path}"));
    let switches = json!({"notify_start": "true", "notify_internal": "true", "notify_answer": "true",
        "notify_end": "true", "notify_out_start": "true", "notify_out_end": "true"});
    let mut url = account.url.lock().expect("unpoisoned");
    Json(match (method.as_str(), path.as_str()) {
        ("GET", "pbx/callinfo/") => json!({"status": "success", "url": *url, "notifications": switches}),
        ("POST", "pbx/callinfo/url/") => {
            let form: Vec<(String, String)> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
            let given = form.into_iter().find(|(name, _)| name == "url").expect("an address").1;
            url.clone_from(&given);
            json!({"status": "success", "url": given})
        }
        ("POST", "pbx/callinfo/notifications/") => json!({"status": "success", "notifications": switches}),
        ("GET", "info/balance/") => json!({"status": "success", "balance": 10.34, "currency": "USD"}),
        ("GET", "info/timezone/") => {
            json!({"status": "success", "unixtime": 1772355600, "datetime": "2026-03-01 12:00:00", "timezone": "UTC+3"})
        }
        ("GET", "statistics/") => json!({"status": "success", "stats": [
            {"id": "1", "from": "101", "billcost": "0.01"}, {"id": "2", "to": "442037691880"},
        ]}),
        ("POST", "sms/send/") => json!({"status": "success", "messages": 1, "cost": 0.24, "currency": "USD",
            "denied_numbers": [{"number": "79161234567", "message": "Not available"}]}),
        _ => json!({"status": "error", "message": "Wrong method name"}),
    })
}

fn config(folder: &Path, base: &str) -> PathBuf {
    std::fs::write(folder.join("word"), "word").expect("is written");
    let text = format!(
        r#"listen = "127.0.0.1:0"
public_url = "https://calls.example.org/trubka"
data_dir = "data"
log = {{ kind = "sqlite" }}
[[connection]]
id = "zd1"
pbx = "zadarma"
base_url = "{base}"
path_token = {{ file = "word" }}
secrets = {{ key = {{ file = "word" }}, secret = {{ file = "word" }} }}
"#
    );
    let path = folder.join("gateway.toml");
    std::fs::write(&path, text).expect("is written");
    path
}

const OWN: &str = "https://calls.example.org/trubka/hook/zd1/word";

#[tokio::test(flavor = "multi_thread")]
async fn another_programs_address_is_named_and_replaced_only_if_that_is_said() {
    let (account, base) = Account::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let config = config(folder.path(), &base);
    let run = |arguments: &[&str]| {
        let arguments: Vec<&str> = ["account", "--connection", "zd1"].iter().chain(arguments).copied().collect();
        Program::run(&config, &arguments)
    };
    assert!(run(&["webhooks"]).succeeded().starts_with("no address\n"));
    assert!(Program::run(&config, &["check", "--connection", "zd1"]).stdout().contains("posts its events nowhere"));
    *account.url.lock().expect("unpoisoned") = "https://crm.example/secret/hook".to_owned();
    account.asked();
    let refused = run(&["set-webhooks"]).failed();
    assert!(refused.contains("crm.example") && refused.contains("--replace"), "{refused}");
    assert!(!refused.contains("secret"), "its path may be a key");
    assert_eq!(account.asked(), ["GET pbx/callinfo/"], "nothing was changed");
    let warned = Program::run(&config, &["check", "--connection", "zd1"]).stdout();
    assert!(warned.contains("another address"), "{warned}");
    account.asked();
    let told = run(&["set-webhooks", "--replace"]).succeeded();
    assert!(told.contains(OWN) && told.contains("notify_start\ton"), "{told}");
    let asked =
        ["GET pbx/callinfo/", "POST pbx/callinfo/url/", "POST pbx/callinfo/notifications/", "GET pbx/callinfo/"];
    assert_eq!(account.asked(), asked);
    assert!(!Program::run(&config, &["check", "--connection", "zd1"]).stdout().contains("WARNS"));
    assert!(run(&["set-webhooks"]).succeeded().contains(OWN), "its own address is no other program's");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_account_tells_is_printed_in_lines_and_as_json() {
    let (account, base) = Account::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let config = config(folder.path(), &base);
    let run = |arguments: &[&str]| {
        let arguments: Vec<&str> = ["account", "--connection", "zd1"].iter().chain(arguments).copied().collect();
        Program::run(&config, &arguments)
    };
    assert_eq!(run(&["balance"]).succeeded(), "10.34 USD\n");
    assert_eq!(run(&["time-zone"]).succeeded(), "Europe/Moscow\tUTC+3\n");
    let rows = run(&["statistics", "general", "--from", "2026-03-01", "--to", "2026-03-02"]).succeeded();
    assert_eq!(rows, "billcost\tfrom\tid\tto\n0.01\t101\t1\t\n\t\t2\t442037691880\n");
    let json: Value = serde_json::from_str(
        &run(&["--json", "statistics", "cost", "--from", "2026-03-01", "--to", "2026-03-02"]).succeeded(),
    )
    .expect("JSON");
    assert_eq!(json["rows"][1]["to"], "442037691880");
    let sent = run(&["sms", "+442037691880", "+79161234567"]).failed();
    assert!(sent.contains("a message needs a text"), "stdin is empty: {sent}");
    let unsupported = run(&["channels"]).failed();
    assert!(unsupported.contains("cannot tell its busy channels"), "{unsupported}");
    let refused = run(&["tariff"]).failed();
    assert!(refused.contains("Wrong method name"), "in the PBX's words: {refused}");
    assert!(account.asked().iter().all(|asked| !asked.contains("sms")), "what cannot be meant is not sent");
}
