//! Which extensions' sessions are kept, on makes that need one for each.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use calls::ConnectionId;
use futures_util::future::join_all;
use tokio::{sync::OwnedMutexGuard, task::JoinHandle};

use crate::{links::Link, sessions::SessionControl};

/// How long the PBXs have to take in that all sessions end.
const ENDING: Duration = Duration::from_secs(2);

/// A session that is kept.
struct Watched {
    task: Task,
    control: Arc<SessionControl>,
    /// The settings name it, so it is kept whoever else loses interest.
    configured: bool,
}

/// Keeps a session, then gives back the extension's lock. Aborted where nobody waits for its end any more.
struct Task(JoinHandle<OwnedMutexGuard<()>>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Watched {
    /// Ends the session in order. Until the lock is dropped no other session of the extension is opened.
    async fn end(mut self) -> Option<OwnedMutexGuard<()>> {
        self.control.end();
        // None where it has failed, which is noticed elsewhere.
        (&mut self.task.0).await.ok()
    }
}

/// A session: its connection and its extension.
type Key = (ConnectionId, String);

/// The lock of an extension's session: it is opened only when the one before has ended.
type SessionLock = Arc<tokio::sync::Mutex<()>>;

/// The sessions that are kept.
#[derive(Default)]
pub(crate) struct WatchedSessions {
    sessions: Mutex<BTreeMap<Key, Watched>>,
    /// Held by whoever keeps or ends a session of an extension.
    locks: Mutex<BTreeMap<Key, SessionLock>>,
    /// Sessions that nobody wants any more, on their way to their end.
    endings: Mutex<Vec<JoinHandle<()>>>,
}

impl WatchedSessions {
    /// Keeps a session for this extension; asking twice keeps one. One that the PBX refused is tried again at once:
    /// whoever comes may have had it put right.
    pub(crate) fn watch(&self, link: Link, extension: &str, configured: bool) {
        let key = (link.connection.clone(), extension.to_owned());
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        match sessions.entry(key) {
            Entry::Occupied(kept) => {
                if link.board.is_refused(&link.connection, extension) {
                    kept.get().control.try_again();
                }
            }
            Entry::Vacant(place) => {
                let control = Arc::new(SessionControl::default());
                let locks = &mut *self.locks.lock().unwrap_or_else(PoisonError::into_inner);
                // One that was wanted before may still be ending.
                let lock = Arc::clone(locks.entry(place.key().clone()).or_default());
                let keep = link.keep_session(extension.to_owned(), Arc::clone(&control));
                let task = tokio::spawn(async move {
                    let lock = lock.lock_owned().await;
                    keep.await;
                    lock
                });
                place.insert(Watched { task: Task(task), control, configured });
            }
        }
    }

    /// Ends the session of an extension that nobody wants any more, unless the settings name it; the PBX keeps its
    /// events from then on.
    pub(crate) fn unwatch(&self, link: Link, extension: &str) {
        let key = (link.connection.clone(), extension.to_owned());
        let watched = {
            let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
            if sessions.get(&key).is_none_or(|watched| watched.configured) {
                return;
            }
            sessions.remove(&key)
        };
        let Some(watched) = watched else { return };
        let extension = extension.to_owned();
        let ending = tokio::spawn(async move {
            let _lock = watched.end().await;
            link.forget_session(&extension).await;
        });
        let mut endings = self.endings.lock().unwrap_or_else(PoisonError::into_inner);
        endings.retain(|ending| !ending.is_finished());
        endings.push(ending);
    }

    /// Opens the sessions that wait for their next try at once, of those that this says yes to.
    pub(crate) fn try_again(&self, is_wanted: impl Fn(&ConnectionId, &str) -> bool) {
        let sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = sessions.iter().filter(|((connection, extension), _)| is_wanted(connection, extension));
        wanted.for_each(|(_, watched)| watched.control.try_again());
    }

    /// Ends all sessions of one connection.
    pub(crate) async fn end_of(&self, connection: &ConnectionId) {
        let ended: Vec<Watched> = {
            let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
            sessions.extract_if(.., |(of, _), _| of == connection).map(|(_, watched)| watched).collect()
        };
        end_within(ended).await;
    }

    /// Ends all sessions side by side. A PBX that is too slow keeps its events from the moment at which it notices.
    pub(crate) async fn end_all(&self) {
        let endings = std::mem::take(&mut *self.endings.lock().unwrap_or_else(PoisonError::into_inner));
        for ending in endings {
            ending.abort();
            // An error says that it was aborted.
            let _ = ending.await;
        }
        let sessions = std::mem::take(&mut *self.sessions.lock().unwrap_or_else(PoisonError::into_inner));
        end_within(sessions.into_values()).await;
    }

    #[cfg(test)]
    pub(crate) fn kept(&self) -> Vec<Key> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }
}

/// Ends these side by side, as far as their PBXs take that in soon.
async fn end_within(sessions: impl IntoIterator<Item = Watched>) {
    let endings = sessions.into_iter().map(Watched::end);
    if tokio::time::timeout(ENDING, join_all(endings)).await.is_err() {
        tracing::warn!("not every PBX took in that its sessions end");
    }
}
