//! Calls in which the customer, or a group, is rung first.

use std::time::Duration;

use calls::{Abilities, Ability, CallResult, CallState, Cannot, CommandState, LegState};
use link::wire::{CallbackGroup, ConnectionView, PlaceCall, StreamEvent};

use super::dialling::no_way;
use crate::{
    contract::{CardPhase, ContractError, DialConnection, ErrorCode, PlaceCallRequest, PreviewDialRequest},
    testing::{Bench, Shape, breathe, call, command, command_view, live_connection},
};

fn group(number: &str) -> CallbackGroup {
    CallbackGroup { number: number.into(), title: "Поддержка".into() }
}

/// A desk whose connection can do this beside placing calls.
async fn able(abilities: &[Ability], groups: &[&str]) -> Bench {
    let bench = Bench::live().await;
    let capability = Abilities::NONE.with(&[Ability::Originate]).with(abilities);
    let groups = groups.iter().map(|number| group(number)).collect();
    let connection = ConnectionView { capability, groups, ..live_connection() };
    bench.office.event(1, StreamEvent::Connection { connection });
    breathe().await;
    breathe().await;
    bench
}

async fn dial_connection(bench: &Bench) -> DialConnection {
    let preview = bench.desk.preview_dial(PreviewDialRequest { text: "+7 495 123-45-67".into() }).await;
    preview.expect("a number").connections.remove(0)
}

/// The customer's number, as it was shown.
async fn to_customer(bench: &Bench, group: Option<&str>, customer_first: bool) -> PlaceCallRequest {
    let preview = bench.desk.preview_dial(PreviewDialRequest { text: "+7 495 123-45-67".into() }).await;
    let number = preview.expect("a number").number;
    let (command, group) = (command(1).to_string(), group.map(str::to_owned));
    PlaceCallRequest { command, number, group, customer_first, ..no_way() }
}

/// What the office is asked for.
async fn asked(bench: &Bench, request: PlaceCallRequest) -> PlaceCall {
    let desk = bench.desk.clone();
    tokio::spawn(async move { desk.place_call(request).await });
    bench.office.placed_requests(1).await[0].clone()
}

async fn refused(bench: &Bench, request: PlaceCallRequest) -> ContractError {
    let error = bench.desk.place_call(request).await.expect_err("not offered");
    assert!(bench.office.placed_requests(0).await.is_empty(), "nobody was asked");
    error
}

#[tokio::test(start_paused = true)]
async fn a_dial_connection_tells_whom_it_can_ring_first_and_why_not_others() {
    let bench = able(&[Ability::GroupCallback], &["500"]).await;
    let connection = dial_connection(&bench).await;
    assert_eq!(connection.groups, [group("500")]);
    let controls: Vec<_> = connection.controls.iter().map(|control| (control.ability, control.cannot)).collect();
    assert_eq!(controls, [(Ability::CustomerFirst, Some(Cannot::NotOffered)), (Ability::GroupCallback, None)]);
}

#[tokio::test(start_paused = true)]
async fn the_customer_is_rung_first_only_where_that_was_chosen() {
    let bench = able(&[Ability::CustomerFirst], &[]).await;
    let usual = asked(&bench, to_customer(&bench, None, false).await).await;
    assert_eq!((usual.from.as_deref(), usual.customer_first), (Some("102"), false));
    bench.shown.until_phases(&[CardPhase::PickUpYourPhone]).await;

    let bench = able(&[Ability::CustomerFirst], &[]).await;
    let chosen = asked(&bench, to_customer(&bench, None, true).await).await;
    assert_eq!((chosen.from.as_deref(), chosen.customer_first), (Some("102"), true));
    bench.shown.until_phases(&[CardPhase::Calling]).await;
    bench.office.answer(Ok(command_view(command(1), CommandState::Accepted)));
    let placed = call("7").placed(command(1));
    bench.office.call(2, &placed.clone().leg("102", LegState::Alerting));
    bench.shown.until_phases(&[CardPhase::PickUpYourPhone]).await;
}

#[tokio::test(start_paused = true)]
async fn a_group_calls_back_and_the_card_tells_who_took_it() {
    for customer_first in [false, true] {
        let bench = able(&[Ability::GroupCallback], &["500"]).await;
        let request = asked(&bench, to_customer(&bench, Some("500"), customer_first).await).await;
        assert_eq!((request.from.as_deref(), request.customer_first), (Some("500"), customer_first));
        bench.shown.until_phases(&[CardPhase::Calling]).await;
        bench.office.answer(Ok(command_view(command(1), CommandState::Accepted)));
        let placed = call("7").placed(command(1)).with(|call| call.placed_by = Some("500".into()));
        let taken = placed.named_leg("205", "Ирина", LegState::Connected).state(CallState::Talking);
        bench.office.call(2, &taken);
        bench.shown.until_phases(&[CardPhase::AnsweredBy]).await;
        bench.office.call(3, &taken.ended(CallResult::Answered));
        bench.pass(Duration::from_secs(7)).await;
        bench.shown.until_phases(&[]).await;
    }
}

/// An agent whose phone the group does not ring sees nothing of the call.
#[tokio::test(start_paused = true)]
async fn the_card_of_a_call_that_is_not_his_to_see_goes_by_itself() {
    let bench = able(&[Ability::GroupCallback], &["500"]).await;
    asked(&bench, to_customer(&bench, Some("500"), false).await).await;
    bench.office.answer(Ok(command_view(command(1), CommandState::Accepted)));
    bench.shown.until_phases(&[CardPhase::Calling]).await;
    bench.pass(Duration::from_secs(14)).await;
    assert_eq!(bench.shown.record().phases(), [CardPhase::Calling], "nobody knows yet what comes of it");
    let confirmed = command_view(command(1), CommandState::Confirmed);
    bench.office.event(2, StreamEvent::Command { command: confirmed });
    breathe().await;
    bench.pass(Duration::from_secs(9)).await;
    assert_eq!(bench.shown.record().phases(), [CardPhase::Calling]);
    bench.pass(Duration::from_secs(2)).await;
    bench.shown.until_phases(&[]).await;
}

#[tokio::test(start_paused = true)]
async fn what_the_connection_cannot_or_the_person_may_not_is_asked_of_nobody() {
    let bench = able(&[], &["500"]).await;
    let error = refused(&bench, to_customer(&bench, None, true).await).await;
    assert_eq!((error.code, error.field.as_deref()), (ErrorCode::Unsupported, Some("customerFirst")));
    let error = refused(&bench, to_customer(&bench, Some("500"), false).await).await;
    assert_eq!((error.code, error.field.as_deref()), (ErrorCode::Unsupported, Some("group")));
    let bench = able(&[Ability::GroupCallback], &["500"]).await;
    let error = refused(&bench, to_customer(&bench, Some("501"), false).await).await;
    assert_eq!((error.code, error.field.as_deref()), (ErrorCode::InvalidRequest, Some("group")));
    let bench = able(&[Ability::GroupCallback, Ability::CustomerFirst], &["500"]).await;
    for text in ["112", "205"] {
        let number = bench.desk.preview_dial(PreviewDialRequest { text: text.into() }).await.expect("a number").number;
        for (group, customer_first) in [(Some("500"), false), (None, true)] {
            let asked = to_customer(&bench, group, customer_first).await;
            let error = refused(&bench, PlaceCallRequest { number: number.clone(), ..asked }).await;
            assert_eq!((error.code, error.field.as_deref()), (ErrorCode::InvalidRequest, Some("number")), "{text}");
        }
    }
}
