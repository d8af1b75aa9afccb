//! What is published, to whom, and how far a desk may resume, also while rows cannot be written.

#![expect(clippy::disallowed_methods, reason = "tests")]

use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use calls::{
    Book, BookSettings, CallId, Change, ConnectionId, Direction, Effect, LegRef, LegRole, LogEvent, Source, Stored,
    VendorEvent,
};
use jiff::{SignedDuration, Timestamp};
use store::{Audience, Options, Scope, Store, SystemRandom, Visible};
use tempfile::TempDir;

use super::{Head, Keeper, KeeperHandle, Published, requests::entry};
use crate::{
    clock::SystemClock,
    settings::{Directory, LineSettings},
    status::Board,
};

fn connection() -> ConnectionId {
    "rt1".parse().expect("valid")
}

fn store(folder: &TempDir) -> Store {
    Store::open_in(folder.path(), Options::owner("x", SystemRandom)).expect("opens")
}

async fn keeper(store: &Store) -> (Keeper, KeeperHandle) {
    let line = |number: &str, group: &str| LineSettings {
        connection: connection(),
        number: number.into(),
        title: String::new(),
        groups: vec![group.into()],
    };
    let lines = vec![line("+74951234567", "sales"), line("+74951234568", "support")];
    let directory = Directory::new(lines, &[], Vec::new(), BTreeMap::new(), Default::default());
    let settings = BookSettings { answer_names_call: true, ..BookSettings::default() };
    let books = BTreeMap::from([(connection(), Book::new(connection(), settings))]);
    let board = Arc::new(Board::new(Arc::new(SystemClock)));
    Keeper::open("test", store.clone(), Arc::new(SystemClock), Arc::new(directory), board, books).await.expect("opens")
}

fn rings(call: &str) -> LogEvent {
    let leg = LegRef {
        key: "101".into(),
        role: LegRole::Agent,
        extension: Some("101".into()),
        number: None,
        name: None,
        alias: None,
        caller: None,
    };
    LogEvent::Vendor(VendorEvent {
        dedupe_key: call.into(),
        raw_kind: "calling".into(),
        call: Some(call.into()),
        time: None,
        leg_seq: None,
        source: Source::Webhook,
        trial: false,
        session: None,
        vendor_command: None,
        effects: vec![Effect::LegRinging { leg }],
    })
}

async fn told(keeper: &mut Keeper, call: &str) {
    keeper.append(vec![entry(&connection(), Timestamp::now(), rings(call))]).await.expect("stored");
}

fn agent() -> Visible {
    Visible::Some(vec![Scope::Extension(connection(), "101".into())])
}

#[tokio::test]
async fn nobody_resumes_from_beyond_what_the_rows_hold() {
    let folder = TempDir::new().expect("a folder");
    let first = store(&folder);
    // The process is killed between the log and the rows.
    first.append(vec![entry(&connection(), Timestamp::now(), rings("s-1"))]).await.expect("stored");
    let (mut keeper, handle) = keeper(&first).await;
    assert_eq!(handle.subscribe().1, Head { seq: 0, behind: true });
    keeper.settle().await.expect("settled");
    assert_eq!(handle.subscribe().1, Head { seq: 1, behind: false });
    assert_eq!(first.changed("test", &agent(), 0, 0, 9, 9).expect("reads").items.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_the_rows_cannot_hold_is_published_and_the_head_waits_for_them() {
    let folder = TempDir::new().expect("a folder");
    let full = store(&folder);
    let (mut keeper, handle) = keeper(&full).await;
    let (mut live, _) = handle.subscribe();
    told(&mut keeper, "s-1").await;
    full.clone().close();
    keeper.save().await;
    assert!(matches!(live.try_recv(), Ok(Published::Call { seq: 1, .. })), "a card does not wait for the disk");
    assert_eq!(handle.subscribe().1, Head { seq: 0, behind: true });

    // Space again.
    drop(full);
    keeper.store = elsewhere(folder.path());
    keeper.save().await;
    assert_eq!(handle.head(), 0, "not tried again at once");
    tokio::time::advance(Duration::from_secs(2)).await;
    keeper.save().await;
    assert_eq!(handle.subscribe().1, Head { seq: 1, behind: false });
    assert!(matches!(live.try_recv(), Ok(Published::Recovered)));
    assert_eq!(keeper.store.changed("test", &agent(), 0, 0, 9, 9).expect("reads").items.len(), 1);
}

/// The same database, opened beside the owner that has failed.
fn elsewhere(folder: &Path) -> Store {
    Store::open_in(folder, Options::guest(SystemRandom)).expect("opens")
}

#[tokio::test]
async fn whoever_saw_a_call_is_told_when_he_sees_it_no_more() {
    let folder = TempDir::new().expect("a folder");
    let store = store(&folder);
    let (mut keeper, handle) = keeper(&store).await;
    told(&mut keeper, "s-1").await;
    let book = keeper.books.get(&connection()).expect("there");
    let call = book.open_calls().next().expect("open").clone();
    let on = |number: &str| {
        let mut call = call.clone();
        call.direction = Direction::Incoming;
        call.line.number = Some(number.into());
        vec![Change::Call(call)]
    };
    let (mut live, _) = handle.subscribe();
    let mut parted = async |keeper: &mut Keeper| -> Vec<Arc<Audience>> {
        keeper.save().await;
        std::iter::from_fn(|| live.try_recv().ok())
            .filter_map(|item| if let Published::Call { parted, .. } = item { Some(parted) } else { None })
            .collect()
    };
    let sales = Visible::Some(vec![Scope::Group("managers sales".into())]);
    keeper.note(2, &connection(), on("+74951234567"));
    assert!(parted(&mut keeper).await.iter().all(|who| !who.has(&sales)));
    // Over two saves, and within one.
    keeper.note(3, &connection(), on("+74951234568"));
    assert!(parted(&mut keeper).await[0].has(&sales));
    keeper.note(4, &connection(), on("+74951234567"));
    keeper.note(5, &connection(), on("+74951234568"));
    assert!(parted(&mut keeper).await[1].has(&sales));
}

#[tokio::test]
async fn facts_that_come_together_are_kept_together_and_told_in_their_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = store(&folder);
    let (keeper, handle) = keeper(&store).await;
    let (mut published, _) = handle.subscribe();
    let call = calls::CallId::of_vendor(&connection(), "s1");
    let fact = |n: u128| calls::Fact {
        id: uuid::Uuid::from_u128(n),
        kind: calls::FactKind::Note,
        author: "anna".into(),
        at: Timestamp::UNIX_EPOCH,
        call: call.clone(),
        replaces: None,
        value: "a note".into(),
    };
    let told = futures_util::future::join_all((1..=50).map(|n| handle.fact(fact(n))));
    let (told, ()) = tokio::join!(
        async {
            let told = told.await;
            handle.stop().await;
            told
        },
        keeper.run()
    );
    assert!(told.iter().all(Result::is_ok), "{told:?}");
    assert_eq!(store.facts("test", &call).expect("reads").len(), 50);
    let mut seqs = Vec::new();
    while let Ok(item) = published.try_recv() {
        if let Published::Fact { seq, .. } = item {
            seqs.push(seq);
        }
    }
    assert_eq!(seqs, (1..=50).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_cannot_be_addressed_just_now_is_told_once_it_can() {
    let folder = TempDir::new().expect("a folder");
    let store = store(&folder);
    let (mut keeper, handle) = keeper(&store).await;
    told(&mut keeper, "s-1").await;
    keeper.save().await;
    let (mut live, _) = handle.subscribe();
    let working = tokio::spawn(keeper.run());
    let behind_the_stores_back = |sql: &str| {
        let database = rusqlite::Connection::open(folder.path().join("trubka.db")).expect("opens");
        database.execute_batch(sql).expect("is done");
    };
    // Who sees the call cannot be read.
    behind_the_stores_back("ALTER TABLE redirects RENAME TO unreadable");
    let outcome = calls::Fact {
        id: uuid::Uuid::from_u128(1),
        kind: calls::FactKind::Outcome,
        author: "anna".into(),
        at: Timestamp::UNIX_EPOCH,
        call: calls::CallId::of_vendor(&connection(), "s-1"),
        replaces: None,
        value: "done".into(),
    };
    handle.fact(outcome).await.expect("stored");
    assert_eq!(handle.subscribe().1, Head { seq: 1, behind: true }, "nobody resumes from beyond it");
    behind_the_stores_back("ALTER TABLE unreadable RENAME TO redirects");
    let audience = loop {
        let item = tokio::time::timeout(Duration::from_secs(10), live.recv()).await.expect("in time").expect("goes on");
        if let Published::Fact { audience, .. } = item {
            break audience;
        }
    };
    assert!(audience.has(&agent()));
    handle.stop().await;
    working.await.expect("has ended");
    assert_eq!(handle.subscribe().1, Head { seq: 2, behind: false });
}

#[tokio::test]
async fn a_zone_that_is_chosen_in_what_is_read_again_holds_from_its_place_on() {
    let folder = TempDir::new().expect("a folder");
    let store = store(&folder);
    let received = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(100);
    let at = |age: SignedDuration| {
        let mut rings = rings(&format!("{age:?}"));
        if let LogEvent::Vendor(event) = &mut rings {
            event.time = Some(calls::VendorTime { raw: String::new(), utc: received - age, zone: Some("UTC".into()) });
        }
        entry(&connection(), received, rings)
    };
    // An hour and a half ahead of our clock: on time once the zone is chosen; before that no zone explains it.
    let ahead = SignedDuration::from_mins(-90);
    let choice = LogEvent::Decision(calls::Decision::ZoneChosen { zone: "UTC".into(), because: "a test".into() });
    let (mut first, _) = keeper(&store).await;
    first.append(vec![at(ahead)]).await.expect("stored");
    first.append(vec![entry(&connection(), received, choice)]).await.expect("stored");
    first.append(vec![at(ahead + SignedDuration::from_secs(1))]).await.expect("stored");
    let late = |keeper: &Keeper| -> Vec<(String, bool)> {
        let book = keeper.books.get(&connection()).expect("there");
        let mut calls: Vec<_> = book.open_calls().map(|call| (call.id.to_string(), call.late)).collect();
        calls.sort();
        calls
    };
    let live = late(&first);
    assert_eq!(live.iter().filter(|(_, late)| *late).count(), 1, "the choice makes a difference: {live:?}");
    first.save().await;
    first.keep_rebuild(&connection(), first.books.get(&connection()).expect("there"), 3);
    store.set_setting("settled", "yes").await.expect("is written");
    drop(first);
    let (again, _) = keeper(&store).await;
    assert_eq!(again.books.get(&connection()).expect("there").zone_chosen(), Some(2));
    assert_eq!(late(&again), live, "read again it says the same");
}

#[tokio::test]
async fn a_connection_with_other_settings_goes_on_by_them() {
    let folder = TempDir::new().expect("a folder");
    let (mut keeper, _) = keeper(&store(&folder)).await;
    told(&mut keeper, "s1").await;
    let due = |keeper: &Keeper| keeper.books.get(&connection()).and_then(Book::next_deadline).expect("it waits").0;
    let before = due(&keeper);
    let usual = BookSettings::default();
    let longer = BookSettings { silence: usual.silence + SignedDuration::from_hours(1), ..usual };
    keeper.join(&connection(), longer).await.expect("it is known");
    assert_eq!(due(&keeper), before + SignedDuration::from_hours(1));
    assert_eq!(keeper.books.get(&connection()).map(|book| book.open_calls().count()), Some(1), "the call goes on");
}

#[tokio::test]
async fn each_call_is_logged_when_its_own_entries_were() {
    let folder = TempDir::new().expect("a folder");
    let (mut keeper, handle) = keeper(&store(&folder)).await;
    // The log's clock knows whole milliseconds.
    let now = Timestamp::now() - SignedDuration::from_millis(1);
    // Nothing was logged for an hour, and then something that did not come from a PBX, as a command does.
    keeper.logged_at = now - SignedDuration::from_hours(1);
    let ring = Stored { seq: 1, connection: connection(), received_at: now, event: rings("s-1") };
    keeper.take_entries(vec![ring]).await;
    let times = handle.times.of(&CallId::of_vendor(&connection(), "s-1"));
    assert!(times[0].logged_at >= now, "{times:?}");
}
