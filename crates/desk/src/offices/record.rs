//! A call of a remote office as a row of this computer's database.

use calls::CallState;
use link::wire::Call;
use store::CallRecord;

/// The row of a call that came over the stream with this sequence number.
pub(super) fn record(call: &Call, seq: u64) -> Result<CallRecord, serde_json::Error> {
    Ok(CallRecord {
        id: call.id.clone(),
        connection: call.connection.clone(),
        direction: call.direction,
        state: call.state,
        result: call.result,
        customer_number: call.customer.number.clone(),
        customer_name: call.customer.name.clone(),
        line: call.line.number.clone(),
        agents: call.agents().map(str::to_owned).collect(),
        groups: Vec::new(),
        started_at: call.started_at,
        talk_ms: call.talk_ms(),
        has_recording: call.has_recording(),
        in_menu: call.in_menu,
        open: call.state != CallState::Ended,
        seq,
        body: serde_json::to_string(call)?,
    })
}
