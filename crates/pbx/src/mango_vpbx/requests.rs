//! Requests to the API: POST of a form with signed JSON.
//!
//! None is marked as harmless to repeat: more than one wrong request in two minutes locks the account out for two
//! minutes, and the HTTP status does not tell a wrong request from a failure inside the PBX.

use calls::{ActOn, Action, CommandId, Leg, LegState, RecordingReference, Target};
use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use url::form_urlencoded::byte_serialize;

use super::{config::Settings, quota, sign, wire};
use crate::{
    dial,
    error::{Error, ErrorKind},
    request::Request,
    traits::GroupCallback,
};

/// What a recording is wanted for.
const DOWNLOAD: &str = "download";

/// Rings the employee, then dials the number. The command's id comes back with the events that it causes.
pub(super) fn callback(settings: &Settings, command: CommandId, from: &str, to: &str) -> Result<Request, Error> {
    let from = dial::extension(from)?;
    let body = json!({
        "command_id": command.to_string(), "from": {"extension": from}, "to_number": dial::target(to)?,
    });
    Ok(post(settings, "callback", "commands/callback", &body))
}

/// Rings a group and the number: whichever stands as `from` rings first.
pub(super) fn group_callback(
    settings: &Settings,
    command: CommandId,
    callback: &GroupCallback<'_>,
) -> Result<Request, Error> {
    let (group, to) = (dial::extension(callback.group)?, dial::target(callback.to)?);
    let (from, to) = if callback.customer_first { (to, group) } else { (group, to) };
    let body = json!({
        "command_id": command.to_string(), "from": from, "to": to, "line_number": dial::target(callback.line)?,
    });
    Ok(post(settings, "callback_group", "commands/callback_group", &body))
}

/// Does something with a leg. The command's id comes back with the events that it causes, marked so that nobody takes
/// them for those of a callback.
pub(super) fn act(settings: &Settings, command: CommandId, on: &ActOn, action: &Action) -> Result<Request, Error> {
    let unsupported = || Error::unsupported(action.ability().words());
    let call = leg_id(&on.leg);
    let who = || on.extension.as_deref().ok_or_else(unsupported).and_then(dial::extension);
    let (path, fields) = match action {
        Action::Hangup => ("call/hangup", json!({"call_id": call})),
        Action::Hold => ("call/hold/on", json!({"call_id": call, "initiator": who()?})),
        Action::Transfer { to: Target::Number(to), attended } => {
            let method = if *attended { "hold" } else { "blind" };
            let to = dial::target(&to.digits)?;
            ("transfer", json!({"call_id": call, "method": method, "to_number": to, "initiator": who()?}))
        }
        Action::Transfer { to: Target::Call(_), .. } => ("calls_connect", connect(on, who()?)?),
        Action::Pickup => ("route", json!({"call_id": call, "to_number": who()?})),
        Action::Route { to } => ("route", json!({"call_id": call, "to_number": dial::target(&to.digits)?})),
        Action::Record { on: true } => ("recording/start", json!({"call_id": call, "call_party_number": who()?})),
        Action::Answer
        | Action::Retrieve
        | Action::Conference { .. }
        | Action::Dtmf { .. }
        | Action::Record { on: false } => return Err(unsupported()),
    };
    let mut body = json!({"command_id": wire::command_of_action(command)});
    if let (Value::Object(body), Value::Object(fields)) = (&mut body, fields) {
        body.extend(fields);
    }
    Ok(post(settings, action.name(), &format!("commands/{path}"), &body))
}

/// The parts of one call that are joined: the leg on hold, and the one to the colleague who was asked.
fn connect(on: &ActOn, initiator: &str) -> Result<Value, Error> {
    let together = "MANGO joins the parts of one call only";
    let unfit = || Error::new(ErrorKind::Conflict, together).before_sending();
    let (_, asked) = on.other.as_ref().filter(|(call, _)| call.vendor_call == on.call.vendor_call).ok_or_else(unfit)?;
    let (held, other) = if asked.state == LegState::Held { (asked, &on.leg) } else { (&on.leg, asked) };
    let (held, other) = (leg_id(held), leg_id(other));
    Ok(json!({"holded_call_id": held, "transferred_call_id": other, "transfer_initiator_number": initiator}))
}

/// The vendor's id of a leg. The end at which a colleague calls another has his extension behind it.
fn leg_id(leg: &Leg) -> &str {
    let key = leg.make_key();
    let end = leg.extension.as_deref().and_then(|extension| key.strip_suffix(extension)?.strip_suffix('/'));
    end.unwrap_or(key)
}

/// Asks for the account's balance: it needs key and salt, and nothing that a call is charged for.
pub(super) fn check(settings: &Settings) -> Request {
    post(settings, "account/balance", "account/balance", &json!({})).question()
}

/// Asks for a recording. The answer is a redirect that works once.
pub(super) fn recording(settings: &Settings, recording: &str) -> Request {
    let body = json!({"recording_id": recording, "action": DOWNLOAD});
    post(settings, "queries/recording/post", "queries/recording/post", &body)
}

/// A link to a recording that needs no more than itself.
pub(super) fn recording_link(settings: &Settings, recording: &str, now: Timestamp) -> Request {
    let until = (now + wire::LINK_VALID).as_second();
    let sign = sign::of_link(settings, recording, until);
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let (recording, key) = (encoded(recording), encoded(settings.api_key.expose_secret()));
    let path = format!("queries/recording/link/{recording}/{DOWNLOAD}/{key}/{until}/{sign}");
    Request::get("record", settings.url(&path))
}

/// The vendor's id of a recording.
pub(super) fn recording_id(reference: &RecordingReference) -> Result<&str, Error> {
    match reference {
        RecordingReference::Id(id) if !id.trim().is_empty() => Ok(id),
        RecordingReference::Id(_) | RecordingReference::Link(_) => {
            Err(Error::new(ErrorKind::NotFound, "this recording has no id that MANGO knows").before_sending())
        }
    }
}

/// A request at a path of the API, counted as MANGO counts it.
pub(super) fn post(settings: &Settings, operation: &'static str, path: &str, body: &serde_json::Value) -> Request {
    let request = Request::post_json(operation, settings.url(path), body).signed();
    quota::of_path(path).into_iter().fold(request, Request::counted)
}
