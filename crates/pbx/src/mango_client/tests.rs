//! Frames against what they mean; requests with their answers, and the order of a channel, below.

mod answers;
mod channel;

use std::collections::BTreeMap;

use bytes::Bytes;
use calls::{
    CallResult, Customer, Direction, Effect, EndCause, LegRef, LegRole, Line, RecordingReference, Source, VendorEvent,
};
use jiff::{Timestamp, tz::TimeZone};
use proptest::prelude::*;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::{
    MangoClient,
    events::{FrameContext, frame},
    wire::Wire,
};
use crate::{make::ConnectionConfig, request::Answer};

fn config() -> ConnectionConfig {
    ConnectionConfig {
        id: "mango".parse().expect("an id"),
        make: super::MAKE,
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

/// What a frame over this extension's channel means.
fn read_on(extension: &str, text: &str) -> VendorEvent {
    read_with(&Wire::default(), extension, text)
}

fn read_with(wire: &Wire, extension: &str, text: &str) -> VendorEvent {
    let zone = TimeZone::get("Europe/Moscow").expect("a zone");
    frame(text, &FrameContext { extension, source: Source::Push, received_at: received(), zone: &zone, wire })
}

fn read(text: &str) -> VendorEvent {
    read_on("101", text)
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
        alias: None,
        caller: None,
    }
}

/// The leg, told of with a colleague at its calling end.
fn called_by(caller: &str, leg: LegRef) -> LegRef {
    LegRef { caller: Some(caller.to_owned()), ..leg }
}

/// The customer whom the office dials.
fn dialled() -> LegRef {
    let number = Some("+79161234567".to_owned());
    LegRef { role: LegRole::Customer, extension: None, number, ..leg("dialled/+79161234567", "") }
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
fn a_byte_order_mark_is_read_over() {
    let text = json!({"routeKey": "/call", "data": {"entry_id": "e1", "call_state": "APPEARED"}}).to_string();
    assert_eq!(read(&format!("\u{feff}{text}")), read(&text));
    assert_eq!(read(&text).raw_kind, "call APPEARED");
}

#[test]
fn one_broken_text_costs_a_frame_nothing_else() {
    let frame = |location: &str, behind: &str| {
        read(&format!(
            r#"{{"routeKey": "/call", "data": {{"entry_id": 76981273981237000001, "call_id": 76981273981237000002, "seq": 1,
               "state": "DISCONNECTED", "name": "{location}", "from": {{"number": "79161234567"}}}}}}{behind}"#
        ))
    };
    let whole = frame("", "");
    assert_eq!(whole.call.as_deref(), Some("76981273981237000001"));
    assert_eq!(whole.raw_kind, "call DISCONNECTED");
    for (name, behind) in [("\u{fffd}", ""), (r"\ud83d", ""), ("a\tb\u{1}", ""), ("", "\0"), (r"\ud83d", "\u{feff}\0")]
    {
        assert_eq!(frame(name, behind), whole, "{name:?} {behind:?}");
    }
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
    let legs = [Effect::LegOffered { leg: leg("c1", "101") }, Effect::LegRinging { leg: dialled() }];
    assert_eq!((&event.effects[0], &event.effects[1..]), (&created, &legs[..]));
}

#[test]
fn an_internal_call_means_the_same_on_both_channels() {
    let data = json!({"entry_id": "e1", "call_id": "c1", "seq": 1, "state": "APPEARED",
        "from": {"extension": "101"}, "to": {"extension": "102"}});
    let text = json!({"routeKey": "/call", "data": data}).to_string();
    let on = |extension: &str| {
        let event = read_on(extension, &text);
        assert_eq!(event.session.as_deref(), Some(extension));
        VendorEvent { session: None, ..event }
    };
    assert_eq!(on("101"), on("102"));
    let created =
        Effect::CallCreated { direction: Direction::Internal, customer: customer("102"), line: Line::default() };
    assert_eq!(on("101").effects, [created, Effect::LegRinging { leg: called_by("101", leg("c1", "102")) }]);
}

#[test]
fn a_colleagues_sip_address_makes_no_stranger_of_him() {
    let internal = incoming(
        "APPEARED",
        json!({"from": {"extension": 102, "number": "sip:u102@pbx.example"}, "to": {"extension": "101"}}),
    );
    let Effect::CallCreated { direction, .. } = &internal.effects[0] else { panic!("{:?}", internal.effects) };
    assert_eq!(*direction, Direction::Internal);
    assert_eq!(internal.effects[1], Effect::LegRinging { leg: called_by("102", leg("c1", "101")) });
    let placed = incoming(
        "APPEARED",
        json!({"from": {"extension": "101"}, "to": {"extension": "102", "number": "sip:u102@pbx.example"}}),
    );
    let created =
        Effect::CallCreated { direction: Direction::Internal, customer: customer("102"), line: Line::default() };
    assert_eq!(placed.effects[0], created, "his extension is shown, not his SIP user");
    let forwarded = incoming("APPEARED", json!({"from": {"extension": "102", "number": "79161234567"}}));
    let Effect::CallCreated { direction, customer: shown, .. } = &forwarded.effects[0] else { panic!("not created") };
    assert_eq!((*direction, shown), (Direction::Incoming, &customer("+79161234567")));
}

#[test]
fn a_callback_that_another_program_ordered_is_outgoing() {
    let created =
        Effect::CallCreated { direction: Direction::Outgoing, customer: customer("+79161234567"), line: line() };
    // The manual's own text spells the abbreviation in Latin and in Cyrillic letters.
    for sign in [
        json!({"callback_initiator": "CC"}),
        json!({"callback_initiator": "СС"}),
        json!({"callback_initiator": "MissGroupСallСallback", "taken_from_call_id": "c0"}),
        json!({"command_id": "crm-1"}),
    ] {
        let event = incoming("APPEARED", sign.clone());
        let rings = Effect::LegRinging { leg: leg("c1", "101") };
        assert_eq!(event.effects, [created.clone(), rings, Effect::LegOffered { leg: dialled() }], "{sign}");
    }
    assert_eq!(incoming("APPEARED", json!({"command_id": "crm-1"})).vendor_command.as_deref(), Some("crm-1"));
    let routed = json!({"command_id": "crm-1", "from": {"number": "79161234567", "taken_from_call_id": "c0"}});
    let beside = json!({"command_id": "crm-1", "taken_from_call_id": "c0"});
    for none in [json!({"callback_initiator": ""}), beside, routed] {
        let Effect::CallCreated { direction, .. } = incoming("APPEARED", none.clone()).effects[0] else {
            panic!("not created")
        };
        assert_eq!(direction, Direction::Incoming, "{none}");
    }
}

#[test]
fn the_first_leg_of_a_callback_gives_way_without_ending_the_call() {
    let ended = |more: Value| {
        let event = incoming("DISCONNECTED", more);
        event.effects.iter().any(|effect| matches!(effect, Effect::CallEnded { .. }))
    };
    assert!(!ended(json!({"callback_initiator": "API", "disconnect_reason": 1000})));
    assert!(ended(json!({"callback_initiator": "API", "disconnect_reason": 1110})));
    assert!(ended(json!({"disconnect_reason": 1000})));
}

/// On the first leg of a callback the client is shown as the caller, so a caller who hung up was on it.
#[test]
fn a_client_who_hangs_up_a_callback_was_there() {
    let ends = |more: Value| incoming("DISCONNECTED", more).effects;
    let was_there = |reason: i64| {
        let effects = ends(json!({"callback_initiator": "API", "disconnect_reason": reason}));
        effects.contains(&Effect::LegAnswered { leg: dialled() })
    };
    assert!(was_there(1110));
    for reason in [1000, 1100, 1111, 1120, 3200] {
        assert!(!was_there(reason), "{reason}");
    }
}

#[test]
fn a_callback_of_one_leg_is_a_talk_of_both_from_its_connection_on() {
    let mut wire = Wire::default();
    let connected = |wire: &Wire| {
        let data = json!({"entry_id": "e1", "call_id": "c1", "seq": 2, "state": "CONNECTED", "command_id": "7f",
            "from": {"number": "79161234567"}, "to": {"extension": "101"}});
        read_with(wire, "101", &json!({"routeKey": "/call", "data": data}).to_string()).effects
    };
    let (own, both) = (Effect::LegAnswered { leg: leg("c1", "101") }, Effect::LegAnswered { leg: dialled() });
    assert_eq!(connected(&wire)[1..], [own.clone(), Effect::LegOffered { leg: dialled() }]);
    assert_eq!(wire.set("callback", "one-leg"), Ok(()));
    assert_eq!(connected(&wire)[1..], [own, both]);
    assert_eq!(wire.set("callback", "two-legs"), Ok(()));
    assert_eq!(wire, Wire::default());
    assert!(wire.set("callback", "three-legs").is_err());
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
    let aliased = event(
        "/record",
        &json!({"entry_id": "e1", "recording_id": "r1", "recording_state": "AVAILABLE", "url": "https://a.mango-office.ru/r1"}),
    );
    assert_eq!((aliased.effects, aliased.dedupe_key), (available.effects, available.dedupe_key));
}

#[test]
fn a_recording_without_an_id_is_known_by_its_status_and_link() {
    let key = |status: &str, url: &str, seq: i64| {
        let data = json!({"entry_id": "e1", "call_id": "c1", "seq": seq, "status": status, "url": url});
        event("/record", &data).dedupe_key
    };
    assert_eq!(key("AVAILABLE", "https://a.example/1", 1), key("AVAILABLE", "https://a.example/1", 2));
    assert_ne!(key("AVAILABLE", "https://a.example/1", 1), key("AVAILABLE", "https://a.example/2", 1));
    assert_ne!(key("AVAILABLE", "https://a.example/1", 1), key("PREPARING", "https://a.example/1", 1));
}

#[test]
fn frames_of_one_kind_are_the_same_by_their_numbers_and_those_of_another_are_not() {
    let key = |route: &str, location: &str| {
        let data = json!({"entry_id": "e1", "call_id": "c1", "seq": 1, "state": "APPEARED", "location": location,
            "status": "PREPARING", "result": 1000});
        event(route, &data).dedupe_key
    };
    assert_eq!(key("/call", "abonent"), key("/call", ""));
    assert_eq!(key("/call", "abonent"), key("/call", "queue"), "one frame, told again from elsewhere");
    let all = [key("/call", ""), key("/ivr", ""), key("/record", ""), key("/route_result", "")];
    for (place, one) in all.iter().enumerate() {
        assert!(!all[place + 1..].contains(one), "{one}");
    }
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
    Answer {
        status,
        retry_after: None,
        date: None,
        location: None,
        limits: None,
        body: Bytes::copy_from_slice(body.as_bytes()),
    }
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
