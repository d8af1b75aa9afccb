//! The stream: catch-up, resume, and how it is closed.

use std::time::Duration;

use jiff::Timestamp;
use link::wire::Role;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use trubka_gateway::Limits;
use uuid::Uuid;

use crate::{
    events::{answered_call, call_id, event},
    rig::{Rig, Setup, removal},
    ws::{Came, Desk},
};

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
    rig.tell(&events[..1]).await;
    let ringing = desk.call().await;
    assert_eq!(ringing["id"], call_id("s1").as_str());
    assert_eq!(ringing["state"], "ringing");
    assert_eq!(ringing["ringsForMe"], true);
    assert_eq!(ringing["customer"]["number"], "+79001234567");
    assert_eq!(ringing["line"], json!({"number": "+74951234567", "title": "Продажи"}));
    rig.tell(&events[1..]).await;
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
    rig.tell(&answered_call("s1", "101", now)).await;
    let mut first = Desk::resume(rig.address, &token, Value::Null).await;
    let hello = first.frame().await;
    let caught_up = first.up_to_at().await;
    assert_eq!(caught_up[0]["event"]["call"]["id"], call_id("s1").as_str());
    assert_eq!(caught_up.len(), 2, "one call in its newest state, then at");
    drop(first);

    rig.tell(&answered_call("s2", "102", now)).await;
    let cursor = json!({"epoch": hello["epoch"], "seq": caught_up[1]["seq"]});
    let mut second = Desk::resume(rig.address, &token, cursor).await;
    assert_eq!(second.frame().await["epoch"], hello["epoch"]);
    let missed = second.up_to_at().await;
    let ids: Vec<&Value> = missed.iter().filter_map(|frame| frame.get("event")).map(|e| &e["call"]["id"]).collect();
    assert_eq!(ids, [call_id("s2").as_str()]);
}

#[tokio::test]
async fn a_restart_is_no_reason_to_begin_anew() {
    let rig = Rig::new().await;
    let token = rig.manager().await;
    let now = Timestamp::now();
    rig.tell(&answered_call("s1", "101", now)[..2]).await;
    let mut desk = Desk::resume(rig.address, &token, Value::Null).await;
    let epoch = desk.frame().await["epoch"].clone();
    let at = desk.up_to_at().await.pop().expect("at");
    drop(desk);

    let rig = Rig::on(rig.stop().await, Setup::default()).await;
    rig.tell(&answered_call("s1", "101", now)[2..]).await;
    let mut desk = Desk::resume(rig.address, &token, json!({"epoch": epoch, "seq": at["seq"]})).await;
    assert_eq!(desk.frame().await["epoch"], epoch);
    let missed = desk.up_to_at().await;
    assert_eq!(missed.len(), 2, "the call in its newest state, and at: {missed:?}");
    assert_eq!(missed[0]["event"]["call"]["state"], "ended");
}

#[tokio::test]
async fn a_call_that_still_rings_is_in_the_catch_up() {
    let rig = Rig::new().await;
    rig.tell(&[event("s1", "new", None, Timestamp::now())]).await;
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
    let token = rig.outsider("101").await;
    rig.tell(&answered_call("s1", "102", Timestamp::now())).await;
    let mut desk = Desk::resume(rig.address, &token, Value::Null).await;
    desk.frame().await;
    assert_eq!(desk.up_to_at().await.len(), 1, "only at");
}

#[tokio::test]
async fn who_joins_a_call_later_reads_what_was_written_before() {
    let rig = Rig::new().await;
    let (manager, token) = (rig.manager().await, rig.outsider("103").await);
    rig.tell(&answered_call("s1", "102", Timestamp::now())[..2]).await;
    let mut desk = Desk::resume(rig.address, &token, Value::Null).await;
    let hello = desk.frame().await;
    let at = desk.up_to_at().await.pop().expect("at");
    let note = json!({
        "id": uuid::Uuid::now_v7(), "kind": "note", "at": Timestamp::now(), "call": call_id("s1"), "author": "",
        "value": "просил Анну",
    });
    assert_eq!(rig.post(&manager, "/v1/facts", &note).await.status, 200);
    rig.tell(&[event("s1", "calling", Some("103"), Timestamp::now())]).await;
    assert_eq!(desk.call().await["id"], call_id("s1").as_str());
    let fact = |frame: &Value| frame["event"]["fact"]["value"].clone();
    assert_eq!(fact(&desk.frame().await), "просил Анну", "live");
    let cursor = json!({ "epoch": hello["epoch"], "seq": at["seq"] });
    let mut later = Desk::resume(rig.address, &token, cursor).await;
    later.frame().await;
    let told = later.up_to_at().await;
    assert!(told.iter().any(|frame| fact(frame) == "просил Анну"), "to one who comes back: {told:?}");
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
    rig.store.revoke_token(&revoked.id, removal()).await.expect("is stored");
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
    let beside = store::Store::open_in(rig.folder.path(), store::Options::guest(store::SystemRandom)).expect("opens");
    assert!(beside.revoke_token(&issued.id, removal()).await.expect("is stored"));
    assert_eq!(ended.close_code().await, 4401);
    rig.tell(&[event("s1", "new", None, Timestamp::now())]).await;
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
        narrow: true,
        ..Setup::default()
    })
    .await;
    let token = rig.manager().await;
    let mut desk = Desk::open_narrow(rig.address, &token).await;
    desk.say(r#"{"resume":null}"#).await;
    let hello = desk.frame().await;
    let before = desk.up_to_at().await;
    let slow = "trubka_slow_desks_total 1\n";
    rig.tell(&[event("s1", "new", None, Timestamp::now())]).await;
    let long = "x".repeat(4000);
    let mut written = 0;
    while !rig.get(&token, "/metrics").await.text().contains(slow) {
        let note = json!({
            "id": Uuid::now_v7(), "kind": "note", "at": Timestamp::now(), "call": call_id("s1"), "value": long,
        });
        assert_eq!(rig.post(&token, "/v1/facts", &note).await.status, 200);
        written += 1;
        assert!(written < 1000, "never counted as slow");
    }
    let last = before.last().expect("at").clone();
    let mut again = Desk::resume(rig.address, &token, json!({"epoch": hello["epoch"], "seq": last["seq"]})).await;
    again.frame().await;
    assert_eq!(again.up_to_at().await.len(), 1 + written + 1, "the call, every note, and at");
}
