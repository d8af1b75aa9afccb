//! The driver with MANGO's VPBX make, against a PBX on loopback.

use bytes::Bytes;
use calls::{
    ActOn, Action, Book, CommandAnswer, CommandId, LogEvent, RecordingReference, Source, Stored, Target,
    number::Dialable,
};
use futures_util::StreamExt;
use jiff::{Timestamp, tz::TimeZone};
use pbx::{CheckReason, DecodeContext, Driver, ErrorKind, GroupCallback, WebhookRequest};
use uuid::Uuid;

use crate::support::{FakePbx, Reply, driver, make, now};

const COMMAND: CommandId = CommandId(Uuid::from_u128(7));
const MP3: &[u8] = b"ID3\x04\0\0\0\0\0\0 and then sound";
const FORM: &str = "application/x-www-form-urlencoded";

fn form_of(body: &[u8]) -> WebhookRequest {
    WebhookRequest {
        method: "POST".to_owned(),
        path: "/events/call".to_owned(),
        headers: vec![("Content-Type".to_owned(), FORM.as_bytes().to_vec())],
        body: Bytes::copy_from_slice(body),
    }
}

#[tokio::test]
async fn a_callback_is_a_signed_form_and_sent_once() {
    let pbx = FakePbx::start(|_, _| Reply::json(200, r#"{"result":1000}"#)).await;
    let (driver, journal) = driver(pbx::mango_vpbx::MAKE, &pbx);
    let answer = now(&driver).originate(COMMAND, "101", "+74951234567").await;
    assert_eq!(answer, CommandAnswer::Accepted { command: COMMAND, vendor_call: None, doubt: None });
    let seen = pbx.seen();
    assert_eq!(pbx.lines(), ["POST /vpbx/commands/callback"]);
    assert_eq!(seen[0].header("content-type").as_deref(), Some(FORM));
    let body = String::from_utf8(seen[0].body.clone()).unwrap();
    assert!(body.contains("%22to_number%22%3A%22%2B74951234567%22") && !body.contains("s3cret"), "{body}");
    // Both directions are signed alike.
    assert!(make(pbx::mango_vpbx::MAKE, &pbx).verify(&form_of(&seen[0].body)).is_ok());
    let sign = body.split('&').find_map(|field| field.strip_prefix("sign=")).unwrap();
    let kept = format!("{:?}", journal.entries());
    assert!(kept.contains("+74951234567") && !kept.contains(sign) && !kept.contains("s3cret"), "{kept}");
}

async fn fetch(driver: &Driver) -> Result<Vec<u8>, ErrorKind> {
    let reference = RecordingReference::Id("MTo1MDA5PT0=".to_owned());
    let mut download = driver.recording("e1", &reference).await.map_err(|error| error.kind())?;
    let mut audio = Vec::new();
    while let Some(chunk) = download.stream.next().await {
        audio.extend_from_slice(&chunk.map_err(|error| error.kind())?);
    }
    Ok(audio)
}

#[tokio::test]
async fn the_redirect_to_a_recording_is_followed_without_what_was_signed() {
    let pbx = FakePbx::start(|seen, _| match seen.line.as_str() {
        "POST /vpbx/queries/recording/post" => Reply::Redirect("/files/once/abc"),
        _ => Reply::Answer(200, "audio/mpeg", MP3.to_vec()),
    })
    .await;
    let (driver, journal) = driver(pbx::mango_vpbx::MAKE, &pbx);
    assert_eq!(fetch(&driver).await.unwrap(), MP3);
    assert_eq!(pbx.lines(), ["POST /vpbx/queries/recording/post", "GET /files/once/abc"]);
    let bare = &pbx.seen()[1];
    assert!(bare.body.is_empty() && bare.header("content-type").is_none(), "{bare:?}");
    let kept = format!("{:?}", journal.entries());
    assert!(!kept.contains("files/once"), "{kept}");
}

/// A second wrong request within two minutes locks the whole account out.
#[tokio::test]
async fn what_was_refused_is_never_sent_again() {
    // The second wrong request locks out, so what would be the third is not even sent.
    let cases: [(u16, &str, usize); 5] = [
        (404, r#"{"result":3320}"#, 2),
        (500, r#"{"result":3100}"#, 2),
        (401, r#"{"name":"Unauthorized","code":0,"status":401}"#, 3),
        (429, r#"{"name":"Service Unavailable","message":"Rate limit exceeded.","code":0,"status":429}"#, 3),
        (503, r#"{"result":5008}"#, 3),
    ];
    for (status, body, sent) in cases {
        let pbx = FakePbx::start(move |_, _| Reply::json(status, body)).await;
        let (driver, _) = driver(pbx::mango_vpbx::MAKE, &pbx);
        assert!(fetch(&driver).await.is_err(), "{body}");
        assert_eq!(pbx.lines().len(), 1, "recording, {body}");
        assert!(!driver.check().await.ok, "{body}");
        assert_eq!(pbx.lines().len(), 2, "check, {body}");
        let answer = now(&driver).originate(COMMAND, "101", "112").await;
        let CommandAnswer::Rejected { reason, .. } = &answer else { panic!("{answer:?}") };
        assert_eq!(pbx.lines().len(), sent, "callback, {body}");
        let is_told =
            reason.starts_with("MANGO refuses every request for two minutes after a second wrong one; try again in");
        assert_eq!(is_told, sent == 2, "{reason}");
    }
}

/// Somebody else was quicker with a link that works once.
#[tokio::test]
async fn a_link_that_was_used_up_is_asked_for_once_more() {
    let pbx = FakePbx::start(|seen, _| match seen.line.as_str() {
        "POST /vpbx/queries/recording/post" => Reply::Redirect("/files/once/abc"),
        _ => Reply::Answer(404, "text/html", b"<html>".to_vec()),
    })
    .await;
    assert_eq!(fetch(&driver(pbx::mango_vpbx::MAKE, &pbx).0).await, Err(ErrorKind::Gone));
    assert_eq!(pbx.lines().len(), 4);
}

#[tokio::test]
async fn a_check_needs_the_key_and_explains_a_lock_out() {
    let pbx = FakePbx::start(|_, _| Reply::json(401, "{}")).await;
    let report = driver(pbx::mango_vpbx::MAKE, &pbx).0.check().await;
    assert_eq!(report.reason, CheckReason::WrongCredentials);
    assert!(report.detail.contains("Wait two minutes"), "{}", report.detail);
    let pbx = FakePbx::start(|_, _| Reply::json(200, r#"{"result":1000,"balance":1250.5}"#)).await;
    assert_eq!(driver(pbx::mango_vpbx::MAKE, &pbx).0.check().await.reason, CheckReason::Works);
    assert_eq!(pbx.lines(), ["POST /vpbx/account/balance"]);
    assert!(String::from_utf8(pbx.seen()[0].body.clone()).unwrap().ends_with("&json=%7B%7D"));
}

#[tokio::test]
async fn the_journal_keeps_a_notification_without_its_signature() {
    let pbx = FakePbx::start(|_, _| Reply::Silence).await;
    let (driver, _) = driver(pbx::mango_vpbx::MAKE, &pbx);
    let mut webhook =
        form_of(br#"{"entry_id":"e1","call_id":"c1","seq":1,"call_state":"Appeared","to":{"extension":"101"}}"#);
    make(pbx::mango_vpbx::MAKE, &pbx).sign_webhook(&mut webhook).unwrap();
    let context = DecodeContext { received_at: Timestamp::UNIX_EPOCH, zone: TimeZone::UTC, source: Source::Webhook };
    let told = driver.receive(&webhook, &context);
    assert_eq!(told.decoded.unwrap().events.len(), 1);
    let checked = driver.receive(&form_of(b""), &context);
    let check = checked.decoded.unwrap();
    assert_eq!((check.events.len(), check.reply.status), (0, 200));
    let body = String::from_utf8(webhook.body.to_vec()).unwrap();
    let sign = body.split('&').find_map(|field| field.strip_prefix("sign=")).unwrap();
    assert_eq!((told.entry.operation.as_str(), checked.entry.operation.as_str()), ("call Appeared", "address check"));
    let kept = format!("{:?} {:?}", told.entry, checked.entry);
    assert!(kept.contains("call_state") && !kept.contains(sign) && !kept.contains("0A1B2C3D"), "{kept}");
}

/// A customer talks with 202.
fn talk(driver: &Driver, pbx: &FakePbx) -> ActOn {
    let mut webhook = form_of(
        br#"{"entry_id":"e1","call_id":"c1","seq":1,"call_state":"Connected","location":"abonent",
            "from":{"number":"79161234567"},"to":{"extension":"202","line_number":"74951234567"}}"#,
    );
    make(pbx::mango_vpbx::MAKE, pbx).sign_webhook(&mut webhook).unwrap();
    let received_at = Timestamp::UNIX_EPOCH;
    let context = DecodeContext { received_at, zone: TimeZone::UTC, source: Source::Webhook };
    let event = driver.receive(&webhook, &context).decoded.unwrap().events.remove(0);
    let connection: calls::ConnectionId = "mv1".parse().unwrap();
    let mut book = Book::new(connection.clone(), driver.book_settings());
    book.apply(&Stored { seq: 1, connection, received_at, event: LogEvent::Vendor(event) });
    let call = book.open_calls().next().unwrap().clone();
    let leg = call.legs.iter().find(|leg| leg.is_agent()).unwrap().clone();
    ActOn { extension: leg.extension.clone(), call, leg, other: None }
}

/// Everything that changes a call, as the driver sends it.
async fn commands(driver: &Driver, pbx: &FakePbx) -> Vec<(&'static str, CommandAnswer)> {
    let to = |text: &str| Dialable::read(text).unwrap().number;
    let on = talk(driver, pbx);
    let group = GroupCallback { group: "500", to: "+79161234567", line: "+74951234567", customer_first: false };
    let mut answers = vec![
        ("commands/callback", now(driver).originate(COMMAND, "101", "+79161234567").await),
        ("commands/callback_group", now(driver).call_back_for_group(COMMAND, &group).await),
    ];
    for (path, action) in [
        ("commands/call/hangup", Action::Hangup),
        ("commands/call/hold/on", Action::Hold),
        ("commands/transfer", Action::Transfer { to: Target::Number(to("203")), attended: true }),
        ("commands/route", Action::Route { to: to("203") }),
        ("commands/recording/start", Action::Record { on: true }),
    ] {
        answers.push((path, now(driver).act(COMMAND, &on, &action).await));
    }
    answers
}

#[tokio::test]
async fn each_command_is_sent_once_and_its_loss_is_an_unknown_outcome() {
    for (lost, name) in [(true, "cut"), (false, "failed inside")] {
        let pbx =
            FakePbx::start(move |_, _| if lost { Reply::Cut } else { Reply::json(500, r#"{"result":5000}"#) }).await;
        let (driver, _) = driver(pbx::mango_vpbx::MAKE, &pbx);
        let commands = commands(&driver, &pbx).await;
        for (path, answer) in &commands {
            assert_eq!(*answer, CommandAnswer::Unknown { command: COMMAND }, "{name}: {path}");
        }
        let sent: Vec<String> = commands.iter().map(|(path, _)| format!("POST /vpbx/{path}")).collect();
        assert_eq!(pbx.lines(), sent, "{name}: none is tried again");
    }
}

#[tokio::test]
async fn each_command_is_taken_or_refused_in_words() {
    let pbx = FakePbx::start(|_, _| Reply::json(200, r#"{"result":"1000"}"#)).await;
    let (taking, _) = driver(pbx::mango_vpbx::MAKE, &pbx);
    for (path, answer) in commands(&taking, &pbx).await {
        assert_eq!(answer, CommandAnswer::Accepted { command: COMMAND, vendor_call: None, doubt: None }, "{path}");
    }
    let pbx = FakePbx::start(|_, _| Reply::json(200, r#"{"result":4101}"#)).await;
    let (refusing, _) = driver(pbx::mango_vpbx::MAKE, &pbx);
    for (path, answer) in commands(&refusing, &pbx).await {
        let CommandAnswer::Rejected { reason, .. } = answer else { panic!("{path}: {answer:?}") };
        assert_eq!(reason, "the call has ended or does not exist (code 4101)", "{path}");
    }
}

#[tokio::test]
async fn a_group_calls_back_over_a_line_of_the_office() {
    let pbx = FakePbx::start(|_, _| Reply::json(200, r#"{"result":1000}"#)).await;
    let (driver, _) = driver(pbx::mango_vpbx::MAKE, &pbx);
    for customer_first in [false, true] {
        let group = GroupCallback { group: "500", to: "+79161234567", line: "+74951234567", customer_first };
        now(&driver).call_back_for_group(COMMAND, &group).await;
    }
    let sides = |seen: &crate::support::Seen| {
        let body = String::from_utf8(seen.body.clone()).unwrap();
        (body.contains("%22from%22%3A%22500%22"), body.contains("%22to%22%3A%22500%22"))
    };
    let seen = pbx.seen();
    assert_eq!((sides(&seen[0]), sides(&seen[1])), ((true, false), (false, true)), "who rings first stands as from");
}
