//! How long to wait before something that failed is tried again.

use std::time::Duration;

use pbx::{Error, ErrorKind, Retry};
use sha2::{Digest, Sha256};
use tokio::time::Instant;

/// Waits between tries to open a session, the last one for good.
const SESSION: [Duration; 6] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(15),
    Duration::from_secs(30),
];
/// Waits where the PBX refuses this session and somebody must change something first.
const REFUSED: [Duration; 4] =
    [Duration::from_secs(60), Duration::from_secs(300), Duration::from_secs(900), Duration::from_secs(3600)];
/// The longest wait for what may be over by itself, such as a wrong token that is put right at the PBX.
const ACCOUNT_REFUSED: Duration = Duration::from_secs(300);
/// A PBX that wants to be left alone for longer than this is asked all the same.
pub(crate) const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// The wait before a session is opened again after so many failures in a row. `spread`, from 0 to 1, keeps those
/// apart that failed at the same moment.
pub(crate) fn before_session(error: &Error, failures: usize, spread: f64) -> Duration {
    let step = |waits: &[Duration]| waits[failures.min(waits.len() - 1)];
    let wait = match (error.retry(), error.kind()) {
        // Ended by ourselves, or by a frame that is too long to be read: nothing was refused.
        (_, ErrorKind::Stopped | ErrorKind::TooLarge) => step(&SESSION),
        (
            Retry::No,
            ErrorKind::NotFound | ErrorKind::InvalidRequest { .. } | ErrorKind::Conflict | ErrorKind::Unsupported,
        ) => step(&REFUSED),
        (Retry::No, _) => step(&REFUSED).min(ACCOUNT_REFUSED),
        (Retry::After(asked), _) => step(&SESSION).max(asked).min(LONGEST),
        (Retry::IfIdempotent, _) => step(&SESSION),
    };
    wait + wait.mul_f64(spread.clamp(0.0, 1.0) / 2.0)
}

/// A number from 0 to 1 that differs between sessions, moments and computers.
pub(crate) fn spread(parts: &[&str]) -> f64 {
    let digest = Sha256::digest(parts.join("\n"));
    f64::from(u16::from_be_bytes([digest[0], digest[1]])) / f64::from(u16::MAX)
}

/// The first rest of a database that takes nothing.
const FIRST_REST: Duration = Duration::from_secs(1);
/// The longest.
const LONGEST_REST: Duration = Duration::from_secs(20);

/// Rests that grow from failure to failure.
#[derive(Debug, Default)]
pub(crate) struct Backoff(Option<Rest>);

#[derive(Debug)]
struct Rest {
    until: Instant,
    length: Duration,
}

impl Backoff {
    /// It failed: what it was is not tried again before the rest is over.
    pub(crate) fn failed(&mut self) {
        let length = self.0.as_ref().map_or(FIRST_REST, |rest| (rest.length * 2).min(LONGEST_REST));
        self.0 = Some(Rest { until: Instant::now() + length, length });
    }

    /// It worked.
    pub(crate) fn worked(&mut self) {
        self.0 = None;
    }

    /// What is left of the rest; nothing when it may be tried now.
    pub(crate) fn rest(&self) -> Duration {
        self.0.as_ref().map_or(Duration::ZERO, |rest| rest.until.saturating_duration_since(Instant::now()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_too_long_to_be_read_is_no_refusal() {
        let wait = |kind| before_session(&Error::new(kind, "why"), 0, 0.0);
        assert_eq!([ErrorKind::TooLarge, ErrorKind::Forbidden].map(wait), [SESSION[0], REFUSED[0]]);
    }

    #[tokio::test(start_paused = true)]
    async fn rests_grow_until_something_works() {
        let mut backoff = Backoff::default();
        assert_eq!(backoff.rest(), Duration::ZERO);
        let mut rests = Vec::new();
        for _ in 0..7 {
            backoff.failed();
            rests.push(backoff.rest());
        }
        assert_eq!(rests, [1, 2, 4, 8, 16, 20, 20].map(Duration::from_secs));
        tokio::time::advance(Duration::from_secs(30)).await;
        assert_eq!(backoff.rest(), Duration::ZERO);
        backoff.worked();
        backoff.failed();
        assert_eq!(backoff.rest(), Duration::from_secs(1));
    }

    #[test]
    fn what_is_refused_is_tried_seldom_and_what_failed_soon() {
        let wait = |kind, failures| before_session(&Error::new(kind, ""), failures, 0.0).as_secs_f64();
        let busy = ErrorKind::RateLimited { retry_after: Some(Duration::from_secs(40)) };
        let cases = [
            (ErrorKind::Transport, [0.5, 1.0, 30.0]),
            (ErrorKind::NotFound, [60.0, 300.0, 3600.0]),
            (ErrorKind::Forbidden, [60.0, 300.0, 300.0]),
            (ErrorKind::Unauthorized, [60.0, 300.0, 300.0]),
            (busy, [40.0, 40.0, 40.0]),
            (ErrorKind::RateLimited { retry_after: Some(Duration::MAX) }, [86_400.0; 3]),
            (ErrorKind::Stopped, [0.5, 1.0, 30.0]),
        ];
        for (kind, expected) in cases {
            assert_eq!([0, 1, 99].map(|failures| wait(kind, failures)), expected, "{kind:?}");
        }
    }

    #[test]
    fn those_that_failed_together_come_back_apart() {
        let waits: std::collections::BTreeSet<Duration> = (100..200)
            .map(|extension| {
                let spread = spread(&["m1", &extension.to_string(), "2026-03-05T09:00:02.123Z"]);
                before_session(&Error::new(ErrorKind::Transport, ""), 5, spread)
            })
            .collect();
        assert!(waits.len() > 90, "{}", waits.len());
        let (first, last) = (waits.first().expect("a wait"), waits.last().expect("a wait"));
        assert!(*first >= Duration::from_secs(30) && *last <= Duration::from_secs(45), "{first:?} {last:?}");
        assert!(last.saturating_sub(*first) > Duration::from_secs(10), "{first:?} {last:?}");
    }
}
