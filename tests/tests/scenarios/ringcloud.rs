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
async fn a_missed_call_is_missed_in_each_of_the_spellings_of_no_recording() {
    for reading in [&[][..], &[Reading::NONE_AS_TEXT], &[Reading::NONE_IN_PATH]] {
        let scene = Scene::polled(reading).await;
        scene.play(MAKE, r#"{"call":"missed","from":"+79161234567","agent":"202","ring":"240s"}"#);
        let row = scene.row(Some(CALLER), |row| row.result.is_some()).await;
        assert_eq!((row.result, &row.recording), (Some(CallResult::Missed), &None), "{reading:?}");
        assert_eq!(scene.list(CallFilter::Missed).await.len(), 1, "{reading:?}");
    }
}

#[tokio::test]
async fn a_call_is_the_same_one_however_its_rows_name_the_employee_and_the_time() {
    for reading in [
        Reading::ROWS_BY_USER_NAME,
        Reading::ROWS_BY_SIP_NAME,
        Reading::ROWS_TO_LINE,
        Reading::TIMES_UNIX,
        Reading::TIMES_ISO,
        Reading::TIMES_UTC,
        Reading::ROWS_LATE,
        Reading::REC_FILE_WITH_SLASH,
    ] {
        answered(&Scene::polled(&[reading]).await).await;
    }
}

#[tokio::test]
async fn phones_with_a_row_each_are_one_call_and_none_is_missed() {
    for readings in [&[Reading::ROW_PER_PHONE][..], &[Reading::ROW_PER_PHONE, Reading::ROWS_BY_USER_NAME]] {
        let scene = Scene::polled(readings).await;
        scene.play(MAKE, r#"{"call":"group","from":"+79161234567","rings":["201","202","203"],"answers":"203","ring":"60s","talk":"360s"}"#);
        let row = scene.row(Some(CALLER), |row| row.result.is_some_and(|result| result != CallResult::Missed)).await;
        assert_eq!((row.result, row.direction), (Some(CallResult::AnsweredElsewhere), Direction::Incoming));
        assert_eq!((scene.list(CallFilter::All).await.len(), scene.list(CallFilter::Missed).await.len()), (1, 0));
        scene.play(MAKE, r#"{"call":"missed","from":"+79161234568","agent":"202","ring":"240s"}"#);
        scene.row(Some("+79161234568"), |row| row.result == Some(CallResult::Missed)).await;
        assert_eq!(scene.list(CallFilter::All).await.len(), 2);
    }
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

#[tokio::test]
async fn click_to_call_is_one_call_where_the_employee_has_a_row_of_his_own_first() {
    let scene = Scene::polled(&[Reading::AGENT_FIRST_ROW]).await;
    scene.call(MAKE, "+79001234567", Uuid::new_v4()).await.expect("it is placed");
    scene.row(Some("+79001234567"), |row| row.result == Some(CallResult::Answered)).await;
    assert_eq!(scene.list(CallFilter::All).await.len(), 1);
}

#[tokio::test]
async fn limits_days_and_users_in_their_other_readings() {
    for reading in [
        Reading::MINUTE_BY_CALENDAR,
        Reading::REFUSAL_RESTARTS,
        Reading::DAYS_BY_CALENDAR,
        Reading::USERS_AS_OBJECTS,
        Reading::DOWNLOADS_FREE,
    ] {
        let scene = Scene::polled(&[reading]).await;
        scene.call(MAKE, "+79001234567", Uuid::new_v4()).await.expect("it is placed");
        scene.row(Some("+79001234567"), |row| row.result == Some(CallResult::Answered)).await;
        answered_beside(&scene, 1).await;
    }
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
