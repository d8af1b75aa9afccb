//! How long to wait before an office is tried again.

use std::time::Duration;

use crate::ports::{Chance, fraction};

const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(30);

/// Doubles from half a second to half a minute; half of each wait is chance, so that desks do not come back at once.
#[derive(Debug)]
pub(super) struct Backoff {
    next: Duration,
}

impl Backoff {
    pub(super) fn new() -> Self {
        Self { next: FIRST }
    }

    /// It worked: the next failure begins anew.
    pub(super) fn reset(&mut self) {
        self.next = FIRST;
    }

    /// The wait after a failure.
    pub(super) fn wait(&mut self, chance: &dyn Chance) -> Duration {
        let full = self.next;
        self.next = (full * 2).min(LONGEST);
        full.mul_f64(0.5 + fraction(chance) / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Always(u128);

    impl Chance for Always {
        fn bits(&self) -> u128 {
            self.0
        }
    }

    #[test]
    fn waits_double_up_to_half_a_minute_and_begin_anew() {
        let mut backoff = Backoff::new();
        let waits: Vec<_> = (0..9).map(|_| backoff.wait(&Always(0)).as_millis()).collect();
        assert_eq!(waits, [250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
        backoff.reset();
        assert_eq!(backoff.wait(&Always(0)).as_millis(), 250);
    }

    #[test]
    fn chance_spreads_each_wait_over_its_second_half() {
        let wait = Backoff::new().wait(&Always(u128::MAX));
        assert!(wait > Duration::from_millis(499) && wait <= Duration::from_millis(500), "{wait:?}");
    }
}
