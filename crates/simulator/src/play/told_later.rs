//! A call that has happened already, told at once with the times it had.

use std::time::Duration;

use jiff::Timestamp;

use super::stage::{CallKind, EndReason, Passing, Recorded, Stage};
use crate::script::{CallPlan, Scenario, Topic};

/// Tells a past call; phones and faults of today have no part in it.
pub(crate) fn tell(plan: &CallPlan, topic: Topic, began: Timestamp, stage: &mut dyn Stage) {
    let mut at = began;
    let mut pass = |length: Duration| {
        at = at.checked_add(length).unwrap_or(at);
        at
    };
    let instant = Duration::from_millis(40);
    stage.opened(pass(Duration::ZERO));
    if let Some(menu) = plan.menu {
        stage.in_menu(pass(instant));
        pass(menu);
    }
    // Who places a call hears it ring; his own phone does not.
    let rung = match CallKind::of(plan) {
        CallKind::Incoming | CallKind::Callback => plan.rings.as_slice(),
        CallKind::Outgoing => &[],
        CallKind::Internal => plan.rings.get(1..).unwrap_or_default(),
    };
    for extension in rung {
        stage.rings(pass(instant), extension);
    }
    let answers = plan.answers.as_deref().filter(|_| plan.scenario.is_answered());
    let ringing_end = pass(plan.ring);
    let Some(mut agent) = answers else {
        let why = if plan.scenario == Scenario::Busy { EndReason::Busy } else { EndReason::CustomerHungUp };
        let gave_up = if CallKind::of(plan) == CallKind::Callback { callback_end(plan.scenario) } else { why };
        for extension in &plan.rings {
            stage.left(ringing_end, extension, gave_up);
        }
        stage.ended(pass(instant), None);
        return;
    };
    if CallKind::of(plan) == CallKind::Callback {
        stage.picked_up(ringing_end, agent);
        stage.dials_customer(ringing_end, agent);
    }
    stage.answered(ringing_end, agent);
    for extension in plan.rings.iter().filter(|extension| extension.as_str() != agent && rung.contains(extension)) {
        stage.left(ringing_end, extension, EndReason::AnsweredElsewhere);
    }
    let mut left_to_talk = plan.talk;
    // A call that is told later is passed on blindly, however the script says it was.
    if let Some(target) = plan.transfer.as_deref().filter(|_| plan.scenario != Scenario::Taken) {
        left_to_talk /= 2;
        stage.held(pass(left_to_talk), agent);
        stage.passes_on(pass(instant), agent, target, Passing::Blind);
        stage.left(pass(instant), agent, EndReason::Transferred);
        stage.taken_over(pass(instant), agent, target, false);
        stage.answered(pass(Duration::from_secs(2)), target);
        agent = target;
    }
    stage.left(pass(left_to_talk), agent, EndReason::CustomerHungUp);
    let recorded = plan.is_recorded(plan.talk).then_some(Recorded { talk: plan.talk, topic });
    stage.ended(pass(instant), recorded);
}

fn callback_end(scenario: Scenario) -> EndReason {
    match scenario {
        Scenario::CallbackCustomerBusy => EndReason::Busy,
        Scenario::CallbackCustomerUnreachable => EndReason::Unreachable,
        Scenario::CallbackHungUp => EndReason::AgentHungUp,
        Scenario::CallbackAgentSilent
        | Scenario::CallbackCustomerSilent
        | Scenario::Answered
        | Scenario::Missed
        | Scenario::Busy
        | Scenario::Group
        | Scenario::Transfer
        | Scenario::TransferUnanswered
        | Scenario::TransferReturned
        | Scenario::TransferConsulted
        | Scenario::TransferGivenUp
        | Scenario::TransferAbandoned
        | Scenario::Taken
        | Scenario::Internal
        | Scenario::Outgoing
        | Scenario::Callback
        | Scenario::Reconnect
        | Scenario::Replay => EndReason::NoAnswer,
    }
}
