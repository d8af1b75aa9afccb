//! The one task that writes the log, folds it and publishes what changed, in the order of the log.

use std::{collections::BTreeMap, ops::Range, sync::Arc, time::Duration};

use calls::{Book, CallId, Change, ConnectionId, Decision, Stored, Told, VendorEvent};
use jiff::Timestamp;
use link::wire::{self, StreamEvent};
use serde::{Deserialize, Serialize};
use store::{Appended, NewEntry, Redirect, Store};
use tokio::sync::{broadcast, mpsc, oneshot, watch};

use crate::{clock::Clock, history, rows, seen, settings::Directory};

/// How many letters are committed together at most.
const BATCH: usize = 512;
/// How often the head of the log is told to all who listen.
const HEARTBEAT: Duration = Duration::from_secs(20);
/// How many log entries are read at a time when the books are rebuilt.
const PAGE: usize = 4096;

/// The log could not take it: the disk is full or the database failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the event was not stored; free disk space or mend the database")]
pub(crate) struct NotStored;

/// The way back to the one who told.
type Done = oneshot::Sender<Result<Vec<Appended>, NotStored>>;

/// What the keeper is asked.
pub(crate) enum Letter {
    /// Put this into a connection's log and fold it.
    Tell { connection: ConnectionId, received_at: Timestamp, told: Vec<Told>, done: Done },
    /// Keep what a person wrote.
    Fact { fact: wire::Fact, done: oneshot::Sender<Result<(), NotStored>> },
    /// Tell everybody how a connection stands.
    Status { connection: ConnectionId },
    /// Stop after everything before this.
    Stop { done: oneshot::Sender<()> },
}

/// Something that all who look at the office are told, in the order of the log.
#[derive(Debug, Clone)]
pub(crate) enum Published {
    /// A new state; calls as [`seen::kept`].
    Event { seq: u64, event: Arc<StreamEvent> },
    /// How a connection stands has changed.
    Status { seq: u64, connection: ConnectionId },
    /// Everything up to here was published.
    At { seq: u64 },
}

/// The way to the keeper.
#[derive(Clone)]
pub(crate) struct KeeperHandle {
    letters: mpsc::Sender<Letter>,
    published: broadcast::Sender<Published>,
    head: watch::Receiver<u64>,
}

impl KeeperHandle {
    /// Stores and folds; answers once it is durable.
    pub(crate) async fn tell(
        &self,
        connection: &ConnectionId,
        received_at: Timestamp,
        told: Vec<Told>,
    ) -> Result<Vec<Appended>, NotStored> {
        let (done, answer) = oneshot::channel();
        let letter = Letter::Tell { connection: connection.clone(), received_at, told, done };
        self.letters.send(letter).await.map_err(|_| NotStored)?;
        answer.await.unwrap_or(Err(NotStored))
    }

    /// Stores a fact and tells everybody.
    pub(crate) async fn fact(&self, fact: wire::Fact) -> Result<(), NotStored> {
        let (done, answer) = oneshot::channel();
        self.letters.send(Letter::Fact { fact, done }).await.map_err(|_| NotStored)?;
        answer.await.unwrap_or(Err(NotStored))
    }

    /// Has everybody told how a connection stands.
    pub(crate) async fn status_changed(&self, connection: &ConnectionId) {
        // A keeper that has stopped has nobody left to tell.
        let _ = self.letters.send(Letter::Status { connection: connection.clone() }).await;
    }

    /// Everything that is published from now on, and how far the log is published already.
    pub(crate) fn subscribe(&self) -> (broadcast::Receiver<Published>, u64) {
        let receiver = self.published.subscribe();
        (receiver, *self.head.borrow())
    }

    /// How far the log is published.
    pub(crate) fn head(&self) -> u64 {
        *self.head.borrow()
    }

    /// Lets the keeper finish what it has and stop.
    pub(crate) async fn stop(&self) {
        let (done, stopped) = oneshot::channel();
        if self.letters.send(Letter::Stop { done }).await.is_ok() {
            // An error means that it has stopped already.
            let _ = stopped.await;
        }
    }
}

/// The keeper's state.
pub(crate) struct Keeper {
    office: String,
    store: Store,
    clock: Arc<dyn Clock>,
    directory: Arc<Directory>,
    books: BTreeMap<ConnectionId, Book>,
    letters: mpsc::Receiver<Letter>,
    published: broadcast::Sender<Published>,
    head: watch::Sender<u64>,
    /// Calls whose rows could not be written yet.
    unsaved: BTreeMap<CallId, rows::Unsaved>,
    redirects: BTreeMap<ConnectionId, Vec<Redirect>>,
    /// Places up to which the books are folded, to be saved with the rows.
    folded: BTreeMap<ConnectionId, u64>,
}

impl Keeper {
    /// A keeper whose books are rebuilt from the log.
    pub(crate) fn open(
        office: &str,
        store: Store,
        clock: Arc<dyn Clock>,
        directory: Arc<Directory>,
        books: BTreeMap<ConnectionId, Book>,
    ) -> Result<(Self, KeeperHandle), store::Error> {
        let (send, letters) = mpsc::channel(4096);
        let (published, _) = broadcast::channel(16_384);
        let (head, watch) = watch::channel(store.head_seq()?);
        let handle = KeeperHandle { letters: send, published: published.clone(), head: watch };
        let mut keeper = Self {
            office: office.to_owned(),
            store,
            clock,
            directory,
            books,
            letters,
            published,
            head,
            unsaved: BTreeMap::new(),
            redirects: BTreeMap::new(),
            folded: BTreeMap::new(),
        };
        keeper.rebuild()?;
        Ok((keeper, handle))
    }

    /// Reads what the open calls need from the log; what was not folded before the last stop is folded now.
    fn rebuild(&mut self) -> Result<(), store::Error> {
        let connections: Vec<ConnectionId> = self.books.keys().cloned().collect();
        for connection in connections {
            let folded = self.store.fold_position(&connection)?;
            let start = self.store.setting(&rebuild_key(&connection))?;
            let start: Rebuild = start.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
            if let (Some(chosen_at), Some(book)) = (start.zone_chosen, self.books.get_mut(&connection)) {
                book.settle_zone(chosen_at);
            }
            let mut next = start.floor;
            loop {
                let page = self.store.read_from(&connection, next, PAGE)?;
                let Some(last) = page.last() else { break };
                next = last.seq + 1;
                for stored in &page {
                    let changes = self.fold(stored)?;
                    if stored.seq > folded {
                        self.note(stored.seq, &connection, changes, &mut Vec::new());
                    }
                }
            }
        }
        Ok(())
    }

    /// Works until it is stopped.
    pub(crate) async fn run(mut self) {
        self.save().await;
        let mut heartbeat = tokio::time::interval(HEARTBEAT);
        loop {
            let until_deadline = self.until_deadline();
            tokio::select! {
                letter = self.letters.recv() => {
                    let Some(letter) = letter else { return };
                    let mut batch = vec![letter];
                    while batch.len() < BATCH && let Ok(letter) = self.letters.try_recv() {
                        batch.push(letter);
                    }
                    if let Some(stopped) = self.take(batch).await {
                        self.keep_floors();
                        // Nobody waits for it any more when this fails.
                        let _ = stopped.send(());
                        return;
                    }
                }
                () = sleep_opt(until_deadline) => self.fire_timers().await,
                _ = heartbeat.tick() => {
                    self.save().await;
                    self.keep_floors();
                    let seq = *self.head.borrow();
                    self.publish(Published::At { seq });
                }
            }
        }
    }

    fn until_deadline(&self) -> Option<Duration> {
        let next = self.books.values().filter_map(Book::next_deadline).map(|(at, _)| at).min()?;
        Some(Duration::try_from(next.duration_since(self.clock.now())).unwrap_or_default())
    }

    async fn fire_timers(&mut self) {
        let now = self.clock.now();
        let due: Vec<(ConnectionId, Told)> = self
            .books
            .iter()
            .filter_map(|(connection, book)| {
                let (_, timer) = book.next_deadline().filter(|(at, _)| *at <= now)?;
                Some((connection.clone(), Told::Decision(Decision::TimerFired { timer })))
            })
            .collect();
        for (connection, told) in due {
            let (done, _) = oneshot::channel();
            let stored = self.take(vec![Letter::Tell { connection, received_at: now, told: vec![told], done }]).await;
            debug_assert!(stored.is_none(), "only a stop ends the keeper");
        }
    }

    /// Commits, folds, answers, saves and publishes, in this order. Answers whom to tell that it stopped.
    async fn take(&mut self, letters: Vec<Letter>) -> Option<oneshot::Sender<()>> {
        let mut stop = None;
        let mut entries = Vec::new();
        let mut waiting = Vec::new();
        let mut afterwards = Vec::new();
        for letter in letters {
            match letter {
                Letter::Tell { connection, received_at, told, done } => {
                    let from = entries.len();
                    entries.extend(told.into_iter().map(|told| entry(&connection, received_at, told)));
                    waiting.push((from..entries.len(), done));
                }
                Letter::Stop { done } => stop = Some(done),
                other @ (Letter::Fact { .. } | Letter::Status { .. }) => afterwards.push(other),
            }
        }
        if !entries.is_empty() {
            self.take_entries(entries, waiting).await;
        }
        for letter in afterwards {
            match letter {
                Letter::Fact { fact, done } => {
                    // Nobody waits for the answer any more when this fails.
                    let _ = done.send(self.take_fact(fact).await);
                }
                Letter::Status { connection } => {
                    let seq = *self.head.borrow();
                    self.publish(Published::Status { seq, connection });
                }
                Letter::Tell { .. } | Letter::Stop { .. } => {}
            }
        }
        stop
    }

    async fn take_entries(&mut self, entries: Vec<NewEntry>, waiting: Vec<(Range<usize>, Done)>) {
        let appended = match self.store.append(entries.clone()).await {
            Ok(appended) => appended,
            Err(error) => {
                tracing::error!(kind = ?error.kind(), "the log could not take events");
                for (_, done) in waiting {
                    // The asker has gone; the PBX or the session will bring the events again.
                    let _ = done.send(Err(NotStored));
                }
                return;
            }
        };
        let mut news = Vec::new();
        for (entry, appended) in entries.into_iter().zip(&appended) {
            let Some(seq) = appended.new_seq() else { continue };
            let stored = Stored { seq, connection: entry.connection, received_at: entry.received_at, told: entry.told };
            match self.fold(&stored) {
                Ok(changes) => self.note(seq, &stored.connection, changes, &mut news),
                Err(error) => tracing::error!(kind = ?error.kind(), "an older part of a call could not be read"),
            }
        }
        self.save().await;
        if let Some(last) = appended.iter().filter_map(|appended| appended.new_seq()).max() {
            self.head.send_replace(last);
        }
        for item in news {
            self.publish(item);
        }
        for (range, done) in waiting {
            // The asker has gone; what is stored is folded all the same.
            let _ = done.send(Ok(appended[range].to_vec()));
        }
    }

    async fn take_fact(&mut self, fact: wire::Fact) -> Result<(), NotStored> {
        match self.store.append_fact(&self.office, rows::fact(&fact)).await {
            Ok(seq) => {
                self.head.send_if_modified(|head| std::mem::replace(head, (*head).max(seq)) < seq);
                self.publish(Published::Event { seq, event: Arc::new(StreamEvent::Fact { fact }) });
                Ok(())
            }
            Err(error) => {
                tracing::error!(kind = ?error.kind(), "a fact could not be stored");
                Err(NotStored)
            }
        }
    }

    /// Applies one entry; a straggler's call is brought back from the log first.
    fn fold(&mut self, stored: &Stored) -> Result<Vec<Change>, store::Error> {
        let Some(book) = self.books.get_mut(&stored.connection) else { return Ok(Vec::new()) };
        if let Some(call) = stored.told.subject(&stored.connection)
            && !book.holds(&call)
        {
            let earlier = history::of_call(&self.store, &self.office, &call)?;
            book.restore(earlier.iter().filter(|earlier| earlier.seq < stored.seq));
        }
        self.folded.insert(stored.connection.clone(), stored.seq);
        Ok(book.apply(stored))
    }

    /// Remembers what is to be saved and published.
    fn note(&mut self, seq: u64, connection: &ConnectionId, changes: Vec<Change>, news: &mut Vec<Published>) {
        for change in changes {
            match change {
                Change::Call(call) => {
                    let kept = seen::kept(&call, &self.directory);
                    let first_seq = self.unsaved.get(&call.id).map_or(seq, |unsaved| unsaved.first_seq);
                    self.unsaved.insert(call.id.clone(), rows::Unsaved { call: kept.clone(), seq, first_seq });
                    let event = StreamEvent::Call { call: Box::new(kept) };
                    news.push(Published::Event { seq, event: Arc::new(event) });
                }
                Change::Redirect { from, to } => {
                    self.unsaved.remove(&from);
                    self.redirects.entry(connection.clone()).or_default().push(Redirect { from, to, seq });
                }
                Change::Command { id, call, state, detail } => {
                    let view = wire::CommandView { command: id, call, state, detail };
                    self.store.set_command(id, view.call.clone(), view.state, view.detail.clone()).then(|result| {
                        if let Err(error) = result {
                            tracing::error!(kind = ?error.kind(), "a command's state could not be stored");
                        }
                    });
                    news.push(Published::Event { seq, event: Arc::new(StreamEvent::Command { command: view }) });
                }
            }
        }
    }

    /// Writes the rows of changed calls; what fails is tried again with the next.
    async fn save(&mut self) {
        for (connection, position) in std::mem::take(&mut self.folded) {
            let redirects = self.redirects.get(&connection).map(Vec::as_slice).unwrap_or_default();
            let save = rows::save(&connection, &self.unsaved, redirects, position, &self.directory);
            match self.store.save(&self.office, save).await {
                Ok(()) => {
                    self.unsaved.retain(|_, unsaved| unsaved.call.connection != connection);
                    self.redirects.remove(&connection);
                }
                Err(error) => {
                    tracing::error!(kind = ?error.kind(), "the call list could not be written");
                    self.folded.insert(connection, position);
                }
            }
        }
    }

    /// Keeps from where the log must be read at the next start.
    fn keep_floors(&self) {
        for (connection, book) in &self.books {
            let floor = book.floor().unwrap_or(*self.head.borrow() + 1);
            let start = Rebuild { floor, zone_chosen: book.zone_chosen() };
            let text = serde_json::to_string(&start).unwrap_or_default();
            self.store.set_setting(&rebuild_key(connection), &text).then(|result| {
                if let Err(error) = result {
                    tracing::warn!(kind = ?error.kind(), "the next start will read more of the log than it needs");
                }
            });
        }
    }

    fn publish(&self, item: Published) {
        // Nobody looks at the office just now.
        let _ = self.published.send(item);
    }
}

/// What a rebuild of a connection's book begins with.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Rebuild {
    /// The log place from which to read.
    floor: u64,
    /// The log place at which the vendor's zone was chosen: it may lie below the floor.
    zone_chosen: Option<u64>,
}

/// The setting that keeps a connection's [`Rebuild`].
fn rebuild_key(connection: &ConnectionId) -> String {
    format!("rebuild:{connection}")
}

fn entry(connection: &ConnectionId, received_at: Timestamp, told: Told) -> NewEntry {
    let dedupe_key = match &told {
        Told::Vendor(VendorEvent { dedupe_key, .. }) => Some(dedupe_key.clone()),
        Told::Command(_) | Told::Answer(_) | Told::Decision(_) => None,
    };
    NewEntry { connection: connection.clone(), call: told.subject(connection), dedupe_key, received_at, told }
}

async fn sleep_opt(wait: Option<Duration>) {
    match wait {
        Some(wait) => tokio::time::sleep(wait).await,
        None => std::future::pending().await,
    }
}
