//! Vendor events: idempotence, late creation, and the correction of ends that were only our conclusion.

use jiff::{SignedDuration, Timestamp};

use super::{
    Book, Change,
    facts::{self, When},
    record::{Decided, Record},
};
use crate::{
    event::{Effect, Source, Stored, VendorEvent},
    id::CallId,
};

/// An older event pops nothing.
const LATE: SignedDuration = SignedDuration::from_mins(5);
/// How far a vendor's clock may run ahead before its zone is doubted.
const AHEAD: SignedDuration = SignedDuration::from_hours(-1);
/// Between UTC and Moscow: which of them an unmarked time means is not known before the zone is chosen.
const MOSCOW: SignedDuration = SignedDuration::from_hours(3);

impl Book {
    pub(super) fn vendor(&mut self, stored: &Stored, event: &VendorEvent, changes: &mut Vec<Change>) {
        if let Some(call) = event.effects.iter().find_map(remnant) {
            return self.recall(stored, call, changes);
        }
        let Some(vendor_call) = &event.call else { return };
        let id = CallId::of_vendor(&self.connection, vendor_call);
        if !self.records.contains_key(&id) && !event.effects.iter().any(tells_of_call) {
            return;
        }
        let zone_chosen = self.zone_chosen.is_some_and(|at| at < stored.seq);
        let on_time = is_on_time(event, stored.received_at, zone_chosen);
        let record = self.entry(&id, vendor_call, stored);
        if !record.keys.insert(event.dedupe_key.clone()) {
            return;
        }
        record.facts.hear(event, When::of(event, stored.received_at), on_time);
        record.touch(stored.received_at);
        record.absences.clear();
        record.polled = event.source == Source::Poll;
        if event.effects.iter().any(facts::tells_state) {
            self.reconsider(&id, on_time);
            self.stitch(&id, event, changes);
        }
        self.refresh(&id, changes);
        self.confirm(&id, event, changes);
    }

    /// The call's record, a new one if it is not held.
    pub(super) fn entry(&mut self, id: &CallId, vendor_call: &str, stored: &Stored) -> &mut Record {
        self.records.entry(id.clone()).or_insert_with(|| {
            self.floors.insert(stored.seq);
            Record::new(id.clone(), Some(vendor_call.to_owned()), stored.seq, stored.received_at)
        })
    }

    /// An end that we concluded gives way to what the PBX now says.
    fn reconsider(&mut self, id: &CallId, on_time: bool) {
        let Some(record) = self.records.get_mut(id) else { return };
        match record.decided.take() {
            Some(decided @ Decided::Grace { .. }) => {
                let still_settled = record.derive(&self.connection, &self.settings).is_some_and(|now| now.settled);
                record.decided = still_settled.then_some(decided);
            }
            Some(decided @ (Decided::Silent { .. } | Decided::Absent { .. })) if !on_time => {
                record.decided = Some(decided);
            }
            Some(
                Decided::Silent { .. } | Decided::Absent { .. } | Decided::Unstitched { .. } | Decided::Rejected { .. },
            )
            | None => {}
        }
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
/// chosen, a time without a mark is taken in whichever zone brings it nearest.
fn is_on_time(event: &VendorEvent, received: Timestamp, zone_chosen: bool) -> bool {
    if event.source == Source::Replay {
        return false;
    }
    let Some(time) = &event.time else { return true };
    let age = received.duration_since(time.utc);
    if time.zone.is_none() || zone_chosen {
        return age <= LATE;
    }
    [age, age + MOSCOW, age - MOSCOW].iter().any(|age| (AHEAD..=LATE).contains(age))
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
    fn an_unmarked_time_is_late_only_if_it_is_late_in_every_zone() {
        let on_time = |minutes, chosen| {
            let event = event(SignedDuration::from_mins(minutes), Some("UTC"), Source::Webhook);
            is_on_time(&event, Timestamp::UNIX_EPOCH, chosen)
        };
        assert!(on_time(-180, false), "Moscow time read as UTC");
        assert!(!on_time(-170, false), "Moscow time read as UTC, ten minutes old");
        assert!(on_time(180, false));
        assert!(!on_time(180, true));
        assert!(!on_time(10, false));
    }
}
