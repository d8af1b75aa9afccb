//! A stored call from the side of the person at this desk.
//!
//! The office in the same process keeps its rows from nobody's side; whose call it is, is added on reading.

use calls::{CallResult, CallState, Direction, LegState};
use link::wire::Call;

use crate::me::Me;

/// The call with `mine`, `ringsForMe` and `result` as this person's. Changes nothing that an office said already.
pub(crate) fn personal(mut call: Call, me: &Me) -> Call {
    let (mut mine, mut rings, mut talked) = (false, false, false);
    for leg in me.legs(&call) {
        mine = true;
        rings |= leg.state == LegState::Alerting && !leg.late && leg.extension != call.placed_by;
        talked |= leg.answered_at.is_some();
    }
    if !mine {
        return call;
    }
    call.mine = true;
    call.rings_for_me |= rings && call.state != CallState::Ended && !call.late && !call.in_menu;
    if !talked && call.direction == Direction::Incoming && call.result == Some(CallResult::Answered) {
        call.result = Some(CallResult::AnsweredElsewhere);
    }
    call
}
