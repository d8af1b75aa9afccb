//! RingCloud over a socket: what goes out, how often, and what a check says of a key.

use calls::{Ability, Can, Cannot, CommandAnswer, CommandId, RecordingReference};
use futures_util::StreamExt;
use pbx::{CheckReason, ErrorKind};
use uuid::Uuid;

use crate::support::{FakePbx, Reply, driver};

const COMMAND: CommandId = CommandId(Uuid::from_u128(7));
const OK: &str = r#"{"status":"success","message":null,"data":[]}"#;
const NO: &str = r#"{"status":"error","message":"Access denied","data":null}"#;

/// The path without key and hash.
fn path(line: &str) -> &str {
    line.split('?').next().unwrap_or_default()
}

#[tokio::test]
async fn a_call_is_placed_by_user_name_and_a_second_within_the_minute_is_refused() {
    let pbx = FakePbx::start(|seen, _| match path(&seen.line) {
        "GET /v1/users" => Reply::json(200, r#"{"status":"success","message":null,"data":["111111","222222"]}"#),
        "GET /v1/users/111111" => Reply::json(200, r#"{"status":"success","data":{"user":"111111","num":401}}"#),
        "GET /v1/users/222222" => Reply::json(200, r#"{"status":"success","data":{"user":"222222","num":402}}"#),
        "POST /v1/calls" => Reply::json(200, r#"{"status":"success","message":null,"data":null}"#),
        other => panic!("{other}"),
    })
    .await;
    let (driver, journal) = driver(pbx::ringcloud::MAKE, &pbx);
    let placed = driver.originate(COMMAND, "402", "+79101234567").await;
    assert_eq!(placed, CommandAnswer::Accepted { command: COMMAND, vendor_call: None, doubt: None });
    let asked: Vec<String> = pbx.lines().iter().map(|line| path(line).to_owned()).collect();
    assert_eq!(asked, ["GET /v1/users", "GET /v1/users/111111", "GET /v1/users/222222", "POST /v1/calls"]);
    let CommandAnswer::Rejected { reason, .. } = driver.originate(COMMAND, "401", "+79107654321").await else {
        panic!("it would be placed late, or refused by the PBX")
    };
    assert!(reason.starts_with("RingCloud accepts one call a minute with this key; try again in"), "{reason}");
    assert_eq!(pbx.lines().len(), 4, "nothing was sent");
    let kept = format!("{:?}", journal.entries());
    assert!(!kept.contains("api_key") && !kept.contains("hash="), "{kept}");
}

#[tokio::test]
async fn the_check_names_the_right_that_a_key_lacks_and_tells_it_from_a_wrong_key() {
    let check = |refused: &'static [&'static str]| async move {
        let pbx = FakePbx::start(move |seen, _| {
            let is_refused = refused.iter().any(|part| path(&seen.line).contains(part));
            if is_refused { Reply::json(403, NO) } else { Reply::json(200, OK) }
        })
        .await;
        let (driver, _) = driver(pbx::ringcloud::MAKE, &pbx);
        driver.check().await
    };
    let works = check(&[]).await;
    assert_eq!((works.ok, works.reason), (true, CheckReason::Works));
    let poor = check(&["balance", "users"]).await;
    assert_eq!((poor.ok, poor.reason), (true, CheckReason::Works));
    assert!(poor.detail.ends_with("lacks the right to read the balance and to read users"), "{}", poor.detail);
    let useless = check(&["calls"]).await;
    assert_eq!((useless.ok, useless.reason), (false, CheckReason::NotAdmitted));
    assert!(useless.detail.ends_with("lacks the right to read calls"), "{}", useless.detail);
    let wrong = check(&["v1"]).await;
    assert_eq!((wrong.ok, wrong.reason), (false, CheckReason::WrongCredentials));
    assert!(wrong.detail.contains("Access denied"), "{}", wrong.detail);
}

#[tokio::test]
async fn a_recording_is_bytes_and_nothing_else() {
    let fetch = |reply: fn() -> Reply| async move {
        let pbx = FakePbx::start(move |_, _| reply()).await;
        let (driver, _) = driver(pbx::ringcloud::MAKE, &pbx);
        let reference = RecordingReference::Id("v1/users/111111/records/1.mp3".to_owned());
        let download = driver.recording("call", &reference).await.map_err(|error| error.kind())?;
        let mut stream = download.stream;
        let mut bytes = Vec::new();
        while let Some(chunk) = stream.next().await {
            bytes.extend_from_slice(&chunk.map_err(|error| error.kind())?);
        }
        Ok::<Vec<u8>, ErrorKind>(bytes)
    };
    let audio = fetch(|| Reply::Answer(200, "audio/mpeg", b"ID3 a recording".to_vec())).await;
    assert_eq!(audio.as_deref(), Ok(b"ID3 a recording".as_slice()));
    for (reply, kind) in [
        (fetch(|| Reply::Answer(200, "audio/mpeg", Vec::new())).await, ErrorKind::NotReady),
        (fetch(|| Reply::Answer(404, "text/html", Vec::new())).await, ErrorKind::NotReady),
        (fetch(|| Reply::Answer(500, "text/html", Vec::new())).await, ErrorKind::Internal),
        (fetch(|| Reply::Answer(200, "text/html", b"<html>sign in</html>".to_vec())).await, ErrorKind::NotAudio),
    ] {
        assert_eq!(reply, Err(kind));
    }
}

#[tokio::test]
async fn a_key_that_may_only_read_hides_that_it_cannot_place_calls() {
    let pbx = FakePbx::start(|seen, _| match path(&seen.line) {
        "GET /v1/users" => Reply::json(200, r#"{"status":"success","data":[{"user":"111111","num":"401"}]}"#),
        "POST /v1/calls" => Reply::json(403, NO),
        _ => Reply::json(200, OK),
    })
    .await;
    let (driver, _) = driver(pbx::ringcloud::MAKE, &pbx);
    assert_eq!(driver.abilities(None).of(Ability::Originate), Can::Yes);
    let CommandAnswer::Rejected { reason, .. } = driver.originate(COMMAND, "401", "+79101234567").await else {
        panic!()
    };
    assert!(reason.contains("lacks the right") && reason.contains("Access denied"), "{reason}");
    assert_eq!(driver.abilities(Some("401")).of(Ability::Originate), Can::No(Cannot::NoRight));
    let report = driver.check().await;
    assert!(report.ok, "one forbidden request is no wrong key: {}", report.detail);
    let again = driver.originate(COMMAND, "401", "+79101234567").await;
    assert!(matches!(again, CommandAnswer::Rejected { .. }), "{again:?}");
    assert_eq!(pbx.lines().iter().filter(|line| line.starts_with("POST")).count(), 1, "not asked again");
}
