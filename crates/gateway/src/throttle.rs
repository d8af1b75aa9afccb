//! Delays the answers to wrong signatures when there are very many. Nobody is locked out: vendors behind one proxy share
//! an address, and a right signature is always answered at once.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// How long an answer is held back.
const WAIT: Duration = Duration::from_secs(1);

/// Counts wrong signatures by the second.
#[derive(Debug)]
pub(crate) struct Throttle {
    at_once: u32,
    second: Mutex<Second>,
}

#[derive(Debug)]
struct Second {
    began: Instant,
    count: u32,
}

impl Throttle {
    /// Lets this many a second pass at once.
    pub(crate) fn new(at_once: u32) -> Self {
        Self { at_once, second: Mutex::new(Second { began: Instant::now(), count: 0 }) }
    }

    /// Counts one more; waits when there were too many in this second.
    pub(crate) async fn pass(&self) {
        if self.is_too_many() {
            tokio::time::sleep(WAIT).await;
        }
    }

    fn is_too_many(&self) -> bool {
        let mut second = self.second.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if now.duration_since(second.began) >= Duration::from_secs(1) {
            *second = Second { began: now, count: 0 };
        }
        second.count = second.count.saturating_add(1);
        second.count > self.at_once
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn only_what_is_beyond_the_limit_of_a_second_waits() {
        let throttle = Throttle::new(3);
        let start = Instant::now();
        for _ in 0..3 {
            throttle.pass().await;
        }
        assert_eq!(start.elapsed(), Duration::ZERO);
        throttle.pass().await;
        assert_eq!(start.elapsed(), WAIT);
        throttle.pass().await;
        assert_eq!(start.elapsed(), WAIT, "the next second is a new one");
    }
}
