//! The stream: catch-up, resume, and how it is closed.

use std::time::Duration;

use jiff::Timestamp;
use link::wire::Role;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use trubka_gateway::Limits;

use crate::{
    events::{answered_call, call_id, event, post},
    rig::{Rig, Setup},
    ws::{Came, Desk},
};

async fn post_all(rig: &Rig, events: &[Value]) {
    for event in events {
        assert_eq!(post(rig.address, event).await.status, 200);
    }
}

#[tokio::test]
async fn a_call_is_seen_as_it_rings_and_as_it_goes_on() {
    let rig = Rig::new().await;
    let token = rig.agent("101").await;
    let mut desk = Desk::resume(rig.address, &token, Value::Null).await;
    let hello = desk.frame().await;
    assert_eq!(hello["kind"], "hello");
    assert_eq!(hello["protocol"], 1);
    assert_eq!(hello["you"]["name"], "Анна");
    assert_eq!(hello["you"]["role"], "agent");
    assert_eq!(hello["you"]["extensions"], json!([{"connection": "rt1", "extension": "101"}]));
    assert_eq!(hello["you"]["groups"], json!(["sales"]));
    assert_eq!(desk.up_to_at().await, [json!({"kind": "at", "seq": hello["seq"]})]);

    let events = answered_call("s1", "101", Timestamp::now());
    post_all(&rig, &events[..1]).await;
    let ringing = desk.call().await;
    assert_eq!(ringing["id"], call_id("s1").as_str());
    assert_eq!(ringing["state"], "ringing");
    assert_eq!(ringing["ringsForMe"], true);
    assert_eq!(ringing["customer"]["number"], "+79001234567");
    assert_eq!(ringing["line"], json!({"number": "+74951234567", "title": "Продажи"}));
    post_all(&rig, &events[1..]).await;
    let ended = loop {
        let call = desk.call().await;
        if call["state"] == "ended" {
            break call;
        }
    };
    assert_eq!(ended["result"], "answered");
    assert_eq!(ended["ringsForMe"], false);
}

#[tokio::test]
async fn a_desk_goes_on_where_it_was_and_sees_each_item_in_its_newest_state() {
    let rig = Rig::new().await;
    let token = rig.manager().await;
    let now = Timestamp::now();
    post_all(&rig, &answered_call("s1", "101", now)).await;
    let mut first = Desk::resume(rig.address, &token, Value::Null).await;
    let hello = first.frame().await;
    let caught_up = first.up_to_at().await;
    assert_eq!(caught_up[0]["event"]["call"]["id"], call_id("s1").as_str());
    assert_eq!(caught_up.len(), 2, "one call in its newest state, then at");
    drop(first);

    post_all(&rig, &answered_call("s2", "102", now)).await;
    let cursor = json!({"epoch": hello["epoch"], "seq": caught_up[1]["seq"]});
    let mut second = Desk::resume(rig.address, &token, cursor).await;
    assert_eq!(second.frame().await["epoch"], hello["epoch"]);
    let missed = second.up_to_at().await;
    let ids: Vec<&Value> = missed.iter().filter_map(|frame| frame.get("event")).map(|e| &e["call"]["id"]).collect();
    assert_eq!(ids, [call_id("s2").as_str()]);
}

#[tokio::test]
async fn a_call_that_still_rings_is_in_the_catch_up() {
    let rig = Rig::new().await;
    post_all(&rig, &[event("s1", "new", None, Timestamp::now())]).await;
    let mut desk = Desk::resume(rig.address, &rig.agent("101").await, Value::Null).await;
    desk.frame().await;
    let caught_up = desk.up_to_at().await;
    assert_eq!(caught_up[0]["event"]["call"]["ringsForMe"], true);
}

#[tokio::test]
async fn a_place_that_is_not_in_this_log_is_too_old_and_the_desk_may_begin_anew() {
    let rig = Rig::new().await;
    let token = rig.manager().await;
    let mut desk = Desk::resume(rig.address, &token, json!({"epoch": "another", "seq": 0})).await;
    let epoch = desk.frame().await["epoch"].clone();
    assert_eq!(desk.frame().await, json!({"kind": "tooOld"}));
    desk.say(&json!({"resume": {"epoch": epoch, "seq": 1_000_000}}).to_string()).await;
    assert_eq!(desk.frame().await["kind"], "hello");
    assert_eq!(desk.frame().await, json!({"kind": "tooOld"}), "above the head");
    desk.say(r#"{"resume":null}"#).await;
    assert_eq!(desk.frame().await["kind"], "hello");
    assert_eq!(desk.up_to_at().await.len(), 1);
}

#[tokio::test]
async fn an_agent_sees_nothing_of_what_is_not_his() {
    let rig = Rig::new().await;
    let token = rig.agent("101").await;
    post_all(&rig, &answered_call("s1", "102", Timestamp::now())).await;
    let mut desk = Desk::resume(rig.address, &token, Value::Null).await;
    desk.frame().await;
    assert_eq!(desk.up_to_at().await.len(), 1, "only at");
}

#[tokio::test]
async fn a_first_frame_that_is_none_closes_the_stream() {
    let rig = Rig::with(Setup {
        limits: Limits { request: Duration::from_millis(300), ..Limits::default() },
        ..Setup::default()
    })
    .await;
    let token = rig.manager().await;
    for first in ["", "{}", "resume", r#"{"resume":1}"#, r#"{"resume":{"epoch":"e","seq":-5}}"#] {
        let mut desk = Desk::open(rig.address, &token).await.expect("opens");
        desk.say(first).await;
        assert_eq!(desk.next().await, Came::Closed(4400), "{first}");
    }
    let mut silent = Desk::open(rig.address, &token).await.expect("opens");
    assert_eq!(silent.next().await, Came::Closed(4400), "nothing said in time");
}

#[tokio::test]
async fn an_unknown_token_is_refused_at_the_handshake() {
    let rig = Rig::new().await;
    assert_eq!(Desk::open(rig.address, "trubka_guess").await.err(), Some(401));
    let revoked = rig.issue("Анна", Role::Agent, &["101"]).await;
    rig.store.revoke_token(&revoked.id, Timestamp::now()).await.expect("is stored");
    assert_eq!(Desk::open(rig.address, revoked.secret.expose_secret()).await.err(), Some(401));
}

#[tokio::test]
async fn a_revoked_token_ends_its_streams_and_no_others() {
    let rig = Rig::new().await;
    let issued = rig.issue("Анна", Role::Agent, &["101"]).await;
    let mut ended = Desk::resume(rig.address, issued.secret.expose_secret(), Value::Null).await;
    let mut other = Desk::resume(rig.address, &rig.manager().await, Value::Null).await;
    ended.frame().await;
    other.frame().await;
    // As the command line does it: over a connection of its own to the same database.
    let beside = store::Store::open_in(rig.folder.path(), store::Options::guest()).expect("opens");
    assert!(beside.revoke_token(&issued.id, Timestamp::now()).await.expect("is stored"));
    assert_eq!(ended.close_code().await, 4401);
    post_all(&rig, &[event("s1", "new", None, Timestamp::now())]).await;
    assert_eq!(other.call().await["state"], "ringing");
}

#[tokio::test]
async fn a_gateway_that_stops_asks_the_desks_to_come_again() {
    let rig = Rig::new().await;
    let mut desk = Desk::resume(rig.address, &rig.manager().await, Value::Null).await;
    desk.frame().await;
    let stopping = tokio::spawn(rig.stop());
    assert_eq!(desk.close_code().await, 1012);
    stopping.await.expect("stops");
}

#[tokio::test]
async fn a_desk_that_takes_nothing_is_let_go_and_loses_nothing() {
    let rig = Rig::with(Setup {
        limits: Limits { slow_desk: Duration::from_millis(200), ..Limits::default() },
        ..Setup::default()
    })
    .await;
    let token = rig.manager().await;
    let mut desk = Desk::open_narrow(rig.address, &token).await;
    desk.say(r#"{"resume":null}"#).await;
    let hello = desk.frame().await;
    let before = desk.up_to_at().await;
    let slow = "trubka_slow_desks_total 1\n";
    let mut posted = 0;
    while !rig.get(&token, "/metrics").await.text().contains(slow) {
        for _ in 0..50 {
            let long = "x".repeat(2000);
            let body = json!({
                "session_id": format!("s{posted}"), "state": "new", "type": "incoming",
                "from_number": format!("sip:{long}@example.invalid"), "request_number": "+74951234567",
                "timestamp": crate::events::stamp(Timestamp::now()),
            });
            post_all(&rig, &[body]).await;
            posted += 1;
        }
        assert!(posted < 20_000, "never counted as slow");
    }
    drop(desk);
    let last = before.last().expect("at").clone();
    let mut again = Desk::resume(rig.address, &token, json!({"epoch": hello["epoch"], "seq": last["seq"]})).await;
    again.frame().await;
    assert_eq!(again.up_to_at().await.len(), posted + 1);
}
