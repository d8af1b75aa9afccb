//! The staged check of a connection, against a vendor's test host of our own.

use std::collections::BTreeMap;

use jiff::Timestamp;
use link::{
    Office, RemoteOffice,
    wire::{Role, StageName},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::{
    events::{self, CLIENT_ID, KEY, event},
    http,
    rig::{self, Public, Rig, Setup},
    test_host::{Answers, TestHost},
    tls,
};

const OTHER_KEY: &str = "00000000000000000000000000000000";
const STAGES: &str = "/v1/admin/connections/rt1/stages";

async fn admin(rig: &Rig) -> String {
    rig.issue("Марина", Role::Admin, &[]).await.secret.expose_secret().to_owned()
}

/// A gateway whose connection is asked at a vendor that has this test host.
async fn with_host(host: &TestHost, public: Public) -> (Rig, String) {
    let (_, vendor) = crate::vendor::Vendor::start().await;
    let rig = Rig::with(Setup { vendor, test_host: Some(host.url.clone()), public, ..Setup::default() }).await;
    let admin = admin(&rig).await;
    (rig, admin)
}

/// The stages by their names, each with its state.
fn states(check: &Value) -> BTreeMap<&str, &str> {
    let stages = check["stages"].as_array().expect("a list").iter();
    stages.map(|stage| (stage["stage"].as_str().expect("a name"), stage["state"].as_str().expect("a state"))).collect()
}

/// Names and values.
type Headers<'a> = &'a [(&'a str, &'a str)];

/// Its state, cause and reason.
type Proof = (String, Value, Value);

/// Something that a stage takes: its state, and why it is not seen.
fn proof(check: &Value, stage: &str, name: &str) -> Proof {
    let stages = check["stages"].as_array().expect("a list");
    let stage = stages.iter().find(|of| of["stage"] == stage).expect("a stage");
    let proofs = stage["proofs"].as_array().expect("a list");
    let proof = proofs.iter().find(|of| of["proof"] == name).unwrap_or_else(|| panic!("no {name}: {stage}"));
    (proof["state"].as_str().expect("a state").to_owned(), proof["cause"].clone(), proof["reason"].clone())
}

fn passed() -> Proof {
    ("passed".to_owned(), Value::Null, Value::Null)
}

fn missing(cause: &str) -> Proof {
    ("notReached".to_owned(), json!(cause), Value::Null)
}

fn failed(cause: &str, reason: &str) -> Proof {
    ("stopped".to_owned(), json!(cause), json!(reason))
}

async fn check(rig: &Rig, admin: &str) -> Value {
    rig.store.set_setting("settled", "yes").await.expect("is written");
    let answer = rig.get(admin, STAGES).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

async fn run(rig: &Rig, admin: &str, stage: &str) -> Value {
    let answer = rig.post(admin, STAGES, &json!({"stage": stage})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["check"].clone()
}

#[tokio::test]
async fn only_an_administrator_is_told_and_asks_for_stages_that_there_are() {
    let (rig, admin) = with_host(&TestHost::start(Answers::Checks(KEY)).await, Public::Own).await;
    let wish = json!({"stage": "live"});
    for token in [rig.manager().await, rig.agent("101").await] {
        assert_eq!(rig.get(&token, STAGES).await.status, 403);
        assert_eq!(rig.post(&token, STAGES, &wish).await.status, 403);
    }
    assert_eq!(rig.get("nobody", STAGES).await.status, 401);
    for connection in ["rt9", "RT%201"] {
        let path = format!("/v1/admin/connections/{connection}/stages");
        assert_eq!((rig.get(&admin, &path).await.status, rig.post(&admin, &path, &wish).await.status), (404, 404));
    }
    for odd in [json!({}), json!({"stage": "dial"}), json!({"stage": "live", "more": 1})] {
        assert_eq!(rig.post(&admin, STAGES, &odd).await.status, 400, "{odd}");
    }
    let audit = rig.get(&admin, "/v1/admin/audit").await.json();
    assert_eq!(audit["entries"], json!([]), "nothing was done");
}

#[tokio::test]
async fn the_signature_of_the_last_notification_and_ours_at_the_test_host_are_judged() {
    let host = TestHost::start(Answers::Checks(KEY)).await;
    let (rig, admin) = with_host(&host, Public::Own).await;
    let told = check(&rig, &admin).await;
    assert_eq!(states(&told)["plain"], "current");
    assert_eq!(proof(&told, "signature", "signature"), missing("noNotification"));
    assert_eq!(proof(&told, "signature", "testRequest"), missing("notAsked"));

    let body = event("s1", "new", None, Timestamp::now()).to_string();
    let right = events::signature(body.as_bytes());
    let wrong = events::signature_by(OTHER_KEY, body.as_bytes());
    let cases: [(Headers<'_>, u16, Proof); 4] = [
        (&[("X-Client-ID", CLIENT_ID)], 403, failed("notificationRefused", "noSignature")),
        (
            &[("X-Client-ID", CLIENT_ID), ("X-Client-Sign", &wrong)],
            403,
            failed("notificationRefused", "signatureWrong"),
        ),
        (&[("X-Client-ID", OTHER_KEY), ("X-Client-Sign", &wrong)], 403, failed("notificationRefused", "otherAccount")),
        (&[("X-Client-ID", CLIENT_ID), ("X-Client-Sign", &right)], 200, passed()),
    ];
    for (headers, status, expected) in cases {
        let request = http::request("POST", "/hook/rt1/call_events", headers, body.as_bytes());
        assert_eq!(http::send(rig.address, &request).await.status, status);
        assert_eq!(proof(&check(&rig, &admin).await, "signature", "signature"), expected);
    }

    let told = run(&rig, &admin, "signature").await;
    assert_eq!(proof(&told, "signature", "testRequest"), passed());
    assert_eq!(states(&told)["signature"], "passed");
    assert_eq!(host.methods(), [(false, "/get_record".to_owned())], "a question that changes nothing, and no other");
    let entry = rig.get(&admin, "/v1/admin/audit").await.json()["entries"][0].clone();
    assert_eq!((&entry["action"], &entry["subject"]), (&json!("checkedStage"), &json!("rt1")));
    assert_eq!(entry["detail"], "signature");
    assert!(!told.to_string().contains(KEY) && !told.to_string().contains(CLIENT_ID), "no secret is told: {told}");
}

#[tokio::test]
async fn a_test_host_that_refuses_or_is_none_is_told_apart() {
    let host = TestHost::start(Answers::Checks(OTHER_KEY)).await;
    let (rig, admin) = with_host(&host, Public::Own).await;
    let told = run(&rig, &admin, "signature").await;
    assert_eq!(proof(&told, "signature", "testRequest"), failed("requestFailed", "forbidden"));
    assert_eq!(proof(&told, "plain", "plainRequest"), passed(), "it was answered without encryption all the same");
    *host.answers.lock().expect("whole") = Answers::Page;
    let told = run(&rig, &admin, "signature").await;
    assert_eq!(proof(&told, "signature", "testRequest"), failed("requestFailed", "notUnderstood"));
    *host.answers.lock().expect("whole") = Answers::Checks(KEY);
    assert_eq!(proof(&run(&rig, &admin, "signature").await, "signature", "testRequest"), passed());

    let closed = std::net::TcpListener::bind("127.0.0.1:0").and_then(|taken| taken.local_addr()).expect("a port");
    let nobody = Some(format!("http://{closed}/").parse().expect("a URL"));
    let rig = Rig::with(Setup { test_host: nobody, ..Setup::default() }).await;
    let admin = self::admin(&rig).await;
    let told = run(&rig, &admin, "plain").await;
    assert_eq!(proof(&told, "plain", "plainRequest"), failed("requestFailed", "unreachable"));
}

#[tokio::test]
async fn without_an_encrypted_public_address_nothing_is_proved_over_tls() {
    let host = TestHost::start(Answers::Checks(KEY)).await;
    for (public, cause) in [(Public::Own, "plainPublicAddress"), (Public::Unknown, "noPublicAddress")] {
        let (rig, admin) = with_host(&host, public).await;
        rig.tell(&[event("s1", "new", None, Timestamp::now())]).await;
        let told = run(&rig, &admin, "tls").await;
        for name in ["ownTest", "tlsNotification"] {
            assert_eq!(proof(&told, "tls", name), missing(cause));
        }
        assert_eq!(proof(&told, "tls", "tlsRequest"), passed());
        assert_eq!(host.methods().last(), Some(&(true, "/get_record".to_owned())));
    }
}

#[tokio::test]
async fn a_connection_at_the_test_host_is_not_live() {
    let host = TestHost::start(Answers::Checks(KEY)).await;
    let setup = Setup { vendor: host.url.clone(), test_host: Some(host.url.clone()), ..Setup::default() };
    let rig = Rig::with(setup).await;
    let admin = admin(&rig).await;
    assert_eq!(
        proof(&run(&rig, &admin, "live").await, "live", "liveAddress"),
        ("stopped".to_owned(), json!("atTestHost"), Value::Null)
    );
}

#[tokio::test]
async fn live_and_with_the_allow_list_count_only_what_comes_after_they_were_begun() {
    let host = TestHost::start(Answers::Checks(KEY)).await;
    let (rig, admin) = with_host(&host, Public::Own).await;
    rig.tell(&[event("s1", "new", None, Timestamp::now())]).await;
    for (stage, told_by) in [("live", "realCall"), ("allowList", "notification")] {
        let told = check(&rig, &admin).await;
        assert_eq!(proof(&told, stage, "request"), missing("notBegun"));
        assert_eq!(proof(&told, stage, told_by), missing("notBegun"));
        let told = run(&rig, &admin, stage).await;
        assert_eq!(proof(&told, stage, "request"), passed());
        let waits = if stage == "live" { "noCall" } else { "noNotification" };
        assert_eq!(proof(&told, stage, told_by), missing(waits), "what came before does not count");
        rig.tell(&[event(stage, "new", None, Timestamp::now())]).await;
        let told = check(&rig, &admin).await;
        assert_eq!(proof(&told, stage, told_by), passed());
        assert_eq!(states(&told)[stage], "passed");
    }
    assert!(host.methods().is_empty(), "the test host is no part of these");
}

/// A notification of the PBX over TLS, signed; its status.
async fn notify(rig: &Rig, session: &str) -> u16 {
    let body = event(session, "new", None, Timestamp::now()).to_string();
    let url: url::Url = format!("https://{}/hook/rt1/call_events", rig.address).parse().expect("a URL");
    let mut settings = net::Settings::for_base(&url).expect("an address");
    settings.anchors = net::read_certificates(&tls::authority()).expect("certificates");
    let mut request = net::Request::post_json(url, axum::body::Bytes::from(body.clone()));
    for (name, value) in [("x-client-id", CLIENT_ID), ("x-client-sign", &events::signature(body.as_bytes()))] {
        let value: axum::http::HeaderValue = value.parse().expect("a value");
        request.headers.insert(name, value);
    }
    net::Client::new(settings).expect("is set up").send(request).await.expect("is answered").status
}

#[tokio::test]
async fn a_connection_is_proved_from_without_tls_to_the_allow_list_in_this_order() {
    let host = TestHost::start(Answers::Checks(KEY)).await;
    let (_, vendor) = crate::vendor::Vendor::start().await;
    let test_host = Some(host.url.clone());
    let rig = Rig::with(Setup { vendor, test_host, tls: true, public: Public::Own, ..Setup::default() }).await;
    let address = format!("https://{}", rig.address).parse().expect("a URL");
    let token = SecretString::from(admin(&rig).await);
    let office = RemoteOffice::connect(&address, token, Some(&tls::authority())).expect("is set up");
    let rt1 = rig::connection("rt1");
    let told = async || {
        rig.store.set_setting("settled", "yes").await.expect("is written");
        serde_json::to_value(office.staged_check(&rt1).await.expect("is told")).expect("JSON")
    };
    let run =
        async |stage| serde_json::to_value(office.run_stage(&rt1, stage).await.expect("runs").check).expect("JSON");
    let current = |check: &Value| {
        let current = states(check).into_iter().find(|(_, state)| *state == "current");
        current.map(|(stage, _)| stage.to_owned())
    };

    let check = told().await;
    assert_eq!(current(&check).as_deref(), Some("plain"));
    assert_eq!(proof(&check, "plain", "plainNotification"), missing("trialIsOff"));
    office.begin_trial(&rt1, 1).await.expect("begins");
    assert_eq!(proof(&told().await, "plain", "plainNotification"), missing("noNotification"));
    let unsigned = http::request("POST", "/hook/rt1/call_events", &[], b"{}");
    assert_eq!(http::send(rig.address, &unsigned).await.status, 403);
    let check = run(StageName::Plain).await;
    assert_eq!(proof(&check, "plain", "plainNotification"), passed(), "whatever its signature");
    assert_eq!((states(&check)["plain"], current(&check).as_deref()), ("passed", Some("signature")));

    assert_eq!(proof(&check, "signature", "signature"), failed("notificationRefused", "noSignature"));
    let body = event("s1", "new", None, Timestamp::now());
    assert_eq!(events::post(rig.address, &body).await.status, 200);
    let check = told().await;
    assert_eq!((states(&check)["signature"], current(&check).as_deref()), ("passed", Some("tls")));

    let stopped = ("stopped".to_owned(), json!("trialIsOn"), Value::Null);
    assert_eq!(proof(&check, "tls", "trialOff"), stopped);
    assert_eq!(proof(&check, "tls", "ownTest"), missing("notTested"));
    assert_eq!(proof(&check, "tls", "tlsNotification"), missing("noNotification"), "that one was not encrypted");
    office.end_trial(&rt1).await.expect("ends");
    let check = run(StageName::Tls).await;
    assert_eq!(proof(&check, "tls", "ownTest"), passed());
    assert_eq!(notify(&rig, "s2").await, 200);
    let check = told().await;
    assert_eq!((states(&check)["tls"], current(&check).as_deref()), ("passed", Some("live")));

    for (stage, next) in [(StageName::Live, Some("allowList")), (StageName::AllowList, None)] {
        run(stage).await;
        assert_eq!(notify(&rig, stage.name()).await, 200);
        let check = told().await;
        assert_eq!((states(&check)[stage.name()], current(&check).as_deref()), ("passed", next));
    }
    assert_eq!(host.methods(), [(false, "/get_record".to_owned()), (true, "/get_record".to_owned())]);
}
