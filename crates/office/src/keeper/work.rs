//! The keeper at work.

use std::{sync::Arc, time::Duration};

use calls::{Book, ConnectionId, Decision, Fact, LogEvent, Stored};
use pbx::HeldCall;
use store::{Appended, Began, FactAppended, NewCommand, NewEntry};
use tokio::{sync::oneshot, task::JoinSet};

use super::{
    published::Published,
    requests::{Done, NotKept, NotStored, Request, entry},
    state::Keeper,
};
use crate::{desks, journal};

/// How many requests are committed together at most.
const BATCH: usize = 512;
/// How often the head of the log is told to all who listen.
const HEARTBEAT: Duration = Duration::from_secs(20);
/// How often what has grown old is thrown away.
const TIDY: Duration = Duration::from_secs(3600);

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
                        self.save_low_watermarks();
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
                    self.save_low_watermarks();
                    while chores.try_join_next().is_some() {}
                    chores.spawn_blocking(self.witness_head());
                    let seq = self.head.borrow().seq;
                    self.publish(Published::At { seq });
                }
                _ = tidy.tick() => {
                    chores.spawn(journal::prune(self.store.clone(), Arc::clone(&self.originals), self.clock.now()));
                    chores.spawn(desks::prune(self.store.clone(), self.office.clone(), self.clock.now()));
                }
            }
        }
    }

    /// When a timer fires or what could not be written is tried again. A database that takes nothing gets its rest.
    fn until_due(&self) -> Option<Duration> {
        let next = self.books_at_work().filter_map(|(_, book)| book.next_deadline()).map(|(at, _)| at).min();
        let timer = next.map(|at| Duration::try_from(at.duration_since(self.clock.now())).unwrap_or_default());
        let timer = timer.map(|due| due.max(self.timers.rest()));
        let write_again = (!self.unsaved.is_empty()).then(|| self.rows.rest());
        let is_unread = !(self.unfolded.is_empty() && self.lookups.is_empty());
        let read_again = is_unread.then(|| self.reads.rest());
        timer.into_iter().chain(write_again).chain(read_again).min()
    }

    /// The books that lack nothing of what is in the log: the timers of the others may be stopped by what waits.
    fn books_at_work(&self) -> impl Iterator<Item = (&ConnectionId, &Book)> {
        self.books.iter().filter(|(connection, _)| !self.unfolded.contains_key(*connection))
    }

    pub(super) async fn do_what_is_due(&mut self) {
        self.fold_waiting().await;
        if self.timers.rest().is_zero() {
            let now = self.clock.now();
            let due = |(connection, book): (&ConnectionId, &Book)| {
                Some((connection.clone(), book.next_deadline().filter(|(at, _)| *at <= now)?))
            };
            let due: Vec<_> = self.books_at_work().filter_map(due).collect();
            let fired = due.iter().map(|(connection, (_, timer))| {
                entry(connection, now, LogEvent::Decision(Decision::TimerFired { timer: timer.clone() }))
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
                Request::Tell { connection, received_at, mut events, done } => {
                    let from = entries.len();
                    self.number_turns(&connection, &mut events);
                    entries.extend(events.into_iter().map(|event| entry(&connection, received_at, event)));
                    waiting.push((from..entries.len(), done));
                }
                Request::Stop { done } => stop = Some(done),
                Request::Fact { fact, done } => facts.push((fact, done)),
                other @ (Request::Begin { .. }
                | Request::Status { .. }
                | Request::Absent { .. }
                | Request::Held { .. }
                | Request::Connect { .. }
                | Request::LookUpIn { .. }
                | Request::Call { .. }) => others.push(other),
            }
        }
        let appended = self.append(entries).await;
        let kept = self.take_facts(facts).await;
        let (mut began, mut changed, mut concluded, mut joined) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for request in others {
            match request {
                Request::Begin { row, command, done } => began.push((done, self.begin(row, command).await)),
                Request::Status { connection } => changed.push(connection),
                Request::Absent { connection, received_at, asked, listed, done } => {
                    let absent = self.books.get(&connection).map(|book| book.absent_from(&listed, asked));
                    let absence = |call| LogEvent::Decision(Decision::AbsentFromSnapshot { call });
                    let decisions =
                        absent.into_iter().flatten().map(|call| entry(&connection, received_at, absence(call)));
                    concluded.push((done, self.append(decisions.collect()).await.map(|_| ())));
                }
                Request::Connect { connection, settings, directory, done } => {
                    let outcome = self.join(&connection, settings).await;
                    if outcome.is_ok() {
                        self.directory = directory;
                    }
                    joined.push((done, outcome));
                }
                Request::LookUpIn { directory, done } => {
                    self.directory = directory;
                    // Whoever asked may have gone.
                    let _ = done.send(());
                }
                // Whoever asked may have gone.
                Request::Held { connection, done } => drop(done.send(self.held(&connection))),
                Request::Call { connection, id, done } => {
                    // Who asked may have gone.
                    let _ = done.send(self.books.get(&connection).and_then(|book| book.call(&id)).cloned());
                }
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
        for (done, outcome) in concluded {
            let _ = done.send(outcome);
        }
        for (done, outcome) in joined {
            let _ = done.send(outcome);
        }
        stop
    }

    /// Tells messages that are equal to earlier ones from those that are only sent again.
    fn number_turns(&self, connection: &ConnectionId, events: &mut [LogEvent]) {
        let Some(book) = self.books.get(connection) else { return };
        for event in events {
            if let LogEvent::Vendor(event) = event {
                book.number_attempt(event);
            }
        }
    }

    /// Puts entries into the log and folds those that are new.
    pub(super) async fn append(&mut self, mut entries: Vec<NewEntry>) -> Result<Vec<Appended>, NotStored> {
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        for entry in &mut entries {
            // Which call an answer is about, its book knows.
            if let Some(book) = self.books.get(&entry.connection) {
                entry.call = book.subject(&entry.event);
            }
        }
        let appended = self.store.append(entries.clone()).await.map_err(|error| {
            tracing::error!(kind = ?error.kind(), "the log could not take events");
            NotStored
        })?;
        let new = entries.into_iter().zip(&appended).filter_map(|(entry, appended)| {
            let seq = appended.new_seq()?;
            Some(Stored { seq, connection: entry.connection, received_at: entry.received_at, event: entry.event })
        });
        self.take_entries(new.collect()).await;
        Ok(appended)
    }

    fn held(&self, connection: &ConnectionId) -> Vec<HeldCall> {
        let held = self.books.get(connection).into_iter().flat_map(Book::held);
        held.map(|(vendor_call, is_open)| HeldCall { vendor_call: vendor_call.to_owned(), is_open }).collect()
    }

    async fn begin(&mut self, row: NewCommand, command: calls::Command) -> Result<Began, NotStored> {
        let entry = entry(&row.connection, row.at, LogEvent::Command(command));
        let began = self.store.begin_command(row, entry.clone()).await.map_err(|error| {
            tracing::error!(kind = ?error.kind(), "the log could not take a command");
            NotStored
        })?;
        if let Began::New(seq) = began {
            let NewEntry { connection, received_at, event, .. } = entry;
            self.take_entries(vec![Stored { seq, connection, received_at, event }]).await;
        }
        Ok(began)
    }

    /// Puts what people wrote into the log: all of it is handed in before any is waited for, so that it shares a commit.
    async fn take_facts(
        &mut self,
        facts: Vec<(Fact, Done<(), NotKept>)>,
    ) -> Vec<(Done<(), NotKept>, Result<(), NotKept>)> {
        let sent: Vec<_> = facts
            .into_iter()
            .map(|(fact, done)| (done, self.store.append_fact(&self.office, fact.clone()).send(), fact))
            .collect();
        let mut kept = Vec::with_capacity(sent.len());
        for (done, answer, fact) in sent {
            let appended = answer.await;
            kept.push((done, self.take_fact(fact, appended)));
        }
        kept
    }

    fn take_fact(&mut self, fact: Fact, appended: Result<FactAppended, store::Error>) -> Result<(), NotKept> {
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

    /// Keeps from where the log must be read at the next start.
    fn save_low_watermarks(&self) {
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
}

async fn sleep_opt(wait: Option<Duration>) {
    match wait {
        Some(wait) => tokio::time::sleep(wait).await,
        None => std::future::pending().await,
    }
}
