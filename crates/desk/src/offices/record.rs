//! A call of a remote office as a row of this computer's database.

use calls::CallState;
use link::wire::{Call, RecordingState};
use store::CallRecord;

use crate::views::row::span_ms;

/// The row of a call that came over the stream with this sequence number.
pub(super) fn record(call: &Call, seq: u64) -> Result<CallRecord, serde_json::Error> {
    let talked_until = call.ended_at.filter(|_| call.state == CallState::Ended);
    let talk_ms = call.answered_at.zip(talked_until).map_or(0, |(from, to)| span_ms(from, to));
    let will_play = |state| match state {
        RecordingState::Preparing | RecordingState::Ready | RecordingState::Fetching | RecordingState::Expired => true,
        RecordingState::Gone | RecordingState::NotRecorded => false,
    };
    Ok(CallRecord {
        id: call.id.clone(),
        connection: call.connection.clone(),
        direction: call.direction,
        state: call.state,
        result: call.result,
        customer_number: call.customer.number.clone(),
        customer_name: call.customer.name.clone(),
        line: call.line.number.clone(),
        agents: call.legs.iter().filter(|leg| leg.is_agent()).filter_map(|leg| leg.extension.clone()).collect(),
        groups: Vec::new(),
        started_at: call.started_at,
        talk_ms: i64::from(talk_ms),
        has_recording: call.recordings.iter().any(|recording| will_play(recording.state)),
        in_menu: call.in_menu,
        open: call.state != CallState::Ended,
        seq,
        body: serde_json::to_string(call)?,
    })
}
