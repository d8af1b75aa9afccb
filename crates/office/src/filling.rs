//! The task that fills a gap.

use std::sync::{Mutex, PoisonError};

use tokio::task::JoinHandle;

/// The task that reads a history to fill a gap, if one runs; it ends with its link.
#[derive(Default)]
pub(crate) struct Filling(Mutex<Option<JoinHandle<()>>>);

impl Filling {
    /// Begins to fill, unless that is being done already.
    pub(crate) fn begin(&self, fill: impl Future<Output = ()> + Send + 'static) {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if running.as_ref().is_none_or(JoinHandle::is_finished) {
            *running = Some(tokio::spawn(fill));
        }
    }

    /// Stops.
    pub(crate) fn end(&self) {
        if let Some(running) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            running.abort();
        }
    }
}

impl Drop for Filling {
    fn drop(&mut self) {
        self.end();
    }
}
