//! Trial mode: for at most a day the PBX of a connection may post over plain HTTP, and calls that begin meanwhile are for
//! administrators alone. It outlives a restart, and ends by itself.

use std::collections::BTreeMap;

use calls::ConnectionId;
use jiff::{SignedDuration, Timestamp};
use link::wire::admin::TRIAL_HOURS;
use store::{AuditEntry, Store};
use tokio::sync::{Mutex, watch};

use crate::state::OfficeState;

/// Until when connections are in trial mode.
#[derive(Default)]
pub(crate) struct TrialModes {
    until: watch::Sender<BTreeMap<ConnectionId, Timestamp>>,
    /// Held by whoever changes it: what is in memory is what was written last.
    changing: Mutex<()>,
}

impl TrialModes {
    /// Until when this connection is in it; `None` where it is not now.
    pub(crate) fn until(&self, connection: &ConnectionId, now: Timestamp) -> Option<Timestamp> {
        self.until.borrow().get(connection).copied().filter(|until| is_on(*until, now))
    }

    /// Whether any connection is in it now.
    pub(crate) fn is_any(&self, now: Timestamp) -> bool {
        self.until.borrow().values().any(|until| is_on(*until, now))
    }

    /// Those of which the time is over and that nobody has ended yet.
    pub(crate) fn past(&self, now: Timestamp) -> Vec<ConnectionId> {
        let until = self.until.borrow();
        until.iter().filter(|(_, until)| !is_on(**until, now)).map(|(connection, _)| connection.clone()).collect()
    }

    /// Waits until no connection is in it any more, or until nobody can say.
    pub(crate) async fn all_ended(&self) {
        // An error means that whoever could say so is gone.
        let _ = self.until.subscribe().wait_for(BTreeMap::is_empty).await;
    }

    /// As the database keeps it.
    pub(crate) async fn restore(&self, store: &Store, connection: &ConnectionId) -> Result<(), store::Error> {
        let key = key(connection);
        let kept = store.reading(move |store| store.setting(&key)).await?;
        if let Some(until) = kept.and_then(|kept| kept.parse().ok()) {
            self.set(connection, Some(until));
        }
        Ok(())
    }

    fn set(&self, connection: &ConnectionId, until: Option<Timestamp>) {
        self.until.send_modify(|all| {
            match until {
                Some(until) => all.insert(connection.clone(), until),
                None => all.remove(connection),
            };
        });
    }
}

/// Whether a trial until then is on. One that would last longer than any may was begun while the clock was wrong.
fn is_on(until: Timestamp, now: Timestamp) -> bool {
    let longest = SignedDuration::from_hours(i64::from(*TRIAL_HOURS.end()));
    now < until && until.duration_since(now) <= longest
}

/// The setting that keeps until when a connection is in trial mode.
fn key(connection: &ConnectionId) -> String {
    format!("trial:{connection}")
}

impl OfficeState {
    /// Puts a connection into trial mode until then, or ends it, as an administrator wants it.
    pub(crate) async fn set_trial(
        &self,
        connection: &ConnectionId,
        until: Option<Timestamp>,
        entry: AuditEntry,
    ) -> Result<(), store::Error> {
        let trials = &self.board.trials;
        let turn = trials.changing.lock().await;
        if until.is_some() && self.connections.get(connection).is_none() {
            // It was removed meanwhile, which ended what there was.
            return Ok(());
        }
        let text = until.map(|until| until.to_string());
        self.store.set_setting_of_admin(&key(connection), text.as_deref(), entry).await?;
        trials.set(connection, until);
        drop(turn);
        self.keeper.status_changed(connection).await;
        Ok(())
    }

    /// Ends the trial mode of a connection, whose time is over or which is no more. Where that cannot be written, the next
    /// start sees by the time that it is over.
    pub(crate) async fn end_trial(&self, connection: &ConnectionId) {
        let trials = &self.board.trials;
        let turn = trials.changing.lock().await;
        if !trials.until.borrow().contains_key(connection) {
            return;
        }
        if let Err(error) = self.store.forget_setting(&key(connection)).await {
            tracing::warn!(%connection, kind = ?error.kind(), "that a trial mode is over could not be written");
        }
        trials.set(connection, None);
        drop(turn);
        self.keeper.status_changed(connection).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::at;

    #[test]
    fn a_trial_is_on_for_a_day_at_most_whatever_the_clock_said_when_it_began() {
        let id: ConnectionId = "rt1".parse().expect("an id");
        let trials = TrialModes::default();
        let day = 24 * 3600;
        trials.set(&id, Some(at(day)));
        for (now, is_on) in [(-1, false), (0, true), (day - 1, true), (day, false)] {
            let now = at(now);
            let told = (trials.until(&id, now).is_some(), trials.is_any(now), trials.past(now).is_empty());
            assert_eq!(told, (is_on, is_on, is_on), "{now}");
        }
    }
}
