//! Vendor events: idempotence, late creation, and the correction of ends that were only our conclusion.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::{
    Book, Change,
    evidence::{self, When},
    inferred_end::{Doubt, InferredEnd},
    record::Record,
};
use crate::{
    event::{Effect, LogEvent, Source, Stored, VendorEvent},
    id::CallId,
};

/// A call that is older when it is first seen rings nobody where calls are asked for.
const STILL_NEW: SignedDuration = SignedDuration::from_secs(10);

impl Book {
    pub(super) fn vendor(&mut self, stored: &Stored, event: &VendorEvent, changes: &mut Vec<Change>) {
        let Some(vendor_call) = &event.call else { return self.outcome(stored, event, changes) };
        let id = CallId::of_vendor(&self.connection, vendor_call);
        let id = self.join(stored, event, &id, changes).unwrap_or_else(|| self.resolve(&id).clone());
        if !self.records.contains_key(&id) && !event.effects.iter().any(tells_of_call) {
            return;
        }
        let zone_chosen = self.zone_chosen.is_some_and(|at| at < stored.seq);
        let on_time = self.zone.is_on_time(event, stored.received_at, zone_chosen) && self.is_seen_early(stored, event);
        let record = self.entry(&id, vendor_call, stored);
        if !record.keys.insert(event.dedupe_key.clone()) {
            return;
        }
        record.number(event);
        record.evidence.hear(event, When::of(event, stored.received_at, on_time));
        record.touch(stored.received_at);
        record.absences.clear();
        // What the PBX tells of the hold goes before what was believed of it.
        record.taken_back.take_if(|_| event.effects.iter().any(tells_of_hold));
        record.polled = event.source == Source::Poll;
        if event.effects.iter().any(evidence::tells_state) {
            // Of a PBX that is asked for its calls, one that is in its list again has not ended.
            let goes_on = !self.settings.told_after.is_zero() && !event.effects.iter().any(ends);
            self.reconsider(&id, on_time || goes_on);
            self.stitch(&id, event, changes);
        }
        self.refresh(&id, changes);
        self.confirm(&id, event, changes);
        self.confirm_question(&id, changes);
        self.hold_open(&id, stored.seq);
    }

    /// Whether a call that was found by asking began so lately that whom it rings can still be shown.
    fn is_seen_early(&self, stored: &Stored, event: &VendorEvent) -> bool {
        let age = || event.time.as_ref().map(|time| stored.received_at.duration_since(time.utc));
        self.settings.told_after.is_zero() || age().is_none_or(|age| age <= STILL_NEW)
    }

    /// The call's record, a new one if it is not held.
    pub(super) fn entry(&mut self, id: &CallId, vendor_call: &str, stored: &Stored) -> &mut Record {
        self.records.entry(id.clone()).or_insert_with(|| {
            let event = if let LogEvent::Vendor(event) = &stored.event { Some(event) } else { None };
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
            self.low_watermark.hold(floor);
            let record = Record::new(id.clone(), Some(vendor_call.to_owned()), floor, stored.received_at);
            Record { doubts, trial: event.is_some_and(|event| event.trial), ..record }
        })
    }

    /// A call that was restored and is open is needed at the next start.
    pub(super) fn hold_open(&mut self, id: &CallId, seq: u64) {
        if let Some(record) = self.records.get_mut(id)
            && record.floor.is_none()
            && self.open.contains(id)
        {
            record.floor = Some(seq);
            self.low_watermark.hold(seq);
        }
    }

    /// An end that we concluded gives way to what the PBX now says. What it says late does not open the call again,
    /// but where it tells of every leg's end, it tells how the call went.
    fn reconsider(&mut self, id: &CallId, on_time: bool) {
        let Some(record) = self.records.get_mut(id) else { return };
        let inferred_end = record.inferred_end.take();
        let settled = || record.derive(&self.connection, &self.settings).is_some_and(|now| now.settled);
        record.inferred_end = match inferred_end {
            Some(InferredEnd::Grace { at }) => settled().then_some(InferredEnd::Grace { at }),
            Some(InferredEnd::Silent { at } | InferredEnd::Absent { at }) if !on_time && settled() => {
                Some(InferredEnd::Grace { at })
            }
            Some(inferred_end @ (InferredEnd::Silent { .. } | InferredEnd::Absent { .. })) if !on_time => {
                Some(inferred_end)
            }
            Some(
                InferredEnd::Silent { .. }
                | InferredEnd::Absent { .. }
                | InferredEnd::Unstitched { .. }
                | InferredEnd::Rejected { .. },
            )
            | None => None,
        };
    }
}

fn tells_of_hold(effect: &Effect) -> bool {
    matches!(effect, Effect::LegHeld { .. } | Effect::LegRetrieved { .. })
}

fn ends(effect: &Effect) -> bool {
    matches!(effect, Effect::CallEnded { .. })
}

/// Whether the effect may bring a call into the book.
fn tells_of_call(effect: &Effect) -> bool {
    let recording = matches!(
        effect,
        Effect::RecordingAvailable { .. } | Effect::RecordingStarted | Effect::NotRecorded | Effect::CallUpdated { .. }
    );
    recording || evidence::tells_state(effect)
}
