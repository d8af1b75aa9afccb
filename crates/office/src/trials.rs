//! Trials of connections, kept between the steps that a person takes one by one: at his desk, or at a gateway.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use calls::ConnectionId;
use jiff::tz::TimeZone;
use link::wire::Phones;
use pbx::{ConfigError, ConnectionConfig, Driver, Trial, journal::NoJournal};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use crate::{clock::Clock, setup::list_phones};

/// Trials that are kept between their steps.
const TRIALS: usize = 16;
/// A phone that was made at the PBX meanwhile is listed after this.
const PHONES_HOLD: Duration = Duration::from_secs(60);
/// How long nobody may go on with one until it is given up, with the keys that it holds.
const KEPT: Duration = Duration::from_secs(10 * 60);

/// The trials between whose steps somebody looks at what was found, each with a digest of what it tries.
#[derive(Default)]
pub struct Trials(Mutex<BTreeMap<ConnectionId, Tried>>);

/// Why a PBX lists no phones.
#[derive(Debug, thiserror::Error)]
pub enum PhonesError {
    /// Its settings are wrong.
    #[error(transparent)]
    Settings(#[from] ConfigError),
    /// It did not answer, or refused, in a sentence.
    #[error("{0}")]
    NotTold(String),
}

/// What somebody is in the middle of connecting.
struct Tried {
    /// Of its settings.
    digest: [u8; 32],
    driver: Arc<Driver>,
    /// With the phone for which it is tried.
    trial: Option<(String, Arc<Trial>)>,
    /// As the PBX told them, and when.
    phones: Option<(Instant, Phones)>,
    /// When its last step was taken.
    last: Instant,
}

impl Trials {
    /// The trial of these settings, the same until something of them is changed, or nobody goes on with it.
    pub fn of(&self, clock: &Arc<dyn Clock>, config: ConnectionConfig, phone: &str) -> Result<Arc<Trial>, ConfigError> {
        let zone = TimeZone::get(config.make.default_zone()).unwrap_or(TimeZone::UTC);
        self.with(clock, config, |tried| {
            if let Some((_, trial)) = tried.trial.as_ref().filter(|(of, _)| of == phone) {
                return Arc::clone(trial);
            }
            let trial = Arc::new(Trial::new(Arc::clone(&tried.driver), phone, zone));
            tried.trial = Some((phone.to_owned(), Arc::clone(&trial)));
            trial
        })
    }

    /// The phones that the PBX of these settings lists. Asked again within a minute it is told what was told before: some PBXs
    /// admit this question once a minute, and the office needs it next.
    pub async fn phones(&self, clock: &Arc<dyn Clock>, config: ConnectionConfig) -> Result<Phones, PhonesError> {
        let (id, digest) = (config.id.clone(), digest(&config));
        let (driver, known) = self.with(clock, config, |tried| {
            let fresh = tried.phones.as_ref().filter(|(asked, _)| asked.elapsed() < PHONES_HOLD);
            (Arc::clone(&tried.driver), fresh.map(|(_, phones)| phones.clone()))
        })?;
        if let Some(phones) = known {
            return Ok(phones);
        }
        let phones = list_phones(&driver).await.map_err(PhonesError::NotTold)?;
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !phones.phones.is_empty()
            && let Some(tried) = known.get_mut(&id).filter(|tried| tried.digest == digest)
        {
            tried.phones = Some((Instant::now(), phones.clone()));
        }
        Ok(phones)
    }

    fn with<T>(
        &self,
        clock: &Arc<dyn Clock>,
        config: ConnectionConfig,
        what: impl FnOnce(&mut Tried) -> T,
    ) -> Result<T, ConfigError> {
        let (id, digest, now) = (config.id.clone(), digest(&config), Instant::now());
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, tried| now.duration_since(tried.last) < KEPT);
        if let Some(tried) = known.get_mut(&id).filter(|tried| tried.digest == digest) {
            tried.last = now;
            return Ok(what(tried));
        }
        let driver = Arc::new(Driver::new(config, Arc::new(NoJournal), Arc::clone(clock))?);
        if known.len() >= TRIALS
            && let Some(oldest) = known.iter().min_by_key(|(_, tried)| tried.last).map(|(id, _)| id.clone())
        {
            known.remove(&oldest);
        }
        let mut tried = Tried { digest, driver, trial: None, phones: None, last: now };
        let done = what(&mut tried);
        known.insert(id, tried);
        Ok(done)
    }

    /// Gives up the trial of a connection.
    pub fn forget(&self, id: &ConnectionId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    /// Gives up all of them.
    pub fn forget_all(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Tells settings apart, their secrets too, which are written nowhere for it.
fn digest(config: &ConnectionConfig) -> [u8; 32] {
    let mut digest = Sha256::new();
    let mut add = |part: &str| {
        digest.update(part.len().to_le_bytes());
        digest.update(part);
    };
    for part in [config.make.name, config.zone.as_deref().unwrap_or_default()] {
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
