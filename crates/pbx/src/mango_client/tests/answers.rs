//! Requests and what is made of their answers.

use bytes::Bytes;
use calls::{
    ActOn, Action, Book, Can, Cannot, CommandAnswer, CommandId, LogEvent, RecordingReference, Stored, Target,
    number::Dialable,
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{answer, config, pbx};
use crate::{
    config_error::ConfigError,
    error::ErrorKind,
    mango_client::{self, MangoClient},
    traits::{Pbx, RecordingStep},
    webhook::{VerifyError, WebhookRequest},
};

#[test]
fn callback_is_read_as_people_need_it() {
    let command = CommandId(Uuid::nil());
    let read = |status, body: &str| pbx().read_originate(command, &answer(status, body));
    let accepted = CommandAnswer::Accepted { command, vendor_call: None, doubt: None };
    assert_eq!(read(200, r#"{"Result":{"code":0}}"#), accepted);
    assert_eq!(read(200, r#"{"RESULT":{"Code":"0"}}"#), accepted);
    let reason = "wrong subscriber number (code 3200)".to_owned();
    let refused = r#"{"Result":{"code":3200,"message":"wrong subscriber number"}}"#;
    assert_eq!(read(400, refused), CommandAnswer::Rejected { command, reason });
    let failed = r#"{"Result":{"code":5003,"message":"technical failure"}}"#;
    for (status, body) in
        [(200, ""), (200, "<html>"), (502, "bad gateway"), (500, refused), (503, r#"{"code":0}"#), (200, failed)]
    {
        assert_eq!(read(status, body), CommandAnswer::Unknown { command }, "{status}");
    }
}

#[test]
fn callback_and_its_token_go_to_the_api() {
    let mut request = pbx().originate(CommandId(Uuid::nil()), "101", "+79161234567").expect("a request");
    assert_eq!(request.url.as_str(), "https://api-client.mango-office.ru/api/v1/callback");
    let body: Value = serde_json::from_slice(&request.body).expect("JSON");
    assert_eq!(body, json!({"extension": "101", "DESTINATION_NUMBER": "+79161234567"}));
    pbx().sign(&mut request).expect("signed");
    assert_eq!(request.headers.get("authorization").expect("a token"), "Bearer t0ken");
    assert!(request.headers["authorization"].is_sensitive());
}

/// A call with the leg that is acted on.
fn on(event: &Value) -> ActOn {
    let connection: calls::ConnectionId = "mango".parse().expect("an id");
    let mut book = Book::new(connection.clone(), pbx().book_settings());
    let event = LogEvent::Vendor(super::read(&event.to_string()));
    book.apply(&Stored { seq: 1, connection, received_at: super::received(), event });
    let call = book.open_calls().next().expect("it is open").clone();
    let leg = call.legs.first().expect("a leg").clone();
    ActOn { extension: leg.extension.clone(), call, leg, other: None }
}

#[test]
fn a_talk_is_passed_on_by_its_user_and_a_waiting_call_goes_to_an_employee() {
    let Ok(Dialable { number, .. }) = Dialable::read("203") else { unreachable!("a number") };
    let sent = |on: &ActOn, action: &Action| {
        let request = pbx().act(CommandId(Uuid::nil()), on, action).expect("a request");
        assert_eq!((request.idempotent, request.signed), (false, true));
        (request.url.path().to_owned(), serde_json::from_slice::<Value>(&request.body).expect("JSON"))
    };
    let talk = on(&json!({"routeKey": "/call", "data": {"entry_id": "e1", "call_id": "c1", "seq": 1,
        "state": "CONNECTED", "from": {"number": "79161234567"}, "to": {"extension": "101"}}}));
    let transfer = |attended| Action::Transfer { to: Target::Number(number.clone()), attended };
    let body = json!({"extension": "101", "call_id": "c1", "DESTINATION_NUMBER": "203"});
    assert_eq!(sent(&talk, &transfer(false)), ("/api/v1/transfer".to_owned(), body));
    let waits = on(&json!({"routeKey": "/ivr", "data": {"entry_id": "e1", "call_id": "m1", "seq": 1,
        "state": "APPEARED", "location": "ivr", "from": {"number": "79161234567"}}}));
    let body = json!({"extension": "203", "call_id": "m1"});
    assert_eq!(sent(&waits, &Action::Route { to: number.clone() }), ("/api/v1/route".to_owned(), body));
    for action in [transfer(true), Action::Hangup, Action::Hold, Action::Pickup] {
        let error = pbx().act(CommandId(Uuid::nil()), &talk, &action).expect_err("done on the phone");
        assert_eq!((error.kind(), error.unsent()), (ErrorKind::Unsupported, true), "{action:?}");
        assert_eq!(
            mango_client::MAKE.capability.abilities.of(action.ability()),
            Can::No(Cannot::OnPhone),
            "{action:?}"
        );
    }
}

#[test]
fn names_that_turn_out_otherwise_are_replaced() {
    let mut config = config();
    for (name, value) in
        [("parameter.extension", "user"), ("field.result", "outcome"), ("field.code", "number"), ("code.done", "1000")]
    {
        config.overrides.insert(name.to_owned(), value.to_owned());
    }
    let pbx = MangoClient::new(&config).expect("a make");
    let body: Value =
        serde_json::from_slice(&pbx.originate(CommandId(Uuid::nil()), "101", "112").expect("a request").body)
            .expect("JSON");
    assert_eq!(body, json!({"user": "101", "DESTINATION_NUMBER": "112"}));
    let command = CommandId(Uuid::nil());
    let accepted = pbx.read_originate(command, &answer(200, r#"{"outcome":{"number":1000}}"#));
    assert_eq!(accepted, CommandAnswer::Accepted { command, vendor_call: None, doubt: None });
}

#[test]
fn the_token_follows_no_link_away_from_the_api() {
    let step =
        |link: &str| pbx().recording("e1", &RecordingReference::Link(link.to_owned()), jiff::Timestamp::UNIX_EPOCH);
    let signed = |link: &str| match step(link).expect("a step") {
        RecordingStep::Fetch(request) => request.signed,
        RecordingStep::Ask(request) => panic!("{request:?}"),
    };
    assert!(signed("https://api-client.mango-office.ru/recordings/1"));
    assert!(!signed("https://files.mango-office.ru/recordings/1"));
    assert!(!signed("http://api-client.mango-office.ru/recordings/1"));
    assert_eq!(step("no link").expect_err("no link").kind(), ErrorKind::NotFound);
}

#[test]
fn webhooks_are_never_authentic() {
    let request =
        WebhookRequest { method: "POST".to_owned(), path: String::new(), headers: Vec::new(), body: Bytes::new() };
    assert_eq!(pbx().verify(&request).err(), Some(VerifyError::NoWebhooks));
    assert_eq!(pbx().sign_webhook(&mut request.clone()).expect_err("none").kind(), ErrorKind::Unsupported);
}

#[test]
fn settings_that_cannot_be_right_are_named() {
    let mut missing = config();
    missing.secrets.clear();
    let error = crate::validate(&missing).expect_err("no token");
    assert!(error.to_string().contains("\"token\" is missing"), "{error}");
    let mut other = config();
    other.secrets.insert("key".to_owned(), SecretString::from("s3cret"));
    let error = crate::validate(&other).expect_err("one too many");
    assert!(error.to_string().contains("no secret \"key\"") && !error.to_string().contains("s3cret"), "{error}");
    for (name, value) in [
        ("path.channel", "v1"),
        ("limit", "0"),
        ("limit", "x"),
        ("pathchannel", "/"),
        ("token_header", " "),
        ("field.colour", "x"),
        ("code.done", ""),
    ] {
        let mut config = config();
        config.overrides.insert(name.to_owned(), value.to_owned());
        assert!(matches!(crate::validate(&config), Err(ConfigError::Override { .. })), "{name}");
    }
}

#[test]
fn the_check_asks_something_that_needs_the_token() {
    let pbx = pbx();
    let request = pbx.check().expect("a request");
    assert_eq!((request.operation, request.signed, request.idempotent), ("channel", true, true));
    let check = |status, body: &str| pbx.read_check(&answer(status, body)).map_err(|error| error.kind());
    for (status, body) in [
        (200, r#"{"Result":{"code":0},"url":"wss://x.mango-office.ru/1"}"#),
        (400, r#"{"Result":{"code":3300}}"#),
        (404, r#"{"Result":{"code":3330,"message":"number not found"}}"#),
    ] {
        assert_eq!(check(status, body), Ok(()), "{status} {body}");
    }
    for (status, body, kind) in [
        (400, r#"{"Result":{"code":3105}}"#, ErrorKind::Unauthorized),
        (401, r#"{"Result":{"code":0}}"#, ErrorKind::Unauthorized),
        (401, r#"{"Result":{"code":3300}}"#, ErrorKind::Unauthorized),
        (404, "", ErrorKind::NotFound),
        (200, "<html>", ErrorKind::Protocol),
        (500, r#"{"Result":{"code":5000}}"#, ErrorKind::Internal),
    ] {
        assert_eq!(check(status, body), Err(kind), "{status} {body}");
    }
}

#[test]
fn a_program_that_makes_itself_known_gets_its_token() {
    let request = pbx().introduce("Trubka").expect("this make gives one");
    assert_eq!(request.url.as_str(), "https://api-client.mango-office.ru/api/v1/integration/create");
    assert_eq!((request.signed, request.idempotent), (false, false));
    assert_eq!(crate::mango_client::MAKE.given_secret().map(|secret| secret.name), Some("token"));
    assert_eq!(serde_json::from_slice::<Value>(&request.body).expect("JSON"), json!({"name": "Trubka"}));
    let read = |status, body: &str| {
        let read = pbx().read_introduction(&answer(status, body));
        read.map(|token| token.expose_secret().to_owned()).map_err(|error| error.kind())
    };
    for body in [r#"{"Result":{"code":0},"token":"t0k"}"#, r#"{"RESULT":{"Code":"0"},"Key":"t0k"}"#] {
        assert_eq!(read(200, body), Ok("t0k".to_owned()), "{body}");
    }
    assert_eq!(read(200, r#"{"Result":{"code":0}}"#), Err(ErrorKind::Protocol));
    let refused = r#"{"Result":{"code":3106,"message":"value in use"}}"#;
    assert_eq!(read(400, refused), Err(ErrorKind::InvalidRequest { field: "request" }));
}
