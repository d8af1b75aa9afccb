//! Click-to-call: my phone first, theirs after it.

use calls::{CallResult, CallState, Direction};
use desk::contract::{CallBackRequest, CallFilter, CardPhase, ErrorCode};
use simulator::{Fault, Make, PhoneState};
use uuid::Uuid;

use crate::{scene::Scene, screens::Record, settings::ME};

const CALLED: &str = "+79001234567";
const OTHER: &str = "+79021234567";

on_all_makes!(
    Card: a_call_that_both_answer,
    my_phone_is_left_ringing,
    they_let_it_ring,
    they_are_busy,
    they_cannot_be_reached,
    my_phone_is_busy,
    i_hang_up_during_the_prompt,
    two_clicks_are_one_call,
    a_colleague_clicks_my_number,
    a_call_that_the_pbx_cannot_be_asked_for
);

/// How this number behaves when it is called, on every PBX.
fn callee(scene: &Scene, does: &str) {
    scene.play(Make::ROSTELECOM, &format!(r#"{{"callee":"{CALLED}","does":"{does}","ring":"10s","talk":"600s"}}"#));
}

async fn dial(scene: &Scene, make: Make) {
    let placed = scene.call(make, CALLED, Uuid::new_v4()).await.expect("it is placed");
    let card = scene.screens.until_card(Some(CALLED), CardPhase::PickUpYourPhone).await;
    assert_eq!((card.call, card.direction), (placed.call, Direction::Outgoing));
}

/// It was ours all the time, and it is one row.
async fn ended_as(scene: &Scene, phase: CardPhase, result: CallResult) {
    scene.screens.until_card(Some(CALLED), phase).await;
    let row = scene.row(Some(CALLED), |row| row.state == CallState::Ended).await;
    assert_eq!((row.result, row.direction), (Some(result), Direction::Outgoing));
    assert_eq!(scene.list(CallFilter::All).await.len(), 1);
    assert!(scene.list(CallFilter::Missed).await.is_empty());
    let record = scene.screens.record();
    let story = record.story(Some(CALLED));
    assert_eq!(story.first(), Some(&CardPhase::PickUpYourPhone));
    assert!(!story.contains(&CardPhase::Ringing), "never incoming: {story:?}");
    let talked = result == CallResult::Answered;
    assert_eq!((story.contains(&CardPhase::Talking), row.answered_at.is_some()), (talked, talked), "{story:?}");
    assert_eq!(record.cards_of(Some(CALLED)), 1);
}

async fn a_call_that_both_answer(make: Make) {
    let scene = Scene::new().await;
    callee(&scene, "answer");
    dial(&scene, make).await;
    scene.pick_up(ME).await;
    scene.screens.until_card(Some(CALLED), CardPhase::Talking).await;
    scene.hang_up(ME);
    ended_as(&scene, CardPhase::Ended, CallResult::Answered).await;
}

async fn my_phone_is_left_ringing(make: Make) {
    let scene = Scene::new().await;
    dial(&scene, make).await;
    scene.let_my_phone_ring().await;
    ended_as(&scene, CardPhase::NoAnswer, CallResult::NoAnswer).await;
}

async fn they_let_it_ring(make: Make) {
    let scene = Scene::new().await;
    callee(&scene, "silent");
    dial(&scene, make).await;
    ended_as(&scene, CardPhase::NoAnswer, CallResult::NoAnswer).await;
}

async fn they_are_busy(make: Make) {
    let scene = Scene::new().await;
    callee(&scene, "busy");
    dial(&scene, make).await;
    ended_as(&scene, CardPhase::Busy, CallResult::Busy).await;
}

async fn my_phone_is_busy(make: Make) {
    let scene = Scene::new().await;
    callee(&scene, "answer");
    dial(&scene, make).await;
    scene.pick_up(ME).await;
    scene.screens.until_card(Some(CALLED), CardPhase::Talking).await;
    scene.call(make, OTHER, Uuid::new_v4()).await.expect("it is placed");
    let card = scene.screens.until_card(Some(OTHER), CardPhase::OwnPhoneBusy).await;
    assert!(card.can_call, "it offers to try again");
    scene.hang_up(ME);
    scene
        .desk
        .call_back(CallBackRequest { command: Uuid::new_v4().to_string(), call: card.call })
        .await
        .expect("placed");
    scene.screens.until_card(Some(OTHER), CardPhase::PickUpYourPhone).await;
}

async fn they_cannot_be_reached(make: Make) {
    let scene = Scene::new().await;
    callee(&scene, "unreachable");
    dial(&scene, make).await;
    let row = scene.row(Some(CALLED), |row| row.state == CallState::Ended).await;
    assert!(matches!(row.result, Some(CallResult::Failed | CallResult::NoAnswer)), "{:?}", row.result);
    assert_eq!(row.talk_ms, None);
    assert!(!scene.screens.record().story(Some(CALLED)).contains(&CardPhase::Talking));
}

/// Most PBXs do not say who gave up before both talked.
async fn i_hang_up_during_the_prompt(make: Make) {
    let scene = Scene::new().await;
    scene.play(make, &format!(r#"{{"callee":"{CALLED}","does":"answer","ring":"600s"}}"#));
    dial(&scene, make).await;
    scene.pick_up(ME).await;
    scene.hang_up(ME);
    // These say that it was I who gave up.
    let (phase, result) = if [Make::ZADARMA, Make::NOVOFON, Make::ERA].contains(&make) {
        (CardPhase::Cancelled, CallResult::Cancelled)
    } else {
        (CardPhase::NoAnswer, CallResult::NoAnswer)
    };
    ended_as(&scene, phase, result).await;
}

async fn two_clicks_are_one_call(make: Make) {
    let scene = Scene::new().await;
    callee(&scene, "answer");
    let mut phones = scene.simulator.phones().subscribe();
    let command = Uuid::new_v4();
    let (first, second) = tokio::join!(scene.call(make, CALLED, command), scene.call(make, CALLED, command));
    assert_eq!(first.expect("it is placed").call, second.expect("it is known").call);
    scene.pick_up(ME).await;
    scene.screens.until_card(Some(CALLED), CardPhase::Talking).await;
    let third = scene.call(make, CALLED, command).await;
    scene.hang_up(ME);
    ended_as(&scene, CardPhase::Ended, CallResult::Answered).await;
    assert!(third.is_ok(), "{third:?}");
    let changes = std::iter::from_fn(|| phones.try_recv().ok());
    assert_eq!(changes.filter(|phone| phone.state == PhoneState::Ringing).count(), 1);
}

async fn a_colleague_clicks_my_number(make: Make) {
    let scene = Scene::new().await;
    scene.call_of_colleague(make, "201", ME).await;
    scene.pick_up("201").await;
    let card = scene.screens.until_card(Some("201"), CardPhase::Ringing).await;
    assert_eq!((card.direction, card.party.name.as_deref()), (Direction::Internal, Some("Ирина Соколова")));
    scene.pick_up(ME).await;
    scene.screens.until_card(Some("201"), CardPhase::Talking).await;
    scene.hang_up(ME);
    scene.screens.until_card(Some("201"), CardPhase::Ended).await;
    let story = scene.screens.record().story(Some("201"));
    assert_eq!(story, [CardPhase::Ringing, CardPhase::Talking, CardPhase::Ended], "never a call of mine");
}

async fn a_call_that_the_pbx_cannot_be_asked_for(make: Make) {
    let scene = Scene::new().await;
    scene.fault(Fault::Down(Some(make)));
    if let Err(error) = scene.call(make, CALLED, Uuid::new_v4()).await {
        assert!(matches!(error.code, ErrorCode::Unreachable | ErrorCode::UnknownOutcome), "{error:?}");
    }
    let failed = |phase| matches!(phase, CardPhase::Failed | CardPhase::UnknownOutcome);
    let said = |record: &Record| record.card(Some(CALLED)).is_some_and(|card| failed(card.phase));
    scene.screens.until("it failed", said).await;
    assert!(scene.simulator.phones().views().iter().all(|phone| phone.state == PhoneState::Idle));
}
