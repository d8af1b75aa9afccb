//! MANGO's sequences, from the manual's section on notifications: callback, routing from the menu, consultative and
//! blind transfer, groups. Its introduction says how a group's losers end.

use calls::CallResult::{Answered, Busy, Cancelled, Failed, Missed, NoAnswer};
use serde_json::{Value, json};

use crate::office::{AgentLegs, Script, Step, What, at};

const CUSTOMER: &str = "79161234567";
const A: &[&str] = &["101"];
const B: &[&str] = &["102"];
const C: &[&str] = &["103"];
const AB: &[&str] = &["101", "102"];
const BC: &[&str] = &["102", "103"];
const AC: &[&str] = &["101", "103"];

/// One leg of one call, and whose channels tell of it.
#[derive(Debug, Clone)]
struct Leg {
    entry: &'static str,
    id: &'static str,
    channels: &'static [&'static str],
    from: Value,
    to: Value,
    more: Value,
}

impl Leg {
    /// A customer's call to an extension.
    fn incoming(id: &'static str, channels: &'static [&'static str]) -> Self {
        let to = json!({"extension": channels[0], "number": channels[0], "line_number": "74951234567"});
        Self { entry: "e1", id, channels, from: json!({"number": CUSTOMER}), to, more: json!({}) }
    }

    /// A colleague asks another, taken from a leg of his.
    fn asked(id: &'static str, taken_from: &str, channels: &'static [&'static str]) -> Self {
        let from = json!({"extension": channels[0], "number": "sip:a@pbx.example", "taken_from_call_id": taken_from});
        let to = json!({"extension": channels[1], "number": channels[1]});
        Self { entry: "e1", id, channels, from, to, more: json!({}) }
    }

    /// The first leg of a callback: the initiator's phone rings from the party to be called.
    fn callback(id: &'static str) -> Self {
        let to = json!({"extension": "101", "number": "101"});
        let more = json!({"command_id": "7f"});
        Self { entry: "e1", id, channels: A, from: json!({"number": CUSTOMER}), to, more }
    }

    /// The second leg of a callback.
    fn dialled(id: &'static str, taken_from: &str) -> Self {
        let from = json!({"extension": "101", "taken_from_call_id": taken_from});
        Self { entry: "e1", id, channels: A, from, to: json!({"number": CUSTOMER}), more: json!({}) }
    }

    /// The customer reaches a colleague by a leg that was taken from another.
    fn taken(id: &'static str, taken_from: &str, channels: &'static [&'static str]) -> Self {
        let from = json!({"number": CUSTOMER, "taken_from_call_id": taken_from});
        Self { from, ..Self::incoming(id, channels) }
    }

    /// An agent dials by hand, or a colleague calls another.
    fn placed(id: &'static str, channels: &'static [&'static str], to: Value) -> Self {
        Self { from: json!({"extension": channels[0]}), to, ..Self::incoming(id, channels) }
    }

    fn with(&self, more: Value) -> Self {
        Self { more, ..self.clone() }
    }

    fn tell(&self, seq: i64, second: i64, state: &str, reason: Option<i64>) -> Step {
        let mut data = json!({
            "entry_id": self.entry, "call_id": self.id, "seq": seq, "state": state, "location": "abonent",
            "timestamp": at(second * 1000).as_second(), "from": self.from, "to": self.to,
        });
        let more = self.more.as_object().cloned().into_iter().flatten();
        let reason = reason.map(|code| ("disconnect_reason".to_owned(), Value::from(code)));
        data.as_object_mut().expect("an object").extend(more.chain(reason));
        let body = json!({"routeKey": "/call", "data": data});
        // The channels are told within the second, one after the other.
        Step { ms: second * 1000 + 120 + seq, what: What::Message { channels: self.channels, body } }
    }

    fn appeared(&self, seq: i64, second: i64) -> Step {
        self.tell(seq, second, "APPEARED", None)
    }

    fn connected(&self, seq: i64, second: i64) -> Step {
        self.tell(seq, second, "CONNECTED", None)
    }

    fn held(&self, seq: i64, second: i64) -> Step {
        self.tell(seq, second, "ON_HOLD", None)
    }

    fn gone(&self, seq: i64, second: i64, reason: i64) -> Step {
        self.tell(seq, second, "DISCONNECTED", Some(reason))
    }
}

fn in_menu(state: &str, seq: i64, second: i64, reason: Option<i64>) -> Step {
    let menu = Leg { to: json!({"line_number": "74951234567"}), ..Leg::incoming("m", A) };
    let reason =
        reason.map_or(json!({"location": "ivr"}), |code| json!({"location": "ivr", "disconnect_reason": code}));
    let mut step = menu.with(reason).tell(seq, second, state, None);
    if let What::Message { body, .. } = &mut step.what {
        body["routeKey"] = "/ivr".into();
    }
    step
}

fn click() -> Step {
    Step { ms: -500, what: What::Click { number: 1, from: "101", to: "+79161234567" } }
}

pub(crate) fn scripts() -> Vec<Script> {
    let script =
        |name, steps, result| Script { name, make: pbx::mango_client::MAKE, steps, results: vec![("e1", result)] };
    let (a, b, c) = (Leg::incoming("a", A), Leg::incoming("b", B), Leg::incoming("c", C));
    // The second leg of a transfer, first the colleague's question, then the customer's talk.
    let (asked, taken) = (Leg::asked("t", "a", AB), Leg::incoming("t", B));
    let returned = Leg::incoming("r", A).with(json!({"transfer": "return_blind"}));
    let (first, second) = (Leg::callback("k1"), Leg::dialled("k2", "k1"));
    let talk = |more: Vec<Step>| [vec![a.appeared(1, 0), a.connected(2, 5)], more].concat();
    let rung = |more: Vec<Step>| [vec![click(), first.appeared(1, 0)], more].concat();
    let dialling = |more: Vec<Step>| {
        rung([vec![first.connected(2, 4), first.gone(3, 5, 1000), second.appeared(1, 6)], more].concat())
    };
    let loser = json!({"is_group_disconnect": true});
    let next = Leg::taken("f", "a", B);
    let mobile = Leg { to: json!({"extension": "102", "number": "79031234567"}), ..next.clone() };
    let outgoing = Leg::placed("o", A, json!({"number": CUSTOMER, "line_number": "74951234567"}));
    let (asked_of_outgoing, outgoing_taken) = (Leg::asked("t", "o", AB), Leg::taken("t", "o", B));
    let (own, own_asked) = (Leg::placed("i", AB, json!({"extension": "102"})), Leg::asked("t", "i", BC));
    let own_taken =
        Leg { channels: AC, from: json!({"extension": "101", "taken_from_call_id": "i"}), ..own_asked.clone() };
    let to_colleague = |more: Vec<Step>| [vec![own.appeared(1, 0), own.connected(2, 5)], more].concat();
    let forwarded = |more: Vec<Step>| [vec![a.appeared(1, 0), a.gone(2, 15, 1111)], more].concat();
    vec![
        script("incoming, answered", talk(vec![a.gone(3, 60, 1110)]), Answered),
        script(
            "incoming, held and taken back",
            talk(vec![a.held(3, 9), a.connected(4, 20), a.gone(5, 60, 1120)]),
            Answered,
        ),
        script("incoming, nobody picks up", vec![a.appeared(1, 0), a.gone(2, 20, 1111)], Missed),
        script("incoming, the caller gives up", vec![a.appeared(1, 0), a.gone(2, 20, 1110)], Missed),
        script(
            "a group of three",
            vec![
                a.appeared(1, 0),
                b.appeared(1, 0),
                c.appeared(1, 0),
                b.connected(2, 6),
                a.with(loser.clone()).gone(2, 6, 1182),
                c.with(loser).gone(2, 6, 1182),
                b.gone(3, 60, 1110),
            ],
            Answered,
        ),
        script(
            "one phone after the other",
            vec![a.appeared(1, 0), a.gone(2, 15, 1111), b.appeared(1, 16), b.connected(2, 20), b.gone(3, 60, 1120)],
            Answered,
        ),
        script(
            "routed from the menu",
            vec![
                in_menu("APPEARED", 1, 0, None),
                in_menu("DISCONNECTED", 2, 8, Some(1100)),
                Leg { from: json!({"number": CUSTOMER, "taken_from_call_id": "m"}), ..a.clone() }
                    .with(json!({"command_id": "route-1"}))
                    .appeared(1, 9),
                a.connected(2, 15),
                a.gone(3, 60, 1110),
            ],
            Answered,
        ),
        script(
            "consultative transfer",
            talk(vec![
                a.held(3, 20),
                asked.appeared(1, 22),
                asked.connected(2, 25),
                a.gone(4, 35, 1120),
                taken.connected(3, 36),
                taken.gone(4, 80, 1110),
            ]),
            Answered,
        ),
        script(
            "consultation given up",
            talk(vec![
                a.held(3, 20),
                asked.appeared(1, 22),
                asked.gone(2, 30, 1110),
                a.connected(4, 31),
                a.gone(5, 60, 1120),
            ]),
            Answered,
        ),
        script(
            "blind transfer",
            talk(vec![
                a.held(3, 20),
                asked.appeared(1, 21),
                a.gone(4, 22, 1120),
                taken.appeared(2, 23),
                taken.connected(3, 30),
                taken.gone(4, 80, 1120),
            ]),
            Answered,
        ),
        script(
            "blind transfer, returned",
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
            Answered,
        ),
        script(
            "blind transfer, the caller gives up",
            talk(vec![
                a.held(3, 20),
                asked.appeared(1, 21),
                a.gone(4, 22, 1120),
                taken.appeared(2, 23),
                taken.gone(3, 40, 1110),
            ]),
            Answered,
        ),
        script(
            "consultation, the customer leaves",
            talk(vec![
                a.held(3, 20),
                asked.appeared(1, 22),
                asked.connected(2, 25),
                a.gone(4, 30, 1110),
                asked.gone(3, 40, 1120),
            ]),
            Answered,
        ),
        script(
            "forwarded to the next phone",
            forwarded(vec![next.appeared(1, 15), next.connected(2, 20), next.gone(3, 60, 1110)]),
            Answered,
        ),
        script(
            "forwarded to a mobile",
            forwarded(vec![mobile.appeared(1, 16), mobile.connected(2, 20), mobile.gone(3, 60, 1120)]),
            Answered,
        ),
        script("forwarded, nobody picks up", forwarded(vec![next.appeared(1, 16), next.gone(2, 30, 1110)]), Missed),
        script(
            "taken by a colleague",
            vec![
                a.appeared(1, 0),
                a.gone(2, 10, 1100),
                next.appeared(1, 10),
                next.connected(2, 10),
                next.gone(3, 60, 1110),
            ],
            Answered,
        ),
        script(
            "outgoing, passed on after a consultation",
            vec![
                outgoing.appeared(1, 0),
                outgoing.connected(2, 10),
                outgoing.held(3, 20),
                asked_of_outgoing.appeared(1, 22),
                asked_of_outgoing.connected(2, 25),
                outgoing.gone(4, 35, 1120),
                outgoing_taken.connected(3, 36),
                outgoing_taken.gone(4, 80, 1110),
            ],
            Answered,
        ),
        script("outgoing, not answered", vec![outgoing.appeared(1, 0), outgoing.gone(2, 30, 1111)], NoAnswer),
        script("internal, answered", to_colleague(vec![own.gone(3, 40, 1120)]), Answered),
        script("internal, not answered", vec![own.appeared(1, 0), own.gone(2, 20, 1111)], NoAnswer),
        script(
            "internal, passed on after a consultation",
            to_colleague(vec![
                own.held(3, 20),
                own_asked.appeared(1, 22),
                own_asked.connected(2, 25),
                own.gone(4, 35, 1120),
                own_taken.connected(3, 36),
                own_taken.gone(4, 80, 1110),
            ]),
            Answered,
        ),
        script(
            "callback of one leg, the customer hangs up",
            rung(vec![first.connected(2, 9), first.gone(3, 60, 1110)]),
            Answered,
        ),
        script("callback of one leg, the customer is busy", rung(vec![first.gone(2, 9, 1121)]), Busy),
        script("callback, answered", dialling(vec![second.connected(2, 15), second.gone(3, 60, 1110)]), Answered),
        script("callback, the initiator does not pick up", rung(vec![first.gone(2, 30, 1111)]), NoAnswer),
        script("callback, the customer does not answer", dialling(vec![second.gone(2, 40, 1111)]), NoAnswer),
        script("callback, the customer is busy", dialling(vec![second.gone(2, 9, 1121)]), Busy),
        script("callback, given up while it rings", dialling(vec![second.gone(2, 20, 1110)]), Cancelled),
        script("callback, no such number", dialling(vec![second.gone(2, 7, 1133)]), Failed),
        script(
            "callback, the number cannot be dialled",
            rung(vec![first.connected(2, 4), first.gone(3, 5, 3200)]),
            Failed,
        ),
    ]
}

/// What the steps up to each moment leave the call in.
mod states {
    use calls::CallState::{self, Dialling, Ended, OnHold, Ringing, Talking};

    use super::*;
    use crate::office::Office;

    fn played(name: &str, upto: usize) -> (CallState, Option<calls::CallResult>, bool) {
        let script = scripts().into_iter().find(|script| script.name == name).expect("a script");
        let office = Office::play(pbx::mango_client::MAKE, &script.steps[..upto]);
        let call = office.call("e1");
        (call.state, call.result, call.answered_at.is_some())
    }

    #[test]
    fn a_transfer_is_no_end_and_no_conference() {
        let states = |name: &str| (1..=8).map(|upto| played(name, upto.min(count(name))).0).collect::<Vec<_>>();
        assert_eq!(
            states("consultative transfer"),
            [Ringing, Talking, OnHold, OnHold, OnHold, Talking, Talking, Ended]
        );
        assert_eq!(states("blind transfer"), [Ringing, Talking, OnHold, OnHold, Ringing, Ringing, Talking, Ended]);
        assert_eq!(states("consultation given up"), [Ringing, Talking, OnHold, OnHold, OnHold, Talking, Ended, Ended]);
    }

    #[test]
    fn who_is_asked_about_a_call_knows_by_whom() {
        let asked = |name: &str, upto: usize| {
            let script = scripts().into_iter().find(|script| script.name == name).expect("a script");
            let office = Office::play(pbx::mango_client::MAKE, &script.steps[..upto]);
            let of = |leg: &calls::Leg| Some((leg.extension.clone()?, leg.asked_by.clone()?));
            office.call("e1").agent_legs().find_map(of)
        };
        let by = |asked: &str, by: &str| Some((asked.to_owned(), by.to_owned()));
        for name in ["consultative transfer", "consultation given up"] {
            let whole = count(name);
            assert_eq!((asked(name, 2), asked(name, 4), asked(name, whole)), (None, by("102", "101"), None), "{name}");
        }
        assert_eq!(asked("consultative transfer", 5), by("102", "101"));
        assert_eq!(asked("consultative transfer", 7), None, "passed on");
    }

    /// Who took part, and when he talked with the customer: seconds of the beginning and the end.
    fn talks(steps: &[Step]) -> Vec<(String, Option<(i64, i64)>)> {
        let office = Office::play(pbx::mango_client::MAKE, steps).settle();
        let second = |time: jiff::Timestamp| time.duration_since(at(0)).as_secs();
        let talk = |leg: &calls::Leg| {
            let talk = leg.answered_at.zip(leg.ended_at).map(|(from, to)| (second(from), second(to)));
            (leg.extension.clone().expect("an extension"), talk)
        };
        office.call("e1").agent_legs().map(talk).collect()
    }

    #[test]
    fn a_consultation_is_no_talk_with_the_customer() {
        let steps = |name: &str| scripts().into_iter().find(|script| script.name == name).expect("a script").steps;
        let of = |name: &str, expected: &[(&str, Option<(i64, i64)>)]| {
            let talks = talks(&steps(name));
            let talks: Vec<_> = talks.iter().map(|(extension, talk)| (extension.as_str(), *talk)).collect();
            assert_eq!(talks, expected, "{name}");
        };
        of("consultative transfer", &[("101", Some((5, 35))), ("102", Some((35, 80)))]);
        of("consultation given up", &[("101", Some((5, 60))), ("102", None)]);
        of("consultation, the customer leaves", &[("101", Some((5, 30))), ("102", None)]);
        of("blind transfer", &[("101", Some((5, 22))), ("102", Some((30, 80)))]);
        of("outgoing, passed on after a consultation", &[("101", Some((10, 35))), ("102", Some((35, 80)))]);
        let both = Some((5, 35));
        let internal = [("102", both), ("101", both), ("103", Some((35, 80))), ("101", Some((36, 80)))];
        of("internal, passed on after a consultation", &internal);
    }

    /// Whoever asks has one leg, whichever message is lost, and nobody talks with the customer before he has him.
    #[test]
    fn a_lost_message_of_a_transfer_makes_no_consultation_a_talk() {
        for name in ["consultative transfer", "outgoing, passed on after a consultation"] {
            let steps = scripts().into_iter().find(|script| script.name == name).expect("a script").steps;
            for lost in 0..steps.len() {
                let mut left = steps.clone();
                left.remove(lost);
                let talks = talks(&left);
                let of = |extension: &str| {
                    talks.iter().filter(|(who, talk)| who == extension && talk.is_some()).collect::<Vec<_>>()
                };
                assert!(of("101").len() <= 1, "{name} without {lost}: {talks:?}");
                let too_early = |talk: Option<(i64, i64)>| talk.is_some_and(|(from, _)| from < 35);
                assert!(of("102").iter().all(|(_, talk)| !too_early(*talk)), "{name} without {lost}: {talks:?}");
            }
        }
    }

    #[test]
    fn a_call_that_was_placed_and_passed_on_talks() {
        let states = (1..=8).map(|upto| played("outgoing, passed on after a consultation", upto).0);
        assert_eq!(states.collect::<Vec<_>>(), [Dialling, Talking, OnHold, OnHold, OnHold, Talking, Talking, Ended]);
    }

    fn count(name: &str) -> usize {
        scripts().into_iter().find(|script| script.name == name).map_or(0, |script| script.steps.len())
    }

    #[test]
    fn a_callback_talks_from_the_customers_answer() {
        let steps: Vec<_> = (2..=7).map(|upto| played("callback, answered", upto)).collect();
        let dialling = (Dialling, None, false);
        let talking = (Talking, None, true);
        let ended = (Ended, Some(calls::CallResult::Answered), true);
        assert_eq!(steps, [dialling, dialling, dialling, dialling, talking, ended]);
    }

    /// A customer rings in while his number is being dialled: two calls.
    #[test]
    fn a_customer_who_rings_in_keeps_his_own_call() {
        let own = Leg { entry: "e2", ..Leg::incoming("x", B) };
        let same_phone = Leg { entry: "e3", ..Leg::incoming("y", A) };
        let steps = [
            click(),
            same_phone.appeared(1, 1),
            own.appeared(1, 1),
            Leg::callback("k1").appeared(1, 2),
            same_phone.gone(2, 3, 1121),
        ];
        let office = Office::play(pbx::mango_client::MAKE, &steps).settle();
        for entry in ["e2", "e3"] {
            assert_eq!(office.call(entry).direction, calls::Direction::Incoming, "{entry}");
            assert_eq!(office.call(entry).command, None, "{entry}");
        }
        assert!(office.call("e1").command.is_some());
        assert_eq!(office.call("e1").direction, calls::Direction::Outgoing);
    }

    /// Without a mark the own phone looks like a call from outside, until the customer is dialled.
    #[test]
    fn a_callback_that_is_not_marked_is_known_by_its_second_leg() {
        let unmarked = Leg::incoming("k1", A);
        let second = Leg::dialled("k2", "k1");
        let steps = [
            click(),
            unmarked.appeared(1, 0),
            unmarked.connected(2, 4),
            unmarked.gone(3, 5, 1000),
            second.appeared(1, 6),
            second.gone(2, 30, 1111),
        ];
        let office = Office::play(pbx::mango_client::MAKE, &steps).settle();
        let call = office.call("e1");
        assert_eq!((call.direction, call.result), (calls::Direction::Outgoing, Some(NoAnswer)));
        assert!(call.command.is_some());
    }
}
