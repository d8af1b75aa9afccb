//! Keeps a session open, of an extension or of the whole account, and knows which of its events may be missing.
//!
//! Where the PBX gives nothing again of what was missed, a gap is a hole up to the next connection. Elsewhere the PBX
//! keeps events while no session is registered and gives them again, so a gap that a replay follows is filled.
//! Two things are lost for good: what the PBX sent over a socket that was broken already, and what could not be stored.
//! A run that did not end its session, because it was killed or the power failed, may have lost some, too.
//! Such a gap is a hole from the last sign of life up to the first event that the PBX kept, or to the next registration
//! where it kept none.

use std::{sync::Arc, time::Duration};

use calls::{LogEvent, Source, VendorEvent};
use jiff::{SignedDuration, Timestamp};
use link::wire::{ConnectionState, DownCause};
use pbx::{Error, ErrorKind, Retry, SessionReport, Snapshot};
use tokio::{
    sync::{Notify, mpsc, watch},
    time::Instant,
};

use crate::{
    backoff, cause,
    keeper::NotStored,
    links::{Complete, Link, SHORT_PAUSE},
    status::SessionStatus,
};

/// How often the moment until which events are complete is kept for the next start.
const STAMP: Duration = Duration::from_secs(30);
/// A session that was live for this long had no trouble at its beginning, so the waits begin anew.
const STEADY: Duration = Duration::from_secs(60);
/// Said where the PBX does not stop giving what was missed.
const REPEATS: &str = "the PBX gives the same missed events again and again, so some of them may be missing here";

/// What a session may lack.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Missing {
    /// Events since then.
    since: Option<Timestamp>,
    /// Events since then are lost for good.
    lost_since: Option<Timestamp>,
}

/// What is asked of a kept session from outside.
#[derive(Debug, Default)]
pub(crate) struct SessionControl {
    again: Notify,
    end: watch::Sender<bool>,
}

impl SessionControl {
    /// Ends the wait for the next try, once.
    pub(crate) fn try_again(&self) {
        self.again.notify_one();
    }

    /// Ends the session: what has come is stored, and the PBX keeps the events from then on.
    pub(crate) fn end(&self) {
        self.end.send_replace(true);
    }

    async fn ended(&self) {
        // The sender is part of this, so waiting cannot fail.
        let _ = self.end.subscribe().wait_for(|end| *end).await;
    }
}

impl Missing {
    /// What may be missing since the run before, which had everything up to then.
    fn at_start(complete: Option<Complete>, now: Timestamp) -> Self {
        match complete {
            None => Self::default(),
            Some(Complete { until, was_ended: true }) => {
                Self { since: (now.duration_since(until) > SHORT_PAUSE).then_some(until), lost_since: None }
            }
            Some(Complete { until, was_ended: false }) => Self { since: Some(until), lost_since: Some(until) },
        }
    }

    /// The PBX gives nothing again of what it sent since then.
    fn lose(&mut self, since: Timestamp) {
        self.since = Some(self.since.map_or(since, |known| known.min(since)));
        self.lost_since = Some(self.lost_since.map_or(since, |known| known.min(since)));
    }
}

/// One run of a session, from its opening to its end.
#[derive(Debug)]
pub(crate) struct Run {
    /// Since when live events flow.
    registered: Option<Timestamp>,
    /// Since when nothing missed is asked for any more.
    live: Option<Instant>,
    /// The last sign of life.
    heard: Timestamp,
    /// The time of the first replayed event that lies where events were lost: from there on the PBX kept them.
    kept_from: Option<Timestamp>,
    /// What is to be said while it is live.
    detail: Option<String>,
    /// Events could not be stored.
    pub(crate) not_stored: bool,
}

impl Run {
    fn begin(now: Timestamp) -> Self {
        Self { registered: None, live: None, heard: now, kept_from: None, detail: None, not_stored: false }
    }

    fn was_steady(&self) -> bool {
        self.live.is_some_and(|live| live.elapsed() >= STEADY)
    }
}

impl Link {
    /// Keeps a session open until it is to end, and ends it.
    pub(crate) async fn keep_session(self, key: String, control: Arc<SessionControl>) {
        let mut failures = 0;
        let mut missing = Missing::at_start(self.complete(&key).await, self.clock.now());
        self.set(&key, SessionStatus::of(ConnectionState::Connecting)).await;
        loop {
            if let Some(from) = missing.since {
                self.open_gap(&key, from, "session").await;
            }
            let Some((error, run)) = self.run(&key, &mut missing, &control).await else { return };
            if run.was_steady() {
                failures = 0;
            }
            tracing::warn!(connection = %self.connection, kind = ?error.kind(), "a session ended and is opened again");
            self.set(&key, status_after(&error, &run)).await;
            if let Some(from) = missing.since {
                self.open_gap(&key, from, "session").await;
            }
            let moment = self.clock.now().to_string();
            let spread = backoff::spread(&[self.connection.as_str(), &key, &moment]);
            let wait = backoff::before_session(&error, failures, spread);
            failures += 1;
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = control.again.notified() => {}
                () = control.ended() => {
                    self.end_session(&key).await;
                    return;
                }
            }
        }
    }

    /// Runs a session once; answers nothing where it was to end and has.
    async fn run(&self, key: &str, missing: &mut Missing, control: &SessionControl) -> Option<(Error, Run)> {
        let (out, reports) = mpsc::channel(64);
        let run = async {
            let follow = self.follow(key, reports, missing);
            tokio::join!(self.driver.run_session(key, out), follow)
        };
        let mut run = std::pin::pin!(run);
        tokio::select! {
            // First, so that the run has begun when it is told to stop.
            biased;
            ended = &mut run => return Some(ended),
            () = control.ended() => {}
        }
        // The run goes on until what has come is stored.
        let (is_ended, (_, run)) = tokio::join!(self.end_session(key), run);
        if is_ended && run.live.is_some() && !run.not_stored {
            self.stamp_ended(key);
        }
        None
    }

    /// Stores what a session reports, until it ends.
    pub(crate) async fn follow(
        &self,
        key: &str,
        mut reports: mpsc::Receiver<SessionReport>,
        missing: &mut Missing,
    ) -> Run {
        let mut run = Run::begin(self.clock.now());
        let mut stamp = tokio::time::interval(STAMP);
        loop {
            tokio::select! {
                report = reports.recv() => {
                    let Some(report) = report else { break };
                    if self.take_report(key, report, &mut run, missing).await.is_err() {
                        run.not_stored = true;
                        break;
                    }
                },
                _ = stamp.tick(), if run.live.is_some() => self.stamp(key),
            }
        }
        self.end_run(key, &run, missing);
        run
    }

    /// A registered session ended without being told to: its socket may have been broken from the last sign of life on,
    /// and the PBX did not know.
    fn end_run(&self, key: &str, run: &Run, missing: &mut Missing) {
        if run.registered.is_some() {
            missing.lose(run.heard);
        }
        if run.live.is_some() {
            self.stamp_at(key, run.heard);
        }
    }

    async fn take_report(
        &self,
        key: &str,
        report: SessionReport,
        run: &mut Run,
        missing: &mut Missing,
    ) -> Result<(), NotStored> {
        let now = self.clock.now();
        match report {
            SessionReport::Connected => {
                (run.registered, run.heard) = (Some(now), now);
                self.set(key, SessionStatus::of(ConnectionState::Draining)).await;
            }
            SessionReport::DrainProgress { events } => {
                let drained = u32::try_from(events).unwrap_or(u32::MAX);
                let draining = SessionStatus::of(ConnectionState::Draining);
                self.set(key, SessionStatus { drained, ..draining }).await;
            }
            SessionReport::Batch { events, stored } => {
                let is_replay = events.iter().any(|event| event.source == Source::Replay);
                if is_replay {
                    run.kept_from = run.kept_from.or_else(|| first_kept(&events, missing.lost_since?, now));
                } else if run.live.is_some() {
                    // What was missed says nothing of the clock.
                    self.compare_times(now, &events).await;
                }
                let events = events.into_iter().map(LogEvent::Vendor).collect();
                if self.keeper.tell(&self.connection, now, events).await.is_err() {
                    // What is replayed stays at the PBX until it is asked for more.
                    if !is_replay {
                        missing.lose(now);
                    }
                    return Err(NotStored);
                }
                run.heard = now;
                // The session has ended meanwhile; the events are safe.
                let _ = stored.send(());
            }
            SessionReport::Rights(abilities) => {
                if self.board.set_rights(&self.connection, key, abilities) {
                    self.keeper.status_changed(&self.connection).await;
                }
            }
            SessionReport::Heard => run.heard = now,
            SessionReport::Drained { complete } => {
                (run.live, run.heard) = (Some(Instant::now()), now);
                let hole_until = self.hole(run, missing, now).max((!complete).then_some(now));
                *missing = Missing::default();
                run.detail = run.detail.take().or_else(|| (!complete).then(|| REPEATS.to_owned()));
                if !complete {
                    tracing::warn!(connection = %self.connection, "a PBX gives the same missed events again and again");
                }
                self.close_gap(key, now, hole_until).await;
                self.stamp(key);
                self.show_live(key, run).await;
            }
            SessionReport::Snapshot(Snapshot { asked, events, calls }) => {
                let events = events.into_iter().map(LogEvent::Vendor).collect();
                self.keeper.tell(&self.connection, now, events).await?;
                self.keeper.absent(&self.connection, now, asked, calls).await?;
                run.heard = now;
            }
            SessionReport::Notice(notice) => {
                run.detail = notice;
                if run.live.is_some() {
                    self.show_live(key, run).await;
                }
            }
        }
        Ok(())
    }

    async fn show_live(&self, key: &str, run: &Run) {
        let live = SessionStatus::of(ConnectionState::Live);
        self.set(key, SessionStatus { detail: run.detail.clone(), ..live }).await;
    }

    /// Up to when events are lost for good, although all that the PBX kept was replayed.
    fn hole(&self, run: &Run, missing: &Missing, now: Timestamp) -> Option<Timestamp> {
        if !self.driver.capability().missed_replay {
            return missing.since.map(|_| run.registered.unwrap_or(now));
        }
        let too_old = missing.since.and_then(|since| self.forgotten(since, now));
        let lost = missing.lost_since.map(|_| run.kept_from.unwrap_or(now).min(run.registered.unwrap_or(now)));
        too_old.max(lost)
    }

    /// What the PBX gives again does not reach further back than it keeps events: what is older is a hole.
    fn forgotten(&self, since: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let kept = SignedDuration::try_from(self.driver.capability().replay_kept?).ok()?;
        now.checked_sub(kept).ok().filter(|oldest| since < *oldest)
    }

    /// A difference between the vendor's times and ours that is worth a warning is shown.
    async fn compare_times(&self, received_at: Timestamp, events: &[VendorEvent]) {
        if self.board.compare_times(&self.connection, received_at, events) {
            self.keeper.status_changed(&self.connection).await;
        }
    }

    /// Nobody wants this session any more, and it has ended: nothing is missed here.
    pub(crate) async fn forget_session(&self, key: &str) {
        if self.board.has_gap(&self.connection, key) {
            let now = self.clock.now();
            self.close_gap(key, now, Some(now)).await;
        }
        if self.board.forget(&self.connection, key) {
            self.keeper.status_changed(&self.connection).await;
        }
    }

    /// Tells the PBX that a session is over, so that it keeps the events from now on; says whether it took that in.
    async fn end_session(&self, key: &str) -> bool {
        let ended = self.driver.end_session(key).await;
        if let Err(error) = &ended {
            tracing::warn!(connection = %self.connection, kind = ?error.kind(), "a session could not be ended");
        }
        ended.is_ok()
    }
}

/// The time of the earliest of these replayed events that lies after `lost_since`.
fn first_kept(events: &[VendorEvent], lost_since: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let times = events.iter().filter_map(|event| event.time.as_ref().map(|time| time.utc));
    times.filter(|time| (lost_since..=now).contains(time)).min()
}

/// How a session stands until it is tried again. It says so once, however often it is tried.
fn status_after(error: &Error, run: &Run) -> SessionStatus {
    if run.not_stored {
        return SessionStatus::down(DownCause::Storage);
    }
    let down = SessionStatus::down(cause::of_error(error));
    let is_refused = error.retry() == Retry::No && error.kind() != ErrorKind::Stopped;
    if is_refused { SessionStatus { is_refused, detail: Some(error.to_string()), ..down } } else { down }
}

#[cfg(test)]
mod tests;
