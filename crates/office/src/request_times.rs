//! Keeps when a PBX was asked, where it counts that beyond the end of a program.

use calls::ConnectionId;
use pbx::{RequestTimes, RequestTimesKeeper};
use store::Store;

/// Keeps the times of requests in the office's database.
#[derive(Clone)]
pub struct StoredTimes {
    store: Store,
}

impl StoredTimes {
    /// In this database.
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}

impl RequestTimesKeeper for StoredTimes {
    fn read(&self, connection: &ConnectionId) -> RequestTimes {
        let kept = self.store.setting(&key(connection)).ok().flatten();
        kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    fn keep(&self, connection: &ConnectionId, times: &RequestTimes) {
        let text = serde_json::to_string(times).unwrap_or_default();
        self.store.set_setting(&key(connection), &text).then(|result| {
            if let Err(error) = result {
                tracing::warn!(kind = ?error.kind(), "after a restart the PBX may be asked sooner than it admits");
            }
        });
    }
}

fn key(connection: &ConnectionId) -> String {
    format!("asked:{connection}")
}
