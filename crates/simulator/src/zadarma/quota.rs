//! How often requests may come: a hundred a minute, and three of them for statistics.

use jiff::Timestamp;

use crate::reading::Reading;
use crate::world::World;

/// Requests a minute, of all kinds.
const MOST: usize = 100;
/// Requests a minute for statistics.
const MOST_STATISTICS: usize = 3;

/// The requests of the minute: when each came, by the second, and what it asked for.
#[derive(Debug, Default)]
pub(super) struct Quota {
    asked: Vec<(i64, String)>,
}

/// What the headers of an answer say of the limits.
pub(super) struct Limits {
    pub(super) limit: usize,
    pub(super) remaining: usize,
    /// Unix seconds.
    pub(super) reset: i64,
    pub(super) exceeded: bool,
}

impl Quota {
    /// Counts a request, unless it is one too many.
    pub(super) fn count(&mut self, world: &World, path: &str) -> Limits {
        let (slides, apart) = (world.reads(Reading::MINUTE_SLIDES), world.reads(Reading::STATISTICS_PER_METHOD));
        self.count_at(world.now(), path, slides, apart)
    }

    fn count_at(&mut self, now: Timestamp, path: &str, slides: bool, apart: bool) -> Limits {
        let second = now.as_second();
        let begun = if slides { second - 59 } else { second - second.rem_euclid(60) };
        self.asked.retain(|(at, _)| *at >= begun);
        let is_statistics = path.starts_with("statistics");
        let is_alike =
            |other: &str| !is_statistics || if apart { other == path } else { other.starts_with("statistics") };
        let alike = self.asked.iter().filter(|(_, other)| is_alike(other));
        // Where the minute slides, there is room again once the first of them has left it.
        let first =
            alike.clone().map(|(at, _)| *at).min().filter(|_| slides).unwrap_or(if slides { second } else { begun });
        let (limit, asked, all) = (if is_statistics { MOST_STATISTICS } else { MOST }, alike.count(), self.asked.len());
        let exceeded = asked >= limit || all >= MOST;
        if !exceeded {
            self.asked.push((second, path.to_owned()));
        }
        let remaining = if exceeded { 0 } else { (limit - asked - 1).min(MOST - all - 1) };
        Limits { limit, remaining, reset: first + 60, exceeded }
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn a_fourth_request_for_statistics_in_a_minute_is_too_much() {
        let mut quota = Quota::default();
        let mut count = |path, now| quota.count_at(now, path, false, false);
        let now = Timestamp::UNIX_EPOCH;
        for left in [2, 1, 0] {
            let limits = count("statistics/pbx", now);
            assert_eq!((limits.limit, limits.remaining, limits.exceeded), (3, left, false));
        }
        assert!(count("statistics/pbx", now).exceeded);
        assert!(!count("info/balance", now).exceeded, "others go on");
        assert!(!count("statistics/pbx", now + SignedDuration::from_secs(60)).exceeded);
    }

    #[test]
    fn a_hundred_and_first_request_in_a_minute_is_too_much() {
        let mut quota = Quota::default();
        let mut count = |path| quota.count_at(Timestamp::UNIX_EPOCH, path, false, false);
        assert!((0..100).all(|_| !count("info/balance").exceeded));
        assert!(count("info/balance").exceeded && count("statistics/pbx").exceeded);
    }

    #[test]
    fn three_kinds_of_statistics_share_a_minute_or_have_one_each() {
        let now = Timestamp::from_second(1_434_371_130).expect("a time");
        for (apart, allowed) in [(false, 3), (true, 6)] {
            let mut quota = Quota::default();
            let paths = ["statistics", "statistics/pbx"];
            let asked = (0..4).flat_map(|_| paths).filter(|path| !quota.count_at(now, path, false, apart).exceeded);
            assert_eq!(asked.count(), allowed);
        }
    }

    #[test]
    fn a_minute_is_one_of_the_clock_or_the_last_sixty_seconds() {
        let at = |second: i64| Timestamp::from_second(1_434_371_100 + second).expect("a time");
        for (slides, reset) in [(false, 60), (true, 119)] {
            let mut quota = Quota::default();
            for _ in 0..3 {
                assert!(!quota.count_at(at(59), "statistics", slides, false).exceeded);
            }
            let refused = quota.count_at(at(59), "statistics", slides, false);
            assert!(refused.exceeded && refused.remaining == 0);
            assert_eq!(refused.reset, at(reset).as_second());
            assert_eq!(quota.count_at(at(61), "statistics", slides, false).exceeded, slides);
            assert!(!quota.count_at(at(119), "statistics", slides, false).exceeded);
        }
    }
}
