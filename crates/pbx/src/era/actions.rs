//! What is asked of a call that goes on, step by step where it takes several requests.

use ::calls::{ActOn, Action, Leg, LegState, Target};

use super::{
    calls::{KnownCall, Side},
    requests::{self, Verb, goes_over_socket, over_http, over_socket},
    responses,
    shared::Shared,
    wire::Transport,
};
use crate::{
    dial,
    error::{Error, ErrorKind},
    request::{Answer, Request},
    traits::ActStep,
};

const ANSWER: Verb = Verb { operation: "answer", method: "NOTIFY", message: "talk" };
const HOLD: Verb = Verb { operation: "hold", method: "NOTIFY", message: "hold" };
const RETRIEVE: Verb = Verb { operation: "retrieve", method: "NOTIFY", message: "talk" };
const HANGUP: Verb = Verb { operation: "hangup", method: "DELETE", message: "bye" };
const REFER: Verb = Verb { operation: "refer", method: "REFER", message: "refer" };
const JOIN: Verb = Verb { operation: "referreplaces", method: "REFERREPLACES", message: "referreplaces" };
const CONFERENCE: Verb = Verb { operation: "switchconf", method: "SWITCHCONF", message: "switch_to_conference" };
/// No page has a message of the socket for this: it is called as the others are, after its method.
const ADD: Verb = Verb { operation: "referconf", method: "REFERCONF", message: "referconf" };
const DIGIT: Verb = Verb { operation: "send_dtmf", method: "SEND_DTMF", message: "send_dtmf" };
const PICKUP: Verb = Verb { operation: "pickup", method: "POST", message: "pickup" };
const START_RECORD: Verb = Verb { operation: "start_record", method: "SETUP_RECORD", message: "start_record" };
const STOP_RECORD: Verb = Verb { operation: "stop_record", method: "SETUP_RECORD", message: "stop_record" };

/// The first request of an action.
pub(super) fn act(shared: &Shared, on: &ActOn, action: &Action) -> Result<Request, Error> {
    let acting = Acting::of(shared, on)?;
    match action {
        Action::Answer => Ok(acting.on_own(ANSWER, Some("talk"), &[])),
        Action::Hold => Ok(acting.on_own(HOLD, Some("hold"), &[])),
        Action::Retrieve => Ok(acting.on_own(RETRIEVE, Some("talk"), &[])),
        Action::Hangup => Ok(acting.ask(HANGUP, &[])),
        Action::Pickup => Ok(acting.on_own(PICKUP, None, &[])),
        Action::Record { on: true } => Ok(acting.on_own(START_RECORD, None, &[("record", "on")])),
        Action::Record { on: false } => Ok(acting.on_own(STOP_RECORD, None, &[("record", "off")])),
        Action::Dtmf { digits } => acting.digit(digits, 0).ok_or_else(|| {
            Error::new(ErrorKind::InvalidRequest { field: "digits" }, "no digit was given").before_sending()
        }),
        Action::Transfer { to: Target::Number(to), attended: false } => {
            let number = ("number", dial::target(&to.digits)?);
            Ok(acting.on_staying(REFER, &[number]))
        }
        Action::Transfer { to: Target::Call(_), .. } => Ok(acting.join(&acting.other()?)),
        Action::Transfer { to: Target::Number(to), attended: true } => {
            let number = dial::target(&to.digits)?;
            match acting.talk_with(number) {
                // He was asked already: the two are connected.
                Some(asked) => Ok(acting.join(&asked)),
                None if on.leg.state == LegState::Held => acting.question(number),
                None => Ok(acting.on_own(HOLD, Some("hold"), &[])),
            }
        }
        Action::Conference { with } => {
            acting.to_be_added(with)?;
            Ok(acting.ask(CONFERENCE, &[]))
        }
        Action::Route { .. } => Err(Error::unsupported(action.ability().words())),
    }
}

/// What follows the answer to a step of an action.
pub(super) fn next(
    shared: &Shared,
    on: &ActOn,
    action: &Action,
    step: usize,
    answer: &Answer,
) -> Result<ActStep, Error> {
    if responses::failure(answer).is_some() {
        return Ok(ActStep::Done);
    }
    match (action, step) {
        (Action::Dtmf { digits }, _) => {
            let next = Acting::of(shared, on)?.digit(digits, step);
            Ok(next.map_or(ActStep::Done, send))
        }
        (Action::Transfer { to: Target::Number(to), attended: true }, 1) if on.leg.state != LegState::Held => {
            let acting = Acting::of(shared, on)?;
            let number = dial::target(&to.digits)?;
            if acting.talk_with(number).is_some() {
                return Ok(ActStep::Done);
            }
            // Some phones take no notice of being told to hold, and the customer must not hear what is said of him.
            let heard = "the phone has not put the call on hold: do that on the phone, and ask then";
            if acting.holds() { acting.question(number).map(send) } else { Ok(ActStep::Wait(heard)) }
        }
        (Action::Conference { with }, 1) => {
            let acting = Acting::of(shared, on)?;
            let unnamed = "the PBX has made a conference of the call and not said which, so nobody can be added to it";
            let Some(conference) = responses::conference(answer) else { return Ok(ActStep::Stop(unnamed)) };
            acting.to_be_added(with).map(|added| send(acting.add(&added, &conference)))
        }
        (_, _) => Ok(ActStep::Done),
    }
}

fn send(request: Request) -> ActStep {
    ActStep::Send(Box::new(request))
}

/// A dialogue in which the one who acts has a part.
struct Talk {
    connection: String,
    /// The SIP id of whoever is at the other end.
    other_end: Option<String>,
}

/// Who acts, and on what. Commands name a dialogue by its connection, and the own leg or the one that stays by its SIP id.
struct Acting<'a> {
    shared: &'a Shared,
    on: &'a ActOn,
    connection: String,
    known: KnownCall,
    owner: &'a str,
}

impl<'a> Acting<'a> {
    fn of(shared: &'a Shared, on: &'a ActOn) -> Result<Self, Error> {
        let known = on.call.vendor_call.as_deref().and_then(|call| shared.calls.get(call)).ok_or_else(gone)?;
        let connection = known.connection.clone().ok_or_else(gone)?;
        let owner = on.extension.as_deref().map(dial::extension).transpose()?.unwrap_or_default();
        Ok(Self { shared, on, connection, known, owner })
    }

    fn own(&self) -> Option<&str> {
        leg_id(&self.on.leg)
    }

    /// Whether the one who acts has put the other side on hold: that the other side holds keeps nobody from hearing.
    fn holds(&self) -> bool {
        let key = self.on.leg.make_key();
        let is_caller = key == "a" || self.known.leg_a.as_deref() == Some(key);
        self.known.held_by.contains(if is_caller { &Side::A } else { &Side::B })
    }

    fn send(&self, connection: &str, verb: Verb, event: Option<&str>, more: &[(&str, &str)]) -> Request {
        let settings = &self.shared.settings;
        let mut parameters = more.to_vec();
        // These are documented as messages, and not as methods or not with a body.
        let is_message = [PICKUP.message, START_RECORD.message, STOP_RECORD.message].contains(&verb.message)
            && settings.wire.transport == Transport::Socket;
        if goes_over_socket(settings) || is_message {
            parameters.retain(|(name, _)| *name != "record");
            parameters.push(("owner", self.owner));
            return over_socket(settings, verb, Some(connection), &parameters);
        }
        parameters.extend(event.map(|event| ("event", event)));
        over_http(settings, verb, Some(connection), &parameters)
    }

    fn ask(&self, verb: Verb, more: &[(&str, &str)]) -> Request {
        self.send(&self.connection, verb, None, more)
    }

    /// Asks it of the own leg.
    fn on_own(&self, verb: Verb, event: Option<&str>, more: &[(&str, &str)]) -> Request {
        let own = self.own().map(|leg| ("idcall", leg));
        let parameters: Vec<_> = own.into_iter().chain(more.iter().copied()).collect();
        self.send(&self.connection, verb, event, &parameters)
    }

    /// Asks it of the leg of the one who stays. Which leg a transfer names is not documented: that one, or the one that goes.
    fn on_staying(&self, verb: Verb, more: &[(&str, &str)]) -> Request {
        let goes = self.shared.settings.wire.refer_names_goer;
        let leg = if goes { self.own().map(str::to_owned) } else { other_side(&self.known, self.own()) };
        let leg = leg.as_deref().map(|leg| ("idcall", leg));
        let parameters: Vec<_> = leg.into_iter().chain(more.iter().copied()).collect();
        self.ask(verb, &parameters)
    }

    fn digit(&self, digits: &str, place: usize) -> Option<Request> {
        let digit = digits.chars().nth(place)?.to_string();
        Some(self.on_own(DIGIT, None, &[("dtmf", &digit)]))
    }

    /// Calls a colleague, while the customer is on hold.
    fn question(&self, number: &str) -> Result<Request, Error> {
        requests::originate(&self.shared.settings, self.owner, number)
    }

    /// The talk that the action names.
    fn other(&self) -> Result<Talk, Error> {
        let (other, their_own) = self.on.other.as_ref().ok_or_else(gone)?;
        let known = other.vendor_call.as_deref().and_then(|call| self.shared.calls.get(call)).ok_or_else(gone)?;
        let connection = known.connection.clone().ok_or_else(gone)?;
        Ok(Talk { connection, other_end: other_side(&known, leg_id(their_own)) })
    }

    /// The talk that the one who acts has with this number beside the call.
    fn talk_with(&self, number: &str) -> Option<Talk> {
        let call = self.on.call.vendor_call.as_deref()?;
        let (known, own) = self.shared.calls.talk_between(self.owner, number, call)?;
        Some(Talk { connection: known.connection.clone()?, other_end: other_side(&known, Some(&own)) })
    }

    fn join(&self, asked: &Talk) -> Request {
        let leg = asked.other_end.as_deref().map(|leg| ("toidcall", leg));
        let parameters: Vec<_> = [("toidconn", asked.connection.as_str())].into_iter().chain(leg).collect();
        self.on_staying(JOIN, &parameters)
    }

    /// The talk whose other end is to join the call.
    fn to_be_added(&self, with: &Target) -> Result<Talk, Error> {
        match with {
            Target::Call(_) => self.other(),
            Target::Number(number) => self.talk_with(dial::target(&number.digits)?).ok_or_else(|| {
                let why =
                    "you do not talk with that number yet: ask there first, as before a transfer, and add it then";
                Error::new(ErrorKind::Conflict, why).before_sending()
            }),
        }
    }

    fn add(&self, added: &Talk, conference: &str) -> Request {
        let leg = added.other_end.as_deref().map(|leg| ("idcall", leg));
        let parameters: Vec<_> = leg.into_iter().chain([("conference", conference)]).collect();
        self.send(&added.connection, ADD, None, &parameters)
    }
}

fn gone() -> Error {
    Error::new(ErrorKind::Conflict, "the PBX has not told yet how to reach this call").before_sending()
}

/// The SIP id of a leg; none where the PBX has not told it.
fn leg_id(leg: &Leg) -> Option<&str> {
    Some(leg.make_key()).filter(|key| !["a", "b", "refer", "command"].contains(key))
}

/// The leg at the other end of a dialogue.
fn other_side(known: &KnownCall, own: Option<&str>) -> Option<String> {
    let (a, b) = (known.leg_a.as_deref(), known.answering_leg());
    if own.is_some() && own == a { b } else { a.map(str::to_owned) }
}
