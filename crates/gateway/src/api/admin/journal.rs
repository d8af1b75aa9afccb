//! The request journal.

use axum::{
    Json,
    extract::{Query, rejection::QueryRejection},
    http::StatusCode,
};
use link::{
    Office, OfficeError,
    wire::{AskedAgain, JournalDetail, JournalExport, JournalFilter, JournalPage, ReadAgain, SignatureCheck},
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
    Ok(Json(admin.0.view.journal(wanted(filter)?).await?))
}

/// A part of it for a file, newest first.
pub(crate) async fn export(
    admin: Admin,
    filter: Result<Query<JournalFilter>, QueryRejection>,
) -> Result<Json<JournalExport>, ApiError> {
    Ok(Json(admin.0.view.export_journal(wanted(filter)?).await?))
}

fn wanted(filter: Result<Query<JournalFilter>, QueryRejection>) -> Result<JournalFilter, OfficeError> {
    let wrong =
        |_| OfficeError::invalid("before", "Give method, direction, errors and before once each, or not at all.");
    filter.map(|Query(filter)| filter).map_err(wrong)
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

/// Asks the question of an entry once more.
pub(crate) async fn repeat(admin: Admin, Segment(id): Segment<i64>) -> Result<Json<AskedAgain>, ApiError> {
    Ok(Json(admin.0.view.repeat_request(id).await?))
}

/// Reads the webhook of an entry once more.
pub(crate) async fn replay(admin: Admin, Segment(id): Segment<i64>) -> Result<Json<ReadAgain>, ApiError> {
    Ok(Json(admin.0.view.replay_webhook(id).await?))
}

/// Forgets all of it.
pub(crate) async fn clear(admin: Admin) -> Result<StatusCode, ApiError> {
    admin.0.view.clear_journal().await?;
    Ok(StatusCode::NO_CONTENT)
}
