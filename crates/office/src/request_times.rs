//! Keeps when a PBX was asked, where it counts that beyond the end of a program.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use calls::ConnectionId;
use futures_util::future::BoxFuture;
use pbx::{RequestTimes, RequestTimesKeeper};
use store::Store;

/// Keeps the times of requests in the office's database.
#[derive(Clone)]
pub struct StoredTimes {
    store: Store,
    /// What was given last of each connection: the database may not have written it yet.
    given: Arc<Mutex<BTreeMap<ConnectionId, RequestTimes>>>,
}

impl StoredTimes {
    /// In this database.
    pub fn new(store: Store) -> Self {
        Self { store, given: Arc::default() }
    }
}

impl RequestTimesKeeper for StoredTimes {
    fn read<'a>(&'a self, connection: &'a ConnectionId) -> BoxFuture<'a, Option<RequestTimes>> {
        Box::pin(async move {
            let key = key(connection);
            let kept = self.store.reading(move |store| store.setting(&key)).await.ok()?;
            let mut kept: RequestTimes = kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
            let given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
            for (class, times) in given.get(connection).into_iter().flatten() {
                let all = kept.entry(class.clone()).or_default();
                all.extend(times);
                all.sort_unstable();
                all.dedup();
            }
            Some(kept)
        })
    }

    fn keep(&self, connection: &ConnectionId, times: &RequestTimes) {
        self.given.lock().unwrap_or_else(PoisonError::into_inner).insert(connection.clone(), times.clone());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_given_is_read_before_the_database_has_written_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open_in(folder.path(), store::Options::owner("t", store::SystemRandom)).expect("opens");
        let connection: ConnectionId = "rc1".parse().expect("valid");
        let at = |time: &str| vec![time.parse().expect("a time")];
        let times = StoredTimes::new(store.clone());
        let mut kept = RequestTimes::new();
        for (class, time) in [("address a", "2026-03-02T09:00:00Z"), ("address b", "2026-03-02T09:00:01Z")] {
            kept = times.read(&connection).await.expect("is read");
            kept.insert(class.to_owned(), at(time));
            times.keep(&connection, &kept);
        }
        assert_eq!(kept.len(), 2, "the second does not put itself in the place of the first");
        assert_eq!(times.read(&connection).await, Some(kept));
    }
}
