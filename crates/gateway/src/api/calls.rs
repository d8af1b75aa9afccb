//! Calls for scripts and for the side panel.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use calls::CallId;
use link::{
    Office, OfficeError,
    wire::{Call, Trace},
};
use office::CallsPage;
use serde::Deserialize;

use super::{auth::Bearer, segment::Segment};
use crate::{problem::ApiError, state::State as Gateway};

/// Calls on a page when nothing else is asked for.
const DEFAULT_LIMIT: usize = 50;
/// Calls on a page at most, whatever is asked for.
const LARGEST_LIMIT: usize = 500;

/// Where in the list. What is empty is absent.
#[derive(Debug, Deserialize)]
pub(crate) struct Page {
    before: Option<String>,
    limit: Option<String>,
}

/// A page of calls, newest first.
pub(crate) async fn list(
    State(_): State<Arc<Gateway>>,
    bearer: Bearer,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Json<CallsPage>, ApiError> {
    let Query(Page { before, limit }) =
        page.map_err(|_| OfficeError::invalid("before", "Give before and limit once each, or not at all."))?;
    let limit = match limit.as_deref() {
        None | Some("") => DEFAULT_LIMIT,
        Some(text) => read_limit(text).ok_or_else(|| OfficeError::invalid("limit", "limit is a number."))?,
    };
    Ok(Json(bearer.view.calls(before.filter(|before| !before.is_empty()), limit).await?))
}

/// The number that was asked for, as far as it is given.
fn read_limit(text: &str) -> Option<usize> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    // What is too large for the parser is too large for a page.
    is_number.then(|| text.parse().unwrap_or(LARGEST_LIMIT).clamp(1, LARGEST_LIMIT))
}

/// One call.
pub(crate) async fn one(bearer: Bearer, Segment(id): Segment<String>) -> Result<Json<Call>, ApiError> {
    let call = bearer.view.call(&read_id(&id)?).await?;
    Ok(Json(call.ok_or_else(no_such_call)?))
}

/// The stored events of a call.
pub(crate) async fn trace(bearer: Bearer, Segment(id): Segment<String>) -> Result<Json<Trace>, ApiError> {
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
