//! The legs of a call: connections between two parties, each numbered on its own.
//!
//! They follow the sequences that the vendor's VPBX manual (v1.9) shows: a transfer begins a new leg, and
//! once the colleague has the customer, that leg's `from` is replaced by the customer.

use serde_json::{Map, Value, json};

use super::bare;
use crate::play::{CallKind, EndReason, Facts, Passing};

/// All legs of one call, in the order in which they began.
#[derive(Debug)]
pub(super) struct Legs {
    pub(super) facts: Facts,
    legs: Vec<Leg>,
    /// The leg in the menu; the one that rings next took the call from it.
    menu: Option<String>,
}

/// One leg.
#[derive(Debug)]
pub(super) struct Leg {
    pub(super) call_id: String,
    seq: u64,
    /// The extension whose phone it is, on the called side unless the office dials the customer on it.
    pub(super) extension: String,
    pub(super) from: Caller,
    /// The leg that this one continues.
    taken_from: Option<String>,
    /// More members of each of its events.
    pub(super) more: Map<String, Value>,
    over: bool,
}

/// Who is in a leg's `from`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Caller {
    /// The other side of the call, as its kind has it.
    Usual,
    /// A colleague who passes the call on.
    Colleague(String),
    /// The leg's own extension: the office dials the customer for it.
    Own,
}

impl Legs {
    pub(super) fn new(facts: Facts) -> Self {
        Self { facts, legs: Vec::new(), menu: None }
    }

    /// Begins a leg; its first event is told by whoever begins it.
    pub(super) fn begin(&mut self, extension: &str, from: Caller, taken_from: Option<String>) -> usize {
        let call_id = format!("{}.{}", self.facts.id, self.legs.len() + 1);
        let extension = extension.to_owned();
        self.legs.push(Leg { call_id, seq: 0, extension, from, taken_from, more: Map::new(), over: false });
        self.legs.len() - 1
    }

    /// The call stands in the menu, on a leg of its own, whose id this is.
    pub(super) fn enter_menu(&mut self) -> String {
        let call_id = format!("{}.menu", self.facts.id);
        self.menu = Some(call_id.clone());
        call_id
    }

    /// The leg of an extension that is not over, the newest; else a new one.
    pub(super) fn of(&mut self, extension: &str) -> usize {
        self.open(extension).unwrap_or_else(|| {
            let taken_from = self.menu.clone();
            self.begin(extension, Caller::Usual, taken_from)
        })
    }

    pub(super) fn get(&self, place: usize) -> &Leg {
        &self.legs[place]
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Leg> {
        self.legs.iter()
    }

    fn open(&self, extension: &str) -> Option<usize> {
        self.legs.iter().rposition(|leg| leg.extension == extension && !leg.over)
    }

    fn last_id(&self, extension: &str) -> Option<String> {
        self.legs.iter().rev().find(|leg| leg.extension == extension).map(|leg| leg.call_id.clone())
    }

    /// The second leg of a callback, which dials the customer.
    pub(super) fn dial_customer(&mut self, first: usize) -> usize {
        let (extension, taken_from) = (self.legs[first].extension.clone(), self.legs[first].call_id.clone());
        self.begin(&extension, Caller::Own, Some(taken_from))
    }

    /// The leg on which a colleague's phone rings for the agent who passes the call on.
    pub(super) fn pass_on(&mut self, agent: &str, target: &str, passing: Passing) -> usize {
        // Of a blind transfer the manual names the leg it was taken from only once the customer is on it.
        let first = self.of(agent);
        let taken_from = (passing == Passing::Consulting).then(|| self.legs[first].call_id.clone());
        self.begin(target, Caller::Colleague(agent.to_owned()), taken_from)
    }

    /// The colleague's leg, on which the customer is now.
    pub(super) fn take_over(&mut self, agent: &str, target: &str) -> usize {
        let taken_from = self.last_id(agent);
        let second = self.of(target);
        self.legs[second].from = Caller::Usual;
        self.legs[second].taken_from = taken_from;
        second
    }

    /// The leg on which a call that nobody took comes back.
    pub(super) fn come_back(&mut self, target: &str, agent: &str) -> usize {
        let taken_from = self.last_id(target);
        let third = self.begin(agent, Caller::Usual, taken_from);
        self.legs[third].more.insert("transfer".into(), "return_blind".into());
        third
    }

    /// The ringing leg that is taken, and the one of him who takes it.
    pub(super) fn take(&mut self, from: &str, by: &str) -> (usize, usize) {
        let ringing = self.of(from);
        let taken_from = Some(self.legs[ringing].call_id.clone());
        (ringing, self.begin(by, Caller::Usual, taken_from))
    }

    /// The next event of a leg: its ids, its number and its parties.
    pub(super) fn event(&mut self, place: usize, last: bool) -> Map<String, Value> {
        let leg = &mut self.legs[place];
        leg.seq += 1;
        leg.over |= last;
        let leg = &self.legs[place];
        let (from, to) = self.parties(leg);
        let mut event = Map::from_iter([
            ("entry_id".to_owned(), self.facts.id.as_str().into()),
            ("call_id".to_owned(), leg.call_id.as_str().into()),
            ("seq".to_owned(), leg.seq.into()),
            ("location".to_owned(), "abonent".into()),
            ("from".to_owned(), from),
            ("to".to_owned(), to),
        ]);
        event.extend(leg.more.clone());
        event
    }

    /// Whether this is the first leg of a callback, which says who ordered it.
    pub(super) fn is_ordered(&self, place: usize) -> bool {
        self.facts.kind == CallKind::Callback && self.legs[place].from == Caller::Usual
    }

    /// The customer as a party; without a number where it is hidden.
    pub(super) fn customer(&self) -> Map<String, Value> {
        let number = self.facts.customer.as_deref().map(|number| ("number".to_owned(), bare(number).into()));
        number.into_iter().collect()
    }

    fn parties(&self, leg: &Leg) -> (Value, Value) {
        let line = bare(&self.facts.line);
        let mut customer = self.customer();
        let own = json!({"extension": leg.extension});
        let office = json!({"extension": leg.extension, "line_number": line});
        let (mut from, to) = match (&leg.from, self.facts.kind) {
            (Caller::Colleague(colleague), _) => (json!({"extension": colleague}), own),
            // A callback looks like a call from the number that will be dialled.
            (Caller::Usual, CallKind::Incoming | CallKind::Callback) => (Value::Object(customer), office),
            (Caller::Usual, CallKind::Outgoing) if self.facts.caller.as_ref() != Some(&leg.extension) => {
                (Value::Object(customer), office)
            }
            (Caller::Usual, CallKind::Outgoing) | (Caller::Own, _) => {
                customer.insert("line_number".into(), line.into());
                (own, Value::Object(customer))
            }
            (Caller::Usual, CallKind::Internal) => (json!({"extension": self.facts.caller}), own),
        };
        if let Some(taken_from) = &leg.taken_from {
            from["taken_from_call_id"] = taken_from.as_str().into();
        }
        (from, to)
    }
}

/// The vendor's number for the end of a leg.
pub(super) fn reason(why: EndReason) -> u16 {
    match why {
        EndReason::AnsweredElsewhere => 1100,
        EndReason::CustomerHungUp | EndReason::ColleagueHungUp => 1110,
        EndReason::NoAnswer => 1111,
        EndReason::AgentHungUp | EndReason::Transferred => 1120,
        EndReason::Busy => 1121,
        EndReason::Refused => 1122,
        EndReason::Unreachable => 1133,
    }
}
