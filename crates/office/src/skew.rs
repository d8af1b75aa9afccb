//! How far a vendor's clock is off: the median over the last live events (`call-model` 7.15).

use std::collections::VecDeque;

use jiff::Timestamp;

/// Events that are looked at.
const WINDOW: usize = 15;
/// Fewer than this say nothing: one delayed message is no wrong clock.
const ENOUGH: usize = 3;
/// A difference from here on is worth a warning: five minutes.
const WARNING_MS: i64 = 5 * 60 * 1000;

/// Differences of the last events, received minus vendor time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Skew(VecDeque<i64>);

impl Skew {
    /// An event was received then, and its PBX wrote this time on it.
    pub(crate) fn saw(&mut self, received_at: Timestamp, vendor: Timestamp) {
        if self.0.len() == WINDOW {
            self.0.pop_front();
        }
        self.0.push_back(received_at.as_millisecond() - vendor.as_millisecond());
    }

    /// The median difference, when it is worth a warning.
    pub(crate) fn warning_ms(&self) -> Option<i64> {
        if self.0.len() < ENOUGH {
            return None;
        }
        let mut sorted: Vec<i64> = self.0.iter().copied().collect();
        sorted.sort_unstable();
        let median = sorted[sorted.len() / 2];
        (median.abs() >= WARNING_MS).then_some(median)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(ms).expect("in range")
    }

    #[test]
    fn one_delayed_event_is_no_wrong_clock() {
        let mut skew = Skew::default();
        for received in [1_000, 2_000, 3_600_000, 4_000] {
            skew.saw(at(received), at(900));
        }
        assert_eq!(skew.warning_ms(), None);
    }

    #[test]
    fn a_clock_that_is_three_hours_ahead_is_told() {
        let mut skew = Skew::default();
        for received in [1_000, 2_000, 3_000] {
            skew.saw(at(received), at(received + 3 * 3_600_000));
        }
        assert_eq!(skew.warning_ms(), Some(-3 * 3_600_000));
    }
}
