//! RingCloud over a socket: what goes out, how often, and what a check says of a key.

use std::time::Duration;

use calls::{Ability, Can, Cannot, CommandAnswer, CommandId, RecordingReference};
use futures_util::StreamExt;
use jiff::tz::TimeZone;
use pbx::{
    CheckReason, ErrorKind,
    query::{Query, UserChange},
};
use secrecy::SecretString;
use tokio::time::Instant;
use uuid::Uuid;

use crate::support::{FakePbx, Reply, driver, now};

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
    let placed = now(&driver).originate(COMMAND, "402", "+79101234567").await;
    assert_eq!(placed, CommandAnswer::Accepted { command: COMMAND, vendor_call: None, doubt: None });
    let asked: Vec<String> = pbx.lines().iter().map(|line| path(line).to_owned()).collect();
    assert_eq!(asked, ["GET /v1/users", "GET /v1/users/111111", "GET /v1/users/222222", "POST /v1/calls"]);
    let CommandAnswer::Rejected { reason, .. } = now(&driver).originate(COMMAND, "401", "+79107654321").await else {
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

/// So much time passes at once: a clock that stood still all the time would run on while an answer is on its way.
async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
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
    let CommandAnswer::Rejected { reason, .. } = now(&driver).originate(COMMAND, "401", "+79101234567").await else {
        panic!()
    };
    assert!(reason.contains("lacks the right") && reason.contains("Access denied"), "{reason}");
    assert_eq!(driver.abilities(Some("401")).of(Ability::Originate), Can::No(Cannot::NoRight));
    // The employees were asked for just now.
    pass(Duration::from_secs(62)).await;
    let report = driver.check().await;
    assert!(report.ok, "one forbidden request is no wrong key: {}", report.detail);
    let reason = Cannot::NoRight.sentence(Ability::Originate);
    let again = now(&driver).originate(COMMAND, "401", "+79101234567").await;
    assert_eq!(again, CommandAnswer::Rejected { command: COMMAND, reason });
    let posts = || pbx.lines().iter().filter(|line| line.starts_with("POST")).count();
    assert_eq!(posts(), 1, "not asked again");
    pass(Duration::from_secs(15 * 60)).await;
    assert_eq!(driver.abilities(None).of(Ability::Originate), Can::Yes, "the right may have been given");
    let later = now(&driver).originate(COMMAND, "401", "+79101234567").await;
    assert!(matches!(&later, CommandAnswer::Rejected { reason, .. } if reason.contains("Access denied")), "{later:?}");
    assert_eq!(posts(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waits_for_the_employees_is_placed_soon_or_not_at_all() {
    let pbx = FakePbx::start(|_, _| Reply::Silence).await;
    let (driver, _) = driver(pbx::ringcloud::MAKE, &pbx);
    let began = Instant::now();
    let CommandAnswer::Rejected { reason, .. } = now(&driver).originate(COMMAND, "401", "+79101234567").await else {
        panic!("nobody says who has this extension")
    };
    assert!(reason.contains("who has this extension"), "{reason}");
    assert!(began.elapsed() <= Duration::from_secs(5), "{:?}", began.elapsed());
    assert!(pbx.lines().iter().all(|line| line.starts_with("GET")), "{:?}", pbx.lines());
}

#[tokio::test]
async fn a_list_that_fails_is_not_asked_again_a_minute_later_while_the_other_waits() {
    let pbx = FakePbx::start(|seen, _| match path(&seen.line) {
        "GET /v1/calls/complete" => Reply::json(503, ""),
        _ => Reply::json(200, OK),
    })
    .await;
    let (driver, _) = driver(pbx::ringcloud::MAKE, &pbx);
    let mut poller = driver.poller(Vec::new(), TimeZone::UTC, true).expect("it is asked");
    let mut failed = 0;
    while !pbx.lines().iter().any(|line| path(line).ends_with("active")) {
        failed += usize::from(driver.poll(poller.as_mut()).await.is_err());
    }
    let asked = pbx.lines().iter().filter(|line| path(line).ends_with("complete")).count();
    assert_eq!((failed, asked), (1, 1), "the same address is admitted once a minute");
}

#[tokio::test]
async fn a_call_whose_answer_was_lost_is_known_once_it_is_seen() {
    let pbx = FakePbx::start(|seen, _| match path(&seen.line) {
        "GET /v1/users" => Reply::json(200, r#"{"status":"success","data":[{"user":"111111","num":"401"}]}"#),
        "GET /v1/calls/active" => {
            Reply::json(200, r#"{"status":"success","data":[{"src":"79101234567","dst":"401","seconds":3}]}"#)
        }
        "POST /v1/calls" => Reply::Cut,
        _ => Reply::json(200, OK),
    })
    .await;
    let (driver, _) = driver(pbx::ringcloud::MAKE, &pbx);
    assert_eq!(
        now(&driver).originate(COMMAND, "401", "+79101234567").await,
        CommandAnswer::Unknown { command: COMMAND }
    );
    let mut poller = driver.poller(Vec::new(), TimeZone::UTC, true).expect("it is asked");
    let seen = loop {
        if let Some(list) = driver.poll(poller.as_mut()).await.expect("answered").snapshot {
            break list.events;
        }
    };
    let commands: Vec<_> = seen.into_iter().map(|event| event.vendor_command).collect();
    assert_eq!(commands, [Some(COMMAND.to_string())], "it is that call and none from the customer");
    assert_eq!(pbx.lines().iter().filter(|line| line.starts_with("POST")).count(), 1, "and is never placed again");
}

#[tokio::test]
async fn neither_passwords_of_phones_nor_answers_that_carry_them_are_kept() {
    let user = r#"{"status":"success","data":{"user":"111111","num":401,"sip_pass":"s3cret-a","x":["s3cret-b"]}}"#;
    let pbx = FakePbx::start(move |seen, _| match path(&seen.line) {
        "GET /v1/users" => Reply::json(200, r#"{"status":"success","data":[["111111",401,"s3cret-c"]]}"#),
        "GET /v1/users/111111" => Reply::json(200, user),
        _ => Reply::json(200, r#"{"status":"success","message":null,"data":"s3cret-d"}"#),
    })
    .await;
    let (driver, journal) = driver(pbx::ringcloud::MAKE, &pbx);
    let word = || SecretString::from("s3cret-e");
    let change = |change| Query::ChangeUser { user: "111111".into(), change };
    let create = Query::CreateUser { extension: "402".into(), mail: "a@pbx.example".into(), password: word() };
    for query in [Query::Users, Query::User("111111".into()), create, change(UserChange::Password(word()))] {
        let told = driver.query(&query).await.expect("answered");
        assert!(matches!(query, Query::CreateUser { .. }) || !format!("{told:?}").contains("s3cret"), "{told:?}");
    }
    let entries = journal.entries();
    assert_eq!(entries.len(), pbx.lines().len(), "each request is in the journal");
    assert!(!format!("{entries:?}").contains("s3cret"), "{entries:?}");
}
