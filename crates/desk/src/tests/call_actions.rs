//! Doing something with a call: once, at once, and done only when that was shown.

use std::time::Duration;

use calls::{Ability, Action, CallState, Cannot, CommandState, LegRole, LegState, Target, number::Dialable};
use link::{OfficeError, OfficeErrorKind, wire::CommandView};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::{
    contract::{
        ActOnCallRequest, ActOnCardRequest, CallAction, CallRef, CardAction, CardPhase, ContractError, ControlView,
        ErrorCode, PreviewDialRequest, Window,
    },
    testing::{Bench, Shape, call, command, command_view},
    tests::commands::Refusing,
};

type Outcome = Result<(), ContractError>;

fn request(number: u128, action: CallAction) -> ActOnCallRequest {
    let id = call("1").id.as_str().to_owned();
    ActOnCallRequest { command: command(number).to_string(), call: CallRef { office: "own".into(), id }, action }
}

/// A person presses a button of the call; the desk has asked the office.
async fn pressed(bench: &Bench, action: CallAction) -> JoinHandle<Outcome> {
    let (desk, request) = (bench.desk.clone(), request(1, action));
    let outcome = tokio::spawn(async move { desk.act_on_call(request).await });
    assert_eq!(bench.office.act_request().await.map(|request| request.command), Some(command(1)));
    outcome
}

async fn talking() -> Bench {
    let bench = Bench::live().await;
    bench.office.call(1, &call("1").leg("102", LegState::Connected).state(CallState::Talking));
    bench.shown.until("the talk", |record| !record.now().now.open.is_empty()).await;
    bench
}

fn status_of(state: CommandState) -> CommandView {
    CommandView { detail: Some("4101".into()), ..command_view(command(1), state) }
}

#[tokio::test(start_paused = true)]
async fn what_is_asked_is_done_when_an_event_has_shown_it_and_not_before() {
    let bench = talking().await;
    let outcome = pressed(&bench, CallAction::Hold).await;
    assert_eq!(bench.office.act_request().await.expect("a request").action, Action::Hold);
    bench.office.answer_act(Ok(status_of(CommandState::Sent)));
    bench.office.set_command(status_of(CommandState::Accepted));
    bench.pass(Duration::from_secs(3)).await;
    assert!(!outcome.is_finished(), "the PBX said ok, and nothing has shown it");
    bench.office.set_command(status_of(CommandState::Confirmed));
    assert_eq!(outcome.await.unwrap(), Ok(()));
}

#[tokio::test(start_paused = true)]
async fn what_the_pbx_refuses_is_told_in_its_words() {
    let bench = talking().await;
    let outcome = pressed(&bench, CallAction::Hangup).await;
    bench.office.answer_act(Ok(status_of(CommandState::Sent)));
    bench.office.set_command(status_of(CommandState::Rejected));
    let error = outcome.await.unwrap().expect_err("refused");
    assert_eq!((error.code, error.message.as_str()), (ErrorCode::Refused, "4101"));
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_looked_up_and_otherwise_unknown() {
    let lost = || OfficeError::new(OfficeErrorKind::UnknownOutcome, "as the test says");
    let bench = talking().await;
    let outcome = pressed(&bench, CallAction::Hold).await;
    bench.office.set_command(status_of(CommandState::Confirmed));
    bench.office.answer_act(Err(lost()));
    assert_eq!(outcome.await.unwrap(), Ok(()), "it had come there");

    let bench = talking().await;
    let outcome = pressed(&bench, CallAction::Hold).await;
    bench.office.answer_act(Err(lost()));
    assert_eq!(outcome.await.unwrap().expect_err("nobody knows").code, ErrorCode::UnknownOutcome);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_kept_to_be_done_when_the_office_comes_back() {
    let bench = talking().await;
    bench.office.refuse(Some(OfficeErrorKind::Unreachable));
    bench.office.cut();
    bench.office.opened(2).await;
    let id = call("1").id.as_str().to_owned();
    let call = CallRef { office: "own".into(), id };
    let request = ActOnCallRequest { command: command(1).to_string(), call, action: CallAction::Hangup };
    let error = bench.desk.act_on_call(request).await.expect_err("out of reach");
    assert_eq!(error.code, ErrorCode::Unreachable);
    bench.office.refuse(None);
    bench.pass(Duration::from_secs(60)).await;
    assert_eq!(bench.office.act_request().await, None);
}

#[tokio::test(start_paused = true)]
async fn a_number_travels_as_it_was_shown() {
    let bench = talking().await;
    let shown = Dialable::read("203").expect("a number").number;
    let outcome = pressed(&bench, CallAction::Transfer { to: shown.clone(), attended: false, confirmed: false }).await;
    let request = bench.office.act_request().await.expect("a request");
    assert_eq!(request.action, Action::Transfer { to: Target::Number(shown.clone()), attended: false });
    bench.office.answer_act(Ok(status_of(CommandState::Confirmed)));
    assert_eq!(outcome.await.unwrap(), Ok(()));
    let mut unread = shown;
    unread.digits = "20 3".into();
    let id = call("1").id.as_str().to_owned();
    let request = ActOnCallRequest {
        command: command(2).to_string(),
        call: CallRef { office: "own".into(), id },
        action: CallAction::Transfer { to: unread, attended: false, confirmed: false },
    };
    assert_eq!(bench.desk.act_on_call(request).await.expect_err("was not shown").field.as_deref(), Some("number"));
}

#[tokio::test(start_paused = true)]
async fn a_call_is_sent_to_a_number_that_costs_or_reaches_others_only_once_it_is_confirmed() {
    let bench = talking().await;
    for (place, text) in ["8 809 123-45-67", "+1 212 555 01 00", "112"].into_iter().enumerate() {
        let preview = bench.desk.preview_dial(PreviewDialRequest { text: text.into() }).await.expect("a number");
        assert!(preview.asks_to_transfer, "{text}");
        let to = preview.number;
        for action in [
            CallAction::Transfer { to: to.clone(), attended: false, confirmed: false },
            CallAction::Conference { with: to.clone(), confirmed: false },
        ] {
            let refused = bench.desk.act_on_call(request(place as u128 + 10, action)).await.expect_err("not confirmed");
            assert_eq!(refused.field.as_deref(), Some("confirmed"), "{text}");
        }
        assert_eq!(bench.office.act_request().await, None, "{text}");
        let outcome = pressed(&bench, CallAction::Transfer { to, attended: false, confirmed: true }).await;
        bench.office.answer_act(Ok(status_of(CommandState::Confirmed)));
        assert_eq!(outcome.await.unwrap(), Ok(()), "{text}");
    }
    for text in ["203", "8 (495) 123-45-67", "101"] {
        let preview = bench.desk.preview_dial(PreviewDialRequest { text: text.into() }).await.expect("a number");
        assert_eq!(preview.asks_to_transfer, text == "101", "{text}");
    }
}

/// The card can send a call nowhere: it has no place to show a number first.
#[tokio::test(start_paused = true)]
async fn a_card_acts_without_numbers() {
    let bench = talking().await;
    let to = json!({"kind": "phone", "digits": "+74951234567"});
    let id = call("1").id.as_str().to_owned();
    let ask = async |name: &'static str, action: Value| {
        let request = json!({"command": command(1).to_string(), "call": {"office": "own", "id": id}, "action": action});
        crate::call(&bench.desk, &Refusing, Window::Card, name, request).await
    };
    let transfer = json!({"kind": "transfer", "to": to, "attended": false, "confirmed": true});
    for name in ["act_on_call", "act_on_card"] {
        let refused = ask(name, transfer.clone()).await.expect_err("not from a card");
        assert_eq!(refused.code, ErrorCode::InvalidRequest, "{name}");
    }
    assert_eq!(bench.office.act_request().await, None);
    let desk = bench.desk.clone();
    let asked = ActOnCardRequest {
        command: command(1).to_string(),
        call: CallRef { office: "own".into(), id: call("1").id.as_str().to_owned() },
        action: CardAction::Hold,
    };
    let outcome = tokio::spawn(async move { desk.act_on_card(asked).await });
    assert_eq!(bench.office.act_request().await.expect("a request").action, Action::Hold);
    bench.office.answer_act(Ok(status_of(CommandState::Confirmed)));
    assert_eq!(outcome.await.unwrap(), Ok(()));
}

#[tokio::test(start_paused = true)]
async fn controls_follow_the_call_and_say_why_not() {
    let bench = Bench::live().await;
    let controls = || bench.shown.record().now().now.open.first().map(|row| row.controls.clone()).unwrap_or_default();
    let abilities = || controls().iter().map(|control| control.ability).collect::<Vec<_>>();
    bench.office.call(1, &call("1").ringing_here());
    bench.shown.until_phases(&[CardPhase::Ringing]).await;
    bench.shown.until("it rings", |record| !record.now().now.open.is_empty()).await;
    assert_eq!(
        controls(),
        [ControlView {
            ability: Ability::Answer,
            cannot: Some(Cannot::NotOffered),
            connects: false,
            to_colleagues: false
        }]
    );
    bench.office.call(2, &call("1").leg("102", LegState::Held).state(CallState::OnHold));
    bench.shown.until("on hold", |record| record.now().now.open.iter().any(|row| row.state == CallState::OnHold)).await;
    assert_eq!(abilities().first(), Some(&Ability::Retrieve));
    bench.office.call(3, &call("2").leg("205", LegState::Alerting));
    bench.shown.until("two calls", |record| record.now().now.open.len() == 2).await;
    let rings = bench.shown.record().now().now.open.iter().find(|row| row.state == CallState::Ringing).cloned();
    let offered: Vec<_> = rings.expect("it rings").controls.iter().map(|control| control.ability).collect();
    assert_eq!(offered, [Ability::Pickup]);
}

#[tokio::test(start_paused = true)]
async fn a_colleague_who_was_asked_is_connected_with_the_other_side() {
    let bench = Bench::live().await;
    let mut asked = call("1").leg("102", LegState::Held).leg("205", LegState::Connected).state(CallState::OnHold);
    let target = asked.legs.last_mut().expect("a leg");
    (target.role, target.asked_by) = (LegRole::TransferTarget, Some("102".into()));
    bench.office.call(1, &asked);
    bench.shown.until("it is shown", |record| !record.now().now.open.is_empty()).await;
    let controls = bench.shown.record().now().now.open[0].controls.clone();
    let offered: Vec<_> = controls.iter().map(|control| (control.ability, control.connects)).collect();
    assert_eq!(offered, [(Ability::TransferAttended, true), (Ability::Hangup, false)]);
    let outcome = pressed(&bench, CallAction::Connect).await;
    let action = bench.office.act_request().await.expect("a request").action;
    assert_eq!(action, Action::Transfer { to: Target::Call(call("1").id), attended: true });
    bench.office.answer_act(Ok(status_of(CommandState::Confirmed)));
    assert_eq!(outcome.await.unwrap(), Ok(()));
}
