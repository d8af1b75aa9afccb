//! The gateway gets its key from the PBX, once: by the command `introduce`, and asked by an admin.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
};

use axum::{Json, Router, extract::State, http::HeaderMap, routing::post};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::RwLock};

use crate::{cli::Program, setup::Office};

/// What MANGO was asked, by the names of integrations and the tokens of checks.
#[derive(Clone, Default)]
struct Mango {
    made: Arc<Mutex<Vec<String>>>,
    /// What it answers to the next request for an integration.
    answer: Arc<Mutex<Value>>,
    /// Held, it answers later.
    holds: Arc<RwLock<()>>,
}

async fn create(State(mango): State<Mango>, headers: HeaderMap, Json(body): Json<Value>) -> Json<Value> {
    assert!(!headers.contains_key("authorization"), "there is no token yet");
    mango.made.lock().expect("unpoisoned").push(body["name"].as_str().expect("a name").to_owned());
    let _turn = mango.holds.read().await;
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

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_has_the_key_made_once_and_it_lies_sealed_until_he_goes_on() {
    let (mango, base) = mango().await;
    let office = Office::empty().await;
    let ask = |id: &str, again: bool| {
        let body = json!({"name": "Office", "pbx": "mango-client", "baseUrl": base, "again": again});
        let path = format!("/v1/admin/connections/{id}/introduce");
        let office = &office;
        async move { office.ask("POST", &path, &body).await }
    };
    let (one, other) = tokio::join!(ask("mg1", false), ask("mg1", false));
    for told in [one, other] {
        assert_eq!((told.status, &told.json()["introduction"]), (200, &json!("given")), "{}", told.text());
        assert!(!told.text().contains("t0k3n"));
    }
    assert_eq!(*mango.made.lock().expect("unpoisoned"), ["Office"]);
    let elsewhere = ask("mg2", false).await;
    assert_eq!((elsewhere.status, &elsewhere.json()["part"]), (409, &json!("mg1")), "{}", elsewhere.text());
    let known = office.config().await["connections"][0].clone();
    assert_eq!((&known["paused"], &known["secrets"]), (&json!(true), &json!(["token"])));
    // He goes on without ever having seen it, and another start knows it.
    let put = json!({"pbx": "mango-client", "baseUrl": base});
    assert_eq!(office.ask("PUT", "/v1/admin/connections/mg1", &put).await.status, 200);
    let check = json!({"id": "mg1", "step": "key", "pbx": "mango-client", "baseUrl": base});
    let office = office.restart().await;
    let checked = office.ask("POST", "/v1/admin/connections/check", &check).await;
    assert_eq!(checked.json()["ok"], true, "{}", checked.text());
    let audit = office.ask("GET", "/v1/admin/audit", &Value::Null).await.text();
    assert!(audit.contains("askedForKey") && audit.contains("givenKey") && !audit.contains("t0k3n"), "{audit}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_is_told_what_came_of_it_and_a_lost_answer_is_not_asked_for_again_by_itself() {
    let (mango, base) = mango().await;
    let office = Office::empty().await;
    let ask = async |office: &Office, again: bool| {
        let body = json!({"name": "Office", "pbx": "mango-client", "baseUrl": base, "again": again});
        office.ask("POST", "/v1/admin/connections/mg1/introduce", &body).await
    };
    *mango.answer.lock().expect("unpoisoned") = json!({"Result": {"code": 3106, "message": "value in use"}});
    let refused = ask(&office, false).await;
    assert_eq!((refused.status, &refused.json()["error"]), (502, &json!("refused")), "{}", refused.text());
    assert!(refused.text().contains("value in use"));
    assert_eq!(office.config().await["connections"], json!([]), "nothing is left of it");
    *mango.answer.lock().expect("unpoisoned") = json!({"Result": {"code": 0}});
    assert_eq!(ask(&office, false).await.json()["introduction"], "asked");
    let office = office.restart().await;
    *mango.answer.lock().expect("unpoisoned") = json!({"Result": {"code": 0}, "token": "t0k3n"});
    assert_eq!(ask(&office, false).await.json()["introduction"], "asked", "nobody knows yet");
    assert_eq!(mango.made.lock().expect("unpoisoned").len(), 2);
    let resumed =
        office.ask("PUT", "/v1/admin/connections/mg1", &json!({"pbx": "mango-client", "baseUrl": base})).await;
    assert_eq!((resumed.status, &resumed.json()["field"]), (400, &json!("secrets")), "it has no key");
    assert_eq!(ask(&office, true).await.json()["introduction"], "given");
    let unnamed = json!({"name": "", "pbx": "mango-client", "baseUrl": base});
    let unnamed = office.ask("POST", "/v1/admin/connections/mg3/introduce", &unnamed).await;
    assert_eq!((unnamed.status, &unnamed.json()["field"]), (400, &json!("name")));
    let other = json!({"name": "Office", "pbx": "zadarma"});
    assert_eq!(office.ask("POST", "/v1/admin/connections/zd1/introduce", &other).await.status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_admin_makes_of_the_connection_meanwhile_stays_and_the_key_goes_to_no_other_address() {
    let (mango, base) = mango().await;
    let office = Office::empty().await;
    // The PBX is asked, another admin gives the connection another address and a key of his own, and then it answers.
    let meanwhile = async |id: &str, asked: usize| {
        let held = mango.holds.write().await;
        let path = format!("/v1/admin/connections/{id}");
        let ask = json!({"name": "Office", "pbx": "mango-client", "baseUrl": base});
        let introduce = format!("{path}/introduce");
        let change = async {
            while mango.made.lock().expect("unpoisoned").len() < asked {
                tokio::task::yield_now().await;
            }
            let own = json!({"pbx": "mango-client", "baseUrl": "http://127.0.0.1:9/api", "secrets": {"token": "own"},
                "paused": true});
            let put = office.ask("PUT", &path, &own).await;
            assert_eq!(put.status, 200, "{}", put.text());
            drop(held);
        };
        tokio::join!(office.ask("POST", &introduce, &ask), change).0
    };
    *mango.answer.lock().expect("unpoisoned") = json!({"Result": {"code": 3106, "message": "value in use"}});
    assert_eq!(meanwhile("mg1", 1).await.status, 502);
    let address = |config: &Value, at: usize| config["connections"][at]["baseUrl"].clone();
    assert_eq!(address(&office.config().await, 0), "http://127.0.0.1:9/api", "the other's stays");
    *mango.answer.lock().expect("unpoisoned") = json!({"Result": {"code": 0}, "token": "t0k3n"});
    let given = meanwhile("mg2", 2).await;
    assert_eq!((given.status, &given.json()["id"]), (200, &json!("mg2-2")), "{}", given.text());
    let config = office.config().await;
    let ids: Vec<&str> =
        config["connections"].as_array().expect("a list").iter().filter_map(|one| one["id"].as_str()).collect();
    assert_eq!(ids, ["mg1", "mg2", "mg2-2"]);
    assert_eq!((address(&config, 1), address(&config, 2)), (json!("http://127.0.0.1:9/api"), json!(base)));
    assert_eq!(config["connections"][2]["introduction"], "given");
}
