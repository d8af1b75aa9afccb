//! How often an identical URL may be asked: once a minute, counted for each key.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

/// When each URL was asked last.
#[derive(Debug, Default)]
pub(super) struct Limits {
    asked: BTreeMap<String, (Instant, Timestamp)>,
}

/// How a minute is measured.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    /// How long a minute lasts here.
    pub(super) minute: Duration,
    pub(super) by_calendar: bool,
    pub(super) refusal_restarts: bool,
}

impl Limits {
    /// Whether this URL may be asked now.
    pub(super) fn admit(&mut self, url: &str, rule: Rule, now: Instant, clock: Timestamp) -> bool {
        let length = i64::try_from(rule.minute.as_millis()).unwrap_or(i64::MAX).max(1);
        let minute = |at: Timestamp| at.as_millisecond().div_euclid(length);
        let refused = self.asked.get(url).is_some_and(|(asked, at)| {
            if rule.by_calendar { minute(*at) == minute(clock) } else { now - *asked < rule.minute }
        });
        if !refused || rule.refusal_restarts {
            self.asked.insert(url.to_owned(), (now, clock));
        }
        !refused
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Rule = Rule { minute: Duration::from_secs(60), by_calendar: false, refusal_restarts: false };

    /// Which of the requests at these seconds are admitted.
    fn admitted(rule: Rule, seconds: &[u64]) -> Vec<bool> {
        let (mut limits, begin) = (Limits::default(), Instant::now());
        let at = |seconds: u64| begin + Duration::from_secs(seconds);
        let clock = |seconds: u64| Timestamp::from_second(30 + seconds as i64).expect("in range");
        seconds.iter().map(|second| limits.admit("/v1/users?a", rule, at(*second), clock(*second))).collect()
    }

    #[test]
    fn an_identical_url_is_refused_within_a_minute() {
        assert_eq!(admitted(RULE, &[0, 1, 59, 60, 61]), [true, false, false, true, false]);
    }

    #[test]
    fn a_refusal_may_begin_the_minute_again() {
        let rule = Rule { refusal_restarts: true, ..RULE };
        assert_eq!(admitted(rule, &[0, 59, 60, 119, 120]), [true, false, false, false, false]);
    }

    #[test]
    fn the_minute_may_be_one_of_the_calendar() {
        let rule = Rule { by_calendar: true, ..RULE };
        assert_eq!(admitted(rule, &[0, 29, 30, 89, 90]), [true, false, true, false, true]);
    }

    #[test]
    fn other_urls_go_on() {
        let (mut limits, now) = (Limits::default(), Instant::now());
        assert!(limits.admit("/v1/users/1/update_email", RULE, now, Timestamp::UNIX_EPOCH));
        assert!(limits.admit("/v1/users/2/update_email", RULE, now, Timestamp::UNIX_EPOCH));
    }
}
