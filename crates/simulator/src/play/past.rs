//! A call that has happened already, told at once with the times it had.

use std::time::Duration;

use jiff::Timestamp;

use super::stage::{Recorded, Stage, Way, Why};
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
    let rung = match Way::of(plan) {
        Way::Incoming | Way::Callback => plan.rings.as_slice(),
        Way::Outgoing => &[],
        Way::Internal => plan.rings.get(1..).unwrap_or_default(),
    };
    for extension in rung {
        stage.rings(pass(instant), extension);
    }
    let answers = plan.answers.as_deref().filter(|_| plan.scenario.is_answered());
    let ringing_end = pass(plan.ring);
    let Some(mut agent) = answers else {
        let why = if plan.scenario == Scenario::Busy { Why::Busy } else { Why::CustomerHungUp };
        let gave_up = if Way::of(plan) == Way::Callback { callback_end(plan.scenario) } else { why };
        for extension in &plan.rings {
            stage.left(ringing_end, extension, gave_up);
        }
        stage.ended(pass(instant), None);
        return;
    };
    stage.answered(ringing_end, agent);
    for extension in plan.rings.iter().filter(|extension| extension.as_str() != agent && rung.contains(extension)) {
        stage.left(ringing_end, extension, Why::AnsweredElsewhere);
    }
    let mut left_to_talk = plan.talk;
    if let Some(target) = plan.transfer.as_deref() {
        left_to_talk /= 2;
        stage.transferring(pass(left_to_talk), agent);
        stage.left(pass(instant), agent, Why::Transferred);
        stage.rings(pass(instant), target);
        stage.answered(pass(Duration::from_secs(2)), target);
        agent = target;
    }
    stage.left(pass(left_to_talk), agent, Why::CustomerHungUp);
    let recorded = plan.is_recorded(plan.talk).then_some(Recorded { talk: plan.talk, topic });
    stage.ended(pass(instant), recorded);
}

fn callback_end(scenario: Scenario) -> Why {
    match scenario {
        Scenario::CallbackCustomerBusy => Why::Busy,
        Scenario::CallbackHungUp => Why::AgentHungUp,
        Scenario::CallbackAgentSilent
        | Scenario::CallbackCustomerSilent
        | Scenario::Answered
        | Scenario::Missed
        | Scenario::Busy
        | Scenario::Group
        | Scenario::Transfer
        | Scenario::Internal
        | Scenario::Outgoing
        | Scenario::Callback
        | Scenario::Reconnect
        | Scenario::Replay => Why::NoAnswer,
    }
}
