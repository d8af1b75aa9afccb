//! Whether a vendor's times can be trusted: the median difference to ours over the last live events.

use std::collections::VecDeque;

use calls::VendorTime;
use jiff::Timestamp;
use pbx::{Make, zone};

/// Events that are looked at.
const WINDOW: usize = 15;
/// Fewer than this say nothing: one delayed message is no wrong clock.
const ENOUGH: usize = 3;
/// A difference from here on is worth a warning: five minutes.
const WARNING_MS: i64 = 5 * 60 * 1000;
const HOUR_MS: i64 = 3600 * 1000;
/// How long a message may be on its way, as far as whole hours are concerned.
const ON_ITS_WAY_MS: i64 = 120 * 1000;

/// What is wrong with a vendor's times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimeFault {
    /// Its clock, or ours.
    Clock {
        /// How far it is ahead of ours.
        ahead_ms: i64,
    },
    /// The zone in which times without a mark are read.
    Zone {
        /// The zone.
        read_in: String,
        /// How many hours too late the times are when they are read so.
        hours_ahead: i64,
        /// A zone that they fit.
        fits: Option<String>,
    },
}

impl TimeFault {
    /// How far the times are ahead of ours, whatever the reason.
    pub(crate) fn ahead_ms(&self) -> i64 {
        match self {
            Self::Clock { ahead_ms } => *ahead_ms,
            Self::Zone { hours_ahead, .. } => hours_ahead * HOUR_MS,
        }
    }
}

/// Differences of the last events, vendor time minus received.
#[derive(Debug, Clone, Default)]
pub(crate) struct Skew {
    ahead_ms: VecDeque<i64>,
    /// The zone in which these times were read; `None` where they say theirs themselves.
    read_in: Option<String>,
    /// The zone that the last of them fits.
    fits: Option<String>,
}

impl Skew {
    /// A live event was received then, and its PBX wrote this time on it.
    pub(crate) fn saw(&mut self, received_at: Timestamp, time: &VendorTime, make: Make) {
        if self.read_in != time.zone {
            *self = Self { read_in: time.zone.clone(), ..Self::default() };
        }
        if self.ahead_ms.len() == WINDOW {
            self.ahead_ms.pop_front();
        }
        let ahead_ms = time.utc.as_millisecond() - received_at.as_millisecond();
        self.ahead_ms.push_back(ahead_ms);
        if ahead_ms.abs() >= WARNING_MS {
            self.fits = zone::choose(&time.raw, received_at, make.zones).map(|(name, _)| name);
        }
    }

    /// The median difference, once there are enough events to tell.
    pub(crate) fn ahead_ms(&self) -> Option<i64> {
        if self.ahead_ms.len() < ENOUGH {
            return None;
        }
        let mut sorted: Vec<i64> = self.ahead_ms.iter().copied().collect();
        sorted.sort_unstable();
        sorted.get(sorted.len() / 2).copied()
    }

    /// What the median difference says, where that is worth a warning.
    pub(crate) fn fault(&self) -> Option<TimeFault> {
        let ahead_ms = self.ahead_ms().filter(|ahead| ahead.abs() >= WARNING_MS)?;
        let hours_ahead = (ahead_ms + HOUR_MS / 2).div_euclid(HOUR_MS);
        let is_whole = hours_ahead != 0 && (ahead_ms - hours_ahead * HOUR_MS).abs() <= ON_ITS_WAY_MS;
        match self.read_in.clone().filter(|_| is_whole) {
            Some(read_in) => Some(TimeFault::Zone { read_in, hours_ahead, fits: self.fits.clone() }),
            None => Some(TimeFault::Clock { ahead_ms }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(ms).expect("in range")
    }

    fn time(utc: Timestamp, raw: String, zone: Option<&str>) -> VendorTime {
        VendorTime { raw, utc, zone: zone.map(str::to_owned) }
    }

    #[test]
    fn one_delayed_event_is_no_wrong_clock() {
        let mut skew = Skew::default();
        for received in [1_000, 2_000, 3_600_000, 4_000] {
            skew.saw(at(received), &time(at(900), String::new(), None), pbx::mango_client::MAKE);
        }
        assert_eq!(skew.fault(), None);
    }

    #[test]
    fn a_clock_that_is_ahead_is_told_from_a_zone_that_is_wrong() {
        let fault = |ahead_ms: i64, zone: Option<&str>| {
            let mut skew = Skew::default();
            for received in [1_000, 2_000, 3_000] {
                skew.saw(at(received), &time(at(received + ahead_ms), String::new(), zone), pbx::rostelecom::MAKE);
            }
            skew.fault()
        };
        let clock = |ahead_ms| Some(TimeFault::Clock { ahead_ms });
        assert_eq!(fault(3 * HOUR_MS, None), clock(3 * HOUR_MS), "the time says its zone itself");
        assert_eq!(fault(-40 * 60_000, Some("UTC")), clock(-40 * 60_000));
        assert_eq!(fault(60_000, Some("UTC")), None);
        let zone = |hours_ahead| Some(TimeFault::Zone { read_in: "UTC".into(), hours_ahead, fits: None });
        assert_eq!(fault(3 * HOUR_MS, Some("UTC")), zone(3));
        assert_eq!(fault(-2 * HOUR_MS - 90_000, Some("UTC")), zone(-2), "a message on its way");
    }

    #[test]
    fn the_zone_that_fits_is_named_and_one_that_was_chosen_begins_anew() {
        let mut skew = Skew::default();
        let received = at(0);
        // Three in the morning in Moscow.
        let in_moscow = time(at(3 * HOUR_MS), "1970-01-01 03:00:00".into(), Some("UTC"));
        for _ in 0..3 {
            skew.saw(received, &in_moscow, pbx::rostelecom::MAKE);
        }
        let fits = Some("Europe/Moscow".to_owned());
        assert_eq!(skew.fault(), Some(TimeFault::Zone { read_in: "UTC".into(), hours_ahead: 3, fits }));
        skew.saw(received, &time(received, in_moscow.raw, Some("Europe/Moscow")), pbx::rostelecom::MAKE);
        assert_eq!(skew.fault(), None);
    }
}
