//! The check of a draft, step by step, and the phones that its PBX lists.

use std::{
    sync::{Arc, MutexGuard, PoisonError},
    time::Duration,
};

use desk::contract::{
    CheckConnectionRequest, CheckOutcome, CheckStep, CheckStepView, ContractError, ErrorCode, NamedConnection, Phones,
};
use jiff::tz::TimeZone;
use pbx::{Driver, Trial, TrialStep, journal::NoJournal};
use tokio::time::Instant;

use crate::{draft::invalid_settings, office::OwnOffice, settings::OwnConnection};

/// A phone that was made at the PBX meanwhile is listed after this.
const PHONES_HOLD: Duration = Duration::from_secs(60);

impl OwnOffice {
    /// Takes one step of the check of a draft.
    pub async fn check(&self, request: CheckConnectionRequest) -> Result<CheckOutcome, ContractError> {
        let draft = self.draft(&request.connection).await?;
        let trial = self.trial(&draft)?;
        let outcome = trial.take(office::trial_step(request.step)).await;
        if request.step == CheckStep::Live
            && let Some(office) = self.running()
        {
            // Where it is connected already, the trial's session has taken the place of its own.
            office.reopen(&draft.id).await;
        }
        Ok(office::check_outcome(request.step, outcome))
    }

    /// The phones that the PBX of a draft lists. Asked again within a minute it is told what was told before: some PBXs admit this
    /// question once a minute, and the office needs it next.
    pub async fn list_phones(&self, request: NamedConnection) -> Result<Phones, ContractError> {
        let draft = self.draft(&request.connection).await?;
        let (driver, known) = {
            let mut attempt = self.attempt();
            (attempt.driver(self, &draft)?, attempt.phones())
        };
        if let Some(phones) = known {
            return Ok(phones);
        }
        let listed = office::list_phones(&driver).await;
        let phones = listed.map_err(|message| ContractError::new(ErrorCode::Unreachable, message))?;
        let mut attempt = self.attempt();
        if !phones.phones.is_empty() && attempt.driver.as_ref().is_some_and(|now| Arc::ptr_eq(now, &driver)) {
            attempt.phones = Some((Instant::now(), phones.clone()));
        }
        Ok(phones)
    }

    /// The steps of the check of a draft.
    pub(crate) fn steps(&self, draft: &OwnConnection) -> Vec<CheckStepView> {
        self.trial(draft).map(|trial| trial.steps().into_iter().map(step_view).collect()).unwrap_or_default()
    }

    /// The trial of a draft, the same until something of it is changed.
    fn trial(&self, draft: &OwnConnection) -> Result<Arc<Trial>, ContractError> {
        let mut attempt = self.attempt();
        if let Some(trial) = &attempt.trial {
            return Ok(Arc::clone(trial));
        }
        let zone = TimeZone::get(draft.make()?.default_zone()).unwrap_or(TimeZone::UTC);
        let trial = Arc::new(Trial::new(attempt.driver(self, draft)?, &draft.phone, zone));
        attempt.trial = Some(Arc::clone(&trial));
        Ok(trial)
    }

    /// What talks to the PBX of the draft.
    pub(crate) fn attempt(&self) -> MutexGuard<'_, Attempt> {
        self.0.attempt.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What talks to the PBX of a draft, and what it has told so far.
#[derive(Default)]
pub(crate) struct Attempt {
    driver: Option<Arc<Driver>>,
    trial: Option<Arc<Trial>>,
    phones: Option<(Instant, Phones)>,
}

impl Attempt {
    /// The way to the PBX is another one, or other keys open it.
    pub(crate) fn begin_anew(&mut self) {
        *self = Self::default();
    }

    /// Something else of the draft is another one: what was found by it is found anew.
    pub(crate) fn try_again(&mut self) {
        self.trial = None;
    }

    /// One for all that is asked for a draft: what it has learned, and when it may ask again, holds from step to step.
    fn driver(&mut self, own: &OwnOffice, draft: &OwnConnection) -> Result<Arc<Driver>, ContractError> {
        if let Some(driver) = &self.driver {
            return Ok(Arc::clone(driver));
        }
        let config = draft.with_keys(own.keys_of(draft))?.config;
        let driver = Driver::new(config, Arc::new(NoJournal), Arc::clone(&own.0.clock));
        let driver = Arc::new(driver.map_err(|error| invalid_settings(&error))?);
        self.driver = Some(Arc::clone(&driver));
        Ok(driver)
    }

    fn phones(&self) -> Option<Phones> {
        let fresh = self.phones.as_ref().filter(|(asked, _)| asked.elapsed() < PHONES_HOLD);
        fresh.map(|(_, phones)| phones.clone())
    }
}

/// A step as pages show it.
pub(crate) fn step_view(step: TrialStep) -> CheckStepView {
    CheckStepView {
        step: office::check_step(step),
        allowed_ms: u32::try_from(step.allowed().as_millis()).unwrap_or(u32::MAX),
    }
}
