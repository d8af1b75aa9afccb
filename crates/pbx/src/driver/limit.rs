//! How often the PBX is asked.

use std::{num::NonZeroU32, time::Duration};

use governor::{
    DefaultDirectRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};

use crate::error::{Error, ErrorKind};

/// So many requests per second in the long run; after a pause twice as many may go at once.
#[derive(Debug)]
pub(super) struct Limit {
    limiter: DefaultDirectRateLimiter,
    clock: DefaultClock,
}

impl Limit {
    pub(super) fn per_second(requests: u32) -> Self {
        let rate = NonZeroU32::new(requests).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_second(rate).allow_burst(rate.saturating_mul(NonZeroU32::MIN.saturating_add(1)));
        Self { limiter: RateLimiter::direct(quota), clock: DefaultClock::default() }
    }

    /// Waits for a place, or says that it would take longer than `patience`.
    pub(super) async fn wait(&self, patience: Duration) -> Result<(), Error> {
        let mut waited = Duration::ZERO;
        while let Err(not_yet) = self.limiter.check() {
            let wait = not_yet.wait_time_from(self.clock.now()).max(Duration::from_millis(1));
            waited += wait;
            if waited > patience {
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
            assert_eq!(limit.wait(Duration::ZERO).await, Ok(()));
        }
        let told = limit.wait(Duration::ZERO).await.expect_err("over the limit");
        assert!(matches!(told.kind(), ErrorKind::RateLimited { retry_after: Some(_) }), "{told:?}");
        assert!(told.unsent());
        assert_eq!(limit.wait(Duration::from_secs(5)).await, Ok(()));
    }
}
