//! Recordings over HTTP: whole, in ranges, and what is not there.

use jiff::Timestamp;

use crate::{
    events::{answered_call, call_id},
    rig::{Rig, Setup},
    vendor::{Kept, MP3, Vendor},
};

/// A rig with one ended call, and the path of its recording.
pub(crate) async fn with_recording(vendor: url::Url) -> (Rig, String) {
    let rig = Rig::with(Setup { vendor, ..Setup::default() }).await;
    rig.tell(&answered_call("s1", "101", Timestamp::now())).await;
    let call = rig.get(&rig.manager().await, &format!("/v1/calls/{}", call_id("s1"))).await.json();
    let id = call["recordings"][0]["id"].as_str().expect("a recording").to_owned();
    (rig, format!("/v1/recordings/{id}"))
}

#[tokio::test]
async fn a_recording_is_fetched_once_and_given_whole_and_in_ranges() {
    let (vendor, base) = Vendor::start().await;
    let (rig, path) = with_recording(base).await;
    let token = rig.agent("101").await;
    let whole = rig.get(&token, &path).await;
    assert_eq!((whole.status, whole.header("content-type")), (200, Some("audio/mpeg")));
    assert!(whole.body == MP3, "byte for byte");

    let total = MP3.len();
    let ranges = [
        ("bytes=0-99", 0, 99),
        ("bytes=1000-1999", 1000, 1999),
        ("bytes=40000-", 40_000, total - 1),
        ("bytes=-500", total - 500, total - 1),
        ("bytes=45000-9999999", 45_000, total - 1),
    ];
    for (range, start, end) in ranges {
        let part = rig.ask("GET", &token, &path, &[("Range", range)], b"").await;
        assert_eq!(part.status, 206, "{range}");
        assert_eq!(part.header("content-range"), Some(format!("bytes {start}-{end}/{total}").as_str()), "{range}");
        assert!(part.body == MP3[start..=end], "{range}");
    }
    let beyond = format!("bytes={total}-");
    assert_eq!(rig.ask("GET", &token, &path, &[("Range", &beyond)], b"").await.status, 416);
    let peaks = rig.get(&token, &format!("{path}/peaks")).await.json();
    assert_eq!(peaks["lanes"].as_array().expect("lanes").len(), 2);
    assert_eq!(peaks["bytes"], total);
    assert_eq!(*vendor.fetched.lock().expect("unpoisoned"), 1);
}

#[tokio::test]
async fn a_recording_of_somebody_else_or_of_none_is_not_there() {
    let (_vendor, base) = Vendor::start().await;
    let (rig, path) = with_recording(base).await;
    let other = rig.agent("102").await;
    for path in [path.clone(), format!("{path}/peaks"), "/v1/recordings/x".to_owned()] {
        assert_eq!(rig.get(&other, &path).await.status, 404, "{path}");
    }
    let unknown = format!("/v1/recordings/{}", call_id("nothing"));
    assert_eq!(rig.get(&rig.manager().await, &unknown).await.status, 404);
}

#[tokio::test]
async fn a_recording_that_is_not_ready_is_asked_for_again_and_one_that_is_gone_is_not() {
    let (vendor, base) = Vendor::start().await;
    let (rig, path) = with_recording(base).await;
    let token = rig.manager().await;
    *vendor.recording.lock().expect("unpoisoned") = Kept::NotYet;
    for path in [path.clone(), format!("{path}/peaks")] {
        let answer = rig.get(&token, &path).await;
        assert_eq!((answer.status, &answer.json()["error"]), (202, &serde_json::json!("notReady")), "{path}");
        let seconds: u64 = answer.header("retry-after").and_then(|wait| wait.parse().ok()).expect("says when");
        assert_eq!(answer.json()["retryAfterMs"], seconds * 1000);
    }
    *vendor.recording.lock().expect("unpoisoned") = Kept::NoMore;
    assert_eq!(rig.get(&token, &path).await.status, 410);
    *vendor.recording.lock().expect("unpoisoned") = Kept::There;
    assert_eq!(rig.get(&token, &path).await.status, 200);
}

#[tokio::test]
async fn a_vendor_that_does_not_answer_is_told_apart_from_a_missing_recording() {
    let (rig, path) = with_recording("http://127.0.0.1:9".parse().expect("a URL")).await;
    let answer = rig.get(&rig.manager().await, &path).await;
    assert_eq!((answer.status, &answer.json()["error"]), (502, &serde_json::json!("unreachable")));
}
