use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use calls::{CommandAnswer, CommandId, RecordingReference};
use secrecy::SecretString;
use uuid::Uuid;

use super::*;
use crate::quota::Counted;

mod account;
mod polling;

const KEY: &str = "12345_abcdef0123456789";
const HASH: &str = "5f0bde78663dc007ab22b0ac58d4b93b";

pub(super) fn config(overrides: &[(&str, &str)]) -> ConnectionConfig {
    let secrets = [("api_key", KEY), ("password", "Passw0rd")];
    let text = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    ConnectionConfig {
        id: "rc".parse().expect("an id"),
        make: MAKE,
        zone: None,
        base_url: None,
        trust_anchor_pem: None,
        secrets: secrets.map(|(name, value)| (name.to_owned(), SecretString::from(value))).into(),
        overrides: overrides.iter().map(text).collect::<BTreeMap<_, _>>(),
    }
}

pub(super) fn pbx() -> RingCloud {
    RingCloud::new(&config(&[])).expect("good settings")
}

pub(super) fn answer(status: u16, body: impl Into<Bytes>) -> Answer {
    Answer { status, retry_after: None, date: None, location: None, limits: None, body: body.into() }
}

pub(super) fn success(data: &str) -> Answer {
    answer(200, format!(r#"{{"status":"success","message":null,"data":{data}}}"#))
}

const REFUSED: &str = r#"{"status":"error","message":"No access","data":null}"#;

fn command() -> CommandId {
    CommandId(Uuid::from_u128(7))
}

/// An address as it goes out.
fn sent(pbx: &RingCloud, mut request: Request) -> String {
    pbx.sign(&mut request).expect("signed");
    request.url.to_string()
}

#[test]
fn key_and_hash_stand_first_in_the_address_also_of_a_post() {
    let pbx = pbx();
    let both = format!("api_key={KEY}&hash={HASH}");
    let base = "https://api.ringcloud.ru/v1";
    let settings = &pbx.settings;
    assert_eq!(sent(&pbx, requests::active(settings)), format!("{base}/calls/active?{both}"));
    assert_eq!(sent(&pbx, requests::complete(settings, 2)), format!("{base}/calls/complete?{both}&days=2"));
    assert_eq!(sent(&pbx, requests::balance(settings)), format!("{base}/accounts/12345/balance?{both}"));
    assert_eq!(sent(&pbx, requests::user(settings, "111111")), format!("{base}/users/111111?{both}"));
    let call = requests::call(settings, "111111", "+79101234567").expect("a request");
    assert_eq!(call.body, r#"{"params":{"num":79101234567,"user":111111}}"#);
    assert_eq!((call.method.as_str(), call.headers.len(), call.idempotent), ("POST", 0, false));
    assert_eq!(sent(&pbx, call), format!("{base}/calls?{both}"));
}

#[test]
fn neither_key_nor_hash_is_in_what_is_kept() {
    let pbx = pbx();
    let mut request = requests::active(&pbx.settings);
    pbx.sign(&mut request).expect("signed");
    let printed = format!("{request:?} {pbx:?} {}", crate::redact::target(&request.url, true));
    assert!(!printed.contains(KEY) && !printed.contains(HASH), "{printed}");
    let secrets = config(&[]).secrets.into_values().chain(pbx.derived_secrets());
    let redactor = crate::redact::Redactor::new(secrets);
    let echoed = format!("no such page: /v1/calls?api_key={KEY}&hash={HASH} {HASH}");
    let kept = redactor.body(echoed.as_bytes()).expect("kept");
    assert!(!kept.contains(KEY) && !kept.contains(HASH), "{kept}");
    let told = format!(r#"{{"status":"error","message":"wrong hash {HASH} of {KEY}"}}"#);
    let error = pbx.read_check(&answer(403, told)).expect_err("refused").to_string();
    assert!(!error.contains(KEY) && !error.contains(HASH) && error.contains("wrong hash"), "{error}");
    for before in 150..220 {
        let told = format!(r#"{{"status":"error","message":"{}{HASH}"}}"#, "x".repeat(before));
        let error = pbx.read_check(&answer(403, told)).expect_err("refused").to_string();
        assert!(!error.contains(&HASH[..8]), "cut in the middle: {error}");
    }
}

#[test]
fn settings_that_cannot_work_are_refused_by_name() {
    let mut bad = config(&[]);
    bad.secrets.insert("api_key".to_owned(), SecretString::from("abcdef"));
    let told = RingCloud::new(&bad).expect_err("no account").to_string();
    assert!(told.contains("api_key") && told.contains("12345_abc") && !told.contains("abcdef"), "{told}");
    for value in ["0", "", "3601", "-1", "a minute"] {
        assert!(RingCloud::new(&config(&[("interval", value)])).is_err(), "{value}");
    }
    let quick = RingCloud::new(&config(&[("interval", "10")])).expect("good settings");
    let quota = requests::active(&quick.settings).quotas.pop().expect("a quota");
    assert_eq!((quota.window, quota.requests), (Duration::from_secs(10), 1));
    assert!(quota.words.contains("in 10 s"), "{quota:?}");
}

#[test]
fn one_call_a_minute_is_said_whoever_it_is_for() {
    let pbx = pbx();
    let quotas = |user| requests::call(&pbx.settings, user, "79101234567").expect("a request").quotas;
    assert_eq!(quotas("111111"), quotas("222222"));
    let [quota] = <[Quota; 1]>::try_from(quotas("111111")).expect("one");
    assert_eq!(
        (quota.counted, quota.window, quota.outlives_program),
        (Counted::SameAddress, Duration::from_secs(60), true)
    );
    assert_eq!(quota.words, "RingCloud accepts one call a minute with this key");
}

#[test]
fn the_employee_is_found_by_extension_or_name_before_he_is_rung() {
    let pbx = pbx();
    let originate = |from: &str| pbx.originate(command(), from, "+79101234567");
    let listing = pbx.lookup("401").expect("the list is not known");
    assert_eq!(listing.url.path(), "/v1/users");
    pbx.read_lookup("401", &success(r#"["111111","222222"]"#)).expect("read");
    assert_eq!(pbx.lookup("111111").map(|request| request.url.path().to_owned()), None, "a name is enough");
    let one = pbx.lookup("401").expect("his extension is not known");
    assert_eq!(one.url.path(), "/v1/users/111111");
    pbx.read_lookup("401", &success(r#"{"user":"111111","num":401,"password":"secret"}"#)).expect("read");
    assert!(pbx.lookup("401").is_none() && !format!("{pbx:?}").contains("secret"));
    for from in ["401", "111111", "sip:401@pbx.example"] {
        assert!(originate(from).expect(from).body.ends_with(br#""user":111111}}"#), "{from}");
    }
    pbx.read_lookup("409", &answer(404, "")).expect("he is skipped");
    assert!(pbx.lookup("409").is_none());
    let error = originate("409").expect_err("nobody");
    assert!(error.unsent() && error.kind() == ErrorKind::InvalidRequest { field: "from" }, "{error:?}");
    assert!(pbx.originate(command(), "401", "not a number").expect_err("no number").unsent());
}

#[test]
fn who_may_not_read_the_employees_dials_by_his_user_name() {
    let pbx = pbx();
    let told = pbx.read_lookup("401", &answer(403, REFUSED)).expect_err("an extension needs the list").to_string();
    assert!(told.contains("lacks the right") && told.contains("No access"), "{told}");
    pbx.read_lookup("111111", &answer(403, REFUSED)).expect("a name does not");
    assert!(pbx.lookup("111111").is_none());
    assert!(pbx.originate(command(), "111111", "79101234567").is_ok());
}

#[test]
fn what_came_of_a_call_is_told_in_the_services_words() {
    let pbx = pbx();
    let read = |status: u16, body: &str| pbx.read_originate(command(), &answer(status, body.to_owned()));
    let accepted = |doubt: bool, told| matches!(told, CommandAnswer::Accepted { doubt: said, vendor_call: None, .. } if said.is_some() == doubt);
    assert!(accepted(false, read(200, r#"{"status":"success","message":null,"data":null}"#)));
    assert!(accepted(true, read(500, r#"{"status":"success","data":null}"#)));
    for (status, body) in [(500, REFUSED), (503, ""), (200, "<html>"), (200, "")] {
        assert_eq!(read(status, body), CommandAnswer::Unknown { command: command() }, "{status} {body}");
    }
    for (status, body, words) in [
        (200, REFUSED, "No access"),
        (400, REFUSED, "No access"),
        (403, REFUSED, "lacks the right"),
        (429, r#"{"status":"error","message":"Too frequent"}"#, "too often"),
        (404, "", "404"),
    ] {
        let CommandAnswer::Rejected { reason, .. } = read(status, body) else { panic!("{status} {body}") };
        assert!(reason.contains(words), "{reason}");
    }
}

#[test]
fn a_recording_is_fetched_from_the_services_own_address_alone() {
    let pbx = pbx();
    let fetch = |path: &str| pbx.recording("call", &RecordingReference::Id(path.to_owned()), Timestamp::UNIX_EPOCH);
    for path in ["v1/users/111111/records/a.mp3", "/v1/users/111111/records/a.mp3"] {
        let Ok(RecordingStep::Fetch(request)) = fetch(path) else { panic!("{path}") };
        let sent = sent(&pbx, request);
        assert_eq!(sent, format!("https://api.ringcloud.ru/v1/users/111111/records/a.mp3?api_key={KEY}&hash={HASH}"));
    }
    for path in ["https://elsewhere.example/a.mp3", "//elsewhere.example/a.mp3", "@elsewhere.example/a.mp3"] {
        let error = fetch(path).expect_err(path);
        assert!(error.kind() == ErrorKind::NotFound && error.unsent(), "{error:?}");
    }
}

#[test]
fn the_check_needs_the_key() {
    let read =
        |status: u16, body: &str| pbx().read_check(&answer(status, body.to_owned())).map_err(|error| error.kind());
    assert_eq!(read(200, r#"{"status":"success","message":null,"data":1500.00}"#), Ok(()));
    assert_eq!(read(200, r#"{"status":"success","data":"578.00"}"#), Ok(()));
    assert_eq!(read(403, REFUSED), Err(ErrorKind::Forbidden));
    assert_eq!(read(401, REFUSED), Err(ErrorKind::Unauthorized));
    assert_eq!(read(429, REFUSED), Err(ErrorKind::RateLimited { retry_after: None }));
    assert_eq!(read(503, ""), Err(ErrorKind::Internal));
    for (status, body) in [(200, "{}"), (200, "<html>"), (200, ""), (204, "")] {
        assert_eq!(read(status, body), Err(ErrorKind::Protocol), "{status} {body}");
    }
}
