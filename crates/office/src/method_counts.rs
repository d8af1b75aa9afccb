//! How often each method was used, both ways, for makes whose vendor counts that: by the hour of a day.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use calls::ConnectionId;
use jiff::Timestamp;
use link::wire::{QuotaCounted, QuotaView};
use pbx::{JournalEntry, JournalKind, JournalOutcome, MethodLimit};
use store::Store;

/// The vendor does not say in which time it counts; a day is what is looked at.
const DAY: u32 = 24 * 3600;
const HOUR: i64 = 3600;
/// Hours that are kept.
const HOURS: i64 = 24;

/// Uses of a method by the hour, counted from 1970.
type Hours = BTreeMap<i64, u32>;

/// One connection whose vendor counts.
struct Counted {
    limits: &'static [MethodLimit],
    methods: BTreeMap<String, Hours>,
    /// The second in which the database was last told: a burst is written once a second and not with each message.
    written: i64,
}

/// How often each method was used.
pub(crate) struct MethodCounts {
    store: Store,
    counted: Mutex<BTreeMap<ConnectionId, Counted>>,
}

impl MethodCounts {
    pub(crate) fn new(store: Store) -> Self {
        Self { store, counted: Mutex::default() }
    }

    /// Counts what goes to and from this connection from now on, and goes on where an earlier run stopped.
    pub(crate) async fn follow(&self, connection: &ConnectionId, limits: &'static [MethodLimit]) {
        if limits.is_empty() || self.known(connection) {
            return;
        }
        let key = key(connection);
        let kept = self.store.reading(move |store| store.setting(&key)).await.ok().flatten();
        let methods = kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        counted.entry(connection.clone()).or_insert(Counted { limits, methods, written: i64::MIN });
    }

    fn known(&self, connection: &ConnectionId) -> bool {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner).contains_key(connection)
    }

    /// Something went to or from a PBX. What was refused here, and what never left, the vendor has not counted.
    pub(crate) fn saw(&self, entry: &JournalEntry) {
        let counts = match entry.kind {
            JournalKind::Webhook => !matches!(entry.outcome, JournalOutcome::Refused(_)),
            JournalKind::Request => entry.status.is_some(),
            JournalKind::Frame => false,
        };
        if !counts {
            return;
        }
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(of) = counted.get_mut(&entry.connection) else { return };
        let method = entry.target.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let Some(limit) = of.limits.iter().find(|limit| limit.method == method) else { return };
        let hour = entry.at.as_second().div_euclid(HOUR);
        let hours = of.methods.entry(limit.method.to_owned()).or_default();
        *hours.entry(hour).or_default() += 1;
        hours.retain(|of, _| *of > hour - HOURS);
        if of.written == entry.at.as_second() {
            return;
        }
        of.written = entry.at.as_second();
        let text = serde_json::to_string(&of.methods).unwrap_or_default();
        self.store.set_setting(&key(&entry.connection), &text).then(|result| {
            if let Err(error) = result {
                tracing::warn!(kind = ?error.kind(), "after a restart fewer requests are counted than there were");
            }
        });
    }

    /// How far this connection's limits are used.
    pub(crate) fn uses(&self, connection: &ConnectionId, now: Timestamp) -> Vec<QuotaView> {
        let counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(of) = counted.get(connection) else { return Vec::new() };
        let first = now.as_second().div_euclid(HOUR) - HOURS;
        let used = |method: &str| {
            of.methods
                .get(method)
                .into_iter()
                .flatten()
                .filter(|(hour, _)| **hour > first)
                .map(|(_, count)| count)
                .sum()
        };
        let view = |limit: &MethodLimit| QuotaView {
            counted: QuotaCounted::Method,
            name: Some(limit.method.to_owned()),
            used: used(limit.method),
            limit: limit.requests,
            seconds: DAY,
        };
        of.limits.iter().map(view).collect()
    }
}

fn key(connection: &ConnectionId) -> String {
    format!("methods:{connection}")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use pbx::VerifyError;

    use super::*;

    fn entry(kind: JournalKind, at: &str, target: &str, outcome: JournalOutcome, status: Option<u16>) -> JournalEntry {
        JournalEntry {
            at: at.parse().expect("a time"),
            connection: "rt1".parse().expect("valid"),
            kind,
            operation: "x".into(),
            target: target.into(),
            status,
            outcome,
            took: Duration::ZERO,
            sent: None,
            received: None,
            call: None,
            form: None,
            plain: false,
            asks: None,
            original: None,
        }
    }

    #[tokio::test]
    async fn what_the_vendor_counts_is_counted_for_a_day_also_over_a_restart() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open_in(folder.path(), store::Options::owner("t", store::SystemRandom)).expect("opens");
        let (id, limits) = ("rt1".parse().expect("valid"), pbx::rostelecom::MAKE.method_limits);
        let counts = MethodCounts::new(store.clone());
        counts.follow(&id, limits).await;
        let incoming = |at, outcome| entry(JournalKind::Webhook, at, "/call_events/", outcome, None);
        let sent = |at, status| entry(JournalKind::Request, at, "api.example/call_back", JournalOutcome::Done, status);
        for entry in [
            incoming("2026-03-01T09:10:00Z", JournalOutcome::Signed { understood: true }),
            incoming("2026-03-01T09:20:00Z", JournalOutcome::Refused(VerifyError::Missing("Signature"))),
            sent("2026-03-01T09:30:00Z", Some(200)),
            sent("2026-03-01T09:30:01Z", Some(403)),
            sent("2026-03-01T09:30:02Z", None),
            entry(
                JournalKind::Request,
                "2026-03-01T09:31:00Z",
                "api.example/users_info",
                JournalOutcome::Done,
                Some(200),
            ),
            incoming("2026-03-02T08:00:00Z", JournalOutcome::Signed { understood: true }),
        ] {
            counts.saw(&entry);
        }
        let used = |counts: &MethodCounts, now: &str| -> Vec<u32> {
            counts.uses(&id, now.parse().expect("a time")).iter().map(|of| of.used).collect()
        };
        assert_eq!(used(&counts, "2026-03-02T08:30:00Z"), [2, 2, 0]);
        assert_eq!(used(&counts, "2026-03-02T09:30:00Z"), [1, 0, 0], "a day later");
        store.set_setting("done", "").await.expect("written");
        let again = MethodCounts::new(store);
        again.follow(&id, limits).await;
        assert_eq!(used(&again, "2026-03-02T08:30:00Z"), [2, 2, 0]);
        assert!(again.uses(&"m1".parse().expect("valid"), "2026-03-02T08:30:00Z".parse().expect("a time")).is_empty());
    }
}
