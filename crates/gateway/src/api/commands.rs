//! Commands: each acts once, however often it is sent.

use axum::{Json, http::StatusCode};
use calls::{CommandId, ConnectionId, number::DialNumber};
use link::{
    Office,
    wire::{ActOnCall, ActionBody, CommandView, PlaceCall},
};
use serde::Deserialize;

use super::{
    auth::Bearer,
    calls::{no_such_call, read_id},
    segment::Segment,
};
use crate::{
    body::{self, WholeBody},
    problem::ApiError,
};

/// The largest command.
const CAP: usize = 16 << 10;

/// What can be asked of a call, by the names in its address.
const ACTIONS: [&str; 10] =
    ["answer", "hangup", "hold", "retrieve", "pickup", "transfer", "conference", "dtmf", "record", "route"];

/// Asks for a call to be placed, as scripts send it: what is not understood is refused, for it might have meant another call.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PlaceCallBody {
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
    WholeBody(body): WholeBody<CAP>,
) -> Result<(StatusCode, Json<CommandView>), ApiError> {
    let PlaceCallBody { command, connection, from, to, number, customer_first } = body::json(&body)?;
    let request = PlaceCall { command, connection, from, to, number, customer_first };
    Ok((StatusCode::ACCEPTED, Json(bearer.view.place_call(request).await?)))
}

/// Where a command stands.
pub(crate) async fn one(bearer: Bearer, Segment(id): Segment<String>) -> Result<Json<CommandView>, ApiError> {
    let missing = || ApiError::not_found("There is no such command.");
    let id: CommandId = id.parse().map_err(|_| missing())?;
    Ok(Json(bearer.view.command(id).await?.ok_or_else(missing)?))
}

/// Does something with a call. Whether it can be done at all goes before what is wrong with the request.
pub(crate) async fn act(
    bearer: Bearer,
    Segment((id, word)): Segment<(String, String)>,
    WholeBody(body): WholeBody<CAP>,
) -> Result<(StatusCode, Json<CommandView>), ApiError> {
    if !ACTIONS.contains(&word.as_str()) {
        return Err(no_such_action());
    }
    let call = bearer.view.call(&read_id(&id)?).await?.ok_or_else(no_such_call)?;
    let body: ActionBody = body::json(&body)?;
    let command = body.command();
    let ability = body.ability(&word).ok_or_else(no_such_action)?;
    let action = match body.read(&word) {
        Ok(action) => action,
        Err(wrong) => return Err(bearer.view.cannot(&call, ability).unwrap_or(wrong).into()),
    };
    Ok((StatusCode::ACCEPTED, Json(bearer.view.act(ActOnCall { command, call: call.id, action }).await?)))
}

fn no_such_action() -> ApiError {
    ApiError::not_found("There is no such command on calls.")
}
