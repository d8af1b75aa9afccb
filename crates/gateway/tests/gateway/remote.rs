//! The remote client against a real gateway: the office looks the same from afar.

use std::time::Duration;

use calls::{CommandId, CommandState, Fact, FactKind};
use futures_util::StreamExt;
use jiff::Timestamp;
use link::{
    ByteRange, FrameStream, Office, OfficeErrorKind, RemoteOffice,
    wire::{Cursor, Frame, PlaceCall, Role, StreamEvent},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    events::{answered_call, call_id, event},
    recordings::with_recording,
    rig::{Rig, Setup, connection, removal},
    vendor::{MP3, Vendor},
};

fn office(rig: &Rig, token: &str) -> RemoteOffice {
    let address = format!("http://{}", rig.address).parse().expect("a URL");
    RemoteOffice::connect(&address, SecretString::from(token), None).expect("a loopback address")
}

async fn next(frames: &mut FrameStream) -> Option<Result<Frame, link::OfficeError>> {
    tokio::time::timeout(Duration::from_secs(20), frames.next()).await.expect("something comes")
}

/// The frames up to and with the first `at`, without those about connections.
async fn up_to_at(frames: &mut FrameStream) -> Vec<Frame> {
    let mut seen = Vec::new();
    loop {
        let frame = next(frames).await.expect("is open").expect("no error");
        let ends = matches!(frame, Frame::At { .. });
        if !matches!(frame, Frame::Event { event: StreamEvent::Connection { .. }, .. }) {
            seen.push(frame);
        }
        if ends {
            return seen;
        }
    }
}

#[tokio::test]
async fn the_stream_is_followed_and_resumed() {
    let rig = Rig::new().await;
    let remote = office(&rig, &rig.agent("101").await);
    let mut frames = remote.stream(None).await.expect("opens");
    let seen = up_to_at(&mut frames).await;
    let Frame::Hello { epoch, you, .. } = &seen[0] else { panic!("{seen:?}") };
    assert_eq!(you.role, Role::Agent);
    rig.tell(&[event("s1", "new", None, Timestamp::now())]).await;
    let Some(Ok(Frame::Event { seq, event: StreamEvent::Call { call } })) = next(&mut frames).await else {
        panic!("no call")
    };
    assert_eq!(call.id, call_id("s1"));
    assert!(call.rings_for_me);

    let mut again = remote.stream(Some(Cursor { epoch: epoch.clone(), seq })).await.expect("opens");
    assert_eq!(up_to_at(&mut again).await.len(), 2, "hello and at");
    let mut old = remote.stream(Some(Cursor { epoch: "another".to_owned(), seq })).await.expect("opens");
    assert!(matches!(next(&mut old).await, Some(Ok(Frame::Hello { .. }))));
    assert_eq!(next(&mut old).await, Some(Ok(Frame::TooOld)));
    assert_eq!(next(&mut old).await, None);
}

#[tokio::test]
async fn a_token_that_ended_is_told_from_a_gateway_that_stops() {
    let rig = Rig::new().await;
    let issued = rig.issue("Анна", Role::Agent, &["101"]).await;
    let mut revoked = office(&rig, issued.secret.expose_secret()).stream(None).await.expect("opens");
    up_to_at(&mut revoked).await;
    rig.store.revoke_token(&issued.id, removal()).await.expect("is stored");
    let error = next(&mut revoked).await.expect("says why").expect_err("is an end");
    assert_eq!(error.kind, OfficeErrorKind::Unauthorized);
    let refused = office(&rig, issued.secret.expose_secret()).stream(None).await.map(|_| ()).expect_err("is refused");
    assert_eq!(refused.kind, OfficeErrorKind::Unauthorized);

    let other = office(&rig, &rig.manager().await);
    let mut stopped = other.stream(None).await.expect("opens");
    up_to_at(&mut stopped).await;
    rig.stop().await;
    assert_eq!(next(&mut stopped).await, None, "an end without an error: come again");
    let unreachable = other.stream(None).await.map(|_| ()).expect_err("nobody answers");
    assert_eq!(unreachable.kind, OfficeErrorKind::Unreachable);
}

#[tokio::test]
async fn commands_traces_and_facts_travel() {
    let (_vendor, base) = Vendor::start().await;
    let rig = Rig::with(Setup { vendor: base, ..Setup::default() }).await;
    let remote = office(&rig, &rig.agent("101").await);
    let command = CommandId(Uuid::now_v7());
    let request = PlaceCall {
        command,
        connection: connection("rt1"),
        from: None,
        to: "+79001234567".to_owned(),
        number: None,
        customer_first: false,
    };
    let placed = remote.place_call(request.clone()).await.expect("is taken");
    assert_eq!(placed.command, command);
    let known = remote.command(command).await.expect("is answered").expect("is known");
    assert!(matches!(known.state, CommandState::Sent | CommandState::Accepted));
    assert_eq!(remote.command(CommandId(Uuid::now_v7())).await, Ok(None));
    let wrong = remote.place_call(PlaceCall { from: Some("102".to_owned()), ..request }).await.expect_err("is not his");
    assert_eq!((wrong.kind, wrong.field), (OfficeErrorKind::InvalidRequest, Some("from")));

    rig.tell(&answered_call("s1", "101", Timestamp::now())).await;
    let trace = remote.trace(&call_id("s1")).await.expect("is answered").expect("may be seen");
    assert_eq!(trace.events.len(), 5);
    assert_eq!(remote.trace(&call_id("s2")).await, Ok(None));
    let fact = Fact {
        id: Uuid::now_v7(),
        kind: FactKind::Note,
        author: "Анна".to_owned(),
        at: Timestamp::now(),
        call: call_id("s1"),
        replaces: None,
        value: Value::from("перезвонить"),
    };
    remote.add_fact(fact.clone()).await.expect("is kept");
    let missing = remote.add_fact(Fact { call: call_id("s2"), id: Uuid::now_v7(), ..fact }).await.expect_err("no call");
    assert_eq!(missing.kind, OfficeErrorKind::NotFound);
}

#[tokio::test]
async fn a_recording_is_read_piece_by_piece() {
    let (_vendor, base) = Vendor::start().await;
    let (rig, path) = with_recording(base).await;
    let remote = office(&rig, &rig.agent("101").await);
    let id = path.rsplit('/').next().and_then(|id| id.parse().ok()).expect("an id");
    let mut bytes = Vec::new();
    loop {
        let start = bytes.len() as u64;
        match remote.recording(&id, ByteRange { start, end: Some(start + 16_383) }).await {
            Ok(part) => bytes.extend_from_slice(&part.bytes),
            Err(error) => {
                assert_eq!(error.field, Some("range"), "{error}");
                break;
            }
        }
    }
    assert!(bytes == MP3, "byte for byte");
    let part = remote.recording(&id, ByteRange { start: 5, end: None }).await.expect("is there");
    assert_eq!((part.start, part.total, part.mime), (5, Some(MP3.len() as u64), "audio/mpeg"));
    let peaks = remote.peaks(&id).await.expect("are there");
    assert_eq!(peaks.lanes.len(), 2);
    let stranger = office(&rig, &rig.agent("102").await);
    assert_eq!(stranger.peaks(&id).await.map_err(|error| error.kind), Err(OfficeErrorKind::NotFound));
}

#[tokio::test]
async fn no_error_holds_the_token() {
    let rig = Rig::new().await;
    let secret = "trubka_guessed-secret";
    let remote = office(&rig, secret);
    let told = format!("{:?} {remote:?}", remote.trace(&call_id("s1")).await.expect_err("is refused"));
    assert!(!told.contains("guessed"), "{told}");
}
