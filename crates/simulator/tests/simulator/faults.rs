//! Every fault, seen from outside.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;
use trubka_simulator::{Fault, Make, Simulator};

use crate::client::{ask, get, request};
use crate::hook::Hook;
use crate::mango::{self, User, drain, open};
use crate::mango_calls::frame;
use crate::office;

const MISSED: &str = r#"{"make":"mango-client","call":"missed","from":"+79161234567","ring":"2s"}"#;
const RAW: &str = r#"{"make":"rostelecom","event":{"state":"new","session_id":"a"}}
{"make":"rostelecom","event":{"state":"calling","session_id":"a"}}
{"make":"rostelecom","event":{"state":"end","session_id":"a"}}"#;

async fn webhooks(fault: Fault, count: usize) -> Vec<Value> {
    let simulator = office::start().await;
    let mut hook = Hook::of(&simulator).await;
    simulator.fault(fault, true);
    office::play(&simulator, RAW);
    let mut events = Vec::new();
    for _ in 0..count {
        events.push(hook.next().await.json()["state"].clone());
    }
    events
}

async fn frames(fault: Fault, count: usize) -> Vec<String> {
    let simulator = office::start().await;
    let mut user = User::of(&simulator, "202").await;
    simulator.fault(fault, true);
    office::play(&simulator, MISSED);
    let mut frames = Vec::new();
    for _ in 0..count {
        frames.push(frame(&mut user.socket).await.expect("an open socket"));
    }
    frames
}

#[tokio::test]
async fn duplicates() {
    assert_eq!(webhooks(Fault::Duplicates, 6).await, ["new", "new", "calling", "calling", "end", "end"]);
    let frames = frames(Fault::Duplicates, 4).await;
    assert!(frames[0] == frames[1] && frames[2] == frames[3] && frames[1] != frames[2]);
}

#[tokio::test]
async fn reordering() {
    assert_eq!(webhooks(Fault::Reordering, 3).await, ["calling", "new", "end"]);
    let frames = frames(Fault::Reordering, 2).await;
    assert!(frames[0].contains("DISCONNECTED") && frames[1].contains("APPEARED"));
}

#[tokio::test]
async fn delay() {
    let began = Instant::now();
    let wait = Duration::from_millis(300);
    webhooks(Fault::Delay(wait), 3).await;
    assert!(began.elapsed() >= wait);
    let began = Instant::now();
    frames(Fault::Delay(wait), 1).await;
    assert!(began.elapsed() >= wait);
}

#[tokio::test]
async fn an_unknown_event_after_each() {
    let states = webhooks(Fault::UnknownEvent, 4).await;
    assert_eq!(states, ["new", "analytics-new", "calling", "analytics-calling"]);
    assert!(frames(Fault::UnknownEvent, 2).await[1].contains("/weather"));
}

#[tokio::test]
async fn half_of_every_event() {
    let frames = frames(Fault::HalfEvent, 1).await;
    assert!(serde_json::from_str::<Value>(&frames[0]).is_err());

    let simulator = office::start().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    simulator
        .set_hook(Make::ROSTELECOM, &format!("http://{}", listener.local_addr().expect("a port")))
        .expect("loopback");
    simulator.fault(Fault::HalfEvent, true);
    office::play(&simulator, RAW);
    let (mut stream, _) = listener.accept().await.expect("a connection");
    let mut text = String::new();
    tokio::io::AsyncReadExt::read_to_string(&mut stream, &mut text).await.expect("text up to the cut");
    let (head, body) = text.split_once("\r\n\r\n").expect("a whole head");
    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).expect("a length");
    assert_eq!(body.len(), length.parse::<usize>().expect("a number") / 2);
    assert!(head.to_lowercase().contains("x-client-sign"));
}

#[tokio::test]
async fn half_of_every_answer() {
    let simulator = office::start().await;
    simulator.fault(Fault::HalfAnswer, true);
    let answer = ask(&office::rostelecom(&simulator), "users_info", "{}").await;
    assert_eq!(answer.body.len(), answer.length() / 2);
    simulator.fault(Fault::HalfAnswer, false);
    let answer = ask(&office::rostelecom(&simulator), "users_info", "{}").await;
    assert_eq!(answer.body.len(), answer.length());
}

#[tokio::test]
async fn a_wrong_signature() {
    let simulator = office::start().await;
    let mut hook = Hook::of(&simulator).await;
    simulator.fault(Fault::WrongSignature, true);
    office::play(&simulator, RAW);
    assert!(!hook.next().await.signed);
}

#[tokio::test]
async fn a_failure_beside_a_session() {
    let simulator = office::start().await;
    let access = office::rostelecom(&simulator);
    simulator.fault(Fault::OddResult, true);
    let answer = ask(&access, "call_back", r#"{"request_number": "+79001234567","from_pin": "202"}"#).await.json();
    assert_eq!((&answer["result"], answer["session_id"].is_string()), (&Value::from("1"), true));
    assert_eq!(ask(&access, "users_info", "{}").await.json()["result"], "0", "there is no session in it");
}

#[tokio::test]
async fn reasons_in_words() {
    let simulator = office::start().await;
    let mut hook = Hook::of(&simulator).await;
    simulator.fault(Fault::ReasonText, true);
    let mut reason = async |script: &str| {
        office::play(&simulator, script).await.expect("it plays");
        let events = hook.call().await;
        let gone =
            events.iter().find(|event| event["state"].as_str().is_some_and(|state| state.trim() == "disconnected"));
        gone.expect("somebody left")["disconnect_reason"].clone()
    };
    let missed = r#"{"make":"rostelecom","call":"missed","from":"+79161234567","ring":"1s"}"#;
    assert_eq!(reason(missed).await, "Отбой вызывающего абонента");
    let answered = r#"{"make":"rostelecom","call":"answered","from":"+79161234567","talk":"1s"}"#;
    assert_eq!(reason(answered).await, "4");
    let busy = r#"{"make":"rostelecom","call":"callback-customer-busy","to":"+79161234567"}"#;
    assert_eq!(reason(busy).await, "Занято");
}

#[tokio::test]
async fn cut_sockets() {
    let simulator = office::start().await;
    let mut user = User::of(&simulator, "202").await;
    simulator.cut(None, "202");
    assert_eq!(frame(&mut user.socket).await, None);
    simulator.fault(Fault::Cut(Duration::from_millis(100)), true);
    let mut socket = open(&simulator, "202").await;
    assert_eq!(frame(&mut socket).await, None);
}

#[tokio::test]
async fn down_and_up_again() {
    let simulator = office::start().await;
    let access = office::rostelecom(&simulator);
    let mut user = User::of(&simulator, "202").await;
    let mut hook = Hook::of(&simulator).await;
    simulator.fault(Fault::Down(None), true);
    assert_eq!(frame(&mut user.socket).await, None, "the socket goes too");
    let refused = async || request("GET", &access.url, &[], b"").await.is_err();
    while !refused().await {
        tokio::task::yield_now().await;
    }
    office::play(&simulator, RAW).await.expect("it plays");
    office::eventually("three lost", || simulator.deliveries().lost == 3).await;

    simulator.fault(Fault::Down(None), false);
    while refused().await {
        tokio::task::yield_now().await;
    }
    office::play(&simulator, RAW);
    assert_eq!(hook.next().await.json()["state"], "new");
    open(&simulator, "202").await;
    simulator.fault(Fault::Down(Some(Make::MANGO_CLIENT)), true);
    assert_eq!(ask(&access, "users_info", "{}").await.status, 200, "the other make is up");
}

#[tokio::test]
async fn a_clock_that_is_off() {
    let simulator = office::start().await;
    let mut hook = Hook::of(&simulator).await;
    let off = jiff::SignedDuration::from_hours(3);
    simulator.fault(Fault::WrongClock(off), true);
    office::play(&simulator, r#"{"make":"rostelecom","call":"missed","ring":"1s"}"#);
    let text = hook.next().await.json()["timestamp"].as_str().expect("a time").replace(' ', "T") + "Z";
    let told: jiff::Timestamp = text.parse().expect("a time");
    assert!(told.duration_since(jiff::Timestamp::now()).as_mins() > 170);
    let frames = frames(Fault::WrongClock(off), 1).await;
    let frame: Value = serde_json::from_str(&frames[0]).expect("a frame");
    assert!(frame["data"]["timestamp"].as_i64().expect("seconds") > jiff::Timestamp::now().as_second() + 10_000);
}

#[tokio::test]
async fn numbers_as_strings_and_as_ints() {
    let text: Value = serde_json::from_str(&frames(Fault::NumbersAsStrings, 1).await[0]).expect("a frame");
    assert_eq!(text["data"]["seq"], "1");
    let ints: Value = serde_json::from_str(&frames(Fault::NumbersAsInts, 1).await[0]).expect("a frame");
    assert_eq!(ints["data"]["to"]["extension"], 202);
    assert_eq!(ints["data"]["from"]["number"], 79_161_234_567_i64);

    let simulator = office::start().await;
    let mut hook = Hook::of(&simulator).await;
    simulator.fault(Fault::NumbersAsInts, true);
    assert_eq!(ask(&office::rostelecom(&simulator), "users_info", "{}").await.json()["result"], 0);
    office::play(&simulator, r#"{"make":"rostelecom","call":"missed","ring":"1s"}"#);
    hook.next().await;
    let calling = hook.next().await;
    assert!(calling.signed && calling.json()["request_pin"] == 202);
    simulator.fault(Fault::NumbersAsStrings, true);
    simulator.fault(Fault::NumbersAsInts, false);
    let ping = mango::ask(&simulator, "/session/ping", json!({})).await.json();
    assert_eq!(ping["Result"]["code"], "0");
}

/// A simulator with one recorded call of MANGO, and the link to its recording.
async fn recorded() -> (Simulator, String) {
    let simulator = office::start().await;
    mango::ask(&simulator, "/v1/users/create", json!({"extension": "202"})).await;
    let line = r#"{"make":"mango-client","call":"replay","from":"+79161234567","recording":"en"}"#;
    office::play(&simulator, line).await.expect("it plays");
    let _socket = open(&simulator, "202").await;
    let missed = drain(&simulator, "202").await;
    let url = missed.iter().find_map(|event| event["data"]["url"].as_str()).expect("a link").to_owned();
    (simulator, url)
}

#[tokio::test]
async fn recordings_that_are_html_empty_truncated_slow_or_not_ready() {
    let (simulator, url) = recorded().await;
    let bearer = format!("Bearer {}", office::mango(&simulator).secret("token"));
    let fetch = async || get(&url, &[("Authorization", &bearer)]).await;
    let whole = fetch().await.body.len();

    simulator.fault(Fault::RecordingHtml, true);
    let html = fetch().await;
    assert!(html.status == 200 && html.body.starts_with(b"<!DOCTYPE html>"));
    simulator.fault(Fault::RecordingHtml, false);

    simulator.fault(Fault::RecordingEmpty, true);
    let empty = fetch().await;
    assert_eq!((empty.status, empty.body.len()), (200, 0));
    simulator.fault(Fault::RecordingEmpty, false);

    simulator.fault(Fault::RecordingTruncated, true);
    assert_eq!(fetch().await.body.len(), whole / 2);
    simulator.fault(Fault::RecordingTruncated, false);

    simulator.fault(Fault::SlowRecording(200_000), true);
    let began = Instant::now();
    assert_eq!(fetch().await.body.len(), whole);
    assert!(began.elapsed() >= Duration::from_millis(200), "46 kB at 200 kB/s");
    simulator.fault(Fault::SlowRecording(200_000), false);

    simulator.fault(Fault::RecordingNotReady, true);
    assert_eq!(fetch().await.status, 404);
}

#[tokio::test]
async fn a_one_time_link_that_somebody_used_before() {
    let simulator = office::start().await;
    let access = office::rostelecom(&simulator);
    let mut hook = Hook::of(&simulator).await;
    let line = r#"{"make":"rostelecom","call":"replay","from":"+79161234567"}"#;
    office::play(&simulator, line);
    let session = hook.call().await[0]["session_id"].clone();
    let wanted = format!(r#"{{"session_id":{session}}}"#);
    simulator.fault(Fault::LinkUsed, true);
    let answer = ask(&access, "get_record", &wanted).await.json();
    assert_eq!(get(answer["url"].as_str().expect("a link"), &[]).await.status, 404);
    simulator.fault(Fault::LinkUsed, false);
    simulator.fault(Fault::RecordingNotReady, true);
    assert_eq!(ask(&access, "get_record", &wanted).await.json()["result"], "1");
}

#[tokio::test]
async fn an_extension_that_is_gone_and_one_that_is_refused() {
    let simulator = office::start().await;
    let mut gone = User::of(&simulator, "202").await;
    let of = async |path, extension| {
        let answer = mango::ask(&simulator, path, json!({"extension": extension})).await;
        (answer.status, mango::code(&answer))
    };
    simulator.fault(Fault::ExtensionGone(202), true);
    assert_eq!(frame(&mut gone.socket).await, None, "its socket goes too");
    simulator.fault(Fault::ExtensionRefused(203), true);
    for path in ["/v1/users/create", "/v1/channel/", "/v1/session/register"] {
        assert_eq!(of(path, "202").await, (400, 3300), "{path}");
        assert_eq!(of(path, "203").await, (403, 4000), "{path}");
    }
    assert_eq!(of("/v1/users/create", "201").await, (200, 0), "the others go on");
    simulator.fault(Fault::ExtensionGone(202), false);
    User::of(&simulator, "202").await;
}

#[tokio::test]
async fn the_same_batch_again_and_again() {
    let simulator = office::start().await;
    let user = User::of(&simulator, "202").await;
    simulator.cut(None, "202");
    office::play(&simulator, MISSED).await.expect("it plays");
    simulator.fault(Fault::SameBatch, true);
    let _socket = open(&simulator, user.extension).await;
    let batch = async || mango::ask(&simulator, "/v1/session/register", json!({"extension": "202"})).await.json();
    let first = batch().await;
    assert_eq!(first["events"].as_array().map(Vec::len), Some(2));
    assert_eq!(batch().await, first);
    simulator.fault(Fault::SameBatch, false);
    assert_eq!(batch().await["Result"]["code"], 109);
}

#[tokio::test]
async fn a_ping_that_does_not_look_at_the_token() {
    let simulator = office::start().await;
    let url = format!("{}/session/ping", office::mango(&simulator).url);
    assert_eq!(get(&url, &[]).await.status, 401);
    simulator.fault(Fault::OpenPing, true);
    assert_eq!(get(&url, &[("Authorization", "Bearer wrong")]).await.status, 200);
    let channel = format!("{}/v1/channel/", office::mango(&simulator).url);
    assert_eq!(crate::client::post(&channel, &[], r#"{"extension":"202"}"#).await.status, 401);
}

#[tokio::test]
async fn a_socket_that_is_cut_as_soon_as_its_user_has_registered() {
    let simulator = office::start().await;
    mango::ask(&simulator, "/v1/users/create", json!({"extension": "202"})).await;
    let mut socket = open(&simulator, "202").await;
    simulator.fault(Fault::CutOnRegister, true);
    let answer = mango::ask(&simulator, "/v1/session/register", json!({"extension": "202"})).await;
    assert_eq!(mango::code(&answer), 109);
    assert_eq!(frame(&mut socket).await, None);
}
