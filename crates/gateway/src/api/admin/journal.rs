//! The request journal.

use axum::{
    Json,
    extract::{Query, rejection::QueryRejection},
    http::StatusCode,
};
use link::{
    Office, OfficeError,
    wire::{JournalDetail, JournalFilter, JournalPage, SignatureCheck},
};
use serde::Deserialize;

use super::Admin;
use crate::{api::segment::Segment, problem::ApiError};

/// Whether numbers are shown as they came.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reveal {
    #[serde(default)]
    reveal: bool,
}

/// A page of the journal, newest first.
pub(crate) async fn list(
    admin: Admin,
    filter: Result<Query<JournalFilter>, QueryRejection>,
) -> Result<Json<JournalPage>, ApiError> {
    let wrong =
        |_| OfficeError::invalid("before", "Give method, direction, errors and before once each, or not at all.");
    let Query(filter) = filter.map_err(wrong)?;
    Ok(Json(admin.0.view.journal(filter).await?))
}

/// One entry.
pub(crate) async fn one(
    admin: Admin,
    Segment(id): Segment<i64>,
    reveal: Result<Query<Reveal>, QueryRejection>,
) -> Result<Json<JournalDetail>, ApiError> {
    let Query(Reveal { reveal }) = reveal.map_err(|_| OfficeError::invalid("value", "reveal is true or false."))?;
    Ok(Json(admin.0.view.journal_entry(id, reveal).await?))
}

/// What the signature of an entry says with the key that its connection has now.
pub(crate) async fn signature(admin: Admin, Segment(id): Segment<i64>) -> Result<Json<SignatureCheck>, ApiError> {
    Ok(Json(admin.0.view.check_signature(id).await?))
}

/// Forgets all of it.
pub(crate) async fn clear(admin: Admin) -> Result<StatusCode, ApiError> {
    admin.0.view.clear_journal().await?;
    Ok(StatusCode::NO_CONTENT)
}
