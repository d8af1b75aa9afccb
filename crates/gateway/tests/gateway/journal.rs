//! The request journal, as administrators read and clear it.

use calls::CallId;
use jiff::Timestamp;
use link::{
    Office, RemoteOffice,
    wire::{JournalDirection, JournalFilter, Role},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use store::NewJournalRow;

use crate::{
    events::{CALLER, KEY, call_id, event, signature, signature_by, signed},
    http,
    rig::{Rig, connection, rostelecom},
};

async fn admin(rig: &Rig) -> String {
    rig.issue("Марина", Role::Admin, &[]).await.secret.expose_secret().to_owned()
}

/// What we asked the PBX, as the driver notes it.
async fn asked(rig: &Rig, operation: &str, outcome: &str, status: Option<u16>) {
    let verdict = if outcome == "ok" { "done" } else { "failed" };
    let body = json!({
        "operation": operation, "target": "api.example/call_back", "status": status, "outcome": outcome, "tookMs": 12,
        "verdict": verdict,
        "sent": json!({"from_number": CALLER}).to_string(), "received": "{\"result\":0}",
    });
    let (kind, connection) = ("request".to_owned(), Some(connection("rt1")));
    let row = NewJournalRow { at: Timestamp::now(), connection, kind, body: body.to_string() };
    rig.store.journal(vec![row]).await.expect("is written");
}

async fn page(rig: &Rig, token: &str, query: &str) -> Vec<Value> {
    // What a webhook was answered is written behind the answer, and before this.
    rig.store.set_setting("settled", "yes").await.expect("is written");
    let answer = rig.get(token, &format!("/v1/admin/journal{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["entries"].as_array().expect("a list").clone()
}

async fn audit(rig: &Rig, token: &str) -> Value {
    rig.get(token, "/v1/admin/audit").await.json()["entries"][0].clone()
}

fn methods(entries: &[Value]) -> Vec<&str> {
    entries.iter().map(|entry| entry["method"].as_str().expect("a method")).collect()
}

#[tokio::test]
async fn the_journal_holds_both_ways_and_is_narrowed_by_method_direction_and_errors() {
    let rig = Rig::new().await;
    let admin = admin(&rig).await;
    rig.tell(&[event("s1", "new", None, Timestamp::now()), event("s1", "end", None, Timestamp::now())]).await;
    let body = event("s2", "new", None, Timestamp::now()).to_string();
    let forged = String::from_utf8(signed("/hook/rt1/call_events", body.as_bytes())).expect("text");
    let forged = forged.replace(&signature(body.as_bytes()), &"0".repeat(64));
    assert_eq!(http::send(rig.address, forged.as_bytes()).await.status, 403);
    asked(&rig, "call_back", "ok", Some(200)).await;
    asked(&rig, "call_info", "the PBX cannot be reached", None).await;

    let all = page(&rig, &admin, "").await;
    let ids: Vec<i64> = all.iter().map(|entry| entry["id"].as_i64().expect("an id")).collect();
    assert!(ids.is_sorted_by(|newer, older| newer > older), "newest first: {ids:?}");
    for method in ["new", "end", "call_events", "call_back", "call_info"] {
        assert!(methods(&all).contains(&method), "{method}: {all:?}");
    }
    let incoming = page(&rig, &admin, "?direction=incoming").await;
    assert_eq!(methods(&incoming), ["call_events", "end", "new"]);
    assert!(incoming.iter().all(|entry| entry["direction"] == "incoming" && entry["connection"] == "rt1"));
    let outgoing = page(&rig, &admin, "?direction=outgoing").await;
    assert!(outgoing.iter().all(|entry| entry["direction"] == "outgoing"), "{outgoing:?}");
    // What a link asks by itself comes between.
    let mine: Vec<&str> = methods(&outgoing).into_iter().filter(|method| method.starts_with("call_")).collect();
    assert_eq!(mine, ["call_info", "call_back"]);
    assert_eq!(all.len(), incoming.len() + outgoing.len());
    let failed = page(&rig, &admin, "?errors=true").await;
    assert!(failed.iter().all(|entry| entry["failed"] == true), "{failed:?}");
    assert!(methods(&failed).contains(&"call_events") && methods(&failed).contains(&"call_info"), "{failed:?}");
    assert!(!methods(&failed).contains(&"call_back") && !methods(&failed).contains(&"new"), "{failed:?}");
    assert_eq!(methods(&page(&rig, &admin, "?method=new&direction=incoming&errors=false").await), ["new"]);
    assert_eq!(methods(&page(&rig, &admin, "?method=new&errors=true").await), Vec::<&str>::new());
    let older = page(&rig, &admin, &format!("?before={}", ids[1])).await;
    assert_eq!(older.len(), all.len() - 2);
    let methods = rig.get(&admin, "/v1/admin/journal?method=new").await.json()["methods"].clone();
    assert!(methods.as_array().expect("a list").contains(&json!("call_back")), "all are offered: {methods}");
    for wrong in ["?direction=up", "?errors=perhaps", "?before=x", "?colour=red", "?method=a&method=b"] {
        assert_eq!(rig.get(&admin, &format!("/v1/admin/journal{wrong}")).await.status, 400, "{wrong}");
    }
}

#[tokio::test]
async fn a_webhook_is_shown_with_what_it_was_answered() {
    let rig = Rig::new().await;
    let admin = admin(&rig).await;
    let body = event("s1", "new", None, Timestamp::now()).to_string();
    let taken = signed("/hook/rt1/call_events", body.as_bytes());
    assert_eq!(http::send(rig.address, &taken).await.status, 200);
    let forged = String::from_utf8(taken).expect("text").replace(&signature(body.as_bytes()), &"0".repeat(64));
    assert_eq!(http::send(rig.address, forged.as_bytes()).await.status, 403);
    let rows = page(&rig, &admin, "?direction=incoming").await;
    let told: Vec<_> = rows.iter().map(|row| (&row["method"], &row["status"], &row["verdict"])).collect();
    let (refused, signed) = (json!("refused"), json!("signed"));
    assert_eq!(
        told,
        [(&json!("call_events"), &json!(403), &refused), (&json!("new"), &json!(200), &signed)],
        "each once, also the one that settled the zone"
    );
    let detail = |row: &Value| format!("/v1/admin/journal/{}", row["id"]);
    assert!(rig.get(&admin, &detail(&rows[1])).await.json()["sent"].is_string());
    assert!(rig.get(&admin, &detail(&rows[0])).await.json()["sent"].is_null());
}

#[tokio::test]
async fn a_signature_is_checked_again_with_the_key_of_now_and_nothing_secret_is_said() {
    const OTHER: &str = "00112233445566778899AABBCCDDEEFF";
    let rig = Rig::new().await;
    let admin = admin(&rig).await;
    let body = event("s1", "new", None, Timestamp::now()).to_string();
    let right = signed("/hook/rt1/call_events", body.as_bytes());
    assert_eq!(http::send(rig.address, &right).await.status, 200);
    let by_other = signature_by(OTHER, body.as_bytes());
    let wrong = String::from_utf8(right).expect("text").replace(&signature(body.as_bytes()), &by_other);
    assert_eq!(http::send(rig.address, wrong.as_bytes()).await.status, 403);
    let bare = http::request("POST", "/hook/rt1/call_events", &[], body.as_bytes());
    assert_eq!(http::send(rig.address, &bare).await.status, 403);
    asked(&rig, "call_back", "ok", Some(200)).await;

    let rows = page(&rig, &admin, "?direction=incoming").await;
    let reasons: Vec<_> = rows.iter().map(|row| row["reason"].clone()).collect();
    assert_eq!(reasons, [json!("noSignature"), json!("signatureWrong"), Value::Null]);
    let check = async |row: &Value| {
        let answer = rig.get(&admin, &format!("/v1/admin/journal/{}/signature", row["id"])).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        for secret in [KEY, OTHER, &by_other, &signature(body.as_bytes())] {
            assert!(!answer.text().contains(secret), "{}", answer.text());
        }
        answer.json()
    };
    let is_wrong = |reason: &str| json!({"kind": "wrong", "reason": reason});
    assert_eq!(check(&rows[0]).await, is_wrong("noSignature"));
    assert_eq!(check(&rows[1]).await, is_wrong("signatureWrong"));
    assert_eq!(check(&rows[2]).await, json!({"kind": "right"}));
    let ours = page(&rig, &admin, "?method=call_back").await.remove(0);
    assert_eq!(check(&ours).await, json!({"kind": "nothingSigned"}), "of a row of a version before");

    // The key is mended: what was refused is right now, and what was right is not any more.
    let vendor = "http://127.0.0.1:9".parse().expect("a URL");
    rig.office.put_connection(rostelecom("rt1", &vendor, OTHER), Vec::new(), Vec::new()).await.expect("is put");
    assert_eq!(check(&rows[1]).await, json!({"kind": "right"}));
    assert_eq!(check(&rows[2]).await, is_wrong("signatureWrong"));
    rig.office.remove_connection(&connection("rt1")).await;
    assert_eq!(check(&rows[1]).await, json!({"kind": "noConnection"}));

    for token in [rig.manager().await, rig.agent("101").await] {
        let answer = rig.get(&token, &format!("/v1/admin/journal/{}/signature", rows[0]["id"])).await;
        assert_eq!(answer.status, 403);
    }
    assert_eq!(rig.get(&admin, "/v1/admin/journal/999999/signature").await.status, 404);

    // The originals are in memory alone.
    let rig = Rig::on(rig.stop().await, crate::rig::Setup::default()).await;
    let answer = rig.get(&admin, &format!("/v1/admin/journal/{}/signature", rows[2]["id"])).await;
    assert_eq!(answer.json(), json!({"kind": "notKept"}));
}

#[tokio::test]
async fn a_webhook_is_offered_as_a_line_for_a_shell_without_what_is_secret() {
    let rig = Rig::new().await;
    let admin = admin(&rig).await;
    let sent = event("s1", "new", None, Timestamp::now());
    rig.tell(std::slice::from_ref(&sent)).await;
    let entry = page(&rig, &admin, "?method=new").await.remove(0);
    let line = rig.get(&admin, &format!("/v1/admin/journal/{}", entry["id"])).await.json()["curl"].clone();
    let line = line.as_str().expect("a line");
    for part in [
        "--request 'POST' --url \"$TRUBKA_HOOK\"'/call_events'",
        "'X-Client-Sign: '\"$TRUBKA_X_CLIENT_SIGN\"",
        "'X-Client-ID: '\"$TRUBKA_X_CLIENT_ID\"",
        "--data-raw '{",
        "+7900•••••67",
    ] {
        assert!(line.to_lowercase().contains(&part.to_lowercase()), "{part}: {line}");
    }
    for secret in [KEY, &signature(sent.to_string().as_bytes()), crate::events::CLIENT_ID, CALLER] {
        assert!(!line.contains(secret), "{line}");
    }
}

#[tokio::test]
async fn an_entry_shows_no_number_until_it_is_revealed_and_never_a_secret() {
    let rig = Rig::new().await;
    let admin = admin(&rig).await;
    let sent = event("s1", "new", None, Timestamp::now());
    rig.tell(std::slice::from_ref(&sent)).await;
    let entry = page(&rig, &admin, "?method=new").await.remove(0);
    let address = format!("/v1/admin/journal/{}", entry["id"]);
    let shown = rig.get(&admin, &address).await.json();
    assert_eq!((&shown["line"], &shown["revealed"]), (&entry, &json!(false)));
    assert_eq!(shown["call"], json!(call_id("s1")));
    let received = shown["received"].as_str().expect("a body");
    assert!(received.contains("+7900•••••67") && received.contains("s1"), "{received}");
    assert!(!received.contains(CALLER) && audit(&rig, &admin).await.is_null(), "{received}");

    let revealed = rig.get(&admin, &format!("{address}?reveal=true")).await.json();
    let received = revealed["received"].as_str().expect("a body");
    assert!(received.contains(CALLER) && revealed["revealed"] == true, "{received}");
    for secret in [KEY, &signature(sent.to_string().as_bytes())] {
        assert!(!revealed.to_string().contains(secret), "{revealed}");
    }
    let noted = audit(&rig, &admin).await;
    assert_eq!(
        (&noted["action"], &noted["subject"]),
        (&json!("revealNumbers"), &json!(format!("journal {}", entry["id"])))
    );
    assert!(noted["who"].as_str().expect("somebody").starts_with("Марина ("), "{noted}");
    assert_eq!(rig.get(&admin, "/v1/admin/journal/999999").await.status, 404);
}

#[tokio::test]
async fn a_journal_that_is_cleared_is_empty_and_the_audit_says_who_did_it() {
    let rig = Rig::new().await;
    let admin = admin(&rig).await;
    asked(&rig, "call_back", "ok", Some(200)).await;
    let entry = page(&rig, &admin, "?method=call_back").await.remove(0);
    assert_eq!(rig.ask("DELETE", &admin, "/v1/admin/journal", &[], b"").await.status, 204);
    assert_eq!(page(&rig, &admin, "?method=call_back").await, Vec::<Value>::new());
    assert_eq!(rig.get(&admin, &format!("/v1/admin/journal/{}", entry["id"])).await.status, 404);
    asked(&rig, "call_back", "ok", Some(200)).await;
    let newer = page(&rig, &admin, "?method=call_back").await.remove(0);
    assert!(newer["id"].as_i64() > entry["id"].as_i64(), "an id names one entry for good");
    let noted = audit(&rig, &admin).await;
    assert_eq!(noted["action"], "clearJournal");
    assert!(noted["who"].as_str().expect("somebody").starts_with("Марина ("), "{noted}");
}

#[tokio::test]
async fn nobody_but_an_administrator_reads_or_clears_the_journal() {
    let rig = Rig::new().await;
    let admin = admin(&rig).await;
    asked(&rig, "call_back", "ok", Some(200)).await;
    let entry = page(&rig, &admin, "?method=call_back").await.remove(0);
    let one = format!("/v1/admin/journal/{}", entry["id"]);
    for token in [rig.manager().await, rig.agent("101").await] {
        for path in ["/v1/admin/journal", &one, &format!("{one}?reveal=true")] {
            assert_eq!(rig.get(&token, path).await.status, 403, "{path}");
        }
        assert_eq!(rig.ask("DELETE", &token, "/v1/admin/journal", &[], b"").await.status, 403);
    }
    assert_eq!(rig.get("nobody", "/v1/admin/journal").await.status, 401);
    assert_eq!(page(&rig, &admin, "?method=call_back").await, [entry]);
}

#[tokio::test]
async fn a_desk_reads_the_same_through_its_office() {
    let rig = Rig::new().await;
    let address = format!("http://{}", rig.address).parse().expect("a URL");
    let office =
        |token: String| RemoteOffice::connect(&address, SecretString::from(token), None).expect("a loopback address");
    let (mine, managers) = (office(admin(&rig).await), office(rig.manager().await));
    rig.tell(&[event("s1", "new", None, Timestamp::now())]).await;
    asked(&rig, "call_back", "the PBX cannot be reached", None).await;
    let filter = JournalFilter {
        method: Some("call_back".to_owned()),
        direction: Some(JournalDirection::Outgoing),
        errors: true,
        before: Some(i64::MAX),
    };
    let page = mine.journal(filter.clone()).await.expect("a page");
    let [line] = page.entries.as_slice() else { panic!("one: {page:?}") };
    assert_eq!((line.direction, line.failed, line.took_ms), (JournalDirection::Outgoing, true, 12));
    let masked = mine.journal_entry(line.id, false).await.expect("an entry");
    assert_eq!(masked.sent.as_deref(), Some("{\"from_number\":\"+7900•••••67\"}"));
    let revealed = mine.journal_entry(line.id, true).await.expect("an entry");
    assert!(revealed.revealed && revealed.sent.is_some_and(|sent| sent.contains(CALLER)));
    assert_eq!(revealed.call, None::<CallId>);
    mine.clear_journal().await.expect("is cleared");
    assert_eq!(
        mine.journal(JournalFilter { errors: true, ..JournalFilter::default() }).await.expect("a page").entries,
        []
    );
    managers.journal(filter).await.expect_err("it is for administrators");
}
