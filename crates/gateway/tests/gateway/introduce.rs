//! `introduce`: the program gets its key from the PBX, once.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
};

use axum::{Json, Router, extract::State, http::HeaderMap, routing::post};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::cli::Program;

/// What MANGO was asked, by the names of integrations and the tokens of checks.
#[derive(Clone, Default)]
struct Mango {
    made: Arc<Mutex<Vec<String>>>,
    /// What it answers to the next request for an integration.
    answer: Arc<Mutex<Value>>,
}

async fn create(State(mango): State<Mango>, headers: HeaderMap, Json(body): Json<Value>) -> Json<Value> {
    assert!(!headers.contains_key("authorization"), "there is no token yet");
    mango.made.lock().expect("unpoisoned").push(body["name"].as_str().expect("a name").to_owned());
    Json(mango.answer.lock().expect("unpoisoned").clone())
}

async fn channel(headers: HeaderMap) -> Json<Value> {
    let code = if headers["authorization"] == "Bearer t0k3n" { 3300 } else { 3105 };
    Json(json!({"Result": {"code": code}}))
}

async fn mango() -> (Mango, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}/api", listener.local_addr().expect("an address"));
    let mango = Mango::default();
    *mango.answer.lock().expect("unpoisoned") = json!({"Result": {"code": 0}, "token": "t0k3n"});
    let router = Router::new()
        .route("/api/v1/integration/create", post(create))
        .route("/api/v1/channel/", post(channel))
        .with_state(mango.clone());
    tokio::spawn(async move { axum::serve(listener, router).await.expect("serves") });
    (mango, base)
}

fn config(folder: &TempDir, base: &str) -> PathBuf {
    let path = folder.path().join("gateway.toml");
    let text = format!(
        "listen = \"127.0.0.1:0\"\ndata_dir = \"data\"\nlog = {{ kind = \"sqlite\" }}\n[[connection]]\nid = \"mg1\"\n\
         pbx = \"mango-client\"\nbase_url = \"{base}\"\nsecrets = {{ token = {{ file = \"mg1.token\" }} }}\n"
    );
    std::fs::write(&path, text).expect("written");
    path
}

async fn introduce(config: PathBuf) -> crate::cli::Ran {
    let run = move || Program::run(&config, &["introduce", "--connection", "mg1", "--name", "Office"]);
    tokio::task::spawn_blocking(run).await.expect("no panic")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_integration_is_made_once_and_its_token_kept() {
    let (mango, base) = mango().await;
    let folder = TempDir::new().expect("a folder");
    let config = config(&folder, &base);
    let token = folder.path().join("mg1.token");
    let said = introduce(config.clone()).await.succeeded();
    assert!(said.contains("Office") && !said.contains("t0k3n"), "{said}");
    assert_eq!(std::fs::read_to_string(&token).expect("kept"), "t0k3n");
    assert_eq!(*mango.made.lock().expect("unpoisoned"), ["Office"]);
    // Whoever comes next takes the token that is there, and proves it.
    for _ in 0..2 {
        let again = introduce(config.clone()).await.succeeded();
        assert!(again.contains("already") && again.contains("accepts the credentials"), "{again}");
    }
    assert_eq!(mango.made.lock().expect("unpoisoned").len(), 1);
    std::fs::write(&token, "another").expect("written");
    introduce(config).await;
    assert_eq!(mango.made.lock().expect("unpoisoned").len(), 1, "a wrong token is not replaced");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_pbx_refuses_leaves_nothing_and_what_is_not_known_leaves_the_file() {
    let (mango, base) = mango().await;
    let folder = TempDir::new().expect("a folder");
    let config = config(&folder, &base);
    let token = folder.path().join("mg1.token");
    *mango.answer.lock().expect("unpoisoned") = json!({"Result": {"code": 3106, "message": "value in use"}});
    let refused = introduce(config.clone()).await.failed();
    assert!(refused.contains("value in use") && !token.exists(), "{refused}");
    *mango.answer.lock().expect("unpoisoned") = json!({"Result": {"code": 0}});
    let unknown = introduce(config.clone()).await.failed();
    assert!(unknown.contains("account pages") && token.exists(), "{unknown}");
    let blocked = introduce(config).await.failed();
    assert!(blocked.contains("is empty"), "{blocked}");
    assert_eq!(mango.made.lock().expect("unpoisoned").len(), 2, "an integration may be there, so no other is made");
}
