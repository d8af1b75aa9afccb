//! Trials of connections, kept between the steps that an admin takes one by one.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use calls::ConnectionId;
use jiff::tz::TimeZone;
use link::OfficeError;
use office::Clock;
use pbx::{ConnectionConfig, Driver, Trial, journal::NoJournal};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use crate::problem::ApiError;

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

impl Trials {
    /// The trial of these settings, the same until something of them is changed, or nobody goes on with it.
    pub(crate) fn of(
        &self,
        clock: &Arc<dyn Clock>,
        config: ConnectionConfig,
        phone: &str,
    ) -> Result<Arc<Trial>, ApiError> {
        let (id, digest, now) = (config.id.clone(), digest(&config, phone), Instant::now());
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, tried| now.duration_since(tried.last) < KEPT);
        if let Some(tried) = known.get_mut(&id).filter(|tried| tried.digest == digest) {
            tried.last = now;
            return Ok(Arc::clone(&tried.trial));
        }
        let zone = TimeZone::get(config.make.default_zone()).unwrap_or(TimeZone::UTC);
        let trial = Arc::new(Trial::new(driver(clock, config)?, phone, zone));
        if known.len() >= TRIALS
            && let Some(oldest) = known.iter().min_by_key(|(_, tried)| tried.last).map(|(id, _)| id.clone())
        {
            known.remove(&oldest);
        }
        known.insert(id, Tried { digest, trial: Arc::clone(&trial), last: now });
        Ok(trial)
    }

    /// Gives up the trial of a connection.
    pub(crate) fn forget(&self, id: &ConnectionId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }
}

/// What asks the PBX of these settings, which are not yet those of a connection.
pub(crate) fn driver(clock: &Arc<dyn Clock>, config: ConnectionConfig) -> Result<Driver, ApiError> {
    let driver = Driver::new(config, Arc::new(NoJournal), Arc::clone(clock));
    driver.map_err(|error| OfficeError::invalid("body", error.to_string()).into())
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
