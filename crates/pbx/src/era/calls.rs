//! What is known of the calls that go on: an event tells a part of a call, and commands need all of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use calls::Direction;

use super::{names::Field, wire::Named};
use crate::party;

/// Calls that are remembered at most; those that were heard of longest ago are forgotten first.
const REMEMBERED: usize = 4096;

/// One of the two sides of a dialogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    /// Who calls.
    A,
    /// Who is called.
    B,
}

impl Side {
    /// The other one.
    pub(super) fn opposite(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }

    /// The side that a message names.
    pub(super) fn read(data: &Named<'_>) -> Option<Self> {
        match data.text(Field::Side)?.to_ascii_lowercase().as_str() {
            "a" => Some(Self::A),
            "b" => Some(Self::B),
            _ => None,
        }
    }
}

/// A destination that is dialled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Fork {
    /// It lies inside the office; absent where nothing says so.
    pub(super) inside: Option<bool>,
    /// Its number or extension, as the PBX writes it.
    pub(super) number: Option<String>,
    /// It is not dialled any more.
    pub(super) is_over: bool,
}

/// A call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct KnownCall {
    /// What commands call it; the newest of its dialogues.
    pub(super) connection: Option<String>,
    /// Its dialogues that are not over.
    pub(super) dialogues: BTreeSet<String>,
    /// The caller lies outside the office; absent where nothing says so.
    pub(super) outside: Option<bool>,
    /// The caller's number or extension, as the PBX writes it.
    pub(super) caller: Option<String>,
    pub(super) caller_name: Option<String>,
    /// A script of the PBX calls, to ring the phone of one who ordered a call; the call that he ordered follows.
    pub(super) is_by_script: bool,
    /// What was dialled first.
    pub(super) dialled: Option<String>,
    /// The leg of side A.
    pub(super) leg_a: Option<String>,
    /// The leg of side B, once answered.
    pub(super) leg_b: Option<String>,
    /// Destinations by their legs.
    pub(super) forks: BTreeMap<String, Fork>,
    /// The side that passes the call on.
    pub(super) refers: Option<Side>,
    /// The two sides have talked.
    pub(super) is_answered: bool,
    /// The sides that have put the other one on hold.
    pub(super) held_by: BTreeSet<Side>,
    pub(super) is_over: bool,
    heard: u64,
}

impl KnownCall {
    /// Takes in what a message says of the call.
    pub(super) fn hear(&mut self, data: &Named<'_>) {
        let fill = |known: &mut Option<String>, told: Option<String>| {
            if known.is_none() {
                *known = told;
            }
        };
        if let Some(connection) = connection(data) {
            self.dialogues.insert(connection.clone());
            self.connection = Some(connection);
        }
        fill(&mut self.leg_a, data.text(Field::LegA));
        fill(&mut self.caller, caller(data));
        self.is_by_script = self.caller.as_deref().is_some_and(|caller| data.is_script(party::user(caller)));
        fill(&mut self.caller_name, data.text(Field::CallerName));
        fill(&mut self.dialled, data.text(Field::Called));
        self.outside = self.outside.or_else(|| data.flag(Field::Outside));
        if let Some(leg) = data.text(Field::LegB) {
            self.leg_b = Some(leg.clone());
            let fork = self.forks.entry(leg).or_default();
            fill(&mut fork.number, data.text(Field::CalledUri));
        }
        if let Some(leg) = data.text(Field::Fork) {
            let fork = self.forks.entry(leg).or_default();
            fill(&mut fork.number, data.text(Field::ForkNumber).or_else(|| data.text(Field::ForkUri)));
            fork.inside = fork.inside.or_else(|| inside(data));
        }
    }

    /// Whether the caller lies outside: as was said, or by his number.
    pub(super) fn is_from_outside(&self) -> Option<bool> {
        if self.is_by_script {
            return Some(false);
        }
        self.outside.or_else(|| Some(party::is_phone(party::user(self.caller.as_deref()?))))
    }

    /// Whether a destination lies inside: as was said, or by its number.
    pub(super) fn is_inside(&self, leg: &str) -> Option<bool> {
        let fork = self.forks.get(leg)?;
        fork.inside.or_else(|| Some(!party::is_phone(party::user(fork.number.as_deref()?))))
    }

    /// Who calls whom, as far as is known: a caller from outside comes in, and otherwise the destination decides.
    pub(super) fn direction(&self) -> Direction {
        if self.is_by_script {
            return Direction::Outgoing;
        }
        if self.is_from_outside() == Some(true) {
            return Direction::Incoming;
        }
        let inside = |leg: &String| self.is_inside(leg);
        let is_own = self.is_from_outside() == Some(false);
        if self.forks.keys().any(|leg| inside(leg) == Some(false)) {
            return Direction::Outgoing;
        }
        let dials_outside = self.dialled.as_deref().map(|dialled| party::is_phone(party::user(dialled)));
        match (is_own, dials_outside) {
            // The phone of the one who ordered the call may be dialled before the number that he wants.
            (true, Some(true)) => Direction::Outgoing,
            (true, _) if self.forks.keys().any(|leg| inside(leg) == Some(true)) => Direction::Internal,
            (true, Some(false)) => Direction::Internal,
            (_, _) => Direction::Unknown,
        }
    }

    /// The destinations but for the caller's own phone, which may be dialled as one before the number that he wants.
    pub(super) fn called_forks(&self) -> impl Iterator<Item = (&String, &Fork)> {
        self.forks.iter().filter(|(leg, _)| self.leg_a.as_ref() != Some(*leg))
    }

    /// The legs that take part or ring.
    pub(super) fn open_legs(&self) -> BTreeSet<String> {
        let ringing = self.forks.iter().filter(|(_, fork)| !fork.is_over).map(|(leg, _)| leg);
        self.leg_a.iter().chain(&self.leg_b).chain(ringing).cloned().collect()
    }

    /// The leg that answered: as was said, or the only one that is still dialled.
    pub(super) fn answering_leg(&self) -> Option<String> {
        self.leg_b.clone().or_else(|| {
            let mut open = self.called_forks().filter(|(_, fork)| !fork.is_over).map(|(leg, _)| leg);
            open.next().filter(|_| open.next().is_none()).cloned()
        })
    }

    /// The side on which somebody of the office is, as far as is known.
    pub(super) fn office_side(&self) -> Side {
        let is_placed_here = self.is_from_outside() == Some(false);
        if is_placed_here || self.answering_leg().is_none() { Side::A } else { Side::B }
    }

    /// Whether a subscriber of this number or extension takes part.
    pub(super) fn involves(&self, subscriber: &str) -> bool {
        let is_he = |text: &String| party::without_pbx(party::user(text)) == subscriber;
        self.caller.iter().any(is_he) || self.forks.values().filter_map(|fork| fork.number.as_ref()).any(is_he)
    }
}

/// What commands call the dialogue that a message is about.
pub(super) fn connection(data: &Named<'_>) -> Option<String> {
    let id = data.text(Field::Connection);
    id.or_else(|| Some(format!("{}.{}", data.text(Field::Call)?, data.text(Field::InviteTime)?)))
}

/// The call that a message is about; its connection begins with it.
pub(super) fn call(data: &Named<'_>) -> Option<String> {
    let of_connection = || Some(data.text(Field::Connection)?.rsplit_once('.')?.0.to_owned());
    data.text(Field::Call).or_else(of_connection).filter(|call| !call.is_empty())
}

/// The caller's number, or what else names him.
fn caller(data: &Named<'_>) -> Option<String> {
    let uri = data.text(Field::CallerUri).filter(|uri| !party::user(uri).is_empty());
    data.text(Field::Caller).or(uri).or_else(|| data.text(Field::CallerUser))
}

fn inside(data: &Named<'_>) -> Option<bool> {
    match data.text(Field::ForkWay)?.to_ascii_lowercase().as_str() {
        "in" => Some(true),
        "out" => Some(false),
        _ => None,
    }
}

/// The calls that go on, by the vendor's ids.
#[derive(Debug, Default)]
pub(super) struct OpenCalls(Mutex<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    calls: BTreeMap<String, KnownCall>,
    /// Their order: those that are over before those that go on, and in each the ones that were heard of longest ago first.
    order: BTreeSet<Place>,
    /// Those that go on and are on hold.
    held: BTreeSet<String>,
    heard: u64,
}

/// Where a call stands in the order: whether it goes on, when it was heard of, and its id.
type Place = (bool, u64, String);

impl Remembered {
    /// Changes a call, which is made where there is none, and keeps its place in the order.
    fn change(&mut self, call: &str, change: impl FnOnce(&mut KnownCall)) -> KnownCall {
        let known = self.calls.entry(call.to_owned()).or_default();
        self.order.remove(&place(call, known));
        change(known);
        self.order.insert(place(call, known));
        if known.is_over || known.held_by.is_empty() {
            self.held.remove(call);
        } else {
            self.held.insert(call.to_owned());
        }
        known.clone()
    }

    /// Forgets the first in the order.
    fn forget_one(&mut self) {
        if let Some((_, _, call)) = self.order.pop_first() {
            self.calls.remove(&call);
            self.held.remove(&call);
        }
    }

    /// Those that go on, by their ids.
    fn open(&self) -> impl Iterator<Item = (&String, &KnownCall)> {
        let open = self.order.range((true, 0, String::new())..);
        open.filter_map(|(_, _, call)| self.calls.get_key_value(call))
    }
}

fn place(call: &str, known: &KnownCall) -> Place {
    (!known.is_over, known.heard, call.to_owned())
}

impl OpenCalls {
    fn remembered(&self) -> MutexGuard<'_, Remembered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in what a message says of a call, changes what follows from its kind, and gives the whole.
    pub(super) fn hear(&self, call: &str, data: &Named<'_>, change: impl FnOnce(&mut KnownCall)) -> KnownCall {
        let mut remembered = self.remembered();
        remembered.heard += 1;
        let heard = remembered.heard;
        if remembered.calls.len() >= REMEMBERED && !remembered.calls.contains_key(call) {
            remembered.forget_one();
        }
        remembered.change(call, |known| {
            known.heard = heard;
            known.hear(data);
            change(known);
        })
    }

    /// What is known of a call.
    pub(super) fn get(&self, call: &str) -> Option<KnownCall> {
        self.remembered().calls.get(call).cloned()
    }

    /// Whether a call that goes on is placed by this leg.
    pub(super) fn begins_with(&self, leg: &str) -> bool {
        self.remembered().open().any(|(_, known)| known.leg_a.as_deref() == Some(leg))
    }

    /// The talk between this extension and this number, another than `beside`, and the extension's leg in it.
    pub(super) fn talk_between(&self, extension: &str, number: &str, beside: &str) -> Option<(KnownCall, String)> {
        let is = |raw: Option<&String>, whom: &str| {
            raw.map(|raw| party::without_pbx(party::user(raw)))
                .is_some_and(|user| user == whom || calls::number::same(user, whom))
        };
        let remembered = self.remembered();
        let others = remembered.open().filter(|(call, _)| *call != beside).map(|(_, known)| known);
        others.filter(|known| known.is_answered).find_map(|known| {
            let (a, b) = (known.leg_a.clone()?, known.answering_leg()?);
            let called = known.forks.get(&b).and_then(|fork| fork.number.as_ref());
            let own = if is(known.caller.as_ref(), extension) && is(called, number) {
                a
            } else if is(called, extension) && is(known.caller.as_ref(), number) {
                b
            } else {
                return None;
            };
            Some((known.clone(), own))
        })
    }

    /// Whether a call goes on, and whether one is on hold.
    pub(super) fn are_open(&self) -> (bool, bool) {
        let remembered = self.remembered();
        (remembered.open().next().is_some(), !remembered.held.is_empty())
    }

    /// The moment, in messages heard.
    pub(super) fn now(&self) -> u64 {
        self.remembered().heard
    }

    /// The PBX's list, asked for at a moment, has these calls; others that were known then are over.
    pub(super) fn keep(&self, listed: &BTreeSet<String>, asked: u64) {
        let mut remembered = self.remembered();
        let is_gone = |(call, known): &(&String, &KnownCall)| known.heard <= asked && !listed.contains(*call);
        let gone: Vec<String> = remembered.open().filter(is_gone).map(|(call, _)| call.clone()).collect();
        for call in gone {
            remembered.change(&call, |known| known.is_over = true);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::era::wire::Wire;

    #[test]
    fn the_calls_that_are_remembered_are_bounded() {
        let (calls, wire) = (OpenCalls::default(), Wire::default());
        let nothing = wire.read(json!({})).expect("an object");
        for number in 0..REMEMBERED + 3 {
            calls.hear(&number.to_string(), &nothing, |known| known.is_over = number == 1);
        }
        let kept = |number: usize| calls.get(&number.to_string()).is_some();
        assert_eq!([0, 1, 2, 3, REMEMBERED + 2].map(kept), [false, false, false, true, true], "one that is over first");
    }

    #[test]
    fn who_calls_whom_follows_from_what_each_message_says() {
        let wire = Wire::default();
        let direction = |messages: &[serde_json::Value]| {
            let mut known = KnownCall::default();
            for message in messages {
                known.hear(&wire.read(message.clone()).expect("an object"));
            }
            known.direction()
        };
        let outside = json!({"fromouter": true, "callednum": "74951234567"});
        let own = json!({"fromouter": "false", "fromusername": "101"});
        let fork = |way: &str, number: &str| json!({"forkcallid": "f1", "forkdir": way, "forkcallednum": number});
        assert_eq!(direction(std::slice::from_ref(&outside)), Direction::Incoming);
        assert_eq!(direction(&[fork("in", "101"), outside]), Direction::Incoming);
        assert_eq!(direction(std::slice::from_ref(&own)), Direction::Unknown);
        assert_eq!(direction(&[own.clone(), fork("out", "79161234567")]), Direction::Outgoing);
        assert_eq!(direction(&[own, fork("in", "102")]), Direction::Internal);
        assert_eq!(direction(&[fork("in", "101")]), Direction::Unknown);
        let by_number = json!({"aremoteuri": "sip:79161234567@era.example"});
        assert_eq!(direction(&[by_number]), Direction::Incoming);
    }
}
