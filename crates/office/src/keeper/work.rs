//! The keeper at work.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    sync::Arc,
    time::Duration,
};

use calls::{Book, CallId, Change, CommandId, ConnectionId, Decision, Stored, Told, VendorEvent};
use jiff::Timestamp;
use link::wire;
use store::{Appended, Audience, Began, CommandStands, FactAppended, NewCommand, NewEntry, Redirect, Store};
use tokio::{
    sync::{broadcast, mpsc, oneshot, watch},
    task::JoinSet,
};

use super::{Done, Head, NotKept, NotStored, Published, Request};
use crate::{backoff::Backoff, clock::Clock, history, journal, rows, settings::Directory, visibility};

/// How many requests are committed together at most.
const BATCH: usize = 512;
/// How often the head of the log is told to all who listen.
const HEARTBEAT: Duration = Duration::from_secs(20);
/// How often what has grown old is thrown away.
const TIDY: Duration = Duration::from_secs(3600);

/// The keeper's state.
pub(crate) struct Keeper {
    pub(super) office: String,
    pub(super) store: Store,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) directory: Arc<Directory>,
    pub(super) books: BTreeMap<ConnectionId, Book>,
    pub(super) requests: mpsc::Receiver<Request>,
    pub(super) published: broadcast::Sender<Published>,
    /// How far the log is published. Rows up to here are written, so that a desk may resume from here.
    pub(super) head: watch::Sender<Head>,
    /// How far the log is told.
    pub(super) logged: u64,
    /// What is folded and not written yet.
    pub(super) unsaved: BTreeMap<ConnectionId, Unsaved>,
    /// What is to be published.
    pub(super) news: Vec<Published>,
    /// What is to be read before that is published.
    pub(super) questions: Vec<Question>,
    /// How often timers are tried, and how often rows.
    pub(super) timers: Backoff,
    pub(super) rows: Backoff,
}

/// Who is to be told of an item of the news, where memory does not say.
#[derive(Debug)]
pub(super) struct Question {
    /// Place of the item among the news.
    item: usize,
    /// Whose is this command?
    command: Option<CommandId>,
    /// Who sees this call, unless that is known?
    call: Option<CallId>,
}

/// What the log holds of calls that no book holds.
pub(super) type Histories = BTreeMap<CallId, Vec<Stored>>;

/// What a connection's log changed and is not written yet.
#[derive(Debug, Default)]
pub(crate) struct Unsaved {
    /// How far it is folded with this.
    pub(crate) folded: u64,
    /// Calls in their newest state.
    pub(crate) calls: BTreeMap<CallId, rows::Changed>,
    /// Ids that lead to others from now on.
    pub(crate) redirects: Vec<Redirect>,
    /// Commands that moved.
    pub(crate) commands: BTreeMap<CommandId, CommandStands>,
}

impl Keeper {
    /// Works until it is stopped.
    pub(crate) async fn run(mut self) {
        let mut heartbeat = tokio::time::interval(HEARTBEAT);
        let mut tidy = tokio::time::interval(TIDY);
        // Work that nobody waits for, until the keeper stops: then nothing may use the store any more.
        let mut chores = JoinSet::new();
        loop {
            let until_due = self.until_due();
            tokio::select! {
                request = self.requests.recv() => {
                    let Some(request) = request else { return };
                    let mut batch = vec![request];
                    while batch.len() < BATCH && let Ok(request) = self.requests.try_recv() {
                        batch.push(request);
                    }
                    if let Some(stopped) = self.take(batch).await {
                        self.keep_floors();
                        chores.shutdown().await;
                        chores.spawn_blocking(self.witness_head());
                        chores.join_all().await;
                        // Nobody waits for it any more when this fails.
                        let _ = stopped.send(());
                        return;
                    }
                }
                () = sleep_opt(until_due) => self.do_what_is_due().await,
                _ = heartbeat.tick() => {
                    self.keep_floors();
                    while chores.try_join_next().is_some() {}
                    chores.spawn_blocking(self.witness_head());
                    let seq = self.head.borrow().seq;
                    self.publish(Published::At { seq });
                }
                _ = tidy.tick() => drop(chores.spawn(journal::prune(self.store.clone(), self.clock.now()))),
            }
        }
    }

    /// When a timer fires or what could not be written is tried again. A database that takes nothing gets its rest.
    fn until_due(&self) -> Option<Duration> {
        let next = self.books.values().filter_map(Book::next_deadline).map(|(at, _)| at).min();
        let timer = next.map(|at| Duration::try_from(at.duration_since(self.clock.now())).unwrap_or_default());
        let timer = timer.map(|due| due.max(self.timers.rest()));
        let again = (!self.unsaved.is_empty()).then(|| self.rows.rest());
        timer.into_iter().chain(again).min()
    }

    async fn do_what_is_due(&mut self) {
        if self.timers.rest().is_zero() {
            let now = self.clock.now();
            let due = |(connection, book): (&ConnectionId, &Book)| {
                Some((connection.clone(), book.next_deadline().filter(|(at, _)| *at <= now)?))
            };
            let due: Vec<_> = self.books.iter().filter_map(due).collect();
            let fired = due.iter().map(|(connection, (_, timer))| {
                entry(connection, now, Told::Decision(Decision::TimerFired { timer: timer.clone() }))
            });
            let appended = self.append(fired.collect()).await;
            // One that could not be applied is as good as one that could not be stored.
            let next = |connection| self.books.get(connection).and_then(Book::next_deadline);
            let stuck = due.iter().any(|(connection, deadline)| next(connection).as_ref() == Some(deadline));
            if appended.is_err() || stuck { self.timers.failed() } else { self.timers.worked() }
        }
        self.save().await;
    }

    /// Takes requests in: commits what is to be in the log, folds it, writes the rows, publishes, and only then answers,
    /// because a card waits for the publication and nobody but a PBX for the answer. Where the rows cannot be written
    /// the rest is done all the same: what is in the log is safe, and the rows follow. Says whom to tell that the
    /// keeper stopped.
    async fn take(&mut self, requests: Vec<Request>) -> Option<oneshot::Sender<()>> {
        let mut stop = None;
        let mut entries = Vec::new();
        let mut waiting = Vec::new();
        let mut facts = Vec::new();
        let mut others = Vec::new();
        for request in requests {
            match request {
                Request::Tell { connection, received_at, told, done } => {
                    let from = entries.len();
                    entries.extend(told.into_iter().map(|told| entry(&connection, received_at, told)));
                    waiting.push((from..entries.len(), done));
                }
                Request::Stop { done } => stop = Some(done),
                Request::Fact { fact, done } => facts.push((fact, done)),
                other @ (Request::Begin { .. } | Request::Status { .. }) => others.push(other),
            }
        }
        let appended = self.append(entries).await;
        let kept = self.take_facts(facts).await;
        let (mut began, mut changed) = (Vec::new(), Vec::new());
        for request in others {
            match request {
                Request::Begin { row, command, done } => began.push((done, self.begin(row, command).await)),
                Request::Status { connection } => changed.push(connection),
                Request::Tell { .. } | Request::Fact { .. } | Request::Stop { .. } => {}
            }
        }
        self.save().await;
        let seq = self.logged;
        for connection in changed {
            self.publish(Published::Status { seq, connection });
        }
        // Where an answer cannot be given the asker has gone; the PBX or the session will bring the events again.
        for (range, done) in waiting {
            let _ = done.send(appended.as_ref().map(|appended| appended[range].to_vec()).map_err(|error| *error));
        }
        for (done, outcome) in began {
            let _ = done.send(outcome);
        }
        for (done, outcome) in kept {
            let _ = done.send(outcome);
        }
        stop
    }

    /// Puts entries into the log and folds those that are new.
    pub(super) async fn append(&mut self, entries: Vec<NewEntry>) -> Result<Vec<Appended>, NotStored> {
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let appended = self.store.append(entries.clone()).await.map_err(|error| {
            tracing::error!(kind = ?error.kind(), "the log could not take events");
            NotStored
        })?;
        let new = entries.into_iter().zip(&appended).filter_map(|(entry, appended)| {
            let seq = appended.new_seq()?;
            Some(Stored { seq, connection: entry.connection, received_at: entry.received_at, told: entry.told })
        });
        self.take_entries(new.collect()).await;
        Ok(appended)
    }

    async fn begin(&mut self, row: NewCommand, command: calls::Command) -> Result<Began, NotStored> {
        let entry = entry(&row.connection, row.at, Told::Command(command));
        let began = self.store.begin_command(row, entry.clone()).await.map_err(|error| {
            tracing::error!(kind = ?error.kind(), "the log could not take a command");
            NotStored
        })?;
        if let Began::New(seq) = began {
            let NewEntry { connection, received_at, told, .. } = entry;
            self.take_entries(vec![Stored { seq, connection, received_at, told }]).await;
        }
        Ok(began)
    }

    /// Puts what people wrote into the log: all of it is handed in before any is waited for, so that it shares a commit.
    async fn take_facts(
        &mut self,
        facts: Vec<(wire::Fact, Done<(), NotKept>)>,
    ) -> Vec<(Done<(), NotKept>, Result<(), NotKept>)> {
        let sent: Vec<_> = facts
            .into_iter()
            .map(|(fact, done)| (done, self.store.append_fact(&self.office, rows::fact(&fact)).send(), fact))
            .collect();
        let mut kept = Vec::with_capacity(sent.len());
        for (done, answer, fact) in sent {
            let appended = answer.await;
            kept.push((done, self.take_fact(fact, appended)));
        }
        kept
    }

    fn take_fact(&mut self, fact: wire::Fact, appended: Result<FactAppended, store::Error>) -> Result<(), NotKept> {
        match appended {
            Ok(FactAppended::New(seq)) => {
                self.logged = self.logged.max(seq);
                let audience = self.ask(None, &fact.call);
                self.news.push(Published::Fact { seq, fact: Arc::new(fact), audience });
                Ok(())
            }
            Ok(FactAppended::Known(_)) => Ok(()),
            Ok(FactAppended::Taken) => Err(NotKept::Taken),
            Err(error) => {
                tracing::error!(kind = ?error.kind(), "a fact could not be stored");
                Err(NotKept::NotStored)
            }
        }
    }

    /// Folds entries that were appended.
    async fn take_entries(&mut self, new: Vec<Stored>) {
        let histories = self.read_histories(&new).await;
        for stored in new {
            self.logged = self.logged.max(stored.seq);
            match self.fold(&stored, &histories) {
                Ok(changes) => self.note(stored.seq, &stored.connection, changes),
                Err(error) => tracing::error!(kind = ?error.kind(), "an older part of a call could not be read"),
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
        let (store, office) = (self.store.clone(), self.office.clone());
        let read = move |call: CallId| Some((call.clone(), history::of_call(&store, &office, &call).ok()?));
        let reading = tokio::task::spawn_blocking(move || unknown.into_iter().filter_map(read).collect());
        // What is missing is read again where it is needed, and its error told there.
        reading.await.unwrap_or_default()
    }

    /// The call of this entry, where its book does not hold it.
    fn unknown_call(&self, stored: &Stored) -> Option<CallId> {
        let book = self.books.get(&stored.connection)?;
        stored.told.subject(&stored.connection).filter(|call| !book.holds(call))
    }

    /// Applies one entry; a straggler's call is brought back from the log first.
    pub(super) fn fold(&mut self, stored: &Stored, histories: &Histories) -> Result<Vec<Change>, store::Error> {
        if let Some(call) = self.unknown_call(stored) {
            let earlier = match histories.get(&call) {
                Some(known) => Cow::Borrowed(known.as_slice()),
                None => Cow::Owned(history::of_call(&self.store, &self.office, &call)?),
            };
            if let Some(book) = self.books.get_mut(&stored.connection) {
                book.restore(earlier.iter().filter(|earlier| earlier.seq < stored.seq));
            }
        }
        Ok(self.books.get_mut(&stored.connection).map(|book| book.apply(stored)).unwrap_or_default())
    }

    /// Remembers what is to be written and published.
    pub(super) fn note(&mut self, seq: u64, connection: &ConnectionId, changes: Vec<Change>) {
        let unsaved = self.unsaved.entry(connection.clone()).or_default();
        unsaved.folded = unsaved.folded.max(seq);
        for change in changes {
            let unsaved = self.unsaved.entry(connection.clone()).or_default();
            match change {
                Change::Call(call) => {
                    let call = Arc::new(visibility::to_stored(&call, &self.directory));
                    let audience = Arc::new(rows::audience(&call, &self.directory));
                    unsaved.calls.insert(call.id.clone(), rows::Changed { call: Arc::clone(&call), seq });
                    self.news.push(Published::Call { seq, call, audience, parted: Arc::default() });
                }
                Change::Redirect { from, to } => {
                    unsaved.calls.remove(&from);
                    unsaved.redirects.push(Redirect { from, to, seq });
                }
                Change::Command { id, call, state, detail } => {
                    let stands = CommandStands { id, call: call.clone(), state, detail: detail.clone() };
                    unsaved.commands.insert(id, stands);
                    let (audience, author) = (self.ask(Some(id), &call), Arc::default());
                    let command = Arc::new(wire::CommandView { command: id, call, state, detail });
                    self.news.push(Published::Command { seq, command, author, audience });
                }
            }
        }
    }

    /// Asks what the next item of the news needs to know; answers who sees the call as far as memory says.
    fn ask(&mut self, command: Option<CommandId>, call: &CallId) -> Arc<Audience> {
        let changed = self.unsaved.values().find_map(|unsaved| unsaved.calls.get(call));
        let known = changed.map(|changed| rows::audience(&changed.call, &self.directory));
        let call = known.is_none().then(|| call.clone());
        if command.is_some() || call.is_some() {
            self.questions.push(Question { item: self.news.len(), command, call });
        }
        Arc::new(known.unwrap_or_default())
    }

    /// Reads what was asked, on a thread that may wait for the database. Who cannot be read is nobody.
    async fn answer_questions(&mut self) {
        let questions = std::mem::take(&mut self.questions);
        if questions.is_empty() {
            return;
        }
        let (store, office, directory) = (self.store.clone(), self.office.clone(), Arc::clone(&self.directory));
        let reading = tokio::task::spawn_blocking(move || {
            let answer = |Question { item, command, call }: Question| {
                let author = command.and_then(|id| store.command(id).ok().flatten());
                let row = call.and_then(|id| store.get(&office, &id).ok().flatten());
                let call = row.and_then(|row| rows::call(&row));
                (item, author.map(|row| row.command.author), call.map(|call| rows::audience(&call, &directory)))
            };
            questions.into_iter().map(answer).collect::<Vec<_>>()
        });
        for (item, whose, seen_by) in reading.await.unwrap_or_default() {
            if let Some(Published::Command { author, .. }) = self.news.get_mut(item)
                && let Some(whose) = whose
            {
                *author = Arc::from(whose);
            }
            if let Some(Published::Command { audience, .. } | Published::Fact { audience, .. }) =
                self.news.get_mut(item)
                && let Some(seen_by) = seen_by
            {
                *audience = Arc::new(seen_by);
            }
        }
    }

    /// Writes the rows of what changed and publishes it. Rows that cannot be written are tried again; until they are
    /// the head stays where it is, so that a desk that resumes from it misses nothing.
    pub(super) async fn save(&mut self) {
        let mut parted = BTreeMap::new();
        if self.rows.rest().is_zero() {
            for (connection, unsaved) in std::mem::take(&mut self.unsaved) {
                let save = rows::save(&connection, &unsaved, &self.directory);
                match self.store.save_and_tell(&self.office, save).await {
                    Ok(left) => parted.extend(left.into_iter().map(|left| (left.call, left.who))),
                    Err(error) => {
                        tracing::error!(kind = ?error.kind(), "the call list could not be written");
                        self.unsaved.insert(connection, unsaved);
                    }
                }
            }
            if self.unsaved.is_empty() { self.rows.worked() } else { self.rows.failed() }
        }
        self.answer_questions().await;
        let was = *self.head.borrow();
        let behind = !self.unsaved.is_empty();
        self.head.send_replace(Head { seq: if behind { was.seq } else { self.logged }, behind });
        self.publish_news(parted);
        if was.behind && !behind {
            self.publish(Published::Recovered);
        }
    }

    /// Publishes what is new. Who saw one state of a call is told when he does not see the next.
    fn publish_news(&mut self, mut parted: BTreeMap<CallId, Audience>) {
        for mut item in std::mem::take(&mut self.news) {
            if let Published::Call { call, audience, parted: left, .. } = &mut item {
                match parted.entry(call.id.clone()) {
                    Entry::Occupied(mut before) => {
                        *left = Arc::new(before.get().clone());
                        before.get_mut().add(audience);
                    }
                    Entry::Vacant(none) => {
                        none.insert((**audience).clone());
                    }
                }
            }
            self.publish(item);
        }
    }

    /// Keeps from where the log must be read at the next start.
    fn keep_floors(&self) {
        let head = self.head.borrow().seq;
        for (connection, book) in &self.books {
            self.keep_rebuild(connection, book, head);
        }
    }

    /// Remembers beside the database how far the log is.
    fn witness_head(&self) -> impl FnOnce() + Send + 'static {
        let store = self.store.clone();
        move || {
            if let Err(error) = store.witness_head() {
                tracing::warn!(kind = ?error.kind(), "a copy that is put back later may not be known as one");
            }
        }
    }

    fn publish(&self, item: Published) {
        // Nobody looks at the office just now.
        let _ = self.published.send(item);
    }
}

pub(super) fn entry(connection: &ConnectionId, received_at: Timestamp, told: Told) -> NewEntry {
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
