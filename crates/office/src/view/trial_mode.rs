//! An administrator puts connections into trial mode.

use calls::ConnectionId;
use jiff::SignedDuration;
use link::{
    OfficeError, OfficeErrorKind,
    wire::{
        AuditAction,
        admin::{TRIAL_HOURS, TrialMode},
    },
};

use super::{View, storage};

impl View {
    /// Puts a connection into trial mode for so many hours from now.
    pub(super) async fn start_trial(&self, id: &ConnectionId, hours: u32) -> Result<TrialMode, OfficeError> {
        self.admins_only()?;
        if !TRIAL_HOURS.contains(&hours) {
            return Err(OfficeError::invalid("hours", "a trial lasts from 1 to 24 hours"));
        }
        let office = &self.office;
        let connection = office.connections.get(id).ok_or_else(missing)?;
        let unsupported = |message: &str| OfficeError::new(OfficeErrorKind::Unsupported, message);
        if !connection.posts() {
            return Err(unsupported("trial mode is for PBXs that post to the office, and this one is asked"));
        }
        if office.outside().trial.is_none() {
            return Err(unsupported("this office takes nothing over plain HTTP; trial mode is for a gateway"));
        }
        let now = office.clock.now();
        let until = now.checked_add(SignedDuration::from_hours(i64::from(hours)));
        let until = until.map_err(|_| OfficeError::invalid("hours", "there is no such time"))?;
        let entry = self.noted(AuditAction::BeganTrial, id.as_str(), format!("for {hours} h, until {until}"));
        office.set_trial(id, Some(until), entry).await.map_err(|error| storage(&error))?;
        tracing::warn!(connection = %id, %until, "a connection is in trial mode: plain HTTP is taken for it");
        Ok(TrialMode { until })
    }

    /// Ends the trial mode of a connection; nothing happens where it is in none.
    pub(super) async fn stop_trial(&self, id: &ConnectionId) -> Result<(), OfficeError> {
        self.admins_only()?;
        let office = &self.office;
        office.connections.get(id).ok_or_else(missing)?;
        if office.board.trials.until(id, office.clock.now()).is_none() {
            return Ok(());
        }
        let entry = self.noted(AuditAction::EndedTrial, id.as_str(), String::new());
        office.set_trial(id, None, entry).await.map_err(|error| storage(&error))
    }
}

fn missing() -> OfficeError {
    OfficeError::new(OfficeErrorKind::NotFound, "there is no such connection, or it is paused")
}
