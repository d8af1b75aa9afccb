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

const CALLS: usize = 60;
const KILLS: u64 = 6;
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

/// Between 20 and 200 ms, another each time and the same in every run.
fn moment(kill: u64) -> Duration {
    let mixed = (kill + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
    Duration::from_millis(20 + mixed % 180)
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

    // A call a minute, one hour; each sender takes every fourth, event by event.
    let began = Timestamp::now() - SignedDuration::from_hours(1);
    let senders: Vec<_> = (0..SENDERS)
        .map(|sender| {
            let (gateway, answered) = (gateway.clone(), Arc::clone(&answered));
            tokio::spawn(async move {
                for place in (sender..CALLS).step_by(SENDERS) {
                    let session = format!("s{place}");
                    let from = began + SignedDuration::from_mins(i64::try_from(place).expect("small"));
                    for event in answered_call(&session, "101", from) {
                        deliver(gateway.clone(), &session, &event, &answered).await;
                    }
                }
            })
        })
        .collect();

    for kill in 0..KILLS {
        tokio::time::sleep(moment(kill)).await;
        program.kill();
        let before = answered.lock().await.clone();
        program = Program::serve(&config).await;
        tell.send_replace(program.socket());
        check_traces(program.socket(), token, &before).await;
    }
    for sender in senders {
        sender.await.expect("has sent everything");
    }
    let all = answered.lock().await.clone();
    assert_eq!(all.len(), CALLS * 5);
    check_traces(program.socket(), token, &all).await;

    let mut desk = Desk::resume(program.socket(), token, Value::Null).await;
    desk.frame().await;
    let calls: Vec<Value> = desk.up_to_at().await.into_iter().filter(|frame| frame["event"]["kind"] == "call").collect();
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
        let trace = get(address, token, &format!("/v1/calls/{}/trace", call_id(session))).await;
        assert_eq!(trace.status, 200, "{session}: {}", trace.text());
        let trace = trace.json();
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
