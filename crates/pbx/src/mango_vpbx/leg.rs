//! What a message about one leg means. A leg joins two parties, and the account's webhooks tell of every leg: between a
//! colleague and the customer, and between two colleagues.

use calls::{Customer, Direction, Effect, EndCause, LegRef, LegRole, Line, number::Number};

use super::wire;
use crate::{
    fields::Fields,
    mango::{State, codes},
    party,
};

/// One side of a leg.
#[derive(Debug, Default)]
pub(super) struct Side {
    /// A colleague's extension, or a short number in its place.
    extension: Option<String>,
    number: Option<String>,
    /// Whether the extension is a short number in its place.
    is_short_number: bool,
}

impl Side {
    pub(super) fn read(fields: &Fields, name: &str) -> Self {
        let number = fields.within(name, "number");
        // A telephone number is looked at no further.
        let is_short = |number: &&String| {
            !party::is_phone(party::user(number)) && matches!(Number::parse(number), Number::Extension(_))
        };
        let named = fields.within(name, "extension");
        let is_short_number = named.is_none() && number.as_ref().is_some_and(|number| is_short(&number));
        let extension = named.or_else(|| number.as_ref().filter(is_short).cloned());
        Self { extension: extension.map(|extension| party::user(&extension).to_owned()), number, is_short_number }
    }

    /// Somebody outside, however short the number is: banks and operators call from such.
    fn outside(self) -> Self {
        let extension = self.extension.filter(|_| !self.is_short_number);
        Self { extension, ..self }
    }

    /// A colleague is known by his extension, not by the telephone that it stands for.
    pub(super) fn customer(&self) -> Customer {
        let raw = self.extension.as_deref().or(self.number.as_deref());
        Customer { number: raw.and_then(party::number), name: None }
    }

    fn external(&self) -> Option<String> {
        self.number.as_deref().and_then(party::number)
    }
}

/// A leg that waits in the menu or a queue: listed, no card.
pub(super) fn waiting(fields: &Fields, state: State, place: &str) -> Vec<Effect> {
    let customer = Side::read(fields, "from").customer();
    let Line { number, queue } = line(fields);
    let called = || fields.within("to", "number").as_deref().and_then(party::number);
    let line = Line { number: number.or_else(called), queue };
    let leg = LegRef {
        role: LegRole::Customer,
        number: customer.number.clone(),
        ..leg(fields.text("call_id").unwrap_or_else(|| place.to_owned()))
    };
    let direction = Direction::Incoming;
    match state {
        State::Appeared | State::Connected | State::OnHold => {
            let parties = if is_taken(fields) {
                Effect::CallUpdated { direction, customer, line }
            } else {
                Effect::CallCreated { direction, customer, line }
            };
            vec![parties, Effect::LegQueued { leg, menu: place == "ivr" }]
        }
        State::Disconnected => {
            let (cause, reason) = ending(fields);
            vec![Effect::CallUpdated { direction, customer, line }, Effect::LegCleared { leg, cause, reason }]
        }
    }
}

/// A leg of a colleague, or of whoever stands in for one.
pub(super) fn effects(fields: &Fields, state: State) -> Vec<Effect> {
    let (from, to) = (Side::read(fields, "from"), Side::read(fields, "to"));
    let mut of = Between { fields, from, to, line: line(fields) };
    // A call between colleagues comes over no line.
    if of.line.number.is_some() && !of.is_callback() {
        of.from = of.from.outside();
    }
    match (&of.from.extension, &of.to.extension) {
        (Some(_), Some(_)) if of.is_callback() => of.called_back(state, Direction::Internal),
        (Some(caller), Some(callee)) => of.colleagues(state, caller, callee),
        (Some(caller), None) if of.is_transfer() => of.consults_outside(state, caller),
        (Some(caller), None) => of.placed(state, caller),
        (None, Some(_)) if of.is_callback() => of.called_back(state, Direction::Outgoing),
        (None, Some(_) | None) => of.incoming(state),
    }
}

/// The two parties of a leg.
struct Between<'a> {
    fields: &'a Fields,
    from: Side,
    to: Side,
    line: Line,
}

impl Between<'_> {
    /// The customer rings at a colleague's, or at a telephone outside that his calls are sent to. Told again with the
    /// customer in a colleague's place, it is a transfer that is complete.
    fn incoming(&self, state: State) -> Vec<Effect> {
        let customer = self.from.customer();
        let line = self.line.clone();
        let is_known = self.to.extension.is_some() || line.number.is_some();
        let direction = if is_known { Direction::Incoming } else { Direction::Unknown };
        let number = if self.to.extension.is_some() { None } else { self.to.external() };
        let leg = LegRef { extension: self.to.extension.clone(), number, ..leg(self.key()) };
        let begins = state == State::Appeared && !self.is_taken() && self.transfer().is_none();
        let parties = if begins {
            Effect::CallCreated { direction, customer, line }
        } else {
            Effect::CallUpdated { direction, customer, line }
        };
        [vec![parties], self.steps(state, &[leg])].concat()
    }

    /// A colleague dials somebody outside, by hand or as the second leg of a callback.
    fn placed(&self, state: State, caller: &str) -> Vec<Effect> {
        let customer = self.to.customer();
        let (own, dialled) = (agent(self.key(), caller), dialled(&customer));
        let (direction, line) = (Direction::Outgoing, self.line.clone());
        let parties = if state == State::Appeared && !self.is_taken() {
            Effect::CallCreated { direction, customer, line }
        } else {
            Effect::CallUpdated { direction, customer, line }
        };
        let steps = match state {
            // Who dials hears the other side ring; his own phone does not.
            State::Appeared => vec![Effect::LegOffered { leg: own }, Effect::LegRinging { leg: dialled }],
            State::Connected | State::OnHold | State::Disconnected => self.steps(state, &[own, dialled]),
        };
        [vec![parties], steps].concat()
    }

    /// The first leg of a callback: the colleague's own phone rings from the party that is to be called, and that party
    /// is only about to be dialled.
    fn called_back(&self, state: State, direction: Direction) -> Vec<Effect> {
        let customer = self.from.customer();
        let own = LegRef { extension: self.to.extension.clone(), ..leg(self.key()) };
        let line = self.line.clone();
        let dialled = (direction == Direction::Outgoing).then(|| Effect::LegOffered { leg: dialled(&customer) });
        let parties = match state {
            State::Appeared => Effect::CallCreated { direction, customer, line },
            State::Connected | State::OnHold | State::Disconnected => Effect::CallUpdated { direction, customer, line },
        };
        [vec![parties], self.steps(state, &[own]), dialled.into_iter().collect()].concat()
    }

    /// One colleague calls another: a call of their own, or a question about a call that the first has already.
    fn colleagues(&self, state: State, caller: &str, callee: &str) -> Vec<Effect> {
        let is_second_leg = self.fields.text("callback_initiator").is_some();
        let asks = self.is_transfer() || self.is_taken() && !is_second_leg;
        let direction = Direction::Internal;
        let customer = Customer { number: Some(callee.to_owned()), name: None };
        let line = Line::default();
        let role = if asks { LegRole::TransferTarget } else { LegRole::Agent };
        let called = LegRef { role, caller: Some(caller.to_owned()), ..agent(self.key(), callee) };
        let parties = if asks || state != State::Appeared {
            Effect::CallUpdated { direction, customer, line }
        } else {
            Effect::CallCreated { direction, customer, line }
        };
        let asked = asks.then_some(Effect::TransferStarted);
        [vec![parties], self.steps(state, &[called]), asked.into_iter().collect()].concat()
    }

    /// A colleague asks somebody outside about a call that he has, and may pass it on to him.
    fn consults_outside(&self, state: State, caller: &str) -> Vec<Effect> {
        let called = LegRef {
            role: LegRole::TransferTarget,
            number: self.to.external(),
            caller: Some(caller.to_owned()),
            ..leg(self.key())
        };
        [self.steps(state, &[called]), vec![Effect::TransferStarted]].concat()
    }

    /// What the state says of the parties that are on the leg.
    fn steps(&self, state: State, legs: &[LegRef]) -> Vec<Effect> {
        let (cause, reason) = ending(self.fields);
        let step = |leg: &LegRef| {
            let leg = leg.clone();
            match state {
                State::Appeared => Effect::LegRinging { leg },
                State::Connected => Effect::LegAnswered { leg },
                State::OnHold => Effect::LegHeld { leg },
                State::Disconnected => Effect::LegCleared { leg, cause, reason: reason.clone() },
            }
        };
        legs.iter().map(step).collect()
    }

    /// Whether the leg begins a callback, whoever ordered it. A command that moved a call on is told with the leg that it
    /// was taken from.
    fn is_callback(&self) -> bool {
        let commanded = self.fields.text("command_id").is_some_and(|named| !wire::command(&named).1);
        let is_ordered = commanded || self.fields.text("callback_initiator").is_some();
        is_ordered && !self.is_taken()
    }

    /// Whether the leg was taken from another: by a transfer, a routing or a callback.
    fn is_taken(&self) -> bool {
        is_taken(self.fields)
    }

    /// Whether the leg is said to be a transfer's question.
    fn is_transfer(&self) -> bool {
        matches!(self.transfer().as_deref(), Some("consultative" | "blind"))
    }

    fn transfer(&self) -> Option<String> {
        self.fields.text("transfer").map(|kind| kind.to_ascii_lowercase())
    }

    fn key(&self) -> String {
        let named = || self.to.extension.clone().or_else(|| self.from.extension.clone());
        self.fields.text("call_id").or_else(named).unwrap_or_else(|| "leg".to_owned())
    }
}

fn is_taken(fields: &Fields) -> bool {
    fields.within("from", "taken_from_call_id").is_some()
}

/// An agent of whom nothing but his leg is known.
pub(super) fn leg(key: String) -> LegRef {
    LegRef { key, role: LegRole::Agent, extension: None, number: None, name: None, alias: None, caller: None }
}

fn agent(key: String, extension: &str) -> LegRef {
    LegRef { extension: Some(extension.to_owned()), ..leg(key) }
}

/// The customer's leg of a call that the office places, the same in all messages that name him.
pub(super) fn dialled(customer: &Customer) -> LegRef {
    let number = customer.number.clone();
    LegRef { role: LegRole::Customer, number: number.clone(), ..leg(format!("dialled/{}", number.unwrap_or_default())) }
}

/// The number or group that was called, or the number that an outgoing call shows.
fn line(fields: &Fields) -> Line {
    let number = fields.within("to", "line_number");
    Line { number: number.as_deref().and_then(party::number), queue: fields.within("to", "acd_group") }
}

/// Why a leg ended.
fn ending(fields: &Fields) -> (EndCause, Option<String>) {
    let cause = fields.integer("disconnect_reason").map(codes::cause).unwrap_or_default();
    (cause, fields.text("disconnect_reason"))
}
