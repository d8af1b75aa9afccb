//! How the office stands.

use axum::Json;
use link::{Office, wire::StateReport};

use super::Admin;
use crate::problem::ApiError;

/// How the office stands.
pub(crate) async fn show(admin: Admin) -> Result<Json<StateReport>, ApiError> {
    Ok(Json(admin.0.view.state().await?))
}
