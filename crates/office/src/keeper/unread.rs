//! Calls with log entries that this version of the program can never read: damaged, or of a newer version.
//!
//! Such a call alone is held back: its row stays as it was, whatever else is told of it waits in the log, and its
//! connection goes on. Each start tries to read it again, so a version that can shows it whole. Reading that failed for a
//! reason that may pass is another matter: there the connection waits (`fold`).

use std::collections::BTreeSet;

use calls::{CallId, ConnectionId, Decision, LogEvent};
use store::{ErrorKind, Store, UnreadEntry};

use super::{
    published::Published,
    requests::entry,
    state::{Keeper, Unread},
};
use crate::{call_entries, held_back};

impl Keeper {
    /// Whether this call is held back.
    pub(super) fn is_unread(&self, connection: &ConnectionId, call: &CallId) -> bool {
        self.unread.get(connection).is_some_and(|unread| unread.calls.contains(call))
    }

    /// Takes over what the last run held back.
    pub(super) fn open_unread(&mut self, connection: &ConnectionId, calls: BTreeSet<CallId>) {
        self.board.unread_calls(connection, calls.len());
        self.unread.insert(connection.clone(), Unread { calls, newer_from: None, is_kept: true });
    }

    /// An entry that is read at the start cannot be: its call is held back.
    pub(super) fn hold_back_entry(&mut self, connection: &ConnectionId, entry: UnreadEntry) {
        match entry.call {
            Some(call) => self.hold_back(connection, &call, &entry.error),
            None => {
                tracing::error!(
                    %connection,
                    seq = entry.seq,
                    error = %entry.error,
                    "an entry of the log that is about no call cannot be read and is passed over"
                );
                if matches!(entry.error, store::Error::NewerEntry { .. }) {
                    let unread = self.unread.entry(connection.clone()).or_default();
                    unread.newer_from = unread.newer_from.or(Some(entry.seq));
                }
            }
        }
    }

    /// Holds this call back, and nothing else.
    pub(super) fn hold_back(&mut self, connection: &ConnectionId, call: &CallId, error: &store::Error) {
        if let Some(book) = self.books.get_mut(connection) {
            book.let_go(call);
        }
        if let Some(unsaved) = self.unsaved.get_mut(connection) {
            unsaved.calls.remove(call);
        }
        let unread = self.unread.entry(connection.clone()).or_default();
        if !unread.calls.insert(call.clone()) {
            return;
        }
        unread.is_kept = false;
        let count = unread.calls.len();
        tracing::error!(
            %connection,
            %call,
            %error,
            "entries of a call cannot be read by this version: the call stays as it was shown, and is read again at the next start"
        );
        if self.board.unread_calls(connection, count) {
            self.news.push(Published::Status { seq: self.logged, connection: connection.clone() });
        }
    }

    /// Keeps for the next start what is held back, before anything says that it was folded.
    pub(super) async fn keep_unread(&mut self) -> Result<(), store::Error> {
        for (connection, unread) in self.unread.iter_mut().filter(|(_, unread)| !unread.is_kept) {
            // Ids always have a JSON.
            let text = serde_json::to_string(&unread.calls).unwrap_or_default();
            self.store.set_setting(&held_back::key(connection), &text).await?;
            unread.is_kept = true;
        }
        Ok(())
    }

    /// Folds what an earlier run held back and can be read now.
    pub(super) async fn read_again(&mut self) {
        let mut readable = Vec::new();
        for (connection, unread) in &self.unread {
            let (mut calls, office) = (unread.calls.clone(), self.office.clone());
            let read = move |store: &Store| {
                calls.retain(|call| call_entries::of_call(store, &office, call).is_ok());
                Ok::<_, store::Error>(calls)
            };
            readable.push((connection.clone(), self.store.reading(read).await.unwrap_or_default()));
        }
        for (connection, calls) in readable.into_iter().filter(|(_, calls)| !calls.is_empty()) {
            let Some(unread) = self.unread.get_mut(&connection) else { continue };
            unread.calls.retain(|call| !calls.contains(call));
            unread.is_kept = false;
            let left = unread.calls.len();
            let decisions = calls.iter().map(|call| LogEvent::Decision(Decision::ReadAgain { call: call.clone() }));
            let now = self.clock.now();
            let entries = decisions.map(|decision| entry(&connection, now, decision)).collect();
            if self.append(entries).await.is_ok() {
                tracing::info!(%connection, calls = calls.len(), "calls that could not be read are shown again");
                self.board.unread_calls(&connection, left);
            } else if let Some(unread) = self.unread.get_mut(&connection) {
                unread.calls.extend(calls);
            }
        }
    }
}

/// Whether this will not pass by itself: the same data say the same to this version for ever.
pub(super) fn is_for_good(error: &store::Error) -> bool {
    error.kind() == ErrorKind::Unusable
}
