//! What the keeper holds. Whoever works on it uses this; it uses none of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use calls::{Book, CallId, CommandId, ConnectionId, Stored};
use jiff::Timestamp;
use store::Store;
use tokio::sync::{broadcast, mpsc, watch};

use super::{
    published::{Head, Published},
    requests::Request,
};
use crate::{
    backoff::Backoff, call_times::CallTimes, clock::Clock, originals::Originals, rows, settings::Directory,
    status::Board,
};

/// The keeper's state.
pub(crate) struct Keeper {
    pub(super) office: String,
    pub(super) store: Store,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) directory: Arc<Directory>,
    pub(super) board: Arc<Board>,
    pub(super) books: BTreeMap<ConnectionId, Book>,
    pub(super) requests: mpsc::Receiver<Request>,
    pub(super) published: broadcast::Sender<Published>,
    /// How far the log is published. Rows up to here are written, so that a desk may resume from here.
    pub(super) head: watch::Sender<Head>,
    /// How far the log is told.
    pub(super) logged: u64,
    /// When it was last told something.
    pub(super) logged_at: Timestamp,
    /// When the newest calls passed through here.
    pub(super) times: Arc<CallTimes>,
    /// What the request journal keeps in memory, and forgets with its rows.
    pub(super) originals: Arc<Originals>,
    /// What is in the log and cannot be folded yet, of each connection in the order of the log.
    pub(super) unfolded: BTreeMap<ConnectionId, Vec<Stored>>,
    /// Calls of each connection that are not folded, because entries of theirs can never be read by this version.
    pub(super) unread: BTreeMap<ConnectionId, Unread>,
    /// What is folded and not written yet.
    pub(super) unsaved: BTreeMap<ConnectionId, rows::Unsaved>,
    /// What is to be published.
    pub(super) news: Vec<Published>,
    /// What is to be read before that is published.
    pub(super) lookups: Vec<AudienceLookup>,
    /// When timers are tried again, when rows, and when what could not be read.
    pub(super) timers: Backoff,
    pub(super) rows: Backoff,
    pub(super) reads: Backoff,
}

/// Who is to be told of an item of the news, where memory does not say.
#[derive(Debug, Clone)]
pub(super) struct AudienceLookup {
    /// Place of the item among the news.
    pub(super) item: usize,
    /// Whose is this command?
    pub(super) command: Option<CommandId>,
    /// Who sees this call, unless that is known?
    pub(super) call: Option<CallId>,
    pub(super) is_answered: bool,
}

/// What of one connection cannot be read.
#[derive(Debug, Default)]
pub(crate) struct Unread {
    /// The calls that are held back.
    pub(super) calls: BTreeSet<CallId>,
    /// Place of the first entry of a newer version that is about no call: a newer version begins to read there.
    pub(super) newer_from: Option<u64>,
    /// `calls` has changed since it was kept.
    pub(super) is_kept: bool,
}
