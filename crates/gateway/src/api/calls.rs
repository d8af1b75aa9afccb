//! Calls for scripts and for the side panel.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, Query, State, rejection::QueryRejection},
};
use calls::CallId;
use link::{
    Office, OfficeError,
    wire::{Call, Trace},
};
use office::CallsPage;
use serde::Deserialize;

use super::auth::Bearer;
use crate::{problem::ApiError, server::Shared};

const DEFAULT_LIMIT: usize = 50;
const LARGEST_LIMIT: usize = 500;

/// Where in the list.
#[derive(Debug, Deserialize)]
pub(crate) struct Page {
    before: Option<String>,
    limit: Option<usize>,
}

/// A page of calls, newest first.
pub(crate) async fn list(
    State(_): State<Arc<Shared>>,
    bearer: Bearer,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Json<CallsPage>, ApiError> {
    let limit_is_wrong = || OfficeError::invalid("limit", format!("limit is a number from 1 to {LARGEST_LIMIT}."));
    let Query(page) = page.map_err(|_| limit_is_wrong())?;
    let limit = page.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=LARGEST_LIMIT).contains(&limit) {
        return Err(limit_is_wrong().into());
    }
    Ok(Json(bearer.view.calls(page.before, limit).await?))
}

/// One call.
pub(crate) async fn one(bearer: Bearer, Path(id): Path<String>) -> Result<Json<Call>, ApiError> {
    let call = bearer.view.call(&read_id(&id)?).await?;
    Ok(Json(call.ok_or_else(no_such_call)?))
}

/// The stored events of a call.
pub(crate) async fn trace(bearer: Bearer, Path(id): Path<String>) -> Result<Json<Trace>, ApiError> {
    let trace = bearer.view.trace(&read_id(&id)?).await?;
    Ok(Json(trace.ok_or_else(no_such_call)?))
}

/// What cannot be an id names no call.
pub(super) fn read_id(text: &str) -> Result<CallId, ApiError> {
    text.parse().map_err(|_| no_such_call())
}

pub(super) fn no_such_call() -> ApiError {
    ApiError::not_found("There is no such call.")
}
