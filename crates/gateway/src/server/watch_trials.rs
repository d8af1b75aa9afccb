//! Ends the trial modes whose time is over.

use std::{sync::Arc, time::Duration};

use office::OfficeHandle;
use tokio::{sync::watch, task::JoinHandle, time::MissedTickBehavior};

use crate::state::stopped;

/// Looks now and then: what is taken in trial mode is decided by the time anyway, this tells desks and closes connections.
pub(super) fn start(office: Arc<OfficeHandle>, every: Duration, mut stopping: watch::Receiver<bool>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => office.end_past_trials().await,
                () = stopped(&mut stopping) => return,
            }
        }
    })
}
