//! The driver with Rostelecom's make, against a PBX on loopback.
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use calls::{CommandAnswer, CommandId, RecordingReference, Source};
use futures_util::StreamExt;
use jiff::{Timestamp, tz::TimeZone};
use pbx::{CheckReason, DecodeContext, Driver, ErrorKind, JournalKind, JournalOutcome, VerifyError, WebhookRequest};
use uuid::Uuid;

use crate::support::{FakePbx, FixedClock, Reply, config, driver, make, now};

const COMMAND: CommandId = CommandId(Uuid::nil());
const MP3: &[u8] = b"ID3\x04\0\0\0\0\0\0 and then sound";

async fn answering(status: u16, body: &'static str) -> FakePbx {
    FakePbx::start(move |_, _| Reply::json(status, body)).await
}

#[tokio::test]
async fn an_originate_is_signed_and_sent_once() {
    let pbx = answering(200, r#"{"result":"0","resultMessage":"ok","session_id":"s1"}"#).await;
    let (driver, journal) = driver(pbx::rostelecom::MAKE, &pbx);
    let answer = now(&driver).originate(COMMAND, "345", "+74951234567").await;
    assert_eq!(answer, CommandAnswer::Accepted { command: COMMAND, vendor_call: Some("s1".to_owned()), doubt: None });
    let seen = pbx.seen();
    assert_eq!(pbx.lines(), ["POST /call_back"]);
    assert_eq!(seen[0].header("x-client-id").as_deref(), Some("0A1B2C3D"));
    assert_eq!(seen[0].header("content-type").as_deref(), Some("application/json"));

    let mut webhook = WebhookRequest {
        method: "POST".to_owned(),
        path: String::new(),
        headers: Vec::new(),
        body: Bytes::from(seen[0].body.clone()),
    };
    make(pbx::rostelecom::MAKE, &pbx).sign_webhook(&mut webhook).unwrap();
    let signature = String::from_utf8(webhook.headers[1].1.clone()).unwrap();
    assert_eq!(seen[0].header("x-client-sign"), Some(signature.clone()), "exactly the bytes that were sent");

    let entries = journal.entries();
    assert_eq!((entries.len(), entries[0].status, entries[0].kind), (1, Some(200), JournalKind::Request));
    let kept = format!("{entries:?}");
    assert!(!kept.contains("s3cret") && !kept.contains(&signature), "{kept}");
}

#[tokio::test]
async fn a_lost_answer_is_an_unknown_outcome_and_not_repeated() {
    let replies: [fn() -> Reply; 3] = [
        || Reply::Cut,
        || Reply::Half(br#"{"result":"0","#.to_vec()),
        || Reply::Answer(502, "text/html", b"<html>bad gateway".to_vec()),
    ];
    for reply in replies {
        let pbx = FakePbx::start(move |_, _| reply()).await;
        let (driver, _) = driver(pbx::rostelecom::MAKE, &pbx);
        let answer = now(&driver).originate(COMMAND, "345", "+74951234567").await;
        assert_eq!(answer, CommandAnswer::Unknown { command: COMMAND });
        assert_eq!(pbx.lines().len(), 1);
    }
}

#[tokio::test]
async fn a_silent_pbx_is_an_unknown_outcome() {
    let pbx = FakePbx::start(|_, _| Reply::Silence).await;
    let (driver, _) = driver(pbx::rostelecom::MAKE, &pbx);
    let originate = tokio::spawn(async move { now(&driver).originate(COMMAND, "345", "+74951234567").await });
    while pbx.seen().is_empty() {
        tokio::task::yield_now().await;
    }
    // The request is out: only now may the clock run away.
    tokio::time::pause();
    assert_eq!(originate.await.unwrap(), CommandAnswer::Unknown { command: COMMAND });
}

#[tokio::test]
async fn what_never_left_is_rejected() {
    let pbx = answering(200, "{}").await;
    let (reachable, _) = driver(pbx::rostelecom::MAKE, &pbx);
    let rejected = |answer| matches!(answer, CommandAnswer::Rejected { .. });
    assert!(rejected(now(&reachable).originate(COMMAND, "345", "call me").await));
    assert!(pbx.lines().is_empty());

    let mut nobody = config(pbx::rostelecom::MAKE, &pbx.url);
    nobody.base_url = Some("http://127.0.0.1:1".parse().unwrap());
    let nobody = Driver::new(nobody, Arc::new(pbx::journal::NoJournal), Arc::new(FixedClock)).unwrap();
    assert!(rejected(now(&nobody).originate(COMMAND, "345", "+74951234567").await));
}

#[tokio::test]
async fn a_session_beside_a_failure_is_accepted_with_doubt() {
    let pbx = answering(200, r#"{"result":"1","resultMessage":"Операция выполнена успешно","session_id":"s1"}"#).await;
    let (driver, _) = driver(pbx::rostelecom::MAKE, &pbx);
    let answer = now(&driver).originate(COMMAND, "345", "+74951234567").await;
    let CommandAnswer::Accepted { vendor_call, doubt, .. } = answer else { panic!("{answer:?}") };
    assert_eq!((vendor_call.as_deref(), doubt.is_some()), (Some("s1"), true));
}

/// A PBX that gives a link and, at the link, `file`.
async fn with_recording(file: fn() -> Reply) -> FakePbx {
    FakePbx::start(move |seen, own| match seen.line.as_str() {
        "POST /get_record" => Reply::json(200, &format!(r#"{{"result":"0","url":"{own}/records/abc/1"}}"#)),
        _ => file(),
    })
    .await
}

fn audio() -> Reply {
    Reply::Answer(200, "audio/mpeg", MP3.to_vec())
}

async fn fetch(driver: &Driver) -> Result<Vec<u8>, ErrorKind> {
    let reference = RecordingReference::Id("s1".to_owned());
    let mut download = driver.recording("s1", &reference).await.map_err(|error| error.kind())?;
    let mut audio = Vec::new();
    while let Some(chunk) = download.stream.next().await {
        audio.extend_from_slice(&chunk.map_err(|error| error.kind())?);
    }
    Ok(audio)
}

#[tokio::test]
async fn a_recording_is_asked_for_and_fetched_at_once() {
    let pbx = with_recording(audio).await;
    let (driver, journal) = driver(pbx::rostelecom::MAKE, &pbx);
    assert_eq!(fetch(&driver).await.unwrap(), MP3);
    assert_eq!(pbx.lines(), ["POST /get_record", "GET /records/abc/1"]);
    assert_eq!(pbx.seen()[1].header("x-client-sign"), None, "the link needs no signature");
    let kept = format!("{:?}", journal.entries());
    assert!(!kept.contains("records/abc"), "{kept}");
}

#[tokio::test]
async fn what_is_no_recording_is_told_apart() {
    let cases: [(fn() -> Reply, ErrorKind); 7] = [
        (|| Reply::Answer(200, "text/html", b"<html>File not found".to_vec()), ErrorKind::NotAudio),
        (|| Reply::Answer(200, "audio/mpeg", Vec::new()), ErrorKind::NotReady),
        (|| Reply::json(200, r#"{"result":"-1"}"#), ErrorKind::NotReady),
        (|| Reply::Answer(404, "text/html", b"<html>".to_vec()), ErrorKind::Gone),
        (|| Reply::Answer(403, "text/html", b"<html>".to_vec()), ErrorKind::Forbidden),
        (|| Reply::Answer(302, "text/html", b"<html>".to_vec()), ErrorKind::Protocol),
        (|| Reply::Half(MP3.to_vec()), ErrorKind::Transport),
    ];
    for (file, kind) in cases {
        let pbx = with_recording(file).await;
        let (driver, _) = driver(pbx::rostelecom::MAKE, &pbx);
        assert_eq!(fetch(&driver).await, Err(kind));
    }
}

#[tokio::test]
async fn a_link_that_somebody_else_used_is_asked_for_once_more() {
    for (dead, outcome) in [(1, Ok(MP3.to_vec())), (2, Err(ErrorKind::Gone))] {
        let mut asked = 0;
        let pbx = FakePbx::start(move |seen, own| {
            if seen.line == "POST /get_record" {
                asked += 1;
                return Reply::json(200, &format!(r#"{{"result":"0","url":"{own}/records/abc/{asked}"}}"#));
            }
            if asked <= dead { Reply::Answer(404, "text/html", Vec::new()) } else { audio() }
        })
        .await;
        let (driver, _) = driver(pbx::rostelecom::MAKE, &pbx);
        assert_eq!(fetch(&driver).await, outcome);
        let lines = ["POST /get_record", "GET /records/abc/1", "POST /get_record", "GET /records/abc/2"];
        assert_eq!(pbx.lines(), lines);
    }
}

#[tokio::test]
async fn a_recording_that_is_not_ready_is_typed() {
    let pbx = answering(200, r#"{"result":"1","resultMessage":"Запись разговора ещё не готова"}"#).await;
    let (driver, _) = driver(pbx::rostelecom::MAKE, &pbx);
    assert_eq!(fetch(&driver).await, Err(ErrorKind::NotReady));
}

#[tokio::test]
async fn a_link_to_another_host_is_not_followed() {
    for link in ["http://127.0.0.1:9/records/1", "http://localhost/records/1", "http://example.org/1", "file:///etc/x"]
    {
        let body = format!(r#"{{"result":"0","url":"{link}"}}"#);
        let pbx = FakePbx::start(move |_, _| Reply::json(200, &body)).await;
        let (driver, _) = driver(pbx::rostelecom::MAKE, &pbx);
        assert_eq!(fetch(&driver).await, Err(ErrorKind::Refused), "{link}");
    }
}

#[tokio::test]
async fn a_read_is_repeated_while_the_pbx_fails() {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let pbx = FakePbx::start(move |_, _| match counted.fetch_add(1, Ordering::SeqCst) {
        0 => Reply::Cut,
        1 => Reply::Answer(500, "text/plain", Vec::new()),
        _ => Reply::json(200, r#"{"result":"-1","resultMessage":"no"}"#),
    })
    .await;
    let (driver, _) = driver(pbx::rostelecom::MAKE, &pbx);
    assert!(driver.check().await.ok);
    assert_eq!(count.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn the_check_says_what_is_wrong() {
    let cases = [
        (200, r#"{"result":"1","resultMessage":"Запись не найдена"}"#, CheckReason::Works),
        (401, "", CheckReason::WrongCredentials),
        (403, "", CheckReason::NotAdmitted),
        (429, "", CheckReason::Busy),
        (404, "<html>nginx", CheckReason::NotThisPbx),
        (200, "<html>welcome", CheckReason::NotThisPbx),
        (503, "", CheckReason::PbxFailed),
    ];
    for (status, body, reason) in cases {
        let pbx = answering(status, body).await;
        let report = driver(pbx::rostelecom::MAKE, &pbx).0.check().await;
        assert_eq!((report.reason, report.ok), (reason, reason == CheckReason::Works), "{status}: {}", report.detail);
    }
}

#[tokio::test]
async fn the_check_says_when_a_busy_pbx_will_listen_again() {
    let pbx = FakePbx::start(|_, _| Reply::Busy(7)).await;
    let report = driver(pbx::rostelecom::MAKE, &pbx).0.check().await;
    assert_eq!((report.reason, report.retry_after), (CheckReason::Busy, Some(Duration::from_secs(7))));
    assert_eq!(pbx.lines().len(), 1, "a limit is not asked again");
    let working = answering(200, r#"{"result":"1"}"#).await;
    assert_eq!(driver(pbx::rostelecom::MAKE, &working).0.check().await.retry_after, None);
}

#[tokio::test]
async fn whether_a_pbx_is_there_is_known_without_its_api() {
    let pbx = answering(404, "").await;
    let (here, journal) = driver(pbx::rostelecom::MAKE, &pbx);
    assert!(here.is_reachable().await);
    assert_eq!(pbx.lines(), ["GET /"], "no method is asked");
    assert_eq!(pbx.seen()[0].header("x-client-sign"), None);
    assert!(journal.entries().is_empty());

    // A port that nobody else has, and at which nobody listens.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let mut gone = config(pbx::rostelecom::MAKE, &pbx.url);
    gone.base_url = Some(format!("http://{}", socket.local_addr().unwrap()).parse().unwrap());
    let gone = Driver::new(gone, Arc::new(pbx::journal::NoJournal), Arc::new(FixedClock)).unwrap();
    assert!(!gone.is_reachable().await);
}

#[tokio::test]
async fn what_strangers_send_leaves_little_in_the_journal() {
    let pbx = answering(200, "{}").await;
    let (driver, _) = driver(pbx::rostelecom::MAKE, &pbx);
    let context = DecodeContext { received_at: Timestamp::UNIX_EPOCH, zone: TimeZone::UTC, source: Source::Webhook };
    let mut entries = Vec::new();
    for path in [format!("/{}", "ж".repeat(5000)), format!("/call_events?number={}", "9".repeat(5000))] {
        let webhook = WebhookRequest { method: "POST".to_owned(), path, headers: Vec::new(), body: Bytes::new() };
        let received = driver.receive(&webhook, &context);
        assert!(received.decoded.is_err());
        entries.push(received.entry);
    }
    assert!(entries.iter().all(|entry| entry.operation.chars().count() <= 128 && entry.target.chars().count() <= 128));
    assert_eq!((entries[1].operation.as_str(), entries[1].target.as_str()), ("call_events", "/call_events"));
}

#[tokio::test]
async fn webhooks_are_verified_decoded_and_described() {
    let pbx = answering(200, "{}").await;
    let (driver, _) = driver(pbx::rostelecom::MAKE, &pbx);
    let context = DecodeContext { received_at: Timestamp::UNIX_EPOCH, zone: TimeZone::UTC, source: Source::Webhook };
    let mut webhook = WebhookRequest {
        method: "POST".to_owned(),
        path: "/call_events".to_owned(),
        headers: Vec::new(),
        body: Bytes::from_static(br#"{"session_id":"s1","state":"end","type":"incoming"}"#),
    };
    let refused = driver.receive(&webhook, &context);
    assert_eq!(refused.decoded, Err(VerifyError::Missing("X-Client-Sign")));
    make(pbx::rostelecom::MAKE, &pbx).sign_webhook(&mut webhook).unwrap();
    let taken = driver.receive(&webhook, &context);
    let decoded = taken.decoded.unwrap();
    assert_eq!((decoded.events.len(), decoded.reply.status), (1, 200));
    assert_eq!(refused.entry.outcome, JournalOutcome::Refused(VerifyError::Missing("X-Client-Sign")));
    assert_eq!(refused.entry.outcome.to_string(), "the header X-Client-Sign is missing");
    assert_eq!(taken.entry.outcome, JournalOutcome::Signed { understood: true });
}

#[tokio::test]
async fn there_are_no_sessions() {
    let pbx = answering(200, "{}").await;
    let (driver, _) = driver(pbx::rostelecom::MAKE, &pbx);
    let (out, _reports) = tokio::sync::mpsc::channel(1);
    assert_eq!(driver.run_session("345", out).await.kind(), ErrorKind::Unsupported);
}
