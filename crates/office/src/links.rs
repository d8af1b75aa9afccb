//! Keeps the links to PBXs alive: sessions with their gaps, and the regular look at those that only post to us.

use std::{sync::Arc, time::Duration};

use calls::{ConnectionId, Decision, Told, VendorEvent};
use jiff::{SignedDuration, Timestamp};
use link::wire::{ConnectionState, DownCause};
use pbx::{CheckReason, Driver, Error, ErrorKind, SessionReport};
use store::{Gap, Save, Store};
use tokio::sync::mpsc;

use crate::{
    clock::Clock,
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
/// A connection without sessions is looked at this often while it works; a quota of 1000 requests is not felt.
const LOOK: Duration = Duration::from_secs(300);
/// In between it is only asked whether it is there at all, which counts towards no quota.
const GLANCE: Duration = Duration::from_secs(15);
/// And it is looked at this often while it does not work.
const LOOK_AGAIN: Duration = Duration::from_secs(15);
/// How often the moment until which events are complete is kept for the next start.
const STAMP: Duration = Duration::from_secs(30);
/// A pause shorter than this between two runs is no gap worth telling.
const SHORT_PAUSE: SignedDuration = SignedDuration::from_secs(5);

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
            let (error, was_live) = tokio::join!(self.driver.run_session(&extension, out), follow);
            if was_live {
                tries = 0;
                gap_from = Some(self.clock.now());
                self.stamp(&extension);
            }
            tracing::warn!(connection = %self.connection, kind = ?error.kind(), "a session ended and is opened again");
            self.set(&extension, Standing::down(cause(&error))).await;
            if let Some(from) = gap_from {
                self.open_gap(&extension, from, "session").await;
            }
            let wait = BACKOFF[usize::min(tries, BACKOFF.len() - 1)];
            tries += 1;
            tokio::time::sleep(wait).await;
        }
    }

    /// Stores what a session reports; answers whether it came to be live.
    async fn follow(
        &self,
        extension: &str,
        mut reports: mpsc::Receiver<SessionReport>,
        gap_from: &mut Option<Timestamp>,
    ) -> bool {
        let mut live = false;
        let mut stamp = tokio::time::interval(STAMP);
        loop {
            tokio::select! {
                report = reports.recv() => match report {
                    None => return live,
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
                                self.set(extension, Standing::down(DownCause::Storage)).await;
                                return live;
                            }
                        }
                    }
                    Some(SessionReport::Drained) => {
                        live = true;
                        self.close_gap(extension, gap_from.take()).await;
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

    /// Looks regularly whether a PBX that posts to us still takes our requests.
    pub(crate) async fn keep_looking(self) {
        if let Some(from) = self.complete_until("") {
            // Nothing gives these events again, so what came meanwhile is a hole from the start.
            self.open_gap("", from, "stopped").await;
            let now = self.clock.now();
            self.finish_gap("", now, Some(now)).await;
        }
        let mut waiting = true;
        let mut is_there = true;
        loop {
            let report = self.driver.check().await;
            let standing = match (report.ok, waiting) {
                (true, true) => Standing::of(ConnectionState::Waiting),
                (true, false) => Standing::of(ConnectionState::Live),
                (false, _) => Standing::down(cause_of_check(report.reason)),
            };
            if !(report.ok && self.is_live()) {
                self.set("", standing).await;
            }
            waiting = false;
            self.stamp("");
            if report.ok {
                is_there = self.until_lost_or_due(is_there).await;
            } else {
                is_there = true;
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        }
    }

    /// Waits for the next regular look, or until the PBX that was there is not; answers whether it is. One that works
    /// but answers no glance is only looked at regularly.
    async fn until_lost_or_due(&self, mut was_there: bool) -> bool {
        let due = tokio::time::Instant::now() + LOOK;
        while tokio::time::Instant::now() < due {
            tokio::time::sleep(GLANCE).await;
            let is_there = self.driver.is_reachable().await;
            if was_there && !is_there {
                return false;
            }
            was_there = is_there;
            self.stamp("");
        }
        was_there
    }

    fn is_live(&self) -> bool {
        self.board.state(&self.connection) == Some(ConnectionState::Live)
    }

    async fn set(&self, session: &str, standing: Standing) {
        if self.board.set(&self.connection, session, standing) {
            self.keeper.status_changed(&self.connection).await;
        }
    }

    async fn open_gap(&self, session: &str, from: Timestamp, cause: &str) {
        if self.board.open_gap(&self.connection, session, from) {
            let told = Told::Decision(Decision::GapOpened { from, cause: cause.to_owned() });
            self.decide(told).await;
            self.keep_gap(Gap {
                connection: self.connection.clone(),
                from,
                to: None,
                hole_until: None,
                cause: cause.to_owned(),
            });
        }
    }

    /// The PBX has given everything that it kept; what is older than that is a hole.
    async fn close_gap(&self, session: &str, from: Option<Timestamp>) {
        let Some(from) = from else { return };
        let now = self.clock.now();
        let kept = self.driver.capability().replay_kept.and_then(|kept| SignedDuration::try_from(kept).ok());
        let hole = kept.and_then(|kept| now.checked_sub(kept).ok()).filter(|oldest| from < *oldest);
        self.finish_gap(session, now, hole).await;
    }

    async fn finish_gap(&self, session: &str, to: Timestamp, hole_until: Option<Timestamp>) {
        if let Some(from) = self.board.close_gap(&self.connection, session) {
            self.decide(Told::Decision(Decision::GapClosed { to, hole_until })).await;
            self.keep_gap(Gap {
                connection: self.connection.clone(),
                from,
                to: Some(to),
                hole_until,
                cause: String::new(),
            });
        }
    }

    async fn decide(&self, told: Told) {
        if self.keeper.tell(&self.connection, self.clock.now(), vec![told]).await.is_err() {
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
    fn complete_until(&self, session: &str) -> Option<Timestamp> {
        let text = self.store.setting(&self.stamp_key(session)).ok().flatten()?;
        let until: Timestamp = text.parse().ok()?;
        (self.clock.now().duration_since(until) > SHORT_PAUSE).then_some(until)
    }

    fn stamp(&self, session: &str) {
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

fn cause_of_check(reason: CheckReason) -> DownCause {
    match reason {
        CheckReason::WrongCredentials | CheckReason::NotAdmitted => DownCause::Unauthorized,
        CheckReason::Unreachable | CheckReason::TimedOut | CheckReason::NotTrusted => DownCause::Unreachable,
        CheckReason::Busy => DownCause::RateLimited,
        CheckReason::Works | CheckReason::NotThisPbx | CheckReason::PbxFailed => DownCause::Protocol,
    }
}
