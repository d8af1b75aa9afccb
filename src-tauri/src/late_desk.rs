//! The desk for what is there before it: windows, notifications and other programs do not wait for the database.

use std::sync::Arc;

use desk::Desk;
use tokio::sync::SetOnce;

/// A desk that comes to be after what uses it.
#[derive(Clone, Default)]
pub(crate) struct LateDesk(Arc<SetOnce<Desk>>);

impl LateDesk {
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
