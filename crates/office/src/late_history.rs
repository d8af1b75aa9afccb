//! A PBX that posts to us cannot reach an office without a public address. There its finished calls are read again and
//! again: they are listed late and ring nobody.

use std::time::Duration;

use jiff::SignedDuration;
use link::wire::ConnectionState;

use crate::{
    cause,
    gap_filling::may_pass,
    links::Link,
    reachability::{PEOPLE, next_look},
    status::SessionStatus,
};

/// How often. A PBX may have to prepare its list first.
const READ: Duration = Duration::from_secs(600);
/// The calls that are read when a connection is new.
const FIRST: SignedDuration = SignedDuration::from_hours(24);

impl Link {
    /// Reads finished calls until the office stops.
    pub(crate) async fn keep_reading(self) {
        self.set("", SessionStatus::of(ConnectionState::Connecting)).await;
        let now = self.clock.now();
        let mut since = self.complete("").map_or_else(|| now.checked_sub(FIRST).unwrap_or(now), |known| known.until);
        let mut is_read = self.has_history();
        let mut people_due = tokio::time::Instant::now();
        loop {
            let report = self.driver.check().await;
            let status = match report.ok {
                true => SessionStatus::of(ConnectionState::Live),
                false => SessionStatus::down(cause::of_check(report.reason)),
            };
            self.set("", status).await;
            if report.ok {
                self.learn_zone().await;
                if people_due <= tokio::time::Instant::now() {
                    self.people.learn(&self.driver).await;
                    people_due = tokio::time::Instant::now() + PEOPLE;
                }
            }
            // Read in another zone than theirs, the newest calls would be passed over for good.
            let is_dated = self.is_zone_settled() || !self.driver.capability().tells_zone;
            if report.ok && is_read && is_dated {
                let until = self.clock.now();
                let reaches = self.driver.history_reaches(until).unwrap_or(until);
                match self.read_missed(since.max(reaches), until).await {
                    Ok(()) => {
                        since = until;
                        self.stamp_at("", until);
                    }
                    Err(error) => {
                        tracing::warn!(connection = %self.connection, kind = ?error.kind(), "finished calls cannot be read");
                        is_read = may_pass(&error);
                    }
                }
            }
            tokio::time::sleep(if report.ok { READ } else { next_look(&report) }).await;
        }
    }
}
