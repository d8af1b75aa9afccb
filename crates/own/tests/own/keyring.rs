//! A keyring that is locked, and opened later.

use std::sync::atomic::Ordering;

use desk::contract::{LinkCause, LinkState};
use simulator::Make;

use crate::support::Bench;

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
