//! What is asked of a call that goes on, and whether the token may ask it.

use ::calls::{Abilities, Ability, ActOn, Action, Call, Cannot, Leg, Target};

use super::{
    Shared,
    calls::KnownCall,
    requests::{Verb, goes_over_socket, over_http, over_socket},
    wire::{Commands, Transport, Wire},
};
use crate::{
    dial,
    error::{Error, ErrorKind},
    request::Request,
};

/// What can be asked with a token that has all rights.
pub(super) const ABILITIES: Abilities = Abilities::NONE.without(&[Ability::Conference], Cannot::OnPhone).with(&[
    Ability::Originate,
    Ability::Answer,
    Ability::Hangup,
    Ability::Hold,
    Ability::Retrieve,
    Ability::TransferBlind,
    Ability::TransferAttended,
    Ability::Pickup,
    Ability::Dtmf,
    Ability::RecordOn,
    Ability::RecordOff,
    Ability::Recordings,
]);

/// What goes over the socket alone.
const OF_SOCKET: &[Ability] = &[Ability::Pickup, Ability::RecordOn, Ability::RecordOff];
/// What goes over the socket where the settings say so.
const COMMANDS: &[Ability] = &[
    Ability::Originate,
    Ability::Answer,
    Ability::Hangup,
    Ability::Hold,
    Ability::Retrieve,
    Ability::TransferBlind,
    Ability::TransferAttended,
    Ability::Dtmf,
];

/// What can be asked with these settings by a token with these capabilities, where they are known.
pub(super) fn abilities(wire: &Wire, capabilities: Option<&[String]>) -> Abilities {
    if wire.transport == Transport::Rest {
        return ABILITIES.without(OF_SOCKET, Cannot::NotOffered).without(&[Ability::Recordings], Cannot::NotOffered);
    }
    let has = |name: &str| capabilities.is_none_or(|has| has.iter().any(|known| known.eq_ignore_ascii_case(name)));
    let mut abilities = ABILITIES;
    if !has("callrecord") {
        abilities = abilities.without(&[Ability::Recordings], Cannot::NoRight);
    }
    if !has("ccs") {
        abilities = abilities.without(OF_SOCKET, Cannot::NoRight);
        if wire.commands == Commands::Ccs {
            abilities = abilities.without(COMMANDS, Cannot::NoRight);
        }
    }
    abilities
}

const ANSWER: Verb = Verb { operation: "answer", method: "NOTIFY", message: "talk" };
const HOLD: Verb = Verb { operation: "hold", method: "NOTIFY", message: "hold" };
const RETRIEVE: Verb = Verb { operation: "retrieve", method: "NOTIFY", message: "talk" };
const HANGUP: Verb = Verb { operation: "hangup", method: "DELETE", message: "bye" };
const REFER: Verb = Verb { operation: "refer", method: "REFER", message: "refer" };
const JOIN: Verb = Verb { operation: "referreplaces", method: "REFERREPLACES", message: "referreplaces" };
const DIGIT: Verb = Verb { operation: "send_dtmf", method: "SEND_DTMF", message: "send_dtmf" };
const PICKUP: Verb = Verb { operation: "pickup", method: "POST", message: "pickup" };
const START_RECORD: Verb = Verb { operation: "start_record", method: "SETUP_RECORD", message: "start_record" };
const STOP_RECORD: Verb = Verb { operation: "stop_record", method: "SETUP_RECORD", message: "stop_record" };

/// Does something with a dialogue. Commands name it by its connection, and the own leg or the one that stays by its
/// SIP id.
pub(super) fn act(shared: &Shared, on: &ActOn, action: &Action) -> Result<Request, Error> {
    let Shared { settings, calls, .. } = shared;
    let dialogue = |call: &Call| {
        let known = calls.get(call.vendor_call.as_deref()?)?;
        Some((known.connection.clone()?, known))
    };
    let gone = || Error::new(ErrorKind::Conflict, "the PBX has not told yet how to reach this call").before_sending();
    let (connection, known) = dialogue(&on.call).ok_or_else(gone)?;
    let own = leg_id(&on.leg);
    let owner = on.extension.as_deref().map(dial::extension).transpose()?.unwrap_or_default();
    let send = |verb: Verb, event: Option<&str>, more: &[(&str, &str)]| {
        let mut parameters = more.to_vec();
        if goes_over_socket(settings)
            || [PICKUP.message, START_RECORD.message, STOP_RECORD.message].contains(&verb.message)
        {
            parameters.push(("owner", owner));
            return over_socket(settings, verb, Some(&connection), &parameters);
        }
        parameters.extend(event.map(|event| ("event", event)));
        over_http(settings, verb, Some(&connection), &parameters)
    };
    let of_own: Vec<(&str, &str)> = own.map(|leg| ("idcall", leg)).into_iter().collect();
    // Which leg a transfer names is not documented: the one that stays, or the one that goes.
    let staying = if settings.wire.refer_names_goer { own.map(str::to_owned) } else { other_side(&known, own) };
    let of_staying = || staying.as_deref().map(|leg| ("idcall", leg)).into_iter();
    match action {
        Action::Answer => Ok(send(ANSWER, Some("talk"), &of_own)),
        Action::Hold => Ok(send(HOLD, Some("hold"), &of_own)),
        Action::Retrieve => Ok(send(RETRIEVE, Some("talk"), &of_own)),
        Action::Hangup => Ok(send(HANGUP, None, &[])),
        Action::Pickup => Ok(send(PICKUP, None, &of_own)),
        Action::Record { on } => Ok(send(if *on { START_RECORD } else { STOP_RECORD }, None, &of_own)),
        Action::Dtmf { digits } => {
            let mut keys = digits.chars();
            let one = keys.next().filter(|_| keys.as_str().is_empty());
            if one.is_none() {
                let kind = ErrorKind::InvalidRequest { field: "digits" };
                return Err(Error::new(kind, "this PBX takes one digit at a time").before_sending());
            }
            let parameters: Vec<_> = of_own.into_iter().chain([("dtmf", digits.as_str())]).collect();
            Ok(send(DIGIT, None, &parameters))
        }
        Action::Transfer { to: Target::Number(to), attended: false } => {
            let parameters: Vec<_> = of_staying().chain([("number", dial::target(&to.digits)?)]).collect();
            Ok(send(REFER, None, &parameters))
        }
        Action::Transfer { to: Target::Call(_), .. } => {
            let (other, their_own) = on.other.as_ref().ok_or_else(gone)?;
            let (their_connection, they) = dialogue(other).ok_or_else(gone)?;
            let asked = other_side(&they, leg_id(their_own));
            let asked = asked.as_deref().map(|leg| ("toidcall", leg));
            let parameters: Vec<_> =
                of_staying().chain([("toidconn", their_connection.as_str())]).chain(asked).collect();
            Ok(send(JOIN, None, &parameters))
        }
        Action::Transfer { to: Target::Number(_), attended: true } => {
            let why = "call the colleague first and then join the two calls";
            Err(Error::new(ErrorKind::Unsupported, why).before_sending())
        }
        Action::Conference { .. } | Action::Route { .. } => Err(Error::unsupported(action.ability().words())),
    }
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
