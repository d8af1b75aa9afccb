//! The check of a draft, step by step, and the phones that its PBX lists.

use std::sync::{Arc, PoisonError};

use desk::contract::{
    CheckConnectionRequest, CheckOutcome, CheckStep, CheckStepView, ContractError, ErrorCode, OwnConnectionRequest,
    Phones,
};
use jiff::tz::TimeZone;
use pbx::{Driver, Trial, TrialStep, journal::NoJournal};

use crate::{draft::invalid_settings, office::OwnOffice, settings::OwnConnection};

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

    /// The phones that the PBX of a draft lists.
    pub async fn list_phones(&self, request: OwnConnectionRequest) -> Result<Phones, ContractError> {
        let driver = self.driver(&self.draft(&request.connection).await?)?;
        office::list_phones(&driver).await.map_err(|message| ContractError::new(ErrorCode::Unreachable, message))
    }

    /// The steps of the check of a draft.
    pub(crate) fn steps(&self, draft: &OwnConnection) -> Vec<CheckStepView> {
        let Ok(trial) = self.trial(draft) else { return Vec::new() };
        let view = |step: TrialStep| CheckStepView {
            step: office::check_step(step),
            allowed_ms: u32::try_from(step.allowed().as_millis()).unwrap_or(u32::MAX),
        };
        trial.steps().into_iter().map(view).collect()
    }

    /// The trial of a draft, the same until something of it is changed.
    fn trial(&self, draft: &OwnConnection) -> Result<Arc<Trial>, ContractError> {
        let mut kept = self.0.trial.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(trial) = &*kept {
            return Ok(Arc::clone(trial));
        }
        let zone = TimeZone::get(draft.make()?.default_zone()).unwrap_or(TimeZone::UTC);
        let trial = Arc::new(Trial::new(self.driver(draft)?, &draft.phone, zone));
        *kept = Some(Arc::clone(&trial));
        Ok(trial)
    }

    fn driver(&self, draft: &OwnConnection) -> Result<Driver, ContractError> {
        let config = draft.with_keys(self.keys_of(draft))?.config;
        Driver::new(config, Arc::new(NoJournal), Arc::clone(&self.0.clock)).map_err(|error| invalid_settings(&error))
    }
}
