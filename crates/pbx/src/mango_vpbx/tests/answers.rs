//! Requests as they are sent, and answers as the API gives them.

use calls::{CommandAnswer, CommandId, RecordingReference};
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::*;
use crate::{
    error::{Error, ErrorKind, Retry},
    request::{Answer, Request},
    traits::RecordingStep,
};

const COMMAND: CommandId = CommandId(Uuid::from_u128(7));

fn answer(status: u16, body: &str) -> Answer {
    let body = Bytes::copy_from_slice(body.as_bytes());
    Answer { status, retry_after: None, date: None, location: None, limits: None, body }
}

fn originate(status: u16, body: &str) -> CommandAnswer {
    pbx().read_originate(COMMAND, &answer(status, body))
}

fn rejected(answer: CommandAnswer) -> String {
    let CommandAnswer::Rejected { reason, .. } = answer else { panic!("{answer:?}") };
    reason
}

#[test]
fn a_callback_names_its_command() {
    let request = pbx().originate(COMMAND, " 101 ", "+74951234567").expect("a request");
    assert_eq!(request.url.as_str(), "https://app.mango-office.ru/vpbx/commands/callback");
    assert_eq!((request.idempotent, request.signed), (false, true));
    let body: Value = serde_json::from_slice(&request.body).expect("JSON");
    let expected = serde_json::json!({
        "command_id": COMMAND.to_string(), "from": {"extension": "101"}, "to_number": "+74951234567",
    });
    assert_eq!(body, expected);
    assert!(!request.body.iter().any(u8::is_ascii_whitespace));
    for (from, to) in [("", "112"), ("1 01", "112"), ("101", "Иван"), ("101", "")] {
        let error = pbx().originate(COMMAND, from, to).expect_err("unusable");
        assert!(error.unsent() && matches!(error.kind(), ErrorKind::InvalidRequest { .. }), "{from} {to}");
    }
}

#[test]
fn the_vendors_path_stands_below_any_address() {
    let cases = [
        ("https://app.mango-office.ru", "https://app.mango-office.ru/vpbx/account/balance"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/vpbx/account/balance"),
        ("http://127.0.0.1:8080/vpbx/", "http://127.0.0.1:8080/vpbx/account/balance"),
        ("https://proxy.example/mango/vpbx", "https://proxy.example/mango/vpbx/account/balance"),
    ];
    for (base, expected) in cases {
        let config = ConnectionConfig { base_url: Some(base.parse().expect("a URL")), ..config() };
        let request = MangoVpbx::new(&config).expect("a make").check().expect("a request");
        assert_eq!(request.url.as_str(), expected);
        assert_eq!(request.body.as_ref(), b"{}");
    }
}

#[test]
fn what_came_of_a_callback_is_read_from_its_code() {
    let accepted = |doubt| CommandAnswer::Accepted { command: COMMAND, vendor_call: None, doubt };
    for body in [r#"{"result":1000}"#, r#"{"command_id":"x","result":"1000"}"#, r#"{"result":0}"#, r#"{"result":1090}"#]
    {
        assert_eq!(originate(200, body), accepted(None), "{body}");
    }
    let doubt = "done, with remarks (code 1001)".to_owned();
    assert_eq!(originate(200, r#"{"result":1001}"#), accepted(Some(doubt)));
    // The class of the HTTP status says nothing where there is a code.
    let reason = rejected(originate(500, r#"{"result":3100}"#));
    assert!(reason.contains("wrong parameters (code 3100)") && reason.contains("two minutes"), "{reason}");
    assert_eq!(
        rejected(originate(200, r#"{"result":"2240"}"#)),
        "there is not enough money on the account (code 2240)"
    );
    assert_eq!(rejected(originate(200, r#"{"result":4101}"#)), "the call has ended or does not exist (code 4101)");
    for (status, body) in
        [(200, ""), (200, "{}"), (502, "<html>"), (200, r#"{"result":5011}"#), (500, r#"{"result":5003}"#)]
    {
        assert_eq!(originate(status, body), CommandAnswer::Unknown { command: COMMAND }, "{status} {body}");
    }
}

/// The body of a 429 names it "Service Unavailable" and has the code 0, which elsewhere is success.
#[test]
fn limits_and_lock_outs_are_told_and_never_taken_for_success() {
    let limited = r#"{"name":"Service Unavailable","message":"Rate limit exceeded.","code":0,"status":429}"#;
    assert!(rejected(originate(429, limited)).contains("more often than it allows"));
    for body in ["", r#"{"result":1000}"#, r#"{"result":3105}"#] {
        assert!(rejected(originate(401, body)).contains("Wait two minutes"), "{body}");
        let error = pbx().read_check(&answer(401, body)).expect_err("refused");
        assert_eq!((error.kind(), error.retry()), (ErrorKind::Unauthorized, Retry::No), "{body}");
    }
    let error = pbx().read_check(&answer(429, limited)).expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::RateLimited { retry_after: None });
}

#[test]
fn a_check_holds_once_the_signature_is_accepted() {
    for body in [r#"{"result":1000,"balance":"12.50"}"#, r#"{"result":"1000"}"#, r#"{"balance":0}"#] {
        assert_eq!(pbx().read_check(&answer(200, body)), Ok(()), "{body}");
    }
    let kind = |status, body| pbx().read_check(&answer(status, body)).expect_err("does not hold").kind();
    assert_eq!(kind(200, r#"{"result":3105}"#), ErrorKind::Unauthorized);
    assert_eq!(kind(400, r#"{"result":3102}"#), ErrorKind::Unauthorized);
    assert_eq!(kind(200, r#"{"result":2110}"#), ErrorKind::Forbidden);
    assert_eq!(kind(200, r#"{"result":5201}"#), ErrorKind::Forbidden);
    assert_eq!(kind(503, r#"{"result":5008}"#), ErrorKind::RateLimited { retry_after: None });
    assert_eq!(kind(200, r#"{"result":5003}"#), ErrorKind::Internal);
    assert_eq!(kind(200, "<html>"), ErrorKind::Protocol);
    assert_eq!(kind(200, r#"{"ok":true}"#), ErrorKind::Protocol);
    assert_eq!(kind(403, ""), ErrorKind::Forbidden);
    // Nothing that was refused for its own sake is sent again.
    let error = pbx().read_check(&answer(500, r#"{"result":3000}"#)).expect_err("does not hold");
    assert_eq!(error.retry(), Retry::No);
}

fn recording(overrides: &[(&str, &str)], reference: &RecordingReference) -> Result<RecordingStep, Error> {
    let overrides = overrides.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let pbx = MangoVpbx::new(&ConnectionConfig { overrides, ..config() }).expect("a make");
    pbx.recording("e1", reference, Timestamp::UNIX_EPOCH)
}

#[test]
fn a_recording_is_asked_for_and_fetched_without_what_was_signed() {
    let reference = RecordingReference::Id("MToxMDAwNjA4NTo1MDA5NDExMDIyOjE=".to_owned());
    let RecordingStep::Ask(ask) = recording(&[], &reference).expect("a step") else { panic!("is fetched") };
    assert_eq!(ask.url.path(), "/vpbx/queries/recording/post");
    assert_eq!(ask.body.as_ref(), br#"{"action":"download","recording_id":"MToxMDAwNjA4NTo1MDA5NDExMDIyOjE="}"#);
    assert_eq!((ask.signed, ask.idempotent), (true, false));

    let location = Some("https://files.mango-office.ru/once/abc".to_owned());
    let redirect = Answer { location, ..answer(302, "") };
    let fetch: Request = pbx().read_recording(&redirect).expect("a link");
    assert_eq!((fetch.method.as_str(), fetch.url.as_str()), ("GET", "https://files.mango-office.ru/once/abc"));
    assert!(fetch.body.is_empty() && fetch.headers.is_empty() && !fetch.signed);

    let kind = |answer: &Answer| pbx().read_recording(answer).expect_err("no link").kind();
    assert_eq!(kind(&answer(302, "")), ErrorKind::Protocol);
    assert_eq!(kind(&Answer { location: Some("/once".to_owned()), ..answer(302, "") }), ErrorKind::Protocol);
    assert_eq!(kind(&answer(204, "")), ErrorKind::NotReady);
    assert_eq!(kind(&answer(404, r#"{"result":3320}"#)), ErrorKind::Gone);
    assert_eq!(kind(&answer(200, r#"{"result":3340}"#)), ErrorKind::Gone);
    assert_eq!(kind(&answer(401, r#"{"result":3320}"#)), ErrorKind::Unauthorized);
    assert_eq!(kind(&answer(500, "")), ErrorKind::Internal);
}

#[test]
fn a_link_is_signed_for_itself_alone() {
    let reference = RecordingReference::Id("a+/=".to_owned());
    let RecordingStep::Fetch(fetch) = recording(&[("recording", "link")], &reference).expect("a step") else {
        panic!("is asked for")
    };
    assert!(
        fetch
            .url
            .path()
            .starts_with("/vpbx/queries/recording/link/a%2B%2F%3D/download/9ipl5monmwkkyg3adfx2s6frz7b1aaaa/11400/")
    );
    assert!(!fetch.signed && fetch.headers.is_empty() && fetch.body.is_empty());
    for reference in [RecordingReference::Id(" ".to_owned()), RecordingReference::Link("https://a.example".to_owned())]
    {
        assert_eq!(recording(&[], &reference).expect_err("none").kind(), ErrorKind::NotFound);
    }
}
