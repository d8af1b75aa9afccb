//! Keeps the sessions of PBXs alive, and says when events of theirs may be missing.

use std::{sync::Arc, time::Duration};

use calls::{ConnectionId, Decision, Told, VendorEvent};
use jiff::{SignedDuration, Timestamp};
use link::wire::{ConnectionState, DownCause};
use pbx::{Driver, Error, ErrorKind, SessionReport};
use store::{Gap, Save, Store};
use tokio::sync::mpsc;

use crate::{
    clock::Clock,
    gaps::Closed,
    keeper::{KeeperHandle, NotStored},
    status::{Board, Standing},
};

/// Waits between tries, the last one for good.
const BACKOFF: [Duration; 6] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(15),
    Duration::from_secs(30),
];
/// How often the moment until which events are complete is kept for the next start.
const STAMP: Duration = Duration::from_secs(30);
/// A pause shorter than this between two runs is no gap worth telling.
const SHORT_PAUSE: SignedDuration = SignedDuration::from_secs(5);

/// How a session went.
struct Followed {
    /// Live events came.
    was_live: bool,
    /// Why it could not go on, where that lies with us and not with the PBX.
    cause: Option<DownCause>,
}

/// One connection's link.
#[derive(Clone)]
pub(crate) struct Link {
    pub(crate) office: String,
    pub(crate) connection: ConnectionId,
    pub(crate) driver: Arc<Driver>,
    pub(crate) keeper: KeeperHandle,
    pub(crate) board: Arc<Board>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) store: Store,
}

impl Link {
    /// Keeps one extension's session open until the task is aborted.
    pub(crate) async fn keep_session(self, extension: String) {
        let mut tries = 0;
        let mut gap_from = self.complete_until(&extension);
        loop {
            self.set(&extension, Standing::of(ConnectionState::Connecting)).await;
            if let Some(from) = gap_from {
                self.open_gap(&extension, from, "session").await;
            }
            let (out, reports) = mpsc::channel(64);
            let follow = self.follow(&extension, reports, &mut gap_from);
            let (error, followed) = tokio::join!(self.driver.run_session(&extension, out), follow);
            if followed.was_live {
                tries = 0;
                gap_from = Some(self.clock.now());
                self.stamp(&extension);
            }
            tracing::warn!(connection = %self.connection, kind = ?error.kind(), "a session ended and is opened again");
            self.set(&extension, Standing::down(followed.cause.unwrap_or_else(|| cause(&error)))).await;
            if let Some(from) = gap_from {
                self.open_gap(&extension, from, "session").await;
            }
            let wait = BACKOFF[usize::min(tries, BACKOFF.len() - 1)];
            tries += 1;
            tokio::time::sleep(wait).await;
        }
    }

    /// Stores what a session reports, until it ends.
    async fn follow(
        &self,
        extension: &str,
        mut reports: mpsc::Receiver<SessionReport>,
        gap_from: &mut Option<Timestamp>,
    ) -> Followed {
        let mut live = false;
        let mut stamp = tokio::time::interval(STAMP);
        loop {
            tokio::select! {
                report = reports.recv() => match report {
                    None => return Followed { was_live: live, cause: None },
                    Some(SessionReport::Connected) => {
                        self.set(extension, Standing::of(ConnectionState::Draining)).await;
                    }
                    Some(SessionReport::DrainProgress { events }) => {
                        let drained = u32::try_from(events).unwrap_or(u32::MAX);
                        let standing = Standing { drained, ..Standing::of(ConnectionState::Draining) };
                        self.set(extension, standing).await;
                    }
                    Some(SessionReport::Batch { events, stored }) => {
                        // What was missed says nothing of the clock.
                        if live {
                            self.watch_clock(&events).await;
                        }
                        let told = events.into_iter().map(Told::Vendor).collect();
                        match self.keeper.tell(&self.connection, self.clock.now(), told).await {
                            // The session has ended meanwhile; the events are safe.
                            Ok(_) => drop(stored.send(())),
                            Err(NotStored) => {
                                return Followed { was_live: live, cause: Some(DownCause::Storage) };
                            }
                        }
                    }
                    Some(SessionReport::Drained) => {
                        live = true;
                        let now = self.clock.now();
                        self.close_gap(extension, now, gap_from.take().and_then(|from| self.hole(from, now))).await;
                        self.stamp(extension);
                        self.set(extension, Standing::of(ConnectionState::Live)).await;
                    }
                },
                _ = stamp.tick(), if live => self.stamp(extension),
            }
        }
    }

    /// Compares the vendor's clock with ours; a difference worth a warning is shown.
    async fn watch_clock(&self, events: &[VendorEvent]) {
        let Some(time) = events.iter().find_map(|event| event.time.as_ref()) else { return };
        if self.board.clock(&self.connection, self.clock.now(), time.utc) {
            self.keeper.status_changed(&self.connection).await;
        }
    }

    /// Nobody wants this extension's session any more: the PBX keeps its events, and nothing is missed here.
    pub(crate) async fn forget_session(&self, extension: &str) {
        if self.board.has_gap(&self.connection, extension) {
            let now = self.clock.now();
            self.close_gap(extension, now, Some(now)).await;
        }
        if self.board.forget(&self.connection, extension) {
            self.keeper.status_changed(&self.connection).await;
        }
        self.end_session(extension).await;
    }

    /// Tells the PBX that a session is over, so that it keeps the events from now on.
    pub(crate) async fn end_session(&self, extension: &str) {
        if let Err(error) = self.driver.end_session(extension).await {
            tracing::warn!(connection = %self.connection, kind = ?error.kind(), "a session could not be ended");
        }
    }

    pub(crate) async fn set(&self, session: &str, standing: Standing) {
        if self.board.set(&self.connection, session, standing) {
            self.keeper.status_changed(&self.connection).await;
        }
    }

    /// Events of this session may be missing since then.
    pub(crate) async fn open_gap(&self, session: &str, from: Timestamp, cause: &str) {
        if self.board.open_gap(&self.connection, session, from) {
            self.decide(vec![Decision::GapOpened { from, cause: cause.to_owned() }]).await;
            self.keep_gap(Gap {
                connection: self.connection.clone(),
                from,
                to: None,
                hole_until: None,
                cause: cause.to_owned(),
            });
        }
    }

    /// Events of this session are complete again, but for what lies before `hole_until`. The book is told each time,
    /// also where there was no gap: a call that still rings in what was replayed is shown by it (`call-model` 7.11).
    pub(crate) async fn close_gap(&self, session: &str, to: Timestamp, hole_until: Option<Timestamp>) {
        match self.board.close_gap(&self.connection, session, hole_until) {
            None => {}
            // What others miss may be of any call that is open, so no doubt is cleared: all of it may lie in a hole.
            Some(Closed::Still { since }) => {
                let shows_what_rings = Decision::GapClosed { to, hole_until: Some(to) };
                let goes_on = Decision::GapOpened { from: since, cause: "session".to_owned() };
                self.decide(vec![shows_what_rings, goes_on]).await;
            }
            Some(Closed::All { logged, hole_until }) => {
                self.decide(vec![Decision::GapClosed { to, hole_until }]).await;
                for from in logged {
                    let connection = self.connection.clone();
                    self.keep_gap(Gap { connection, from, to: Some(to), hole_until, cause: String::new() });
                }
            }
        }
    }

    /// What the PBX gives again does not reach further back than it keeps events: what is older is a hole.
    fn hole(&self, from: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let kept = SignedDuration::try_from(self.driver.capability().replay_kept?).ok()?;
        now.checked_sub(kept).ok().filter(|oldest| from < *oldest)
    }

    async fn decide(&self, decisions: Vec<Decision>) {
        let told = decisions.into_iter().map(Told::Decision).collect();
        if self.keeper.tell(&self.connection, self.clock.now(), told).await.is_err() {
            tracing::error!(connection = %self.connection, "a gap could not be logged");
        }
    }

    fn keep_gap(&self, gap: Gap) {
        let connection = gap.connection.clone();
        self.store.save(&self.office, Save { gaps: vec![gap], ..Save::default() }).then(move |result| {
            if let Err(error) = result {
                tracing::error!(%connection, kind = ?error.kind(), "a gap could not be kept");
            }
        });
    }

    /// Until when the last run had everything, where that is long enough ago to matter.
    pub(crate) fn complete_until(&self, session: &str) -> Option<Timestamp> {
        let text = self.store.setting(&self.stamp_key(session)).ok().flatten()?;
        let until: Timestamp = text.parse().ok()?;
        (self.clock.now().duration_since(until) > SHORT_PAUSE).then_some(until)
    }

    /// Keeps for the next start that events are complete until now.
    pub(crate) fn stamp(&self, session: &str) {
        let now = self.clock.now().to_string();
        self.store.set_setting(&self.stamp_key(session), &now).then(|result| {
            if let Err(error) = result {
                tracing::warn!(kind = ?error.kind(), "the next start will assume a longer gap than there was");
            }
        });
    }

    fn stamp_key(&self, session: &str) -> String {
        format!("complete:{}:{session}", self.connection)
    }
}

/// What an error means for the screen.
fn cause(error: &Error) -> DownCause {
    match error.kind() {
        ErrorKind::Unauthorized | ErrorKind::Forbidden | ErrorKind::ClockSkew => DownCause::Unauthorized,
        ErrorKind::RateLimited { .. } => DownCause::RateLimited,
        ErrorKind::Timeout | ErrorKind::Transport | ErrorKind::Refused | ErrorKind::Stopped => DownCause::Unreachable,
        ErrorKind::InvalidRequest { .. }
        | ErrorKind::NotFound
        | ErrorKind::Conflict
        | ErrorKind::Unsupported
        | ErrorKind::Protocol
        | ErrorKind::Internal
        | ErrorKind::NotReady
        | ErrorKind::Gone
        | ErrorKind::NotAudio
        | ErrorKind::TooLarge => DownCause::Protocol,
    }
}

#[cfg(test)]
mod tests {
    use pbx::Make;

    use super::*;
    use crate::testing::{Bench, at};

    fn opened(from: Timestamp) -> Decision {
        Decision::GapOpened { from, cause: "session".to_owned() }
    }

    #[tokio::test]
    async fn what_was_replayed_is_shown_also_where_no_gap_was_known() {
        let bench = Bench::new(Make::MangoClient);
        bench.link.close_gap("101", at(10), None).await;
        bench.settle().await;
        assert_eq!(bench.decisions(), [Decision::GapClosed { to: at(10), hole_until: None }]);
        assert_eq!(bench.link.store.gaps(&bench.link.connection, 10), Ok(Vec::new()), "and no gap is told of");
    }

    #[tokio::test]
    async fn one_sessions_replay_is_shown_while_another_is_down() {
        let bench = Bench::new(Make::MangoClient);
        let link = &bench.link;
        bench.set(30);
        link.open_gap("101", at(20), "session").await;
        link.open_gap("102", at(10), "session").await;
        link.close_gap("102", at(30), Some(at(15))).await;
        assert!(link.board.has_gap(&link.connection, "101"));
        link.close_gap("101", at(40), None).await;
        bench.settle().await;
        let closed = |to, hole_until| Decision::GapClosed { to, hole_until };
        assert_eq!(
            bench.decisions(),
            [
                opened(at(20)),
                opened(at(10)),
                // Nothing began after this, so no doubt is cleared.
                closed(at(30), Some(at(30))),
                opened(at(20)),
                closed(at(40), Some(at(15))),
            ]
        );
        let gaps = link.store.gaps(&link.connection, 10).expect("is read");
        let kept: Vec<_> = gaps.iter().map(|gap| (gap.from, gap.to, gap.hole_until)).collect();
        assert_eq!(kept, [(at(20), Some(at(40)), Some(at(15))), (at(10), Some(at(40)), Some(at(15)))]);
    }

    #[tokio::test]
    async fn a_session_that_nobody_wants_any_more_misses_nothing() {
        let bench = Bench::new(Make::MangoClient);
        let link = &bench.link;
        link.set("101", Standing::down(DownCause::Unreachable)).await;
        link.open_gap("101", at(10), "session").await;
        bench.set(20);
        link.forget_session("101").await;
        assert!(!link.board.has_gap(&link.connection, "101"));
        assert_eq!(link.board.state(&link.connection), Some(ConnectionState::Connecting), "it is off the board");
        assert_eq!(bench.decisions()[1..], [Decision::GapClosed { to: at(20), hole_until: Some(at(20)) }]);
    }

    #[tokio::test]
    async fn events_that_could_not_be_stored_say_so_on_the_board() {
        let bench = Bench::new(Make::MangoClient);
        let (out, reports) = mpsc::channel(1);
        bench.link.store.clone().close();
        let (stored, answer) = tokio::sync::oneshot::channel();
        let event = Bench::event("odd", None, Vec::new());
        out.send(SessionReport::Batch { events: vec![event], stored }).await.expect("is taken");
        let followed = bench.link.follow("101", reports, &mut None).await;
        assert_eq!(followed.cause, Some(DownCause::Storage));
        assert!(answer.await.is_err(), "the PBX keeps them");
    }
}
