//! What is asked of a call, as it is sent, and what comes back.

use ::calls::{
    Ability, ActOn, Action, Book, Call, CommandAnswer, CommandId, Leg, Stored, Target, Told, VendorEvent,
    number::Dialable,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{ByHand, answer, events, received};
use crate::{error::ErrorKind, request::Request, session::WHOLE_ACCOUNT, traits::Pbx};

const BEGUN: i64 = 1_772_442_000_000;

/// Calls as the make tells them and the book folds them.
struct Desk {
    by_hand: ByHand,
    book: Book,
    seq: u64,
}

impl Desk {
    fn new(overrides: &[(&str, &str)]) -> Self {
        let by_hand = ByHand::live_with(overrides, "[]");
        let book = Book::new("era".parse().expect("an id"), by_hand.era.book_settings());
        Self { by_hand, book, seq: 0 }
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

    fn apply(&mut self, event: VendorEvent) {
        let (connection, told) = ("era".parse().expect("an id"), Told::Vendor(event));
        self.book.apply(&Stored { seq: self.seq, connection, received_at: received(), told });
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

    fn ask(&self, action: &Action, other: Option<&str>) -> Result<Request, crate::error::Error> {
        let other = other.map(|other| (self.call(other), self.leg(other, "101")));
        let on = ActOn { call: self.call("c1"), leg: self.leg("c1", "101"), extension: Some("101".to_owned()), other };
        self.by_hand.era.act(CommandId(Uuid::nil()), &on, action)
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

#[test]
fn two_calls_are_joined_by_the_legs_of_the_others() {
    let mut desk = Desk::new(&[]);
    desk.talk("c1");
    desk.told("c2", "invite", &json!({"fromouter": false, "fromnumber": "101", "callednum": "102"}));
    desk.told("c2", "fork_start", &json!({"forkcallid": "c2-b", "forkdir": "in", "forkcallednum": "102"}));
    desk.told("c2", "dlg_start", &json!({"bcallid": "c2-b"}));
    let join = Action::Transfer { to: Target::Call(desk.call("c2").id), attended: true };
    let request = desk.ask(&join, Some("c2")).expect("a request");
    assert_eq!(request.method.as_str(), "REFERREPLACES");
    assert_eq!(body(&request), json!({"idcall": "c1-a", "toidconn": format!("c2.{BEGUN}"), "toidcall": "c2-b"}));
    let mut other = Desk::new(&[("refer_leg", "goes")]);
    other.talk("c1");
    let refer = other.ask(&Action::Transfer { to: number("102"), attended: false }, None).expect("a request");
    assert_eq!(body(&refer)["idcall"], "c1-b");
}

#[test]
fn what_cannot_be_asked_is_refused_before_anything_is_sent() {
    let mut desk = Desk::new(&[]);
    desk.talk("c1");
    let refused = [
        Action::Dtmf { digits: "12".to_owned() },
        Action::Dtmf { digits: String::new() },
        Action::Transfer { to: number("102"), attended: true },
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
