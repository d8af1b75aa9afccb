//! Writes refusals to the log under the reference that their answers bear.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode, response::Response};
use calls::ConnectionId;

use crate::server::Shared;

/// What is logged of an answer that is a refusal. Messages hold neither numbers nor names nor secrets.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) reference: String,
    pub(crate) status: StatusCode,
    pub(crate) message: String,
    /// Whose webhook was refused.
    pub(crate) connection: Option<ConnectionId>,
}

/// Logs an answer if it is a refusal.
pub(crate) async fn log(State(shared): State<Arc<Shared>>, mut response: Response) -> Response {
    let Some(refusal) = response.extensions_mut().remove::<Refusal>() else { return response };
    let Some(left_out) = shared.lines.pass() else { return response };
    let Refusal { reference, status, message, connection } = refusal;
    let status = status.as_u16();
    match connection {
        Some(connection) => {
            tracing::warn!(%connection, reference, status, message, left_out, "a webhook was refused");
        }
        None if status >= 500 => tracing::warn!(reference, status, message, left_out, "failed"),
        None => tracing::info!(reference, status, message, left_out, "refused"),
    }
    response
}
