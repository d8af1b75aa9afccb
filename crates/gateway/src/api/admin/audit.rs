//! What admins changed.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use link::{
    OfficeError,
    wire::admin::{Audit, AuditView},
};
use serde::Deserialize;

use super::Admin;
use crate::{problem::ApiError, state::State as Gateway};

/// Entries on a page when nothing else is asked for, and at most.
const DEFAULT_LIMIT: usize = 50;
const LARGEST_LIMIT: usize = 500;

/// Where in the list.
#[derive(Debug, Deserialize)]
pub(crate) struct Page {
    before: Option<i64>,
    limit: Option<usize>,
}

/// A page of the audit, newest first.
pub(crate) async fn list(
    State(gateway): State<Arc<Gateway>>,
    _: Admin,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Json<Audit>, ApiError> {
    let Query(Page { before, limit }) = page
        .map_err(|_| OfficeError::invalid("before", "before and limit are numbers, each given once or not at all."))?;
    let limit = limit.unwrap_or(DEFAULT_LIMIT).clamp(1, LARGEST_LIMIT);
    let rows = gateway.office.store().reading(move |store| store.audit_before(before, limit)).await?;
    let view = |row: store::AuditRow| AuditView {
        id: row.id,
        at: row.entry.at,
        who: row.entry.who,
        action: row.entry.action,
        subject: row.entry.subject,
        detail: row.entry.detail,
    };
    Ok(Json(Audit { entries: rows.into_iter().map(view).collect() }))
}
