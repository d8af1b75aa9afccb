//! The staged check of a connection.

use axum::Json;
use calls::ConnectionId;
use link::{
    Office,
    wire::{RunStage, StageRun, StagedCheck},
};

use super::{Admin, run_to_end};
use crate::{
    api::segment::Segment,
    body::{self, WholeBody},
    problem::ApiError,
};

/// The largest wish.
const CAP: usize = 4 << 10;

/// How far the connection is proved.
pub(crate) async fn show(admin: Admin, Segment(id): Segment<String>) -> Result<Json<StagedCheck>, ApiError> {
    Ok(Json(admin.0.view.staged_check(&read(&id)?).await?))
}

/// Does the gateway's part of a stage, and notes it, also where the client hangs up.
pub(crate) async fn run(
    admin: Admin,
    Segment(id): Segment<String>,
    WholeBody(body): WholeBody<CAP>,
) -> Result<Json<StageRun>, ApiError> {
    let RunStage { stage } = body::json(&body)?;
    let id = read(&id)?;
    run_to_end(async move { Ok(Json(admin.0.view.run_stage(&id, stage).await?)) }).await
}

fn read(id: &str) -> Result<ConnectionId, ApiError> {
    id.parse().map_err(|_| ApiError::not_found("There is no such connection."))
}
