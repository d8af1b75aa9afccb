//! A PBX that posts to us cannot reach an office without a public address. There its finished calls are read again and
//! again: they are listed late and ring nobody. The times of which they could not be read are gaps like others.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use link::wire::ConnectionState;
use tokio::time::Instant;

use crate::{
    cause, gap_filling::may_pass, links::Link, people_refresh::PeopleRefresh, reachability::next_look,
    status::SessionStatus,
};

/// How often. A PBX may have to prepare its list first.
const READ: Duration = Duration::from_secs(600);
/// How often where the PBX does not give its history: somebody must switch it on first.
const READ_REFUSED: Duration = Duration::from_secs(3600);
/// The calls that are read when a connection is new.
const FIRST: SignedDuration = SignedDuration::from_hours(24);

/// How far finished calls are read.
struct HistoryProgress {
    /// All calls that ended before then are known; nothing is known of a connection that is new.
    complete: Option<Timestamp>,
    /// Why they cannot be read, in words.
    failure: Option<String>,
    /// When they are read again.
    due: Instant,
}

impl Link {
    /// Reads finished calls until the office stops.
    pub(crate) async fn keep_reading(self) {
        self.set("", SessionStatus::of(ConnectionState::Connecting)).await;
        let complete = self.complete("").await.map(|known| known.until);
        let mut progress = HistoryProgress { complete, failure: None, due: Instant::now() };
        let mut people = PeopleRefresh::now();
        if let Some(from) = self.complete_until("").await.filter(|_| self.has_history()) {
            self.open_gap("", from, "stopped").await;
        }
        loop {
            let report = self.driver.check().await;
            if report.ok {
                self.set("", readable(&progress)).await;
                self.learn_zone().await;
                self.refresh_people(&mut people).await;
                self.read_finished(&mut progress).await;
                self.set("", readable(&progress)).await;
                self.sleep_refreshing_people(READ, &mut people).await;
            } else {
                self.set("", SessionStatus::down(cause::of_check(report.reason))).await;
                self.not_read(&progress).await;
                tokio::time::sleep(next_look(&report)).await;
            }
        }
    }

    /// Reads what ended since the last time, where that is due and the zone is known: read in another zone than theirs,
    /// the newest calls would be passed over for good.
    async fn read_finished(&self, progress: &mut HistoryProgress) {
        let is_dated = self.is_zone_settled() || !self.driver.capability().tells_zone;
        if !is_dated || !self.has_history() || Instant::now() < progress.due {
            return;
        }
        let until = self.clock.now();
        let since = progress.complete.unwrap_or_else(|| until.checked_sub(FIRST).unwrap_or(until));
        let reaches = self.driver.history_reaches(until).unwrap_or(until);
        match self.read_missed(since.max(reaches), until).await {
            Ok(()) => {
                if since < reaches {
                    self.open_gap("", since, "stopped").await;
                }
                if self.board.has_gap(&self.connection, "") {
                    self.close_gap("", until, (since < reaches).then_some(reaches)).await;
                    self.keeper.status_changed(&self.connection).await;
                }
                self.stamp_at("", until);
                *progress = HistoryProgress { complete: Some(until), failure: None, due: Instant::now() };
            }
            Err(error) => {
                tracing::warn!(connection = %self.connection, kind = ?error.kind(), "finished calls cannot be read");
                progress.failure = Some(format!("finished calls cannot be read: {error}"));
                if !may_pass(&error) {
                    progress.due = Instant::now() + READ_REFUSED;
                }
                self.not_read(progress).await;
            }
        }
    }

    /// Calls are missing since the last reading.
    async fn not_read(&self, progress: &HistoryProgress) {
        if let Some(from) = progress.complete.filter(|_| self.has_history()) {
            self.open_gap("", from, "unreachable").await;
        }
    }
}

/// A PBX that answers, and whether its finished calls can be read.
fn readable(progress: &HistoryProgress) -> SessionStatus {
    SessionStatus { detail: progress.failure.clone(), ..SessionStatus::of(ConnectionState::Live) }
}
