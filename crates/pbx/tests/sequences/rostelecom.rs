//! Rostelecom's sequences, from the guide's order of states: `new`, `calling`, `connected`, `disconnected`, `end`.

use calls::{
    CallResult::{self, Answered, Busy, Missed, NoAnswer},
    CallState, Direction, LegState,
};
use serde_json::{Value, json};

use crate::office::{AgentLegs, Office, Script, Step, What, at};

#[derive(Debug, Clone)]
struct Session(Value);

impl Session {
    fn incoming() -> Self {
        Self(json!({"session_id": "s1", "type": "incoming", "from_number": "+79161234567", "from_pin": "",
            "request_number": "+74951234567", "request_pin": ""}))
    }

    fn outbound() -> Self {
        Self(json!({"session_id": "s1", "type": "outbound", "from_number": "+74951234567", "from_pin": "101",
            "request_number": "+79161234567", "request_pin": ""}))
    }

    fn internal() -> Self {
        Self(json!({"session_id": "s1", "type": "internal", "from_number": "sip:anna@pbx.example", "from_pin": "101",
            "request_number": "sip:boris@pbx.example", "request_pin": "102"}))
    }

    fn tell(&self, second: i64, state: &str, more: Value) -> Step {
        let mut body = self.0.clone();
        let fields = body.as_object_mut().expect("an object");
        let time = at(second * 1000).strftime("%Y-%m-%d %H:%M:%S.000").to_string();
        fields.extend([("state".to_owned(), state.into()), ("timestamp".to_owned(), time.into())]);
        fields.extend(more.as_object().cloned().into_iter().flatten());
        Step { ms: second * 1000 + 200, what: What::Message { channels: &[], body } }
    }

    fn begins(&self) -> Step {
        self.tell(0, "new", json!({}))
    }

    fn calling(&self, second: i64, pin: &str) -> Step {
        self.tell(second, "calling", json!({ "request_pin": pin }))
    }

    fn connected(&self, second: i64, pin: &str) -> Step {
        self.tell(second, "connected", json!({ "request_pin": pin }))
    }

    fn gone(&self, second: i64, pin: &str, reason: &str) -> Step {
        self.tell(second, "disconnected", json!({"request_pin": pin, "disconnect_reason": reason}))
    }

    fn end(&self, second: i64) -> Step {
        self.tell(second, "end", json!({"is_record": "false"}))
    }
}

pub(crate) fn scripts() -> Vec<Script> {
    let script =
        |name, steps, result| Script { name, make: pbx::rostelecom::MAKE, steps, results: vec![("s1", result)] };
    let (from, to, own) = (Session::incoming(), Session::outbound(), Session::internal());
    // Without a pin, the number to which an extension forwards its calls.
    let mobile = json!({"request_number": "+79031234567"});
    let mobile_gone = json!({"request_number": "+79031234567", "disconnect_reason": "5"});
    vec![
        script(
            "incoming, answered",
            vec![
                from.begins(),
                from.calling(1, "101"),
                from.connected(6, "101"),
                from.gone(60, "101", "5"),
                from.end(61),
            ],
            Answered,
        ),
        script(
            "incoming, nobody picks up",
            vec![from.begins(), from.calling(1, "101"), from.gone(20, "101", ""), from.end(21)],
            Missed,
        ),
        script(
            "a group",
            vec![
                from.begins(),
                from.calling(1, "101"),
                from.calling(1, "102"),
                from.connected(8, "102"),
                from.gone(60, "102", "5"),
                from.end(61),
            ],
            Answered,
        ),
        script(
            "transferred",
            vec![
                from.begins(),
                from.connected(6, "101"),
                from.connected(30, "102"),
                from.gone(31, "101", "0"),
                from.gone(80, "102", "5"),
                from.end(81),
            ],
            Answered,
        ),
        script(
            "outgoing, answered",
            vec![to.begins(), to.connected(9, ""), to.gone(60, "", "5"), to.end(61)],
            Answered,
        ),
        script("outgoing, not answered", vec![to.begins(), to.gone(30, "", ""), to.end(31)], NoAnswer),
        script(
            "forwarded to the next phone",
            vec![
                from.begins(),
                from.calling(1, "101"),
                from.gone(20, "101", ""),
                from.calling(20, "102"),
                from.connected(25, "102"),
                from.gone(60, "102", "5"),
                from.end(61),
            ],
            Answered,
        ),
        script(
            "forwarded to a mobile",
            vec![
                from.begins(),
                from.calling(1, "101"),
                from.gone(20, "101", ""),
                from.tell(20, "calling", mobile.clone()),
                from.tell(25, "connected", mobile.clone()),
                from.tell(60, "disconnected", mobile_gone),
                from.end(61),
            ],
            Answered,
        ),
        script(
            "forwarded, nobody picks up",
            vec![
                from.begins(),
                from.calling(1, "101"),
                from.gone(20, "101", ""),
                from.calling(20, "102"),
                from.gone(40, "102", ""),
                from.end(41),
            ],
            Missed,
        ),
        script(
            "a colleague is asked in vain",
            vec![
                from.begins(),
                from.connected(6, "101"),
                from.calling(20, "102"),
                from.connected(25, "102"),
                from.gone(30, "102", "4"),
                from.gone(60, "101", "5"),
                from.end(61),
            ],
            Answered,
        ),
        script(
            "a conference",
            vec![
                from.begins(),
                from.connected(6, "101"),
                from.connected(25, "102"),
                from.connected(30, "103"),
                from.gone(40, "101", "5"),
                from.gone(50, "102", "5"),
                from.gone(60, "103", "5"),
                from.end(61),
            ],
            Answered,
        ),
        script(
            "outgoing, passed on",
            vec![
                to.begins(),
                to.connected(9, ""),
                to.calling(30, "102"),
                to.connected(35, "102"),
                to.gone(36, "", "0"),
                to.gone(60, "102", "5"),
                to.end(61),
            ],
            Answered,
        ),
        script("outgoing, busy", vec![to.begins(), to.gone(5, "", "3"), to.end(6)], Busy),
        script(
            "internal, answered",
            vec![own.begins(), own.calling(1, "102"), own.connected(5, "102"), own.gone(40, "102", "5"), own.end(41)],
            Answered,
        ),
    ]
}

fn ended(steps: &[Step]) -> (CallState, Option<CallResult>) {
    let office = Office::play(pbx::rostelecom::MAKE, steps).settle();
    (office.call("s1").state, office.call("s1").result)
}

#[test]
fn a_lost_end_after_the_last_phone_hung_up_is_concluded_at_once() {
    for (call, pin) in [(Session::incoming(), "101"), (Session::outbound(), "")] {
        let steps = [call.begins(), call.connected(6, pin), call.gone(60, pin, "5")];
        let mut office = Office::play(pbx::rostelecom::MAKE, &steps);
        office.wait_until(at(64_000));
        let call = office.call("s1");
        assert_eq!((call.state, call.result), (CallState::Ended, Some(Answered)));
        assert_eq!(call.ended_at, Some(at(60_000)));
    }
}

#[test]
fn a_talk_that_was_passed_on_waits_for_the_next_phone() {
    let call = Session::incoming();
    let steps = [call.begins(), call.connected(6, "101"), call.gone(30, "101", "0"), call.connected(50, "102")];
    let mut office = Office::play(pbx::rostelecom::MAKE, &steps[..3]);
    office.wait_until(at(45_000));
    assert_ne!(office.call("s1").state, CallState::Ended);
    office.step(&steps[3]);
    assert_eq!(office.call("s1").state, CallState::Talking);
}

#[test]
fn a_greeting_that_answers_in_the_lines_name_is_no_agent() {
    let call = Session::incoming();
    let greeting = || call.tell(1, "connected", json!({}));
    let rung = [call.begins(), greeting(), call.calling(10, "101"), call.gone(30, "101", ""), call.end(31)];
    assert_eq!(ended(&rung), (CallState::Ended, Some(Missed)));
    let menu = Office::play(pbx::rostelecom::MAKE, &rung[..2]);
    assert_eq!((menu.call("s1").state, menu.call("s1").agent_legs().count()), (CallState::Queued, 0));
    let rings = Office::play(pbx::rostelecom::MAKE, &rung[..3]);
    assert_eq!(rings.call("s1").state, CallState::Ringing);
    let answered = [call.begins(), greeting(), call.connected(12, "101"), call.gone(30, "101", "5"), call.end(31)];
    assert_eq!(ended(&answered), (CallState::Ended, Some(Answered)));
    let late = [greeting(), call.calling(10, "101"), call.begins(), call.end(31)];
    assert_eq!(ended(&late), (CallState::Ended, Some(Missed)), "whenever the line is named");
}

#[test]
fn a_line_that_leaves_adds_no_leg() {
    let call = Session::incoming();
    let line_leaves = call.tell(59, "disconnected", json!({"disconnect_reason": "5"}));
    let steps = [call.begins(), call.connected(6, "101"), line_leaves, call.gone(60, "101", "5"), call.end(61)];
    let office = Office::play(pbx::rostelecom::MAKE, &steps).settle();
    let keys: Vec<&str> = office.call("s1").legs.iter().map(|leg| leg.key.as_str()).collect();
    assert_eq!(keys, ["customer", "101"]);
}

#[test]
fn a_phone_that_is_told_by_its_sip_name_and_by_its_pin_is_one_leg() {
    let call = Session::incoming();
    let sip = json!({"request_number": "sip:ivanova@pbx.example"});
    let both = json!({"request_number": "sip:ivanova@pbx.example", "request_pin": "101"});
    let steps = [
        call.begins(),
        call.tell(5, "calling", sip.clone()),
        call.tell(10, "connected", both),
        call.tell(30, "disconnected", sip),
    ];
    for order in [[0, 1, 2, 3], [0, 2, 1, 3], [2, 3, 1, 0], [1, 3, 2, 0]] {
        let steps: Vec<Step> =
            order.iter().zip(&steps).map(|(from, at)| Step { ms: at.ms, ..steps[*from].clone() }).collect();
        let office = Office::play(pbx::rostelecom::MAKE, &steps).settle();
        let call = office.call("s1");
        assert_eq!((call.legs.len(), call.result), (2, Some(Answered)), "{order:?}");
        let agent = call.agent_legs().next().expect("an agent");
        assert_eq!((agent.extension.as_deref(), agent.state), (Some("101"), LegState::Cleared), "{order:?}");
    }
}

#[test]
fn an_outgoing_call_that_is_passed_on_talks_with_the_colleague() {
    let call = Session::outbound();
    let steps = [
        call.begins(),
        call.connected(10, ""),
        call.calling(30, "102"),
        call.connected(35, "102"),
        call.gone(36, "", "0"),
    ];
    let office = Office::play(pbx::rostelecom::MAKE, &steps);
    let call = office.call("s1");
    assert_eq!((call.state, call.direction), (CallState::Talking, Direction::Outgoing));
    let states: Vec<_> = call.agent_legs().map(|leg| (leg.extension.as_deref(), leg.state)).collect();
    assert_eq!(states, [(Some("101"), LegState::Cleared), (Some("102"), LegState::Connected)]);
}
