//! The one thread that writes: takes what waits, runs it in one transaction, commits, answers everybody.

use std::{
    fmt,
    sync::{
        Mutex, PoisonError,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread::JoinHandle,
    time::Duration,
};

use rusqlite::Connection;

use crate::{error::Error, open::Durability, transaction::Transaction};

/// Most writes that share one commit: bounds how long the first of them waits.
const MOST_PER_COMMIT: usize = 512;
/// After so long without a write the caches are given back.
const IDLE: Duration = Duration::from_secs(20);

/// One write in the queue. If the writer goes away, the answer is [`Error::Closed`].
pub(crate) trait Job: Send {
    /// Whether it is to be on the disk before it is answered, whatever the others are.
    fn is_durable(&self) -> bool;
    /// Does it inside the open transaction; an error asks for its own part to be undone.
    fn run(&mut self, transaction: &Transaction<'_>) -> Result<(), Error>;
    /// Tells how it went. `committed` is the fate of the whole transaction.
    fn answer(self: Box<Self>, committed: Result<(), Error>);
}

/// What a write does with the open transaction.
pub(crate) type Operation<T> = Box<dyn FnOnce(&Transaction<'_>) -> Result<T, Error> + Send>;

pub(crate) fn job<T: Send + 'static>(
    operation: Operation<T>,
    durable: bool,
    answer: impl FnOnce(Result<T, Error>) + Send + 'static,
) -> Box<dyn Job> {
    Box::new(Task { operation: Some(operation), durable, result: Err(Error::Closed), answer: Some(answer) })
}

struct Task<T, A: FnOnce(Result<T, Error>)> {
    operation: Option<Operation<T>>,
    durable: bool,
    result: Result<T, Error>,
    answer: Option<A>,
}

impl<T: Send, A: FnOnce(Result<T, Error>) + Send> Job for Task<T, A> {
    fn is_durable(&self) -> bool {
        self.durable
    }

    fn run(&mut self, transaction: &Transaction<'_>) -> Result<(), Error> {
        if let Some(operation) = self.operation.take() {
            self.result = operation(transaction);
        }
        self.result.as_ref().map(|_| ()).map_err(Clone::clone)
    }

    fn answer(mut self: Box<Self>, committed: Result<(), Error>) {
        let result = std::mem::replace(&mut self.result, Err(Error::Closed));
        if let Some(answer) = self.answer.take() {
            // A write's own error says more than the fate of the others.
            answer(result.and_then(|value| committed.map(|()| value)));
        }
    }
}

impl<T, A: FnOnce(Result<T, Error>)> Drop for Task<T, A> {
    fn drop(&mut self) {
        if let Some(answer) = self.answer.take() {
            answer(Err(Error::Closed));
        }
    }
}

/// Where writes are handed in.
#[derive(Clone)]
pub(crate) struct Queue(Sender<Message>);

enum Message {
    Write(Box<dyn Job>),
    Stop,
}

impl Queue {
    pub(crate) fn send(&self, job: Box<dyn Job>) {
        // A queue without its writer drops the job, which answers `Closed`.
        let _ = self.0.send(Message::Write(job));
    }
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Queue")
    }
}

/// The writer's thread; ends when it is told to, after everything that was handed in before.
pub(crate) struct Writer {
    queue: Queue,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// What the writer's thread does besides writing.
pub(crate) struct Chores {
    /// SQLite says that the file is damaged.
    pub(crate) damaged: Box<dyn Fn() + Send>,
    /// Nobody has written for a while.
    pub(crate) idle: Box<dyn Fn() + Send>,
    /// The last write is done.
    pub(crate) end: Box<dyn FnOnce(&Connection) + Send>,
}

impl Writer {
    /// Starts the thread.
    pub(crate) fn start(connection: Connection, durability: Durability, chores: Chores) -> std::io::Result<Self> {
        let (sender, receiver) = channel();
        let thread = std::thread::Builder::new().name("store-writer".into()).spawn(move || {
            serve(&connection, durability, &receiver, &chores);
            (chores.end)(&connection);
        })?;
        Ok(Self { queue: Queue(sender), thread: Mutex::new(Some(thread)) })
    }

    pub(crate) fn queue(&self) -> Queue {
        self.queue.clone()
    }

    /// Does what was handed in, then ends. Later writes are answered [`Error::Closed`].
    pub(crate) fn stop(&self) {
        let _ = self.queue.0.send(Message::Stop);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // The last handle may be dropped by an answer, on the writer's own thread, which cannot wait for itself.
            if thread.thread().id() != std::thread::current().id() {
                let _ = thread.join();
            }
        }
    }
}

fn serve(connection: &Connection, durability: Durability, receiver: &Receiver<Message>, chores: &Chores) {
    loop {
        let first = match receiver.recv_timeout(IDLE) {
            Ok(Message::Write(first)) => first,
            Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => return,
            Err(RecvTimeoutError::Timeout) => {
                // Memory that cannot be given back is kept, as before.
                let _ = connection.execute_batch("PRAGMA shrink_memory");
                (chores.idle)();
                continue;
            }
        };
        let mut jobs = vec![first];
        let mut stop = false;
        while jobs.len() < MOST_PER_COMMIT {
            match receiver.try_recv() {
                Ok(Message::Write(next)) => jobs.push(next),
                Ok(Message::Stop) => {
                    stop = true;
                    break;
                }
                Err(_) => break,
            }
        }
        let committed = commit(connection, durability, &mut jobs);
        if committed == Err(Error::Damaged) {
            (chores.damaged)();
        }
        for job in jobs {
            job.answer(committed.clone());
        }
        if stop {
            return;
        }
    }
}

/// Runs the jobs in one transaction, on the disk before it ends where one of them asks for that.
fn commit(connection: &Connection, durability: Durability, jobs: &mut [Box<dyn Job>]) -> Result<(), Error> {
    let raised = durability != Durability::Full && jobs.iter().any(|job| job.is_durable());
    if raised {
        connection.execute_batch(Durability::Full.pragma())?;
    }
    let committed = commit_as_set(connection, jobs);
    // What stays raised only costs time.
    if raised && let Err(error) = connection.execute_batch(durability.pragma()) {
        tracing::warn!(error = %Error::from(error), "writes go on waiting for the disk");
    }
    committed
}

/// A job that fails is undone alone, unless nothing can be written any more.
fn commit_as_set(connection: &Connection, jobs: &mut [Box<dyn Job>]) -> Result<(), Error> {
    let transaction = Transaction::begin(connection)?;
    // One alone needs no savepoint: if it fails, nothing is committed.
    if let [only] = jobs {
        only.run(&transaction)?;
        return transaction.commit();
    }
    for job in jobs {
        match transaction.part(|| job.run(&transaction)) {
            Ok(()) => {}
            Err(error @ (Error::Full | Error::Damaged)) => return Err(error),
            // It gave the whole transaction up: nobody's write is in.
            Err(error) if transaction.is_autocommit() => return Err(error),
            // The job has its error and tells it itself.
            Err(_) => {}
        }
    }
    transaction.commit()
}
