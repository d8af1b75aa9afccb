//! A call that is over, as statistics tell it, and the events that say the same.

use calls::{
    CallResult, Customer, Direction, Effect, EndCause, LegRef, Line, RecordingReference, Source, VendorEvent,
    VendorTime,
};

use crate::{dedupe, history::HistoryCall};

/// One call.
#[derive(Debug)]
pub(super) struct FinishedCall {
    pub(super) call: String,
    pub(super) direction: Direction,
    pub(super) customer: Customer,
    pub(super) line: Line,
    pub(super) began: VendorTime,
    pub(super) ended: VendorTime,
    pub(super) legs: Vec<FinishedLeg>,
    pub(super) result: Option<CallResult>,
    pub(super) reason: Option<String>,
    pub(super) recordings: Vec<String>,
}

/// One leg of it.
#[derive(Debug, Clone)]
pub(super) struct FinishedLeg {
    pub(super) leg: LegRef,
    pub(super) began: VendorTime,
    pub(super) answered: Option<VendorTime>,
    pub(super) ended: VendorTime,
    pub(super) cause: EndCause,
    pub(super) reason: Option<String>,
}

impl FinishedCall {
    /// Whether somebody of the office, or whom he called, talked.
    pub(super) fn was_answered(&self) -> bool {
        self.legs.iter().any(|leg| leg.answered.is_some())
    }

    /// Its events in order; the last ends it.
    pub(super) fn into_history(self) -> HistoryCall {
        let Self { call, direction, customer, line, began, ended, legs, result, reason, recordings } = self;
        let event = |kind: &str, part: &str, time: &VendorTime, effects: Vec<Effect>| VendorEvent {
            dedupe_key: dedupe::of_parts(kind, &[Some(&call), Some(part)]),
            raw_kind: kind.to_owned(),
            call: Some(call.clone()),
            time: Some(time.clone()),
            leg_seq: None,
            source: Source::Replay,
            trial: false,
            session: None,
            vendor_command: None,
            effects,
        };
        let mut events =
            vec![event("history begin", "", &began, vec![Effect::CallCreated { direction, customer, line }])];
        for FinishedLeg { leg, began, answered, ended, cause, reason } in legs {
            let key = leg.key.clone();
            events.push(event("history ring", &key, &began, vec![Effect::LegRinging { leg: leg.clone() }]));
            if let Some(answered) = answered {
                events.push(event("history answer", &key, &answered, vec![Effect::LegAnswered { leg: leg.clone() }]));
            }
            events.push(event("history leave", &key, &ended, vec![Effect::LegCleared { leg, cause, reason }]));
        }
        for recording in recordings {
            let reference = RecordingReference::Id(recording.clone());
            let added = event("history recording", "", &ended, vec![Effect::RecordingAvailable { reference }]);
            // The same as of the notification, if that came.
            let dedupe_key = dedupe::of_parts("recording", &[Some(&recording), Some("added")]);
            events.push(VendorEvent { dedupe_key, ..added });
        }
        events.push(event("history end", "", &ended, vec![Effect::CallEnded { result, reason }]));
        HistoryCall { call, events, says_more: false, needs_details: false }
    }
}
