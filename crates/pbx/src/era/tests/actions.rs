//! What is asked of a call, as it is sent, and what comes back.

use ::calls::{
    Ability, ActOn, Action, Book, Call, CallState, Command, CommandAnswer, CommandId, CommandKind, CommandState,
    Decision, Leg, LogEvent, Stored, Target, Timer, VendorEvent, number::Dialable,
};
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{ByHand, answer, configured, events, received};
use crate::{
    error::ErrorKind,
    request::Request,
    session::{SessionInput, SessionOutput, WHOLE_ACCOUNT},
    traits::{ActStep, Pbx},
};

const BEGUN: i64 = 1_772_442_000_000;

/// Calls as the make tells them and the book folds them.
struct Desk {
    by_hand: ByHand,
    book: Book,
    seq: u64,
    at: Timestamp,
}

impl Desk {
    fn new(overrides: &[(&str, &str)]) -> Self {
        let by_hand = ByHand::live_with(overrides, "[]");
        let book = Book::new("era".parse().expect("an id"), by_hand.era.book_settings());
        Self { by_hand, book, seq: 0, at: received() }
    }

    fn told(&mut self, call: &str, event: &str, more: &Value) {
        self.seq += 1;
        let mut data = json!({"eventid": format!("e{}", self.seq), "eventts": BEGUN + i64::try_from(self.seq).expect("small"),
            "cid": call, "invitets": BEGUN, "connectionid": format!("{call}.{BEGUN}"), "acallid": format!("{call}-a")});
        data.as_object_mut().expect("an object").extend(more.as_object().cloned().into_iter().flatten());
        let outputs = self.by_hand.text("event", json!({"event": format!("callevents.{event}"), "data": data}));
        for event in events(&outputs) {
            self.apply(event);
        }
    }

    /// The PBX lists these calls when it is next asked.
    fn list(&mut self, rows: &Value) {
        loop {
            self.by_hand.step(SessionInput::Heard);
            let (_, outputs) = self.by_hand.wait();
            if outputs.iter().any(|output| matches!(output, SessionOutput::Request(_))) {
                break;
            }
        }
        self.by_hand.answered(&rows.to_string());
    }

    fn apply(&mut self, event: VendorEvent) {
        self.tell(LogEvent::Vendor(event));
    }

    fn tell(&mut self, event: LogEvent) {
        self.seq += 1;
        self.book.apply(&Stored {
            seq: self.seq,
            connection: "era".parse().expect("an id"),
            received_at: self.at,
            event,
        });
    }

    /// 101 asks for this, and the PBX accepts it.
    fn accepted(&mut self, action: Action) {
        let command = CommandId(Uuid::nil());
        let (call, leg) = (self.call("c1").id, self.leg("c1", "101").key);
        let kind = CommandKind::Act { call, leg, extension: Some("101".to_owned()), action };
        self.tell(LogEvent::Command(Command { id: command, author: "somebody".to_owned(), kind }));
        self.tell(LogEvent::Answer(CommandAnswer::Accepted { command, vendor_call: None, doubt: None }));
    }

    /// A call from outside that 101 has answered.
    fn talk(&mut self, call: &str) {
        self.told(call, "invite", &json!({"fromouter": true, "fromnumber": "79161234567"}));
        let fork = json!({"forkcallid": format!("{call}-b"), "forkdir": "in", "forkcallednum": "101"});
        self.told(call, "fork_start", &fork);
        self.told(call, "dlg_start", &json!({"bcallid": format!("{call}-b")}));
    }

    fn call(&self, vendor: &str) -> Call {
        self.book.open_calls().find(|call| call.vendor_call.as_deref() == Some(vendor)).expect("it is open").clone()
    }

    fn leg(&self, vendor: &str, extension: &str) -> Leg {
        let of = |leg: &&Leg| leg.extension.as_deref() == Some(extension);
        self.call(vendor).legs.iter().find(of).expect("the leg").clone()
    }

    /// What 101 acts on.
    fn on(&self, other: Option<&str>) -> ActOn {
        let other = other.map(|other| (self.call(other), self.leg(other, "101")));
        ActOn { call: self.call("c1"), leg: self.leg("c1", "101"), extension: Some("101".to_owned()), other }
    }

    fn ask(&self, action: &Action, other: Option<&str>) -> Result<Request, crate::error::Error> {
        self.by_hand.era.act(CommandId(Uuid::nil()), &self.on(other), action)
    }

    /// What follows this answer.
    fn next(&self, action: &Action, step: usize, text: &str) -> Result<ActStep, crate::error::Error> {
        self.by_hand.era.act_next(&self.on(None), action, step, &answer(200, text))
    }
}

fn body(request: &Request) -> Value {
    if request.body.is_empty() { Value::Null } else { serde_json::from_slice(&request.body).expect("JSON") }
}

fn number(digits: &str) -> Target {
    Target::Number(Dialable::read(digits).expect("a number").number)
}

#[test]
fn each_command_is_a_method_on_the_dialogue_and_names_the_own_leg() {
    let mut desk = Desk::new(&[]);
    desk.talk("c1");
    let own = |more: Value| {
        let mut body = json!({"idcall": "c1-b"});
        body.as_object_mut().expect("an object").extend(more.as_object().cloned().into_iter().flatten());
        body
    };
    let cases = [
        (Action::Answer, "NOTIFY", own(json!({"event": "talk"}))),
        (Action::Hold, "NOTIFY", own(json!({"event": "hold"}))),
        (Action::Retrieve, "NOTIFY", own(json!({"event": "talk"}))),
        (Action::Hangup, "DELETE", Value::Null),
        (Action::Dtmf { digits: "5".to_owned() }, "SEND_DTMF", own(json!({"dtmf": "5"}))),
        (Action::Transfer { to: number("102"), attended: false }, "REFER", json!({"idcall": "c1-a", "number": "102"})),
    ];
    for (action, method, expected) in cases {
        let request = desk.ask(&action, None).expect("a request");
        assert_eq!((request.method.as_str(), body(&request)), (method, expected), "{action:?}");
        assert_eq!(request.url.path(), format!("/rest/v1/uc/calls/c1.{BEGUN}"), "{action:?}");
        assert!(request.signed && !request.idempotent && request.session.is_none(), "{action:?}");
    }
}

#[test]
fn the_same_commands_are_messages_of_the_socket() {
    let mut desk = Desk::new(&[("commands", "ccs")]);
    desk.talk("c1");
    for (action, message) in [
        (Action::Answer, "talk"),
        (Action::Hold, "hold"),
        (Action::Retrieve, "talk"),
        (Action::Hangup, "bye"),
        (Action::Dtmf { digits: "#".to_owned() }, "send_dtmf"),
        (Action::Transfer { to: number("102"), attended: false }, "refer"),
        (Action::Pickup, "pickup"),
        (Action::Record { on: true }, "start_record"),
        (Action::Record { on: false }, "stop_record"),
    ] {
        let request = desk.ask(&action, None).expect("a request");
        let sent = body(&request);
        assert_eq!((sent[0].as_str(), request.session.as_deref()), (Some(message), Some(WHOLE_ACCOUNT)), "{action:?}");
        assert_eq!(
            (&sent[1]["idconn"], &sent[1]["owner"]),
            (&json!(format!("c1.{BEGUN}")), &json!("101")),
            "{action:?}"
        );
    }
}

/// The person of the talk asks a colleague, who has answered.
fn asks(desk: &mut Desk) {
    desk.told("c2", "invite", &json!({"fromouter": false, "fromnumber": "101", "callednum": "102"}));
    desk.told("c2", "fork_start", &json!({"forkcallid": "c2-b", "forkdir": "in", "forkcallednum": "102"}));
    desk.told("c2", "dlg_start", &json!({"bcallid": "c2-b"}));
}

#[test]
fn two_calls_are_joined_by_the_legs_of_the_others() {
    let mut desk = Desk::new(&[]);
    desk.talk("c1");
    asks(&mut desk);
    let join = Action::Transfer { to: Target::Call(desk.call("c2").id), attended: true };
    let request = desk.ask(&join, Some("c2")).expect("a request");
    assert_eq!(request.method.as_str(), "REFERREPLACES");
    assert_eq!(body(&request), json!({"idcall": "c1-a", "toidconn": format!("c2.{BEGUN}"), "toidcall": "c2-b"}));
    let mut other = Desk::new(&[("refer_leg", "goes")]);
    other.talk("c1");
    let refer = other.ask(&Action::Transfer { to: number("102"), attended: false }, None).expect("a request");
    assert_eq!(body(&refer)["idcall"], "c1-b");
}

fn method(request: &Request) -> (&str, Value) {
    (request.method.as_str(), body(request))
}

#[test]
fn digits_are_sent_one_by_one() {
    let mut desk = Desk::new(&[]);
    desk.talk("c1");
    let action = Action::Dtmf { digits: "1*#".to_owned() };
    assert_eq!(body(&desk.ask(&action, None).expect("a request"))["dtmf"], "1");
    for (step, digit) in [(1, "*"), (2, "#")] {
        let Ok(ActStep::Send(next)) = desk.next(&action, step, "") else { panic!("{step}") };
        assert_eq!(method(&next), ("SEND_DTMF", json!({"idcall": "c1-b", "dtmf": digit})));
    }
    assert!(matches!(desk.next(&action, 3, ""), Ok(ActStep::Done)));
    let refused = desk.next(&action, 1, r#"{"result":"error","error_message":"no"}"#);
    assert!(matches!(refused, Ok(ActStep::Done)), "nothing follows what was refused: {refused:?}");
}

#[test]
fn a_colleague_is_asked_once_the_customer_is_on_hold_and_joined_when_he_has_answered() {
    let mut desk = Desk::new(&[]);
    desk.talk("c1");
    let action = Action::Transfer { to: number("102"), attended: true };
    let hold = desk.ask(&action, None).expect("a request");
    assert_eq!(method(&hold), ("NOTIFY", json!({"idcall": "c1-b", "event": "hold"})));
    // That the PBX took it is no proof that the phone did.
    assert!(matches!(desk.next(&action, 1, "{}"), Ok(ActStep::Wait(_))));
    let before = desk.leg("c1", "101");
    desk.told("c1", "hold", &json!({"side": "b"}));
    let on = ActOn { leg: before, ..desk.on(None) };
    let next = desk.by_hand.era.act_next(&on, &action, 1, &answer(200, "{}"));
    let Ok(ActStep::Send(question)) = next else { panic!("{next:?}") };
    let asked = json!({"owner": "101", "number": "102"});
    assert_eq!((method(&question), question.url.path()), (("POST", asked.clone()), "/rest/v1/uc/calls"));
    // What is on hold already needs no hold.
    assert_eq!(method(&desk.ask(&action, None).expect("a request")), ("POST", asked));
    assert!(matches!(desk.next(&action, 1, "{}"), Ok(ActStep::Done)));
    asks(&mut desk);
    let join = desk.ask(&action, None).expect("a request");
    let joined = json!({"idcall": "c1-a", "toidconn": format!("c2.{BEGUN}"), "toidcall": "c2-b"});
    assert_eq!(method(&join), ("REFERREPLACES", joined));
}

#[test]
fn a_colleague_is_not_asked_while_only_the_customer_holds() {
    let mut desk = Desk::new(&[]);
    desk.talk("c1");
    let action = Action::Transfer { to: number("102"), attended: true };
    let on = ActOn { leg: desk.leg("c1", "101"), ..desk.on(None) };
    let mut waits = |event: &str, side: &str| {
        desk.told("c1", event, &json!({ "side": side }));
        let next = desk.by_hand.era.act_next(&on, &action, 1, &answer(200, "{}")).expect("a step");
        matches!(next, ActStep::Wait(_))
    };
    assert!(waits("hold", "a"), "the customer's phone has put us on hold, and he may hear");
    assert!(!waits("hold", "b"));
    assert!(!waits("unhold", "a"), "he is on hold all the same");
    assert!(waits("unhold", "b"));
}

#[test]
fn a_list_that_shows_the_customers_hold_is_no_hold_of_ours() {
    for (side, is_ours) in [("a", false), ("b", true)] {
        let mut desk = Desk::new(&[]);
        desk.talk("c1");
        let action = Action::Transfer { to: number("102"), attended: true };
        let on = ActOn { leg: desk.leg("c1", "101"), ..desk.on(None) };
        let row = json!([{"cid": "c1", "connectionid": format!("c1.{BEGUN}"), "acallid": "c1-a", "bcallid": "c1-b",
            "state": "Hold", "side": side}]);
        desk.list(&row);
        let next = desk.by_hand.era.act_next(&on, &action, 1, &answer(200, "{}")).expect("a step");
        assert_eq!(matches!(next, ActStep::Send(_)), is_ours, "{side}: {next:?}");
    }
}

#[test]
fn whoever_is_asked_already_is_added_to_a_conference_that_the_call_becomes() {
    let mut desk = Desk::new(&[]);
    desk.talk("c1");
    asks(&mut desk);
    let other = desk.call("c2").id;
    for (with, other) in [(number("102"), None), (Target::Call(other), Some("c2"))] {
        let action = Action::Conference { with };
        let made = desk.ask(&action, other).expect("a request");
        assert_eq!(
            (method(&made), made.url.path()),
            (("SWITCHCONF", json!({})), &*format!("/rest/v1/uc/calls/c1.{BEGUN}"))
        );
        let on = desk.on(other);
        let next = |text: &str| desk.by_hand.era.act_next(&on, &action, 1, &answer(200, text));
        for text in [r#"{"result":"ok","conference":"k1"}"#, r#"{"result":{"id":"k1"}}"#] {
            let Ok(ActStep::Send(added)) = next(text) else { panic!("{text}") };
            assert_eq!(method(&added), ("REFERCONF", json!({"idcall": "c2-b", "conference": "k1"})));
            assert_eq!(added.url.path(), format!("/rest/v1/uc/calls/c2.{BEGUN}"));
        }
        let Ok(ActStep::Stop(why)) = next("{}") else { panic!("no conference") };
        assert!(why.contains("has made a conference"), "what was done is said: {why}");
    }
}

#[test]
fn without_a_socket_recording_is_switched_by_its_method() {
    let era = configured(&[("transport", "rest")]);
    let monotonic = tokio::time::Instant::now().into_std();
    let now = crate::session::Moment { monotonic, wall: received() };
    let start = crate::poll::PollStart { held: Vec::new(), zone: jiff::tz::TimeZone::UTC, is_zone_settled: true, now };
    let list = format!(r#"[{{"cid":"c1","connectionid":"c1.{BEGUN}","state":"Dialog"}}]"#);
    let mut poller = era.poller(start).expect("it asks");
    for list in [list.as_str(), "[]"] {
        poller.read(Ok(&answer(200, list)), now, now).expect("a page");
    }
    let mut desk = Desk::new(&[]);
    desk.talk("c1");
    for (on, word) in [(true, "on"), (false, "off")] {
        let request = era.act(CommandId(Uuid::nil()), &desk.on(None), &Action::Record { on }).expect("a request");
        assert_eq!(method(&request), ("SETUP_RECORD", json!({"idcall": "c1-b", "record": word})));
    }
}

/// A call on hold that the PBX has accepted to take back.
fn taken_back() -> Desk {
    let mut desk = Desk::new(&[]);
    desk.talk("c1");
    desk.told("c1", "hold", &json!({"side": "b"}));
    assert_eq!(desk.call("c1").state, CallState::OnHold);
    desk.accepted(Action::Retrieve);
    desk
}

/// Where lists are all there is, no event tells of an end.
#[test]
fn a_call_that_the_list_lacks_was_hung_up() {
    let stands = |desk: &Desk| desk.book.command_state(CommandId(Uuid::nil()));
    for (action, expected) in [(Action::Hangup, CommandState::Confirmed), (Action::Hold, CommandState::Accepted)] {
        let mut desk = Desk::new(&[]);
        desk.talk("c1");
        let call = desk.call("c1").id;
        desk.accepted(action);
        assert_eq!(stands(&desk), Some(CommandState::Accepted));
        desk.tell(LogEvent::Decision(Decision::AbsentFromSnapshot { call }));
        assert_eq!(stands(&desk), Some(expected));
    }
}

#[test]
fn a_call_taken_back_is_believed_for_five_seconds() {
    let stands = |desk: &Desk| (desk.call("c1").state, desk.book.command_state(CommandId(Uuid::nil())));
    let mut desk = taken_back();
    assert_eq!(stands(&desk), (CallState::Talking, Some(CommandState::Accepted)));
    desk.told("c1", "colour", &json!({}));
    assert_eq!(stands(&desk).1, Some(CommandState::Accepted), "what is believed confirms nothing");
    let (due, timer) = desk.book.next_deadline().expect("it ends");
    assert!(matches!(timer, Timer::Provisional { .. }) && due == received() + jiff::SignedDuration::from_secs(5));
    desk.at = due;
    desk.tell(LogEvent::Decision(Decision::TimerFired { timer }));
    assert_eq!(stands(&desk), (CallState::OnHold, Some(CommandState::Accepted)), "nothing has shown it");
    let mut shown = taken_back();
    shown.told("c1", "unhold", &json!({"side": "b"}));
    assert_eq!(stands(&shown), (CallState::Talking, Some(CommandState::Confirmed)));
}

#[test]
fn what_cannot_be_asked_is_refused_before_anything_is_sent() {
    let mut desk = Desk::new(&[]);
    desk.talk("c1");
    let refused = [
        Action::Dtmf { digits: String::new() },
        Action::Conference { with: number("102") },
        Action::Transfer { to: Target::Call(desk.call("c1").id), attended: true },
    ];
    for action in refused {
        assert!(desk.ask(&action, None).expect_err("refused").unsent(), "{action:?}");
    }
    // After a restart the list tells again how to reach a call; until then nothing is guessed.
    desk.by_hand = ByHand::live();
    let error = desk.ask(&Action::Hold, None).expect_err("not known");
    assert!(error.kind() == ErrorKind::Conflict && error.unsent(), "{error}");
}

#[test]
fn a_hold_is_of_the_side_that_pressed_or_of_the_one_put_away() {
    for (setting, side) in [("presser", "b"), ("held", "a")] {
        let mut desk = Desk::new(&[("hold_side", setting)]);
        desk.talk("c1");
        desk.told("c1", "hold", &json!({ "side": side }));
        assert_eq!(desk.leg("c1", "101").state, ::calls::LegState::Held, "{setting}");
    }
}

#[test]
fn an_answer_is_no_more_than_accepted() {
    let desk = Desk::new(&[]);
    let command = CommandId(Uuid::nil());
    let read = |status, text: &str| desk.by_hand.era.read_act(command, &Action::Hold, &answer(status, text));
    let accepted = CommandAnswer::Accepted { command, vendor_call: None, doubt: None };
    assert_eq!(read(200, r#"{"connectionid":"c1.1"}"#), accepted);
    assert_eq!(read(204, ""), accepted);
    assert!(matches!(read(404, ""), CommandAnswer::Rejected { .. }));
    assert!(matches!(read(405, ""), CommandAnswer::Rejected { .. }));
    assert_eq!(read(502, ""), CommandAnswer::Unknown { command });
    assert!(super::super::MAKE.capability.can(Ability::Retrieve));
}
