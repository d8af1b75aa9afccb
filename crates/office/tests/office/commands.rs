//! Commands: the same one answers the same outcome and never acts twice, whatever happens in between.

use std::time::Duration;

use calls::{CallId, Command, CommandId, CommandKind, CommandState, Decision, LogEvent};
use futures_util::FutureExt;
use link::{Office, OfficeErrorKind, wire::PlaceCall};
use store::{Began, NewCommand, NewEntry, Store};
use uuid::Uuid;

use crate::support::{Bench, connection};

fn request(command: CommandId) -> PlaceCall {
    let to = "+79161234567".into();
    PlaceCall { command, connection: connection(), from: None, to, number: None, customer_first: false }
}

fn fresh() -> CommandId {
    CommandId(Uuid::now_v7())
}

#[tokio::test]
async fn a_command_is_his_who_sent_it_and_not_of_whoever_knows_its_id() {
    let bench = Bench::new().await;
    let (mine, command) = (bench.of_agent("102"), fresh());
    let first = mine.place_call(request(command)).await.expect("logged");
    let again = mine.place_call(request(command)).await.expect("known");
    assert_eq!(again.call, first.call);

    let other = bench.of_agent("103");
    assert_eq!(other.command(command).await, Ok(None));
    let taken = other.place_call(request(command)).await.expect_err("not his");
    assert_eq!((taken.kind, taken.field), (OfficeErrorKind::InvalidRequest, Some("command")));
    assert!(bench.manager().command(command).await.expect("readable").is_some(), "a manager sees the call");
}

#[tokio::test]
async fn a_request_that_is_dropped_midway_leaves_no_command_on_its_way() {
    let bench = Bench::new().await;
    let (view, command) = (bench.of_agent("102"), fresh());
    // Whoever asked hangs up as soon as the office has read what he wants.
    assert_eq!(view.place_call(request(command)).now_or_never(), None);
    let status = async {
        loop {
            match view.command(command).await.expect("readable") {
                Some(status) if status.state != CommandState::Sent => break status.state,
                Some(_) | None => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    };
    let state = tokio::time::timeout(Duration::from_secs(10), status).await.expect("it was sent, and failed");
    assert!(matches!(state, CommandState::Rejected | CommandState::Unknown), "nobody answers there: {state:?}");
}

#[tokio::test]
async fn a_command_that_could_not_be_logged_is_not_sent_and_not_known() {
    let bench = Bench::new().await;
    let (view, command) = (bench.of_agent("102"), fresh());
    // From now on the database takes nothing, as with a full disk.
    bench.store.clone().close();
    let refused = view.place_call(request(command)).await.expect_err("not logged");
    assert_eq!(refused.kind, OfficeErrorKind::Storage);
    assert_eq!(view.command(command).await, Ok(None));
}

/// What a killed process leaves behind between logging a command and sending it.
fn begun(store: &Store, connection: &str, event: impl FnOnce(CommandId) -> LogEvent) -> CommandId {
    let id = fresh();
    let connection = connection.parse().expect("valid");
    let call = CallId::of_command(&connection, id);
    let row = NewCommand {
        id,
        connection: connection.clone(),
        call: call.clone(),
        author: "Agent 102".into(),
        at: "2026-03-01T09:00:00Z".parse().expect("a time"),
        request: "originate".into(),
    };
    let entry = NewEntry { received_at: row.at, call: Some(call), dedupe_key: None, connection, event: event(id) };
    assert!(matches!(store.begin_command(row, entry).wait(), Ok(Began::New(_))));
    id
}

#[tokio::test]
async fn a_command_that_was_on_its_way_is_unknown_after_the_restart_and_told_so_once() {
    let (mut known, mut lost) = (fresh(), fresh());
    let bench = Bench::new().await;
    let bench = bench
        .restart_after(|store| {
            known = begun(store, "rt1", |id| {
                let (from, to) = ("102".into(), "79161234567".into());
                let kind = CommandKind::Originate { from, to, customer_first: false };
                LogEvent::Command(Command { id, author: "Test".into(), kind })
            });
            // Of a connection that is not there any more.
            lost = begun(store, "old", |_| {
                LogEvent::Decision(Decision::ZoneChosen { zone: "UTC".into(), because: "a test".into() })
            });
        })
        .await;
    let state = |bench: &Bench, id| bench.store.command(id).expect("readable").expect("there").state;
    assert_eq!(state(&bench, lost), CommandState::Unknown);
    assert_eq!(state(&bench, known), CommandState::Unknown);
    let answers = |bench: &Bench| {
        let log = bench.store.read_from(&connection(), 0, 1000).expect("readable");
        log.iter().flatten().filter(|stored| matches!(stored.event, LogEvent::Answer(_))).count()
    };
    assert_eq!(answers(&bench), 1);
    let bench = bench.restart().await;
    assert_eq!(answers(&bench), 1, "nothing more to say of it");
}
