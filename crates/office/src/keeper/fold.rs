//! Folding what is in the log, each connection's entries in their order.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use calls::{CallId, Change, Stored};
use store::Store;

use super::{published::Published, state::Keeper, unread::is_for_good};
use crate::call_entries;

/// What the log holds of calls that no book holds.
pub(super) type Histories = BTreeMap<CallId, Vec<Stored>>;

impl Keeper {
    /// Folds entries that were appended. Those of a connection that waits for an older part of a call wait behind it.
    pub(super) async fn take_entries(&mut self, new: Vec<Stored>) {
        self.logged_at = self.clock.now();
        self.logged = new.iter().map(|stored| stored.seq).fold(self.logged, u64::max);
        let mut free = Vec::new();
        for stored in new {
            match self.unfolded.get_mut(&stored.connection) {
                Some(waiting) => waiting.push(stored),
                None => free.push(stored),
            }
        }
        self.fold_all(free).await;
    }

    /// Tries again to fold what waits, when it is time to.
    pub(super) async fn fold_waiting(&mut self) {
        if self.unfolded.is_empty() || !self.reads.rest().is_zero() {
            return;
        }
        let waiting = std::mem::take(&mut self.unfolded);
        let connections: Vec<_> = waiting.keys().cloned().collect();
        let mut entries: Vec<Stored> = waiting.into_values().flatten().collect();
        entries.sort_by_key(|stored| stored.seq);
        self.fold_all(entries).await;
        for connection in connections.into_iter().filter(|connection| !self.unfolded.contains_key(connection)) {
            tracing::info!(%connection, "what the connection told meanwhile is folded now");
            if self.board.cannot_read(&connection, false) {
                self.news.push(Published::Status { seq: self.logged, connection });
            }
        }
    }

    fn note_times(&self, stored: &Stored, changes: &[Change]) {
        for change in changes {
            if let Change::Call(call) = change {
                self.times.logged(&call.id, stored.seq, stored.received_at, self.logged_at);
            }
        }
    }

    /// Folds these entries. No entry of a call is ever left out: a book without it would say something else than the
    /// same log read again. Where an older part of a call cannot be read just now, the entry waits, and what its
    /// connection tells after it; where it can never be read, the call alone is held back. All of it is in the log.
    async fn fold_all(&mut self, entries: Vec<Stored>) {
        let histories = self.read_histories(&entries).await;
        for stored in entries {
            if let Some(waiting) = self.unfolded.get_mut(&stored.connection) {
                waiting.push(stored);
                continue;
            }
            match self.fold(&stored, &histories).await {
                Ok(changes) => {
                    self.note_times(&stored, &changes);
                    self.note(stored.seq, &stored.connection, changes);
                }
                Err(error) if is_for_good(&error) => {
                    if let Some(call) = stored.event.subject(&stored.connection) {
                        self.hold_back(&stored.connection, &call, &error);
                    }
                    self.note(stored.seq, &stored.connection, Vec::new());
                }
                Err(error) => {
                    let connection = stored.connection.clone();
                    tracing::error!(
                        %connection,
                        kind = ?error.kind(),
                        "an older part of a call cannot be read: what the connection tells is stored, and shown once it can"
                    );
                    self.reads.failed();
                    if self.board.cannot_read(&connection, true) {
                        self.news.push(Published::Status { seq: stored.seq, connection: connection.clone() });
                    }
                    self.unfolded.insert(connection, vec![stored]);
                }
            }
        }
    }

    /// What the log holds of the calls of these entries that no book holds, read on a thread that may wait for the
    /// database.
    async fn read_histories(&self, new: &[Stored]) -> Histories {
        let unknown: BTreeSet<CallId> = new.iter().filter_map(|stored| self.unknown_call(stored)).collect();
        if unknown.is_empty() {
            return Histories::new();
        }
        let office = self.office.clone();
        let read = move |store: &Store| {
            let of = |call: CallId| Some((call.clone(), call_entries::of_call(store, &office, &call).ok()?));
            Ok::<_, store::Error>(unknown.into_iter().filter_map(of).collect())
        };
        // What is missing is read again where it is needed, and its error told there.
        self.store.reading(read).await.unwrap_or_default()
    }

    /// What the log holds of a call.
    pub(super) async fn entries_of(&self, call: CallId) -> Result<Vec<Stored>, store::Error> {
        let office = self.office.clone();
        self.store.reading(move |store| call_entries::of_call(store, &office, &call)).await
    }

    /// The call of this entry, where its book does not hold it.
    fn unknown_call(&self, stored: &Stored) -> Option<CallId> {
        let book = self.books.get(&stored.connection)?;
        let subject = book.subject(&stored.event)?;
        (!book.holds(&subject) && !self.is_unread(&stored.connection, &subject)).then_some(subject)
    }

    /// Applies one entry, unless its call is held back; a straggler's call is brought back from the log first.
    pub(super) async fn fold(&mut self, stored: &Stored, histories: &Histories) -> Result<Vec<Change>, store::Error> {
        let book = self.books.get(&stored.connection);
        let subject = book.and_then(|book| book.subject(&stored.event));
        if subject.is_some_and(|call| self.is_unread(&stored.connection, &call)) {
            return Ok(Vec::new());
        }
        if let Some(call) = self.unknown_call(stored) {
            let earlier = match histories.get(&call) {
                Some(known) => Cow::Borrowed(known.as_slice()),
                None => Cow::Owned(self.entries_of(call).await?),
            };
            if let Some(book) = self.books.get_mut(&stored.connection) {
                book.restore(earlier.iter().filter(|earlier| earlier.seq < stored.seq));
            }
        }
        Ok(self.books.get_mut(&stored.connection).map(|book| book.apply(stored)).unwrap_or_default())
    }
}
