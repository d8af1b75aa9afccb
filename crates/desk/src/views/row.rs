//! A call as a list shows it.

use calls::{CallId, CallState};
use jiff::Timestamp;
use link::wire::{Call, Recording, RecordingState};

use super::party::{agent, line, party};
use crate::{
    contract::{CallRef, CallRow, OutcomeKind, ReachedView, RecordingRow},
    me::Me,
};

/// What a row says of a call that the call itself does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct CallAnnotations {
    /// Somebody wrote a note about it.
    pub(crate) noted: bool,
    /// How the talk ended, as somebody said.
    pub(crate) outcome: Option<OutcomeKind>,
    /// How the number of a missed call was talked with afterwards.
    pub(crate) reached: Option<ReachedView>,
}

/// Names a call of an office.
pub(crate) fn call_ref(office: &str, id: &CallId) -> CallRef {
    CallRef { office: office.to_owned(), id: id.as_str().to_owned() }
}

/// The row of a call.
pub(crate) fn call_row(office: &str, call: &Call, me: &Me, annotations: CallAnnotations) -> CallRow {
    CallRow {
        call: call_ref(office, &call.id),
        connection: call.connection.to_string(),
        party: party(call, me),
        direction: call.direction,
        state: call.state,
        result: call.result,
        line: line(call),
        agent: agent(call),
        started_at: call.started_at,
        answered_at: call.answered_at,
        talk_ms: talk_ms(call),
        rang_ms: rang_ms(call),
        recording: recording(&call.recordings),
        noted: annotations.noted,
        outcome: annotations.outcome,
        reached: annotations.reached,
        trial: call.trial,
        controls: Vec::new(),
    }
}

/// Length of an ended talk. Where only the call's end tells that somebody answered, nobody knows how long he talked.
pub(crate) fn talk_ms(call: &Call) -> Option<u32> {
    let ended = call.ended_at.filter(|_| call.state == CallState::Ended)?;
    let answered = call.answered_at.filter(|answered| *answered < ended)?;
    Some(span_ms(answered, ended))
}

/// How long an ended call rang that nobody took.
fn rang_ms(call: &Call) -> Option<u32> {
    let ended = call.ended_at.filter(|_| call.state == CallState::Ended && call.answered_at.is_none())?;
    Some(span_ms(call.started_at, ended))
}

/// Milliseconds between two moments, never negative.
pub(crate) fn span_ms(from: Timestamp, to: Timestamp) -> u32 {
    u32::try_from(to.duration_since(from).as_millis().max(0)).unwrap_or(u32::MAX)
}

/// The recording to offer: one that plays before one that may come, before one that will not.
fn recording(all: &[Recording]) -> Option<RecordingRow> {
    let usefulness = |state: RecordingState| match state {
        RecordingState::Ready => 0,
        RecordingState::Fetching => 1,
        RecordingState::Preparing => 2,
        RecordingState::Expired => 3,
        RecordingState::Gone => 4,
        RecordingState::NotRecorded => 5,
    };
    let best = all.iter().min_by_key(|recording| usefulness(recording.state))?;
    Some(RecordingRow { id: best.id.as_str().to_owned(), state: best.state })
}
