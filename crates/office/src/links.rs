//! A connection's link: what it says of its sessions, and of times in which events may be missing.

use std::sync::{Arc, RwLock};

use calls::{ConnectionId, Decision, LogEvent};
use jiff::{SignedDuration, Timestamp};
use pbx::Driver;
use store::Store;

use crate::{
    clock::Clock,
    connections::Zone,
    details::Details,
    filling::Filling,
    holes,
    keeper::KeeperHandle,
    people::People,
    status::{Board, SessionStatus},
};

/// A pause shorter than this between two runs is no gap worth telling.
pub(crate) const SHORT_PAUSE: SignedDuration = SignedDuration::from_secs(5);

/// Until when a run had all events of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Complete {
    pub(crate) until: Timestamp,
    /// The PBX was told then that the session ends, so it has kept everything since.
    pub(crate) was_ended: bool,
}

/// One connection's link.
#[derive(Clone)]
pub(crate) struct Link {
    /// The office's name.
    pub(crate) office: String,
    pub(crate) connection: ConnectionId,
    pub(crate) driver: Arc<Driver>,
    pub(crate) keeper: KeeperHandle,
    pub(crate) board: Arc<Board>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) store: Store,
    pub(crate) zone: Arc<RwLock<Zone>>,
    pub(crate) people: Arc<People>,
    pub(crate) filling: Arc<Filling>,
    pub(crate) details: Arc<Details>,
}

impl Link {
    /// Shows how a session stands (`""` for a connection without sessions), where that is news.
    pub(crate) async fn set(&self, session: &str, status: SessionStatus) {
        if self.board.set(&self.connection, session, status) {
            self.keeper.status_changed(&self.connection).await;
        }
    }

    /// Events of this session may be missing since then.
    pub(crate) async fn open_gap(&self, session: &str, from: Timestamp, cause: &str) {
        if self.board.open_gap(&self.connection, session, from) {
            let cause = cause.to_owned();
            self.decide(Decision::GapOpened { session: named(session), from, cause }).await;
        }
    }

    /// Events of this session are complete again, but for what lies before `hole_until`. The book is told each time,
    /// also where there was no gap: a call that still rings in what was replayed is shown by it.
    pub(crate) async fn close_gap(&self, session: &str, to: Timestamp, hole_until: Option<Timestamp>) {
        if let Some(holes) = self.board.close_gap(&self.connection, session, hole_until) {
            self.keep_text(&holes::key(&self.connection), &holes.text());
        }
        self.decide(Decision::GapClosed { session: named(session), to, hole_until }).await;
    }

    pub(crate) async fn decide(&self, decision: Decision) {
        let events = vec![LogEvent::Decision(decision)];
        if self.keeper.tell(&self.connection, self.clock.now(), events).await.is_err() {
            tracing::error!(connection = %self.connection, "a decision could not be logged");
        }
    }

    /// Until when the last run had everything, where that is long enough ago to matter.
    pub(crate) async fn complete_until(&self, session: &str) -> Option<Timestamp> {
        let Complete { until, .. } = self.complete(session).await?;
        (self.clock.now().duration_since(until) > SHORT_PAUSE).then_some(until)
    }

    /// Until when the last run had everything, and how it ended.
    pub(crate) async fn complete(&self, session: &str) -> Option<Complete> {
        let (stamp, ended) = (self.stamp_key(session), self.ended_key(session));
        let read = move |store: &Store| Ok::<_, store::Error>((store.setting(&stamp)?, store.setting(&ended)?));
        let (until, ended) = self.store.reading(read).await.ok()?;
        let until = until?;
        let was_ended = ended.as_ref() == Some(&until);
        Some(Complete { until: until.parse().ok()?, was_ended })
    }

    /// Keeps for the next start that events are complete until now, and that the PBX keeps those that follow.
    pub(crate) fn stamp_ended(&self, session: &str) {
        let now = self.clock.now();
        self.stamp_at(session, now);
        self.keep(&self.ended_key(session), now);
    }

    /// Keeps for the next start that events are complete until now.
    pub(crate) fn stamp(&self, session: &str) {
        self.stamp_at(session, self.clock.now());
    }

    /// Keeps for the next start that events are complete until then.
    pub(crate) fn stamp_at(&self, session: &str, until: Timestamp) {
        self.keep(&self.stamp_key(session), until);
    }

    fn keep(&self, key: &str, at: Timestamp) {
        self.keep_text(key, &at.to_string());
    }

    /// Keeps a setting for the next start.
    pub(crate) fn keep_text(&self, key: &str, text: &str) {
        self.store.set_setting(key, text).then(|result| {
            if let Err(error) = result {
                tracing::warn!(kind = ?error.kind(), "the next start will assume a longer gap than there was");
            }
        });
    }

    fn stamp_key(&self, session: &str) -> String {
        format!("complete:{}:{session}", self.connection)
    }

    fn ended_key(&self, session: &str) -> String {
        format!("ended:{}:{session}", self.connection)
    }
}

/// The session as the log names it: a connection without sessions has none.
fn named(session: &str) -> Option<String> {
    (!session.is_empty()).then(|| session.to_owned())
}
