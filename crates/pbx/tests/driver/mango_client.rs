//! The driver with MANGO's server-client make, against a PBX on loopback.
use std::{sync::Arc, time::Duration};

use calls::{CommandAnswer, CommandId, RecordingReference, Source};
use futures_util::StreamExt;
use pbx::{CheckReason, Driver, Error, ErrorKind, JournalKind, SessionReport};
use tokio::{sync::mpsc, task::JoinHandle};
use uuid::Uuid;

use crate::support::{FakePbx, Reply, Seen, driver, now};

const EVENT: &str = r#"{"routeKey":"/call","data":{"entry_id":"e2","call_id":"c2","seq":1,"state":"APPEARED","to":{"extension":"101"}}}"#;
const NOTHING_LEFT: &str = r#"{"Result":{"code":109}}"#;

fn missed(entry: usize) -> String {
    format!(
        r#"{{"Result":{{"code":0}},"events":[{{"routeKey":"/call","data":{{"entry_id":"{entry}","call_id":"c","seq":1,"state":"APPEARED"}}}}]}}"#
    )
}

/// A PBX that gives channels and answers registrations with `batches`, then says that nothing is left.
async fn with_batches(batches: Vec<String>) -> FakePbx {
    let mut batches = batches.into_iter();
    FakePbx::start(move |seen, own| answer(seen, own, &mut batches)).await
}

fn answer(seen: &Seen, own: &str, batches: &mut dyn Iterator<Item = String>) -> Reply {
    assert_eq!(seen.header("authorization").as_deref(), Some("Bearer s3cret-token"), "{}", seen.line);
    match seen.line.as_str() {
        "POST /v1/channel/" => {
            let socket = own.replacen("http", "ws", 1);
            Reply::json(200, &format!(r#"{{"Result":{{"code":0}},"url":"{socket}/channel/1"}}"#))
        }
        "POST /v1/session/register" => Reply::json(200, &batches.next().unwrap_or(NOTHING_LEFT.to_owned())),
        _ => Reply::json(200, r#"{"Result":{"code":0}}"#),
    }
}

fn run(driver: &Arc<Driver>) -> (mpsc::Receiver<SessionReport>, JoinHandle<Error>) {
    let (out, reports) = mpsc::channel(16);
    let driver = Arc::clone(driver);
    (reports, tokio::spawn(async move { driver.run_session("101", out).await }))
}

fn registrations(pbx: &FakePbx) -> usize {
    pbx.lines().iter().filter(|line| line.ends_with("/session/register")).count()
}

#[tokio::test]
async fn a_session_drains_what_was_missed_and_then_lives() {
    let mut pbx = with_batches(vec![missed(1), missed(2)]).await;
    let (driver, journal) = driver(pbx::mango_client::MAKE, &pbx);
    let (mut reports, session) = run(&Arc::new(driver));
    assert!(matches!(reports.recv().await.unwrap(), SessionReport::Connected));
    for batch in 1..=2 {
        let SessionReport::Batch { events, stored } = reports.recv().await.unwrap() else { panic!("no batch") };
        assert_eq!(events[0].call, Some(batch.to_string()));
        assert_eq!(events[0].source, Source::Replay);
        let SessionReport::DrainProgress { events } = reports.recv().await.unwrap() else { panic!("no progress") };
        assert_eq!(events, batch);
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(registrations(&pbx) as u64, batch, "the next batch is asked for only once this one is stored");
        if batch == 1 {
            let frames = pbx.frames.as_ref().unwrap();
            frames.send(EVENT.to_owned()).await.unwrap();
            let SessionReport::Batch { events, .. } = reports.recv().await.unwrap() else { panic!("no live event") };
            assert_eq!(events[0].source, Source::Push);
        }
        stored.send(()).unwrap();
    }
    assert!(matches!(reports.recv().await.unwrap(), SessionReport::Drained { complete: true }));
    assert_eq!(registrations(&pbx), 3);

    pbx.frames = None;
    assert_eq!(session.await.unwrap().kind(), ErrorKind::Transport);
    let frames = journal.entries().into_iter().filter(|entry| entry.kind == JournalKind::Frame).count();
    assert_eq!(frames, 1);
    assert!(!format!("{:?}", journal.entries()).contains("s3cret"));
}

#[tokio::test]
async fn a_batch_that_cannot_be_stored_ends_the_session() {
    let pbx = with_batches(vec![missed(1)]).await;
    let (driver, _) = driver(pbx::mango_client::MAKE, &pbx);
    let (mut reports, session) = run(&Arc::new(driver));
    assert!(matches!(reports.recv().await.unwrap(), SessionReport::Connected));
    let SessionReport::Batch { stored, .. } = reports.recv().await.unwrap() else { panic!("no batch") };
    drop(stored);
    assert_eq!(session.await.unwrap().kind(), ErrorKind::Internal);
    assert_eq!(registrations(&pbx), 1, "what was not stored is not deleted");
}

#[tokio::test]
async fn a_wrong_token_is_said_so() {
    let pbx = FakePbx::start(|_, _| Reply::json(401, r#"{"Result":{"code":3105,"message":"wrong access key"}}"#)).await;
    let (driver, _) = driver(pbx::mango_client::MAKE, &pbx);
    let driver = Arc::new(driver);
    let (_reports, session) = run(&driver);
    assert_eq!(session.await.unwrap().kind(), ErrorKind::Unauthorized);
    assert_eq!(driver.check().await.reason, CheckReason::WrongCredentials);
}

#[tokio::test]
async fn ending_a_session_closes_the_socket_and_then_unregisters() {
    let pbx = with_batches(Vec::new()).await;
    let (driver, _) = driver(pbx::mango_client::MAKE, &pbx);
    let driver = Arc::new(driver);
    let (mut reports, session) = run(&driver);
    while !matches!(reports.recv().await.unwrap(), SessionReport::Drained { complete: true }) {}
    let (_, second) = run(&driver);
    assert_eq!(second.await.unwrap().kind(), ErrorKind::Conflict);
    assert_eq!(driver.end_session("101").await, Ok(()));
    assert!(session.is_finished());
    assert_eq!(session.await.unwrap().kind(), ErrorKind::Stopped);
    assert_eq!(pbx.lines().last().unwrap(), "POST /v1/session/unregister/");

    let (mut reports, again) = run(&driver);
    assert!(matches!(reports.recv().await.unwrap(), SessionReport::Connected));
    again.abort();
}

#[tokio::test]
async fn a_session_that_nobody_listens_to_ends() {
    let pbx = with_batches(Vec::new()).await;
    let (driver, _) = driver(pbx::mango_client::MAKE, &pbx);
    let (mut reports, session) = run(&Arc::new(driver));
    while !matches!(reports.recv().await.unwrap(), SessionReport::Drained { complete: true }) {}
    drop(reports);
    assert_eq!(session.await.unwrap().kind(), ErrorKind::Stopped);
}

#[tokio::test]
async fn a_callback_is_accepted_without_a_call_id() {
    let pbx = with_batches(Vec::new()).await;
    let (driver, _) = driver(pbx::mango_client::MAKE, &pbx);
    let command = CommandId(Uuid::nil());
    let answer = now(&driver).originate(command, "101", "+79161234567").await;
    assert_eq!(answer, CommandAnswer::Accepted { command, vendor_call: None, doubt: None });
    assert_eq!(pbx.lines(), ["POST /v1/callback"]);
}

#[tokio::test]
async fn a_stored_link_is_fetched_with_the_token() {
    let pbx = FakePbx::start(|seen, _| {
        assert_eq!(seen.header("authorization").as_deref(), Some("Bearer s3cret-token"));
        match seen.line.as_str() {
            "GET /recordings/1" => Reply::Answer(200, "audio/mpeg", b"ID3 sound".to_vec()),
            _ => Reply::Answer(404, "text/plain", Vec::new()),
        }
    })
    .await;
    let (driver, _) = driver(pbx::mango_client::MAKE, &pbx);
    let link = |path: &str| RecordingReference::Link(format!("{}recordings/{path}", pbx.url));
    let mut download = driver.recording("e1", &link("1")).await.unwrap();
    assert_eq!(download.content_type.as_deref(), Some("audio/mpeg"));
    assert_eq!(download.stream.next().await.unwrap().unwrap(), "ID3 sound");
    assert_eq!(driver.recording("e1", &link("2")).await.unwrap_err().kind(), ErrorKind::NotReady);
}
