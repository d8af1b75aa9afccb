//! The request journal in the store: seven days of redacted exchanges with the PBXs.

use pbx::{Journal, JournalEntry, JournalKind};
use serde_json::json;
use store::{NewJournalEntry, Store};

/// Writes entries to the store without waiting for it.
pub(crate) struct StoreJournal {
    store: Store,
}

impl StoreJournal {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }
}

impl Journal for StoreJournal {
    fn record(&self, entry: JournalEntry) {
        let body = json!({
            "operation": entry.operation,
            "target": entry.target,
            "status": entry.status,
            "outcome": entry.outcome,
            "tookMs": u64::try_from(entry.took.as_millis()).unwrap_or(u64::MAX),
            "sent": entry.sent,
            "received": entry.received,
        });
        let kind = match entry.kind {
            JournalKind::Request => "request",
            JournalKind::Webhook => "webhook",
            JournalKind::Frame => "frame",
        };
        let new = NewJournalEntry {
            at: entry.at,
            connection: Some(entry.connection),
            kind: kind.to_owned(),
            body: body.to_string(),
        };
        self.store.journal(vec![new]).then(|result| {
            if let Err(error) = result {
                tracing::warn!(kind = ?error.kind(), "the request journal has a hole");
            }
        });
    }
}
