//! Requests to the API: POST of JSON, the token in a header.

use calls::{ActOn, Action, RecordingReference, Target};
use http::{HeaderName, HeaderValue};
use secrecy::ExposeSecret;
use serde_json::{Map, Value};
use url::Url;

use super::config::Settings;
use crate::{
    dial,
    error::{Error, ErrorKind},
    request::{Request, Times},
};

/// Adds the token.
pub(super) fn authorise(settings: &Settings, request: &mut Request) -> Result<(), Error> {
    let unsendable = || Error::new(ErrorKind::Internal, "the token cannot be sent in a header; paste it again");
    let wire = &settings.wire;
    let name = HeaderName::try_from(wire.token_header.as_str()).map_err(|_| unsendable())?;
    let value = format!("{}{}", wire.token_prefix, settings.token.expose_secret());
    let mut value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| unsendable())?;
    value.set_sensitive(true);
    request.headers.insert(name, value);
    Ok(())
}

/// Rings the user's phone, which shows `to`, then dials it.
pub(super) fn callback(settings: &Settings, from: &str, to: &str) -> Result<Request, Error> {
    let from = dial::extension(from)?;
    let wire = &settings.wire;
    let parameters =
        [(wire.extension.clone(), Value::from(from)), (wire.destination.clone(), Value::from(dial::target(to)?))];
    Ok(post(settings, "callback", &wire.callback, parameters))
}

/// Sends a call on: one that the user talks in, or one that waits, which goes to an employee.
pub(super) fn act(settings: &Settings, on: &ActOn, action: &Action) -> Result<Request, Error> {
    let unsupported = || Error::unsupported(action.ability().words());
    let wire = &settings.wire;
    let call = (wire.call_name.clone(), Value::from(on.leg.make_key()));
    match action {
        Action::Transfer { to: Target::Number(to), attended: false } => {
            let user = dial::extension(on.extension.as_deref().ok_or_else(unsupported)?)?;
            let to = (wire.destination.clone(), Value::from(dial::target(&to.digits)?));
            Ok(post(settings, "transfer", &wire.transfer, [of_user(settings, user), call, to]))
        }
        Action::Route { to } => {
            let employee = dial::extension(&to.digits)?;
            Ok(post(settings, "route", &wire.route, [of_user(settings, employee), call]))
        }
        Action::Transfer { .. }
        | Action::Answer
        | Action::Hangup
        | Action::Hold
        | Action::Retrieve
        | Action::Pickup
        | Action::Conference { .. }
        | Action::Dtmf { .. }
        | Action::Record { .. } => Err(unsupported()),
    }
}

/// Asks for a user's socket address.
pub(super) fn channel(settings: &Settings, extension: &str) -> Request {
    post(settings, "channel", &settings.wire.channel, [of_user(settings, extension)])
}

/// Makes an integration of this name, which gives the token: once for each external system.
pub(super) fn integration_create(settings: &Settings, name: &str) -> Request {
    let wire = &settings.wire;
    let body = Value::Object(Map::from_iter([(wire.integration_name.clone(), Value::from(name))]));
    Request::post_json("integration/create", settings.url(&wire.integration_create), &body)
}

/// Makes an extension one of the integration's users.
pub(super) fn users_create(settings: &Settings, extension: &str) -> Request {
    post(settings, "users/create", &settings.wire.users_create, [of_user(settings, extension)])
}

/// Ties the user to the open socket, and fetches a batch of what was missed. Each fetch deletes the batch before it.
pub(super) fn register(settings: &Settings, extension: &str) -> Request {
    let wire = &settings.wire;
    let parameters = [of_user(settings, extension), (wire.limit_name.clone(), Value::from(wire.limit))];
    post(settings, "session/register", &wire.register, parameters).times(Times::MINUTE)
}

/// Ends the session: from now on events are kept as missed.
pub(super) fn unregister(settings: &Settings, extension: &str) -> Request {
    post(settings, "session/unregister", &settings.wire.unregister, [of_user(settings, extension)]).same_change()
}

/// An extension that nobody has.
const NOBODY: &str = "0";

/// Asks for the channel of a user that there is not: nothing is opened, but the token is looked at. `/session/ping` may
/// answer without looking at it.
pub(super) fn check(settings: &Settings) -> Request {
    post(settings, "channel", &settings.wire.channel, [of_user(settings, NOBODY)]).idempotent()
}

/// Fetches a stored link. The token goes to the API's own address alone.
pub(super) fn recording(settings: &Settings, reference: &RecordingReference) -> Result<Request, Error> {
    let unusable =
        || Error::new(ErrorKind::NotFound, "this recording has no link that can be fetched").before_sending();
    let url = match reference {
        RecordingReference::Link(link) => Url::parse(link).map_err(|_| unusable())?,
        RecordingReference::Id(_) => return Err(unusable()),
    };
    let at_api = url.origin() == settings.base.origin();
    let request = Request::get("record", url).idempotent();
    Ok(if at_api { request.signed() } else { request })
}

/// The parameter that names a user.
fn of_user(settings: &Settings, extension: &str) -> (String, Value) {
    (settings.wire.extension.clone(), Value::from(extension))
}

fn post<const N: usize>(
    settings: &Settings,
    operation: &'static str,
    path: &str,
    parameters: [(String, Value); N],
) -> Request {
    let body = Value::Object(Map::from_iter(parameters));
    Request::post_json(operation, settings.url(path), &body).signed()
}
