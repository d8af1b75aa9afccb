//! Why calls had a card or none.

use axum::{
    Json,
    extract::{Query, rejection::QueryRejection},
    http::StatusCode,
};
use jiff::Timestamp;
use link::{
    Office, OfficeError,
    wire::{CardDecisions, CardPath, CardsReport},
};
use serde::Deserialize;

use super::{
    auth::Bearer,
    calls::{no_such_call, read_id},
    segment::Segment,
};
use crate::{
    body::{self, WholeBody},
    problem::ApiError,
};

/// The largest report: 500 decisions.
const CAP: usize = 128 << 10;

/// Whose desk.
#[derive(Debug, Deserialize)]
pub(crate) struct OfDesk {
    desk: Option<String>,
}

/// From when on.
#[derive(Debug, Deserialize)]
pub(crate) struct Since {
    since: Timestamp,
}

/// Takes in what a desk decided.
pub(crate) async fn report(bearer: Bearer, WholeBody(sent): WholeBody<CAP>) -> Result<StatusCode, ApiError> {
    let CardDecisions { decisions } = body::json(&sent)?;
    bearer.view.report_cards(decisions).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The way of a call to a desk.
pub(crate) async fn path(
    bearer: Bearer,
    Segment(id): Segment<String>,
    of: Result<Query<OfDesk>, QueryRejection>,
) -> Result<Json<CardPath>, ApiError> {
    let Query(OfDesk { desk }) = of.map_err(|_| OfficeError::invalid("desk", "Give desk once, or not at all."))?;
    let path = bearer.view.card_path(&read_id(&id)?, desk.as_deref()).await?;
    Ok(Json(path.ok_or_else(no_such_call)?))
}

/// How the calls since a moment came to cards.
pub(crate) async fn since(
    bearer: Bearer,
    since: Result<Query<Since>, QueryRejection>,
) -> Result<Json<CardsReport>, ApiError> {
    let wrong = |_| OfficeError::invalid("since", "Give since once: a time such as 2026-03-05T00:00:00Z.");
    let Query(Since { since }) = since.map_err(wrong)?;
    Ok(Json(bearer.view.cards_since(since).await?))
}
