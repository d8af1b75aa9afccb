//! A keyring that is locked, and opened later.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use desk::contract::{BeginConnectionRequest, ConnectionProblem, ErrorCode, LinkCause, LinkState, NoticeKind};
use serde_json::json;
use simulator::Make;

use crate::support::{Bench, FakeKeyring, of};
use futures_util::future::join_all;
use own::{KeyringChanges, OFFICE};

#[tokio::test]
async fn an_office_waits_for_its_keyring_and_goes_on_by_itself() {
    let bench = Bench::with(&[Make::MANGO_CLIENT]).await;
    bench.connect(Make::MANGO_CLIENT).await;
    bench.until_live(1).await;
    bench.keyring.is_locked.store(true, Ordering::SeqCst);
    let bench = bench.restart().await;
    let locked = bench.until("it waits", |view| view.offices[0].cause == Some(LinkCause::KeyringLocked)).await;
    assert_eq!(locked.offices[0].link, LinkState::Lost, "and is asked again by itself");
    bench.keyring.is_locked.store(false, Ordering::SeqCst);
    bench.until_live(1).await;
    bench.ring(Make::MANGO_CLIENT);
    bench.until("it rings", |view| !view.now.open.is_empty()).await;
}

#[tokio::test]
async fn a_keyring_that_fails_or_comes_late_is_waited_for_and_no_recording_is_lost() {
    let bench = Bench::with(&[Make::MANGO_CLIENT]).await;
    bench.connect(Make::MANGO_CLIENT).await;
    bench.until_live(1).await;
    let recording = bench.recordings().join(format!("{}.rec", "a".repeat(26)));
    std::fs::write(&recording, "some sound").expect("is written");
    let faults: [fn(&FakeKeyring) -> &AtomicBool; 2] = [|keyring| &keyring.is_broken, |keyring| &keyring.is_missing];
    let mut bench = bench;
    for fault in faults {
        fault(&bench.keyring).store(true, Ordering::SeqCst);
        bench = bench.restart().await;
        bench.until("it waits", |view| view.offices[0].cause == Some(LinkCause::KeyringLocked)).await;
        assert_eq!(bench.main().await.offices[0].link, LinkState::Lost, "and is asked again by itself");
        fault(&bench.keyring).store(false, Ordering::SeqCst);
        bench.until_live(1).await;
        assert!(bench.listed().await.connections[0].problem.is_none());
        assert!(recording.exists());
    }
}

#[tokio::test]
async fn what_a_broken_keyring_does_not_take_is_not_connected() {
    let bench = Bench::with(&[Make::MANGO_CLIENT]).await;
    let draft = bench.begin("mango-client").await;
    let draft = bench.fill(&draft, bench.right_fields(Make::MANGO_CLIENT)).await.expect("is right");
    bench.keyring.is_broken.store(true, Ordering::SeqCst);
    let refused = bench.own.save(&bench.desk, of(&draft.connection)).await.expect_err("it fails");
    assert_eq!(refused.code, ErrorCode::KeyringLocked);
    assert!(bench.listed().await.connections.is_empty());
    bench.keyring.is_broken.store(false, Ordering::SeqCst);
    bench.own.save(&bench.desk, of(&draft.connection)).await.expect("is saved");
    bench.until_live(1).await;
}

#[tokio::test]
async fn the_key_of_the_recordings_is_made_once_and_lies_in_the_keyring() {
    let bench = Bench::with(&[Make::MANGO_CLIENT]).await;
    bench.connect(Make::MANGO_CLIENT).await;
    let of_recordings = |bench: &Bench| {
        let entries = bench.keyring.entries();
        let found = entries.iter().find(|(name, _)| name.ends_with(":recordings"));
        found.map(|(_, key)| key.clone()).expect("is there")
    };
    let key = of_recordings(&bench);
    assert_eq!(key.len(), 64);
    let bench = bench.restart().await;
    bench.until_live(1).await;
    assert_eq!(of_recordings(&bench), key);
    // No key stands in what is kept beside it.
    let settings = bench.store.setting("own.office").expect("is read").expect("is there");
    let access = bench.simulator.credentials().of(Make::MANGO_CLIENT).expect("it runs");
    assert!(access.secrets().all(|(_, secret)| !settings.contains(secret)) && !settings.contains(&key));
}

#[tokio::test]
async fn where_the_keyring_is_gone_for_good_keys_are_entered_for_this_run_and_it_is_said() {
    let bench = Bench::with(&[Make::MANGO_CLIENT, Make::ERA]).await;
    let mango = bench.connect(Make::MANGO_CLIENT).await;
    let era = bench.connect(Make::ERA).await;
    bench.until_live(2).await;
    bench.keyring.is_missing.store(true, Ordering::SeqCst);
    let bench = bench.restart().await;
    bench.until("it waits", |view| view.offices[0].cause == Some(LinkCause::KeyringLocked)).await;
    let change =
        BeginConnectionRequest { office: OFFICE.to_owned(), make: None, connection: Some(mango.connection.clone()) };
    let again = bench.own.begin(change).await.expect("is begun");
    let keys = json!({"keys": bench.right_fields(Make::MANGO_CLIENT)["keys"]});
    let again = bench.fill(&again, keys).await.expect("is right");
    bench.own.save(&bench.desk, of(&again.connection)).await.expect("is saved");
    bench.until_live(1).await;
    let told = |view: &desk::contract::MainView| view.notices.iter().any(|it| it.kind == NoticeKind::NoKeyring);
    bench.until("it is said", told).await;
    let problem = async |id: &str| {
        let listed = bench.listed().await.connections;
        listed.into_iter().find(|known| known.id == id).expect("is listed").problem
    };
    assert_eq!(
        (problem(&mango.connection).await, problem(&era.connection).await),
        (None, Some(ConnectionProblem::KeyMissing))
    );
    bench.ring(Make::MANGO_CLIENT);
    bench.until("it rings", |view| !view.now.open.is_empty()).await;
}

#[tokio::test]
async fn a_key_that_a_locked_keyring_does_not_let_go_is_told_and_gone_after_the_next_start() {
    let bench = Bench::with(&[Make::MANGO_CLIENT]).await;
    let draft = bench.connect(Make::MANGO_CLIENT).await;
    bench.until_live(1).await;
    bench.keyring.is_locked.store(true, Ordering::SeqCst);
    bench.own.remove(&bench.desk, of(&draft.connection)).await.expect("is removed");
    assert!(bench.listed().await.connections.is_empty());
    let told = |view: &desk::contract::MainView| view.notices.iter().any(|it| it.kind == NoticeKind::KeyStays);
    bench.until("it is said", told).await;
    assert_eq!(bench.keyring.keys(), [draft.connection]);
    bench.keyring.is_locked.store(false, Ordering::SeqCst);
    let bench = bench.restart().await;
    bench.until("the office is there", |view| view.offices.iter().any(|it| it.link == LinkState::Live)).await;
    assert!(bench.keyring.keys().is_empty());
    bench.until_kept("own.office", |kept| kept.contains(r#""toForget":[]"#)).await;
}

/// Otherwise a token that comes late would replace the one that came after it.
#[tokio::test]
async fn changes_are_made_in_the_order_in_which_they_were_asked_for() {
    let changes = KeyringChanges::new(Arc::new(FakeKeyring::default()));
    let made = Arc::new(Mutex::new(Vec::new()));
    let asked = (0..200).map(|number| {
        let made = Arc::clone(&made);
        changes.make_at_last(move |_| {
            made.lock().expect("not poisoned").push(number);
            Ok(())
        })
    });
    join_all(asked).await.into_iter().collect::<Result<Vec<()>, _>>().expect("all are made");
    assert_eq!(*made.lock().expect("not poisoned"), (0..200).collect::<Vec<_>>());
}
