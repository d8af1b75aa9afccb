//! What a person does with a call at his desk on Era: over REST and over the socket, and where the page leaves open what
//! is told of it.

use calls::{CallResult, CallState, LegState};
use desk::contract::{CallAction, CallRow, CardPhase, ErrorCode};
use simulator::{Fault, Make, PhoneState, Reading};

use crate::{
    call_actions::{colleague, press, talks},
    scene::{Scene, eventually},
    settings::{ME, Override},
};

const CALLER: &str = "+79161234567";
const ANSWERED: &str = r#"{"call":"answered","from":"+79161234567","ring":"600s","talk":"600s"}"#;
const OVER_SOCKET: Override = (Make::ERA, "commands", "ccs");
const WITHOUT_SOCKET: Override = (Make::ERA, "transport", "rest");

/// Commands over REST and over the socket, and the two without events.
const WAYS: [&[Override]; 3] = [&[], &[OVER_SOCKET], &[WITHOUT_SOCKET, (Make::ERA, "poll", "1")]];

async fn ringing(readings: &[Reading], way: &[Override]) -> (Scene, CallRow) {
    let scene = Scene::reading(readings, way).await;
    scene.play(Make::ERA, ANSWERED);
    scene.screens.until_card(Some(CALLER), CardPhase::Ringing).await;
    let row = scene.row(Some(CALLER), |row| row.state == CallState::Ringing).await;
    (scene, row)
}

/// A talk of mine.
async fn talking(readings: &[Reading], way: &[Override]) -> (Scene, CallRow) {
    let (scene, row) = ringing(readings, way).await;
    scene.pick_up(ME).await;
    scene.screens.until_card(Some(CALLER), CardPhase::Talking).await;
    (scene, row)
}

async fn pressed(scene: &Scene, row: &CallRow, action: CallAction) {
    // What was asked before may not be told yet.
    let pressed = async || press(scene, row, action.clone()).await.ok();
    eventually("it is sent", pressed).await;
}

fn ask_203() -> CallAction {
    CallAction::Transfer { to: colleague("203"), attended: true, confirmed: false }
}

/// I have asked the colleague, who talks with me.
async fn asked(readings: &[Reading], way: &[Override]) -> (Scene, CallRow) {
    let (scene, row) = talking(readings, way).await;
    pressed(&scene, &row, ask_203()).await;
    scene.screens.until_card(Some(CALLER), CardPhase::OnHold).await;
    talks(&scene, "203").await;
    scene.row(Some("203"), |row| row.state == CallState::Talking).await;
    (scene, row)
}

#[tokio::test]
async fn i_answer_and_hang_up() {
    for way in WAYS {
        let (scene, row) = ringing(&[], way).await;
        pressed(&scene, &row, CallAction::Answer).await;
        scene.screens.until_card(Some(CALLER), CardPhase::Talking).await;
        pressed(&scene, &row, CallAction::Hangup).await;
        let row = scene.row(Some(CALLER), |row| row.state == CallState::Ended).await;
        assert!(matches!(row.result, Some(CallResult::Answered | CallResult::Unknown)), "{way:?}: {:?}", row.result);
    }
}

#[tokio::test]
async fn i_hold_a_call_and_take_it_back_whether_or_not_anything_tells() {
    for way in WAYS {
        held_and_taken_back(&[], way).await;
    }
}

async fn held_and_taken_back(readings: &[Reading], way: &[Override]) {
    let (scene, row) = talking(readings, way).await;
    pressed(&scene, &row, CallAction::Hold).await;
    scene.screens.until_card(Some(CALLER), CardPhase::OnHold).await;
    let legs = scene.details(&row.call).await.legs;
    let held: Vec<_> =
        legs.iter().filter(|leg| leg.state == LegState::Held).map(|leg| leg.extension.as_deref()).collect();
    assert_eq!(held, [Some(ME)], "I hold him: {way:?} {legs:?}");
    pressed(&scene, &row, CallAction::Retrieve).await;
    scene.screens.until_card(Some(CALLER), CardPhase::Talking).await;
    scene.hang_up(ME);
    scene.row(Some(CALLER), |row| row.state == CallState::Ended).await;
    let story = scene.screens.record().story(Some(CALLER));
    let holds = story.iter().filter(|phase| **phase == CardPhase::OnHold).count();
    assert_eq!(holds, 1, "it was on hold once: {way:?} {story:?}");
}

#[tokio::test]
async fn i_pass_a_call_on_without_a_word() {
    for way in WAYS {
        passed_on(&[], way).await;
    }
}

async fn passed_on(readings: &[Reading], way: &[Override]) {
    let (scene, row) = talking(readings, way).await;
    pressed(&scene, &row, CallAction::Transfer { to: colleague("203"), attended: false, confirmed: false }).await;
    talks(&scene, "203").await;
    // A talk that is over before the desk has heard of it says nothing about the transfer.
    let anna = |row: &CallRow| row.agent.as_deref() == Some("Анна Лебедева");
    scene.row(Some(CALLER), |row| row.state == CallState::Talking && anna(row)).await;
    scene.hang_up("203");
    everything_ends(&scene).await;
}

/// All is over, and nobody has missed anything.
async fn everything_ends(scene: &Scene) {
    let over = async || {
        let rows = scene.list(desk::contract::CallFilter::All).await;
        rows.iter().all(|row| row.state == CallState::Ended).then_some(rows)
    };
    let rows = eventually("all is over", over).await;
    assert!(rows.iter().all(|row| row.result != Some(CallResult::Missed)), "{rows:#?}");
}

/// The settings that tell the program how this PBX reads the page.
const HELD_IS_NAMED: &[Override] = &[(Make::ERA, "hold_side", "held")];
const LEAVER_IS_NAMED: &[Override] = &[(Make::ERA, "refer_leg", "goes")];

under_readings! {
    a_call_of_which_nothing_tells_that_it_was_taken_back: [NO_UNHOLD] => |readings| held_and_taken_back(readings, &[]);
    a_hold_that_names_who_waits: [HOLD_NAMES_HELD] => |readings| held_and_taken_back(readings, HELD_IS_NAMED);
    a_list_with_other_words: [OTHER_STATE_WORDS] => |readings| held_and_taken_back(readings, WAYS[2]);
    a_transfer_that_names_who_goes: [REFER_NAMES_LEAVER] => |readings| passed_on(readings, LEAVER_IS_NAMED);
    two_are_connected_in_the_customers_call: [ATTENDED_KEEPS_FIRST] => |readings| connected(readings, &[]);
}

/// A phone may take no notice of being told to hold, although the PBX accepts it.
#[tokio::test]
async fn nobody_is_asked_while_the_customer_listens() {
    let (scene, row) = talking(&[], &[]).await;
    scene.fault(Fault::NotifyIgnored);
    assert_eq!(press(&scene, &row, ask_203()).await, Err(ErrorCode::Refused));
    let phones = scene.simulator.phones().views();
    assert!(phones.iter().all(|phone| phone.extension != "203" || phone.state == PhoneState::Idle));
    assert_eq!(scene.screens.record().card(Some(CALLER)).map(|card| card.phase), Some(CardPhase::Talking));
}

#[tokio::test]
async fn i_ask_a_colleague_and_connect_the_two() {
    for way in WAYS {
        connected(&[], way).await;
    }
}

async fn connected(readings: &[Reading], way: &[Override]) {
    let (scene, row) = asked(readings, way).await;
    pressed(&scene, &row, ask_203()).await;
    let mine = |phone: &simulator::PhoneView| phone.extension == ME && phone.state == PhoneState::Idle;
    let gone = async || scene.simulator.phones().views().iter().any(mine).then_some(());
    eventually("I am out of it", gone).await;
    scene.hang_up("203");
    everything_ends(&scene).await;
}

#[tokio::test]
async fn i_ask_a_colleague_and_add_him() {
    for way in WAYS {
        let (scene, row) = asked(&[], way).await;
        let add = CallAction::Conference { with: colleague("203"), confirmed: false };
        pressed(&scene, &row, add).await;
        let row = scene.row(Some(CALLER), |row| row.state == CallState::Conference).await;
        let legs = scene.details(&row.call).await.legs;
        let talks = legs.iter().filter(|leg| leg.state == LegState::Connected);
        let talks: Vec<_> = talks.map(|leg| leg.extension.as_deref()).collect();
        assert!([None, Some(ME), Some("203")].iter().all(|who| talks.contains(who)), "{way:?}: {legs:?}");
    }
}

#[tokio::test]
async fn nobody_is_added_with_whom_i_do_not_talk() {
    let (scene, row) = talking(&[], &[]).await;
    let add = CallAction::Conference { with: colleague("203"), confirmed: false };
    assert_eq!(press(&scene, &row, add).await, Err(ErrorCode::Refused));
    let phones = scene.simulator.phones().views();
    assert!(phones.iter().all(|phone| phone.extension != "203" || phone.state == PhoneState::Idle));
    assert_eq!(scene.screens.record().card(Some(CALLER)).map(|card| card.phase), Some(CardPhase::Talking));
}

#[tokio::test]
async fn i_pick_up_a_call_that_rings_at_a_colleagues() {
    let scene = Scene::reading(&[], &[]).await;
    let line = r#"{"call":"answered","from":"+79161234567","rings":["203"],"ring":"600s","talk":"600s"}"#;
    scene.play(Make::ERA, line);
    let row = scene.row(Some(CALLER), |row| row.state == CallState::Ringing).await;
    pressed(&scene, &row, CallAction::Pickup).await;
    scene.screens.until_card(Some(CALLER), CardPhase::Talking).await;
}

#[tokio::test]
async fn what_the_token_or_the_way_cannot_do_is_refused_with_the_reason() {
    let (scene, row) = talking(&[], &[WITHOUT_SOCKET]).await;
    assert_eq!(press(&scene, &row, CallAction::Pickup).await, Err(ErrorCode::Unsupported));
}
