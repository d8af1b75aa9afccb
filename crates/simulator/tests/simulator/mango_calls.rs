//! MANGO's events, scenario by scenario, each seen by its own user only.

use std::time::Duration;

use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use trubka_simulator::{Reading, Simulator, SimulatorConfig};

use crate::mango::{Socket, User, ask, code, drain, open};
use crate::office;

/// The next frame as text; none when the socket is gone.
pub(crate) async fn frame(socket: &mut Socket) -> Option<String> {
    loop {
        let next = tokio::time::timeout(Duration::from_secs(10), socket.next()).await.expect("a frame in time");
        match next {
            Some(Ok(Message::Text(text))) => return Some(text.to_string()),
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Binary(_) | Message::Frame(_))) => {}
            Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
        }
    }
}

/// Frames up to and with the first that fits.
pub(crate) async fn until(user: &mut User, fits: impl Fn(&Value) -> bool) -> Vec<Value> {
    let mut frames = Vec::new();
    loop {
        let text = frame(&mut user.socket).await.expect("an open socket");
        frames.push(serde_json::from_str(&text).expect("a frame of JSON"));
        if frames.last().is_some_and(&fits) {
            return frames;
        }
    }
}

pub(crate) fn is_over(frame: &Value) -> bool {
    frame["data"]["state"].as_str().is_some_and(|state| state.starts_with("DIS"))
}

fn is_available(frame: &Value) -> bool {
    frame["data"]["status"] == "AVAILABLE"
}

pub(crate) fn states(frames: &[Value]) -> Vec<&str> {
    let word = |frame: &'_ Value| frame["data"]["state"].as_str().is_some();
    frames.iter().filter(|frame| word(frame)).filter_map(|frame| frame["data"]["state"].as_str()).collect()
}

#[tokio::test]
async fn an_answered_call_with_its_recording() {
    let simulator = office::start().await;
    let mut agent = User::of(&simulator, "202").await;
    office::play(&simulator, r#"{"make":"mango-client","call":"answered","from":"+79161234567"}"#);
    let frames = until(&mut agent, is_available).await;
    assert_eq!(states(&frames), ["APPEARED", "CONNECTED", "DISCONNECTED"]);
    let rang = &frames[0]["data"];
    assert_eq!(frames[0]["routeKey"], "/call");
    assert_eq!((&rang["from"], &rang["location"]), (&json!({"number": "79161234567"}), &"abonent".into()));
    assert_eq!(rang["to"], json!({"extension": "202", "line_number": "78005550110"}));
    let seq: Vec<_> = frames[..3].iter().map(|frame| frame["data"]["seq"].as_i64()).collect();
    assert_eq!(seq, [Some(1), Some(2), Some(3)]);
    assert_eq!(frames[2]["data"]["disconnect_reason"], 1110);
    assert_eq!(
        frames[3],
        json!({"routeKey": "/record", "data": {
        "entry_id": rang["entry_id"], "recording_id": frames[3]["data"]["recording_id"], "status": "PREPARING"}})
    );
    assert!(frames[4]["data"]["url"].as_str().is_some_and(|url| url.starts_with(&office::mango(&simulator).url)));
}

#[tokio::test]
async fn six_seconds_of_talk_are_not_recorded() {
    let simulator = office::start().await;
    let mut agent = User::of(&simulator, "202").await;
    let script = r#"{"make":"mango-client","call":"answered","talk":"6s"}
{"at":"30s","make":"mango-client","call":"missed","ring":"1s"}"#;
    office::play(&simulator, script);
    let frames = until(&mut agent, |frame| frame["data"]["disconnect_reason"] == 1110).await;
    assert_eq!(frames[0]["data"]["from"], json!({}), "a hidden number is absent");
    let second = until(&mut agent, is_over).await;
    assert_eq!(second[0]["data"]["state"], "APPEARED", "no /record in between");
}

#[tokio::test]
async fn a_missed_call_and_a_busy_agent() {
    let simulator = office::start().await;
    let mut agent = User::of(&simulator, "202").await;
    office::play(&simulator, r#"{"make":"mango-client","call":"missed","from":"+79161234567"}"#);
    assert_eq!(states(&until(&mut agent, is_over).await), ["APPEARED", "DISCONNECTED"]);
    office::play(&simulator, r#"{"make":"mango-client","call":"busy","from":"+79161234567"}"#);
    let busy = until(&mut agent, is_over).await;
    assert_eq!(states(&busy), ["APPEARED", "DISCONNECT"]);
    assert_eq!(busy[1]["data"]["disconnect_reason"], 1121);
}

#[tokio::test]
async fn the_losers_of_a_group_are_told_so_and_see_their_own_leg_only() {
    let simulator = office::start().await;
    let mut winner = User::of(&simulator, "201").await;
    let mut loser = User::of(&simulator, "203").await;
    office::play(&simulator, r#"{"make":"mango-client","call":"group","from":"+79161234567","answers":"201"}"#);
    let lost = until(&mut loser, is_over).await;
    assert_eq!(states(&lost), ["APPEARED", "DISONNECTED"]);
    assert_eq!(lost[1]["data"]["is_group_disconnect"], true);
    let won = until(&mut winner, is_available).await;
    assert_eq!(states(&won), ["APPEARED", "CONNECTED", "DISCONNECTED"]);
    assert_eq!(won[0]["data"]["entry_id"], lost[0]["data"]["entry_id"]);
    assert_ne!(won[0]["data"]["call_id"], lost[0]["data"]["call_id"]);
    assert!(
        won.iter()
            .chain(&lost)
            .all(|frame| frame["routeKey"] != "/call" || frame["data"]["from"]["number"] == "79161234567")
    );
    assert!(lost.iter().all(|frame| frame["data"]["to"]["extension"] == loser.extension));
}

#[tokio::test]
async fn both_users_of_an_internal_call_hear_of_the_same_leg() {
    let simulator = office::start().await;
    let mut caller = User::of(&simulator, "201").await;
    let mut called = User::of(&simulator, "203").await;
    office::play(&simulator, r#"{"make":"mango-client","call":"internal","from":"201","to":"203"}"#);
    let heard = until(&mut caller, is_over).await;
    assert_eq!(heard, until(&mut called, is_over).await);
    assert_eq!(heard[0]["data"]["from"], json!({"extension": "201"}));
    assert_eq!(heard[0]["data"]["to"], json!({"extension": "203"}));
}

#[tokio::test]
async fn a_callback_rings_under_the_number_and_a_second_leg_dials_it() {
    let simulator = office::start().await;
    let mut agent = User::of(&simulator, "202").await;
    let body = json!({"extension": "202", "DESTINATION_NUMBER": "79001234567"});
    let answer = ask(&simulator, "/v1/callback", body).await.json();
    assert_eq!(answer, json!({"Result": {"code": 0}}), "no call id");
    let rang = until(&mut agent, |frame| frame["data"]["state"] == "APPEARED").await;
    assert_eq!(rang[0]["data"]["from"]["number"], "79001234567");
    assert_eq!(rang[0]["data"]["to"]["extension"], "202");
    assert_eq!(rang[0]["data"]["callback_initiator"], "API", "the first leg says that a program ordered the call");
    let first = until(&mut agent, is_over).await;
    assert_eq!(states(&first), ["CONNECTED", "DISCONNECTED"]);
    assert_eq!(first[1]["data"]["disconnect_reason"], 1000);
    let second = until(&mut agent, is_over).await;
    assert_eq!(states(&second), ["APPEARED", "CONNECTED", "DISCONNECTED"]);
    let taken_from = first[0]["data"]["call_id"].clone();
    assert_eq!(second[0]["data"]["from"], json!({"extension": "202", "taken_from_call_id": taken_from}));
    assert_eq!(second[0]["data"]["to"]["number"], "79001234567");
    assert_eq!(second[0]["data"]["entry_id"], rang[0]["data"]["entry_id"]);
}

#[tokio::test]
async fn a_callback_may_be_one_leg() {
    let config = SimulatorConfig { readings: vec![Reading::CALLBACK_ONE_LEG], ..office::config() };
    let simulator = Simulator::start(config).await.expect("ports");
    let mut agent = User::of(&simulator, "202").await;
    office::play(&simulator, r#"{"make":"mango-client","call":"callback","to":"+79001234567","talk":"7s"}"#);
    assert_eq!(states(&until(&mut agent, is_over).await), ["APPEARED", "CONNECTED", "DISCONNECTED"]);
}

#[tokio::test]
async fn click_to_call_that_comes_to_nothing_never_reaches_the_customer() {
    let simulator = office::start().await;
    let mut agent = User::of(&simulator, "202").await;
    let unanswered = ["APPEARED", "CONNECTED", "DISCONNECTED", "APPEARED", "DISCONNECTED"];
    let busy = ["APPEARED", "CONNECTED", "DISCONNECTED", "APPEARED", "DISCONNECT"];
    for (scenario, told, reason) in [
        ("callback-agent-silent", &["APPEARED", "DISCONNECTED"][..], 1111),
        ("callback-customer-silent", &unanswered, 1111),
        ("callback-customer-busy", &busy, 1121),
        ("callback-customer-unreachable", &unanswered[..3], 1133),
        ("callback-hung-up", &unanswered[..3], 1120),
    ] {
        let line = format!(r#"{{"make":"mango-client","call":"{scenario}","to":"+79001234567"}}"#);
        let playing = office::play(&simulator, &line);
        let frames = until(&mut agent, |frame| frame["data"]["disconnect_reason"] == reason).await;
        assert_eq!(states(&frames), told, "{scenario}");
        for frame in frames.iter().filter(|frame| frame["data"]["from"].get("taken_from_call_id").is_none()) {
            assert_eq!(frame["data"]["callback_initiator"], "API", "{scenario}: the first leg says who ordered it");
            assert!(frame["data"]["command_id"].is_string(), "{scenario}");
        }
        playing.await.expect("it plays");
    }
}

#[tokio::test]
async fn the_menu_is_told_to_one_registered_user() {
    let simulator = office::start().await;
    let mut only = User::of(&simulator, "204").await;
    office::play(&simulator, r#"{"make":"mango-client","call":"answered","from":"+79161234567","menu":"1s"}"#);
    let menu = until(&mut only, |_| true).await.remove(0);
    assert_eq!((&menu["routeKey"], &menu["data"]["location"]), (&"/ivr".into(), &"ivr".into()));
    assert_eq!(menu["data"]["to"], json!({"line_number": "78005550110"}));
}

#[tokio::test]
async fn a_socket_cut_in_mid_call_leaves_the_rest_to_be_drained() {
    let simulator = office::start().await;
    let mut agent = User::of(&simulator, "202").await;
    let line = r#"{"make":"mango-client","call":"reconnect","from":"+79161234567"}"#;
    let playing = office::play(&simulator, line);
    until(&mut agent, |frame| frame["data"]["state"] == "CONNECTED").await;
    assert_eq!(frame(&mut agent.socket).await, None, "cut without a closing frame");
    playing.await.expect("it plays");
    let mut socket = open(&simulator, "202").await;
    let missed = drain(&simulator, "202").await;
    assert_eq!(states(&missed), ["DISCONNECTED"]);
    office::play(&simulator, r#"{"make":"mango-client","call":"missed"}"#);
    assert!(frame(&mut socket).await.is_some(), "live again");
}

#[tokio::test]
async fn a_replay_after_a_day_is_stored_and_the_socket_cut() {
    let simulator = office::start().await;
    let mut agent = User::of(&simulator, "202").await;
    let line = r#"{"make":"mango-client","call":"replay","from":"+79161234567","ago":"1d"}"#;
    office::play(&simulator, line).await.expect("it plays");
    assert_eq!(frame(&mut agent.socket).await, None);
    let _socket = open(&simulator, "202").await;
    let missed = drain(&simulator, "202").await;
    assert_eq!(states(&missed), ["APPEARED", "CONNECTED", "DISCONNECTED"]);
    let yesterday = jiff::Timestamp::now().as_second() - 86_300;
    assert!(missed.iter().filter_map(|event| event["data"]["timestamp"].as_i64()).all(|at| at < yesterday));
    assert!(missed.iter().any(is_available));
}

#[tokio::test]
async fn events_wait_while_nobody_is_registered() {
    let simulator = office::start().await;
    let mut agent = User::of(&simulator, "202").await;
    assert_eq!(code(&ask(&simulator, "/v1/session/unregister/", json!({"extension": "202"})).await), 0);
    let missed = r#"{"make":"mango-client","call":"missed","from":"+79161234567"}"#;
    office::play(&simulator, missed).await.expect("it plays");
    assert_eq!(states(&drain(&simulator, "202").await), ["APPEARED", "DISCONNECTED"]);
    let raw = r#"{"make":"mango-client","extension":"202","event":{"routeKey":"/route_result","data":{"code":0}}}"#;
    office::play(&simulator, raw);
    let pushed = until(&mut agent, |_| true).await.remove(0);
    assert_eq!(pushed["routeKey"], "/route_result");
    assert!(pushed["data"]["timestamp"].is_i64());
    office::play(&simulator, r#"{"make":"mango-client","extension":"202","raw":"{\"routeKey\":"}"#);
    assert_eq!(frame(&mut agent.socket).await.as_deref(), Some("{\"routeKey\":"));
}
