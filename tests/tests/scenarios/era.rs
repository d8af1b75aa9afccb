//! Era in each of the ways in which its events may be framed and its calls be told.

use calls::{CallResult, CallState, Direction};
use desk::contract::{CallFilter, CardPhase, ConnectionState};
use simulator::{Fault, Make, Reading};
use uuid::Uuid;

use crate::scene::{Scene, eventually};

const MAKE: Make = Make::ERA;
const CALLER: &str = "+79161234567";

async fn scene(readings: &[Reading]) -> Scene {
    let scene = Scene::alone(MAKE, readings).await;
    scene.screens.until_connection(MAKE, "live", |row| row.state == ConnectionState::Live).await;
    scene
}

async fn answered(scene: &Scene) {
    scene.play(MAKE, r#"{"call":"answered","from":"+79161234567","ring":"600s","talk":"600s"}"#);
    scene.screens.until_card(Some(CALLER), CardPhase::Ringing).await;
    scene.pick_up("202").await;
    scene.screens.until_card(Some(CALLER), CardPhase::Talking).await;
    scene.hang_up("202");
    let row = scene.row(Some(CALLER), |row| row.state == CallState::Ended).await;
    assert_eq!((row.result, row.direction), (Some(CallResult::Answered), Direction::Incoming));
    scene.screens.until_card(Some(CALLER), CardPhase::Ended).await;
    let story = scene.screens.record().story(Some(CALLER));
    assert_eq!(story, [CardPhase::Ringing, CardPhase::Talking, CardPhase::Ended]);
    assert_eq!(scene.list(CallFilter::All).await.len(), 1);
}

#[tokio::test]
async fn a_call_that_i_answer() {
    answered(&scene(&[]).await).await;
}

#[tokio::test]
async fn events_in_each_of_their_frames() {
    for reading in [
        Reading::EVENT_NAMES_FRAME,
        Reading::EVENT_NAME_INSIDE,
        Reading::EVENT_CLASS_AND_TYPE,
        Reading::EVENTS_IN_ARRAYS,
        Reading::URIS_BY_LOGIN,
    ] {
        answered(&scene(&[reading]).await).await;
    }
}

#[tokio::test]
async fn events_that_come_twice_and_with_numbers_in_quotes() {
    let scene = scene(&[]).await;
    scene.fault(Fault::Duplicates);
    scene.fault(Fault::NumbersAsStrings);
    answered(&scene).await;
}

#[tokio::test]
async fn a_missed_call() {
    let scene = scene(&[]).await;
    scene.play(MAKE, r#"{"call":"missed","from":"+79161234567","ring":"20s"}"#);
    scene.screens.until_card(Some(CALLER), CardPhase::Missed).await;
    let row = scene.row(Some(CALLER), |row| row.state == CallState::Ended).await;
    assert_eq!((row.result, row.talk_ms), (Some(CallResult::Missed), None));
}

#[tokio::test]
async fn a_call_of_a_group_that_a_colleague_answers() {
    let scene = scene(&[]).await;
    let line = r#"{"call":"group","from":"+79161234567","rings":["201","202"],"ring":"600s","talk":"600s"}"#;
    scene.play(MAKE, line);
    scene.screens.until_card(Some(CALLER), CardPhase::Ringing).await;
    scene.pick_up("201").await;
    let card = scene.screens.until_card(Some(CALLER), CardPhase::AnsweredBy).await;
    assert_eq!(card.answered_by.as_deref(), Some("Ирина Соколова"));
    scene.hang_up("201");
    let row = scene.row(Some(CALLER), |row| row.state == CallState::Ended).await;
    assert_eq!((row.result, row.agent.as_deref()), (Some(CallResult::AnsweredElsewhere), Some("Ирина Соколова")));
}

#[tokio::test]
async fn click_to_call_is_one_call() {
    let scene = scene(&[]).await;
    scene.call(MAKE, "+79001234567", Uuid::new_v4()).await.expect("it is placed");
    let row = scene.row(Some("+79001234567"), |row| row.result.is_some()).await;
    assert_eq!((row.result, row.direction), (Some(CallResult::Answered), Direction::Outgoing));
    assert_eq!(scene.list(CallFilter::All).await.len(), 1);
}

#[tokio::test]
async fn a_recording_comes_after_the_talk() {
    let scene = scene(&[]).await;
    scene.play(MAKE, r#"{"call":"answered","from":"+79161234567","ring":"2s","talk":"15s","record":true}"#);
    scene.row(Some(CALLER), |row| row.result.is_some() && row.recording.is_some()).await;
}

#[tokio::test]
async fn click_to_call_is_one_call_whatever_its_answer_names() {
    for reading in [
        &[Reading::POST_ANSWERS_CID][..],
        &[Reading::POST_ANSWERS_NOTHING],
        &[Reading::CALLBACK_TWO_CIDS],
        &[Reading::CALLBACK_TWO_CIDS, Reading::POST_ANSWERS_CID],
        &[Reading::CALLBACK_TWO_CIDS, Reading::POST_ANSWERS_NOTHING],
    ] {
        let scene = scene(reading).await;
        scene.call(MAKE, "+79001234567", Uuid::new_v4()).await.expect("it is placed");
        let card = scene.screens.until_card(Some("+79001234567"), CardPhase::PickUpYourPhone).await;
        assert_eq!(card.direction, Direction::Outgoing, "{reading:?}");
        scene.row(Some("+79001234567"), |row| row.result == Some(CallResult::Answered)).await;
        assert_eq!(scene.list(CallFilter::All).await.len(), 1, "{reading:?}");
        let cards = scene.screens.record();
        assert!(!cards.story(Some("+79001234567")).contains(&CardPhase::Ringing), "never incoming: {reading:?}");
    }
}

#[tokio::test]
async fn a_call_that_is_passed_on_is_missed_by_nobody() {
    for (scenario, reading) in [
        ("transfer", &[][..]),
        ("transfer-consulted", &[]),
        ("transfer-consulted", &[Reading::ATTENDED_KEEPS_FIRST]),
        ("transfer-given-up", &[]),
        ("transfer-given-up", &[Reading::NO_UNHOLD]),
    ] {
        let scene = scene(reading).await;
        let line =
            format!(r#"{{"call":"{scenario}","from":"+79161234567","answers":"202","transfer":"203","talk":"20s"}}"#);
        scene.play(MAKE, &line);
        scene.screens.until_card(Some(CALLER), CardPhase::Talking).await;
        let ended = async || {
            let rows = scene.list(CallFilter::All).await;
            rows.iter().all(|row| row.state == CallState::Ended).then_some(())
        };
        eventually("everything has ended", ended).await;
        assert!(scene.list(CallFilter::Missed).await.is_empty(), "{scenario} {reading:?}");
        assert_eq!(scene.screens.record().cards_of(Some(CALLER)), 1, "{scenario} {reading:?}");
    }
}
