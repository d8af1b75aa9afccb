//! Connecting PBXs, and trying first whether that works.

use std::sync::Arc;

use axum::{Json, extract::State};
use calls::ConnectionId;
use link::{
    OfficeError, OfficeErrorKind,
    wire::{
        CheckOutcome, CheckStep, Phones,
        admin::{CheckConnection, ListPhones, PutConnection, Revision},
    },
};

use super::{Admin, run_to_end, setup::setup};
use crate::{
    api::segment::Segment,
    body::{self, WholeBody},
    problem::ApiError,
    setup::SetupError,
    state::State as Gateway,
    trials,
};

/// The largest wish.
const CAP: usize = 64 << 10;

/// Connects a PBX, or changes how it is connected.
pub(crate) async fn put(
    State(gateway): State<Arc<Gateway>>,
    admin: Admin,
    Segment(id): Segment<String>,
    WholeBody(body): WholeBody<CAP>,
) -> Result<Json<Revision>, ApiError> {
    let put: PutConnection = body::json(&body)?;
    let id: ConnectionId = id.parse().map_err(|error: calls::IdError| OfficeError::invalid("id", error.to_string()))?;
    let wanted = (id.clone(), &put).try_into()?;
    let named: Vec<&str> = put.secrets.keys().map(String::as_str).collect();
    let address = put.base_url.as_deref().unwrap_or("the make's own address");
    let (overrides, paused) = (&put.overrides, if put.paused { ", paused" } else { "" });
    let detail = format!("{} at {address}{paused}; overrides {overrides:?}; secrets entered {named:?}", put.pbx);
    let entry = admin.audit(&gateway, "putConnection", id.as_str(), detail);
    run_to_end(async move {
        let revision = setup(&gateway)?.put_connection(&gateway.office, wanted, put.paused, entry).await?;
        gateway.trials.forget(&id);
        // Tokens may name extensions of it, whose sessions begin now.
        gateway.tokens_changed.notify_one();
        Ok(Json(Revision { revision }))
    })
    .await
}

/// Connects to a PBX no more.
pub(crate) async fn remove(
    State(gateway): State<Arc<Gateway>>,
    admin: Admin,
    Segment(id): Segment<String>,
) -> Result<Json<Revision>, ApiError> {
    let id: ConnectionId = id.parse().map_err(|_| SetupError::NotFound)?;
    let entry = admin.audit(&gateway, "removedConnection", id.as_str(), String::new());
    run_to_end(async move {
        let revision = setup(&gateway)?.remove_connection(&gateway.office, &id, entry).await?;
        gateway.trials.forget(&id);
        gateway.tokens_changed.notify_one();
        Ok(Json(Revision { revision }))
    })
    .await
}

/// Takes one step of the check of what a connection is, or is to be.
pub(crate) async fn check(
    State(gateway): State<Arc<Gateway>>,
    _: Admin,
    WholeBody(body): WholeBody<CAP>,
) -> Result<Json<CheckOutcome>, ApiError> {
    let CheckConnection { id, step, phone, pbx, zone, base_url, overrides, secrets } = body::json(&body)?;
    let wanted = crate::setup::Wanted::read(id.clone(), &pbx, zone, base_url, overrides, &secrets)?;
    let config = setup(&gateway)?.to_try(&wanted)?;
    let trial = gateway.trials.of(&gateway.clock, config, phone.trim())?;
    run_to_end(async move {
        let outcome = trial.take(office::trial_step(step)).await;
        if step == CheckStep::Live {
            // Where it is connected already, the trial's session has taken the place of its own.
            gateway.office.reopen(&id).await;
            gateway.tokens_changed.notify_one();
        }
        Ok(Json(office::check_outcome(step, outcome)))
    })
    .await
}

/// The phones that the PBX lists.
pub(crate) async fn phones(
    State(gateway): State<Arc<Gateway>>,
    _: Admin,
    WholeBody(body): WholeBody<CAP>,
) -> Result<Json<Phones>, ApiError> {
    let ListPhones { id, pbx, zone, base_url, overrides, secrets } = body::json(&body)?;
    let wanted = crate::setup::Wanted::read(id, &pbx, zone, base_url, overrides, &secrets)?;
    let driver = trials::driver(&gateway.clock, setup(&gateway)?.to_try(&wanted)?)?;
    let listed = office::list_phones(&driver).await;
    Ok(Json(listed.map_err(|message| OfficeError::new(OfficeErrorKind::Unreachable, message))?))
}
