//! Logs the answers that are errors, under the reference that each of them bears.

use std::sync::Arc;

use axum::{extract::State, response::Response};

use crate::{problem::Logged, state::State as Gateway};

/// Logs an answer if it is an error.
pub(crate) async fn log(State(gateway): State<Arc<Gateway>>, mut response: Response) -> Response {
    let Some(logged) = response.extensions_mut().remove::<Logged>() else { return response };
    let Some(left_out) = gateway.log_rate.pass() else { return response };
    let Logged { reference, status, message, connection } = logged;
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
