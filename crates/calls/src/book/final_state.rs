//! Facts out of a final state, for a call whose events are no longer kept.

use jiff::Timestamp;

use super::facts::{BEGINNING, Ending, Facts, Step, When};
use crate::{
    call::{Call, Leg, LegState, RecordingState},
    event::LegRef,
};

impl Facts {
    /// Facts from which the same call is derived.
    pub(super) fn of_call(call: &Call) -> Self {
        let mut facts = Self::default();
        (facts.created, facts.fresh) = (!call.partial, !call.late);
        facts.hear_parties(BEGINNING, at(call.started_at), call.direction, &call.customer, &call.line);
        facts.times.hear(at(call.started_at), None);
        for leg in &call.legs {
            facts.hear_leg(leg);
        }
        if let Some(ended) = call.ended_at {
            let reason = call.end_reason.clone();
            facts.endings.push(Ending { when: at(ended), result: call.result, reason });
        }
        for recording in &call.recordings {
            match (&recording.reference, recording.state) {
                (Some(reference), _) => facts.hear_recording(reference, call.started_at),
                (None, RecordingState::NotRecorded) => facts.recordings.refused = true,
                (None, RecordingState::Preparing | RecordingState::Ready) => facts.recordings.started = true,
            }
        }
        facts
    }

    fn hear_leg(&mut self, leg: &Leg) {
        let named = LegRef {
            key: leg.key.clone(),
            role: leg.role,
            extension: leg.extension.clone(),
            number: leg.number.clone(),
            name: leg.name.clone(),
            alias: None,
            caller: None,
        };
        if !leg.only_end {
            self.hear_step(&named, at(leg.started_at), Step::Offered);
        }
        if leg.state == LegState::Cleared && leg.answered_at.is_none() {
            self.was_consultation(&leg.key);
        }
        let talked = leg.state == LegState::Cleared || leg.state.is_talking();
        if let Some(answered) = leg.answered_at.or(Some(leg.started_at).filter(|_| talked)) {
            self.hear_step(&named, at(answered), Step::Answered);
        }
        if let Some(ended) = leg.ended_at {
            let cleared = Step::Cleared { cause: leg.end_cause, reason: leg.end_reason.clone() };
            self.hear_step(&named, at(ended), cleared);
        }
    }
}

fn at(time: Timestamp) -> When {
    When { number: None, at: time, received: time, by_vendor: true, on_time: true }
}
