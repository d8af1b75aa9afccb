//! Every notification and what it means.

use calls::{
    CallResult, Customer, Direction, Effect, EndCause, LegRef, LegRole, Line, RecordingReference, VendorEvent,
};
use serde_json::{Value, json};

use super::*;

fn events(path: &str, json: &Value) -> Vec<VendorEvent> {
    decode_at(path, &json.to_string()).events
}

fn event(path: &str, json: &Value) -> VendorEvent {
    let mut events = events(path, json);
    assert_eq!(events.len(), 1, "{events:?}");
    events.remove(0)
}

/// An event of a leg: the client rings at 29.
fn leg(more: &Value) -> Value {
    let mut json = json!({
        "entry_id": "e1", "call_id": "c1", "timestamp": "1772442000", "seq": "2", "call_state": "Appeared",
        "location": "abonent", "from": {"number": "79161234567"},
        "to": {"extension": "29", "number": "sip:user@pbx.example", "line_number": "74951234567", "acd_group": "303"},
    });
    json.as_object_mut().expect("an object").extend(more.as_object().cloned().into_iter().flatten());
    json
}

fn customer(number: &str) -> Customer {
    Customer { number: Some(number.to_owned()), name: None }
}

fn line() -> Line {
    Line { number: Some("+74951234567".to_owned()), queue: Some("303".to_owned()) }
}

fn agent(extension: &str) -> LegRef {
    LegRef {
        key: "c1".to_owned(),
        role: LegRole::Agent,
        extension: Some(extension.to_owned()),
        number: None,
        name: None,
        alias: None,
        caller: None,
    }
}

#[test]
fn each_state_of_a_leg_is_read_however_it_is_spelt() {
    let (direction, leg_29) = (Direction::Incoming, agent("29"));
    let created = Effect::CallCreated { direction, customer: customer("+79161234567"), line: line() };
    let updated = Effect::CallUpdated { direction, customer: customer("+79161234567"), line: line() };
    let cleared = |cause, reason: &str| {
        vec![updated.clone(), Effect::LegCleared { leg: agent("29"), cause, reason: Some(reason.to_owned()) }]
    };
    let cases = [
        (json!({}), vec![created, Effect::LegRinging { leg: leg_29.clone() }]),
        (json!({"call_state": "CONNECTED"}), vec![updated.clone(), Effect::LegAnswered { leg: leg_29.clone() }]),
        (json!({"call_state": "on_hold"}), vec![updated.clone(), Effect::LegHeld { leg: leg_29 }]),
        (json!({"call_state": "Disconnected", "disconnect_reason": "1111"}), cleared(EndCause::NoAnswer, "1111")),
        (json!({"call_state": "Disconnected", "disconnect_reason": 1121}), cleared(EndCause::Busy, "1121")),
        (
            json!({"call_state": "Disconnected", "disconnect_reason": 1182}),
            cleared(EndCause::AnsweredElsewhere, "1182"),
        ),
        (json!({"call_state": "Disconnected", "disconnect_reason": 1129}), cleared(EndCause::Normal, "1129")),
    ];
    for (more, effects) in cases {
        for path in ["/events/call", "/mango/events/call/?a=1", ""] {
            assert_eq!(event(path, &leg(&more)).effects, effects, "{more} at {path}");
        }
    }
    let event = event("/events/call", &leg(&json!({"locaton": "abonent", "location": null, "command_id": "x"})));
    assert_eq!((event.call.as_deref(), event.leg_seq), (Some("e1"), Some(2)));
    assert_eq!(event.vendor_command.as_deref(), Some("x"));
    assert_eq!(event.time.map(|time| time.utc.to_string()).as_deref(), Some("2026-03-02T09:00:00Z"));
    assert_eq!(event.dedupe_key, r#"["call","e1","c1","2"]"#);
}

#[test]
fn who_waits_in_the_menu_or_a_queue_rings_nobody() {
    for (location, menu) in [("ivr", true), ("Queue", false)] {
        let to = json!({"number": "74951234567", "acd_group": "303"});
        let told = event("/events/call", &leg(&json!({"location": location, "to": to, "call_state": "Connected"})));
        let waiting =
            LegRef { role: LegRole::Customer, extension: None, number: Some("+79161234567".to_owned()), ..agent("") };
        let created =
            Effect::CallCreated { direction: Direction::Incoming, customer: customer("+79161234567"), line: line() };
        assert_eq!(told.effects, [created, Effect::LegQueued { leg: waiting, menu }]);
    }
}

/// By whom a leg is told, and the direction and role that follow.
#[test]
fn whose_leg_it_is_follows_from_its_two_sides() {
    let (outside, inside) = (json!({"number": "79161234567"}), json!({"extension": "29", "number": "79031112233"}));
    let other = json!({"extension": "30", "number": "sip:b@pbx.example"});
    let asking = json!({"extension": "29", "taken_from_call_id": "c0"});
    let cases = [
        (json!({"from": outside, "to": inside}), Direction::Incoming, Some("+79161234567"), LegRole::Agent, None),
        (json!({"from": inside, "to": outside}), Direction::Outgoing, Some("+79161234567"), LegRole::Agent, None),
        (json!({"from": inside, "to": other}), Direction::Internal, Some("30"), LegRole::Agent, Some("29")),
        (json!({"from": inside, "to": {"number": "30"}}), Direction::Internal, Some("30"), LegRole::Agent, Some("29")),
        (json!({"from": asking, "to": other}), Direction::Internal, Some("30"), LegRole::TransferTarget, Some("29")),
        // A callback shows the client as the caller of the colleague's own phone.
        (
            json!({"from": outside, "to": inside, "callback_initiator": "WEB"}),
            Direction::Outgoing,
            Some("+79161234567"),
            LegRole::Agent,
            None,
        ),
        // Routed by a command from another leg: as incoming as before.
        (
            json!({"from": {"number": "79161234567", "taken_from_call_id": "c0"}, "to": inside, "command_id": "r"}),
            Direction::Incoming,
            Some("+79161234567"),
            LegRole::Agent,
            None,
        ),
        (json!({"from": {}, "to": inside}), Direction::Incoming, None, LegRole::Agent, None),
    ];
    for (more, direction, number, role, caller) in cases {
        let effects = event("/events/call", &leg(&more)).effects;
        let parties = effects.iter().find_map(|effect| {
            let (Effect::CallCreated { direction, customer, .. } | Effect::CallUpdated { direction, customer, .. }) =
                effect
            else {
                return None;
            };
            Some((*direction, customer.number.as_deref()))
        });
        assert_eq!(parties, Some((direction, number)), "{more}");
        let own = effects.iter().find_map(|effect| {
            let (Effect::LegOffered { leg } | Effect::LegRinging { leg }) = effect else { return None };
            (leg.key == "c1").then_some(leg)
        });
        let own = own.unwrap_or_else(|| panic!("no leg: {more}"));
        assert_eq!((own.role, own.caller.as_deref()), (role, caller), "{more}");
    }
}

/// Banks and operators call from numbers as short as extensions; a call between colleagues comes over no line.
#[test]
fn who_calls_over_a_line_is_outside_however_short_his_number() {
    let told = json!({"from": {"number": "900"}, "to": {"extension": "101", "line_number": "74951234567"}});
    let effects = event("events/call", &leg(&told)).effects;
    let created = Effect::CallCreated {
        direction: Direction::Incoming,
        customer: customer("900"),
        line: Line { queue: None, ..line() },
    };
    assert_eq!(effects.first(), Some(&created));
    let told = json!({"from": {"number": "205"}, "to": {"extension": "201"}});
    let effects = event("events/call", &leg(&told)).effects;
    assert!(matches!(effects[0], Effect::CallCreated { direction: Direction::Internal, .. }), "{effects:?}");
}

#[test]
fn the_summary_ends_the_call() {
    let summary = |more: Value| {
        let mut json = json!({
            "entry_id": "e1", "call_direction": 1, "from": {"number": "79161234567"}, "to": {"extension": "29"},
            "line_number": "74951234567", "create_time": 1772442000, "forward_time": 0, "talk_time": 1772442010,
            "end_time": 1772442060, "entry_result": 1, "disconnect_reason": 1110,
        });
        json.as_object_mut().expect("an object").extend(more.as_object().cloned().into_iter().flatten());
        events("/events/summary", &json)
    };
    let told = summary(json!({}));
    assert_eq!(told.len(), 2);
    assert!(matches!(told[0].effects[..], [Effect::CallCreated { direction: Direction::Incoming, .. }]));
    let times = told.iter().map(|event| event.time.as_ref().map(|time| time.utc.as_second()));
    assert_eq!(times.collect::<Vec<_>>(), [Some(1_772_442_000), Some(1_772_442_060)]);
    let result = |events: Vec<VendorEvent>| {
        let Some(Effect::CallEnded { result, .. }) = events.last().and_then(|event| event.effects.last()) else {
            panic!("no end: {events:?}")
        };
        *result
    };
    let nobody = |direction: i64, reason: i64| {
        result(summary(json!({"call_direction": direction, "talk_time": 0, "to": {}, "disconnect_reason": reason})))
    };
    assert_eq!(result(told), Some(CallResult::Answered));
    // The manual's own example says "talked" of a caller who hung up in the menu.
    assert_eq!(nobody(1, 1110), Some(CallResult::Missed));
    assert_eq!(nobody(1, 1151), Some(CallResult::Rejected));
    assert_eq!(nobody(2, 1121), Some(CallResult::Busy));
    assert_eq!(nobody(2, 1110), Some(CallResult::Cancelled));
    assert_eq!(nobody(2, 1131), Some(CallResult::NoAnswer));
    assert_eq!(nobody(2, 2240), Some(CallResult::Failed));
    assert_eq!(nobody(0, 1122), Some(CallResult::Rejected));
    assert_eq!((nobody(2, 1100), nobody(9, 1111)), (None, None));
    assert_eq!(events("", &json!({"entry_id": "e1", "entry_result": 0, "end_time": "1772442060"})).len(), 1);
}

#[test]
fn a_recording_can_be_fetched_once_it_was_added() {
    let told = |state: &str, code: Value| {
        let json = json!({"recording_id": "r1", "recording_state": state, "seq": 1, "entry_id": "e1", "call_id": "c1",
            "timestamp": 1772442000, "completion_code": code});
        event("/events/recording", &json).effects
    };
    assert_eq!(told("Started", Value::Null), [Effect::RecordingStarted]);
    assert_eq!(told("Continued", Value::Null), []);
    assert_eq!(told("Completed", json!(1000)), []);
    assert_eq!(told("Completed", json!("4002")), [Effect::NotRecorded]);
    let added =
        json!({"entry_id": "e1", "product_id": 1, "user_id": -1, "timestamp": 1772442000, "recording_id": "r1"});
    for path in ["/events/record/added", "/x/events/record/added/", ""] {
        let event = event(path, &added);
        let reference = RecordingReference::Id("r1".to_owned());
        assert_eq!(event.effects, [Effect::RecordingAvailable { reference }], "{path}");
        assert_eq!((event.call.as_deref(), event.dedupe_key.as_str()), (Some("e1"), r#"["recording","r1","added"]"#));
    }
}

#[test]
fn digits_are_told_with_their_call() {
    let json = json!({"seq": 3, "dtmf": "12#", "timestamp": 1772442000, "call_id": "c1", "entry_id": "e1",
        "location": "ivr.2", "from_number": "79161234567", "to_number": "1", "line_number": "74951234567"});
    let event = event("/events/dtmf", &json);
    assert_eq!(event.effects, [Effect::Dtmf { digits: "12#".to_owned() }]);
    assert_eq!((event.call.as_deref(), event.leg_seq), (Some("e1"), None));
}

#[test]
fn results_of_commands_are_about_no_call() {
    let route = event("/result/route", &json!({"command_id": "r", "result": 1000}));
    assert_eq!(route.effects, [Effect::RouteResult { accepted: true, detail: None }]);
    assert_eq!(route.call, None);
    let callback = event("/result/callback", &json!({"command_id": "x", "result": "3100"}));
    let [Effect::CommandResult { accepted: false, detail: Some(words) }] = &callback.effects[..] else {
        panic!("{callback:?}")
    };
    assert!(words.contains("code 3100") && callback.call.is_none(), "{words}");
}

#[test]
fn whatever_else_is_authentic_is_kept_as_unknown() {
    let cases = [
        ("/events/record/tagged", r#"{"entry_id":"e1"}"#, "events/record/tagged"),
        ("/events/sms", "{}", "events/sms"),
        ("/events/ab/", "{}", "events/ab"),
        ("/events/recognized/offline", "{}", "events/recognized/offline"),
        ("/events/call", r#"{"call_id":"c1"}"#, "events/call"),
        ("/events/call", r#"{"call_id":"c1","call_state":"Melting"}"#, "call Melting"),
        ("/events/summary", "{}", "events/summary"),
        ("/events/call", "[1]", "undecodable"),
        ("/events/call", "{", "undecodable"),
        ("/events/call", "", "undecodable"),
        ("", "{}", "undecodable"),
    ];
    for (path, json, kind) in cases {
        let decoded = decode_at(path, json);
        let event = &decoded.events[0];
        assert!(matches!(event.effects[..], [Effect::Unknown { .. }]), "{path} {json}: {event:?}");
        assert_eq!((event.raw_kind.as_str(), decoded.reply.status), (kind, 200), "{path} {json}");
    }
}
