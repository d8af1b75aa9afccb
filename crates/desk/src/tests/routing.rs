//! Sending on a call that nobody has answered: who is offered that, and what is asked of the office.

use calls::{
    Abilities, Ability, Action, CallState, Cannot, CommandState, Direction, LegRole, LegState, number::Dialable,
};
use link::wire::{Call, Role};

use crate::{
    contract::{ActOnCallRequest, CallAction, CallRef, CardPhase, ControlView},
    me::Me,
    testing::{Bench, Shape, agent_leg, call, command, command_view, live_connection, me},
    views::controls::controls,
};

const ALL: Abilities = Abilities::NONE.with(&[Ability::Route, Ability::Pickup]);
const WAITING_ONLY: Abilities = Abilities::NONE.with(&[Ability::Route]);

fn with_role(role: Role, groups: &[&str]) -> Me {
    Me { role: Some(role), groups: groups.iter().map(|group| (*group).to_owned()).collect(), ..me() }
}

/// Stands in the menu, at nobody's phone.
fn waiting() -> Call {
    call("1").state(CallState::Queued).with(|call| {
        let mut customer = agent_leg("", LegState::Queued);
        (customer.role, customer.extension) = (LegRole::Customer, None);
        call.legs.push(customer);
        call.in_menu = true;
    })
}

#[track_caller]
fn offered(call: &Call, me: &Me, abilities: Abilities) -> Option<(Option<Cannot>, bool)> {
    let found = controls(call, me, abilities).into_iter().find(|control| control.ability == Ability::Route);
    found.map(|ControlView { cannot, to_colleagues, .. }| (cannot, to_colleagues))
}

#[test]
fn a_waiting_call_is_sent_on_by_who_looks_after_others_or_its_reason_is_said() {
    for (role, groups) in [(Role::Admin, vec![]), (Role::Manager, vec![]), (Role::Manager, vec!["sales"])] {
        assert_eq!(offered(&waiting(), &with_role(role, &groups), WAITING_ONLY), Some((None, false)), "{role:?}");
    }
    let agent = with_role(Role::Agent, &["sales"]);
    assert_eq!(offered(&waiting(), &agent, WAITING_ONLY), Some((Some(Cannot::OtherRole), true)));
    // What the PBX has no command for is said before whose matter it would be.
    assert_eq!(offered(&waiting(), &agent, Abilities::NONE), Some((Some(Cannot::NotOffered), true)));
    let no_right = Abilities::NONE.without(&[Ability::Route], Cannot::NoRight);
    assert_eq!(offered(&waiting(), &with_role(Role::Admin, &[]), no_right), Some((Some(Cannot::NoRight), false)));
    assert_eq!(offered(&waiting().ended(calls::CallResult::Missed), &with_role(Role::Admin, &[]), ALL), None);
}

#[test]
fn a_ringing_call_is_sent_on_where_it_can_be_taken_from_a_phone_that_rings() {
    let (here, there) = (call("1").ringing_here(), call("1").leg("205", LegState::Alerting));
    let agent = with_role(Role::Agent, &["sales"]);
    assert_eq!(offered(&here, &agent, ALL), Some((None, true)), "to a colleague");
    assert_eq!(offered(&there, &agent, ALL), None, "he has no part in it");
    assert_eq!(offered(&there, &with_role(Role::Manager, &["sales"]), ALL), None, "perhaps not his people's phone");
    assert_eq!(offered(&there, &with_role(Role::Manager, &[]), ALL), Some((None, false)));
    assert_eq!(offered(&here, &agent, WAITING_ONLY), None);
    let placed = call("1").placed(command(1)).leg("102", LegState::Alerting).state(CallState::Ringing);
    assert_eq!(offered(&placed, &agent, ALL), None, "he calls somebody himself");
    let talks = call("1").leg("102", LegState::Connected).leg("205", LegState::Alerting).state(CallState::Talking);
    assert_eq!(offered(&talks, &with_role(Role::Admin, &[]), ALL), None, "that is a transfer");
    let colleague = here.with(|call| call.direction = Direction::Internal);
    assert_eq!(offered(&colleague, &agent, ALL), None);
}

#[tokio::test(start_paused = true)]
async fn a_ringing_call_goes_to_the_number_that_was_shown() {
    let bench = Bench::live().await;
    let connection = link::wire::ConnectionView { capability: ALL, ..live_connection() };
    bench.office.event(1, link::wire::StreamEvent::Connection { connection });
    bench.office.call(2, &call("1").ringing_here());
    bench.shown.until_phases(&[CardPhase::Ringing]).await;
    bench.shown.until("it is offered", |record| has_route(&record.now().now.open)).await;
    let to = Dialable::read("203").expect("a number").number;
    let request = ActOnCallRequest {
        command: command(1).to_string(),
        call: CallRef { office: "own".into(), id: call("1").id.as_str().to_owned() },
        action: CallAction::Route { to: to.clone(), confirmed: false },
    };
    let desk = bench.desk.clone();
    let outcome = tokio::spawn(async move { desk.act_on_call(request).await });
    assert_eq!(bench.office.act_request().await.expect("a request").action, Action::Route { to });
    bench.office.answer_act(Ok(command_view(command(1), CommandState::Confirmed)));
    assert_eq!(outcome.await.unwrap(), Ok(()));
}

fn has_route(open: &[crate::contract::CallRow]) -> bool {
    let offers = |control: &ControlView| control.ability == Ability::Route && control.cannot.is_none();
    open.iter().any(|row| row.controls.iter().any(offers))
}
