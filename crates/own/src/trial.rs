//! The check of a draft, step by step, and the phones that its PBX lists.

use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

use desk::contract::{
    CheckConnectionRequest, CheckField, CheckFinding, CheckOutcome, CheckStep, CheckStepView, ContractError, ErrorCode,
    OwnConnectionRequest, PhoneChoice, Phones,
};
use jiff::tz::TimeZone;
use pbx::{CheckReason, Driver, Query, Reply, Trial, TrialReason, TrialStep, journal::NoJournal};

use crate::{draft::invalid_settings, office::OwnOffice, settings::OwnConnection};

/// Longest wait for a list of phones: a person can type his own.
const LIST_WITHIN: Duration = Duration::from_secs(20);

impl OwnOffice {
    /// Takes one step of the check of a draft.
    pub async fn check(&self, request: CheckConnectionRequest) -> Result<CheckOutcome, ContractError> {
        let draft = self.draft(&request.connection)?;
        let trial = self.trial(&draft)?;
        let step = step_of(request.step);
        let outcome = trial.take(step).await;
        if step == TrialStep::Live
            && let Some(office) = self.running()
        {
            // Where it is connected already, the trial's session has taken the place of its own.
            office.reopen(&draft.id).await;
        }
        Ok(CheckOutcome {
            ok: outcome.ok,
            took_ms: u32::try_from(outcome.took.as_millis()).unwrap_or(u32::MAX),
            finding: finding(outcome.reason),
            field: if outcome.ok { None } else { field(step, outcome.reason) },
            detail: outcome.detail,
        })
    }

    /// The phones that the PBX of a draft lists.
    pub async fn list_phones(&self, request: OwnConnectionRequest) -> Result<Phones, ContractError> {
        let driver = self.driver(&self.draft(&request.connection)?)?;
        let listed = tokio::time::timeout(LIST_WITHIN, driver.query(&Query::Users)).await;
        let unreachable = |message: String| ContractError::new(ErrorCode::Unreachable, message);
        match listed {
            Ok(Ok(Reply::Users(users))) => {
                let phone = |user: pbx::AccountUser| Some(PhoneChoice { phone: user.extension?, name: user.title });
                Ok(Phones { phones: users.into_iter().filter_map(phone).collect() })
            }
            Ok(Ok(_)) => Ok(Phones { phones: Vec::new() }),
            Ok(Err(error)) => Err(unreachable(error.to_string())),
            Err(_) => Err(unreachable("the PBX takes its time; type the phone".to_owned())),
        }
    }

    /// The steps of the check of a draft.
    pub(crate) fn steps(&self, draft: &OwnConnection) -> Vec<CheckStepView> {
        let Ok(trial) = self.trial(draft) else { return Vec::new() };
        let view = |step: TrialStep| CheckStepView {
            step: named(step),
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

fn step_of(step: CheckStep) -> TrialStep {
    match step {
        CheckStep::Address => TrialStep::Address,
        CheckStep::Key => TrialStep::Key,
        CheckStep::Clock => TrialStep::Clock,
        CheckStep::Live => TrialStep::Live,
        CheckStep::History => TrialStep::History,
    }
}

fn named(step: TrialStep) -> CheckStep {
    match step {
        TrialStep::Address => CheckStep::Address,
        TrialStep::Key => CheckStep::Key,
        TrialStep::Clock => CheckStep::Clock,
        TrialStep::Live => CheckStep::Live,
        TrialStep::History => CheckStep::History,
    }
}

fn finding(reason: TrialReason) -> CheckFinding {
    match reason {
        TrialReason::Found(CheckReason::Works) => CheckFinding::Works,
        TrialReason::Found(CheckReason::WrongCredentials) => CheckFinding::WrongKey,
        TrialReason::Found(CheckReason::NotAdmitted) => CheckFinding::NotAdmitted,
        TrialReason::Found(CheckReason::Unreachable) => CheckFinding::Unreachable,
        TrialReason::Found(CheckReason::TimedOut) => CheckFinding::TimedOut,
        TrialReason::Found(CheckReason::NotTrusted) => CheckFinding::NotTrusted,
        TrialReason::Found(CheckReason::Busy) => CheckFinding::Busy,
        TrialReason::Found(CheckReason::NotThisPbx) => CheckFinding::NotThisPbx,
        TrialReason::Found(CheckReason::PbxFailed) => CheckFinding::PbxFailed,
        TrialReason::NoSuchPhone => CheckFinding::NoSuchPhone,
        TrialReason::ClockOff => CheckFinding::ClockOff,
        TrialReason::TakesLong => CheckFinding::TakesLong,
    }
}

/// The field that mends what a step found; nothing where it is mended elsewhere, or by waiting.
fn field(step: TrialStep, reason: TrialReason) -> Option<CheckField> {
    match reason {
        TrialReason::NoSuchPhone => Some(CheckField::Phone),
        TrialReason::Found(CheckReason::WrongCredentials | CheckReason::NotAdmitted) => Some(CheckField::Keys),
        TrialReason::Found(CheckReason::Unreachable | CheckReason::TimedOut | CheckReason::NotTrusted) => {
            Some(CheckField::Address)
        }
        // What answers there with something else is another service, or another path of it.
        TrialReason::Found(CheckReason::NotThisPbx) if step != TrialStep::Live => Some(CheckField::Address),
        TrialReason::Found(
            CheckReason::Works | CheckReason::Busy | CheckReason::NotThisPbx | CheckReason::PbxFailed,
        )
        | TrialReason::ClockOff
        | TrialReason::TakesLong => None,
    }
}
