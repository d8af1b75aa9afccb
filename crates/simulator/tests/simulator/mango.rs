//! MANGO's requests and their order: what is answered, and what is refused.

use serde_json::{Value, json};
use trubka_simulator::{Simulator, SimulatorConfig};

use crate::client::{Answer, get, post};
use crate::office;

/// A user of the integration with his socket.
pub(crate) struct User {
    pub(crate) extension: &'static str,
    pub(crate) socket: Socket,
}

pub(crate) type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

pub(crate) async fn ask(simulator: &Simulator, path: &str, body: Value) -> Answer {
    let access = office::mango(simulator);
    let bearer = format!("Bearer {}", access.secret("token"));
    post(&format!("{}{path}", access.url), &[("Authorization", &bearer)], &body.to_string()).await
}

pub(crate) fn code(answer: &Answer) -> i64 {
    answer.json()["Result"]["code"].as_i64().expect("a code")
}

/// Asks for a channel and opens it.
pub(crate) async fn open(simulator: &Simulator, extension: &str) -> Socket {
    let channel = ask(simulator, "/v1/channel/", json!({"extension": extension})).await.json();
    let url = channel["url"].as_str().expect("a channel");
    tokio_tungstenite::connect_async(url).await.expect("an open channel").0
}

/// Registers until nothing is left; everything that was missed.
pub(crate) async fn drain(simulator: &Simulator, extension: &str) -> Vec<Value> {
    let mut missed = Vec::new();
    loop {
        let answer = ask(simulator, "/v1/session/register", json!({"extension": extension, "LIMIT": 3})).await;
        match code(&answer) {
            0 => missed.extend(answer.json()["events"].as_array().expect("a batch").clone()),
            109 => return missed,
            other => panic!("register answered {other}"),
        }
    }
}

impl User {
    /// Creates, opens and drains.
    pub(crate) async fn of(simulator: &Simulator, extension: &'static str) -> Self {
        assert_eq!(code(&ask(simulator, "/v1/users/create", json!({"extension": extension})).await), 0);
        let socket = open(simulator, extension).await;
        drain(simulator, extension).await;
        Self { extension, socket }
    }
}

#[tokio::test]
async fn a_wrong_or_missing_token_is_401_with_its_code() {
    let simulator = office::start().await;
    let access = office::mango(&simulator);
    let url = format!("{}/v1/channel/", access.url);
    for headers in [vec![], vec![("Authorization", "Bearer wrong")], vec![("Authorization", access.secret("token"))]] {
        let answer = post(&url, &headers, r#"{"extension":"202"}"#).await;
        assert_eq!((answer.status, code(&answer)), (401, 3105));
    }
}

#[tokio::test]
async fn the_order_is_create_channel_socket_register() {
    let simulator = office::start().await;
    let extension = json!({"extension": "202"});
    assert_eq!(code(&ask(&simulator, "/v1/channel/", extension.clone()).await), 3300);
    assert_eq!(code(&ask(&simulator, "/v1/session/register", extension.clone()).await), 3300);
    assert_eq!(code(&ask(&simulator, "/v1/users/create", extension.clone()).await), 0);
    let early = ask(&simulator, "/v1/session/register", extension.clone()).await;
    assert_eq!((early.status, code(&early)), (400, 4000));
    assert_eq!(code(&ask(&simulator, "/v1/channel/", extension.clone()).await), 0);
    assert_eq!(code(&ask(&simulator, "/v1/session/register", extension.clone()).await), 4000, "no socket yet");
    let _socket = open(&simulator, "202").await;
    let empty = ask(&simulator, "/v1/session/register", extension.clone()).await;
    assert_eq!((empty.status, code(&empty)), (404, 109), "no data is a 4xx");
    assert_eq!(code(&ask(&simulator, "/v1/session/unregister/", extension).await), 0);
}

#[tokio::test]
async fn a_channel_opens_one_socket() {
    let simulator = office::start().await;
    ask(&simulator, "/v1/users/create", json!({"extension": "202"})).await;
    let channel = ask(&simulator, "/v1/channel", json!({"extension": "202"})).await.json();
    let url = channel["url"].as_str().expect("a channel");
    let _first = tokio_tungstenite::connect_async(url).await.expect("an open channel");
    assert!(tokio_tungstenite::connect_async(url).await.is_err());
    assert!(tokio_tungstenite::connect_async(url.replace("/channel/", "/channel/0")).await.is_err());
}

#[tokio::test]
async fn paths_come_with_and_without_version_and_slash() {
    let simulator = office::start().await;
    let extension = || json!({"extension": "202"});
    for path in ["/users/create", "/v1/users/create", "/v1/users/create/"] {
        assert_eq!(code(&ask(&simulator, path, extension()).await), 0, "{path}");
    }
    assert_eq!(code(&ask(&simulator, "/session/ping", json!({})).await), 0);
    let made = ask(&simulator, "/v1/integration/create", json!({"name": "Trubka"})).await.json();
    assert_eq!(made["token"], office::mango(&simulator).secret("token"));
    let again = ask(&simulator, "/integration/create", json!({"name": "Trubka"})).await;
    assert_eq!(code(&again), 3106, "one for each external system");
    let without_base = office::mango(&simulator).url.replace("/api", "/v1/channel/");
    let bearer = format!("Bearer {}", office::mango(&simulator).secret("token"));
    let answer = post(&without_base, &[("Authorization", &bearer)], r#"{"extension":202}"#).await;
    assert_eq!(code(&answer), 0);
}

#[tokio::test]
async fn wrong_requests_have_codes_of_their_class() {
    let simulator = office::start().await;
    ask(&simulator, "/v1/users/create", json!({"extension": "202"})).await;
    let of = async |path, body| code(&ask(&simulator, path, body).await);
    assert_eq!(of("/v1/users/create", json!({"extension": "999"})).await, 3330);
    assert_eq!(of("/v1/users/create", json!({})).await, 3103);
    assert_eq!(of("/v1/hangup", json!({})).await, 3100);
    let transfer = |to| json!({"extension": "202", "call_id": "a", "DESTINATION_NUMBER": to});
    assert_eq!(of("/v1/transfer", transfer("201")).await, 4101);
    assert_eq!(of("/v1/transfer", transfer("299")).await, 3330);
    assert_eq!(of("/v1/callback", json!({"extension": "202"})).await, 3103);
    assert_eq!(of("/v1/callback", json!({"extension": "202", "DESTINATION_NUMBER": "Maria"})).await, 3200);
    assert_eq!(of("/v1/session/register", json!({"extension": "202", "LIMIT": 0})).await, 3104);
    let access = office::mango(&simulator);
    let bearer = format!("Bearer {}", access.secret("token"));
    let broken = post(&format!("{}/v1/channel/", access.url), &[("Authorization", &bearer)], "{").await;
    assert_eq!((broken.status, code(&broken)), (400, 3400));
    let by_get = get(&format!("{}/v1/channel/", access.url), &[("Authorization", &bearer)]).await;
    assert_eq!((by_get.status, code(&by_get)), (405, 3101));
}

#[tokio::test]
async fn the_first_registration_drains_the_calls_of_past_days_with_their_recordings() {
    let simulator =
        Simulator::start(SimulatorConfig { history: true, ..office::config() }).await.expect("two free ports");
    let mut missed = Vec::new();
    for extension in ["201", "202", "203"] {
        ask(&simulator, "/v1/users/create", json!({"extension": extension})).await;
        let _socket = open(&simulator, extension).await;
        missed.extend(drain(&simulator, extension).await);
        assert!(drain(&simulator, extension).await.is_empty(), "what was drained is gone");
    }
    assert!(missed.iter().any(|event| event["data"]["is_group_disconnect"] == true));
    let record = missed.iter().find(|event| event["data"]["status"] == "AVAILABLE").expect("a recorded call");
    let url = record["data"]["url"].as_str().expect("a link");
    assert_eq!(get(url, &[]).await.status, 401);
    let bearer = format!("Bearer {}", office::mango(&simulator).secret("token"));
    let audio = get(url, &[("Authorization", &bearer)]).await;
    assert_eq!((audio.status, audio.body.len()), (200, audio.length()));
    assert_eq!(get(url, &[("Authorization", &bearer)]).await.status, 200, "a stable link");
    let asked = ask(&simulator, "/v1/record", json!({"recording_id": record["data"]["recording_id"]})).await;
    assert_eq!(asked.json()["url"], url);
    let unknown = ask(&simulator, "/v1/record", json!({"recording_id": "none"})).await;
    assert_eq!((unknown.status, unknown.body.len()), (404, 0), "no data is an empty 4xx");
}
