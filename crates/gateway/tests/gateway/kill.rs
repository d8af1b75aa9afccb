//! Kills the program in the middle of an hour of calls: what was answered 200 is there afterwards, once.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::sync::{Mutex, watch};

use crate::{
    cli::{Program, config_file},
    events::{answered_call, call_id, signed},
    http::{self, Answer},
    ws::Desk,
};

/// A call every quarter of a minute, for an hour.
const CALLS: usize = 240;
const EVENTS: usize = CALLS * 5;
const KILLS: usize = 10;
const SENDERS: usize = 4;

/// An event that was answered 200: session, state.
type Answered = Arc<Mutex<BTreeSet<(String, String)>>>;

async fn get(address: SocketAddr, token: &str, path: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    http::send(address, &http::request("GET", path, &[("Authorization", &bearer)], b"")).await
}

/// Sends until it is answered 200, as a patient vendor would; the gateway may be down, or another one by now.
async fn deliver(mut gateway: watch::Receiver<SocketAddr>, session: &str, event: &Value, answered: &Answered) {
    let message = signed("/hook/rt1/call_events", event.to_string().as_bytes());
    loop {
        let address = *gateway.borrow_and_update();
        if let Ok(answer) = http::try_send(address, &message).await
            && answer.status == 200
        {
            let state = event["state"].as_str().expect("a state").to_owned();
            answered.lock().await.insert((session.to_owned(), state));
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Waits until the calls have come far enough for this kill, and then a little longer: up to 16 ms, another time for
/// each kill, so that it hits every step between the socket and the answer.
async fn moment(kill: usize, answered: &Answered) {
    while answered.lock().await.len() < EVENTS * (kill + 1) / (KILLS + 2) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let mixed = (kill as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 50;
    tokio::time::sleep(Duration::from_micros(mixed)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_event_that_was_answered_is_there_once_after_any_kill() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config_file(folder.path(), "");
    let token = Program::run(&config, &["token", "issue", "--name", "Ольга", "--role", "manager"]).succeeded();
    let token = token.trim();
    let mut program = Program::serve(&config).await;
    let (tell, gateway) = watch::channel(program.socket());
    let answered = Answered::default();

    // Each sender takes every fourth call, event by event.
    let began = Timestamp::now() - SignedDuration::from_hours(1);
    let senders: Vec<_> = (0..SENDERS)
        .map(|sender| {
            let (gateway, answered) = (gateway.clone(), Arc::clone(&answered));
            tokio::spawn(async move {
                for place in (sender..CALLS).step_by(SENDERS) {
                    let session = format!("s{place}");
                    let from = began + SignedDuration::from_secs(15 * i64::try_from(place).expect("small"));
                    for event in answered_call(&session, "101", from) {
                        deliver(gateway.clone(), &session, &event, &answered).await;
                    }
                }
            })
        })
        .collect();

    for kill in 0..KILLS {
        moment(kill, &answered).await;
        program.kill();
        let before = answered.lock().await.clone();
        assert!(before.len() < EVENTS, "killed after everything was over");
        program = Program::serve(&config).await;
        // The senders learn of the new address only now, so nothing mends what may be missing.
        check_traces(program.socket(), token, &before).await;
        tell.send_replace(program.socket());
    }
    for sender in senders {
        sender.await.expect("has sent everything");
    }
    let all = answered.lock().await.clone();
    assert_eq!(all.len(), EVENTS);
    check_traces(program.socket(), token, &all).await;

    let mut desk = Desk::resume(program.socket(), token, Value::Null).await;
    desk.frame().await;
    let calls: Vec<Value> =
        desk.up_to_at().await.into_iter().filter(|frame| frame["event"]["kind"] == "call").collect();
    let ids: BTreeSet<&str> = calls.iter().filter_map(|frame| frame["event"]["call"]["id"].as_str()).collect();
    assert_eq!((calls.len(), ids.len()), (CALLS, CALLS), "each call once");
    assert!(calls.iter().all(|frame| frame["event"]["call"]["state"] == "ended"));
}

/// Every answered event is in its call's trace, and no event of the vendor is there twice.
async fn check_traces(address: SocketAddr, token: &str, answered: &BTreeSet<(String, String)>) {
    let mut sessions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (session, state) in answered {
        sessions.entry(session).or_default().insert(state);
    }
    for (session, states) in sessions {
        let trace = trace(address, token, session).await;
        let kinds: Vec<&str> = trace["events"]
            .as_array()
            .expect("events")
            .iter()
            .filter(|event| event["signature"] == "valid")
            .filter_map(|event| event["kind"].as_str())
            .collect();
        let once: BTreeSet<&str> = kinds.iter().copied().collect();
        assert_eq!(once.len(), kinds.len(), "{session} has one twice: {kinds:?}");
        assert!(states.is_subset(&once), "{session} lost one of {states:?}: {kinds:?}");
    }
}

/// The trace of a call; it is seen a moment after its event was answered.
async fn trace(address: SocketAddr, token: &str, session: &str) -> Value {
    for _ in 0..500 {
        let trace = get(address, token, &format!("/v1/calls/{}/trace", call_id(session))).await;
        if trace.status == 200 {
            return trace.json();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{session} is not there");
}
