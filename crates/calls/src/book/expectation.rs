//! What shows that an action on a call took effect. The PBX's answer alone does not.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{
    evidence::{self, LegEvidence},
    record::Record,
};
use crate::{
    action::{Action, Target},
    call::{Call, CallState, EndCause, Leg, LegState},
    event::{Effect, VendorEvent},
    id::CommandId,
    number,
};

/// The effect that a command waits for.
#[derive(Debug, Clone)]
pub(super) struct Expectation {
    pub(super) action: Action,
    /// The leg that it acts on.
    pub(super) leg: String,
    /// The extension that acts.
    pub(super) extension: Option<String>,
    /// The legs that the call had when it was asked for.
    pub(super) known: BTreeSet<String>,
    /// When it was asked for.
    pub(super) at: Timestamp,
}

/// What an event says of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CommandOutcome {
    /// It took effect.
    Effect,
    /// The PBX could not do it, in its words.
    Refusal(String),
}

impl Expectation {
    /// What this event, and the call as it stands after it, say of the command.
    pub(super) fn shown(&self, command: CommandId, call: &Call, event: &VendorEvent) -> Option<CommandOutcome> {
        if let Some(refusal) = self.refusal(event) {
            return Some(refusal);
        }
        let is_named = event.vendor_command.as_deref() == Some(command.to_string().as_str());
        let is_caused = is_named && event.effects.iter().any(evidence::tells_state);
        (is_caused || self.has_effect(call, event)).then_some(CommandOutcome::Effect)
    }

    /// Whether the end of the call shows it. Who asks a colleague before he passes the call on stays in it meanwhile.
    pub(super) fn ends_with_the_call(&self) -> bool {
        match &self.action {
            Action::Hangup
            | Action::Transfer { attended: false, .. }
            | Action::Transfer { to: Target::Call(_), .. } => true,
            Action::Transfer { to: Target::Number(_), attended: true }
            | Action::Answer
            | Action::Hold
            | Action::Retrieve
            | Action::Pickup
            | Action::Conference { .. }
            | Action::Dtmf { .. }
            | Action::Record { .. }
            | Action::Route { .. } => false,
        }
    }

    /// Whether this call, another than the one that is to be passed on, is the question to the colleague.
    pub(super) fn asks_in(&self, call: &Record) -> bool {
        call.first_told >= self.at && self.is_with_colleague(call)
    }

    /// Whether this call was the question already when the transfer was asked for: then the two were to be connected.
    pub(super) fn connects(&self, call: &Record) -> bool {
        let ended_before = call.call.as_ref().and_then(|call| call.ended_at).is_some_and(|ended| ended < self.at);
        call.first_told < self.at && !ended_before && self.is_with_colleague(call)
    }

    /// Whether the one who acts and the colleague to whom he passes a call on are in this call.
    fn is_with_colleague(&self, call: &Record) -> bool {
        let Action::Transfer { to: Target::Number(to), attended: true } = &self.action else { return false };
        let is_own = |leg: &&LegEvidence| leg.is_agent() && leg.extension.get() == self.extension.as_ref();
        let is_meant = |number: Option<&String>| number.is_some_and(|number| number::same(number, &to.digits));
        let evidence = &call.evidence;
        let others = || evidence.legs.iter().filter(|leg| !is_own(leg));
        evidence.legs.iter().any(|leg| is_own(&leg))
            && (is_meant(evidence.customer_number.get())
                || others().any(|leg| is_meant(leg.extension.get()) || is_meant(leg.number.get())))
    }

    /// The outcome of routing comes as an event of the call and names no command.
    fn refusal(&self, event: &VendorEvent) -> Option<CommandOutcome> {
        if !matches!(self.action, Action::Route { .. }) {
            return None;
        }
        event.effects.iter().find_map(|effect| {
            let Effect::RouteResult { accepted: false, detail } = effect else { return None };
            Some(CommandOutcome::Refusal(detail.clone().unwrap_or_default()))
        })
    }

    fn has_effect(&self, call: &Call, event: &VendorEvent) -> bool {
        let leg = call.legs.iter().find(|leg| leg.key == self.leg);
        let leg_is = |wanted: fn(&Leg) -> bool| leg.is_some_and(wanted);
        let tells = |wanted: fn(&Effect) -> bool| event.effects.iter().any(wanted);
        match &self.action {
            Action::Answer => leg_is(|leg| leg.answered_at.is_some()),
            Action::Hangup => call.is_ended() || leg_is(|leg| leg.state.is_terminal()),
            Action::Hold => leg_is(|leg| leg.state == LegState::Held),
            Action::Retrieve => leg_is(|leg| leg.state == LegState::Connected),
            Action::Pickup => self.new_legs(call).any(|leg| leg.extension == self.extension),
            Action::Transfer { to: Target::Call(_), .. } => leg_is(|leg| leg.state.is_terminal()),
            Action::Transfer { to: Target::Number(_), attended: true } => {
                self.new_legs(call).next().is_some() || leg_is(|leg| leg.end_cause == EndCause::Transferred)
            }
            // A PBX that shows a user his own leg alone tells no more than that it is over.
            Action::Transfer { to: Target::Number(_), attended: false } => {
                self.new_legs(call).next().is_some() || leg_is(|leg| leg.state.is_terminal())
            }
            Action::Conference { .. } => call.state == CallState::Conference || self.new_legs(call).next().is_some(),
            Action::Dtmf { .. } => tells(|effect| matches!(effect, Effect::Dtmf { .. })),
            Action::Record { on: true } => tells(|effect| *effect == Effect::RecordingStarted),
            Action::Record { on: false } => tells(|effect| matches!(effect, Effect::RecordingAvailable { .. })),
            Action::Route { .. } => {
                let is_routed = tells(|effect| matches!(effect, Effect::RouteResult { accepted: true, .. }));
                is_routed || self.new_legs(call).next().is_some()
            }
        }
    }

    /// Agents' legs that came since.
    fn new_legs<'a>(&'a self, call: &'a Call) -> impl Iterator<Item = &'a Leg> {
        call.legs.iter().filter(|leg| leg.is_agent() && !self.known.contains(&leg.key))
    }
}
