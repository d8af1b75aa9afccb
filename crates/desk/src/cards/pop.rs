//! Whether a call gets a card, and by which rule.

use calls::{CallState, LegState};
use jiff::{SignedDuration, Timestamp};
use link::wire::{Call, CardRule};

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

/// The rule by which this call, which has no card yet, gets one now ([`CardRule::Shown`]), or does not.
pub(crate) fn rule(call: &Call, me: &Me, arrival: Arrival, office_now: Timestamp) -> CardRule {
    if call.late {
        return CardRule::Late;
    }
    if call.state == CallState::Ended {
        return CardRule::Over;
    }
    if call.in_menu {
        return CardRule::InMenu;
    }
    if !call.rings_for_me && !me.placed(call) {
        let mine: Vec<_> = me.legs(call).collect();
        return match mine.as_slice() {
            [] => CardRule::RingsOthers,
            legs if legs.iter().any(|leg| leg.late) => CardRule::Late,
            _ => CardRule::AnsweredFirst,
        };
    }
    if !call.rings_for_me {
        return match (call.command, arrival) {
            (Some(_), Arrival::Live) => CardRule::Shown,
            (Some(_), Arrival::CatchUp) => CardRule::AnsweredFirst,
            (None, _) => CardRule::PlacedOnPhone,
        };
    }
    let rings_for = office_now.duration_since(rings_since(call, me));
    match arrival {
        Arrival::CatchUp if rings_for > STILL_RINGS_WITHIN => CardRule::RangTooLong,
        Arrival::CatchUp | Arrival::Live => CardRule::Shown,
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
