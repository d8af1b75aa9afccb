//! Recordings: played, and everything that can be wrong with one.

use calls::CallState;
use desk::contract::{CallFilter, CallRow, ContractError, ErrorCode, OpenRecordingRequest, RecordingView};
use link::{ByteRange, wire::RecordingState};
use simulator::{Fault, Make};

use crate::{
    scene::{Scene, eventually},
    settings::OFFICE,
};

const CALLER: &str = "+79161234567";

on_all_makes!(
    Recordings: a_recording_is_played,
    a_recording_that_is_html,
    a_recording_that_is_empty,
    a_recording_that_breaks_off,
    a_recording_that_is_not_ready
);

fn is_ready(row: &CallRow) -> bool {
    row.recording.as_ref().is_some_and(|recording| recording.state == RecordingState::Ready)
}

/// A call with a recording, over.
async fn recorded(scene: &Scene, make: Make) -> CallRow {
    scene.play(
        make,
        r#"{"call":"answered","from":"+79161234567","ring":"2s","talk":"15s","record":true,"recording":"en"}"#,
    );
    scene.row(Some(CALLER), |row| row.state == CallState::Ended && is_ready(row)).await
}

async fn open(scene: &Scene, row: &CallRow) -> Result<RecordingView, ContractError> {
    let recording = row.recording.as_ref().expect("it is recorded").id.clone();
    scene.desk.open_recording(OpenRecordingRequest { call: row.call.clone(), recording }).await
}

/// It plays once the fault is gone.
async fn plays(scene: &Scene, row: &CallRow) -> RecordingView {
    let view = eventually("it can be played", async || open(scene, row).await.ok()).await;
    assert_eq!((view.mime.as_str(), view.lanes.len()), ("audio/mpeg", 2));
    assert!((15_000..16_000).contains(&view.duration_ms), "{} ms", view.duration_ms);
    let mut bytes = Vec::new();
    while bytes.len() < view.bytes as usize {
        let start = bytes.len() as u64;
        let range = ByteRange { start, end: Some(start + 9_999) };
        let part = scene.desk.recording_bytes(OFFICE, &view.id, range).await.expect("a piece");
        assert_eq!(part.start, start);
        bytes.extend_from_slice(&part.bytes);
    }
    assert_eq!(bytes.len(), view.bytes as usize);
    assert!(bytes.starts_with(b"ID3") || (bytes[0] == 0xFF && bytes[1] & 0xE0 == 0xE0), "MP3");
    view
}

async fn fails_then_plays(make: Make, fault: Fault, expected: ErrorCode) {
    fails_then_plays_in(&Scene::of(make).await, make, fault, expected).await;
}

pub(crate) async fn fails_then_plays_in(scene: &Scene, make: Make, fault: Fault, expected: ErrorCode) {
    let row = recorded(scene, make).await;
    scene.fault(fault);
    // The PBX may say for a moment more that it is still making the recording.
    let failed = async || open(scene, &row).await.err().filter(|error| error.code == expected);
    eventually(&format!("{expected:?}"), failed).await;
    scene.mend(fault);
    plays(scene, &row).await;
}

async fn a_recording_is_played(make: Make) {
    let scene = Scene::of(make).await;
    let row = recorded(&scene, make).await;
    let first = plays(&scene, &row).await;
    assert_eq!(scene.list(CallFilter::Recorded).await.len(), 1);
    // The second time it comes from here: the PBX may be gone.
    scene.fault(Fault::Down(Some(make)));
    assert_eq!(plays(&scene, &row).await, first);
}

async fn a_recording_that_is_html(make: Make) {
    fails_then_plays(make, Fault::RecordingHtml, ErrorCode::NotPlayable).await;
}

/// Nothing at all is what a PBX gives that has not finished.
async fn a_recording_that_is_empty(make: Make) {
    fails_then_plays(make, Fault::RecordingEmpty, ErrorCode::NotReady).await;
}

async fn a_recording_that_breaks_off(make: Make) {
    fails_then_plays(make, Fault::RecordingTruncated, ErrorCode::Unreachable).await;
}

async fn a_recording_that_is_not_ready(make: Make) {
    // MANGO's VPBX API has one word for a recording that is not there yet and for one that is there no more.
    let expected = if make == Make::MANGO_VPBX { ErrorCode::Gone } else { ErrorCode::NotReady };
    fails_then_plays(make, Fault::RecordingNotReady, expected).await;
}

/// The PBX gives a link that was used before; asking anew gives another.
#[tokio::test]
async fn a_link_that_was_used_already() {
    fails_then_plays(Make::ROSTELECOM, Fault::LinkUsed, ErrorCode::Gone).await;
}

#[tokio::test]
async fn a_call_without_a_recording_says_so() {
    let scene = Scene::new().await;
    scene.play(Make::ROSTELECOM, r#"{"call":"answered","from":"+79161234567","talk":"5s","record":false}"#);
    let row = scene.row(Some(CALLER), |row| row.state == CallState::Ended).await;
    let state = row.recording.map(|recording| recording.state);
    assert!(matches!(state, None | Some(RecordingState::NotRecorded)), "{state:?}");
}
