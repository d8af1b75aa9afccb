//! Vendor events: idempotence, late creation, and the correction of ends that were only our conclusion.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::{
    Book, Change,
    facts::{self, When},
    record::{Decided, Doubt, Record},
};
use crate::{
    event::{Effect, Source, Stored, Told, VendorEvent},
    id::CallId,
};

/// An older event pops nothing.
const LATE: SignedDuration = SignedDuration::from_mins(5);
/// How far a vendor's clock may run ahead, or ours behind, before the zone of its times is doubted: with a clock that is
/// off no zone is ever chosen, and cards must come all the same.
const AHEAD: SignedDuration = SignedDuration::from_hours(-1);
/// Zones in which PBXs stand differ by whole hours, give or take the way of a message.
const HOUR: i64 = 3600;
const ON_ITS_WAY: i64 = 120;
/// The zones farthest behind UTC and farthest ahead of it, in seconds.
const ZONES: std::ops::RangeInclusive<i64> = -12 * HOUR..=14 * HOUR;
/// Moscow's clocks are so far ahead of UTC.
const MOSCOW: SignedDuration = SignedDuration::from_hours(3);

impl Book {
    pub(super) fn vendor(&mut self, stored: &Stored, event: &VendorEvent, changes: &mut Vec<Change>) {
        if let Some(call) = event.effects.iter().find_map(remnant) {
            return self.recall(stored, call, changes);
        }
        let Some(vendor_call) = &event.call else { return };
        let id = CallId::of_vendor(&self.connection, vendor_call);
        let id = self.join(stored, event, &id, changes).unwrap_or_else(|| self.resolve(&id).clone());
        if !self.records.contains_key(&id) && !event.effects.iter().any(tells_of_call) {
            return;
        }
        let zone_chosen = self.zone_chosen.is_some_and(|at| at < stored.seq);
        let on_time = is_on_time(event, stored.received_at, zone_chosen);
        let record = self.entry(&id, vendor_call, stored);
        if !record.keys.insert(event.dedupe_key.clone()) {
            return;
        }
        record.number(event);
        record.facts.hear(event, When::of(event, stored.received_at, on_time));
        record.touch(stored.received_at);
        record.absences.clear();
        record.polled = event.source == Source::Poll;
        if event.effects.iter().any(facts::tells_state) {
            self.reconsider(&id, on_time);
            self.stitch(&id, event, changes);
        }
        self.refresh(&id, changes);
        self.confirm(&id, changes);
        self.hold_open(&id, stored.seq);
    }

    /// The call's record, a new one if it is not held.
    pub(super) fn entry(&mut self, id: &CallId, vendor_call: &str, stored: &Stored) -> &mut Record {
        self.records.entry(id.clone()).or_insert_with(|| {
            let event = if let Told::Vendor(event) = &stored.told { Some(event) } else { None };
            let replayed = event.filter(|event| event.source == Source::Replay);
            // Where every user has a session of his own, the gap of one says nothing of what another's tells, and
            // nothing of what begins live.
            let lies_in = |session: &Option<String>| match session {
                None => replayed.is_some() || !self.settings.own_leg_only,
                Some(_) => replayed.is_some_and(|event| event.session == *session),
            };
            let gaps = self.gaps.iter().filter(|(session, at)| **at < stored.seq && lies_in(session));
            let (mut doubts, mut floor) = (BTreeMap::new(), stored.seq);
            for (session, opened_at) in gaps {
                doubts.insert(session.clone(), Doubt::Open);
                floor = floor.min(*opened_at);
            }
            self.floors.hold(floor);
            let record = Record::new(id.clone(), Some(vendor_call.to_owned()), floor, stored.received_at);
            Record { doubts, ..record }
        })
    }

    /// A call that was restored and is open is needed at the next start.
    fn hold_open(&mut self, id: &CallId, seq: u64) {
        if let Some(record) = self.records.get_mut(id)
            && record.floor.is_none()
            && self.open.contains(id)
        {
            record.floor = Some(seq);
            self.floors.hold(seq);
        }
    }

    /// An end that we concluded gives way to what the PBX now says. What it says late does not open the call again,
    /// but where it tells of every leg's end, it tells how the call went.
    fn reconsider(&mut self, id: &CallId, on_time: bool) {
        let Some(record) = self.records.get_mut(id) else { return };
        let decided = record.decided.take();
        let settled = || record.derive(&self.connection, &self.settings).is_some_and(|now| now.settled);
        record.decided = match decided {
            Some(Decided::Grace { at }) => settled().then_some(Decided::Grace { at }),
            Some(Decided::Silent { at } | Decided::Absent { at }) if !on_time && settled() => {
                Some(Decided::Grace { at })
            }
            Some(decided @ (Decided::Silent { .. } | Decided::Absent { .. })) if !on_time => Some(decided),
            Some(
                Decided::Silent { .. } | Decided::Absent { .. } | Decided::Unstitched { .. } | Decided::Rejected { .. },
            )
            | None => None,
        };
    }
}

fn remnant(effect: &Effect) -> Option<&crate::Call> {
    if let Effect::State { call } = effect { Some(call) } else { None }
}

/// Whether the effect may bring a call into the book.
fn tells_of_call(effect: &Effect) -> bool {
    let recording = matches!(
        effect,
        Effect::RecordingAvailable { .. } | Effect::RecordingStarted | Effect::NotRecorded | Effect::CallUpdated { .. }
    );
    recording || facts::tells_state(effect)
}

/// Whether the event may ring: pushed to us, and not over five minutes old by its vendor's time. Before the zone is
/// chosen, a time without a mark is taken in whichever of the admitted zones makes it recent. A live one that is off
/// by whole hours was read in a wrong zone: that dates the call wrongly, but must silence no card. A webhook that the
/// vendor repeats after exactly an hour looks the same and rings too; a card too many is the smaller fault.
fn is_on_time(event: &VendorEvent, received: Timestamp, zone_chosen: bool) -> bool {
    if event.source == Source::Replay {
        return false;
    }
    let Some(time) = &event.time else { return true };
    let age = received.duration_since(time.utc);
    if time.zone.is_none() {
        return age <= LATE;
    }
    let zone = time.zone.as_deref().and_then(|zone| TimeZone::get(zone).ok());
    let ahead = zone.map_or(0, |zone| i64::from(zone.to_offset(time.utc).seconds()));
    if matches!(event.source, Source::Push | Source::Webhook) && is_in_wrong_zone(age, ahead) {
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

/// Whether a zone other than the one in which it was read, `ahead` of UTC by so many seconds, explains the age of a
/// live event.
fn is_in_wrong_zone(age: SignedDuration, ahead: i64) -> bool {
    let age = age.as_secs();
    let hours = (age + HOUR / 2).div_euclid(HOUR) * HOUR;
    hours != 0 && (age - hours).abs() <= ON_ITS_WAY && ZONES.contains(&(ahead - hours))
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
            session: None,
            vendor_command: None,
            effects: vec![],
        }
    }

    #[test]
    fn five_minutes_are_the_border_and_a_replay_is_never_on_time() {
        let on_time = |minutes, source| {
            is_on_time(&event(SignedDuration::from_mins(minutes), None, source), Timestamp::UNIX_EPOCH, false)
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
            is_on_time(&event, Timestamp::UNIX_EPOCH, true)
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
            is_on_time(&event, Timestamp::UNIX_EPOCH, chosen)
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
