//! Era's sequences, from the page's catalogue of events: every one carries the call, its connection and the legs.

use calls::{
    CallResult::{Answered, Busy, Cancelled, Missed, NoAnswer},
    CallState, Direction, EndCause, LegState,
};
use pbx::WHOLE_ACCOUNT;
use serde_json::{Value, json};

use crate::office::{AgentLegs, Office, Script, Step, What, at};

const CALL: &str = "3694473f-0641-450c-2c15-c00000000002";
const OTHER: &str = "3694473f-0641-450c-2c15-c00000000003";

/// An event of a call, so many seconds after nine.
fn told(call: &str, second: i64, event: &str, more: Value) -> Step {
    let ms = second * 1000;
    let begun = at(0).as_millisecond();
    let mut data = json!({"eventid": format!("{call} {event} {second} {more}"), "eventts": at(ms).as_millisecond(), "cid": call,
        "invitets": begun, "connectionid": format!("{call}.{begun}"), "acallid": format!("{call}-a")});
    data.as_object_mut().expect("an object").extend(more.as_object().cloned().into_iter().flatten());
    let body = json!(["event", {"id": "s1", "event": event, "data": data}]);
    Step { ms: ms + 50, what: What::Message { channels: &[WHOLE_ACCOUNT], body } }
}

fn invite(call: &str, second: i64) -> Step {
    let from = json!({"fromouter": true, "fromusername": "79161234567", "callednum": "74951234567"});
    told(call, second, "callevents.invite", from)
}

fn own_invite(second: i64, dialled: &str) -> Step {
    told(CALL, second, "callevents.invite", json!({"fromouter": false, "fromnumber": "101", "callednum": dialled}))
}

/// A phone of the office is dialled.
fn rings(call: &str, second: i64, leg: &str, extension: &str) -> Step {
    let fork = json!({"forkcallid": leg, "forkdir": "in", "forkcallednum": extension,
        "forkremoteuri": format!("sip:{extension}@pbx.example")});
    told(call, second, "callevents.fork_start", fork)
}

fn dials_out(second: i64, leg: &str) -> Step {
    let fork = json!({"forkcallid": leg, "forkdir": "out", "forkcallednum": "79161234567"});
    told(CALL, second, "callevents.fork_start", fork)
}

fn stops(call: &str, second: i64, leg: &str, code: u32) -> Step {
    told(call, second, "callevents.fork_stop", json!({"forkcallid": leg, "sipcode": code}))
}

fn answered(call: &str, second: i64, leg: &str) -> Step {
    told(call, second, "callevents.dlg_start", json!({ "bcallid": leg }))
}

fn ends(call: &str, second: i64, kind: &str, leg: Option<&str>) -> [Step; 2] {
    let how = json!({"completiontype": kind, "bcallid": leg});
    [told(call, second, "callevents.dlg_end", how.clone()), told(call, second + 3, "callevents.dlg_stop", how)]
}

fn click() -> Step {
    Step { ms: 0, what: What::Click { number: 1, from: "101", to: "+79161234567" } }
}

fn talk() -> Vec<Step> {
    vec![invite(CALL, 0), rings(CALL, 1, "f1", "101"), answered(CALL, 6, "f1")]
}

fn plus<const N: usize>(mut steps: Vec<Step>, more: [Step; N]) -> Vec<Step> {
    steps.extend(more);
    steps
}

pub(crate) fn scripts() -> Vec<Script> {
    let script = |name, steps, result| Script { name, make: pbx::era::MAKE, steps, results: vec![(CALL, result)] };
    let begun = |second| told(CALL, second, "callevents.dlg_init", json!({"dialogid": "d1"}));
    let group = vec![invite(CALL, 0), begun(0), rings(CALL, 1, "f1", "101"), rings(CALL, 1, "f2", "102")];
    let passed_on = vec![
        told(CALL, 30, "callevents.refer", json!({"side": "b", "bcallid": "f1", "referto": "sip:102@pbx.example"})),
        told(
            OTHER,
            31,
            "callevents.invite",
            json!({"fromouter": true, "fromusername": "79161234567", "callednum": "102",
            "isreferred": true}),
        ),
        rings(OTHER, 31, "g1", "102"),
    ];
    vec![
        script("era: incoming, answered", plus(talk(), ends(CALL, 60, "bye", Some("f1"))), Answered),
        script(
            "era: nobody picks up",
            plus(
                vec![invite(CALL, 0), rings(CALL, 1, "f1", "101"), stops(CALL, 31, "f1", 480)],
                ends(CALL, 32, "error", None),
            ),
            Missed,
        ),
        script(
            "era: the caller gives up",
            plus(vec![invite(CALL, 0), rings(CALL, 1, "f1", "101")], ends(CALL, 9, "cancel", None)),
            Missed,
        ),
        script(
            "era: a group",
            plus(
                plus(group.clone(), [answered(CALL, 8, "f1"), stops(CALL, 8, "f2", 487)]),
                ends(CALL, 60, "bye", Some("f1")),
            ),
            Answered,
        ),
        script(
            "era: a group whose losers are not told",
            plus(plus(group, [answered(CALL, 8, "f2")]), ends(CALL, 60, "bye", Some("f2"))),
            Answered,
        ),
        script(
            "era: held and taken back",
            plus(
                plus(
                    talk(),
                    [
                        told(CALL, 20, "callevents.hold", json!({"side": "a", "bcallid": "f1"})),
                        told(CALL, 40, "callevents.unhold", json!({"side": "a", "bcallid": "f1"})),
                    ],
                ),
                ends(CALL, 60, "bye", Some("f1")),
            ),
            Answered,
        ),
        Script {
            name: "era: passed on",
            make: pbx::era::MAKE,
            steps: [
                talk(),
                passed_on,
                ends(CALL, 32, "bye", Some("f1")).to_vec(),
                vec![answered(OTHER, 36, "g1")],
                ends(OTHER, 80, "bye", Some("g1")).to_vec(),
            ]
            .concat(),
            results: vec![(CALL, Answered), (OTHER, Answered)],
        },
        script(
            "era: outgoing, answered",
            plus(
                vec![own_invite(0, "89161234567"), dials_out(1, "f1"), answered(CALL, 9, "f1")],
                ends(CALL, 60, "bye", Some("f1")),
            ),
            Answered,
        ),
        script(
            "era: outgoing, busy",
            plus(
                vec![own_invite(0, "89161234567"), dials_out(1, "f1"), stops(CALL, 5, "f1", 486)],
                ends(CALL, 5, "error", None),
            ),
            Busy,
        ),
        script(
            "era: outgoing, given up",
            plus(vec![own_invite(0, "89161234567"), dials_out(1, "f1")], ends(CALL, 9, "cancel", None)),
            Cancelled,
        ),
        script(
            "era: clicked, the own phone is a destination",
            plus(
                vec![
                    click(),
                    own_invite(1, "79161234567"),
                    rings(CALL, 1, "f0", "101"),
                    dials_out(5, "f1"),
                    stops(CALL, 30, "f1", 480),
                ],
                ends(CALL, 30, "error", None),
            ),
            NoAnswer,
        ),
        script(
            "era: the process is lost",
            plus(
                talk(),
                [
                    told(CALL, 60, "callevents.dlg_dead", json!({"bcallid": "f1"})),
                    told(CALL, 61, "callevents.dlg_dead", json!({"bcallid": "f1"})),
                ],
            ),
            Answered,
        ),
    ]
}

fn played(steps: &[Step]) -> Office {
    Office::play(pbx::era::MAKE, steps)
}

#[test]
fn a_call_rings_the_phone_and_talks() {
    let steps = plus(talk(), ends(CALL, 60, "bye", Some("f1")));
    let states = [CallState::Ringing, CallState::Ringing, CallState::Talking, CallState::Ended, CallState::Ended];
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
    assert_eq!((call.answered_at, call.ended_at), (Some(at(6_000)), Some(at(60_000))));
}

#[test]
fn a_call_is_on_hold_until_it_is_taken_back() {
    let held = |side: &str| plus(talk(), [told(CALL, 20, "callevents.hold", json!({ "side": side }))]);
    for side in ["a", "b"] {
        assert_eq!(played(&held(side)).call(CALL).state, CallState::OnHold, "{side}");
        let back = plus(held(side), [told(CALL, 40, "callevents.unhold", json!({ "side": side }))]);
        assert_eq!(played(&back).call(CALL).state, CallState::Talking, "{side}");
    }
}

#[test]
fn whoever_passes_a_call_on_has_left_it_and_the_next_phone_rings_in_a_call_of_its_own() {
    let scripts = scripts();
    let script = scripts.iter().find(|script| script.name == "era: passed on").expect("there");
    let asked = played(&script.steps[..4]);
    assert!(asked.call(CALL).transferring);
    let office = played(&script.steps[..7]);
    let first = office.call(CALL).agent_legs().find(|leg| leg.extension.as_deref() == Some("101")).expect("there");
    assert_eq!((first.state, first.end_cause), (LegState::Cleared, EndCause::Transferred));
    let second = office.call(OTHER);
    assert_eq!((second.state, second.customer.number.as_deref()), (CallState::Ringing, Some("+79161234567")));
    // The colleague has one call, not two.
    let has_second = |call: &calls::Call| call.legs.iter().any(|leg| leg.extension.as_deref() == Some("102"));
    assert!(!has_second(office.call(CALL)) && has_second(second));
}

#[test]
fn what_was_asked_for_here_is_dialling_and_never_incoming() {
    let steps = [click(), own_invite(1, "79161234567"), rings(CALL, 1, "f0", "101"), dials_out(5, "f1")];
    for place in 1..steps.len() {
        let office = played(&steps[..=place]);
        let calls: Vec<_> = office.calls.values().collect();
        let [call] = calls.as_slice() else { panic!("{place}: {calls:#?}") };
        assert_eq!((call.state, call.direction), (CallState::Dialling, Direction::Outgoing), "{place}");
        assert_eq!(call.placed_by.as_deref(), Some("101"));
    }
}

#[test]
fn a_make_that_has_forgotten_the_call_tells_the_same_result() {
    for script in scripts() {
        let mut office = Office::new(script.make);
        for step in &script.steps {
            office.forget_sessions();
            office.step(step);
        }
        let office = office.settle();
        for (call, result) in &script.results {
            assert_eq!(office.call(call).result, Some(*result), "{}: {:#?}", script.name, office.call(call));
        }
    }
}
