//! What admins changed.

use axum::{
    Json,
    extract::{Query, rejection::QueryRejection},
};
use link::{
    Office, OfficeError,
    wire::{AuditPage, AuditRange},
};

use super::Admin;
use crate::problem::ApiError;

/// A page of the audit, newest first.
pub(crate) async fn list(
    admin: Admin,
    range: Result<Query<AuditRange>, QueryRejection>,
) -> Result<Json<AuditPage>, ApiError> {
    let Query(range) = range
        .map_err(|_| OfficeError::invalid("before", "before and limit are numbers, each given once or not at all."))?;
    Ok(Json(admin.0.view.audit(range).await?))
}
