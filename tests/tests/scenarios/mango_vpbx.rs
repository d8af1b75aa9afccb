//! MANGO's VPBX API alone: calls, callbacks, transfers and recordings from the vendor's bytes to the desk.

use calls::{CallResult, CallState, Direction};
use desk::contract::{CallAction, CallFilter, CardPhase, OpenRecordingRequest};
use link::{ByteRange, wire::RecordingState};
use simulator::{Make, Reading};
use uuid::Uuid;

use crate::{
    call_actions::{press, talking_in},
    scene::{Scene, eventually},
    settings::{ME, OFFICE},
};

const MAKE: Make = Make::MANGO_VPBX;
const NUMBER: &str = "+79161234567";

async fn scene() -> Scene {
    Scene::alone(MAKE, &[]).await
}

/// A click, a hold and a hang-up are each confirmed by what happens, whatever is answered and whether or not the result is
/// posted.
async fn commanded_under(readings: &[Reading]) {
    a_click(&Scene::alone(MAKE, readings).await).await;
    let scene = Scene::reading(readings, &[]).await;
    let (scene, row) = talking_in(scene, MAKE).await;
    for (action, state) in [(CallAction::Hold, CallState::OnHold), (CallAction::Hangup, CallState::Ended)] {
        assert_eq!(press(&scene, &row, action.clone()).await, Ok(()), "{action:?}");
        scene.row(Some(NUMBER), |row| row.state == state).await;
    }
}

under_readings! {
    commands_that_are_answered_with_0: [COMMANDS_ANSWER_0] => commanded_under;
    results_that_are_not_posted: [RESULTS_ARE_ASKED_FOR] => commanded_under;
    commands_that_are_answered_with_0_and_nothing_more: [COMMANDS_ANSWER_0, RESULTS_ARE_ASKED_FOR] => commanded_under;
}

#[tokio::test]
async fn a_call_rings_talks_ends_and_its_recording_is_played() {
    let scene = scene().await;
    scene.play(
        MAKE,
        r#"{"call":"answered","from":"+79161234567","ring":"600s","talk":"600s","record":true,"recording":"en"}"#,
    );
    let card = scene.screens.until_card(Some(NUMBER), CardPhase::Ringing).await;
    let line = scene.simulator.staff().lines.iter().find(|line| line.make == MAKE).expect("each make has a line");
    assert_eq!((card.direction, card.line.as_ref()), (Direction::Incoming, Some(&line.title)));
    scene.pick_up(ME).await;
    scene.screens.until_card(Some(NUMBER), CardPhase::Talking).await;
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    scene.hang_up(ME);
    let row = scene.row(Some(NUMBER), |row| {
        let ready = row.recording.as_ref().is_some_and(|recording| recording.state == RecordingState::Ready);
        row.state == CallState::Ended && ready
    });
    let row = row.await;
    assert_eq!((row.result, row.direction), (Some(CallResult::Answered), Direction::Incoming));
    assert_eq!(scene.screens.record().cards_of(Some(NUMBER)), 1);
    let recording = row.recording.as_ref().expect("it is recorded").id.clone();
    let request = || OpenRecordingRequest { call: row.call.clone(), recording: recording.clone() };
    let view = eventually("it can be played", async || scene.desk.open_recording(request()).await.ok()).await;
    assert_eq!(view.mime, "audio/mpeg");
    assert!(scene.desk.recording_bytes(OFFICE, &view.id, ByteRange { start: 0, end: None }).await.is_ok());
}

#[tokio::test]
async fn a_missed_call_is_missed_once() {
    let scene = scene().await;
    scene.play(MAKE, r#"{"call":"missed","from":"+79161234567","ring":"20s","menu":"5s"}"#);
    scene.screens.until_card(Some(NUMBER), CardPhase::Missed).await;
    let row = scene.row(Some(NUMBER), |row| row.state == CallState::Ended).await;
    assert_eq!(row.result, Some(CallResult::Missed));
    assert_eq!(scene.list(CallFilter::All).await.len(), 1);
}

#[tokio::test]
async fn a_click_is_one_outgoing_call() {
    a_click(&scene().await).await;
}

async fn a_click(scene: &Scene) {
    scene.play(MAKE, r#"{"callee":"+79161234567","does":"answer","ring":"10s","talk":"600s"}"#);
    let placed = scene.call(MAKE, NUMBER, Uuid::new_v4()).await.expect("it is placed");
    let card = scene.screens.until_card(Some(NUMBER), CardPhase::PickUpYourPhone).await;
    assert_eq!((card.call, card.direction), (placed.call, Direction::Outgoing));
    scene.pick_up(ME).await;
    scene.screens.until_card(Some(NUMBER), CardPhase::Talking).await;
    scene.hang_up(ME);
    let row = scene.row(Some(NUMBER), |row| row.state == CallState::Ended).await;
    assert_eq!((row.result, row.direction), (Some(CallResult::Answered), Direction::Outgoing));
    assert_eq!(scene.list(CallFilter::All).await.len(), 1);
    assert!(!scene.screens.record().story(Some(NUMBER)).contains(&CardPhase::Ringing), "never incoming");
}

#[tokio::test]
async fn a_call_that_is_passed_on_ends_once() {
    for (call, is_answered) in [("transfer", true), ("transfer-consulted", true), ("transfer-unanswered", false)] {
        let scene = scene().await;
        let line =
            r#"{"call":"CALL","from":"+79161234567","rings":["202"],"transfer":"203","ring":"600s","talk":"40s"}"#;
        scene.play(MAKE, &line.replace("CALL", call));
        scene.pick_up(ME).await;
        if is_answered {
            scene.pick_up("203").await;
        }
        let row = scene.row(Some(NUMBER), |row| row.state == CallState::Ended).await;
        assert!(
            !matches!(row.result, None | Some(CallResult::Missed | CallResult::Unknown)),
            "{call}: {:?}",
            row.result
        );
        assert!(scene.list(CallFilter::Missed).await.is_empty(), "{call}");
    }
}
