//! MANGO's sequences as webhooks of the whole account, from the manual's section on notifications (p. 328-340): each leg
//! is told once, and at the end a summary of the call.

use calls::CallResult::{self, Answered, Busy, Cancelled, Failed, Missed, NoAnswer, Rejected};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::office::{Script, Step, What, at};

const CUSTOMER: &str = "79161234567";
const LINE: &str = "74951234567";

fn message(ms: i64, body: Value) -> Step {
    Step { ms, what: What::Message { channels: &[], body } }
}

/// One leg.
#[derive(Debug, Clone)]
struct Leg {
    id: &'static str,
    from: Value,
    to: Value,
    more: Value,
}

impl Leg {
    fn incoming(id: &'static str, extension: &str) -> Self {
        let to = json!({"extension": extension, "number": "sip:a@pbx.example", "line_number": LINE});
        Self { id, from: json!({"number": CUSTOMER}), to, more: json!({}) }
    }

    /// The customer rings at somebody else's, taken from another leg.
    fn taken(id: &'static str, taken_from: &str, extension: &str) -> Self {
        let from = json!({"number": CUSTOMER, "taken_from_call_id": taken_from});
        Self { from, ..Self::incoming(id, extension) }
    }

    /// One colleague calls another, about a leg that he has or for himself.
    fn between(id: &'static str, taken_from: Option<&str>, from: &str, to: &str) -> Self {
        let from = json!({"extension": from, "number": "sip:a@pbx.example", "taken_from_call_id": taken_from});
        Self { id, from, to: json!({"extension": to, "number": "sip:b@pbx.example"}), more: json!({}) }
    }

    fn placed(id: &'static str, from: &str) -> Self {
        let to = json!({"number": CUSTOMER, "line_number": LINE});
        Self { id, from: json!({"extension": from, "number": "sip:a@pbx.example"}), to, more: json!({}) }
    }

    /// The first leg of our callback: the initiator's phone rings from the party that is to be called.
    fn callback(id: &'static str) -> Self {
        let more = json!({"command_id": Uuid::from_u128(1).to_string()});
        Self { id, from: json!({"number": CUSTOMER}), to: json!({"extension": "101", "number": "101"}), more }
    }

    fn dialled(id: &'static str, taken_from: &str) -> Self {
        let from = json!({"extension": "101", "taken_from_call_id": taken_from});
        Self { id, from, to: json!({"number": CUSTOMER, "line_number": LINE}), more: json!({}) }
    }

    fn with(&self, more: Value) -> Self {
        Self { more, ..self.clone() }
    }

    fn tell(&self, seq: i64, second: i64, state: &str, reason: Option<i64>) -> Step {
        let mut body = json!({
            "entry_id": "e1", "call_id": self.id, "seq": seq, "call_state": state, "location": "abonent",
            "timestamp": at(second * 1000).as_second(), "from": self.from, "to": self.to,
        });
        let more = self.more.as_object().cloned().into_iter().flatten();
        let reason = reason.map(|code| ("disconnect_reason".to_owned(), Value::from(code.to_string())));
        body.as_object_mut().expect("an object").extend(more.chain(reason));
        message(second * 1000 + 120 + seq, body)
    }

    fn appeared(&self, seq: i64, second: i64) -> Step {
        self.tell(seq, second, "Appeared", None)
    }

    fn connected(&self, seq: i64, second: i64) -> Step {
        self.tell(seq, second, "Connected", None)
    }

    fn held(&self, seq: i64, second: i64) -> Step {
        self.tell(seq, second, "OnHold", None)
    }

    fn gone(&self, seq: i64, second: i64, reason: i64) -> Step {
        self.tell(seq, second, "Disconnected", Some(reason))
    }
}

/// A customer in the menu, or in a queue.
fn waiting(location: &str, id: &'static str) -> Leg {
    let queue = (location == "queue").then_some("303");
    let leg = Leg { to: json!({"number": LINE, "line_number": LINE, "acd_group": queue}), ..Leg::incoming(id, "") };
    leg.with(json!({ "location": location }))
}

fn click() -> Step {
    Step { ms: -500, what: What::Click { number: 1, from: "101", to: "+79161234567" } }
}

/// The summary at the end: its direction, when the talk began (0: never), when it ended, and why.
fn summary(direction: i64, talk: i64, second: i64, reason: i64) -> Step {
    let unix = |second: i64| at(second * 1000).as_second();
    let (outside, own) = (json!({"number": CUSTOMER}), json!({"extension": "101"}));
    let (from, to) = match direction {
        1 => (outside, own),
        2 => (own, outside),
        _ => (own, json!({"extension": "102"})),
    };
    message(
        second * 1000 + 900,
        json!({
            "entry_id": "e1", "call_direction": direction, "from": from, "to": to, "line_number": LINE,
            "create_time": unix(0), "forward_time": unix(0), "talk_time": if talk > 0 { unix(talk) } else { 0 },
            "end_time": unix(second), "entry_result": i64::from(talk > 0), "disconnect_reason": reason,
        }),
    )
}

pub(crate) fn scripts() -> Vec<Script> {
    let script = |name, steps: Vec<Step>, end: Step, result: CallResult| {
        let steps = [steps, vec![end]].concat();
        Script { name, make: pbx::mango_vpbx::MAKE, steps, results: vec![("e1", result)] }
    };
    let (a, b, c) = (Leg::incoming("a", "101"), Leg::incoming("b", "102"), Leg::incoming("c", "103"));
    let (asked, taken) = (Leg::between("t", Some("a"), "101", "102"), Leg::taken("t", "a", "102"));
    let returned = Leg::taken("r", "t", "101").with(json!({"transfer": "return_blind"}));
    let (first, second) = (Leg::callback("k1"), Leg::dialled("k2", "k1"));
    let (menu, queue, placed) = (waiting("ivr", "m"), waiting("queue", "q"), Leg::placed("o", "101"));
    let own = Leg::between("i", None, "101", "102");
    let talk = |more: Vec<Step>| [vec![a.appeared(1, 0), a.connected(2, 5)], more].concat();
    let rung = |more: Vec<Step>| [vec![click(), first.appeared(1, 0)], more].concat();
    let dialling = |more: Vec<Step>| {
        rung([vec![first.connected(2, 4), first.gone(3, 5, 1000), second.appeared(1, 6)], more].concat())
    };
    vec![
        script("VPBX: incoming, answered", talk(vec![a.gone(3, 60, 1110)]), summary(1, 5, 60, 1110), Answered),
        script(
            "VPBX: incoming, held and taken back",
            talk(vec![a.held(3, 9), a.connected(4, 20), a.gone(5, 60, 1120)]),
            summary(1, 5, 60, 1120),
            Answered,
        ),
        script(
            "VPBX: incoming, nobody picks up",
            vec![a.appeared(1, 0), a.gone(2, 20, 1111)],
            summary(1, 0, 20, 1111),
            Missed,
        ),
        script(
            "VPBX: incoming, turned away",
            vec![menu.appeared(1, 0), menu.gone(2, 1, 1151)],
            summary(1, 0, 1, 1151),
            Rejected,
        ),
        script(
            "VPBX: the caller hangs up in the menu",
            vec![menu.appeared(1, 0), menu.connected(2, 1), menu.gone(3, 9, 1110)],
            summary(1, 0, 9, 1110),
            Missed,
        ),
        script(
            "VPBX: a group of three, from the menu and the queue",
            vec![
                menu.connected(1, 0),
                menu.gone(2, 4, 1100),
                Leg { from: json!({"number": CUSTOMER, "taken_from_call_id": "m"}), ..queue.clone() }.appeared(1, 5),
                Leg { from: json!({"number": CUSTOMER, "taken_from_call_id": "q"}), ..a.clone() }.appeared(1, 6),
                b.appeared(1, 6),
                c.appeared(1, 6),
                b.connected(2, 12),
                queue.gone(2, 12, 1100),
                a.gone(2, 12, 1182),
                c.gone(2, 12, 1100),
                b.gone(3, 60, 1110),
            ],
            summary(1, 12, 60, 1110),
            Answered,
        ),
        script(
            "VPBX: one phone after the other",
            vec![
                a.appeared(1, 0),
                a.gone(2, 15, 1111),
                Leg::taken("b", "a", "102").appeared(1, 16),
                Leg::taken("b", "a", "102").connected(2, 20),
                Leg::taken("b", "a", "102").gone(3, 60, 1120),
            ],
            summary(1, 20, 60, 1120),
            Answered,
        ),
        script(
            "VPBX: consultative transfer",
            talk(vec![
                a.held(3, 20),
                asked.appeared(1, 22),
                asked.connected(2, 25),
                a.gone(4, 35, 1120),
                taken.connected(3, 36),
                taken.gone(4, 80, 1110),
            ]),
            summary(1, 5, 80, 1110),
            Answered,
        ),
        script(
            "VPBX: consultation given up",
            talk(vec![
                a.held(3, 20),
                asked.appeared(1, 22),
                asked.gone(2, 30, 1110),
                a.connected(4, 31),
                a.gone(5, 60, 1120),
            ]),
            summary(1, 5, 60, 1120),
            Answered,
        ),
        script(
            "VPBX: blind transfer",
            talk(vec![
                a.held(3, 20),
                asked.appeared(1, 21),
                a.gone(4, 22, 1120),
                taken.appeared(2, 23),
                taken.connected(3, 30),
                taken.gone(4, 80, 1120),
            ]),
            summary(1, 5, 80, 1120),
            Answered,
        ),
        script(
            "VPBX: blind transfer, returned",
            talk(vec![
                a.held(3, 20),
                asked.appeared(1, 21),
                a.gone(4, 22, 1120),
                taken.appeared(2, 23),
                taken.gone(3, 43, 1111),
                returned.appeared(1, 44),
                returned.connected(2, 50),
                returned.gone(3, 70, 1110),
            ]),
            summary(1, 5, 70, 1110),
            Answered,
        ),
        script(
            "VPBX: passed on to a telephone outside",
            talk(vec![
                a.held(3, 20),
                Leg { to: json!({"number": "79031112233"}), ..asked.clone() }
                    .with(json!({"transfer": "consultative"}))
                    .appeared(1, 22),
                Leg { to: json!({"number": "79031112233"}), ..asked.clone() }
                    .with(json!({"transfer": "consultative"}))
                    .connected(2, 25),
                a.gone(4, 35, 1120),
                Leg { to: json!({"number": "79031112233"}), ..taken.clone() }.connected(3, 36),
                Leg { to: json!({"number": "79031112233"}), ..taken.clone() }.gone(4, 80, 1110),
            ]),
            summary(1, 5, 80, 1110),
            Answered,
        ),
        script(
            "VPBX: dialled by hand, answered",
            vec![placed.appeared(1, 0), placed.connected(2, 8), placed.gone(3, 40, 1120)],
            summary(2, 8, 40, 1120),
            Answered,
        ),
        script(
            "VPBX: dialled by hand, busy",
            vec![placed.appeared(1, 0), placed.gone(2, 3, 1121)],
            summary(2, 0, 3, 1121),
            Busy,
        ),
        script(
            "VPBX: dialled by hand and passed on",
            vec![
                placed.appeared(1, 0),
                placed.connected(2, 8),
                placed.held(3, 20),
                Leg::between("t", Some("o"), "101", "102").appeared(1, 22),
                Leg::between("t", Some("o"), "101", "102").connected(2, 25),
                placed.gone(4, 35, 1110),
                Leg::taken("t", "o", "102").connected(3, 36),
                Leg::taken("t", "o", "102").gone(4, 80, 1110),
            ],
            summary(2, 8, 80, 1110),
            Answered,
        ),
        script(
            "VPBX: a colleague, answered",
            vec![own.appeared(1, 0), own.connected(2, 5), own.gone(3, 30, 1110)],
            summary(0, 5, 30, 1110),
            Answered,
        ),
        script(
            "VPBX: a colleague, no answer",
            vec![own.appeared(1, 0), own.gone(2, 30, 1111)],
            summary(0, 0, 30, 1111),
            NoAnswer,
        ),
        script(
            "VPBX: callback, answered",
            dialling(vec![second.connected(2, 15), second.gone(3, 60, 1110)]),
            summary(2, 15, 60, 1110),
            Answered,
        ),
        script(
            "VPBX: callback, the initiator does not pick up",
            rung(vec![first.gone(2, 30, 1111)]),
            summary(2, 0, 30, 1111),
            NoAnswer,
        ),
        script(
            "VPBX: callback, the customer does not answer",
            dialling(vec![second.gone(2, 40, 1111)]),
            summary(2, 0, 40, 1111),
            NoAnswer,
        ),
        script(
            "VPBX: callback, given up while it rings",
            dialling(vec![second.gone(2, 20, 1110)]),
            summary(2, 0, 20, 1110),
            Cancelled,
        ),
        script(
            "VPBX: callback, no such number",
            dialling(vec![second.gone(2, 7, 1133)]),
            summary(2, 0, 7, 1133),
            Failed,
        ),
    ]
}

/// What the steps up to each moment leave the call in.
mod states {
    use calls::{
        CallState::{self, Dialling, Ended, OnHold, Queued, Ringing, Talking},
        Direction,
    };

    use super::*;
    use crate::office::Office;

    fn script(name: &str) -> Script {
        scripts().into_iter().find(|script| script.name == name).expect("a script")
    }

    fn states(name: &str) -> Vec<CallState> {
        let steps = script(name).steps;
        let upto =
            |count: usize| Office::play(pbx::mango_vpbx::MAKE, &steps[..count]).calls.values().next().map(|c| c.state);
        (1..=steps.len()).map(|count| upto(count).expect("a call")).collect()
    }

    #[test]
    fn each_step_is_shown_as_what_it_is() {
        let cases = [
            ("VPBX: incoming, answered", vec![Ringing, Talking, Talking, Ended]),
            ("VPBX: incoming, held and taken back", vec![Ringing, Talking, OnHold, Talking, Talking, Ended]),
            ("VPBX: the caller hangs up in the menu", vec![Queued, Queued, CallState::New, Ended]),
            (
                "VPBX: a group of three, from the menu and the queue",
                vec![
                    Queued,
                    CallState::New,
                    Queued,
                    Ringing,
                    Ringing,
                    Ringing,
                    Talking,
                    Talking,
                    Talking,
                    Talking,
                    Talking,
                    Ended,
                ],
            ),
            (
                "VPBX: consultative transfer",
                vec![Ringing, Talking, OnHold, OnHold, OnHold, Talking, Talking, Talking, Ended],
            ),
            ("VPBX: dialled by hand, answered", vec![Dialling, Talking, Talking, Ended]),
            ("VPBX: a colleague, answered", vec![Ringing, Talking, Talking, Ended]),
            (
                "VPBX: callback, answered",
                vec![Dialling, Dialling, Dialling, Dialling, Dialling, Talking, Talking, Ended],
            ),
        ];
        for (name, expected) in cases {
            assert_eq!(states(name), expected, "{name}");
        }
    }

    #[test]
    fn our_callback_is_one_outgoing_call() {
        let office = Office::play(pbx::mango_vpbx::MAKE, &script("VPBX: callback, answered").steps).settle();
        assert_eq!(office.calls.len(), 1);
        let call = office.call("e1");
        assert_eq!((call.direction, call.customer.number.as_deref()), (Direction::Outgoing, Some("+79161234567")));
        assert!(call.command.is_some());
        assert_eq!(call.placed_by.as_deref(), Some("101"));
        assert_eq!((call.started_at, call.answered_at), (at(0), Some(at(15_000))));
    }

    /// Nothing but the summary came: the call is known, over, and pops nothing.
    #[test]
    fn the_summary_alone_tells_the_call() {
        for (steps, result) in [(summary(1, 7, 40, 1110), Answered), (summary(1, 0, 40, 1110), Missed)] {
            let office = Office::play(pbx::mango_vpbx::MAKE, &[steps]);
            let call = office.call("e1");
            assert_eq!((call.state, call.result), (Ended, Some(result)));
            assert_eq!((call.started_at, call.ended_at), (at(0), Some(at(40_000))));
            assert_eq!(call.line.number.as_deref(), Some("+74951234567"));
        }
    }

    /// The widget of a site or another program ordered it: it is no call from the customer.
    #[test]
    fn a_callback_of_another_program_is_outgoing() {
        let by_widget = Leg { more: json!({"callback_initiator": "CallbackWidget"}), ..Leg::callback("k1") };
        let steps = [by_widget.appeared(1, 0), by_widget.connected(2, 4)];
        let office = Office::play(pbx::mango_vpbx::MAKE, &steps);
        let call = office.call("e1");
        assert_eq!((call.direction, call.state), (Direction::Outgoing, Dialling));
        assert_eq!(call.command, None);
    }
}
