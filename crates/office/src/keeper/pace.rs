//! How long the keeper lets a database rest that takes nothing.

use std::time::Duration;

use tokio::time::Instant;

/// The first rest.
const FIRST: Duration = Duration::from_secs(1);
/// The longest.
const LONGEST: Duration = Duration::from_secs(20);

/// Rests that grow from failure to failure.
#[derive(Debug, Default)]
pub(super) struct Pace(Option<Rest>);

#[derive(Debug)]
struct Rest {
    until: Instant,
    length: Duration,
}

impl Pace {
    /// It failed: what it was is not tried again before the rest is over.
    pub(super) fn failed(&mut self) {
        let length = self.0.as_ref().map_or(FIRST, |rest| (rest.length * 2).min(LONGEST));
        self.0 = Some(Rest { until: Instant::now() + length, length });
    }

    /// It worked.
    pub(super) fn worked(&mut self) {
        self.0 = None;
    }

    /// What is left of the rest; nothing when it may be tried now.
    pub(super) fn rest(&self) -> Duration {
        self.0.as_ref().map_or(Duration::ZERO, |rest| rest.until.saturating_duration_since(Instant::now()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn rests_grow_until_something_works() {
        let mut pace = Pace::default();
        assert_eq!(pace.rest(), Duration::ZERO);
        let mut rests = Vec::new();
        for _ in 0..7 {
            pace.failed();
            rests.push(pace.rest());
        }
        assert_eq!(rests, [1, 2, 4, 8, 16, 20, 20].map(Duration::from_secs));
        tokio::time::advance(Duration::from_secs(30)).await;
        assert_eq!(pace.rest(), Duration::ZERO);
        pace.worked();
        pace.failed();
        assert_eq!(pace.rest(), Duration::from_secs(1));
    }
}
