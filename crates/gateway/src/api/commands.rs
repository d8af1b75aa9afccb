//! Commands: each acts once, however often it is sent.

use axum::{Json, http::StatusCode};
use calls::{CallState, CommandId, ConnectionId, number::DialNumber};
use link::{
    Office, OfficeError, OfficeErrorKind,
    wire::{CommandView, PlaceCall},
};
use serde::Deserialize;

use super::{
    auth::Bearer,
    calls::{no_such_call, read_id},
    segment::Segment,
};
use crate::{
    body::{self, Whole},
    problem::ApiError,
};

/// The largest command.
const CAP: usize = 16 << 10;

/// What can be asked of a call, by the names in its address.
const COMMANDS: [&str; 10] =
    ["answer", "hangup", "hold", "retrieve", "pickup", "transfer", "conference", "dtmf", "record", "route"];

/// A wish to place a call, as scripts send it: what is not understood is refused, for it might have meant another call.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Place {
    command: CommandId,
    connection: ConnectionId,
    from: Option<String>,
    to: String,
    /// As a desk's person was shown it.
    number: Option<DialNumber>,
    /// The customer's phone rings first.
    #[serde(default)]
    customer_first: bool,
}

/// Places a call.
pub(crate) async fn place(
    bearer: Bearer,
    Whole(body): Whole<CAP>,
) -> Result<(StatusCode, Json<CommandView>), ApiError> {
    let Place { command, connection, from, to, number, customer_first } = body::json(&body)?;
    if customer_first {
        let message = "This PBX cannot ring the customer first.";
        let unsupported = OfficeError::new(OfficeErrorKind::Unsupported, message);
        return Err(OfficeError { field: Some("customerFirst"), ..unsupported }.into());
    }
    let request = PlaceCall { command, connection, from, to, number };
    Ok((StatusCode::ACCEPTED, Json(bearer.view.place_call(request).await?)))
}

/// Where a command stands.
pub(crate) async fn one(bearer: Bearer, Segment(id): Segment<String>) -> Result<Json<CommandView>, ApiError> {
    let missing = || ApiError::not_found("There is no such command.");
    let id: CommandId = id.parse().map_err(|_| missing())?;
    Ok(Json(bearer.view.command(id).await?.ok_or_else(missing)?))
}

/// What every command on a call has.
#[derive(Debug, Deserialize)]
struct OnCall {
    #[serde(rename = "command")]
    _command: CommandId,
}

/// A command on a call. No make that is served can do any of them, so all that is left to say is what is wrong.
pub(crate) async fn act(
    bearer: Bearer,
    Segment((id, command)): Segment<(String, String)>,
    Whole(body): Whole<CAP>,
) -> Result<StatusCode, ApiError> {
    if !COMMANDS.contains(&command.as_str()) {
        return Err(ApiError::not_found("There is no such command on calls."));
    }
    let call = bearer.view.call(&read_id(&id)?).await?.ok_or_else(no_such_call)?;
    let _: OnCall = body::json(&body)?;
    if call.state == CallState::Ended {
        return Err(OfficeError::new(OfficeErrorKind::Conflict, "The call has ended.").into());
    }
    Err(OfficeError::new(OfficeErrorKind::Unsupported, format!("This PBX cannot {command} a call from outside."))
        .into())
}
