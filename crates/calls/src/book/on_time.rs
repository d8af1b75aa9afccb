//! Whether an event comes in time to ring.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use crate::event::{Source, VendorEvent};

/// An older event pops nothing.
const LATE: SignedDuration = SignedDuration::from_mins(5);
/// How far a vendor's clock may run ahead, or ours behind, before the zone of its times is doubted: with a clock that is
/// off no zone is ever chosen, and cards must come all the same.
const AHEAD: SignedDuration = SignedDuration::from_hours(-1);
/// Zones in which PBXs stand differ by whole hours, give or take the way of a message.
const HOUR: i64 = 3600;
const MAX_DELIVERY: i64 = 120;
/// The zones farthest behind UTC and farthest ahead of it, in seconds.
const ZONES: std::ops::RangeInclusive<i64> = -12 * HOUR..=14 * HOUR;
/// Moscow's clocks are so far ahead of UTC.
const MOSCOW: SignedDuration = SignedDuration::from_hours(3);

/// The zone in which the connection's times are read, looked up once.
#[derive(Debug, Clone, Default)]
pub(super) struct ConnectionZone(Option<(String, TimeZone)>);

impl ConnectionZone {
    /// Whether the event may ring: pushed to us, and not over five minutes old by its vendor's time. Before the zone is
    /// chosen, a time without a mark is taken in whichever of the admitted zones makes it recent. A live one that is off
    /// by whole hours was read in a wrong zone: that dates the call wrongly, but must silence no card. A webhook that the
    /// vendor repeats after exactly an hour looks the same and rings too; a card too many is the smaller fault.
    pub(super) fn is_on_time(&mut self, event: &VendorEvent, received: Timestamp, zone_chosen: bool) -> bool {
        if event.source == Source::Replay {
            return false;
        }
        let Some(time) = &event.time else { return true };
        let age = received.duration_since(time.utc);
        if time.zone.is_none() {
            return age <= LATE;
        }
        let zone = time.zone.as_deref().and_then(|zone| self.of_name(zone));
        let ahead = zone.map_or(0, |zone| i64::from(zone.to_offset(time.utc).seconds()));
        if matches!(event.source, Source::Push | Source::Webhook | Source::Unsigned) && is_in_wrong_zone(age, ahead) {
            return true;
        }
        if zone_chosen {
            return age <= LATE;
        }
        let in_other_zone = match time.zone.as_deref() {
            Some("UTC") => Some(age + MOSCOW),
            Some("Europe/Moscow") => Some(age - MOSCOW),
            Some(_) | None => None,
        };
        [Some(age), in_other_zone].into_iter().flatten().any(|age| (AHEAD..=LATE).contains(&age))
    }

    fn of_name(&mut self, name: &str) -> Option<&TimeZone> {
        if self.0.as_ref().is_none_or(|(known, _)| known != name) {
            self.0 = TimeZone::get(name).ok().map(|zone| (name.to_owned(), zone));
        }
        self.0.as_ref().map(|(_, zone)| zone)
    }
}

/// Whether a zone other than the one in which it was read, `ahead` of UTC by so many seconds, explains the age of a
/// live event.
fn is_in_wrong_zone(age: SignedDuration, ahead: i64) -> bool {
    let age = age.as_secs();
    let hours = (age + HOUR / 2).div_euclid(HOUR) * HOUR;
    hours != 0 && (age - hours).abs() <= MAX_DELIVERY && ZONES.contains(&(ahead - hours))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::VendorTime;

    fn event(age: SignedDuration, zone: Option<&str>, source: Source) -> VendorEvent {
        let utc = Timestamp::UNIX_EPOCH - age;
        VendorEvent {
            dedupe_key: "1".into(),
            raw_kind: "new".into(),
            call: Some("1".into()),
            time: Some(VendorTime { raw: String::new(), utc, zone: zone.map(str::to_owned) }),
            leg_seq: None,
            source,
            trial: false,
            session: None,
            vendor_command: None,
            effects: vec![],
        }
    }

    #[test]
    fn five_minutes_are_the_border_and_a_replay_is_never_on_time() {
        let on_time = |minutes, source| {
            ConnectionZone::default().is_on_time(
                &event(SignedDuration::from_mins(minutes), None, source),
                Timestamp::UNIX_EPOCH,
                false,
            )
        };
        assert!(on_time(5, Source::Webhook));
        assert!(!on_time(6, Source::Webhook));
        assert!(on_time(-20, Source::Push), "a vendor's clock may be ahead");
        assert!(!on_time(0, Source::Replay));
    }

    #[test]
    fn a_live_time_that_a_wrong_zone_explains_is_on_time() {
        let at = |minutes, zone, source| {
            let event = event(SignedDuration::from_mins(minutes), zone, source);
            ConnectionZone::default().is_on_time(&event, Timestamp::UNIX_EPOCH, true)
        };
        for zone in ["UTC", "Europe/Moscow", "Asia/Omsk"] {
            for minutes in [180, 181, -180, 120, 60] {
                assert!(at(minutes, Some(zone), Source::Webhook), "{minutes} in {zone}");
                assert!(!at(minutes, Some(zone), Source::Replay), "kept by the PBX");
            }
            for minutes in [24 * 60, 30, 195, 45] {
                assert!(!at(minutes, Some(zone), Source::Webhook), "no zone explains {minutes} in {zone}");
            }
        }
        assert!(at(15 * 60, Some("Europe/Moscow"), Source::Webhook), "a PBX at UTC-12");
        assert!(!at(15 * 60, Some("UTC"), Source::Webhook), "no zone is at UTC-15");
        assert!(!at(180, None, Source::Webhook), "the time says its zone itself");
        assert!(!at(27 * 60, Some("UTC"), Source::Webhook), "no two zones are so far apart");
    }

    #[test]
    fn an_unmarked_time_is_late_only_if_it_is_late_in_every_admitted_zone() {
        let on_time = |minutes, zone, chosen| {
            let event = event(SignedDuration::from_mins(minutes), Some(zone), Source::Webhook);
            ConnectionZone::default().is_on_time(&event, Timestamp::UNIX_EPOCH, chosen)
        };
        assert!(on_time(-180, "UTC", false), "Moscow time read as UTC");
        assert!(on_time(-175, "UTC", false), "Moscow time read as UTC, five minutes old");
        assert!(!on_time(-170, "UTC", false), "Moscow time read as UTC, ten minutes old");
        assert!(on_time(180, "Europe/Moscow", false), "UTC read as Moscow time");
        assert!(!on_time(200, "Europe/Moscow", true) && !on_time(200, "UTC", false));
        for zone in ["UTC", "Europe/Moscow"] {
            assert!(on_time(5, zone, false) && !on_time(10, zone, false));
            assert!(on_time(-50, zone, false) && !on_time(-70, zone, false), "our clock is behind");
            assert!(!on_time(15, zone, true) && !on_time(45, zone, true), "old, and in no other zone recent");
        }
        assert!(on_time(-192, "UTC", false), "Moscow time read as UTC, by a clock that is off");
    }
}
