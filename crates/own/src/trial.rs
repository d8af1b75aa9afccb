//! The check of a draft, step by step, and the phones that its PBX lists.

use std::sync::Arc;

use desk::contract::{
    CheckConnectionRequest, CheckOutcome, CheckStep, CheckStepView, ContractError, ErrorCode, NamedConnection, Phones,
};
use office::PhonesError;
use pbx::{Trial, TrialStep};

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
    pub async fn list_phones(&self, request: NamedConnection) -> Result<Phones, ContractError> {
        let draft = self.draft(&request.connection).await?;
        let config = draft.with_keys(self.keys_of(&draft))?.config;
        self.0.trials.phones(&self.0.clock, config).await.map_err(|error| match error {
            PhonesError::Settings(error) => invalid_settings(&error),
            PhonesError::NotTold(message) => ContractError::new(ErrorCode::Unreachable, message),
        })
    }

    /// The steps of the check of a draft.
    pub(crate) fn steps(&self, draft: &OwnConnection) -> Vec<CheckStepView> {
        self.trial(draft).map(|trial| trial.steps().into_iter().map(step_view).collect()).unwrap_or_default()
    }

    /// The trial of a draft, the same until something of it is changed.
    fn trial(&self, draft: &OwnConnection) -> Result<Arc<Trial>, ContractError> {
        let config = draft.with_keys(self.keys_of(draft))?.config;
        self.0.trials.of(&self.0.clock, config, &draft.phone).map_err(|error| invalid_settings(&error))
    }
}

/// A step as pages show it.
pub(crate) fn step_view(step: TrialStep) -> CheckStepView {
    CheckStepView {
        step: office::check_step(step),
        allowed_ms: u32::try_from(step.allowed().as_millis()).unwrap_or(u32::MAX),
    }
}
