//! Rostelecom's API: what it answers, and what it refuses.

use serde_json::Value;
use trubka_simulator::{Make, Simulator, SimulatorConfig, Timing};

use crate::client::{ask, digest, get, post, request};
use crate::hook::Hook;
use crate::office;

const CALL_BACK: &str = r#"{"request_number": "+79001234567","from_pin": "202"}"#;

#[tokio::test]
async fn a_wrong_id_is_401_and_a_wrong_signature_403() {
    let simulator = office::start().await;
    let access = office::rostelecom(&simulator);
    let url = format!("{}/call_back", access.url);
    let id = ("X-Client-ID", access.secret("client_id"));
    let right = digest(&access, CALL_BACK);
    let sign = ("X-Client-Sign", right.as_str());
    let other = digest(&access, "{}");
    let upper = right.to_uppercase();

    assert_eq!(post(&url, &[sign], CALL_BACK).await.status, 401);
    assert_eq!(post(&url, &[("X-Client-ID", "0A1B"), sign], CALL_BACK).await.status, 401);
    assert_eq!(post(&url, &[id, id, sign], CALL_BACK).await.status, 401);
    assert_eq!(post(&url, &[id], CALL_BACK).await.status, 403);
    assert_eq!(post(&url, &[id, ("X-Client-Sign", &other)], CALL_BACK).await.status, 403);
    assert_eq!(post(&url, &[id, ("X-Client-Sign", &upper)], CALL_BACK).await.status, 403);
    assert_eq!(post(&url, &[id, sign, sign], CALL_BACK).await.status, 403);
    let reserialised = r#"{"request_number":"+79001234567","from_pin":"202"}"#;
    assert_eq!(post(&url, &[id, sign], reserialised).await.status, 403);
    assert!(simulator.phones().views().iter().all(|phone| phone.shows.is_none()), "nothing rang");
    assert_eq!(post(&url, &[id, sign], CALL_BACK).await.status, 200);
}

#[tokio::test]
async fn only_known_methods_by_post_with_json_are_answered() {
    let simulator = office::start().await;
    let access = office::rostelecom(&simulator);
    assert_eq!(ask(&access, "hang_up", "{}").await.status, 404);
    assert_eq!(ask(&access, "call_info", "{").await.status, 400);
    assert_eq!(get(&format!("{}/users_info", access.url), &[]).await.status, 405);
}

#[tokio::test]
async fn results_are_texts_and_failures_are_http_200() {
    let simulator = office::start().await;
    let access = office::rostelecom(&simulator);
    let nobody = ask(&access, "call_back", r#"{"request_number":"+79001234567","from_pin":"999"}"#).await;
    assert_eq!((nobody.status, &nobody.json()["result"]), (200, &Value::from("-20")));
    assert!(nobody.json().get("session_id").is_none());
    let unknown = ask(&access, "get_record", r#"{"session_id":"00000000-0000-0000-0000-000000000000"}"#).await;
    assert_eq!((unknown.status, &unknown.json()["result"]), (200, &Value::from("1")));
    let users = ask(&access, "users_info", r#"{"domain":"office.example","user_pin":"202"}"#).await.json();
    assert_eq!((&users["result"], &users["users"][0]["name"]), (&Value::from("0"), &Value::from("petr")));
    assert_eq!(ask(&access, "users_info", r#"{"domain":"other.example"}"#).await.json()["result"], "1");
}

#[tokio::test]
async fn a_recording_has_a_link_that_works_once_and_from_one_address() {
    let simulator = office::start().await;
    let access = office::rostelecom(&simulator);
    let mut hook = Hook::of(&simulator).await;
    let line = r#"{"make":"rostelecom","call":"answered","from":"+79001234567","recording":"en"}"#;
    office::play(&simulator, line).await.expect("it plays");
    let session = hook.call().await[0]["session_id"].as_str().expect("a session").to_owned();
    let wanted = format!(r#"{{"session_id":"{session}"}}"#);
    while ask(&access, "get_record", &wanted).await.json()["result"] != "0" {
        tokio::task::yield_now().await;
    }

    let by_query = format!("{}/get_record?session_id={session}", access.url);
    let (id, empty) = (("X-Client-ID", access.secret("client_id")), digest(&access, ""));
    assert_eq!(get(&by_query, &[id]).await.status, 403);
    let asked = get(&by_query, &[id, ("X-Client-Sign", &empty)]).await.json();
    assert_eq!((&asked["result"], asked["url"].is_string()), (&Value::from("0"), true));
    let unnamed = get(&format!("{}/get_record", access.url), &[id, ("X-Client-Sign", &empty)]).await;
    assert_eq!(unnamed.status, 400);

    let answer = ask(&access, "get_record", &wanted).await.json();
    let url = answer["url"].as_str().expect("a link");
    let first = get(url, &[]).await;
    assert_eq!((first.status, first.body.len()), (200, first.length()));
    assert_eq!(first.body, include_bytes!("../../recordings/en.mp3"));
    assert_eq!(get(url, &[]).await.status, 404);

    let elsewhere = format!(r#"{{"session_id":"{session}","ip_adress":"127.0.0.2"}}"#);
    let answer = ask(&access, "get_record", &elsewhere).await.json();
    assert_eq!(get(answer["url"].as_str().expect("a link"), &[]).await.status, 403);
}

#[tokio::test]
async fn history_is_remembered_with_recordings_and_exported() {
    let config =
        SimulatorConfig { history: true, timing: Timing { speed: 2.0, ..Timing::default() }, ..office::config() };
    let simulator = Simulator::start(config).await.expect("two free ports");
    let access = office::rostelecom(&simulator);
    let mut hook = Hook::of(&simulator).await;
    let window = r#"{"date_start":"2020-01-01 00:00:00","date_end":"2100-01-01 00:00:00","direction":1,"state":1}"#;
    let ordered = ask(&access, "domain_call_history", window).await.json();
    assert_eq!(ordered["result"], "0");
    assert_eq!(ask(&access, "domain_call_history", window).await.json()["result"], "1", "ordered twice");
    let order = format!(r#"{{"order_id":{}}}"#, ordered["order_id"]);
    let early = ask(&access, "download_call_history", &order).await;
    assert!(early.body.starts_with(b"<html>"), "not ready yet");

    let announced = hook.next().await;
    assert!(announced.signed);
    assert_eq!(announced.path, "/hook/rt1/history_file_completed");
    assert_eq!(announced.json()["order_id"], ordered["order_id"]);
    let archive = ask(&access, "download_call_history", &order).await.body;
    assert!(archive.starts_with(b"PK\x03\x04"));
    let text = String::from_utf8_lossy(&archive);
    let rows: Vec<&str> = text.lines().filter(|line| line.contains(";1;1;1;")).collect();
    assert!(!rows.is_empty());

    let row = rows.iter().find(|row| row.contains(";true;")).expect("a recorded call");
    let session = row.split(';').next().expect("its session");
    let wanted = format!(r#"{{"session_id":"{session}"}}"#);
    let info = ask(&access, "call_info", &wanted).await.json()["info"].clone();
    assert_eq!((&info["state"], &info["is_record"]), (&Value::from("1"), &Value::from(true)));
    assert_eq!(ask(&access, "get_record", &wanted).await.json()["result"], "0");
}

#[tokio::test]
async fn a_body_of_broken_utf8_is_no_json() {
    let simulator = office::start().await;
    let access = office::rostelecom(&simulator);
    // Signed over the raw bytes, so only the reading can refuse it.
    let (id, body) = (access.secret("client_id").as_bytes(), b"{\"session_id\":\"\xff\"}");
    let digest = <sha2::Sha256 as sha2::Digest>::digest([id, body, access.secret("key").as_bytes()].concat());
    let sign: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let headers = [("X-Client-ID", access.secret("client_id")), ("X-Client-Sign", sign.as_str())];
    let answer = request("POST", &format!("{}/call_info", access.url), &headers, body).await.expect("an answer");
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn a_hook_on_another_computer_is_refused() {
    let config =
        SimulatorConfig { hooks: [(Make::ROSTELECOM, "http://192.0.2.1/hook".into())].into(), ..office::config() };
    let error = Simulator::start(config).await.expect_err("not loopback");
    assert!(error.to_string().contains("loopback"), "{error}");
    let config = SimulatorConfig { makes: [(Make::ROSTELECOM, ([0, 0, 0, 0], 0).into())].into(), ..office::config() };
    assert!(Simulator::start(config).await.is_err());
}
