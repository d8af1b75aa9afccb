//! Whether a call gets a card.

use calls::{CallState, LegState};
use jiff::{SignedDuration, Timestamp};
use link::wire::Call;

use crate::me::Me;

/// How long a phone may have rung already when the desk learns of it while catching up.
const STILL_RINGS_WITHIN: SignedDuration = SignedDuration::from_secs(120);

/// How a call's state reached the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// As it happened.
    Live,
    /// From before the stream was opened.
    CatchUp,
}

/// Whether this call, which has no card yet, gets one now.
pub(crate) fn pops(call: &Call, me: &Me, arrival: Arrival, office_now: Timestamp) -> bool {
    if call.state == CallState::Ended || call.late || call.in_menu {
        return false;
    }
    let mine_to_see = call.rings_for_me || (call.command.is_some() && me.placed(call));
    match arrival {
        Arrival::Live => mine_to_see,
        Arrival::CatchUp => call.rings_for_me && office_now.duration_since(rings_since(call, me)) <= STILL_RINGS_WITHIN,
    }
}

/// When the ringing of my phones began: of the newest leg that rings, else of the call.
fn rings_since(call: &Call, me: &Me) -> Timestamp {
    me.legs(call)
        .filter(|leg| leg.state == LegState::Alerting)
        .filter_map(|leg| leg.started_at)
        .max()
        .unwrap_or(call.started_at)
}
