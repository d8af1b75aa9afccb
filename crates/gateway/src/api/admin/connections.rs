//! Connecting PBXs, and trying first whether that works.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, extract::State, http::StatusCode};
use calls::ConnectionId;
use link::{
    Office, OfficeError, OfficeErrorKind,
    wire::{
        AuditAction, CheckOutcome, CheckStep, Phones, TestReport, TestWish,
        admin::{
            BeginTrial, CheckConnection, ConnectionSetup, IntroduceConnection, ListPhones, PutConnection, Revision,
            TrialMode,
        },
    },
};
use office::PhonesError;

use super::{Admin, run_to_end, setup::setup};
use crate::audit_words::listed;
use crate::{
    api::segment::Segment,
    body::{self, WholeBody},
    problem::ApiError,
    setup::{Change, Introduce, SetupError},
    state::State as Gateway,
    tokens,
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
    let phone = put.phone.as_deref().map(str::trim).filter(|phone| !phone.is_empty());
    let phone = phone.map(|phone| {
        pbx::extension(phone).ok_or_else(|| OfficeError::invalid("phone", "Write the extension as the PBX does."))
    });
    let phone = phone.transpose()?;
    let named: Vec<&str> = put.secrets.keys().map(String::as_str).collect();
    let address = put.base_url.as_deref().unwrap_or("the make's own address");
    let overrides: Vec<String> = put.overrides.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    let detail = format!(
        "{} at {address}{}; overrides: {}; secrets entered: {}",
        put.pbx,
        if put.paused { ", paused" } else { "" },
        listed(&overrides),
        listed(&named)
    );
    let entry = admin.audit(&gateway, AuditAction::PutConnection, id.as_str(), detail);
    run_to_end(async move {
        let by = admin.0.viewer.name.clone();
        let change = Change { wanted, paused: put.paused, seen: put.revision, by };
        let revision = setup(&gateway)?.put_connection(&gateway.office, change, entry).await?;
        gateway.trials.forget(&id);
        if let Some(phone) = phone {
            own_phone(&gateway, &admin, &id, phone).await?;
        }
        // Tokens may name extensions of it, whose sessions begin now.
        gateway.tokens_changed.notify_one();
        Ok(Json(Revision { revision }))
    })
    .await
}

/// Makes an extension of this connection the admin's own, beside those that he has: one may have several phones.
async fn own_phone(gateway: &Gateway, admin: &Admin, id: &ConnectionId, phone: String) -> Result<(), ApiError> {
    let _turn = gateway.changing_people.lock().await;
    let store = gateway.office.store();
    // He may have been given other rights meanwhile.
    let Some(token) = tokens::by_id(store, &admin.0.token.id).await? else { return Ok(()) };
    let own = (id.clone(), phone);
    if token.extensions.contains(&own) {
        return Ok(());
    }
    let extensions = token.extensions.iter().cloned().chain([own]).collect();
    let entry =
        admin.audit(gateway, AuditAction::ChangedRights, &token.name, format!("token {}: own phone at {id}", token.id));
    store.change_token(&token.id, &token.role, extensions, token.groups, entry).await?;
    Ok(())
}

/// Has a PBX give its key.
pub(crate) async fn introduce(
    State(gateway): State<Arc<Gateway>>,
    admin: Admin,
    Segment(id): Segment<String>,
    WholeBody(body): WholeBody<CAP>,
) -> Result<Json<ConnectionSetup>, ApiError> {
    let IntroduceConnection { name, pbx, base_url, overrides, again } = body::json(&body)?;
    let id: ConnectionId = id.parse().map_err(|error: calls::IdError| OfficeError::invalid("id", error.to_string()))?;
    let name = office::read_program_name(&name)?;
    let wanted = crate::setup::Wanted::read(id.clone(), &pbx, None, base_url, overrides, &BTreeMap::new())?;
    let detail = format!("{pbx}, as {name}{}", if again { ", once more" } else { "" });
    let entry = admin.audit(&gateway, AuditAction::AskedForKey, id.as_str(), detail);
    run_to_end(async move {
        let by = admin.0.viewer.name.clone();
        let wish = Introduce { wanted, name, again, by };
        Ok(Json(setup(&gateway)?.introduce(&gateway.office, &gateway.clock, wish, entry).await?))
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
    let entry = admin.audit(&gateway, AuditAction::RemovedConnection, id.as_str(), String::new());
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
    admin: Admin,
    WholeBody(body): WholeBody<CAP>,
) -> Result<Json<CheckOutcome>, ApiError> {
    let CheckConnection { id, step, phone, pbx, zone, base_url, overrides, secrets } = body::json(&body)?;
    let wanted = crate::setup::Wanted::read(id.clone(), &pbx, zone, base_url, overrides, &secrets)?;
    let config = setup(&gateway)?.to_try(&wanted)?;
    let taken = format!("; step {}", step_name(step));
    note_use(&gateway, &admin, &wanted, &config, AuditAction::CheckedConnection, &taken).await?;
    let trial =
        gateway.trials.of(&gateway.clock, config, phone.trim()).map_err(|error| office::unusable_settings(&error))?;
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

/// Sends a message of the PBX to the connection's public address, and waits until it comes in.
pub(crate) async fn test(
    admin: Admin,
    Segment(id): Segment<String>,
    WholeBody(body): WholeBody<CAP>,
) -> Result<Json<TestReport>, ApiError> {
    let wish: TestWish = body::json(&body)?;
    let id = known(&id)?;
    Ok(Json(admin.0.view.test_address(&id, wish).await?))
}

/// Puts a connection into trial mode, or lets it be in it for longer or shorter.
pub(crate) async fn begin_trial(
    admin: Admin,
    Segment(id): Segment<String>,
    WholeBody(body): WholeBody<CAP>,
) -> Result<Json<TrialMode>, ApiError> {
    let BeginTrial { hours } = body::json(&body)?;
    let id = known(&id)?;
    run_to_end(async move { Ok(Json(admin.0.view.begin_trial(&id, hours).await?)) }).await
}

/// Ends the trial mode of a connection.
pub(crate) async fn end_trial(admin: Admin, Segment(id): Segment<String>) -> Result<StatusCode, ApiError> {
    let id = known(&id)?;
    run_to_end(async move {
        admin.0.view.end_trial(&id).await?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// The id of a path.
fn known(id: &str) -> Result<ConnectionId, ApiError> {
    id.parse().map_err(|_| ApiError::not_found("There is no such connection."))
}

/// The phones that the PBX lists.
pub(crate) async fn phones(
    State(gateway): State<Arc<Gateway>>,
    admin: Admin,
    WholeBody(body): WholeBody<CAP>,
) -> Result<Json<Phones>, ApiError> {
    let ListPhones { id, pbx, zone, base_url, overrides, secrets } = body::json(&body)?;
    let wanted = crate::setup::Wanted::read(id, &pbx, zone, base_url, overrides, &secrets)?;
    let config = setup(&gateway)?.to_try(&wanted)?;
    note_use(&gateway, &admin, &wanted, &config, AuditAction::ListedPhones, "").await?;
    let phones = gateway.trials.phones(&gateway.clock, config).await.map_err(|error| match error {
        PhonesError::Settings(error) => office::unusable_settings(&error),
        PhonesError::NotTold(message) => OfficeError::new(OfficeErrorKind::Unreachable, message),
    });
    Ok(Json(phones?))
}

/// Notes that secrets which are kept were used at the PBX: whoever does that from a screen can be found afterwards. Those that
/// were entered just now are his own.
async fn note_use(
    gateway: &Gateway,
    admin: &Admin,
    wanted: &crate::setup::Wanted,
    config: &pbx::ConnectionConfig,
    action: AuditAction,
    more: &str,
) -> Result<(), ApiError> {
    let kept: Vec<&str> =
        config.secrets.keys().map(String::as_str).filter(|name| !wanted.secrets.contains_key(*name)).collect();
    if kept.is_empty() {
        return Ok(());
    }
    let detail = format!("{} with secrets that are kept: {}{more}", config.make.name, listed(&kept));
    let entry = admin.audit(gateway, action, config.id.as_str(), detail);
    Ok(gateway.office.store().audit(entry).await?)
}

fn step_name(step: CheckStep) -> &'static str {
    match step {
        CheckStep::Address => "address",
        CheckStep::Key => "key",
        CheckStep::Clock => "clock",
        CheckStep::Live => "live",
        CheckStep::History => "history",
    }
}
