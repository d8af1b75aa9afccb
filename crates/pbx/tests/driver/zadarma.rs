//! The driver with Zadarma's make, against a PBX on loopback.
use std::time::Duration;

use bytes::Bytes;
use calls::{CommandAnswer, CommandId, RecordingReference, Source};
use futures_util::StreamExt;
use jiff::{Timestamp, tz::TimeZone};
use pbx::{CheckReason, DecodeContext, ErrorKind, VerifyError, WebhookRequest};
use uuid::Uuid;

use crate::support::{FakePbx, Reply, driver, now};

const COMMAND: CommandId = CommandId(Uuid::nil());
const MP3: &[u8] = b"ID3\x04\0\0\0\0\0\0 and then sound";

async fn answering(status: u16, body: &'static str) -> FakePbx {
    FakePbx::start(move |_, _| Reply::json(status, body)).await
}

#[tokio::test]
async fn a_callback_is_signed_in_the_query_and_sent_once() {
    const OF_PBX: &str = r#"{"status":"success","pbx_id":402022,"numbers":[101]}"#;
    let pbx = FakePbx::start(|seen, _| match seen.line.contains("/internal/") {
        true => Reply::json(200, OF_PBX),
        false => Reply::json(200, r#"{"status":"success","from":101,"to":79161234567,"time":1435573082}"#),
    })
    .await;
    let (asking, _) = driver(pbx::zadarma::MAKE, &pbx);
    let answer = now(&asking).originate_customer_first(COMMAND, "101", "+79161234567").await;
    assert_eq!(answer, CommandAnswer::Accepted { command: COMMAND, vendor_call: None, doubt: None });
    let [_, line] = &pbx.lines()[..] else { panic!("the PBX's number is asked, then the call: {:?}", pbx.lines()) };
    assert!(line.contains("&predicted") && line.contains("to=%2B79161234567"), "{line}");
    let cut = FakePbx::start(|seen, _| match seen.line.contains("/internal/") {
        true => Reply::json(200, OF_PBX),
        false => Reply::Cut,
    })
    .await;
    let (lost, _) = driver(pbx::zadarma::MAKE, &cut);
    let answer = now(&lost).originate_customer_first(COMMAND, "101", "+79161234567").await;
    assert_eq!((answer, cut.lines().len()), (CommandAnswer::Unknown { command: COMMAND }, 2), "it is sent once");
}

#[tokio::test]
async fn a_lost_answer_is_an_unknown_outcome_and_a_refusal_is_not() {
    let of_pbx = r#"{"status":"success","pbx_id":402022,"numbers":[101]}"#;
    let cut = FakePbx::start(move |seen, _| match seen.line.contains("/internal/") {
        true => Reply::json(200, of_pbx),
        false => Reply::Cut,
    })
    .await;
    let (lost, _) = driver(pbx::zadarma::NOVOFON, &cut);
    for _ in 0..2 {
        assert_eq!(
            now(&lost).originate(COMMAND, "101", "+79161234567").await,
            CommandAnswer::Unknown { command: COMMAND }
        );
    }
    let lines = cut.lines();
    assert_eq!(lines.len(), 3, "the PBX's number is asked once: {lines:?}");
    assert!(lines[1].contains("from=402022-101&sip=402022-101"), "{lines:?}");
    let busy = FakePbx::start(|_, _| Reply::Busy(30)).await;
    let (refused, _) = driver(pbx::zadarma::NOVOFON, &busy);
    assert!(matches!(now(&refused).originate(COMMAND, "101", "+79161234567").await, CommandAnswer::Rejected { .. }));
    assert_eq!(busy.lines().len(), 1, "placing a call is never tried again");
}

#[tokio::test]
async fn a_recording_is_fetched_by_a_link_of_its_own_without_the_key() {
    let pbx = FakePbx::start(|seen, own| match seen.line.split('?').next().unwrap_or_default() {
        "GET /v1/pbx/record/request/" => {
            Reply::json(200, &format!(r#"{{"status":"success","link":"{own}/v1/pbx/record/download/abc/1.mp3"}}"#))
        }
        _ => Reply::Answer(200, "audio/mpeg", MP3.to_vec()),
    })
    .await;
    let (driver, journal) = driver(pbx::zadarma::MAKE, &pbx);
    let reference = RecordingReference::Id("1458313316.343456".to_owned());
    let download = driver.recording("in_1", &reference).await.expect("a recording");
    let chunks: Vec<Bytes> = download.stream.map(|chunk| chunk.expect("a chunk")).collect().await;
    assert_eq!(chunks.concat(), MP3);
    let seen = pbx.seen();
    let signed: Vec<bool> = seen.iter().map(|seen| seen.header("authorization").is_some()).collect();
    assert_eq!(signed, [true, false]);
    assert!(!format!("{:?}", journal.entries()).contains("abc"));
}

#[tokio::test]
async fn a_link_to_another_host_is_not_followed() {
    let body = r#"{"status":"success","link":"https://files.example/v1/pbx/record/download/abc/1.mp3"}"#;
    let pbx = answering(200, body).await;
    let (driver, _) = driver(pbx::zadarma::MAKE, &pbx);
    let refused = driver.recording("in_1", &RecordingReference::Id("1".to_owned())).await;
    assert_eq!(refused.err().map(|error| error.kind()), Some(ErrorKind::Refused));
}

#[tokio::test]
async fn the_check_says_whether_the_key_is_right() {
    for (status, body, reason) in [
        (200, r#"{"status":"success","balance":1.5,"currency":"EUR"}"#, CheckReason::Works),
        (401, r#"{"status":"error","message":"Auth error"}"#, CheckReason::WrongCredentials),
        (200, "<html>", CheckReason::NotThisPbx),
    ] {
        let pbx = answering(status, body).await;
        let (driver, _) = driver(pbx::zadarma::MAKE, &pbx);
        assert_eq!(driver.check().await.reason, reason, "{status}");
    }
}

#[tokio::test]
async fn a_service_that_is_asked_too_often_says_until_when() {
    let pbx = FakePbx::start(|_, _| Reply::Limited("Mon, 15 Jun 2015 12:25:20 GMT", "1434371160")).await;
    let (driver, _) = driver(pbx::zadarma::MAKE, &pbx);
    let report = driver.check().await;
    assert_eq!(report.reason, CheckReason::Busy);
    assert_eq!(report.retry_after, Some(Duration::from_secs(40)));
}

#[tokio::test]
async fn the_address_check_is_answered_and_nothing_of_it_is_an_event() {
    let pbx = answering(200, "{}").await;
    let (driver, _) = driver(pbx::zadarma::MAKE, &pbx);
    let context = DecodeContext { received_at: Timestamp::UNIX_EPOCH, zone: TimeZone::UTC, source: Source::Webhook };
    let request = |path: &str| WebhookRequest {
        method: "GET".to_owned(),
        path: path.to_owned(),
        headers: Vec::new(),
        body: Bytes::new(),
    };
    let checked = driver.receive(&request("/?zd_echo=abc123XYZ"), &context);
    let decoded = checked.decoded.expect("answered");
    assert_eq!((decoded.events.len(), decoded.reply.status, &decoded.reply.body[..]), (0, 200, &b"abc123XYZ"[..]));
    assert_eq!(driver.receive(&request("/"), &context).decoded, Err(VerifyError::Missing("Signature")));
    assert_eq!(checked.entry.operation, "address check");
}
