//! How often the PBX is asked.

use std::{num::NonZeroU32, time::Duration};

use governor::{
    DefaultDirectRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};

use crate::error::{Error, ErrorKind};

/// Whom a request serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Priority {
    /// Somebody who waits at a screen.
    Person,
    /// Sessions and whatever else goes on by itself: it leaves room for people, also when everything comes back at once.
    Background,
}

/// So many requests per second in the long run; after a pause twice as many may go at once. Three quarters of them are
/// for [`Priority::Background`].
#[derive(Debug)]
pub(super) struct Limit {
    all: DefaultDirectRateLimiter,
    background: DefaultDirectRateLimiter,
    clock: DefaultClock,
}

impl Limit {
    pub(super) fn per_second(requests: u32) -> Self {
        let at_least_one = |rate| NonZeroU32::new(rate).unwrap_or(NonZeroU32::MIN);
        let quota =
            |rate, burst| RateLimiter::direct(Quota::per_second(at_least_one(rate)).allow_burst(at_least_one(burst)));
        Self {
            all: quota(requests, requests.saturating_mul(2)),
            background: quota(requests.saturating_mul(3) / 4, requests),
            clock: DefaultClock::default(),
        }
    }

    /// Waits for a place, or says that it would take longer than `patience`.
    pub(super) async fn wait(&self, priority: Priority, patience: Duration) -> Result<(), Error> {
        let mut waited = Duration::ZERO;
        if priority == Priority::Background {
            self.wait_in(&self.background, patience, &mut waited).await?;
        }
        self.wait_in(&self.all, patience, &mut waited).await
    }

    async fn wait_in(
        &self,
        limiter: &DefaultDirectRateLimiter,
        patience: Duration,
        waited: &mut Duration,
    ) -> Result<(), Error> {
        while let Err(not_yet) = limiter.check() {
            let wait = not_yet.wait_time_from(self.clock.now()).max(Duration::from_millis(1));
            *waited += wait;
            if *waited > patience {
                let kind = ErrorKind::RateLimited { retry_after: Some(wait) };
                return Err(Error::new(kind, "the PBX is asked too often already; wait a moment").before_sending());
            }
            tokio::time::sleep(wait).await;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_burst_passes_and_the_rest_waits_or_is_told() {
        let limit = Limit::per_second(1);
        for _ in 0..2 {
            assert_eq!(limit.wait(Priority::Person, Duration::ZERO).await, Ok(()));
        }
        let told = limit.wait(Priority::Person, Duration::ZERO).await.expect_err("over the limit");
        assert!(matches!(told.kind(), ErrorKind::RateLimited { retry_after: Some(_) }), "{told:?}");
        assert!(told.unsent());
        assert_eq!(limit.wait(Priority::Person, Duration::from_secs(5)).await, Ok(()));
    }

    #[tokio::test]
    async fn a_storm_in_the_background_leaves_room_for_people() {
        let limit = Limit::per_second(10);
        let mut passed = 0;
        while limit.wait(Priority::Background, Duration::ZERO).await.is_ok() {
            passed += 1;
        }
        assert!((10..15).contains(&passed), "{passed}");
        for _ in 0..5 {
            assert_eq!(limit.wait(Priority::Person, Duration::ZERO).await, Ok(()));
        }
    }
}
