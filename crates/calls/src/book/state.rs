//! The call's state from its legs (`call-model` §3.3).

use super::legs::Played;
use crate::call::{CallState, Direction, LegRole, LegState};

/// What besides the legs bears on the state.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting<'a> {
    pub(super) direction: Direction,
    pub(super) own_leg_only: bool,
    /// The customer was in a menu, or a queue was called.
    pub(super) waits: bool,
    /// A command of ours stands behind it: whose phone rings first.
    pub(super) originator: Option<&'a str>,
    /// An outgoing call whose first leg is the agent's own phone: his answer is no talk.
    pub(super) agent_first: bool,
    /// Somebody has talked with the other side.
    pub(super) answered: bool,
}

/// The state of a call that is not over.
pub(super) fn of_open(legs: &[Played<'_>], setting: Setting<'_>) -> CallState {
    let said = || legs.iter().filter(|leg| !leg.mirrored && leg.state.is_talking());
    let held = said().filter(|leg| leg.state == LegState::Held).count();
    // Who holds one leg and asks a colleague over another takes part once.
    let holds = |leg: &Played<'_>| {
        let same = |other: &Played<'_>| other.extension().is_some() && other.extension() == leg.extension();
        leg.state == LegState::Held
            || leg.is_agent() && said().any(|other| other.state == LegState::Held && same(other))
    };
    let connected = said().filter(|leg| !holds(leg)).count();
    let asks = setting.own_leg_only && held > 0;
    if !asks && held + connected >= 3 || said().any(|leg| leg.facts.role == LegRole::Conference) {
        return CallState::Conference;
    }
    if held > 0 && connected <= 1 {
        return CallState::OnHold;
    }
    let mirrored = legs.iter().any(|leg| leg.mirrored && leg.state == LegState::Connected);
    if connected + usize::from(mirrored) >= 2 || (connected == 1 && stands_for_all(legs, setting)) {
        return CallState::Talking;
    }
    if rings(legs, setting) {
        return CallState::Ringing;
    }
    let nobody_waits = legs.iter().all(|leg| leg.state.is_terminal());
    let customer_stays = legs.iter().any(|leg| leg.is_customer() && leg.state == LegState::Connected);
    if setting.answered && (nobody_waits || customer_stays) {
        return CallState::Talking;
    }
    if legs.iter().any(|leg| leg.state == LegState::Queued) && setting.direction != Direction::Outgoing {
        return CallState::Queued;
    }
    let placed = matches!(setting.direction, Direction::Outgoing | Direction::Internal);
    let is_between_legs = setting.own_leg_only && !legs.is_empty();
    if placed && (setting.originator.is_some() || is_between_legs || legs.iter().any(|leg| !leg.state.is_terminal())) {
        return CallState::Dialling;
    }
    CallState::New
}

/// Whether the one leg that talks is all that the PBX shows of a talk: its partner is not among the legs.
fn stands_for_all(legs: &[Played<'_>], setting: Setting<'_>) -> bool {
    let shows_customer = setting.agent_first || legs.iter().any(Played::is_customer) && !setting.own_leg_only;
    let open_colleague = |leg: &Played<'_>| leg.is_agent() && !leg.state.is_terminal() && !leg.state.is_talking();
    let waits_for_colleague = setting.direction == Direction::Internal && legs.iter().any(open_colleague);
    legs.iter().filter(|leg| leg.state.is_talking()).all(Played::is_agent) && !shows_customer && !waits_for_colleague
}

/// Whether somebody's phone rings for the call. The phone of the one who placed it does not: he is dialling.
fn rings(legs: &[Played<'_>], setting: Setting<'_>) -> bool {
    let mut alerting = legs.iter().filter(|leg| leg.is_agent() && leg.state == LegState::Alerting);
    match setting.direction {
        Direction::Incoming | Direction::Unknown => alerting.next().is_some() || only_beginning_known(legs, setting),
        Direction::Internal => {
            alerting.any(|leg| setting.originator.is_none() || leg.extension() != setting.originator)
        }
        Direction::Outgoing => alerting.any(|leg| leg.facts.role == LegRole::TransferTarget || setting.answered),
    }
}

/// Incoming, and nobody has said whose phone rings: the line's groups decide.
fn only_beginning_known(legs: &[Played<'_>], setting: Setting<'_>) -> bool {
    let customer_waits = |leg: &Played<'_>| {
        leg.is_customer() && matches!(leg.state, LegState::Initiated | LegState::Queued | LegState::Alerting)
    };
    // Who has left without having been named before may not have been the only one who was rung.
    let mut others = legs.iter().filter(|leg| !(leg.is_agent() && leg.only_end));
    let nobody_else = others.clone().all(customer_waits) && (legs.is_empty() || others.any(customer_waits));
    setting.direction == Direction::Incoming && !setting.waits && nobody_else
}
