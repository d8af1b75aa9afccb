//! The call's state from its legs.

use super::{derived_leg::DerivedLeg, evidence::When};
use crate::call::{CallState, Direction, LegRole, LegState};

/// What besides the legs bears on the state.
#[derive(Debug, Clone, Copy)]
pub(super) struct StateInput<'a> {
    pub(super) direction: Direction,
    pub(super) legs_join_two: bool,
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
pub(super) fn of_open(legs: &[DerivedLeg<'_>], input: StateInput<'_>) -> CallState {
    let talking = || legs.iter().filter(|leg| !leg.mirrored && leg.state.is_talking());
    let held = talking().filter(|leg| leg.state == LegState::Held && !leg.is_consultation()).count();
    let connected = talking().filter(|leg| leg.state == LegState::Connected).count();
    if is_conference(legs) {
        return CallState::Conference;
    }
    if held > 0 && connected <= 1 {
        return CallState::OnHold;
    }
    let mirrored = legs.iter().any(|leg| leg.mirrored && leg.state == LegState::Connected);
    if connected + usize::from(mirrored) >= 2 || (connected == 1 && partner_is_unseen(legs, input)) {
        return CallState::Talking;
    }
    if rings(legs, input) {
        return CallState::Ringing;
    }
    let nobody_waits = legs.iter().all(|leg| leg.state.is_terminal());
    let customer_stays = legs.iter().any(|leg| leg.is_customer() && leg.state == LegState::Connected);
    if input.answered && (nobody_waits || customer_stays) {
        return CallState::Talking;
    }
    if legs.iter().any(|leg| leg.state == LegState::Queued) && input.direction != Direction::Outgoing {
        return CallState::Queued;
    }
    let placed = matches!(input.direction, Direction::Outgoing | Direction::Internal);
    let is_between_legs = input.legs_join_two && !legs.is_empty();
    if placed && (input.originator.is_some() || is_between_legs || legs.iter().any(|leg| !leg.state.is_terminal())) {
        return CallState::Dialling;
    }
    CallState::New
}

/// Three who talk with each other. A second agent beside a customer who is not shown may be one to whom the call is just
/// being passed on; when somebody leaves and two stay, it is a conference.
fn is_conference(legs: &[DerivedLeg<'_>]) -> bool {
    let talking = || legs.iter().filter(|leg| leg.state.is_talking() && !leg.is_consultation());
    let told = talking().filter(|leg| !leg.mirrored).count();
    let agents = || talking().filter(|leg| leg.is_agent());
    let mut left = legs.iter().filter(|leg| leg.is_agent() && leg.talked()).filter_map(|leg| leg.ended);
    let stayed = |left: When| agents().filter(|leg| leg.answered.is_some_and(|answered| answered < left)).count() >= 2;
    told >= 3 || talking().any(|leg| leg.mirrored) && left.any(stayed)
}

/// Whether the one leg that talks is all that the PBX shows of a talk: its partner is not among the legs.
fn partner_is_unseen(legs: &[DerivedLeg<'_>], input: StateInput<'_>) -> bool {
    let shows_customer = input.agent_first || legs.iter().any(DerivedLeg::is_customer) && !input.legs_join_two;
    // At the other end of a consultation leg is a colleague, or whom he has passed on: neither is shown.
    let shows_other_end = |leg: &DerivedLeg<'_>| shows_customer && leg.consultation.is_none();
    let open_colleague = |leg: &DerivedLeg<'_>| leg.is_agent() && !leg.state.is_terminal() && !leg.state.is_talking();
    let waits_for_colleague = input.direction == Direction::Internal && legs.iter().any(open_colleague);
    let has_unseen_partner = |leg: &DerivedLeg<'_>| leg.is_agent() && !shows_other_end(leg);
    legs.iter().filter(|leg| leg.state.is_talking()).all(has_unseen_partner) && !waits_for_colleague
}

/// Whether somebody's phone rings for the call. The phone of the one who placed it does not: he is dialling.
fn rings(legs: &[DerivedLeg<'_>], input: StateInput<'_>) -> bool {
    let mut alerting = legs.iter().filter(|leg| leg.is_agent() && leg.state == LegState::Alerting);
    match input.direction {
        Direction::Incoming | Direction::Unknown => alerting.next().is_some() || only_beginning_known(legs, input),
        Direction::Internal => alerting.any(|leg| input.originator.is_none() || leg.extension() != input.originator),
        Direction::Outgoing => alerting.any(|leg| leg.evidence.role == LegRole::TransferTarget || input.answered),
    }
}

/// Incoming, and nobody has said whose phone rings: the line's groups decide.
fn only_beginning_known(legs: &[DerivedLeg<'_>], input: StateInput<'_>) -> bool {
    let customer_waits = |leg: &DerivedLeg<'_>| {
        leg.is_customer() && matches!(leg.state, LegState::Initiated | LegState::Queued | LegState::Alerting)
    };
    // Who has left without having been named before may not have been the only one who was rung.
    let mut others = legs.iter().filter(|leg| !(leg.is_agent() && leg.only_end));
    let nobody_else = others.clone().all(customer_waits) && (legs.is_empty() || others.any(customer_waits));
    input.direction == Direction::Incoming && !input.waits && nobody_else
}
