//! RingCloud, which is asked again and again: its calls come late, and in more than one spelling.

use calls::{CallResult, CallState, Direction};
use desk::contract::{CallFilter, OpenRecordingRequest};
use simulator::{Fault, Make, Reading};
use uuid::Uuid;

use crate::scene::{Scene, eventually};

const MAKE: Make = Make::RINGCLOUD;
const CALLER: &str = "+79161234567";
const ANSWERED: &str =
    r#"{"call":"answered","from":"+79161234567","answers":"202","ring":"120s","talk":"360s","record":true}"#;

/// One call, over, as its only row has it.
async fn answered(scene: &Scene) {
    answered_beside(scene, 0).await;
}

/// One call, over, as its row has it beside so many of others.
async fn answered_beside(scene: &Scene, others: usize) {
    scene.play(MAKE, ANSWERED);
    let row = scene.row(Some(CALLER), |row| row.result.is_some() && row.recording.is_some()).await;
    assert_eq!((row.result, row.direction), (Some(CallResult::Answered), Direction::Incoming));
    let rows = scene.list(CallFilter::All).await;
    assert_eq!(rows.len(), 1 + others, "{rows:#?}");
}

#[tokio::test]
async fn a_call_is_listed_while_it_goes_on_and_answered_once_it_has_ended() {
    let scene = Scene::polled(&[]).await;
    scene.play(MAKE, r#"{"call":"answered","from":"+79161234567","answers":"202","ring":"120s","talk":"600s"}"#);
    scene.row(Some(CALLER), |row| row.state != CallState::Ended).await;
    scene.row(Some(CALLER), |row| row.result == Some(CallResult::Answered)).await;
    assert_eq!(scene.list(CallFilter::All).await.len(), 1);
}

#[tokio::test]
async fn a_missed_call_is_missed() {
    missed_under(&[]).await;
}

async fn missed_under(readings: &[Reading]) {
    let scene = Scene::polled(readings).await;
    scene.play(MAKE, r#"{"call":"missed","from":"+79161234567","agent":"202","ring":"240s"}"#);
    let row = scene.row(Some(CALLER), |row| row.result.is_some()).await;
    assert_eq!((row.result, &row.recording), (Some(CallResult::Missed), &None));
    assert_eq!(scene.list(CallFilter::Missed).await.len(), 1);
}

async fn answered_under(readings: &[Reading]) {
    answered(&Scene::polled(readings).await).await;
}

under_readings! {
    no_recording_as_a_text: [NONE_AS_TEXT] => missed_under;
    no_recording_as_the_end_of_a_path: [NONE_IN_PATH] => missed_under;
    rows_that_name_the_user: [ROWS_BY_USER_NAME] => answered_under;
    rows_that_name_the_phone: [ROWS_BY_SIP_NAME] => answered_under;
    rows_that_name_the_line: [ROWS_TO_LINE] => answered_under;
    times_in_seconds: [TIMES_UNIX] => answered_under;
    times_with_their_offset: [TIMES_ISO] => answered_under;
    times_in_utc: [TIMES_UTC] => answered_under;
    rows_that_come_late: [ROWS_LATE] => answered_under;
    recordings_whose_path_begins_with_a_slash: [REC_FILE_WITH_SLASH] => answered_under;
    phones_with_a_row_each: [ROW_PER_PHONE] => rung_together_under;
    phones_with_a_row_each_that_names_the_user: [ROW_PER_PHONE, ROWS_BY_USER_NAME] => rung_together_under;
    a_row_of_the_employees_own_before_his_call: [AGENT_FIRST_ROW] => placed_under;
    a_minute_of_the_calendar: [MINUTE_BY_CALENDAR] => placed_and_answered_under;
    a_refusal_that_begins_the_minute_again: [REFUSAL_RESTARTS] => placed_and_answered_under;
    days_of_the_calendar: [DAYS_BY_CALENDAR] => placed_and_answered_under;
    users_as_objects: [USERS_AS_OBJECTS] => placed_and_answered_under;
    downloads_without_a_limit: [DOWNLOADS_FREE] => placed_and_answered_under;
}

/// Several phones ring for one call, which a colleague answers: nobody has missed it.
async fn rung_together_under(readings: &[Reading]) {
    let scene = Scene::polled(readings).await;
    scene.play(MAKE, r#"{"call":"group","from":"+79161234567","rings":["201","202","203"],"answers":"203","ring":"60s","talk":"360s"}"#);
    let row = scene.row(Some(CALLER), |row| row.result.is_some_and(|result| result != CallResult::Missed)).await;
    assert_eq!((row.result, row.direction), (Some(CallResult::AnsweredElsewhere), Direction::Incoming));
    assert_eq!((scene.list(CallFilter::All).await.len(), scene.list(CallFilter::Missed).await.len()), (1, 0));
    scene.play(MAKE, r#"{"call":"missed","from":"+79161234568","agent":"202","ring":"240s"}"#);
    scene.row(Some("+79161234568"), |row| row.result == Some(CallResult::Missed)).await;
    assert_eq!(scene.list(CallFilter::All).await.len(), 2);
}

#[tokio::test]
async fn click_to_call_is_one_call() {
    let scene = Scene::polled(&[]).await;
    scene.call(MAKE, "+79001234567", Uuid::new_v4()).await.expect("it is placed");
    let row = scene.row(Some("+79001234567"), |row| row.result.is_some()).await;
    assert_eq!((row.result, row.direction), (Some(CallResult::Answered), Direction::Outgoing));
    assert_eq!((scene.list(CallFilter::All).await.len(), scene.simulator.calls_asked_for().len()), (1, 1));
}

#[tokio::test]
async fn a_key_that_may_only_read_places_no_call() {
    let scene = Scene::polled(&[]).await;
    scene.fault(Fault::ReadOnly);
    scene.call(MAKE, "+79001234567", Uuid::new_v4()).await.expect("it is tried");
    let row = scene.row(Some("+79001234567"), |row| row.result.is_some()).await;
    assert_eq!((row.result, row.talk_ms), (Some(CallResult::Failed), None));
    assert!(scene.simulator.calls_asked_for().is_empty());
    scene.play(MAKE, ANSWERED);
    scene.row(Some(CALLER), |row| row.result == Some(CallResult::Answered)).await;
}

async fn placed_under(readings: &[Reading]) -> Scene {
    let scene = Scene::polled(readings).await;
    scene.call(MAKE, "+79001234567", Uuid::new_v4()).await.expect("it is placed");
    scene.row(Some("+79001234567"), |row| row.result == Some(CallResult::Answered)).await;
    assert_eq!(scene.list(CallFilter::All).await.len(), 1);
    scene
}

async fn placed_and_answered_under(readings: &[Reading]) {
    answered_beside(&placed_under(readings).await, 1).await;
}

#[tokio::test]
async fn the_balance_is_shown_to_who_looks_after_the_account() {
    let scene = Scene::polled(&[]).await;
    scene
        .screens
        .until_connection(MAKE, "its balance", |row| row.balance.as_ref().is_some_and(|it| it.amount == "1500.25"))
        .await;
}

#[tokio::test]
async fn a_recording_is_played() {
    let scene = Scene::polled(&[]).await;
    answered(&scene).await;
    let row = scene.row(Some(CALLER), |row| row.recording.is_some()).await;
    let recording = row.recording.expect("it is recorded").id;
    let request = || OpenRecordingRequest { call: row.call.clone(), recording: recording.clone() };
    let view = eventually("it can be played", async || scene.desk.open_recording(request()).await.ok()).await;
    assert_eq!(view.mime, "audio/mpeg");
}
