//! What is asked of a call, as it is sent, and what comes back.

use calls::{ActOn, Action, Book, Call, CommandId, LogEvent, Stored, Target, VendorEvent, number::Dialable};
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::error::ErrorKind;

const COMMAND: CommandId = CommandId(Uuid::from_u128(7));
const NAMED: &str = "act-00000000-0000-0000-0000-000000000007";
/// The vendor's ids may hold anything that Base64 has.
const LEG: &str = "MToxMDAwNzk5/DoxMjU6NDU2OjE=";

/// What these notifications make of a call.
fn call(notifications: &[Value]) -> Call {
    let make = pbx();
    let connection: calls::ConnectionId = "mv1".parse().expect("an id");
    let mut book = Book::new(connection.clone(), make.book_settings());
    for (seq, notification) in (1..).zip(notifications) {
        for event in decode_at("/events/call", &notification.to_string()).events {
            let received_at = "2026-03-02T09:00:01Z".parse().expect("a time");
            book.apply(&Stored { seq, connection: connection.clone(), received_at, event: LogEvent::Vendor(event) });
        }
    }
    book.open_calls().next().expect("it is open").clone()
}

fn told(call_id: &str, state: &str, from: &Value, to: &Value) -> Value {
    json!({
        "entry_id": "e1", "call_id": call_id, "seq": 1, "timestamp": 1_772_442_000, "call_state": state,
        "location": "abonent", "from": from, "to": to,
    })
}

/// A customer talks with 202.
fn talk() -> Call {
    let office = json!({"extension": "202", "line_number": "74951234567"});
    call(&[told(LEG, "Connected", &json!({"number": "79161234567"}), &office)])
}

fn on(call: Call, key: &str) -> ActOn {
    let leg = call.legs.iter().find(|leg| leg.key.starts_with(key)).expect("the leg").clone();
    ActOn { extension: leg.extension.clone(), call, leg, other: None }
}

fn number(text: &str) -> Target {
    Target::Number(Dialable::read(text).expect("a number").number)
}

/// The path and the fields beside the command's id.
fn sent(on: &ActOn, action: &Action) -> (String, Value) {
    let request = pbx().act(COMMAND, on, action).expect("a request");
    assert_eq!((request.idempotent, request.signed), (false, true), "{action:?}");
    let mut body: Value = serde_json::from_slice(&request.body).expect("JSON");
    assert_eq!(body.as_object_mut().expect("an object").remove("command_id"), Some(json!(NAMED)));
    (request.url.path().trim_start_matches("/vpbx/commands/").to_owned(), body)
}

#[test]
fn each_action_is_the_command_of_the_vendors_page() {
    let on = on(talk(), LEG);
    let transfer = |attended| Action::Transfer { to: number("203"), attended };
    let moved = |method| json!({"call_id": LEG, "method": method, "to_number": "203", "initiator": "202"});
    for (action, path, body) in [
        (Action::Hangup, "call/hangup", json!({"call_id": LEG})),
        (Action::Hold, "call/hold/on", json!({"call_id": LEG, "initiator": "202"})),
        (transfer(false), "transfer", moved("blind")),
        (transfer(true), "transfer", moved("hold")),
        (Action::Pickup, "route", json!({"call_id": LEG, "to_number": "202"})),
        (Action::Record { on: true }, "recording/start", json!({"call_id": LEG, "call_party_number": "202"})),
    ] {
        assert_eq!(sent(&on, &action), (path.to_owned(), body), "{action:?}");
    }
}

#[test]
fn what_the_page_has_no_command_for_is_refused_before_anything_is_sent() {
    let on = on(talk(), LEG);
    for action in [
        Action::Answer,
        Action::Retrieve,
        Action::Conference { with: number("203") },
        Action::Dtmf { digits: "1".to_owned() },
        Action::Record { on: false },
    ] {
        let error = pbx().act(COMMAND, &on, &action).expect_err("not on the page");
        assert!(error.unsent() && error.kind() == ErrorKind::Unsupported, "{action:?}");
        assert!(!super::super::MAKE.capability.can(action.ability()), "{action:?}");
    }
}

#[test]
fn the_leg_to_the_colleague_who_was_asked_is_joined_with_the_one_on_hold() {
    let customer = json!({"number": "79161234567"});
    let office = json!({"extension": "202", "line_number": "74951234567"});
    let asks = json!({"extension": "202", "taken_from_call_id": LEG});
    let call = call(&[
        told(LEG, "OnHold", &customer, &office),
        told("second", "Connected", &asks, &json!({"extension": "203"})),
    ]);
    let asked = call.legs.iter().find(|leg| leg.key == "second").expect("the leg").clone();
    let on = ActOn { other: Some((call.clone(), asked)), ..on(call, LEG) };
    let joined = json!({"holded_call_id": LEG, "transferred_call_id": "second", "transfer_initiator_number": "202"});
    let action = Action::Transfer { to: Target::Call(on.call.id.clone()), attended: true };
    assert_eq!(sent(&on, &action), ("calls_connect".to_owned(), joined));
    // Another call is another entry, whose parts it does not join.
    let apart = ActOn { call: Call { vendor_call: Some("e2".to_owned()), ..on.call.clone() }, ..on };
    assert_eq!(pbx().act(COMMAND, &apart, &action).expect_err("two calls").kind(), ErrorKind::Conflict);
}

#[test]
fn the_calling_end_of_an_internal_call_is_named_by_the_vendors_id() {
    let call = call(&[told(LEG, "Connected", &json!({"extension": "202"}), &json!({"extension": "203"}))]);
    let calling = call.legs.iter().find(|leg| leg.extension.as_deref() == Some("202")).expect("its end").clone();
    assert_ne!(calling.key, LEG);
    let on = ActOn { call, extension: calling.extension.clone(), leg: calling, other: None };
    assert_eq!(sent(&on, &Action::Hangup).1, json!({"call_id": LEG}));
}

#[test]
fn a_waiting_call_goes_where_it_is_sent() {
    let mut waits = told("m1", "Appeared", &json!({"number": "79161234567"}), &json!({"number": "74951234567"}));
    waits["location"] = json!("ivr");
    let on = on(call(&[waits]), "m1");
    let Target::Number(to) = number("203") else { unreachable!("a number") };
    let body = json!({"call_id": "m1", "to_number": "203"});
    assert_eq!(sent(&on, &Action::Route { to }), ("route".to_owned(), body));
}

#[test]
fn an_event_that_names_an_action_of_ours_begins_no_callback() {
    let held = |command: &str| -> VendorEvent {
        let mut held = told(LEG, "OnHold", &json!({"number": "79161234567"}), &json!({"extension": "202"}));
        held["command_id"] = json!(command);
        decode_at("/events/call", &held.to_string()).events.remove(0)
    };
    let ours = held(NAMED);
    assert_eq!(ours.vendor_command.as_deref(), Some("00000000-0000-0000-0000-000000000007"));
    let plain = told(LEG, "OnHold", &json!({"number": "79161234567"}), &json!({"extension": "202"}));
    assert_eq!(ours.effects, decode_at("/events/call", &plain.to_string()).events.remove(0).effects);
    assert_ne!(held("crm-1").effects, ours.effects);
}

#[test]
fn a_result_that_is_told_apart_says_what_its_code_says() {
    let result = |path: &str, code: u32| {
        let body = json!({"command_id": NAMED, "result": code}).to_string();
        decode_at(path, &body).events.remove(0)
    };
    let refused = |code: u32| {
        let event = result("/result/transfer", code);
        assert_eq!(event.call, None);
        event.effects
    };
    assert_eq!(result("/result/call/hangup", 1000).effects, [Effect::CommandResult { accepted: true, detail: None }]);
    let words = Some("the call has ended or does not exist (code 4101)".to_owned());
    assert_eq!(refused(4101), [Effect::CommandResult { accepted: false, detail: words }]);
    assert_eq!(refused(5011), [], "it may have acted");
}
