//! The zone of this computer, as pages need it to show times.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Calls are shown this far back with the offset of their day; what is older has the first one that is told.
const FIRST: Timestamp = Timestamp::constant(1_262_304_000, 0);
/// A window may stay open this long without hearing of a later change.
const AHEAD: SignedDuration = SignedDuration::from_hours(24 * 400);

/// What the clock on the wall shows, by the zone database of this program: a page's own may be older, and rows would
/// then stand on another day than the figures beside them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ZoneView {
    /// Offsets from UTC, the oldest first; there is always one.
    pub offsets: Vec<ZoneOffset>,
}

/// An offset from UTC and since when it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ZoneOffset {
    /// Seconds since 1970.
    #[ts(type = "number")]
    pub since: i64,
    /// Seconds that local time is ahead of UTC.
    pub seconds: i32,
}

impl ZoneView {
    /// The offsets of a zone from 2010 until a year from now.
    pub fn of(zone: &TimeZone, now: Timestamp) -> Self {
        let until = now + AHEAD;
        let first = ZoneOffset { since: FIRST.as_second(), seconds: zone.to_offset(FIRST).seconds() };
        let mut offsets = vec![first];
        for change in zone.following(FIRST).take_while(|change| change.timestamp() < until) {
            // Zones also change their names or the meaning of their offset, which no clock shows.
            if offsets.last().is_none_or(|last| last.seconds != change.offset().seconds()) {
                offsets.push(ZoneOffset { since: change.timestamp().as_second(), seconds: change.offset().seconds() });
            }
        }
        Self { offsets }
    }
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, tz::TimeZone};

    use super::ZoneView;

    fn offset(zone: &str, moment: &str) -> i32 {
        let moment: Timestamp = moment.parse().expect("a moment");
        let now: Timestamp = "2026-06-01T00:00:00Z".parse().expect("a moment");
        let view = ZoneView::of(&TimeZone::get(zone).expect("a zone"), now);
        let last = view.offsets.iter().rev().find(|offset| offset.since <= moment.as_second());
        last.or(view.offsets.first()).expect("there is always one").seconds / 3600
    }

    #[test]
    fn each_day_has_the_offset_that_it_had() {
        assert_eq!(offset("Asia/Almaty", "2024-02-29T17:59:59Z"), 6, "until 1 March 2024 began");
        assert_eq!(offset("Asia/Almaty", "2024-02-29T18:00:00Z"), 5);
        assert_eq!(offset("Europe/Moscow", "2012-07-01T00:00:00Z"), 4);
        assert_eq!(offset("Europe/Moscow", "2026-07-01T00:00:00Z"), 3);
        assert_eq!(offset("Europe/Berlin", "2026-07-01T00:00:00Z"), 2);
        assert_eq!(offset("Europe/Berlin", "2027-01-01T00:00:00Z"), 1, "a change that is still to come");
        assert_eq!(offset("Asia/Almaty", "1999-01-01T00:00:00Z"), 6, "older than all that is told");
    }

    #[test]
    fn a_zone_without_changes_has_one_offset() {
        assert_eq!(ZoneView::of(&TimeZone::UTC, Timestamp::UNIX_EPOCH).offsets.len(), 1);
    }
}
