//! Frames, answers and the order of a channel against what they mean.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use bytes::Bytes;
use calls::{
    CallResult, CommandAnswer, CommandId, Customer, Direction, Effect, EndCause, LegRef, LegRole, Line,
    RecordingReference, Source, VendorEvent,
};
use jiff::{Timestamp, tz::TimeZone};
use proptest::prelude::*;
use secrecy::SecretString;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    MangoClient,
    events::{FrameContext, frame},
};
use crate::{
    config::{ConfigError, ConnectionConfig},
    error::ErrorKind,
    make::Make,
    request::{Answer, Times},
    session::{Moment, Session, SessionInput, SessionOutput},
    traits::{Pbx, RecordingStep},
    webhook::{VerifyError, WebhookRequest},
};

fn config() -> ConnectionConfig {
    ConnectionConfig {
        id: "mango".parse().expect("an id"),
        make: Make::MangoClient,
        zone: None,
        base_url: None,
        trust_anchor_pem: None,
        secrets: BTreeMap::from([("token".to_owned(), SecretString::from("t0ken"))]),
        overrides: BTreeMap::new(),
    }
}

fn pbx() -> MangoClient {
    MangoClient::new(&config()).expect("a make")
}

fn received() -> Timestamp {
    "2026-03-05T09:00:02Z".parse().expect("a time")
}

fn read(text: &str) -> VendorEvent {
    let zone = TimeZone::get("Europe/Moscow").expect("a zone");
    frame(text, &FrameContext { extension: "101", source: Source::Push, received_at: received(), zone: &zone })
}

fn event(route_key: &str, data: &Value) -> VendorEvent {
    read(&json!({"routeKey": route_key, "data": data}).to_string())
}

/// A `/call` frame of an incoming call to extension 101, with these fields on top.
fn incoming(state: &str, more: Value) -> VendorEvent {
    let mut data = json!({
        "entry_id": "e1", "call_id": "c1", "seq": 1, "timestamp": 1772701201, "state": state, "location": "abonent",
        "from": {"number": "79161234567"}, "to": {"extension": "101", "line_number": "74951234567"},
    });
    let (Value::Object(all), Value::Object(more)) = (&mut data, more) else { panic!("objects") };
    all.extend(more);
    event("/call", &data)
}

fn leg(key: &str, extension: &str) -> LegRef {
    LegRef {
        key: key.to_owned(),
        role: LegRole::Agent,
        extension: Some(extension.to_owned()),
        number: None,
        name: None,
    }
}

fn customer(number: &str) -> Customer {
    Customer { number: Some(number.to_owned()), name: None }
}

fn line() -> Line {
    Line { number: Some("+74951234567".to_owned()), queue: None }
}

#[test]
fn an_incoming_call_rings_this_user() {
    let event = incoming("APPEARED", json!({}));
    assert_eq!((event.call.as_deref(), event.leg_seq), (Some("e1"), Some(1)));
    assert_eq!(event.time.map(|time| time.utc), Some("2026-03-05T09:00:01Z".parse().expect("a time")));
    let created =
        Effect::CallCreated { direction: Direction::Incoming, customer: customer("+79161234567"), line: line() };
    assert_eq!(event.effects, [created, Effect::LegRinging { leg: leg("c1", "101") }]);
}

#[test]
fn states_move_the_users_own_leg() {
    let effect = |state: &str| incoming(state, json!({})).effects.swap_remove(1);
    assert_eq!(effect("CONNECTED"), Effect::LegAnswered { leg: leg("c1", "101") });
    assert_eq!(effect("OnHold"), Effect::LegHeld { leg: leg("c1", "101") });
    for spelt in ["DISCONNECTED", "DISONNECTED", "DISCONNECT"] {
        let cleared = Effect::LegCleared { leg: leg("c1", "101"), cause: EndCause::Normal, reason: None };
        assert_eq!(effect(spelt), cleared, "{spelt}");
    }
}

#[test]
fn a_groups_loser_was_answered_elsewhere() {
    let event = incoming("DISONNECTED", json!({"is_group_disconnect": true}));
    let cleared = Effect::LegCleared { leg: leg("c1", "101"), cause: EndCause::AnsweredElsewhere, reason: None };
    let ended = Effect::CallEnded { result: Some(CallResult::AnsweredElsewhere), reason: None };
    assert_eq!(event.effects[1..], [cleared, ended]);
}

#[test]
fn a_phone_that_was_not_answered_does_not_end_the_call() {
    let ended = |more: Value| {
        let event = incoming("DISCONNECTED", more);
        event.effects.iter().any(|effect| matches!(effect, Effect::CallEnded { .. }))
    };
    for reason in [json!("1110"), json!(1120), json!("")] {
        assert!(ended(json!({ "disconnect_reason": reason })), "{reason}");
    }
    for reason in [1111, 1121, 1122] {
        assert!(!ended(json!({ "disconnect_reason": reason })), "{reason}");
        let outgoing =
            json!({"disconnect_reason": reason, "from": {"extension": "101"}, "to": {"number": "79161234567"}});
        assert!(ended(outgoing), "nobody else is rung for an outgoing call: {reason}");
    }
}

#[test]
fn an_outgoing_call_does_not_ring_at_its_own_desk() {
    let event = incoming("APPEARED", json!({"from": {"extension": "101"}, "to": {"number": "79161234567"}}));
    let created = Effect::CallCreated {
        direction: Direction::Outgoing,
        customer: customer("+79161234567"),
        line: Line::default(),
    };
    assert_eq!(event.effects, [created, Effect::LegOffered { leg: leg("c1", "101") }]);
}

#[test]
fn an_internal_call_means_the_same_on_both_channels() {
    let data = json!({"entry_id": "e1", "call_id": "c1", "seq": 1, "state": "APPEARED",
        "from": {"extension": "101"}, "to": {"extension": "102"}});
    let zone = TimeZone::UTC;
    let text = json!({"routeKey": "/call", "data": data}).to_string();
    let on = |extension| {
        frame(&text, &FrameContext { extension, source: Source::Push, received_at: received(), zone: &zone })
    };
    assert_eq!(on("101"), on("102"));
    let created =
        Effect::CallCreated { direction: Direction::Internal, customer: customer("102"), line: Line::default() };
    let legs = [Effect::LegOffered { leg: leg("c1/from", "101") }, Effect::LegRinging { leg: leg("c1", "102") }];
    assert_eq!(on("101").effects[0], created);
    assert_eq!(on("101").effects[1..], legs);
}

#[test]
fn a_call_in_the_menu_makes_no_card() {
    let data = json!({"entry_id": "e1", "call_id": "e1.menu", "seq": 1, "state": "APPEARED", "location": "ivr",
        "from": {"number": "79161234567"}, "to": {"line_number": "74951234567"}});
    let event = event("/ivr", &data);
    let [Effect::CallCreated { .. }, Effect::LegQueued { leg, menu: true }] = event.effects.as_slice() else {
        panic!("{:?}", event.effects)
    };
    assert_eq!((leg.role, leg.number.as_deref()), (LegRole::Customer, Some("+79161234567")));
}

#[test]
fn a_recording_is_kept_as_its_link() {
    let data = |status: &str| json!({"entry_id": "e1", "recording_id": "r1", "status": status, "url": "https://a.mango-office.ru/r1"});
    let available = event("/record", &data("AVAILABLE"));
    let reference = RecordingReference::Link("https://a.mango-office.ru/r1".to_owned());
    assert_eq!(available.effects, [Effect::RecordingAvailable { reference }]);
    let preparing = event("/record", &data("PREPARING"));
    assert_eq!(preparing.effects, [Effect::RecordingStarted]);
    assert_ne!(available.dedupe_key, preparing.dedupe_key);
}

#[test]
fn a_route_result_says_whether_it_was_done() {
    let effect = |data: Value| event("/route_result", &data).effects.remove(0);
    let done = Effect::RouteResult { accepted: true, detail: Some("1000".to_owned()) };
    assert_eq!(effect(json!({"entry_id": "e1", "result": 1000})), done);
    let refused = Effect::RouteResult { accepted: false, detail: Some("4100".to_owned()) };
    assert_eq!(effect(json!({"Result": {"code": "4100"}})), refused);
}

#[test]
fn what_is_not_understood_is_kept() {
    let texts = [
        "",
        "{",
        "[]",
        r#"{"routeKey":"/call"}"#,
        r#"{"routeKey":"/call","data":{}}"#,
        r#"{"routeKey":"/call","data":{"entry_id":"e1","state":"TELEPORTED"}}"#,
        r#"{"routeKey":"/brand_new","data":{"x":1}}"#,
        r#"{"routeKey":"/record","data":{"status":"LOST"}}"#,
    ];
    for text in texts {
        let effects = read(text).effects;
        assert!(matches!(effects.as_slice(), [Effect::Unknown { .. }]), "{text}: {effects:?}");
    }
}

#[test]
fn messages_are_the_same_by_entry_leg_and_number() {
    let key = |seq: i64, state: &str| incoming(state, json!({"seq": seq})).dedupe_key;
    assert_eq!(key(1, "APPEARED"), key(1, "CONNECTED"));
    assert_ne!(key(1, "APPEARED"), key(2, "APPEARED"));
    let anonymous = |state: &str| event("/call", &json!({"call_id": "c1", "state": state})).dedupe_key;
    assert_ne!(anonymous("APPEARED"), anonymous("CONNECTED"));
}

fn answer(status: u16, body: &str) -> Answer {
    Answer { status, retry_after: None, date: None, body: Bytes::copy_from_slice(body.as_bytes()) }
}

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
    for (status, body) in [(200, ""), (200, "<html>"), (502, "bad gateway")] {
        assert_eq!(read(status, body), CommandAnswer::Unknown { command }, "{status}");
    }
}

#[test]
fn callback_and_its_token_go_to_the_api() {
    let mut request = pbx().originate("101", "+7 916 123-45-67").expect("a request");
    assert_eq!(request.url.as_str(), "https://api-client.mango-office.ru/api/v1/callback");
    let body: Value = serde_json::from_slice(&request.body).expect("JSON");
    assert_eq!(body, json!({"extension": "101", "DESTINATION_NUMBER": "+79161234567"}));
    pbx().sign(&mut request).expect("signed");
    assert_eq!(request.headers.get("authorization").expect("a token"), "Bearer t0ken");
    assert!(request.headers["authorization"].is_sensitive());
}

#[test]
fn the_token_follows_no_link_away_from_the_api() {
    let step = |link: &str| pbx().recording("e1", &RecordingReference::Link(link.to_owned()));
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
    let error = missing.validate().expect_err("no token");
    assert!(error.to_string().contains("\"token\" is missing"), "{error}");
    let mut other = config();
    other.secrets.insert("key".to_owned(), SecretString::from("s3cret"));
    let error = other.validate().expect_err("one too many");
    assert!(error.to_string().contains("no secret \"key\"") && !error.to_string().contains("s3cret"), "{error}");
    for (name, value) in
        [("path.channel", "v1"), ("limit", "0"), ("limit", "x"), ("pathchannel", "/"), ("token_header", " ")]
    {
        let mut config = config();
        config.overrides.insert(name.to_owned(), value.to_owned());
        assert!(matches!(config.validate(), Err(ConfigError::Override { .. })), "{name}");
    }
}

/// A channel driven by hand.
struct ByHand {
    channel: Box<dyn Session>,
    start: Instant,
    after: Duration,
}

impl ByHand {
    fn new() -> Self {
        let channel = pbx().session("101").expect("a session");
        Self { channel, start: Instant::now(), after: Duration::ZERO }
    }

    fn step(&mut self, input: SessionInput<'_>) -> Vec<SessionOutput> {
        let now = Moment { monotonic: self.start + self.after, wall: received() };
        self.channel.step(input, now)
    }

    fn answered(&mut self, status: u16, body: &str) -> Vec<SessionOutput> {
        self.step(SessionInput::Answered(Ok(&answer(status, body))))
    }

    /// Up to the first request for missed events.
    fn opened() -> Self {
        let mut by_hand = Self::new();
        assert_eq!(operation(&by_hand.step(SessionInput::Start)), "channel");
        let outputs = by_hand.answered(200, r#"{"Result":{"code":0},"url":"wss://x.mango-office.ru/channel/1"}"#);
        assert!(matches!(outputs.as_slice(), [SessionOutput::Open(_)]), "{outputs:?}");
        assert_eq!(operation(&by_hand.step(SessionInput::Opened)), "session/register");
        by_hand
    }
}

fn operation(outputs: &[SessionOutput]) -> &'static str {
    let Some(SessionOutput::Request(request)) = outputs.last() else { panic!("no request in {outputs:?}") };
    if request.operation == "session/register" {
        assert_eq!((request.times, request.idempotent), (Times::MINUTE, false));
    }
    request.operation
}

fn ending(outputs: &[SessionOutput]) -> ErrorKind {
    let [SessionOutput::End(error)] = outputs else { panic!("{outputs:?}") };
    error.kind()
}

const BATCH: &str = r#"{"Result":{"code":0},"events":[{"routeKey":"/call","data":{"entry_id":"e1","call_id":"c1","seq":1,"state":"APPEARED"}}]}"#;
const NOTHING_LEFT: &str = r#"{"Result":{"code":109}}"#;

#[test]
fn the_next_batch_is_asked_for_only_after_the_last_was_stored() {
    let mut by_hand = ByHand::opened();
    let outputs = by_hand.answered(200, BATCH);
    let [
        SessionOutput::Connected,
        SessionOutput::Events { events, hold: true },
        SessionOutput::DrainProgress { events: 1 },
    ] = outputs.as_slice()
    else {
        panic!("{outputs:?}")
    };
    assert_eq!(events[0].source, Source::Replay);

    let live = by_hand.step(SessionInput::Text(r#"{"routeKey":"/call","data":{"entry_id":"e2","state":"APPEARED"}}"#));
    let [SessionOutput::Events { events, hold: false }] = live.as_slice() else { panic!("{live:?}") };
    assert_eq!(events[0].source, Source::Push);

    assert_eq!(operation(&by_hand.step(SessionInput::Stored)), "session/register");
    assert!(matches!(by_hand.answered(200, NOTHING_LEFT).as_slice(), [SessionOutput::Drained]));
    assert!(by_hand.step(SessionInput::Stored).is_empty());
}

#[test]
fn a_client_error_without_data_is_an_empty_drain() {
    let cases = [(404, ""), (410, " "), (400, NOTHING_LEFT), (404, r#"{"Result":{"code":0}}"#), (200, NOTHING_LEFT)];
    for (status, body) in cases {
        let outputs = ByHand::opened().answered(status, body);
        assert!(matches!(outputs.as_slice(), [SessionOutput::Connected, SessionOutput::Drained]), "{status} {body}");
    }
}

#[test]
fn other_errors_end_the_session() {
    let cases = [
        (401, r#"{"Result":{"code":3105}}"#, ErrorKind::Unauthorized),
        (401, "", ErrorKind::Unauthorized),
        (400, r#"{"Result":{"code":4000}}"#, ErrorKind::Conflict),
        (400, "", ErrorKind::Protocol),
        (500, "", ErrorKind::Internal),
        (429, "", ErrorKind::RateLimited { retry_after: None }),
        (200, "<html>", ErrorKind::Protocol),
    ];
    for (status, body, kind) in cases {
        assert_eq!(ending(&ByHand::opened().answered(status, body)), kind, "{status} {body}");
    }
}

#[test]
fn an_endless_drain_of_nothing_ends() {
    let mut by_hand = ByHand::opened();
    let empty = r#"{"Result":{"code":0},"events":[]}"#;
    assert_eq!(operation(&by_hand.answered(200, empty)), "session/register");
    assert_eq!(operation(&by_hand.answered(200, empty)), "session/register");
    assert!(matches!(by_hand.answered(200, empty).as_slice(), [SessionOutput::Drained]));
}

#[test]
fn an_unknown_user_is_created_once() {
    let unknown = r#"{"Result":{"code":3300,"message":"no such object"}}"#;
    let mut by_hand = ByHand::new();
    by_hand.step(SessionInput::Start);
    assert_eq!(operation(&by_hand.answered(400, unknown)), "users/create");
    assert_eq!(operation(&by_hand.answered(200, r#"{"Result":{"code":0}}"#)), "channel");
    assert_eq!(ending(&by_hand.answered(400, unknown)), ErrorKind::NotFound);
    assert!(by_hand.step(SessionInput::Timer).is_empty());
}

#[test]
fn silence_is_asked_about_and_then_given_up() {
    let mut by_hand = ByHand::opened();
    by_hand.after = Duration::from_secs(29);
    assert!(by_hand.step(SessionInput::Timer).is_empty());
    assert_eq!(by_hand.channel.next_timer(), Some(by_hand.start + Duration::from_secs(30)));
    by_hand.after = Duration::from_secs(30);
    assert!(matches!(by_hand.step(SessionInput::Timer).as_slice(), [SessionOutput::Ping]));
    by_hand.after = Duration::from_secs(45);
    assert!(by_hand.step(SessionInput::Heard).is_empty());
    by_hand.after = Duration::from_secs(76);
    assert!(matches!(by_hand.step(SessionInput::Timer).as_slice(), [SessionOutput::Ping]));
    by_hand.after = Duration::from_secs(105);
    assert_eq!(ending(&by_hand.step(SessionInput::Timer)), ErrorKind::Timeout);
    assert_eq!(by_hand.channel.next_timer(), None);
}

proptest! {
    #[test]
    fn reading_a_frame_never_panics(text in "\\PC{0,200}") {
        prop_assert_eq!(read(&text).source, Source::Push);
    }

    #[test]
    fn any_values_of_known_fields_are_read(
        route in prop_oneof![Just("/call"), Just("/ivr"), Just("/record"), Just("/route_result"), Just("")],
        state in prop_oneof![Just("APPEARED"), Just("CONNECTED"), Just("ON_HOLD"), Just("DISCONNECTED"), Just("?")],
        texts in proptest::array::uniform5("[0-9a-z+@ :.-]{0,16}"),
        seq in any::<i64>(),
    ) {
        let [entry, call, number, extension, time] = texts;
        let data = json!({"entry_id": entry, "call_id": call, "seq": seq, "state": state, "timestamp": time,
            "from": {"number": number}, "to": {"extension": extension}, "status": state, "recording_id": call});
        let event = event(route, &data);
        if route == "/call" && state != "?" && !entry.trim().is_empty() {
            prop_assert_eq!(event.call.as_deref(), Some(entry.trim()));
            prop_assert_eq!(event.leg_seq, Some(seq));
        }
    }
}
