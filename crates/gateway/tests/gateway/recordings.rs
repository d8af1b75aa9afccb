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
        ("bytes=0-18446744073709551615", 0, total - 1),
    ];
    for (range, start, end) in ranges {
        let part = rig.ask("GET", &token, &path, &[("Range", range)], b"").await;
        assert_eq!(part.status, 206, "{range}");
        assert_eq!(part.header("content-range"), Some(format!("bytes {start}-{end}/{total}").as_str()), "{range}");
        assert!(part.body == MP3[start..=end], "{range}");
    }
    for beyond in [format!("bytes={total}-"), format!("bytes={0}-{0}", u64::MAX), "bytes=-0".to_owned()] {
        let refused = rig.ask("GET", &token, &path, &[("Range", &beyond)], b"").await;
        assert_eq!(refused.status, 416, "{beyond}");
        assert_eq!(refused.header("content-range"), Some(format!("bytes */{total}").as_str()), "{beyond}");
    }
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
    let asked = *vendor.asked.lock().expect("unpoisoned");
    *vendor.recording.lock().expect("unpoisoned") = Kept::There;
    for path in [path.clone(), format!("{path}/peaks")] {
        assert_eq!(rig.get(&token, &path).await.status, 410, "{path}");
    }
    assert_eq!(*vendor.asked.lock().expect("unpoisoned"), asked, "the PBX is left alone for a while");
}

#[tokio::test]
async fn what_is_here_of_a_recording_is_given_while_the_rest_is_on_its_way() {
    let (vendor, base) = Vendor::start().await;
    *vendor.recording.lock().expect("unpoisoned") = Kept::Half;
    let (rig, path) = with_recording(base).await;
    let half = MP3.len() / 2;
    for (range, start) in [("bytes=100-999999", 100), ("bytes=100-18446744073709551615", 100), ("bytes=7-", 7)] {
        let part = rig.ask("GET", &rig.manager().await, &path, &[("Range", range)], b"").await;
        assert_eq!(part.status, 206, "{range}");
        let end = start + part.body.len();
        assert!(start < end && end <= half, "{range}: {end}");
        assert_eq!(part.header("content-range"), Some(format!("bytes {start}-{}/*", end - 1).as_str()), "{range}");
        assert!(part.body == MP3[start..end], "{range}");
    }
}

#[tokio::test]
async fn a_recording_that_is_damaged_on_the_disk_is_fetched_again_at_once() {
    let (vendor, base) = Vendor::start().await;
    let (rig, path) = with_recording(base).await;
    let token = rig.manager().await;
    assert_eq!(rig.get(&token, &path).await.status, 200);
    let damage = |cut: bool| {
        let files = std::fs::read_dir(rig.folder.path().join("recordings")).expect("a folder");
        let mut files = files.map(|file| file.expect("a file").path());
        let file = files.find(|file| file.extension().is_some_and(|kind| kind == "rec")).expect("is cached");
        let mut bytes = std::fs::read(&file).expect("is read");
        match cut {
            true => bytes.truncate(bytes.len() / 2),
            false => bytes[1000] ^= 1,
        }
        std::fs::write(&file, bytes).expect("is written");
    };
    for (cut, times) in [(true, 2), (false, 3)] {
        damage(cut);
        let again = rig.get(&token, &path).await;
        assert_eq!(again.status, 200, "{}", again.text());
        assert!(again.body == MP3, "byte for byte");
        assert_eq!(*vendor.fetched.lock().expect("unpoisoned"), times);
    }
    // Its shape was worked out when it was fetched, so nobody reads the bytes for it.
    damage(false);
    let peaks = rig.get(&token, &format!("{path}/peaks")).await;
    assert_eq!((peaks.status, &peaks.json()["bytes"]), (200, &MP3.len().into()));
    assert_eq!(*vendor.fetched.lock().expect("unpoisoned"), 3);
}

#[tokio::test]
async fn a_vendor_that_is_asked_too_often_says_when_it_may_be_asked_again() {
    let (vendor, base) = Vendor::start().await;
    *vendor.recording.lock().expect("unpoisoned") = Kept::Busy;
    let (rig, path) = with_recording(base).await;
    let answer = rig.get(&rig.manager().await, &path).await;
    // What is left of the 42 s that the vendor named.
    let left = answer.json()["retryAfterMs"].as_u64().expect("a number");
    assert_eq!((answer.status, left <= 42_000), (429, true), "{left}");
    assert_eq!(answer.header("retry-after"), Some(left.div_ceil(1000).to_string().as_str()));
}

#[tokio::test]
async fn a_vendor_that_does_not_answer_is_told_apart_from_a_missing_recording() {
    let (rig, path) = with_recording("http://127.0.0.1:9".parse().expect("a URL")).await;
    let answer = rig.get(&rig.manager().await, &path).await;
    assert_eq!((answer.status, &answer.json()["error"]), (502, &serde_json::json!("unreachable")));
}
