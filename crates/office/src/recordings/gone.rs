//! Recordings that the PBX does not have any more: it is not asked for them again at once.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use calls::RecordingId;
use tokio::time::Instant;

/// When an unavailable recording may be asked for again, each time that it was in vain: a link that
/// works once may have been used by somebody else, and the next one helps.
const AGAIN: [Duration; 4] =
    [Duration::from_secs(10), Duration::from_secs(60), Duration::from_secs(5 * 60), Duration::from_secs(15 * 60)];
/// After so long nobody remembers how often it was asked for.
const FORGOTTEN: Duration = Duration::from_secs(3600);

/// The recordings that the PBX did not have, and how often it was asked in vain.
#[derive(Debug, Default)]
pub(super) struct Gone(Mutex<BTreeMap<RecordingId, Failures>>);

#[derive(Debug)]
struct Failures {
    last: Instant,
    times: usize,
}

impl Gone {
    /// Whether it is too early to ask for this one again.
    pub(super) fn holds(&self, id: &RecordingId) -> bool {
        let known = self.lock();
        known.get(id).is_some_and(|failures| failures.last.elapsed() < AGAIN[failures.times.min(AGAIN.len()) - 1])
    }

    /// The PBX does not have it.
    pub(super) fn add(&self, id: &RecordingId) {
        let mut known = self.lock();
        known.retain(|_, failures| failures.last.elapsed() < FORGOTTEN);
        let failures = known.entry(id.clone()).or_insert(Failures { last: Instant::now(), times: 0 });
        failures.last = Instant::now();
        failures.times += 1;
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<RecordingId, Failures>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use calls::{CallId, ConnectionId};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_is_gone_is_asked_for_less_and_less() {
        let connection: ConnectionId = "rt1".parse().expect("valid");
        let id = RecordingId::of(&CallId::of_vendor(&connection, "s1"), "");
        let gone = Gone::default();
        assert!(!gone.holds(&id));
        for wait in [10, 60, 300, 900, 900] {
            gone.add(&id);
            tokio::time::advance(Duration::from_secs(wait - 1)).await;
            assert!(gone.holds(&id), "{wait}");
            tokio::time::advance(Duration::from_secs(1)).await;
            assert!(!gone.holds(&id), "{wait}");
        }
    }
}
