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

async fn answered_under(readings: &[Reading]) {
    answered(&scene(readings).await).await;
}

under_readings! {
    events_that_are_named_by_their_frames: [EVENT_NAMES_FRAME] => answered_under;
    events_that_are_named_inside: [EVENT_NAME_INSIDE] => answered_under;
    events_whose_class_and_type_stand_apart: [EVENT_CLASS_AND_TYPE] => answered_under;
    events_in_arrays: [EVENTS_IN_ARRAYS] => answered_under;
    addresses_that_name_logins: [URIS_BY_LOGIN] => answered_under;
    subscriptions_that_are_not_answered: [SUBSCRIBE_UNANSWERED] => answered_under;
    a_list_under_content: [CALLS_UNDER_CONTENT] => answered_under;
    click_to_call_that_is_answered_with_the_cid: [POST_ANSWERS_CID] => placed_under;
    click_to_call_that_is_answered_without_an_id: [POST_ANSWERS_NOTHING] => placed_under;
    click_to_call_in_two_calls: [CALLBACK_TWO_CIDS] => placed_under;
    click_to_call_in_two_calls_by_the_cid: [CALLBACK_TWO_CIDS, POST_ANSWERS_CID] => placed_under;
    click_to_call_in_two_calls_without_an_id: [CALLBACK_TWO_CIDS, POST_ANSWERS_NOTHING] => placed_under;
    a_question_whose_first_call_goes_on: [ATTENDED_KEEPS_FIRST] => |readings| passed_on("transfer-consulted", readings);
    a_question_after_which_nothing_tells_of_the_retrieval: [NO_UNHOLD] => |readings| passed_on("transfer-given-up", readings);
    recordings_that_name_no_call: [RECORD_INFO_WITHOUT_CID] => recorded_under;
    recordings_among_the_events_of_calls: [RECORD_INFO_WITH_CALLS] => recorded_under;
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
    recorded_under(&[]).await;
}

async fn recorded_under(readings: &[Reading]) {
    let scene = scene(readings).await;
    scene.play(MAKE, r#"{"call":"answered","from":"+79161234567","ring":"2s","talk":"15s","record":true}"#);
    scene.row(Some(CALLER), |row| row.result.is_some() && row.recording.is_some()).await;
    assert_eq!(scene.list(CallFilter::All).await.len(), 1);
}

async fn placed_under(readings: &[Reading]) {
    let scene = scene(readings).await;
    scene.call(MAKE, "+79001234567", Uuid::new_v4()).await.expect("it is placed");
    let card = scene.screens.until_card(Some("+79001234567"), CardPhase::PickUpYourPhone).await;
    assert_eq!(card.direction, Direction::Outgoing);
    scene.row(Some("+79001234567"), |row| row.result == Some(CallResult::Answered)).await;
    assert_eq!(scene.list(CallFilter::All).await.len(), 1);
    assert!(!scene.screens.record().story(Some("+79001234567")).contains(&CardPhase::Ringing), "never incoming");
}

#[tokio::test]
async fn a_call_that_is_passed_on_is_missed_by_nobody() {
    for scenario in ["transfer", "transfer-consulted", "transfer-given-up"] {
        passed_on(scenario, &[]).await;
    }
}

async fn passed_on(scenario: &str, readings: &[Reading]) {
    let scene = scene(readings).await;
    let line =
        format!(r#"{{"call":"{scenario}","from":"+79161234567","answers":"202","transfer":"203","talk":"20s"}}"#);
    scene.play(MAKE, &line);
    scene.screens.until_card(Some(CALLER), CardPhase::Talking).await;
    let ended = async || {
        let rows = scene.list(CallFilter::All).await;
        rows.iter().all(|row| row.state == CallState::Ended).then_some(())
    };
    eventually("everything has ended", ended).await;
    assert!(scene.list(CallFilter::Missed).await.is_empty(), "{scenario}");
    assert_eq!(scene.screens.record().cards_of(Some(CALLER)), 1, "{scenario}");
}
