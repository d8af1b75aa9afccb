//! Access to the desk for code that runs before it has started: windows open while the database is still being opened.

use std::sync::Arc;

use desk::Desk;
use tokio::sync::SetOnce;

/// The desk, once it has started.
#[derive(Clone, Default)]
pub(crate) struct StartingDesk(Arc<SetOnce<Desk>>);

impl StartingDesk {
    /// The desk has started.
    pub(crate) fn set(&self, desk: Desk) {
        // A program has one desk, and starts it once.
        let _ = self.0.set(desk);
    }

    /// The desk, if it has started.
    pub(crate) fn now(&self) -> Option<&Desk> {
        self.0.get()
    }

    /// The desk, once it has started.
    pub(crate) async fn started(&self) -> &Desk {
        self.0.wait().await
    }
}
