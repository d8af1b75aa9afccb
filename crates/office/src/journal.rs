//! The request journal in the store: seven days of redacted exchanges with the PBXs.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use calls::ConnectionId;
use jiff::{SignedDuration, Timestamp};
use pbx::{ADDRESS_CHECK, Journal, JournalEntry, JournalKind};
use serde_json::json;
use store::{NewJournalRow, Store};

use crate::method_counts::MethodCounts;

/// How long an exchange is remembered.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Entries that are forgotten at a time: whoever writes meanwhile waits for them.
const AT_A_TIME: usize = 2000;
/// Entries that may wait for a writer that is behind.
const WAITING: usize = 1024;
/// Refused webhooks of a connection that are noted within a second: whoever sends more says nothing new.
const REFUSED_A_SECOND: u32 = 5;

/// Writes entries to the store without waiting for it.
pub(crate) struct StoreJournal {
    store: Store,
    method_counts: Arc<MethodCounts>,
    waiting: Arc<AtomicUsize>,
    left_out: AtomicU64,
    /// The last second in which a connection got webhooks that nobody vouches for, and how many.
    refused: Mutex<BTreeMap<ConnectionId, (i64, u32)>>,
}

impl StoreJournal {
    pub(crate) fn new(store: Store) -> Self {
        let method_counts = Arc::new(MethodCounts::new(store.clone()));
        Self { store, method_counts, waiting: Arc::default(), left_out: AtomicU64::new(0), refused: Mutex::default() }
    }

    /// What vendors count of all this.
    pub(crate) fn method_counts(&self) -> &Arc<MethodCounts> {
        &self.method_counts
    }

    /// Entries that were not noted, because the writer was behind or the same was refused too often.
    pub(crate) fn left_out(&self) -> u64 {
        self.left_out.load(Ordering::Relaxed)
    }

    /// Whether this is one webhook that nobody vouches for too many of its second: refused, or a test of our address.
    fn is_flood(&self, entry: &JournalEntry) -> bool {
        let is_vouched_for = !entry.outcome.starts_with("refused") && entry.operation != ADDRESS_CHECK;
        if entry.kind != JournalKind::Webhook || is_vouched_for {
            return false;
        }
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let (second, count) = refused.entry(entry.connection.clone()).or_default();
        if *second != entry.at.as_second() {
            (*second, *count) = (entry.at.as_second(), 0);
        }
        *count += 1;
        *count > REFUSED_A_SECOND
    }
}

impl Journal for StoreJournal {
    fn record(&self, entry: JournalEntry) {
        self.method_counts.saw(&entry);
        if self.is_flood(&entry) || self.waiting.load(Ordering::Relaxed) >= WAITING {
            self.left_out.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let waiting = Arc::clone(&self.waiting);
        waiting.fetch_add(1, Ordering::Relaxed);
        self.store.journal(vec![row(entry)]).then(move |result| {
            waiting.fetch_sub(1, Ordering::Relaxed);
            if let Err(error) = result {
                tracing::warn!(kind = ?error.kind(), "the request journal has a hole");
            }
        });
    }
}

fn row(entry: JournalEntry) -> NewJournalRow {
    let body = json!({
        "operation": entry.operation,
        "target": entry.target,
        "status": entry.status,
        "outcome": entry.outcome,
        "tookMs": u64::try_from(entry.took.as_millis()).unwrap_or(u64::MAX),
        "sent": entry.sent,
        "received": entry.received,
        "call": entry.call,
    });
    let kind = match entry.kind {
        JournalKind::Request => "request",
        JournalKind::Webhook => "webhook",
        JournalKind::Frame => "frame",
    };
    NewJournalRow { at: entry.at, connection: Some(entry.connection), kind: kind.to_owned(), body: body.to_string() }
}

/// Forgets what is older than seven days, a part at a time.
pub(crate) async fn prune(store: Store, now: Timestamp) {
    let Ok(before) = now.checked_sub(KEPT) else { return };
    loop {
        match store.prune_journal(before, AT_A_TIME).await {
            Ok(AT_A_TIME) => {}
            Ok(_) => return,
            Err(error) => {
                tracing::warn!(kind = ?error.kind(), "the request journal is kept longer than seven days");
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use store::{Options, SystemRandom};

    use super::*;

    fn entry(connection: &str, at: &str, outcome: &str) -> JournalEntry {
        JournalEntry {
            at: at.parse().expect("a time"),
            connection: connection.parse().expect("valid"),
            kind: JournalKind::Webhook,
            operation: "POST".into(),
            target: "/call_events".into(),
            status: None,
            outcome: outcome.into(),
            took: Duration::ZERO,
            sent: None,
            received: None,
            call: None,
        }
    }

    fn noted(store: &Store) -> usize {
        // What was handed in before this is written before it.
        store.set_setting("done", "").wait().expect("written");
        store.journal_before(None, 1000).expect("reads").len()
    }

    #[test]
    fn a_flood_of_refused_webhooks_leaves_a_few_of_each_second() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open_in(folder.path(), Options::owner("x", SystemRandom)).expect("opens");
        let journal = StoreJournal::new(store.clone());
        for _ in 0..20 {
            journal.record(entry("rt1", "2026-03-01T09:00:00.1Z", "refused: no signature"));
        }
        journal.record(entry("rt1", "2026-03-01T09:00:01Z", "refused: no signature"));
        journal.record(entry("rt2", "2026-03-01T09:00:00.1Z", "refused: no signature"));
        journal.record(entry("rt1", "2026-03-01T09:00:00.1Z", "valid"));
        assert_eq!((noted(&store), journal.left_out()), (8, 15));
    }

    #[test]
    fn a_flood_of_tests_of_our_address_leaves_a_few_of_each_second() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open_in(folder.path(), Options::owner("x", SystemRandom)).expect("opens");
        let journal = StoreJournal::new(store.clone());
        for _ in 0..20 {
            let check = entry("mv1", "2026-03-01T09:00:00.1Z", "answered");
            journal.record(JournalEntry { operation: ADDRESS_CHECK.to_owned(), ..check });
        }
        journal.record(entry("mv1", "2026-03-01T09:00:00.1Z", "valid"));
        assert_eq!((noted(&store), journal.left_out()), (6, 15));
    }

    #[tokio::test]
    async fn what_is_older_than_seven_days_is_forgotten() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open_in(folder.path(), Options::owner("x", SystemRandom)).expect("opens");
        let journal = StoreJournal::new(store.clone());
        for at in ["2026-03-01T09:00:00Z", "2026-03-01T09:00:01Z", "2026-03-08T09:00:00Z"] {
            journal.record(entry("rt1", at, "valid"));
        }
        assert_eq!(noted(&store), 3);
        prune(store.clone(), "2026-03-08T09:00:01Z".parse().expect("a time")).await;
        assert_eq!(noted(&store), 2);
    }
}
