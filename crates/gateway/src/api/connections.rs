//! How the connections stand, for scripts.

use axum::Json;
use office::ConnectionStatus;
use serde::Serialize;

use super::auth::Bearer;

/// All connections of the office.
#[derive(Debug, Serialize)]
pub(crate) struct Connections {
    connections: Vec<ConnectionStatus>,
}

/// How each stands now.
pub(crate) async fn list(bearer: Bearer) -> Json<Connections> {
    Json(Connections { connections: bearer.view.connections() })
}
