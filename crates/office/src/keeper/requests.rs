//! What the keeper is asked, and the way to it.

use std::{collections::BTreeSet, sync::Arc};

use calls::{BookSettings, Call, CallId, Command, ConnectionId, Fact, LogEvent, VendorEvent};
use jiff::Timestamp;
use pbx::HeldCall;
use store::{Appended, Began, NewCommand, NewEntry};
use tokio::sync::{broadcast, mpsc, oneshot, watch};

use super::published::{Head, Published};
use crate::{call_times::CallTimes, settings::Directory};

/// The log could not take it: the disk is full or the database failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the event was not stored; free disk space or mend the database")]
pub(crate) struct NotStored;

/// Why a fact was not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotKept {
    /// The log could not take it.
    NotStored,
    /// Another fact has its id.
    Taken,
}

/// The way back to the one who told.
pub(super) type Done<T, E = NotStored> = oneshot::Sender<Result<T, E>>;

/// What the keeper is asked.
pub(crate) enum Request {
    /// Put this into a connection's log and fold it.
    Tell { connection: ConnectionId, received_at: Timestamp, events: Vec<LogEvent>, done: Done<Vec<Appended>> },
    /// Of the open calls, conclude which a list of the PBX's that was asked for at a moment lacks.
    Absent {
        connection: ConnectionId,
        received_at: Timestamp,
        asked: Timestamp,
        listed: BTreeSet<String>,
        done: Done<()>,
    },
    /// Note a command that is about to act, unless it is known.
    Begin { row: NewCommand, command: Command, done: Done<Began> },
    /// Which calls a connection's book holds.
    Held { connection: ConnectionId, done: oneshot::Sender<Vec<HeldCall>> },
    /// Say how a call stands that a book holds.
    Call { connection: ConnectionId, id: CallId, done: oneshot::Sender<Option<Call>> },
    /// Fold what this connection tells from now on, and look things up here.
    Connect {
        connection: ConnectionId,
        settings: BookSettings,
        directory: Arc<Directory>,
        done: Done<(), store::Error>,
    },
    /// Look things up here from now on.
    LookUpIn { directory: Arc<Directory>, done: oneshot::Sender<()> },
    /// Keep what a person wrote.
    Fact { fact: Fact, done: Done<(), NotKept> },
    /// Tell everybody how a connection stands.
    Status { connection: ConnectionId },
    /// Stop after everything before this.
    Stop { done: oneshot::Sender<()> },
}

/// The way to the keeper.
#[derive(Clone)]
pub(crate) struct KeeperHandle {
    pub(super) requests: mpsc::Sender<Request>,
    pub(super) published: broadcast::Sender<Published>,
    pub(super) head: watch::Receiver<Head>,
    /// When the newest calls passed through the office.
    pub(crate) times: Arc<CallTimes>,
}

impl KeeperHandle {
    /// Stores and folds; answers once it is durable.
    pub(crate) async fn tell(
        &self,
        connection: &ConnectionId,
        received_at: Timestamp,
        events: Vec<LogEvent>,
    ) -> Result<Vec<Appended>, NotStored> {
        let (done, answer) = oneshot::channel();
        let request = Request::Tell { connection: connection.clone(), received_at, events, done };
        self.requests.send(request).await.map_err(|_| NotStored)?;
        answer.await.unwrap_or(Err(NotStored))
    }

    /// Concludes which open calls a PBX's list of its calls lacks. To be told after what the list says itself.
    pub(crate) async fn absent(
        &self,
        connection: &ConnectionId,
        received_at: Timestamp,
        asked: Timestamp,
        listed: BTreeSet<String>,
    ) -> Result<(), NotStored> {
        let (done, answer) = oneshot::channel();
        let request = Request::Absent { connection: connection.clone(), received_at, asked, listed, done };
        self.requests.send(request).await.map_err(|_| NotStored)?;
        answer.await.unwrap_or(Err(NotStored))
    }

    /// Notes that a command is about to act: send it only when this answers [`Began::New`].
    pub(crate) async fn begin(&self, row: NewCommand, command: Command) -> Result<Began, NotStored> {
        let (done, answer) = oneshot::channel();
        self.requests.send(Request::Begin { row, command, done }).await.map_err(|_| NotStored)?;
        answer.await.unwrap_or(Err(NotStored))
    }

    /// The calls that a connection's book holds, open ones and such as ended lately.
    pub(crate) async fn held(&self, connection: &ConnectionId) -> Vec<HeldCall> {
        let (done, answer) = oneshot::channel();
        // A keeper that has stopped holds nothing.
        let _ = self.requests.send(Request::Held { connection: connection.clone(), done }).await;
        answer.await.unwrap_or_default()
    }

    /// A call with all that its makes know it by, if its book holds it.
    pub(crate) async fn call(&self, connection: &ConnectionId, id: &CallId) -> Option<Call> {
        let (done, answer) = oneshot::channel();
        let request = Request::Call { connection: connection.clone(), id: id.clone(), done };
        self.requests.send(request).await.ok()?;
        answer.await.ok()?
    }

    /// Has a connection's events folded from now on, a known one's as before, and looks things up in this directory.
    pub(crate) async fn connect(
        &self,
        connection: &ConnectionId,
        settings: BookSettings,
        directory: Arc<Directory>,
    ) -> Result<(), store::Error> {
        let (done, answer) = oneshot::channel();
        let request = Request::Connect { connection: connection.clone(), settings, directory, done };
        self.requests.send(request).await.map_err(|_| store::Error::Closed)?;
        answer.await.unwrap_or(Err(store::Error::Closed))
    }

    /// Looks things up in this directory from now on.
    pub(crate) async fn look_up_in(&self, directory: Arc<Directory>) -> Result<(), store::Error> {
        let (done, answer) = oneshot::channel();
        self.requests.send(Request::LookUpIn { directory, done }).await.map_err(|_| store::Error::Closed)?;
        answer.await.map_err(|_| store::Error::Closed)
    }

    /// Stores a fact and tells everybody.
    pub(crate) async fn fact(&self, fact: Fact) -> Result<(), NotKept> {
        let (done, answer) = oneshot::channel();
        self.requests.send(Request::Fact { fact, done }).await.map_err(|_| NotKept::NotStored)?;
        answer.await.unwrap_or(Err(NotKept::NotStored))
    }

    /// Has everybody told how a connection stands.
    pub(crate) async fn status_changed(&self, connection: &ConnectionId) {
        // A keeper that has stopped has nobody left to tell.
        let _ = self.requests.send(Request::Status { connection: connection.clone() }).await;
    }

    /// Everything that is published from now on, and how far the log is published already.
    pub(crate) fn subscribe(&self) -> (broadcast::Receiver<Published>, Head) {
        let receiver = self.published.subscribe();
        (receiver, *self.head.borrow())
    }

    /// How far the log is published.
    pub(crate) fn head(&self) -> u64 {
        self.head.borrow().seq
    }

    /// Whether it takes nothing any more.
    pub(crate) fn has_stopped(&self) -> bool {
        self.requests.is_closed()
    }

    /// Lets the keeper finish what it has and stop.
    pub(crate) async fn stop(&self) {
        let (done, stopped) = oneshot::channel();
        if self.requests.send(Request::Stop { done }).await.is_ok() {
            // An error means that it has stopped already.
            let _ = stopped.await;
        }
    }
}

/// What is told, as it stands in the log.
pub(super) fn entry(connection: &ConnectionId, received_at: Timestamp, event: LogEvent) -> NewEntry {
    let dedupe_key = match &event {
        LogEvent::Vendor(VendorEvent { dedupe_key, .. }) => Some(dedupe_key.clone()),
        LogEvent::Command(_) | LogEvent::Answer(_) | LogEvent::Decision(_) => None,
    };
    NewEntry { connection: connection.clone(), call: event.subject(connection), dedupe_key, received_at, event }
}
