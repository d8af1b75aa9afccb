//! When a PBX is asked who works there.

use std::time::Duration;

use pbx::{ErrorKind, Retry};
use tokio::time::Instant;

use crate::{
    backoff::{before_session, spread},
    links::Link,
};

/// How often a PBX that answers is asked who works there.
const AGAIN: Duration = Duration::from_secs(24 * 3600);
/// Waits where it refuses.
const REFUSED: [Duration; 2] = [Duration::from_secs(3600), Duration::from_secs(6 * 3600)];

/// When a PBX is asked next who works there.
pub(crate) struct PeopleRefresh {
    due: Instant,
    failures: usize,
}

impl PeopleRefresh {
    /// At once.
    pub(crate) fn now() -> Self {
        Self { due: Instant::now(), failures: 0 }
    }
}

impl Link {
    /// Asks who works there, where that is due: once a day, and after a failure as soon as anything that failed is tried again.
    pub(crate) async fn refresh_people(&self, next: &mut PeopleRefresh) {
        if Instant::now() < next.due {
            return;
        }
        let (wait, failures) = match self.people.learn(&self.driver).await {
            Ok(()) => (AGAIN, 0),
            Err(error) => {
                tracing::info!(connection = %self.connection, kind = ?error.kind(), "the PBX does not list its people");
                let apart = spread(&[self.connection.as_str(), "people", &self.clock.now().to_string()]);
                // Each question counts towards a quota, and where it is refused somebody must give a right first.
                let wait = if error.retry() == Retry::No && error.kind() != ErrorKind::Stopped {
                    REFUSED.get(next.failures).copied().unwrap_or(AGAIN)
                } else {
                    before_session(&error, next.failures, apart)
                };
                (wait, next.failures + 1)
            }
        };
        *next = PeopleRefresh { due: Instant::now() + wait, failures };
    }

    /// Sleeps for so long; meanwhile the PBX is asked who works there when that is due.
    pub(crate) async fn sleep_refreshing_people(&self, length: Duration, next: &mut PeopleRefresh) {
        let end = Instant::now() + length;
        while next.due < end {
            tokio::time::sleep_until(next.due).await;
            self.refresh_people(next).await;
        }
        tokio::time::sleep_until(end).await;
    }
}
