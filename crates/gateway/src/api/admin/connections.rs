//! Connecting PBXs, and trying first whether that works.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{Json, extract::State};
use calls::ConnectionId;
use jiff::tz::TimeZone;
use link::{
    OfficeError, OfficeErrorKind,
    wire::{
        CheckOutcome, CheckStep, Phones,
        admin::{CheckConnection, ListPhones, PutConnection, Revision},
    },
};
use pbx::{ConnectionConfig, Driver, Trial, journal::NoJournal};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use super::{Admin, setup::setup, whole};
use crate::{
    api::segment::Segment,
    body::{self, WholeBody},
    problem::ApiError,
    setup::SetupError,
    state::State as Gateway,
};

/// The largest wish.
const CAP: usize = 64 << 10;
/// Trials that are kept between their steps.
const TRIALS: usize = 16;
/// How long nobody may go on with one until it is given up, with the keys that it holds.
const KEPT: Duration = Duration::from_secs(10 * 60);

/// The trials between whose steps somebody looks at what was found, each with a digest of what it tries.
#[derive(Default)]
pub(crate) struct Trials(Mutex<BTreeMap<ConnectionId, Tried>>);

/// A trial that somebody is in the middle of.
struct Tried {
    /// Of what is tried.
    digest: [u8; 32],
    trial: Arc<Trial>,
    /// When its last step was taken.
    last: Instant,
}

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
    whole(async move {
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
    whole(async move {
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
    let trial = gateway.trials.of(&gateway, config, phone.trim())?;
    whole(async move {
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
    let driver = driver(&gateway, setup(&gateway)?.to_try(&wanted)?)?;
    let listed = office::list_phones(&driver).await;
    Ok(Json(listed.map_err(|message| OfficeError::new(OfficeErrorKind::Unreachable, message))?))
}

fn driver(gateway: &Gateway, config: ConnectionConfig) -> Result<Driver, ApiError> {
    let driver = Driver::new(config, Arc::new(NoJournal), Arc::clone(&gateway.clock));
    driver.map_err(|error| OfficeError::invalid("body", error.to_string()).into())
}

impl Trials {
    /// The trial of these settings, the same until something of them is changed, or nobody goes on with it.
    fn of(&self, gateway: &Gateway, config: ConnectionConfig, phone: &str) -> Result<Arc<Trial>, ApiError> {
        let (id, digest, now) = (config.id.clone(), digest(&config, phone), Instant::now());
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, tried| now.duration_since(tried.last) < KEPT);
        if let Some(tried) = known.get_mut(&id).filter(|tried| tried.digest == digest) {
            tried.last = now;
            return Ok(Arc::clone(&tried.trial));
        }
        let zone = TimeZone::get(config.make.default_zone()).unwrap_or(TimeZone::UTC);
        let trial = Arc::new(Trial::new(driver(gateway, config)?, phone, zone));
        if known.len() >= TRIALS
            && let Some(oldest) = known.iter().min_by_key(|(_, tried)| tried.last).map(|(id, _)| id.clone())
        {
            known.remove(&oldest);
        }
        known.insert(id, Tried { digest, trial: Arc::clone(&trial), last: now });
        Ok(trial)
    }

    fn forget(&self, id: &ConnectionId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }
}

/// Tells settings apart, their secrets too, which are written nowhere for it.
fn digest(config: &ConnectionConfig, phone: &str) -> [u8; 32] {
    let mut digest = Sha256::new();
    let mut add = |part: &str| {
        digest.update(part.len().to_le_bytes());
        digest.update(part);
    };
    for part in [config.make.name, config.zone.as_deref().unwrap_or_default(), phone] {
        add(part);
    }
    add(config.base_url.as_ref().map_or("", url::Url::as_str));
    for (name, value) in &config.overrides {
        add(name);
        add(value);
    }
    for (name, secret) in &config.secrets {
        add(name);
        add(secret.expose_secret());
    }
    digest.finalize().into()
}
