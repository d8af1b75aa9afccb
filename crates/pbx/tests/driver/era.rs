//! The driver with the Era make, against a PBX on loopback.
use std::sync::Arc;

use calls::{Ability, CommandAnswer, CommandId, RecordingReference, Source};
use futures_util::StreamExt;
use jiff::tz::TimeZone;
use pbx::{
    CheckReason, ConnectionConfig, Delivery, Driver, Error, ErrorKind, JournalKind, Poller, SessionReport, Snapshot,
    Trial, TrialStep, WHOLE_ACCOUNT,
};
use serde_json::{Value, json};
use tokio::{sync::mpsc, task::JoinHandle};
use uuid::Uuid;

use crate::support::{FakePbx, Kept, Reply, Seen, config, driver, now};

const LIST: &str =
    r#"[{"cid":"c1","connectionid":"c1.1772701200000","state":"Forking","acallid":"a","fromouter":true}]"#;

/// What the socket answers, with the correlation value that was asked with.
fn answers(text: &str) -> Vec<String> {
    let frame: Value = serde_json::from_str(text).expect("JSON");
    let (name, asked) = (frame[0].as_str().expect("a name"), &frame[1]);
    let result = match name {
        "connection_info" => {
            json!({"result": "ok", "capabilities": ["subscr", "callrecord", "ccs"], "token": "s3cret-token"})
        }
        "subscribe" => json!({"result": "ok", "id": asked["id"], "expires": asked["expires"]}),
        "callrecord_get_path" => json!({"result": "/temp/sound.mp3"}),
        "new_invite" => json!({"result": "ok", "connectionid": "c9.1772701200000"}),
        _ => return Vec::new(),
    };
    let mut body = result;
    body["qid"] = asked["qid"].clone();
    vec![json!([format!("{name}_result"), body]).to_string()]
}

fn http(seen: &Seen, _own: &str) -> Reply {
    let authorised = seen.header("authorization").as_deref() == Some("Bearer s3cret-token");
    match seen.line.as_str() {
        "GET /temp/sound.mp3" => {
            assert!(!authorised, "the token stays with the API");
            Reply::Answer(200, "audio/mpeg", b"ID3 sound".to_vec())
        }
        _ if !authorised => Reply::json(401, ""),
        "GET /rest/v1/uc/calls" => Reply::json(200, LIST),
        "POST /rest/v1/uc/calls" => Reply::json(200, r#"{"connectionid":"c7.1772701200000"}"#),
        _ => Reply::json(404, ""),
    }
}

async fn pbx() -> FakePbx {
    FakePbx::start_with_socket(http, answers).await
}

fn run(driver: &Arc<Driver>) -> (mpsc::Receiver<SessionReport>, JoinHandle<Error>) {
    let (out, reports) = mpsc::channel(16);
    let driver = Arc::clone(driver);
    (reports, tokio::spawn(async move { driver.run_session(WHOLE_ACCOUNT, out).await }))
}

async fn live(driver: &Arc<Driver>) -> (mpsc::Receiver<SessionReport>, JoinHandle<Error>) {
    let (mut reports, session) = run(driver);
    while !matches!(reports.recv().await.unwrap(), SessionReport::Drained { complete: true }) {}
    (reports, session)
}

#[tokio::test]
async fn a_session_opens_signed_subscribes_reads_the_list_and_hears_events() {
    let mut pbx = pbx().await;
    let (driver, journal) = driver(pbx::era::MAKE, &pbx);
    let (mut reports, session) = run(&Arc::new(driver));
    let SessionReport::Rights(rights) = reports.recv().await.unwrap() else { panic!("no rights") };
    assert!(rights.can(Ability::Pickup) && rights.can(Ability::Conference));
    assert!(matches!(reports.recv().await.unwrap(), SessionReport::Connected));
    let SessionReport::Snapshot(listed) = reports.recv().await.unwrap() else { panic!("no list") };
    assert!(listed.calls.contains("c1") && listed.events.iter().all(|event| event.source == Source::Poll));
    assert!(matches!(reports.recv().await.unwrap(), SessionReport::Drained { complete: true }));
    let handshakes = pbx.handshakes();
    assert_eq!(handshakes.len(), 1);
    assert_eq!(handshakes[0].line, "GET /ws/token/v1");
    assert_eq!(handshakes[0].header("authorization").as_deref(), Some("Bearer s3cret-token"));

    let event =
        r#"["event",{"id":"s","event":"callevents.dlg_start","data":{"eventid":"e1","cid":"c1","acallid":"a"}}]"#;
    pbx.frames.as_ref().unwrap().send(event.to_owned()).await.unwrap();
    let SessionReport::Batch { events, .. } = reports.recv().await.unwrap() else { panic!("no event") };
    assert_eq!((events[0].call.as_deref(), events[0].source), (Some("c1"), Source::Push));

    pbx.frames = None;
    assert_eq!(session.await.unwrap().kind(), ErrorKind::Transport);
    let entries = journal.entries();
    let frames = entries.iter().filter(|entry| entry.kind == JournalKind::Frame);
    assert_eq!(frames.clone().filter(|entry| entry.sent.is_some()).count(), 2, "what was asked");
    assert_eq!(frames.filter(|entry| entry.received.is_some()).count(), 3);
    assert!(!format!("{entries:?}").contains("s3cret"));
}

#[tokio::test]
async fn a_recording_is_asked_for_over_the_socket_and_fetched_without_the_token() {
    let pbx = pbx().await;
    let (driver, journal) = driver(pbx::era::MAKE, &pbx);
    let driver = Arc::new(driver);
    let key = RecordingReference::Id("fs:main1:Srv-002/1.mp3".to_owned());
    let error = driver.recording("c1", &key).await.unwrap_err();
    assert_eq!((error.kind(), error.unsent()), (ErrorKind::Transport, true), "no socket is open");
    let (_reports, session) = live(&driver).await;
    let mut download = driver.recording("c1", &key).await.unwrap();
    assert_eq!(download.stream.next().await.unwrap().unwrap(), "ID3 sound");
    assert!(!format!("{:?}", journal.entries()).contains("sound.mp3"), "the link is as good as a key");
    session.abort();
}

/// Its calls are asked for: no socket is opened.
const REST: [(&str, &str); 2] = [("transport", "rest"), ("poll", "1")];

fn settings(pbx: &FakePbx, overrides: &[(&str, &str)]) -> ConnectionConfig {
    let mut config = config(pbx::era::MAKE, &pbx.url);
    config.overrides.extend(overrides.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    config
}

fn with_overrides(pbx: &FakePbx, overrides: &[(&str, &str)]) -> Arc<Driver> {
    let config = settings(pbx, overrides);
    let (journal, clock) = (Arc::new(Kept::default()), Arc::new(crate::support::FixedClock));
    Arc::new(Driver::new(config, journal, clock).unwrap())
}

#[tokio::test]
async fn a_call_is_placed_over_rest_or_over_the_socket_and_the_answer_names_it() {
    let pbx = pbx().await;
    let command = CommandId(Uuid::nil());
    let accepted = |call: &str| CommandAnswer::Accepted { command, vendor_call: Some(call.to_owned()), doubt: None };
    let rest = with_overrides(&pbx, &[]);
    assert_eq!(now(&rest).originate(command, "101", "+79161234567").await, accepted("c7"));
    let ccs = with_overrides(&pbx, &[("commands", "ccs")]);
    assert!(
        matches!(now(&ccs).originate(command, "101", "+79161234567").await, CommandAnswer::Rejected { .. }),
        "not open"
    );
    let (_reports, session) = live(&ccs).await;
    assert_eq!(now(&ccs).originate(command, "101", "+79161234567").await, accepted("c9"));
    session.abort();
}

#[tokio::test]
async fn an_answer_over_the_socket_that_is_lost_is_an_unknown_outcome() {
    let (ask, mut asked) = mpsc::channel(1);
    let keeps_quiet = move |text: &str| {
        if !text.contains("new_invite") {
            return answers(text);
        }
        ask.try_send(()).expect("it is asked once");
        Vec::new()
    };
    let mut pbx = FakePbx::start_with_socket(http, keeps_quiet).await;
    let driver = with_overrides(&pbx, &[("commands", "ccs")]);
    let (_reports, session) = live(&driver).await;
    let command = CommandId(Uuid::nil());
    let asking = {
        let driver = Arc::clone(&driver);
        tokio::spawn(async move { now(&driver).originate(command, "101", "+79161234567").await })
    };
    asked.recv().await.expect("the PBX has the request");
    pbx.frames = None;
    assert_eq!(session.await.unwrap().kind(), ErrorKind::Transport);
    assert_eq!(asking.await.unwrap(), CommandAnswer::Unknown { command });
}

/// The next list that was read to its end: this PBX has one row, and the same one over again behind it.
async fn whole_list(driver: &Driver, poller: &mut dyn Poller) -> Snapshot {
    for _ in 0..10 {
        if let Some(list) = driver.poll(poller).await.expect("a page").snapshot {
            return list;
        }
    }
    panic!("it is never whole")
}

#[tokio::test]
async fn without_sockets_the_list_alone_is_read() {
    let pbx = pbx().await;
    let driver = with_overrides(&pbx, &REST);
    assert_eq!(driver.delivery(), Delivery::Polling);
    let steps = Trial::new(Arc::clone(&driver), "101", TimeZone::UTC).steps();
    assert_eq!(steps, [TrialStep::Address, TrialStep::Key, TrialStep::Clock], "no session is to be opened");
    assert_eq!(TrialStep::of_config(&settings(&pbx, &REST)).ok(), Some(steps));
    assert_eq!(TrialStep::of_config(&settings(&pbx, &[])).ok(), Some(TrialStep::of_make(pbx::era::MAKE)));
    assert!(TrialStep::of_make(pbx::era::MAKE).contains(&TrialStep::Live));
    assert!(!driver.abilities(None).can(Ability::Pickup) && driver.abilities(None).can(Ability::Hold));
    let mut poller = driver.poller(Vec::new(), TimeZone::UTC, true).expect("it asks");
    let page = driver.poll(poller.as_mut()).await.expect("a page");
    assert!(page.snapshot.is_none(), "the list may have been cut behind its only row");
    let first = whole_list(&driver, poller.as_mut()).await;
    assert!(first.calls.contains("c1") && !first.events.is_empty(), "{first:?}");
    let again = whole_list(&driver, poller.as_mut()).await;
    assert!(again.calls.contains("c1") && again.events.is_empty(), "{again:?}");
    assert!(pbx.handshakes().is_empty());
}

#[tokio::test]
async fn a_frame_of_any_length_ends_no_session_and_is_kept_as_not_understood() {
    let pbx = pbx().await;
    let (driver, _) = driver(pbx::era::MAKE, &pbx);
    let (mut reports, session) = live(&Arc::new(driver)).await;
    let nested = format!(r#"["event", {}"#, "[".repeat(10 << 20));
    let event = r#"["event",{"event":"callevents.dlg_start","data":{"eventid":"e1","cid":"c1","acallid":"a"}}]"#;
    for text in [nested.as_str(), event] {
        pbx.frames.as_ref().unwrap().send(text.to_owned()).await.unwrap();
    }
    let SessionReport::Batch { events, .. } = reports.recv().await.unwrap() else { panic!("nothing kept") };
    let kept = serde_json::to_string(&events).unwrap();
    assert!(events[0].call.is_none() && kept.contains(&format!("{} bytes", nested.len())), "{kept}");
    let SessionReport::Batch { events, .. } = reports.recv().await.unwrap() else { panic!("no event") };
    assert_eq!(events[0].call.as_deref(), Some("c1"));
    session.abort();
}

#[tokio::test]
async fn a_wrong_token_is_said_so() {
    let pbx = FakePbx::start(|_, _| Reply::json(401, "")).await;
    let (driver, _) = driver(pbx::era::MAKE, &pbx);
    assert_eq!(driver.check().await.reason, CheckReason::WrongCredentials);
}
