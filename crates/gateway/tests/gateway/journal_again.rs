//! Entries of the request journal once more: questions that are asked again, webhooks that are read again, and all of it in
//! a file.

use jiff::Timestamp;
use link::{
    Office, RemoteOffice,
    wire::{JournalFilter, JournalVerdict, Role},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use store::NewJournalRow;

use crate::{
    events::{CALLER, CLIENT_ID, KEY, answered_call, event, signature, signature_by, signed},
    http,
    recordings::with_recording,
    rig::{Rig, Setup, connection, rostelecom},
    vendor::Vendor,
};

const OTHER: &str = "00112233445566778899AABBCCDDEEFF";

async fn admin(rig: &Rig) -> String {
    rig.issue("Марина", Role::Admin, &[]).await.secret.expose_secret().to_owned()
}

async fn page(rig: &Rig, token: &str, query: &str) -> Vec<Value> {
    // What was answered is written behind the answer, and before this.
    rig.store.set_setting("settled", "yes").await.expect("is written");
    let answer = rig.get(token, &format!("/v1/admin/journal{query}")).await;
    answer.json()["entries"].as_array().expect("a list").clone()
}

/// The newest row of a method, as soon as there is one.
async fn row_of(rig: &Rig, token: &str, method: &str) -> Value {
    loop {
        if let Some(row) = page(rig, token, &format!("?method={method}")).await.first() {
            return row.clone();
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

async fn again(rig: &Rig, token: &str, row: &Value, how: &str) -> http::Answer {
    rig.post(token, &format!("/v1/admin/journal/{}/{how}", row["id"]), &json!({})).await
}

async fn audit(rig: &Rig, token: &str) -> Vec<String> {
    let entries = rig.get(token, "/v1/admin/audit").await.json()["entries"].clone();
    let word = |entry: &Value| {
        format!("{} {}", entry["action"].as_str().expect("a word"), entry["subject"].as_str().expect("what"))
    };
    entries.as_array().expect("a list").iter().map(word).collect()
}

#[tokio::test]
async fn a_question_is_asked_again_and_what_may_change_something_never_is() {
    let (vendor, base) = Vendor::start().await;
    let (rig, path) = with_recording(base).await;
    let admin = admin(&rig).await;
    let agent = rig.agent("101").await;
    assert_eq!(rig.get(&agent, &path).await.status, 200);
    let asked = || *vendor.asked.lock().expect("unpoisoned");
    let (before, fetched) = (asked(), *vendor.fetched.lock().expect("unpoisoned"));
    let row = page(&rig, &admin, "?method=get_record").await.remove(0);
    let detail = rig.get(&admin, &format!("/v1/admin/journal/{}", row["id"])).await.json();
    assert_eq!(detail["again"], "ask");
    let answer = again(&rig, &admin, &row, "repeat").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let told = answer.json();
    assert_eq!((&told["failed"], &told["status"]), (&json!(false), &json!(200)), "{told}");
    // The link in it would be as good as the recording.
    let received = told["received"].as_str().expect("a body");
    assert!(received.contains("resultMessage") && !received.contains("record/1"), "{received}");
    assert_eq!((asked(), *vendor.fetched.lock().expect("unpoisoned")), (before + 1, fetched), "asked, and no more");
    let rows = page(&rig, &admin, "?method=get_record").await;
    assert!(rows[0]["id"].as_i64() > row["id"].as_i64(), "it is an exchange like any other");
    assert_eq!(audit(&rig, &admin).await[0], format!("repeatedRequest journal {}", row["id"]));

    // A call that is placed.
    let wish = json!({"command": uuid::Uuid::now_v7(), "connection": "rt1", "to": "+79001234567", "from": "101"});
    let placed = rig.post(&agent, "/v1/calls", &wish).await;
    assert!(placed.status < 300, "{}", placed.text());
    let row = row_of(&rig, &admin, "call_back").await;
    let detail = rig.get(&admin, &format!("/v1/admin/journal/{}", row["id"])).await.json();
    assert_eq!(detail["again"], "changes");
    let refused = again(&rig, &admin, &row, "repeat").await;
    assert_eq!((refused.status, &refused.json()["error"]), (422, &json!("unsupported")), "{}", refused.text());
    assert_eq!(vendor.placed.lock().expect("unpoisoned").len(), 1, "one call");
    // The file itself is fetched by a link that is not kept.
    let file = row_of(&rig, &admin, "record").await;
    let detail = rig.get(&admin, &format!("/v1/admin/journal/{}", file["id"])).await.json();
    assert_eq!(detail["again"], "notKept");
    assert_eq!(again(&rig, &admin, &file, "repeat").await.status, 410);

    for token in [rig.manager().await, agent] {
        assert_eq!(again(&rig, &token, &rows[0], "repeat").await.status, 403);
    }
    assert_eq!(again(&rig, &admin, &json!({"id": 999_999}), "repeat").await.status, 404);
    let hook = page(&rig, &admin, "?direction=incoming").await.remove(0);
    assert_eq!(again(&rig, &admin, &hook, "repeat").await.status, 422, "a webhook is no question");
    assert_eq!(asked(), before + 1);
}

#[tokio::test]
async fn a_pbx_that_refuses_the_question_or_is_away_is_told_so() {
    let (_vendor, base) = Vendor::start().await;
    let (rig, path) = with_recording(base).await;
    let admin = admin(&rig).await;
    assert_eq!(rig.get(&rig.agent("101").await, &path).await.status, 200);
    let row = page(&rig, &admin, "?method=get_record").await.remove(0);
    // The key stays, and nobody is at the address any more.
    let nobody = "http://127.0.0.1:9".parse().expect("a URL");
    rig.office.put_connection(rostelecom("rt1", &nobody, KEY), Vec::new(), Vec::new()).await.expect("is put");
    let told = again(&rig, &admin, &row, "repeat").await.json();
    // It goes where it went then.
    assert_eq!(told["failed"], json!(true), "{told}");
    assert!(["notTrusted", "unreachable"].contains(&told["reason"].as_str().expect("a reason")), "{told}");
    rig.office.remove_connection(&connection("rt1")).await;
    let detail = rig.get(&admin, &format!("/v1/admin/journal/{}", row["id"])).await.json();
    assert_eq!(detail["again"], "noConnection");
    assert_eq!(again(&rig, &admin, &row, "repeat").await.status, 410);
}

#[tokio::test]
async fn a_webhook_is_read_again_with_the_key_of_now_and_changes_nothing() {
    let rig = Rig::new().await;
    let admin = admin(&rig).await;
    rig.tell(&[event("s1", "new", None, Timestamp::now())]).await;
    let body = event("s2", "new", None, Timestamp::now()).to_string();
    let wrong = String::from_utf8(signed("/hook/rt1/call_events", body.as_bytes())).expect("text");
    let wrong = wrong.replace(&signature(body.as_bytes()), &signature_by(OTHER, body.as_bytes()));
    assert_eq!(http::send(rig.address, wrong.as_bytes()).await.status, 403);
    let ids = async || {
        let calls = rig.get(&admin, "/v1/calls").await.json()["calls"].clone();
        calls.as_array().expect("a list").iter().map(|call| call["id"].clone()).collect::<Vec<_>>()
    };
    let calls = ids().await;
    let (head, rows) = (rig.office.metrics().head, page(&rig, &admin, "?direction=incoming").await);
    let detail = rig.get(&admin, &format!("/v1/admin/journal/{}", rows[0]["id"])).await.json();
    assert_eq!(detail["again"], "read", "also one that was refused");

    let told = again(&rig, &admin, &rows[1], "replay").await.json();
    assert_eq!(told["before"], told["now"], "{told}");
    let read = &told["now"];
    assert_eq!((&read["method"], &read["verdict"], &read["reason"]), (&json!("new"), &json!("signed"), &Value::Null));
    let event = &read["events"][0];
    assert_eq!(
        (&event["kind"], &event["call"], &event["party"]),
        (&json!("new"), &json!("s1"), &json!("+7900•••••67"))
    );
    assert!(event["meanings"].as_array().expect("a list").contains(&json!("callCreated")), "{event}");
    assert!(event["vendorTime"].is_string(), "{event}");

    // The key is mended: what was refused is a call now, and what was one is refused.
    let vendor = "http://127.0.0.1:9".parse().expect("a URL");
    rig.office.put_connection(rostelecom("rt1", &vendor, OTHER), Vec::new(), Vec::new()).await.expect("is put");
    let mended = again(&rig, &admin, &rows[0], "replay").await.json();
    assert_eq!(
        (&mended["before"]["verdict"], &mended["before"]["reason"]),
        (&json!("refused"), &json!("signatureWrong"))
    );
    assert_eq!((&mended["before"]["events"], &mended["now"]["verdict"]), (&json!([]), &json!("signed")));
    assert_eq!(mended["now"]["events"][0]["call"], "s2");
    let broken = again(&rig, &admin, &rows[1], "replay").await;
    let broken_json = broken.json();
    assert_eq!(
        (&broken_json["before"]["verdict"], &broken_json["now"]["verdict"]),
        (&json!("signed"), &json!("refused"))
    );
    for secret in [KEY, OTHER, CLIENT_ID, CALLER, &signature(body.as_bytes())] {
        assert!(!broken.text().contains(secret) && !mended.to_string().contains(secret), "{secret}");
    }

    assert_eq!(ids().await, calls, "no call is told of it");
    assert_eq!(rig.office.metrics().head, head, "nothing is in the log");
    assert_eq!(page(&rig, &admin, "?direction=incoming").await, rows, "and nothing in the journal");
    let subject = |row: &Value| format!("replayedWebhook journal {}", row["id"]);
    assert_eq!(audit(&rig, &admin).await[..3], [subject(&rows[1]), subject(&rows[0]), subject(&rows[1])]);
    for token in [rig.manager().await, rig.agent("101").await] {
        assert_eq!(again(&rig, &token, &rows[1], "replay").await.status, 403);
    }
    assert_eq!(again(&rig, &admin, &json!({"id": 999_999}), "replay").await.status, 404);
    let office = remote(&rig, &admin);
    let read = office.replay_webhook(rows[1]["id"].as_i64().expect("an id")).await.expect("is told");
    assert_eq!(read.now.verdict, JournalVerdict::Refused);
}

#[tokio::test]
async fn what_a_connection_sent_is_not_kept_once_it_was_removed() {
    let rig = Rig::new().await;
    let admin = admin(&rig).await;
    rig.tell(&[event("s1", "new", None, Timestamp::now())]).await;
    let row = page(&rig, &admin, "?direction=incoming").await.remove(0);
    assert_eq!(again(&rig, &admin, &row, "replay").await.status, 200);
    rig.office.remove_connection(&connection("rt1")).await;
    let vendor = "http://127.0.0.1:9".parse().expect("a URL");
    rig.office.put_connection(rostelecom("rt1", &vendor, KEY), Vec::new(), Vec::new()).await.expect("is put");
    let check = rig.get(&admin, &format!("/v1/admin/journal/{}/signature", row["id"])).await.json();
    assert_eq!(check, json!({"kind": "notKept"}), "the connection of the same name is another one");
    assert_eq!(again(&rig, &admin, &row, "replay").await.status, 410);
}

fn remote(rig: &Rig, token: &str) -> RemoteOffice {
    let address = format!("http://{}", rig.address).parse().expect("a URL");
    RemoteOffice::connect(&address, SecretString::from(token), None).expect("a loopback address")
}

#[tokio::test]
async fn a_file_has_what_the_filter_shows_part_by_part_without_numbers_or_secrets() {
    let rig = Rig::new().await;
    let admin = admin(&rig).await;
    rig.tell(&answered_call("s1", "101", Timestamp::now())).await;
    let rows = |number: i64| {
        NewJournalRow {
        at: Timestamp::now(),
        connection: Some(connection("rt1")),
        kind: "request".to_owned(),
        body: json!({
            "operation": "call_info", "target": "api.example/call_info", "status": if number % 2 == 0 { 200 } else { 500 },
            "outcome": "ok", "verdict": "done", "tookMs": number, "sent": format!("{{\"to\":\"{CALLER}\"}}"), "received": null,
        })
        .to_string(),
    }
    };
    rig.store.journal((0..250).map(rows).collect()).await.expect("is written");
    let export = async |query: &str| {
        let answer = rig.get(&admin, &format!("/v1/admin/journal/export{query}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        for secret in [KEY, CLIENT_ID, CALLER] {
            assert!(!answer.text().contains(secret), "{secret}");
        }
        answer.json()
    };
    let first = export("?method=call_info").await;
    let next = first["next"].as_i64().expect("there are more");
    let second = export(&format!("?method=call_info&before={next}")).await;
    let third = export(&format!("?method=call_info&before={}", second["next"])).await;
    let count = |part: &Value| part["entries"].as_array().expect("a list").len();
    assert_eq!((count(&first), count(&second), count(&third), &third["next"]), (100, 100, 50, &Value::Null));
    let entry = &first["entries"][0];
    assert_eq!((&entry["line"]["tookMs"], &entry["sent"]), (&json!(249), &json!("{\"to\":\"+7900•••••67\"}")));
    assert_eq!(entry["target"], "api.example/call_info");
    let noted = rig.get(&admin, "/v1/admin/audit").await.json()["entries"].clone();
    let exports: Vec<_> =
        noted.as_array().expect("a list").iter().filter(|it| it["action"] == "exportedJournal").collect();
    assert_eq!(exports.len(), 1, "a file is one: {noted}");
    assert_eq!(exports[0]["detail"], "call_info");
    let incoming = export("?direction=incoming").await;
    assert!(incoming["entries"][0]["received"].as_str().is_some_and(|body| body.contains("+7900•••••67")));
    assert_eq!(count(&export("?errors=true&method=call_info").await), 100);
    for token in [rig.manager().await, rig.agent("101").await] {
        assert_eq!(rig.get(&token, "/v1/admin/journal/export").await.status, 403);
    }
    assert_eq!(rig.get(&admin, "/v1/admin/journal/export?colour=red").await.status, 400);
    let filter = JournalFilter { errors: true, ..JournalFilter::default() };
    let part = remote(&rig, &admin).export_journal(filter).await.expect("is told");
    assert!(part.entries.iter().all(|entry| entry.line.failed) && part.entries.len() == 100);
}

#[tokio::test]
async fn a_body_that_was_cut_is_said_to_be_and_is_no_line_for_a_shell() {
    let rig = Rig::with(Setup::default()).await;
    let admin = admin(&rig).await;
    for (body, is_cut) in [(format!("<xml>{}</xml>", "x".repeat(9000)), true), ("<xml>short</xml>".to_owned(), false)] {
        assert_eq!(http::send(rig.address, &signed("/hook/rt1/call_events", body.as_bytes())).await.status, 200);
        let row = page(&rig, &admin, "?direction=incoming").await.remove(0);
        let detail = rig.get(&admin, &format!("/v1/admin/journal/{}", row["id"])).await.json();
        assert_eq!((&detail["cut"], detail["curl"].is_null()), (&json!(is_cut), is_cut), "{detail}");
    }
}
