//! What the keeper does before it works: brings its books up to the log and settles what the last run left open.

use std::{collections::BTreeMap, sync::Arc};

use calls::{Book, BookSettings, Change, CommandAnswer, CommandState, ConnectionId, LogEvent, Stored};
use store::{CommandStatus, Store, UnreadEntry};
use tokio::sync::{broadcast, mpsc, watch};

use super::{
    fold::Histories,
    published::Head,
    requests::{KeeperHandle, entry},
    restore::{OpenCall, Rebuild, Restored, rebuild_key, seq_of},
    state::Keeper,
    unread::is_for_good,
};
use crate::{
    backoff::Backoff, call_times::CallTimes, clock::Clock, originals::Originals, settings::Directory, status::Board,
};

impl Keeper {
    /// A keeper whose books are rebuilt from the log.
    pub(crate) async fn open(
        office: &str,
        store: Store,
        clock: Arc<dyn Clock>,
        directory: Arc<Directory>,
        board: Arc<Board>,
        books: BTreeMap<ConnectionId, Book>,
    ) -> Result<(Self, KeeperHandle), store::Error> {
        let (send, requests) = mpsc::channel(4096);
        let (published, _) = broadcast::channel(16_384);
        let logged = store.reading(Store::head_seq).await?;
        let (head, watch) = watch::channel(Head { seq: logged, behind: false });
        let (times, logged_at) = (Arc::<CallTimes>::default(), clock.now());
        let handle =
            KeeperHandle { requests: send, published: published.clone(), head: watch, times: Arc::clone(&times) };
        let mut keeper = Self {
            office: office.to_owned(),
            store,
            clock,
            directory,
            board,
            books,
            requests,
            published,
            head,
            logged,
            logged_at,
            times,
            originals: Arc::default(),
            unfolded: BTreeMap::new(),
            unread: BTreeMap::new(),
            unsaved: BTreeMap::new(),
            news: Vec::new(),
            lookups: Vec::new(),
            timers: Backoff::default(),
            rows: Backoff::default(),
            reads: Backoff::default(),
        };
        keeper.rebuild().await?;
        Ok((keeper, handle))
    }

    /// Forgets these as the rows of the request journal are forgotten.
    pub(crate) fn forgetting(mut self, originals: &Arc<Originals>) -> Self {
        self.originals = Arc::clone(originals);
        self
    }

    /// Settles what the last run left open, and writes the rows of what it had not folded any more.
    pub(crate) async fn settle(&mut self) -> Result<(), store::Error> {
        self.settle_lost_commands().await?;
        self.read_again().await;
        self.save().await;
        Ok(())
    }

    /// Reads what the open calls need from the log; what was not folded before the last stop is folded now.
    async fn rebuild(&mut self) -> Result<(), store::Error> {
        let connections: Vec<ConnectionId> = self.books.keys().cloned().collect();
        for connection in connections {
            let restored = self.restored(&connection).await?;
            self.rebuild_book(&connection, restored).await?;
        }
        Ok(())
    }

    /// Takes a connection in that came while the office is at work, with what its log says of an earlier time; one that is
    /// known goes on by these settings.
    pub(super) async fn join(&mut self, connection: &ConnectionId, settings: BookSettings) -> Result<(), store::Error> {
        if let Some(book) = self.books.get_mut(connection) {
            book.change_settings(settings);
            return Ok(());
        }
        let restored = self.restored(connection).await?;
        self.books.insert(connection.clone(), Book::new(connection.clone(), settings));
        let rebuilt = self.rebuild_book(connection, restored).await;
        if rebuilt.is_err() {
            self.books.remove(connection);
        }
        rebuilt
    }

    /// What the log says of a connection until now.
    async fn restored(&self, connection: &ConnectionId) -> Result<Restored, store::Error> {
        let (office, id) = (self.office.clone(), connection.clone());
        self.store.reading(move |store| Restored::read(store, &office, &id)).await
    }

    async fn rebuild_book(&mut self, connection: &ConnectionId, restored: Restored) -> Result<(), store::Error> {
        let Restored { unread, folded, start, entries, open } = restored;
        self.open_unread(connection, unread);
        if let Some(book) = self.books.get_mut(connection) {
            if let Some(chosen_at) = start.zone_chosen {
                book.settle_zone(chosen_at);
            }
            for (session, opened_at) in start.gaps {
                book.reopen_gap(session, opened_at);
            }
        }
        for entry in entries {
            let seq = seq_of(&entry);
            let changes = self.fold_read(connection, entry).await?;
            if seq > folded {
                // Until the rows are written nobody may resume from beyond them.
                self.head.send_modify(|head| *head = Head { seq: head.seq.min(seq - 1), behind: true });
                self.note(seq, connection, changes);
            }
        }
        self.restore_open_calls(connection, open)
    }

    /// Folds an entry that was read at the start. What can never be read holds back its own call.
    async fn fold_read(
        &mut self,
        connection: &ConnectionId,
        entry: Result<Stored, UnreadEntry>,
    ) -> Result<Vec<Change>, store::Error> {
        let stored = match entry {
            Ok(stored) => stored,
            Err(unread) => {
                self.hold_back_entry(connection, unread);
                return Ok(Vec::new());
            }
        };
        match (self.fold(&stored, &Histories::new()).await, stored.event.subject(connection)) {
            (Err(error), Some(call)) if is_for_good(&error) => {
                self.hold_back(connection, &call, &error);
                Ok(Vec::new())
            }
            (folded, _) => folded,
        }
    }

    /// Calls that a straggler opened again hold no floor, so the log was not read from their beginning.
    fn restore_open_calls(&mut self, connection: &ConnectionId, open: Vec<OpenCall>) -> Result<(), store::Error> {
        for (call, entries) in open {
            let Some(book) = self.books.get_mut(connection) else { return Ok(()) };
            if book.holds(&call) || self.unread.get(connection).is_some_and(|unread| unread.calls.contains(&call)) {
                continue;
            }
            match entries {
                Ok(entries) => book.restore(&entries),
                Err(error) if is_for_good(&error) => self.hold_back(connection, &call, &error),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Commands that were on their way when the last run ended: whether they acted is not known, and they are not
    /// sent again.
    async fn settle_lost_commands(&mut self) -> Result<(), store::Error> {
        for row in self.store.reading(|store| store.commands_in_state(CommandState::Sent)).await? {
            let (id, connection) = (row.command.id, row.command.connection);
            let known = self.books.get(&connection).and_then(|book| book.command_state(id));
            if known == Some(CommandState::Sent) {
                let answer = LogEvent::Answer(CommandAnswer::Unknown { command: id });
                if self.append(vec![entry(&connection, self.clock.now(), answer)]).await.is_err() {
                    tracing::error!(%connection, "a lost command could not be settled; the next start will");
                }
                continue;
            }
            // Its call is let go, or it was answered and the row does not say so.
            let state = known.unwrap_or(CommandState::Unknown);
            let status = CommandStatus { id, call: row.command.call, state, detail: row.detail };
            if let Err(error) = self.store.set_command(status).await {
                tracing::error!(%connection, kind = ?error.kind(), "a lost command could not be settled; the next start will");
            }
        }
        Ok(())
    }

    /// Keeps from where a connection's log must be read at the next start.
    pub(super) fn keep_rebuild(&self, connection: &ConnectionId, book: &Book, head: u64) {
        let floor = book.floor().unwrap_or(head + 1);
        let newer_from = self.unread.get(connection).and_then(|unread| unread.newer_from);
        let floor = newer_from.map_or(floor, |newer| newer.min(floor));
        let gaps = book.open_gaps().map(|(session, opened_at)| (session.map(str::to_owned), opened_at)).collect();
        let text = serde_json::to_string(&Rebuild { floor, zone_chosen: book.zone_chosen(), gaps }).unwrap_or_default();
        self.store.set_setting(&rebuild_key(connection), &text).then(|result| {
            if let Err(error) = result {
                tracing::warn!(kind = ?error.kind(), "the next start will read more of the log than it needs");
            }
        });
    }
}
