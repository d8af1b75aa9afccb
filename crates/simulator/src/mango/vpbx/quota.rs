//! How often the PBX may be asked: limits for each kind of request, and the lock-out after wrong ones.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

/// How long wrong requests count, and how long a lock-out lasts, from the first of them.
const LOCK_OUT: Duration = Duration::from_secs(120);

/// The requests of one program so far.
#[derive(Debug, Default)]
pub(super) struct Quota {
    asked: BTreeMap<&'static str, Vec<Instant>>,
    /// When the first wrong request came, and how many there were since.
    wrong: Option<(Instant, u32)>,
}

/// Why a request is not even looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// More than the limit.
    TooOften,
    /// Two wrong requests within two minutes.
    LockedOut,
}

impl Quota {
    /// Counts a request at this path.
    pub(super) fn admit(&mut self, path: &str, now: Instant) -> Result<(), Refused> {
        if self.wrong.is_some_and(|(first, _)| now - first >= LOCK_OUT) {
            self.wrong = None;
        }
        if self.wrong.is_some_and(|(_, count)| count > 1) {
            return Err(Refused::LockedOut);
        }
        let (kind, limit, period) = limit(path);
        self.count("all", 10, Duration::from_secs(1), now)?;
        self.count(kind, limit, period, now)
    }

    /// A request was answered with a code of the class 3xxx.
    pub(super) fn was_wrong(&mut self, now: Instant) {
        let (first, count) = self.wrong.unwrap_or((now, 0));
        self.wrong = Some((first, count + 1));
    }

    fn count(&mut self, kind: &'static str, limit: usize, period: Duration, now: Instant) -> Result<(), Refused> {
        let asked = self.asked.entry(kind).or_default();
        asked.retain(|at| now - *at < period);
        if asked.len() >= limit {
            return Err(Refused::TooOften);
        }
        asked.push(now);
        Ok(())
    }
}

/// The kind of a request, with how many of them are admitted in which time.
fn limit(path: &str) -> (&'static str, usize, Duration) {
    let second = Duration::from_secs(1);
    match path {
        "commands/callback" => ("callback", 4, second),
        "commands/call/hangup" => ("hangup", 4, second),
        "commands/callback_group" => ("callback of a group", 4, second),
        "commands/recording/start" => ("recording", 4, second),
        "commands/transfer" => ("transfer", 1, 2 * second),
        "commands/route" => ("route", 1, 2 * second),
        "config/users/request" => ("users", 1, 2 * second),
        "stats/request" | "stats/calls/request" => ("statistics", 1, 2 * second),
        "account/balance" => ("balance", 2, second),
        _ => ("others", 10, second),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fifth_callback_within_a_second_is_too_much() {
        let (mut quota, now) = (Quota::default(), Instant::now());
        for _ in 0..4 {
            assert_eq!(quota.admit("commands/callback", now), Ok(()));
        }
        assert_eq!(quota.admit("commands/callback", now), Err(Refused::TooOften));
        assert_eq!(quota.admit("account/balance", now), Ok(()));
        assert_eq!(quota.admit("commands/callback", now + Duration::from_secs(1)), Ok(()));
    }

    #[test]
    fn a_second_wrong_request_locks_out_until_two_minutes_after_the_first() {
        let (mut quota, now) = (Quota::default(), Instant::now());
        quota.was_wrong(now);
        assert_eq!(quota.admit("account/balance", now), Ok(()));
        quota.was_wrong(now + Duration::from_secs(60));
        let later = |seconds| now + Duration::from_secs(seconds);
        assert_eq!(quota.admit("account/balance", later(119)), Err(Refused::LockedOut));
        assert_eq!(quota.admit("account/balance", later(120)), Ok(()));
    }
}
