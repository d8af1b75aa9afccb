//! Events and answers of the platform against what they mean.

mod agent_only;
mod history;

use std::collections::BTreeMap;

use bytes::Bytes;
use calls::{
    CommandAnswer, CommandId, Customer, Direction, Effect, EndCause, LegRef, LegRole, Line, RecordingReference, Source,
    VendorEvent,
};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use secrecy::SecretString;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Rostelecom, config::Settings};
use crate::{
    config_error::ConfigError,
    error::ErrorKind,
    make::ConnectionConfig,
    query::{Query, QueryStep, Reply},
    request::Answer,
    routing::Route,
    traits::{Pbx, RecordingStep},
    webhook::{DecodeContext, Decoded, WebhookRequest},
};

pub(super) fn config() -> ConnectionConfig {
    let secrets = [("client_id", "000003C405E6525C64C184258C44EC99"), ("key", "00000716ABDA6D4DFF10F82BCBBFC532")];
    ConnectionConfig {
        id: "rt1".parse().expect("an id"),
        make: super::MAKE,
        zone: None,
        base_url: None,
        trust_anchor_pem: None,
        secrets: secrets.into_iter().map(|(name, value)| (name.to_owned(), SecretString::from(value))).collect(),
        overrides: BTreeMap::new(),
    }
}

pub(super) fn settings() -> Settings {
    Settings::read(&config()).expect("settings")
}

fn pbx() -> Rostelecom {
    Rostelecom::new(&config()).expect("a make")
}

fn context() -> DecodeContext {
    DecodeContext {
        received_at: "2018-04-23T15:01:30Z".parse().expect("a time"),
        zone: TimeZone::UTC,
        source: Source::Webhook,
    }
}

fn decode_at(path: &str, body: &[u8]) -> Decoded {
    let mut request = WebhookRequest {
        method: "POST".to_owned(),
        path: path.to_owned(),
        headers: Vec::new(),
        body: Bytes::copy_from_slice(body),
    };
    let pbx = pbx();
    pbx.sign_webhook(&mut request).expect("signed");
    let verified = pbx.verify(&request).expect("authentic");
    pbx.decode(verified, &context())
}

fn event(body: &Value) -> VendorEvent {
    let mut decoded = decode_at("/call_events", body.to_string().as_bytes());
    assert_eq!((decoded.events.len(), decoded.reply.status), (1, 200));
    decoded.events.remove(0)
}

#[test]
fn one_broken_text_costs_a_message_nothing_else() {
    let message = |reason: &[u8], behind: &[u8]| {
        let fields = br#"{"session_id": "a","timestamp": "2018-04-23 15:01:29.214","type": "incoming","state": "end","from_number": "+79162045518","request_pin": "101","is_record": "true","disconnect_reason": ""#;
        [&fields[..], reason, br#""}"#, behind].concat()
    };
    let whole = decode_at("/call_events", &message(b"", b"")).events.remove(0);
    assert!(matches!(whole.effects[1], Effect::CallEnded { .. }), "{:?}", whole.effects);
    let reasons: [(&[u8], Option<&str>); 6] = [
        (b"\xce\xf2\xe1\xee\xe9", Some("\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}")),
        (br"\ud83d", Some("\u{fffd}")),
        (b"a\tb", Some("a\tb")),
        (b"a\nb", Some("a\nb")),
        (b"\0", None),
        (b"", None),
    ];
    for (reason, read) in reasons {
        for behind in [&b""[..], b"\0", b"\xef\xbb\xbf", b"\r\n\0\0"] {
            let mut event = decode_at("/call_events", &message(reason, behind)).events.remove(0);
            let Effect::CallEnded { reason: said, .. } = &mut event.effects[1] else { panic!("{:?}", event.effects) };
            assert_eq!(said.take().as_deref(), read, "{reason:?} {behind:?}");
            assert_eq!(event, whole, "{reason:?} {behind:?}");
        }
    }
}

#[test]
fn sessions_of_twenty_digits_stay_apart() {
    let call = |session: &str| {
        let body = format!(r#"{{"session_id": {session},"type": "incoming","state": "new","request_pin": 0511}}"#);
        decode_at("/call_events", body.as_bytes()).events.remove(0).call
    };
    for session in ["76981273981237000001", "76981273981237000002"] {
        assert_eq!(call(session).as_deref(), Some(session));
        assert_eq!(call(&format!("\"{session}\"")).as_deref(), Some(session));
    }
}

fn agent(pin: &str) -> LegRef {
    LegRef {
        key: pin.to_owned(),
        role: LegRole::Agent,
        extension: Some(pin.to_owned()),
        number: None,
        name: None,
        alias: None,
        caller: None,
    }
}

/// A colleague whose phone also goes by a SIP name.
fn named(pin: &str, name: &str) -> LegRef {
    LegRef { alias: Some(name.to_owned()), ..agent(pin) }
}

fn customer_leg(number: Option<&str>) -> LegRef {
    LegRef {
        key: "customer".to_owned(),
        role: LegRole::Customer,
        extension: None,
        number: number.map(str::to_owned),
        name: None,
        alias: None,
        caller: None,
    }
}

fn customer(number: Option<&str>) -> Customer {
    Customer { number: number.map(str::to_owned), name: None }
}

const TIME: &str = "2018-04-23 15:01:29.214";

#[test]
fn an_incoming_call_from_ring_to_recording() {
    let base = json!({
        "session_id": "76981273981237", "timestamp": TIME, "type": "incoming",
        "from_number": "sip:79771234567@example_domain.ru",
    });
    let with = |more: Value| {
        let mut body = base.clone();
        let (Value::Object(all), Value::Object(more)) = (&mut body, more) else { panic!("objects") };
        all.extend(more);
        event(&body)
    };
    let update = Effect::CallUpdated {
        direction: Direction::Incoming,
        customer: customer(Some("+79771234567")),
        line: Line::default(),
    };

    let new = with(json!({"state": "new", "request_number": "+74951234567", "request_pin": ""}));
    assert_eq!(new.call.as_deref(), Some("76981273981237"));
    assert_eq!(new.raw_kind, "new");
    let time = new.time.expect("a time");
    assert_eq!((time.raw.as_str(), time.utc), (TIME, "2018-04-23T15:01:29.214Z".parse().expect("a time")));
    let created = Effect::CallCreated {
        direction: Direction::Incoming,
        customer: customer(Some("+79771234567")),
        line: Line { number: Some("+74951234567".to_owned()), queue: None },
    };
    let queued = Effect::LegQueued { leg: customer_leg(Some("+79771234567")), menu: false };
    assert_eq!(new.effects, [created, queued]);

    let calling = with(json!({"state": "calling", "request_number": "user@example_domain.ru", "request_pin": "317"}));
    assert_eq!(calling.effects, [update.clone(), Effect::LegRinging { leg: named("317", "user") }]);

    let connected = with(json!({"state": "connected", "request_pin": "317"}));
    assert_eq!(connected.effects, [update.clone(), Effect::LegAnswered { leg: agent("317") }]);

    let gone = with(
        json!({"state": " disconnected ", "request_pin": "317", "disconnect_reason": "Отбой вызывающего абонента"}),
    );
    assert_eq!(gone.raw_kind, "disconnected");
    let reason = Some("Отбой вызывающего абонента".to_owned());
    let cleared = Effect::LegCleared { leg: agent("317"), cause: EndCause::Cancelled, reason };
    assert_eq!(gone.effects, [update.clone(), cleared]);

    let end = with(json!({"state": "end", "is_record": "true"}));
    let recording = Effect::RecordingAvailable { reference: RecordingReference::Id("76981273981237".to_owned()) };
    assert_eq!(end.effects, [update, Effect::CallEnded { result: None, reason: None }, recording]);
}

#[test]
fn an_outgoing_call_names_its_agent_from_the_start() {
    let body = |state: &str| {
        json!({"session_id": 42, "timestamp": TIME, "type": "outbound", "state": state,
            "from_number": "sip:anna@example_domain.ru", "from_pin": "345", "request_number": "89161234567"})
    };
    let new = event(&body("new"));
    assert_eq!(new.call.as_deref(), Some("42"));
    let created = Effect::CallCreated {
        direction: Direction::Outgoing,
        customer: customer(Some("+79161234567")),
        line: Line::default(),
    };
    assert_eq!(new.effects, [created, Effect::LegOffered { leg: named("345", "anna") }]);

    let connected = event(&body("connected"));
    let both = [
        Effect::LegAnswered { leg: named("345", "anna") },
        Effect::LegAnswered { leg: customer_leg(Some("+79161234567")) },
    ];
    assert_eq!(connected.effects[1..], both);
}

#[test]
fn an_internal_call_connects_both_colleagues() {
    let body = json!({"session_id": "1", "type": "internal", "state": "connected", "from_pin": "345", "request_pin": "317",
        "from_number": "sip:a@example_domain.ru", "request_number": "sip:b@example_domain.ru"});
    let update =
        Effect::CallUpdated { direction: Direction::Internal, customer: customer(Some("317")), line: Line::default() };
    let answered = |leg| Effect::LegAnswered { leg };
    assert_eq!(event(&body).effects, [update, answered(agent("345")), answered(named("317", "b"))]);
}

#[test]
fn a_withheld_number_is_absent() {
    let body = json!({"session_id": "1", "type": "incoming", "state": "new", "from_number": "anonymous", "request_number": "+74951234567"});
    let Effect::CallCreated { customer, .. } = &event(&body).effects[0] else { panic!("not created") };
    assert_eq!(customer.number, None);
}

#[test]
fn unknown_states_are_kept_with_their_body() {
    let analytics = event(&json!({"session_id": "1", "state": "analytics", "url": "https://host.example/secret"}));
    assert_eq!(analytics.raw_kind, "analytics");
    let [Effect::Unknown { body }] = analytics.effects.as_slice() else { panic!("{:?}", analytics.effects) };
    assert!(!body.to_string().contains("secret"), "{body}");
}

#[test]
fn what_cannot_be_read_is_kept_too() {
    let cases: [(&str, &[u8]); 6] = [
        ("/call_events", b"{\"session_id\":"),
        ("/call_events", b"\xff\xfe"),
        ("/call_events", b""),
        ("/call_events", b"{\"state\":\"new\"}"),
        ("/call_events", b"[]"),
        ("/something_new", b"{\"a\":1}"),
    ];
    for (path, body) in cases {
        let decoded = decode_at(path, body);
        assert_eq!(decoded.reply.status, 200);
        let [event] = decoded.events.as_slice() else { panic!("{path}: {} events", decoded.events.len()) };
        assert!(matches!(event.effects.as_slice(), [Effect::Unknown { .. }]), "{path} {body:?}: {event:?}");
    }
}

#[test]
fn a_byte_order_mark_is_signed_and_read_over() {
    let body = r#"{"session_id":"1","state":"new","type":"incoming"}"#;
    let marked = decode_at("/call_events", format!("\u{feff}{body}").as_bytes());
    assert_eq!(marked, decode_at("/call_events", body.as_bytes()));
    assert_eq!(marked.events[0].raw_kind, "new");
}

#[test]
fn what_is_understood_and_means_nothing_for_a_call_is_not_unknown() {
    for (path, body) in [
        ("/get_number_info", r#"{"from_number":"1"}"#),
        ("/history_file_completed", r#"{"order_id":"1","result":"0"}"#),
    ] {
        let decoded = decode_at(path, body.as_bytes());
        assert!(decoded.events.iter().all(|event| event.effects.is_empty()), "{path}: {:?}", decoded.events);
    }
}

#[test]
fn number_info_is_answered_with_the_platforms_own_routing() {
    let body = json!({"domain": "1.20.rt.ru", "from_number": "79131234567", "request_number": "79112233445"});
    let decoded = decode_at("/get_number_info", body.to_string().as_bytes());
    assert!(decoded.events[0].effects.is_empty());
    let reply: Value = serde_json::from_slice(&decoded.reply.body).expect("JSON");
    assert_eq!(reply, json!({"result": "0", "resultMessage": "OK", "displayName": "", "PIN": ""}));
}

#[test]
fn number_info_may_name_the_caller_and_whose_phone_rings() {
    let request = |path: &str, from: &str| WebhookRequest {
        method: "POST".to_owned(),
        path: path.to_owned(),
        headers: Vec::new(),
        body: json!({"domain": "d", "from_number": from, "request_number": "79112233445"}).to_string().into(),
    };
    let asked = |path: &str, from: &str| pbx().incoming(&request(path, from)).map(|incoming| incoming.from);
    assert_eq!(asked("/get_number_info", "79131234567"), Some(Some("+79131234567".to_owned())));
    assert_eq!(asked("/get_number_info", "anonymous"), Some(None));
    assert_eq!(asked("/call_events", "79131234567"), None, "it tells, and waits for nothing");
    let reply = |name: Option<&str>, to: Option<&str>| -> (Value, Value) {
        let route = Route { name: name.map(str::to_owned), to: to.map(str::to_owned), ..Route::default() };
        let reply = pbx().route_reply(&request("/get_number_info", "1"), &route).expect("an answer").reply;
        let body: Value = serde_json::from_slice(&reply.body).expect("JSON");
        (body["displayName"].clone(), body["PIN"].clone())
    };
    assert_eq!(reply(Some("Анна \"А\""), Some("101")), ("Анна \"А\"".into(), "101".into()));
    assert_eq!(reply(Some("Анна"), None), ("Анна".into(), "".into()), "the platform's own routing");
    assert_eq!(reply(None, Some("test_user")), ("".into(), "".into()), "only a pin is one");
}

#[test]
fn the_dedupe_key_is_of_what_identifies() {
    let body = |reason: &str, pin: &str| {
        event(&json!({"session_id": "1", "state": "disconnected", "timestamp": TIME, "from_number": "a", "request_number": "b",
            "request_pin": pin, "disconnect_reason": reason}))
        .dedupe_key
    };
    assert_eq!(body("3", "317"), body("4", "317"));
    assert_ne!(body("3", "317"), body("3", "318"));
}

#[test]
fn a_lost_path_is_found_by_the_fields() {
    for path in ["", "/", "/hook/call_events/", "call_events?x=1"] {
        let decoded = decode_at(path, br#"{"session_id":"1","state":"end","type":"incoming"}"#);
        assert_eq!(decoded.events[0].raw_kind, "end", "{path}");
    }
}

fn answer(status: u16, body: &str) -> Answer {
    Answer {
        status,
        retry_after: None,
        date: None,
        location: None,
        limits: None,
        body: Bytes::copy_from_slice(body.as_bytes()),
    }
}

#[test]
fn call_back_is_read_as_people_need_it() {
    let command = CommandId(Uuid::nil());
    let accepted = |session: Option<&str>, doubt: Option<&str>| CommandAnswer::Accepted {
        command,
        vendor_call: session.map(str::to_owned),
        doubt: doubt.map(str::to_owned),
    };
    let rejected = |reason: &str| CommandAnswer::Rejected { command, reason: reason.to_owned() };
    let cases = [
        (200, r#"{"result":"0","resultMessage":"ok","session_id":"s1"}"#, accepted(Some("s1"), None)),
        (200, r#"{"result":0,"session_id":"s1"}"#, accepted(Some("s1"), None)),
        (
            200,
            r#"{"result":"1","resultMessage":"Операция выполнена успешно","session_id":"s1"}"#,
            accepted(Some("s1"), Some("Операция выполнена успешно (result 1)")),
        ),
        (500, r#"{"result":"1","session_id":"s1"}"#, accepted(Some("s1"), Some("result 1"))),
        (200, r#"{"result":"0"}"#, accepted(None, Some("no session_id in the answer"))),
        (200, r#"{"result":"-20","resultMessage":"Не удалось"}"#, rejected("Не удалось (result -20)")),
        (200, r#"{"result":"-20","session_id":""}"#, rejected("result -20")),
        (200, "<html>", CommandAnswer::Unknown { command }),
        (200, "", CommandAnswer::Unknown { command }),
        (502, "bad gateway", CommandAnswer::Unknown { command }),
        (500, r#"{"result":"-20","resultMessage":"Не удалось"}"#, CommandAnswer::Unknown { command }),
        (503, r#"{"result":"0"}"#, CommandAnswer::Unknown { command }),
    ];
    for (status, body, expected) in cases {
        assert_eq!(pbx().read_originate(command, &answer(status, body)), expected, "{status} {body}");
    }
    let refused = pbx().read_originate(command, &answer(403, ""));
    assert!(matches!(refused, CommandAnswer::Rejected { .. }), "{refused:?}");
}

#[test]
fn call_back_names_the_user_by_pin_or_address() {
    let body = |from: &str, domain: Option<&str>| {
        let mut config = config();
        config.overrides.extend(domain.map(|domain| ("domain".to_owned(), domain.to_owned())));
        let request =
            Rostelecom::new(&config).expect("a make").originate(CommandId(Uuid::nil()), from, "+74951234567")?;
        assert_eq!(request.url.as_str(), "https://api.cloudpbx.rt.ru/call_back");
        assert!(request.signed && !request.idempotent);
        Ok::<Value, crate::error::Error>(serde_json::from_slice(&request.body).expect("JSON"))
    };
    assert_eq!(body("345", None), Ok(json!({"request_number": "+74951234567", "from_pin": "345"})));
    assert_eq!(
        body("anna@example.ru", None),
        Ok(json!({"request_number": "+74951234567", "from_sipuri": "anna@example.ru"}))
    );
    assert_eq!(
        body("anna", Some("example.ru")),
        Ok(json!({"request_number": "+74951234567", "from_sipuri": "anna@example.ru", "domain": "example.ru"}))
    );
    let refused = body("anna", None).expect_err("no domain");
    assert_eq!(refused.kind(), ErrorKind::InvalidRequest { field: "from" });
}

#[test]
fn users_are_listed_with_their_names_and_pins() {
    let asked = pbx().query(&Query::Users).expect("a request");
    assert!(asked.url.path().ends_with("/users_info") && asked.signed && asked.body.as_ref() == b"{}");
    let one = pbx().query(&Query::User("101".into())).expect("a request");
    assert_eq!(one.body.as_ref(), br#"{"user_pin":"101"}"#);
    assert!(pbx().query(&Query::Balance).is_err());
    let body = r#"{"result":"0","resultMessage":"ok","users":[{"display_name":"Волков","name":"petrov","pin":"101"},
        {"display_name":"","name":"","pin":102},{"display_name":"x"}]}"#;
    let Ok(QueryStep::Done(Reply::Users(users))) = pbx().read_query(&Query::Users, &answer(200, body)) else {
        panic!("is read")
    };
    let users: Vec<_> =
        users.iter().map(|user| (user.name.as_str(), user.extension.as_deref(), user.title.as_deref())).collect();
    assert_eq!(users, [("petrov", Some("101"), Some("Волков")), ("102", Some("102"), None)]);
    let refused = pbx().read_query(&Query::Users, &answer(200, r#"{"result":"1","resultMessage":"no domain"}"#));
    assert_eq!(refused.map(|_| ()).map_err(|error| error.kind()), Err(ErrorKind::Protocol));
}

#[test]
fn get_record_is_read_as_public_clients_found_it() {
    let pbx = pbx();
    let url = |status, body: &str| pbx.read_recording(&answer(status, body)).map(|request| request.url.to_string());
    let link = r#"{"result":"0","url":"https://api.cloudpbx.rt.ru/records/1"}"#;
    assert_eq!(url(200, link).as_deref(), Ok("https://api.cloudpbx.rt.ru/records/1"));
    assert_eq!(url(200, &link.replace("\"0\"", "\"1\"")).as_deref(), Ok("https://api.cloudpbx.rt.ru/records/1"));
    let kind = |status, body: &str| url(status, body).expect_err(body).kind();
    assert_eq!(kind(200, r#"{"result":"-1","resultMessage":"нет записи","url":""}"#), ErrorKind::NotReady);
    assert_eq!(kind(200, r#"{"result":"0","url":"no link"}"#), ErrorKind::Protocol);
    assert_eq!(kind(200, "<html>"), ErrorKind::Protocol);
    assert_eq!(kind(404, "nginx"), ErrorKind::NotFound);
    assert_eq!(kind(403, ""), ErrorKind::Forbidden);
    let ask =
        pbx.recording("s1", &RecordingReference::Id("s1".to_owned()), jiff::Timestamp::UNIX_EPOCH).expect("a step");
    let RecordingStep::Ask(request) = ask else { panic!("{ask:?}") };
    assert_eq!(request.body, &br#"{"session_id":"s1"}"#[..]);
    assert!(request.idempotent && request.signed);
}

#[test]
fn settings_that_cannot_be_right_are_named() {
    let with = |name: &str, value: &str| {
        let mut config = config();
        config.overrides.insert(name.to_owned(), value.to_owned());
        crate::validate(&config)
    };
    assert_eq!(with("get_record", "get"), Ok(()));
    assert_eq!(with("disconnect_reason.7", "busy"), Ok(()));
    let mut unsendable = config();
    unsendable.secrets.insert("key".to_owned(), SecretString::from("a\tkey"));
    assert_eq!(crate::validate(&unsendable), Ok(()), "the key only goes into the digest");
    unsendable.secrets.insert("client_id".to_owned(), SecretString::from("an\tid"));
    assert!(matches!(crate::validate(&unsendable), Err(ConfigError::UnsendableSecret { name: "client_id", .. })));
    for (name, value) in [("get_record", "put"), ("disconnect_reason.7", "?"), ("domian", "x"), ("connected", "")] {
        assert!(matches!(with(name, value), Err(ConfigError::Override { .. })), "{name}");
    }
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[0-9a-zA-Z@:. ;+-]{0,24}", "\\PC{0,12}"]
}

proptest! {
    #[test]
    fn decoding_never_panics(path in "\\PC{0,20}", body in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert_eq!(decode_at(&path, &body).events.len(), 1);
    }

    #[test]
    fn any_values_of_known_fields_are_decoded(
        state in prop_oneof![Just("new"), Just("calling"), Just("connected"), Just("disconnected"), Just(" END ")],
        kind in prop_oneof![Just("incoming"), Just("outbound"), Just("internal"), Just("?")],
        texts in proptest::array::uniform6(any_text()),
    ) {
        let [session, time, from, from_pin, to, to_pin] = texts;
        let body = json!({"session_id": session, "timestamp": time, "type": kind, "state": state, "from_number": from,
            "from_pin": from_pin, "request_number": to, "request_pin": to_pin});
        let event = event(&body);
        let session = session.trim();
        if session.is_empty() {
            prop_assert_eq!(event.call, None);
        } else {
            prop_assert_eq!(event.call.as_deref(), Some(session));
            prop_assert_eq!(event.raw_kind, state.trim().to_lowercase());
            prop_assert_eq!(event.time.is_some_and(|read| read.raw != time.trim()), false);
        }
    }
}
