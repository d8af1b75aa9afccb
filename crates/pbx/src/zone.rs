//! Vendor times: the text, and what it means in a zone.

use calls::VendorTime;
use jiff::{
    SignedDuration, Timestamp,
    civil::DateTime,
    tz::{AmbiguousOffset, TimeZone},
};

/// How far a live event's time may be from ours.
const NEAR: SignedDuration = SignedDuration::from_mins(5);

pub(crate) const MOSCOW: &str = "Europe/Moscow";
pub(crate) const UTC: &str = "UTC";

/// The zone that a live event shows, with the reason in words. `None` where the text says its zone itself, cannot
/// be read, or fits none of these zones.
pub fn choose(raw: &str, received_at: Timestamp, zones: &[&str]) -> Option<(String, String)> {
    let local: DateTime = civil(raw)?;
    zones.iter().find_map(|name| {
        let zone = TimeZone::get(name).ok()?;
        let utc = resolve(local, &zone, received_at)?;
        (utc.duration_since(received_at).abs() <= NEAR)
            .then(|| ((*name).to_owned(), format!("a live event's time fits the time it was received in {name}")))
    })
}

/// Whether the text is a time that does not say its zone itself.
pub(crate) fn is_local(raw: &str) -> bool {
    civil(raw).is_some()
}

/// The zones of these in which none of these times would lie ahead: what is over has not ended later than now.
pub(crate) fn not_ahead<'a>(ended: &[&str], now: Timestamp, zones: &[&'a str]) -> Vec<&'a str> {
    let ended: Vec<DateTime> = ended.iter().filter_map(|raw| civil(raw)).collect();
    let is_past = |name: &&str| {
        let Ok(zone) = TimeZone::get(name) else { return false };
        ended.iter().all(|local| resolve(*local, &zone, now).is_none_or(|utc| utc.duration_since(now) <= NEAR))
    };
    zones.iter().copied().filter(is_past).collect()
}

/// A vendor's time: Unix seconds or milliseconds, ISO 8601 with offset, or a local time in `zone`.
pub fn read(raw: &str, zone: &TimeZone, received_at: Timestamp) -> Option<VendorTime> {
    let raw = raw.trim();
    if let Some(utc) = absolute(raw) {
        return Some(VendorTime { raw: raw.to_owned(), utc, zone: None });
    }
    let utc = resolve(civil(raw)?, zone, received_at)?;
    let zone = zone.iana_name().unwrap_or(UTC).to_owned();
    Some(VendorTime { raw: raw.to_owned(), utc, zone: Some(zone) })
}

/// A time that says its zone itself.
fn absolute(raw: &str) -> Option<Timestamp> {
    let (whole, fraction) = raw.split_once(['.', ',']).unwrap_or((raw, ""));
    let Ok(number) = whole.parse::<i64>() else { return raw.parse().ok() };
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digit = |place: usize| i64::from(fraction.as_bytes().get(place).map_or(0, |byte| byte - b'0'));
    // Seconds reach this magnitude in the year 5138, milliseconds passed it in 1973.
    if number.unsigned_abs() >= IN_MILLISECONDS {
        return Timestamp::from_millisecond(number).ok();
    }
    let parts = (0..MICROSECOND_DIGITS).fold(0, |parts, place| parts * 10 + digit(place));
    Timestamp::from_microsecond(number.checked_mul(1_000_000)?.checked_add(parts)?).ok()
}

/// Unix times from here on are in milliseconds.
const IN_MILLISECONDS: u64 = 100_000_000_000;
/// Digits of a fraction of a second that count.
const MICROSECOND_DIGITS: usize = 6;
/// Digits of a fraction of a second that can be read.
const FRACTION_DIGITS: usize = 9;

/// A time without a mark.
fn civil(raw: &str) -> Option<DateTime> {
    let raw = raw.trim();
    if absolute(raw).is_some() {
        return None;
    }
    raw.parse().ok().or_else(|| {
        // More digits than any clock has.
        let (whole, fraction) = raw.split_once(['.', ','])?;
        let digits = fraction.get(..FRACTION_DIGITS)?;
        let is_fraction = fraction.bytes().all(|byte| byte.is_ascii_digit());
        if is_fraction { format!("{whole}.{digits}").parse().ok() } else { None }
    })
}

/// A local time in a zone: of two readings the one nearer to the time received, a missing hour shifted forward.
fn resolve(local: DateTime, zone: &TimeZone, received_at: Timestamp) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(local);
    match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Gap { .. } => ambiguous.compatible().ok(),
        AmbiguousOffset::Fold { .. } => {
            let (earlier, later) = (ambiguous.earlier().ok()?, ambiguous.later().ok()?);
            let distance = |time: Timestamp| time.duration_since(received_at).abs();
            Some(if distance(later) <= distance(earlier) { later } else { earlier })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).expect("a zone")
    }

    #[test]
    fn three_hours_ahead_is_moscow() {
        let received = at("2026-03-05T09:00:02Z");
        let (name, because) = choose("2026-03-05 12:00:01.250", received, &[UTC, MOSCOW]).expect("a choice");
        assert_eq!(name, MOSCOW);
        assert!(because.contains(MOSCOW), "{because}");
        let (name, _) = choose("2026-03-05 09:00:01.250", received, &[UTC, MOSCOW]).expect("a choice");
        assert_eq!(name, UTC);
    }

    #[test]
    fn what_fits_no_zone_chooses_none() {
        let received = at("2026-03-05T09:00:02Z");
        for raw in ["2026-03-05 10:30:00.000", "2026-03-04 09:00:00.000", "", "yesterday", "1772701202"] {
            assert_eq!(choose(raw, received, &[UTC, MOSCOW]), None, "{raw}");
        }
    }

    #[test]
    fn what_is_over_cannot_have_ended_in_the_future() {
        let now = at("2026-03-05T09:00:00Z");
        let left = |ended: &[&str]| not_ahead(ended, now, &[MOSCOW, UTC]);
        assert_eq!(left(&["2026-03-05 11:30:00", "2026-03-01 10:00:00"]), [MOSCOW], "half an hour ago in Moscow");
        assert_eq!(left(&["2026-03-05 08:30:00"]), [MOSCOW, UTC]);
        assert_eq!(left(&["1772701202", "once upon a time"]), [MOSCOW, UTC]);
        assert!(left(&["2026-03-05 15:00:00"]).is_empty());
        assert!(is_local("2026-03-05 11:30:00") && !is_local("1772701202.5") && !is_local("2026-03-05T11:30:00Z"));
    }

    #[test]
    fn every_spelling_is_read() {
        let received = at("2018-04-23T15:01:29Z");
        let cases = [
            ("2018-04-23 15:01:29.214", Some("2018-04-23T12:01:29.214Z"), Some(MOSCOW)),
            ("2018-04-23T15:01:29.214Z", Some("2018-04-23T15:01:29.214Z"), None),
            ("2018-04-23T15:01:29+03:00", Some("2018-04-23T12:01:29Z"), None),
            ("1524495689", Some("2018-04-23T15:01:29Z"), None),
            ("1524495689214", Some("2018-04-23T15:01:29.214Z"), None),
            ("1524495689.25", Some("2018-04-23T15:01:29.25Z"), None),
            ("1524495689,25", Some("2018-04-23T15:01:29.25Z"), None),
            ("1524495689214.5", Some("2018-04-23T15:01:29.214Z"), None),
            ("1524495689.123456789012", Some("2018-04-23T15:01:29.123456Z"), None),
            ("1524495689.2.5", None, None),
            ("2018-04-23T15:01:29.1234567", Some("2018-04-23T12:01:29.1234567Z"), Some(MOSCOW)),
            ("2018-04-23 15:01:29,214", Some("2018-04-23T12:01:29.214Z"), Some(MOSCOW)),
            ("2018-04-23 15:01:29.12345678901", Some("2018-04-23T12:01:29.123456789Z"), Some(MOSCOW)),
            ("2018-04-23T15:01:29,25+03:00", Some("2018-04-23T12:01:29.25Z"), None),
            ("2018-04-23 15:01:5,25", None, None),
            ("1524495689.0", Some("2018-04-23T15:01:29Z"), None),
            ("23.04.2018", None, None),
            ("9999999999999999999999", None, None),
        ];
        for (raw, utc, name) in cases {
            let read = read(raw, &zone(MOSCOW), received);
            assert_eq!(read.as_ref().map(|time| time.utc), utc.map(at), "{raw}");
            assert_eq!(read.and_then(|time| time.zone).as_deref(), name, "{raw}");
        }
    }

    #[test]
    fn an_hour_that_comes_twice_is_read_nearer_to_the_time_received() {
        let berlin = zone("Europe/Berlin");
        for received in ["2025-10-26T00:30:05Z", "2025-10-26T01:30:05Z"] {
            let read = read("2025-10-26 02:30:00", &berlin, at(received)).expect("read");
            assert!(read.utc.duration_since(at(received)).abs() < SignedDuration::from_mins(1), "{received}");
        }
    }

    #[test]
    fn an_hour_that_does_not_exist_is_shifted_forward() {
        let read = read("2025-03-30 02:30:00", &zone("Europe/Berlin"), at("2025-03-30T01:30:05Z")).expect("read");
        assert_eq!(read.utc, at("2025-03-30T01:30:00Z"));
    }
}
