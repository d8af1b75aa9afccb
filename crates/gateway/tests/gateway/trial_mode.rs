//! Trial mode: plain HTTP for the webhooks of one connection, and calls for administrators alone.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use link::{
    Office, OfficeErrorKind, RemoteOffice,
    wire::{JournalDirection, Role},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    events::{answered_call, call_id, event, post, signed},
    http::{Answer, request, send, try_send},
    rig::{Moved, PATH_TOKEN, Public, Rig, Setup, connection, rostelecom},
    tls,
    ws::Desk,
};

async fn admin(rig: &Rig) -> String {
    rig.issue("Марина", Role::Admin, &["101"]).await.secret.expose_secret().to_owned()
}

/// The office behind TLS, as this token may use it.
fn over_tls(rig: &Rig, token: &str) -> RemoteOffice {
    let address = format!("https://{}", rig.address).parse().expect("a URL");
    RemoteOffice::connect(&address, SecretString::from(token), Some(&tls::authority())).expect("is set up")
}

fn with_tls(clock: Arc<Moved>) -> Setup {
    Setup { tls: true, public: Public::Own, clock, ..Setup::default() }
}

fn now() -> Arc<Moved> {
    Moved::at(Timestamp::now())
}

async fn trial_until(office: &RemoteOffice, id: &str) -> Option<Timestamp> {
    let state = office.state().await.expect("is told");
    state.connections.iter().find(|of| of.id.as_str() == id).expect("is there").trial_until
}

fn new(session: &str) -> Value {
    event(session, "new", None, Timestamp::now())
}

/// Nobody speaks HTTP there.
async fn is_silent(rig: &Rig) -> bool {
    try_send(rig.address, &signed("/hook/rt1/call_events", new("s0").to_string().as_bytes())).await.is_err()
}

fn is_bare_refusal(answer: &Answer) -> bool {
    answer.status == 403 && answer.body.is_empty()
}

#[tokio::test]
async fn plain_http_is_taken_for_the_hooks_of_a_connection_in_trial_mode_and_for_nothing_else() {
    let rig = Rig::with(with_tls(now())).await;
    let token = admin(&rig).await;
    let office = over_tls(&rig, &token);
    assert!(is_silent(&rig).await, "before");
    let rt1 = connection("rt1");
    let trial = office.begin_trial(&rt1, 1).await.expect("begins");
    assert_eq!(trial_until(&office, "rt1").await, Some(trial.until));
    assert_eq!(trial_until(&office, "rt2").await, None);
    let state = office.state().await.expect("TLS is spoken as before");
    let own = state.connections.iter().find(|of| of.id == rt1).expect("is there");
    assert_eq!((own.offers_trial, own.trial_address.clone()), (true, Some(format!("http://{}/hook/rt1", rig.address))));

    assert_eq!(post(rig.address, &new("s1")).await.status, 200);
    let wrong = request("POST", "/hook/rt1/call_events", &[("X-Client-Sign", "00")], b"{}");
    let refused = send(rig.address, &wrong).await;
    assert_eq!((refused.status, &refused.json()["error"]), (403, &json!("forbidden")), "the signature is checked");
    let bearer = format!("Bearer {token}");
    let body = new("s2").to_string();
    for (what, bytes) in [
        ("a connection that is not in it", signed(&format!("/hook/rt2/{PATH_TOKEN}/call_events"), body.as_bytes())),
        ("a connection that is none", signed("/hook/rt9/call_events", body.as_bytes())),
        ("no connection", signed("/hook", body.as_bytes())),
        ("a request with a token", request("GET", "/v1/calls", &[("Authorization", &bearer)], b"")),
        ("a request without", request("GET", "/v1/calls", &[], b"")),
        ("a path that is none", request("GET", "/hook/../v1/calls", &[("Authorization", &bearer)], b"")),
        ("the sign of life", request("GET", "/healthz", &[], b"")),
        ("joining", request("POST", "/v1/join/preview", &[], b"{}")),
    ] {
        let answer = send(rig.address, &bytes).await;
        assert!(is_bare_refusal(&answer), "{what}: {} {}", answer.status, answer.text());
    }
    let mut large = body.into_bytes();
    large.resize(70_000, b' ');
    assert_eq!(send(rig.address, &signed("/hook/rt1/call_events", &large)).await.status, 413);

    let journal = office.journal(Default::default()).await.expect("is told");
    let incoming = journal.entries.iter().filter(|line| line.direction == JournalDirection::Incoming);
    let plain: Vec<_> = incoming.map(|line| (line.method.as_str(), line.plain)).collect();
    assert_eq!(plain, [("call_events", true), ("new", true)]);
    office.end_trial(&rt1).await.expect("ends");
    assert!(is_silent(&rig).await, "afterwards");
    assert_eq!(trial_until(&office, "rt1").await, None);
    let audit = office_audit(&rig);
    assert_eq!(audit, [("endedTrial".to_owned(), "rt1".to_owned()), ("beganTrial".to_owned(), "rt1".to_owned())]);
}

fn office_audit(rig: &Rig) -> Vec<(String, String)> {
    let rows = rig.store.audit_before(None, 10).expect("is read");
    let trials = rows.into_iter().filter(|row| row.entry.action.ends_with("Trial"));
    trials.map(|row| (row.entry.action, row.entry.subject)).collect()
}

/// Reads until the gateway closes; what came.
async fn rest(mut stream: TcpStream) -> Vec<u8> {
    let mut read = Vec::new();
    let all = stream.read_to_end(&mut read);
    let ended = tokio::time::timeout(std::time::Duration::from_secs(10), all).await.expect("is closed");
    // A reset is a close too.
    let _ = ended;
    read
}

#[tokio::test]
async fn it_outlives_a_restart_ends_by_itself_and_takes_open_connections_along() {
    let clock = now();
    let rig = Rig::with(with_tls(Arc::clone(&clock))).await;
    let token = admin(&rig).await;
    let until = over_tls(&rig, &token).begin_trial(&connection("rt1"), 24).await.expect("begins").until;
    let folder = rig.stop().await;
    let rig = Rig::on(folder, with_tls(Arc::clone(&clock))).await;
    let office = over_tls(&rig, &token);
    assert_eq!(trial_until(&office, "rt1").await, Some(until));
    assert_eq!(post(rig.address, &new("s1")).await.status, 200);

    // One connection that keeps alive, one that has sent half a request, and one that has sent nothing but its first byte.
    let body = new("s2").to_string();
    let whole = String::from_utf8(signed("/hook/rt1/call_events", body.as_bytes())).expect("a text");
    let keeps = whole.replace("Connection: close\r\n", "");
    let mut idle = TcpStream::connect(rig.address).await.expect("connects");
    idle.write_all(keeps.as_bytes()).await.expect("is sent");
    let mut answer = [0; 15];
    idle.read_exact(&mut answer).await.expect("is answered");
    assert_eq!(&answer, b"HTTP/1.1 200 OK");
    let mut half = TcpStream::connect(rig.address).await.expect("connects");
    half.write_all(&keeps.as_bytes()[..keeps.len() - 10]).await.expect("is sent");
    let mut begun = TcpStream::connect(rig.address).await.expect("connects");
    begun.write_all(b"P").await.expect("is sent");

    clock.forward(SignedDuration::from_hours(24) - SignedDuration::from_secs(1));
    assert_eq!(post(rig.address, &new("s3")).await.status, 200, "a second is left");
    clock.forward(SignedDuration::from_secs(1));
    assert_eq!(trial_until(&office, "rt1").await, None);
    assert!(is_silent(&rig).await);
    for stream in [idle, half, begun] {
        let rest = rest(stream).await;
        assert!(!rest.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&rest));
    }
    let folder = rig.stop().await;
    let rig = Rig::on(folder, with_tls(clock)).await;
    assert!(is_silent(&rig).await, "after the next start too");
    assert_eq!(rig.store.setting("trial:rt1"), Ok(None));
}

#[tokio::test]
async fn what_was_begun_in_trial_mode_and_ends_after_it_is_refused() {
    let clock = now();
    let rig = Rig::with(with_tls(Arc::clone(&clock))).await;
    let token = admin(&rig).await;
    let office = over_tls(&rig, &token);
    office.begin_trial(&connection("rt1"), 1).await.expect("begins");
    // The other connection keeps plain connections open.
    office.begin_trial(&connection("rt2"), 24).await.expect("begins");
    let bytes = signed("/hook/rt1/call_events", new("s1").to_string().as_bytes());
    let mut stream = TcpStream::connect(rig.address).await.expect("connects");
    stream.write_all(&bytes[..bytes.len() - 1]).await.expect("is sent");
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    clock.forward(SignedDuration::from_hours(1));
    stream.write_all(&bytes[bytes.len() - 1..]).await.expect("is sent");
    assert!(rest(stream).await.starts_with(b"HTTP/1.1 403"));
    assert_eq!(office.trace(&call_id("s1")).await, Ok(None), "nothing of it is kept");
    assert!(is_bare_refusal(&post(rig.address, &new("s2")).await));
}

async fn put_trial(rig: &Rig, token: &str, id: &str, body: &Value) -> Answer {
    rig.ask("PUT", token, &format!("/v1/admin/connections/{id}/trial"), &[], body.to_string().as_bytes()).await
}

#[tokio::test]
async fn it_lasts_a_day_at_most_and_is_for_administrators_and_for_pbxs_that_post() {
    let rig = Rig::new().await;
    let token = admin(&rig).await;
    for hours in [json!(0), json!(25), json!(-1), json!("4"), json!(1.5), Value::Null] {
        let answer = put_trial(&rig, &token, "rt1", &json!({ "hours": hours })).await;
        assert_eq!((answer.status, &answer.json()["field"]), (400, &json!("hours")), "{hours}");
    }
    assert_eq!(put_trial(&rig, &token, "rt1", &json!({ "hours": 1, "days": 1 })).await.status, 400);
    assert_eq!(put_trial(&rig, &token, "rt9", &json!({ "hours": 1 })).await.status, 404);
    for other in [rig.agent("101").await, rig.manager().await] {
        assert_eq!(put_trial(&rig, &other, "rt1", &json!({ "hours": 1 })).await.status, 403);
        let ended = rig.ask("DELETE", &other, "/v1/admin/connections/rt1/trial", &[], b"").await;
        assert_eq!(ended.status, 403);
    }
    let asked = office::ConnectionSettings { has_address: false, ..rostelecom("rt3", &vendor(), "KEY") };
    rig.office.put_connection(asked, Vec::new(), Vec::new()).await.expect("is connected");
    let answer = put_trial(&rig, &token, "rt3", &json!({ "hours": 1 })).await;
    assert_eq!(answer.json()["error"], "unsupported", "{}", answer.text());
    let state = rig.get(&token, "/v1/admin/state").await.json();
    let offers: Vec<_> = state["connections"].as_array().expect("a list").iter().map(|of| &of["offersTrial"]).collect();
    assert_eq!(offers, [true, true, false]);
    assert!(office_audit(&rig).is_empty(), "nothing was begun");
    let address = format!("http://{}", rig.address).parse().expect("a URL");
    let office = RemoteOffice::connect(&address, SecretString::from(token), None).expect("a loopback address");
    let missing = office.end_trial(&connection("rt9")).await.expect_err("there is none");
    assert_eq!(missing.kind, OfficeErrorKind::NotFound);
    assert_eq!(office.end_trial(&connection("rt1")).await, Ok(()), "nothing is to be ended");
}

fn vendor() -> url::Url {
    "http://127.0.0.1:9".parse().expect("a URL")
}

#[tokio::test]
async fn behind_a_proxy_what_came_to_it_over_plain_http_is_taken_in_trial_mode_alone() {
    let public = Public::At("https://calls.example.org".parse().expect("a URL"));
    let rig = Rig::with(Setup { public, ..Setup::default() }).await;
    let token = admin(&rig).await;
    let came = |scheme: &str, bytes: &[u8]| {
        let text = String::from_utf8(bytes.to_vec()).expect("a text");
        text.replacen("Host:", &format!("X-Forwarded-Proto: {scheme}\r\nHost:"), 1).into_bytes()
    };
    let hook = |session: &str| signed("/hook/rt1/call_events", new(session).to_string().as_bytes());
    let bearer = format!("Bearer {token}");
    let calls = request("GET", "/v1/calls", &[("Authorization", &bearer)], b"");
    assert!(is_bare_refusal(&send(rig.address, &came("http", &hook("s1"))).await));
    assert!(is_bare_refusal(&send(rig.address, &came("http", &calls)).await));
    assert_eq!(send(rig.address, &came("https", &hook("s1"))).await.status, 200);
    assert_eq!(put_trial(&rig, &token, "rt1", &json!({ "hours": 1 })).await.status, 200);
    assert_eq!(send(rig.address, &came("http", &hook("s2"))).await.status, 200);
    assert!(is_bare_refusal(&send(rig.address, &came("http", &calls)).await));
    assert_eq!(send(rig.address, &came("https", &calls)).await.status, 200);
    let state = rig.get(&token, "/v1/admin/state").await.json();
    assert_eq!(state["connections"][0]["trialAddress"], "http://calls.example.org/hook/rt1");
}

/// The ids of the calls that a page of the list holds.
async fn listed(rig: &Rig, token: &str) -> Vec<String> {
    let page = rig.get(token, "/v1/calls").await.json();
    let calls = page["calls"].as_array().expect("a list").iter();
    calls.map(|call| call["id"].as_str().expect("an id").to_owned()).collect()
}

/// What a stream from the beginning tells: the calls, and the words of the facts.
async fn told(rig: &Rig, token: &str) -> (Vec<Value>, Vec<Value>) {
    let mut desk = Desk::resume(rig.address, token, Value::Null).await;
    let frames = desk.up_to_at().await;
    let of = |kind: &str, part: &str| {
        let of_kind = frames.iter().filter(|frame| frame["event"]["kind"] == kind);
        of_kind.map(|frame| frame["event"][kind][part].clone()).collect()
    };
    (of("call", "id"), of("fact", "value"))
}

#[tokio::test]
async fn a_trial_call_is_seen_by_administrators_alone_for_good() {
    let rig = Rig::new().await;
    let token = admin(&rig).await;
    let agent = rig.agent("101").await;
    let of_group = rig.manager().await;
    let of_all = rig.issue_in("Олег", Role::Manager, &[], &[]).await.secret.expose_secret().to_owned();
    let others = [agent, of_group, of_all];
    let mut desks = Vec::new();
    for other in &others {
        let mut desk = Desk::resume(rig.address, other, Value::Null).await;
        desk.up_to_at().await;
        desks.push(desk);
    }
    let mut mine = Desk::resume(rig.address, &token, Value::Null).await;
    mine.up_to_at().await;

    assert_eq!(put_trial(&rig, &token, "rt1", &json!({ "hours": 1 })).await.status, 200);
    let began = Timestamp::now();
    let trial_call = answered_call("s1", "101", began - SignedDuration::from_secs(4));
    let (first, late) = trial_call.split_at(2);
    rig.tell(first).await;
    let call = mine.call().await;
    assert_eq!((&call["id"], &call["trial"]), (&json!(call_id("s1")), &json!(true)));
    let rings = mine.call().await;
    assert_eq!((&rings["trial"], &rings["ringsForMe"]), (&json!(true), &json!(true)), "the admin's own phone");
    let fact = json!({
        "id": "0190c9a5-7e5b-7c33-9d83-000000000001", "kind": "note", "author": "", "at": began.to_string(),
        "call": call_id("s1"), "value": "a trial",
    });
    assert_eq!(rig.post(&token, "/v1/facts", &fact).await.status, 200);
    let ended = rig.ask("DELETE", &token, "/v1/admin/connections/rt1/trial", &[], b"").await;
    assert_eq!(ended.status, 204);
    // The rest of the same call comes when trial mode is over, then an ordinary call.
    rig.tell(late).await;
    rig.tell(&[new("s2")]).await;
    for desk in &mut desks {
        let call = desk.call().await;
        assert_eq!((&call["id"], &call["trial"]), (&json!(call_id("s2")), &Value::Null));
    }
    let folder = rig.stop().await;
    let rig = Rig::on(folder, Setup::default()).await;
    let (trial, ordinary) = (call_id("s1").to_string(), call_id("s2").to_string());
    assert_eq!(listed(&rig, &token).await.len(), 2);
    let (calls, facts) = told(&rig, &token).await;
    assert_eq!((calls.len(), facts), (2, vec![json!("a trial")]));
    let one = rig.get(&token, &format!("/v1/calls/{trial}")).await.json();
    assert_eq!((&one["trial"], &one["state"]), (&json!(true), &json!("ended")));
    let recording = one["recordings"][0]["id"].as_str().expect("it was recorded").to_owned();
    for other in &others {
        assert_eq!(listed(&rig, other).await, std::slice::from_ref(&ordinary));
        assert_eq!(told(&rig, other).await, (vec![json!(ordinary)], Vec::new()));
        for path in ["", "/trace", "/path"] {
            assert_eq!(rig.get(other, &format!("/v1/calls/{trial}{path}")).await.status, 404, "{path}");
        }
        assert_eq!(rig.get(other, &format!("/v1/recordings/{recording}/peaks")).await.status, 404);
        let note = json!({
            "id": "0190c9a5-7e5b-7c33-9d83-000000000002", "kind": "note", "author": "", "at": began.to_string(),
            "call": trial, "value": "a guess",
        });
        assert_eq!(rig.post(other, "/v1/facts", &note).await.status, 404);
        let since = began - SignedDuration::from_mins(5);
        let cards = rig.get(other, &format!("/v1/cards?since={since}")).await.text();
        assert!(!cards.contains(&trial), "{cards}");
    }
    let path = rig.get(&token, &format!("/v1/calls/{trial}/path")).await.json();
    assert!(path["others"].as_array().expect("a list").is_empty(), "it concerned no desk but an admin's: {path}");
}
