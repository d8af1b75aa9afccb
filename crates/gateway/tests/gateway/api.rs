//! What scripts and desks ask for over HTTP.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use link::wire::Role;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    events::{answered_call, call_id, event},
    http::{request, send},
    rig::{Rig, Setup},
    vendor::Vendor,
};

#[tokio::test]
async fn everything_but_hooks_and_the_sign_of_life_asks_for_a_token() {
    let rig = Rig::new().await;
    let token = rig.manager().await;
    let id = call_id("s1");
    let gets = [
        "/v1/calls".to_owned(),
        format!("/v1/calls/{id}"),
        format!("/v1/calls/{id}/trace"),
        "/v1/commands/0190c9a5-7e5b-7c33-9d83-000000000001".to_owned(),
        format!("/v1/recordings/{id}"),
        format!("/v1/recordings/{id}/peaks"),
        "/v1/stream".to_owned(),
        "/v1/connections".to_owned(),
        "/metrics".to_owned(),
        "/nothing".to_owned(),
    ];
    for path in &gets {
        for header in ["Bearer guess", "Basic eDp5", "Bearer", &token] {
            let answer = send(rig.address, &request("GET", path, &[("Authorization", header)], b"")).await;
            assert_eq!(answer.status, 401, "{path} with {header}");
            assert_eq!(answer.json()["error"], "unauthorized");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        }
        assert_eq!(send(rig.address, &request("GET", path, &[], b"")).await.status, 401, "{path}");
    }
    for path in ["/v1/calls".to_owned(), format!("/v1/calls/{id}/hangup"), "/v1/facts".to_owned()] {
        assert_eq!(send(rig.address, &request("POST", &path, &[], b"{}")).await.status, 401, "{path}");
    }
    assert_eq!(send(rig.address, &request("GET", "/healthz", &[], b"")).await.status, 200);
    assert_eq!(rig.get(&token, "/nothing").await.status, 404);
    assert_eq!(rig.ask("DELETE", &token, "/v1/calls", &[], b"").await.status, 405);
}

#[tokio::test]
async fn calls_are_listed_newest_first_page_by_page() {
    let rig = Rig::new().await;
    let token = rig.manager().await;
    let now = Timestamp::now() - SignedDuration::from_secs(10);
    for (place, session) in ["s1", "s2", "s3"].into_iter().enumerate() {
        let at = now + Duration::from_secs(place as u64);
        rig.tell(&[event(session, "new", None, at)]).await;
    }
    let first = rig.get(&token, "/v1/calls?limit=2").await.json();
    let ids = |page: &Value| -> Vec<String> {
        let calls = page["calls"].as_array().expect("calls");
        calls.iter().map(|call| call["id"].as_str().expect("an id").to_owned()).collect()
    };
    assert_eq!(ids(&first), [call_id("s3").to_string(), call_id("s2").to_string()]);
    let next = first["next"].as_str().expect("there is more");
    let second = rig.get(&token, &format!("/v1/calls?limit=2&before={next}")).await.json();
    assert_eq!(ids(&second), [call_id("s1").to_string()]);
    assert_eq!(second.get("next"), None);
    for (query, count) in
        [("", 3), ("limit=&before=", 3), ("limit=0", 1), ("limit=501", 3), ("limit=99999999999999999999", 3)]
    {
        let page = rig.get(&token, &format!("/v1/calls?{query}")).await.json();
        assert_eq!(ids(&page).len(), count, "{query}");
    }
    for (query, field) in
        [("limit=-1", "limit"), ("limit=x", "limit"), ("before=x", "before"), ("limit=1&limit=2", "before")]
    {
        let answer = rig.get(&token, &format!("/v1/calls?{query}")).await;
        assert_eq!((answer.status, &answer.json()["field"]), (400, &json!(field)), "{query}");
    }
}

#[tokio::test]
async fn scripts_are_told_how_the_connections_stand() {
    let rig = Rig::new().await;
    let token = rig.manager().await;
    let first = rig.get(&token, "/v1/connections").await.json();
    let connection = &first["connections"][0];
    assert_eq!((&connection["id"], &connection["pbx"]), (&json!("rt1"), &json!("rostelecom")));
    assert_eq!(connection["capability"]["originate"], true);
    let before: Timestamp = connection["since"].as_str().and_then(|at| at.parse().ok()).expect("a time");
    rig.tell(&[event("s1", "new", None, Timestamp::now())]).await;
    let live = rig.get(&token, "/v1/connections").await.json();
    assert_eq!(live["connections"][0]["state"], "live");
    let since: Timestamp = live["connections"][0]["since"].as_str().and_then(|at| at.parse().ok()).expect("a time");
    assert!(since >= before);
    assert_eq!(live["connections"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn what_an_agent_may_not_see_is_not_there() {
    let rig = Rig::new().await;
    let (own, other) = (rig.agent("101").await, rig.outsider("102").await);
    rig.tell(&answered_call("s1", "101", Timestamp::now())).await;
    let call = format!("/v1/calls/{}", call_id("s1"));
    let trace = format!("{call}/trace");
    assert_eq!(rig.get(&own, &call).await.json()["mine"], true);
    let events = rig.get(&own, &trace).await.json();
    assert_eq!(events["events"].as_array().expect("events").len(), 5);
    assert_eq!(events["events"][0]["signature"], "valid");
    let hangup = json!({"command": Uuid::now_v7()});
    for path in [&call, &trace] {
        assert_eq!(rig.get(&other, path).await.status, 404, "{path}");
    }
    assert_eq!(rig.post(&other, &format!("{call}/hangup"), &hangup).await.status, 404);
    assert_eq!(rig.get(&other, "/v1/calls").await.json()["calls"], json!([]));
    let metrics = rig.get(&other, "/metrics").await;
    assert_eq!(metrics.status, 200, "figures are for every token");
    assert!(!metrics.text().contains("101"), "and name nobody: {}", metrics.text());
    assert_eq!(rig.get(&own, "/v1/calls/79001234567").await.status, 404);
    assert_eq!(rig.post(&other, "/v1/facts", &note("s1")).await.status, 404);
}

async fn command_state(rig: &Rig, token: &str, command: Uuid) -> String {
    let mut last = String::new();
    for _ in 0..100 {
        let answer = rig.get(token, &format!("/v1/commands/{command}")).await;
        last = answer.json()["state"].as_str().expect("a state").to_owned();
        if last != "sent" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    last
}

#[tokio::test]
async fn a_command_acts_once_however_often_it_is_sent() {
    let (vendor, base) = Vendor::start().await;
    let rig = Rig::with(Setup { vendor: base, ..Setup::default() }).await;
    let token = rig.agent("101").await;
    let command = Uuid::now_v7();
    let request = json!({"command": command, "connection": "rt1", "to": "+79001234567"});
    let first = rig.post(&token, "/v1/calls", &request).await;
    assert_eq!(first.status, 202, "{}", first.text());
    assert_eq!(first.json()["command"], json!(command));
    assert_eq!(command_state(&rig, &token, command).await, "accepted");
    let second = rig.post(&token, "/v1/calls", &request).await;
    assert_eq!((second.status, &second.json()["state"]), (202, &json!("accepted")), "its outcome, not another call");
    // The vendor has named the call by now; the name that it had before still leads there.
    let before = first.json()["call"].as_str().expect("an id").to_owned();
    let call = rig.get(&token, &format!("/v1/calls/{before}")).await;
    assert_eq!((call.status, &call.json()["id"]), (200, &second.json()["call"]), "{}", call.text());
    let placed = vendor.placed.lock().expect("unpoisoned").clone();
    assert_eq!(placed.len(), 1);
    assert_eq!(placed[0]["request_number"], "+79001234567");
    assert_eq!(placed[0]["from_pin"], "101", "the token's own extension");
    let namesake = rig.agent("102").await;
    assert_eq!(rig.get(&namesake, &format!("/v1/commands/{command}")).await.status, 404, "names are not rights");
    let taken = rig.post(&namesake, "/v1/calls", &request).await;
    assert_eq!((taken.status, &taken.json()["field"]), (400, &json!("command")), "{}", taken.text());
}

#[tokio::test]
async fn a_wish_that_cannot_be_is_told_with_its_field() {
    let rig = Rig::new().await;
    let agent = rig.agent("101").await;
    let command = Uuid::now_v7();
    let numbered =
        |to: &str, number: Value| json!({"command": command, "connection": "rt1", "to": to, "number": number});
    let cases = [
        (json!({"connection": "rt1", "to": "+79001234567"}), "command"),
        (json!({"command": "x", "connection": "rt1", "to": "+79001234567"}), "command"),
        (json!({"command": command, "connection": "rt9", "to": "+79001234567"}), "connection"),
        (json!({"command": command, "connection": "rt1"}), "to"),
        (json!({"command": command, "connection": "rt1", "to": ""}), "to"),
        (json!({"command": command, "connection": "rt1", "from": "102", "to": "+79001234567"}), "from"),
        (json!({"command": command, "connection": "rt2", "to": "+79001234567"}), "from"),
        (json!({"command": command, "connection": "rt1", "from": "", "to": "+79001234567"}), "from"),
        (json!({"command": command, "connection": "rt1", "to": "+79001234567", "form": "101"}), "body"),
        (numbered("+79001234567", json!({"kind": "phone", "digits": "+79001234568"})), "number"),
        (numbered("8 900 123-45-67", json!({"kind": "phone", "digits": "8 900 123-45-67"})), "number"),
        (numbered("+79001234567", json!({"kind": "extension", "digits": "+79001234567"})), "number"),
        (numbered("205", json!({"kind": "emergency", "digits": "205"})), "number"),
        (numbered("205", json!({"kind": "colleague", "digits": "205"})), "number"),
        (numbered("205", json!({"kind": "extension", "digits": "205", "postDial": "1 2"})), "number"),
        (numbered("205", json!({"kind": "extension", "digits": "205", "post": "1"})), "number"),
    ];
    for (request, field) in cases {
        let answer = rig.post(&agent, "/v1/calls", &request).await;
        assert_eq!((answer.status, &answer.json()["field"]), (400, &json!(field)), "{request}");
        assert!(answer.json()["reference"].is_string());
        assert!(!answer.text().contains("79001234567"), "{}", answer.text());
    }
    assert_eq!(rig.get(&agent, &format!("/v1/commands/{command}")).await.status, 404);
    assert_eq!(rig.ask("POST", &agent, "/v1/calls", &[], b"{").await.status, 400);
    assert_eq!(rig.ask("POST", &agent, "/v1/calls", &[], &vec![b' '; 20_000]).await.status, 413);
}

#[tokio::test]
async fn calls_are_placed_from_the_phones_that_a_token_may_use_however_they_are_written() {
    let (vendor, base) = Vendor::start().await;
    let rig = Rig::with(Setup { vendor: base, ..Setup::default() }).await;
    let (agent, _outsider) = (rig.agent("101").await, rig.outsider("103").await);
    let some = rig.issue("Ольга", Role::Manager, &["100"]).await.secret.expose_secret().to_owned();
    let all = rig.issue_in("Игорь", Role::Manager, &[], &[]).await.secret.expose_secret().to_owned();
    let cases = [
        (&agent, "101", Some("101")),
        (&agent, "sip:101@pbx.example", Some("101")),
        (&agent, " <SIP:101@pbx.example;transport=udp> ", Some("101")),
        (&agent, "103", None),
        (&agent, "sip:103@pbx.example", None),
        (&agent, "101@a;101", Some("101")),
        (&agent, "1 01", None),
        (&some, "100", Some("100")),
        (&some, "101@pbx.example", Some("101")),
        (&some, "103", None),
        (&some, "999", None),
        (&all, "sip:103@pbx.example", Some("103")),
    ];
    for (token, from, allowed) in cases {
        let request = json!({"command": Uuid::now_v7(), "connection": "rt1", "from": from, "to": "+79001234567"});
        let answer = rig.post(token, "/v1/calls", &request).await;
        let Some(allowed) = allowed else {
            assert_eq!((answer.status, &answer.json()["field"]), (400, &json!("from")), "{from}");
            continue;
        };
        assert_eq!(answer.status, 202, "{from}: {}", answer.text());
        let command = answer.json()["command"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        command_state(&rig, token, command).await;
        let placed = vendor.placed.lock().expect("unpoisoned").last().cloned().expect("a call");
        assert_eq!(placed["from_pin"], allowed, "{from}");
    }
}

#[tokio::test]
async fn a_number_that_a_person_was_shown_is_not_read_again() {
    let (vendor, base) = Vendor::start().await;
    let rig = Rig::with(Setup { vendor: base, ..Setup::default() }).await;
    let token = rig.agent("101").await;
    let shown = [
        json!({"kind": "phone", "digits": "+79001234567", "extension": "12", "postDial": "1,,2#"}),
        // Alone, these digits may be of two countries.
        json!({"kind": "phone", "digits": "989162045518"}),
        json!({"kind": "phone", "digits": "1234567"}),
        json!({"kind": "extension", "digits": "0511"}),
        json!({"kind": "other", "digits": "*100#"}),
    ];
    for number in shown {
        let command = Uuid::now_v7();
        let to = number["digits"].clone();
        let request = json!({"command": command, "connection": "rt1", "to": to, "number": number});
        let answer = rig.post(&token, "/v1/calls", &request).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        assert_eq!(command_state(&rig, &token, command).await, "accepted");
        let placed = vendor.placed.lock().expect("unpoisoned").last().cloned().expect("a call");
        assert_eq!(placed["request_number"], to);
    }
}

#[tokio::test]
async fn the_customer_is_not_rung_first_where_the_make_cannot() {
    let rig = Rig::new().await;
    let agent = rig.agent("101").await;
    let mut request =
        json!({"command": Uuid::now_v7(), "connection": "rt1", "to": "+79001234567", "customerFirst": true});
    let answer = rig.post(&agent, "/v1/calls", &request).await;
    assert_eq!((answer.status, &answer.json()["error"]), (422, &json!("unsupported")));
    request["customerFirst"] = json!(false);
    assert_eq!(rig.post(&agent, "/v1/calls", &request).await.status, 202);
}

#[tokio::test]
async fn commands_on_calls_that_no_make_can_do_are_told_so() {
    let rig = Rig::new().await;
    let token = rig.agent("101").await;
    rig.tell(&[event("s1", "new", None, Timestamp::now())]).await;
    let path = |command: &str| format!("/v1/calls/{}/{command}", call_id("s1"));
    let body = json!({"command": Uuid::now_v7()});
    for command in
        ["answer", "hangup", "hold", "retrieve", "pickup", "transfer", "conference", "dtmf", "record", "route"]
    {
        let answer = rig.post(&token, &path(command), &body).await;
        assert_eq!((answer.status, &answer.json()["error"]), (422, &json!("unsupported")), "{command}");
    }
    assert_eq!(rig.post(&token, &path("explode"), &body).await.status, 404);
    assert_eq!(rig.post(&token, &path("hangup"), &json!({})).await.json()["field"], "command");
    rig.tell(&answered_call("s2", "101", Timestamp::now())).await;
    let ended = rig.post(&token, &format!("/v1/calls/{}/hangup", call_id("s2")), &body).await;
    assert_eq!((ended.status, &ended.json()["error"]), (409, &json!("ended")));
}

#[tokio::test]
async fn a_path_that_is_no_text_names_nothing() {
    let rig = Rig::new().await;
    let token = rig.manager().await;
    for path in
        ["/v1/calls/%FF", "/v1/calls/%FF/trace", "/v1/commands/%FF", "/v1/recordings/%FF", "/v1/recordings/%FF/peaks"]
    {
        let answer = rig.get(&token, path).await;
        assert_eq!((answer.status, &answer.json()["error"]), (404, &json!("notFound")), "{path}");
        assert_eq!(rig.get("guess", path).await.status, 401, "{path}");
    }
    let body = json!({"command": Uuid::now_v7()});
    assert_eq!(rig.post(&token, "/v1/calls/%FF/hangup", &body).await.json()["error"], "notFound");
}

fn note(session: &str) -> Value {
    json!({
        "id": Uuid::now_v7(), "kind": "note", "at": Timestamp::now(), "call": call_id(session),
        "author": "somebody else", "value": "перезвонить завтра",
    })
}

#[tokio::test]
async fn what_a_person_wrote_is_kept_once_under_his_own_name() {
    let rig = Rig::new().await;
    let token = rig.agent("101").await;
    rig.tell(&answered_call("s1", "101", Timestamp::now())).await;
    let note = note("s1");
    for _ in 0..2 {
        let answer = rig.post(&token, "/v1/facts", &note).await;
        assert_eq!((answer.status, &answer.json()["id"]), (200, &note["id"]), "{}", answer.text());
    }
    let mut desk = crate::ws::Desk::resume(rig.address, &token, Value::Null).await;
    desk.frame().await;
    let facts: Vec<Value> = desk
        .up_to_at()
        .await
        .into_iter()
        .filter(|frame| frame["event"]["kind"] == "fact")
        .map(|frame| frame["event"]["fact"].clone())
        .collect();
    assert_eq!(facts.len(), 1);
    assert_eq!(facts[0]["author"], "Анна");
    assert_eq!(facts[0]["value"], "перезвонить завтра");

    let mut wrong = note.clone();
    wrong["id"] = json!(Uuid::new_v4());
    assert_eq!(rig.post(&token, "/v1/facts", &wrong).await.json()["field"], "id");
    wrong["id"] = json!(Uuid::now_v7());
    wrong["kind"] = json!("spell");
    assert_eq!(rig.post(&token, "/v1/facts", &wrong).await.json()["field"], "kind");
}
