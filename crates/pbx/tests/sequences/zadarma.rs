//! Zadarma's sequences, from the page's list of notifications: every one carries the time at which its call began.

use calls::{
    CallResult::{Answered, Busy, Cancelled, Missed, NoAnswer},
    CallState, Direction, LegState,
};
use serde_json::{Value, json};

use crate::office::{AgentLegs, Office, Script, Step, What, at};

const CALL: &str = "in_ae6b03b3b0765d127ec0b739209346bbc4f0d52d";
const OUT: &str = "out_dcb22bcd4e78fa4b627aa2e0c67d0191cd0a5068";
const CUSTOMER: &str = "79161234567";

/// A notification of an incoming call.
fn told(second: i64, event: &str, more: Value) -> Step {
    let base = json!({"event": event, "call_start": "2026-03-02 09:00:00", "pbx_call_id": CALL,
        "caller_id": "+79161234567", "called_did": "74951234567"});
    step(second, base, more)
}

/// A notification of an outgoing call.
fn out(second: i64, event: &str, more: Value) -> Step {
    let base = json!({"event": event, "call_start": "2026-03-02 09:00:00", "pbx_call_id": OUT, "caller_id": "0",
        "internal": "499499-101", "destination": CUSTOMER});
    step(second, base, more)
}

fn step(second: i64, mut body: Value, more: Value) -> Step {
    let fields = body.as_object_mut().expect("an object");
    fields.extend(more.as_object().cloned().into_iter().flatten());
    Step { ms: second * 1000 + 200, what: What::Message { channels: &[], body } }
}

fn start() -> Step {
    told(0, "NOTIFY_START", json!({}))
}

fn rings(second: i64, extension: &str) -> Step {
    told(second, "NOTIFY_INTERNAL", json!({ "internal": extension }))
}

fn answered(second: i64, extension: &str) -> Step {
    told(second, "NOTIFY_ANSWER", json!({"called_did": "", "destination": extension, "internal": extension}))
}

fn end(second: i64, disposition: &str, last: &str) -> Step {
    let ended = json!({"duration": "42", "disposition": disposition, "last_internal": last, "status_code": "16",
        "is_recorded": "0"});
    told(second, "NOTIFY_END", ended)
}

fn out_end(second: i64, disposition: &str) -> Step {
    out(second, "NOTIFY_OUT_END", json!({"duration": "0", "disposition": disposition, "is_recorded": "0"}))
}

fn click() -> Step {
    Step { ms: 0, what: What::Click { number: 1, from: "101", to: "+79161234567" } }
}

pub(crate) fn scripts() -> Vec<Script> {
    let script =
        |name, steps, call, result| Script { name, make: pbx::zadarma::MAKE, steps, results: vec![(call, result)] };
    vec![
        script(
            "incoming, answered",
            vec![start(), rings(1, "101"), answered(6, "101"), end(60, "answered", "101")],
            CALL,
            Answered,
        ),
        script("nobody picks up", vec![start(), rings(1, "101"), end(20, "no answer", "")], CALL, Missed),
        script(
            "a group",
            vec![start(), rings(1, "101"), rings(1, "499499-102"), answered(8, "102"), end(60, "answered", "102")],
            CALL,
            Answered,
        ),
        script(
            "through the menu",
            vec![
                start(),
                told(1, "NOTIFY_IVR", json!({"ivr_saydigits": "COMPLETE"})),
                rings(10, "101"),
                answered(15, "101"),
                end(60, "answered", "101"),
            ],
            CALL,
            Answered,
        ),
        script(
            "passed on",
            vec![
                start(),
                rings(1, "101"),
                answered(6, "101"),
                told(
                    30,
                    "NOTIFY_INTERNAL",
                    json!({"internal": "102", "transfer_from": "101", "transfer_type": "blind"}),
                ),
                told(
                    35,
                    "NOTIFY_ANSWER",
                    json!({"called_did": "", "destination": "102", "internal": "102",
                    "transfer_from": "101", "transfer_type": "blind"}),
                ),
                end(80, "answered", "102"),
            ],
            CALL,
            Answered,
        ),
        script(
            "outgoing, answered",
            vec![out(0, "NOTIFY_OUT_START", json!({})), out(9, "NOTIFY_ANSWER", json!({})), out_end(60, "answered")],
            OUT,
            Answered,
        ),
        script("outgoing, busy", vec![out(0, "NOTIFY_OUT_START", json!({})), out_end(5, "busy")], OUT, Busy),
        script("outgoing, given up", vec![out(0, "NOTIFY_OUT_START", json!({})), out_end(9, "cancel")], OUT, Cancelled),
        script(
            "clicked",
            vec![click(), out(2, "NOTIFY_OUT_START", json!({})), out_end(30, "no answer")],
            OUT,
            NoAnswer,
        ),
    ]
}

fn played(steps: &[Step]) -> Office {
    Office::play(pbx::zadarma::MAKE, steps)
}

#[test]
fn a_call_rings_its_line_then_the_phone_and_talks() {
    let steps = [start(), rings(1, "101"), answered(6, "101"), end(60, "answered", "101")];
    let states = [CallState::Ringing, CallState::Ringing, CallState::Talking, CallState::Ended];
    for (place, state) in states.into_iter().enumerate() {
        let office = played(&steps[..=place]);
        let call = office.call(CALL);
        assert_eq!((call.state, call.direction, call.late), (state, Direction::Incoming, false), "{place}");
        assert_eq!(call.customer.number.as_deref(), Some("+79161234567"));
        assert_eq!(call.line.number.as_deref(), Some("+74951234567"));
        assert_eq!(call.agent_legs().count(), usize::from(place > 0));
    }
    let office = played(&steps);
    let call = office.call(CALL);
    assert_eq!((call.answered_at, call.ended_at), (Some(at(6_200)), Some(at(60_200))));
}

#[test]
fn a_phone_that_rings_after_ten_minutes_in_a_queue_is_not_late() {
    let office = played(&[start(), rings(600, "101")]);
    let call = office.call(CALL);
    assert_eq!((call.state, call.late), (CallState::Ringing, false));
    assert!(!call.agent_legs().any(|leg| leg.late));
}

#[test]
fn a_notification_of_yesterdays_call_rings_nobody() {
    let office = played(&[told(0, "NOTIFY_INTERNAL", json!({"internal": "101", "call_start": "2026-03-01 10:30:00"}))]);
    assert!(office.call(CALL).late);
}

#[test]
fn a_menu_shows_no_card() {
    let menu = || told(1, "NOTIFY_IVR", json!({}));
    assert!(played(&[start(), menu()]).call(CALL).in_menu);
    assert_eq!(played(&[start(), menu(), rings(9, "101")]).call(CALL).state, CallState::Ringing);
}

#[test]
fn whoever_passes_a_call_on_has_left_it() {
    let transfer = json!({"called_did": "", "destination": "102", "internal": "102", "transfer_from": "101"});
    let office = played(&[start(), answered(6, "101"), told(35, "NOTIFY_ANSWER", transfer)]);
    let call = office.call(CALL);
    let states: Vec<_> = call.agent_legs().map(|leg| (leg.extension.as_deref(), leg.state)).collect();
    assert_eq!(states, [(Some("101"), LegState::Cleared), (Some("102"), LegState::Connected)]);
    assert_eq!(call.state, CallState::Talking);
}

#[test]
fn a_talk_is_answered_whatever_the_last_leg_came_to() {
    for disposition in ["no answer", "busy", "cancel", "failed"] {
        let office = played(&[start(), answered(6, "101"), end(60, disposition, "102")]);
        assert_eq!(office.call(CALL).result, Some(Answered), "{disposition}");
    }
}

#[test]
fn an_extension_that_ends_ends_no_call() {
    let gone = told(9, "NOTIFY_INTERNAL_END", json!({"internal": "101", "disposition": "no answer"}));
    let office = played(&[start(), rings(1, "101"), gone]);
    let call = office.call(CALL);
    assert_ne!(call.state, CallState::Ended);
    assert_eq!(call.agent_legs().next().map(|leg| leg.state), Some(LegState::Failed));
}

#[test]
fn a_phone_that_rings_anew_is_told_in_equal_words() {
    let stops = |second| told(second, "NOTIFY_INTERNAL_END", json!({"internal": "101", "disposition": "no answer"}));
    let steps = [start(), rings(1, "101"), rings(2, "101"), stops(20), stops(21), rings(40, "101"), rings(41, "101")];
    let office = played(&steps);
    let states: Vec<_> = office.call(CALL).agent_legs().map(|leg| leg.state).collect();
    assert_eq!(states, [LegState::Failed, LegState::Alerting], "sent again it is the same ring");
    let ended = steps.clone().into_iter().chain([stops(60)]).collect::<Vec<_>>();
    let states: Vec<_> = played(&ended).call(CALL).agent_legs().map(|leg| leg.state).collect();
    assert_eq!(states, [LegState::Failed, LegState::Failed], "the end of the second is no repetition of the first's");
    let more = [answered(45, "101"), answered(46, "101"), end(60, "answered", "101")];
    let office = played(&steps.into_iter().chain(more).collect::<Vec<_>>());
    for calls in [&office.calls, &office.read_again()] {
        let call = calls.values().next().expect("the call");
        let states: Vec<_> = call.agent_legs().map(|leg| leg.state).collect();
        assert_eq!((states, call.result), (vec![LegState::Failed, LegState::Cleared], Some(Answered)));
        assert_eq!((calls.len(), call.answered_at), (1, Some(at(45_200))));
    }
}

#[test]
fn who_lost_the_call_to_a_colleague_does_not_ring_while_he_talks() {
    let steps = [start(), rings(1, "101"), rings(1, "102"), answered(8, "102"), rings(9, "101")];
    let office = played(&steps);
    assert_eq!(office.call(CALL).state, CallState::Talking);
    let back = told(30, "NOTIFY_INTERNAL_END", json!({"internal": "102", "disposition": "answered"}));
    let office = played(&steps.into_iter().chain([back, rings(32, "101")]).collect::<Vec<_>>());
    let states: Vec<_> = office.call(CALL).agent_legs().map(|leg| (leg.extension.as_deref(), leg.state)).collect();
    assert!(states.contains(&(Some("101"), LegState::Alerting)), "{states:?}");
}

#[test]
fn a_short_public_number_is_no_colleague() {
    for (caller, number) in [("101", "112"), ("101", "234567"), ("499499-101", "900"), ("101", "0611")] {
        let office = played(&[out(0, "NOTIFY_OUT_START", json!({"internal": caller, "destination": number}))]);
        let call = office.call(OUT);
        assert_eq!((call.direction, call.customer.number.as_deref()), (Direction::Outgoing, Some(number)));
        assert_eq!((call.state, call.placed_by.as_deref()), (CallState::Dialling, Some("101")), "{number}");
    }
}

#[test]
fn a_colleague_who_is_called_is_rung_as_one() {
    let internal = json!({"destination": "499499-102"});
    let office = played(&[out(0, "NOTIFY_OUT_START", internal)]);
    let call = office.call(OUT);
    assert_eq!((call.direction, call.customer.number.as_deref()), (Direction::Internal, Some("102")));
    assert_eq!((call.state, call.placed_by.as_deref()), (CallState::Ringing, Some("101")));
}

/// A callback rings the phone of the one who ordered it, and then the customer: told as one call.
fn callback(customer: &str) -> Vec<Step> {
    vec![
        click(),
        out(1, "NOTIFY_OUT_START", json!({"destination": "101"})),
        out(5, "NOTIFY_ANSWER", json!({"destination": "101"})),
        out(6, "NOTIFY_OUT_START", json!({})),
        out_end(30, customer),
    ]
}

#[test]
fn a_callback_is_answered_by_the_customer_alone() {
    let steps = callback("no answer");
    for place in 1..=3 {
        let office = played(&steps[..=place]);
        let call = office.call(OUT);
        assert_eq!((call.state, call.answered_at), (CallState::Dialling, None), "{place}");
    }
    for (customer, result) in [("no answer", NoAnswer), ("busy", Busy), ("answered", Answered)] {
        let office = played(&callback(customer));
        assert_eq!(office.calls.len(), 1, "{:#?}", office.calls);
        assert_eq!(office.call(OUT).result, Some(result));
    }
}

/// The other leg's id, where a callback is told of as two calls.
const SECOND: &str = "out_dcb22bcd4e78fa4b627aa2e0c67d0191cd0a5069";

/// The same told as two calls, of which the first may name the customer, too.
fn callback_in_two(first: &str, customer: &str) -> Vec<Step> {
    let of_second = |second, event, mut more: Value| {
        more["pbx_call_id"] = SECOND.into();
        out(second, event, more)
    };
    let first_end = json!({"destination": first, "disposition": "answered", "calltype": "callback_leg1"});
    vec![
        click(),
        out(1, "NOTIFY_OUT_START", json!({ "destination": first })),
        out(5, "NOTIFY_ANSWER", json!({"destination": "101"})),
        of_second(6, "NOTIFY_OUT_START", json!({})),
        of_second(30, "NOTIFY_OUT_END", json!({"disposition": customer, "calltype": "callback_leg2"})),
        out(31, "NOTIFY_OUT_END", first_end),
    ]
}

#[test]
fn a_callback_that_is_told_as_two_calls_is_one() {
    for first in ["101", "499499-101", CUSTOMER] {
        for (customer, result) in [("no answer", NoAnswer), ("busy", Busy), ("answered", Answered)] {
            for clicked in [true, false] {
                let steps = callback_in_two(first, customer).split_off(usize::from(!clicked));
                let office = played(&steps);
                for calls in [&office.calls, &office.read_again()] {
                    let calls: Vec<_> = calls.values().collect();
                    let [call] = calls.as_slice() else { panic!("{first} {customer} {clicked}: {calls:#?}") };
                    let found = (call.result, call.direction, call.placed_by.as_deref(), call.answered_at);
                    assert_eq!(found, (Some(result), Direction::Outgoing, Some("101"), None), "{first} {customer}");
                    assert_eq!(call.customer.number.as_deref(), Some("+79161234567"));
                }
            }
        }
    }
}

#[test]
fn a_callback_dials_until_the_customer_answers() {
    for first in ["101", CUSTOMER] {
        let steps = callback_in_two(first, "busy");
        for place in 0..=3 {
            let office = played(&steps[..=place]);
            let calls: Vec<_> = office.calls.values().collect();
            let [call] = calls.as_slice() else { panic!("{first} {place}: {calls:#?}") };
            assert_eq!((call.state, call.answered_at), (CallState::Dialling, None), "{first} {place}");
        }
    }
}

#[test]
fn two_calls_by_hand_stay_two() {
    let start = || out(0, "NOTIFY_OUT_START", json!({}));
    let again = || out(20, "NOTIFY_OUT_START", json!({ "pbx_call_id": SECOND }));
    for between in [out_end(10, "busy"), out(5, "NOTIFY_ANSWER", json!({}))] {
        assert_eq!(played(&[start(), between, again()]).calls.len(), 2, "the first is over, or talks");
    }
    let other = out(0, "NOTIFY_OUT_START", json!({ "destination": "79161234569" }));
    assert_eq!(played(&[other, again()]).calls.len(), 2, "another number");
    let colleagues = out(5, "NOTIFY_OUT_START", json!({"internal": "102", "pbx_call_id": SECOND}));
    assert_eq!(played(&[start(), colleagues]).calls.len(), 2, "another extension");
}

#[test]
fn of_two_ends_the_customers_counts_whichever_says_more() {
    let end = |call: &str, disposition: &str| {
        out(31, "NOTIFY_OUT_END", json!({"pbx_call_id": call, "disposition": disposition}))
    };
    let begins = || callback_in_two(CUSTOMER, "").into_iter().take(4);
    for ends in [[end(OUT, "answered"), end(SECOND, "no answer")], [end(SECOND, "no answer"), end(OUT, "answered")]] {
        let office = played(&begins().chain(ends).collect::<Vec<_>>());
        let results: Vec<_> = office.calls.values().map(|call| call.result).collect();
        assert_eq!(results, [Some(NoAnswer)]);
    }
}

#[test]
fn an_outgoing_call_that_is_passed_on_stays_outgoing() {
    let passed = json!({"internal": "102", "transfer_from": "499499-101", "destination": "102"});
    let steps = [
        out(0, "NOTIFY_OUT_START", json!({})),
        out(5, "NOTIFY_ANSWER", json!({})),
        out(30, "NOTIFY_INTERNAL", passed.clone()),
        out(35, "NOTIFY_ANSWER", passed),
    ];
    let office = played(&steps);
    let call = office.call(OUT);
    assert_eq!((call.state, call.direction), (CallState::Talking, Direction::Outgoing));
    assert_eq!(call.customer.number.as_deref(), Some("+79161234567"));
    let states: Vec<_> = call.agent_legs().map(|leg| (leg.extension.as_deref(), leg.state)).collect();
    assert_eq!(states, [(Some("101"), LegState::Cleared), (Some("102"), LegState::Connected)]);
}
