//! What the keeper does before it works: brings its books up to the log and settles what the last run left open.

use std::{collections::BTreeMap, sync::Arc};

use calls::{Book, BookSettings, Change, CommandAnswer, CommandState, ConnectionId, Stored, Told};
use serde::{Deserialize, Serialize};
use store::{CommandStatus, Filter, Store, UnreadEntry};
use tokio::sync::{broadcast, mpsc, watch};

use super::{
    fold::Histories,
    published::Head,
    requests::{KeeperHandle, entry},
    state::Keeper,
    unread::is_for_good,
};
use crate::{backoff::Backoff, call_entries, clock::Clock, rows, settings::Directory, status::Board};

/// How many log entries, or rows, are read at a time.
const PAGE: usize = 4096;

impl Keeper {
    /// A keeper whose books are rebuilt from the log.
    pub(crate) fn open(
        office: &str,
        store: Store,
        clock: Arc<dyn Clock>,
        directory: Arc<Directory>,
        board: Arc<Board>,
        books: BTreeMap<ConnectionId, Book>,
    ) -> Result<(Self, KeeperHandle), store::Error> {
        let (send, requests) = mpsc::channel(4096);
        let (published, _) = broadcast::channel(16_384);
        let logged = store.head_seq()?;
        let (head, watch) = watch::channel(Head { seq: logged, behind: false });
        let handle = KeeperHandle { requests: send, published: published.clone(), head: watch };
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
            unfolded: BTreeMap::new(),
            unread: BTreeMap::new(),
            unsaved: BTreeMap::new(),
            news: Vec::new(),
            questions: Vec::new(),
            timers: Backoff::default(),
            rows: Backoff::default(),
            reads: Backoff::default(),
        };
        keeper.rebuild()?;
        keeper.restore_open_calls()?;
        Ok((keeper, handle))
    }

    /// Settles what the last run left open, and writes the rows of what it had not folded any more.
    pub(crate) async fn settle(&mut self) -> Result<(), store::Error> {
        self.settle_lost_commands().await?;
        self.read_again().await;
        self.save().await;
        Ok(())
    }

    /// Reads what the open calls need from the log; what was not folded before the last stop is folded now.
    fn rebuild(&mut self) -> Result<(), store::Error> {
        let connections: Vec<ConnectionId> = self.books.keys().cloned().collect();
        connections.iter().try_for_each(|connection| self.rebuild_book(connection))
    }

    /// Takes a connection in that came while the office is at work, with what its log says of an earlier time; one that is
    /// known goes on by these settings.
    pub(super) fn join(&mut self, connection: &ConnectionId, settings: BookSettings) -> Result<(), store::Error> {
        if let Some(book) = self.books.get_mut(connection) {
            book.change_settings(settings);
            return Ok(());
        }
        self.books.insert(connection.clone(), Book::new(connection.clone(), settings));
        let rebuilt = self.rebuild_book(connection).and_then(|()| self.restore_open_calls());
        if rebuilt.is_err() {
            self.books.remove(connection);
        }
        rebuilt
    }

    fn rebuild_book(&mut self, connection: &ConnectionId) -> Result<(), store::Error> {
        self.open_unread(connection)?;
        let folded = self.store.fold_position(connection)?;
        let start = self.store.setting(&rebuild_key(connection))?;
        let start: Rebuild = start.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        if let Some(book) = self.books.get_mut(connection) {
            if let Some(chosen_at) = start.zone_chosen {
                book.settle_zone(chosen_at);
            }
            for (session, opened_at) in start.gaps {
                book.reopen_gap(session, opened_at);
            }
        }
        // The floor may be beyond rows that could not be written.
        let mut next = start.floor.min(folded + 1);
        loop {
            let page = self.store.read_from(connection, next, PAGE)?;
            let Some(last) = page.last() else { return Ok(()) };
            next = seq_of(last) + 1;
            for entry in page {
                let seq = seq_of(&entry);
                let changes = self.fold_read(connection, entry)?;
                if seq > folded {
                    // Until the rows are written nobody may resume from beyond them.
                    self.head.send_modify(|head| *head = Head { seq: head.seq.min(seq - 1), behind: true });
                    self.note(seq, connection, changes);
                }
            }
        }
    }

    /// Folds an entry that was read at the start. What can never be read holds back its own call.
    fn fold_read(
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
        match (self.fold(&stored, &Histories::new()), stored.told.subject(connection)) {
            (Err(error), Some(call)) if is_for_good(&error) => {
                self.hold_back(connection, &call, &error);
                Ok(Vec::new())
            }
            (folded, _) => folded,
        }
    }

    /// Calls that a straggler opened again hold no floor, so the log was not read from their beginning.
    fn restore_open_calls(&mut self) -> Result<(), store::Error> {
        let open = Filter { office: Some(self.office.clone()), open: true, ..Filter::default() };
        let mut before = None;
        loop {
            let page = self.store.list(&open, before, PAGE)?;
            let Some(last) = page.last() else { return Ok(()) };
            before = Some(last.cursor);
            for call in page.iter().filter_map(rows::call) {
                let is_held = self.books.get(&call.connection).is_none_or(|book| book.holds(&call.id));
                if is_held || self.is_unread(&call.connection, &call.id) {
                    continue;
                }
                match call_entries::of_call(&self.store, &self.office, &call.id) {
                    Ok(entries) => {
                        if let Some(book) = self.books.get_mut(&call.connection) {
                            book.restore(&entries);
                        }
                    }
                    Err(error) if is_for_good(&error) => self.hold_back(&call.connection, &call.id, &error),
                    Err(error) => return Err(error),
                }
            }
        }
    }

    /// Commands that were on their way when the last run ended: whether they acted is not known, and they are not
    /// sent again.
    async fn settle_lost_commands(&mut self) -> Result<(), store::Error> {
        for row in self.store.commands_in_state(CommandState::Sent)? {
            let (id, connection) = (row.command.id, row.command.connection);
            let known = self.books.get(&connection).and_then(|book| book.command_state(id));
            if known == Some(CommandState::Sent) {
                let answer = Told::Answer(CommandAnswer::Unknown { command: id });
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

/// Place of an entry, readable or not.
fn seq_of(entry: &Result<Stored, UnreadEntry>) -> u64 {
    entry.as_ref().map_or_else(|unread| unread.seq, |stored| stored.seq)
}

/// What a rebuild of a connection's book begins with.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Rebuild {
    /// The log place from which to read.
    floor: u64,
    /// The log place at which the vendor's zone was chosen: it may lie below the floor.
    zone_chosen: Option<u64>,
    /// The sessions whose gaps are open, and the log places at which they opened: they may lie below the floor, too.
    #[serde(default)]
    gaps: Vec<(Option<String>, u64)>,
}

/// The setting that keeps a connection's [`Rebuild`].
fn rebuild_key(connection: &ConnectionId) -> String {
    format!("rebuild:{connection}")
}
