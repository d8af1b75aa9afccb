//! Connections come, change, pause and go.

use std::{sync::atomic::Ordering, time::Duration};

use calls::CallState;
use desk::contract::{
    BeginConnectionRequest, CardPhase, ConnectionProblem, ErrorCode, LinkState, NoticeKind, PauseConnectionRequest,
    Stage,
};
use serde_json::json;
use simulator::Make;

use crate::support::{Bench, ME, of};
use own::OFFICE;

/// The phases of the cards that are up.
async fn phases(bench: &Bench) -> Vec<CardPhase> {
    bench.desk.card_snapshot().await.expect("answers").cards.into_iter().map(|card| card.phase).collect()
}

async fn until_it_rings(bench: &Bench) {
    bench.until("it rings", |view| view.now.open.iter().any(|row| row.state == CallState::Ringing)).await;
    let end = tokio::time::Instant::now() + Duration::from_secs(20);
    while phases(bench).await != [CardPhase::Ringing] {
        assert!(tokio::time::Instant::now() < end, "its card is up");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn each_live_make_rings_at_once_and_after_a_restart_without_a_question() {
    for make in [Make::MANGO_CLIENT, Make::ERA] {
        let bench = Bench::with(&[make]).await;
        assert_eq!(bench.main().await.stage, Stage::Welcome);
        bench.connect(make).await;
        bench.until_live(1).await;
        assert_eq!(bench.main().await.me.expect("said").extensions, [ME], "{make}");
        let bench = bench.restart().await;
        bench.until_live(1).await;
        bench.ring(make);
        until_it_rings(&bench).await;
        bench.own.shutdown().await;
    }
}

#[tokio::test]
async fn a_pbx_that_is_asked_is_connected_and_goes_on_after_a_restart() {
    let bench = Bench::with(&[Make::RINGCLOUD]).await;
    bench.connect(Make::RINGCLOUD).await;
    bench.until_live(1).await;
    let bench = bench.restart().await;
    bench.ring(Make::RINGCLOUD);
    // A restart keeps to the PBX's minute between two lists.
    bench.until_within(Duration::from_secs(90), "the call is there", |view| !view.now.open.is_empty()).await;
}

#[tokio::test]
async fn a_pbx_that_cannot_reach_us_tells_of_its_calls_late_and_rings_nobody() {
    let bench = Bench::with(&[Make::ZADARMA]).await;
    bench.connect(Make::ZADARMA).await;
    bench.until_live(1).await;
    let list = |bench: &Bench| {
        let desk = bench.desk.clone();
        async move {
            let request = serde_json::from_value(json!({"filter": "all", "limit": 50})).expect("a request");
            desk.list_calls(request).await.expect("is read").rows.len()
        }
    };
    let end = tokio::time::Instant::now() + Duration::from_secs(20);
    while list(&bench).await == 0 {
        assert!(tokio::time::Instant::now() < end, "its history is read");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(phases(&bench).await, []);
}

#[tokio::test]
async fn a_connection_that_is_paused_is_silent_and_goes_on_where_it_was() {
    let bench = Bench::with(&[Make::MANGO_CLIENT]).await;
    let draft = bench.connect(Make::MANGO_CLIENT).await;
    bench.until_live(1).await;
    let pause =
        |paused| PauseConnectionRequest { office: OFFICE.to_owned(), connection: draft.connection.clone(), paused };
    bench.own.pause(pause(true)).await.expect("is paused");
    bench.until("no connection", |view| view.offices[0].connections.is_empty()).await;
    assert_eq!(bench.simulator.requests(Some("/session/unregister"), ME), 1, "the PBX keeps what comes");
    let bench = bench.restart().await;
    bench.until("the office is there", |view| view.offices.iter().any(|it| it.link == LinkState::Live)).await;
    assert!(bench.listed().await.connections[0].paused, "also after a restart");
    bench.own.pause(pause(false)).await.expect("goes on");
    bench.until_live(1).await;
    bench.ring(Make::MANGO_CLIENT);
    until_it_rings(&bench).await;
}

#[tokio::test]
async fn a_connection_removed_in_mid_call_takes_its_card_and_key_and_leaves_the_call() {
    let bench = Bench::with(&[Make::MANGO_CLIENT]).await;
    let draft = bench.connect(Make::MANGO_CLIENT).await;
    bench.until_live(1).await;
    bench.ring(Make::MANGO_CLIENT);
    until_it_rings(&bench).await;
    let today = bench.main().await.now.today;
    assert_eq!(bench.keyring.keys(), std::slice::from_ref(&draft.connection));
    bench.own.remove(&bench.desk, of(&draft.connection)).await.expect("is removed");
    bench.until("it is over", |view| view.now.open.is_empty() && view.now.today == today).await;
    assert!(!phases(&bench).await.contains(&CardPhase::Ringing));
    assert!(bench.keyring.keys().is_empty(), "nothing stays in the keyring");
    assert!(bench.listed().await.connections.is_empty());
    // A new one has another name: names are never given twice.
    let again = bench.connect(Make::MANGO_CLIENT).await;
    assert_ne!(again.connection, draft.connection);
    bench.until_live(1).await;
    let bench = bench.restart().await;
    bench.until_live(1).await;
    assert!(bench.main().await.now.today >= today, "its calls stay");
}

#[tokio::test]
async fn a_connection_is_changed_without_its_key_being_typed_again() {
    let bench = Bench::with(&[Make::MANGO_CLIENT]).await;
    let draft = bench.connect(Make::MANGO_CLIENT).await;
    bench.until_live(1).await;
    let request =
        BeginConnectionRequest { office: OFFICE.to_owned(), make: None, connection: Some(draft.connection.clone()) };
    let changed = bench.own.begin(request).await.expect("is begun");
    assert!(!changed.is_new && changed.keys == ["token"] && changed.phone == ME, "{changed:?}");
    let changed = bench.fill(&changed, json!({"phone": "201"})).await.expect("is right");
    bench.own.save(&bench.desk, of(&changed.connection)).await.expect("is saved");
    bench.until("the other phone", |view| view.me.as_ref().is_some_and(|me| me.extensions == ["201"])).await;
    bench.until_live(1).await;
    assert_eq!(bench.listed().await.connections.len(), 1);
}

#[tokio::test]
async fn a_locked_keyring_keeps_nothing_and_says_so_and_later_it_goes_on() {
    let bench = Bench::with(&[Make::MANGO_CLIENT]).await;
    bench.keyring.is_locked.store(true, Ordering::SeqCst);
    let draft = bench.begin("mango-client").await;
    let draft = bench.fill(&draft, bench.right_fields(Make::MANGO_CLIENT)).await.expect("is right");
    let refused = bench.own.save(&bench.desk, of(&draft.connection)).await.expect_err("is locked");
    assert_eq!(refused.code, ErrorCode::KeyringLocked);
    assert!(bench.listed().await.connections.is_empty() && bench.keyring.keys().is_empty());
    assert!(bench.main().await.offices.is_empty(), "nothing half-saved is shown");
    bench.keyring.is_locked.store(false, Ordering::SeqCst);
    bench.own.save(&bench.desk, of(&draft.connection)).await.expect("is saved");
    bench.until_live(1).await;
}

#[tokio::test]
async fn without_a_keyring_keys_are_kept_for_this_run_and_the_next_one_asks_for_them() {
    let bench = Bench::with(&[Make::MANGO_CLIENT]).await;
    bench.keyring.is_missing.store(true, Ordering::SeqCst);
    let draft = bench.connect(Make::MANGO_CLIENT).await;
    bench.until_live(1).await;
    let told = |view: &desk::contract::MainView| view.notices.iter().any(|it| it.kind == NoticeKind::NoKeyring);
    bench.until("it is said", told).await;
    let bench = bench.restart().await;
    bench.until("the office is there", |view| view.offices.iter().any(|it| it.link == LinkState::Live)).await;
    let known = bench.listed().await.connections.remove(0);
    assert!(known.id == draft.connection && known.problem.is_some(), "{known:?}");
}

#[tokio::test]
async fn a_paused_connection_whose_key_is_gone_says_so_when_it_is_to_go_on_and_takes_it_again() {
    let bench = Bench::with(&[Make::MANGO_CLIENT]).await;
    let draft = bench.connect(Make::MANGO_CLIENT).await;
    bench.until_live(1).await;
    let pause =
        |paused| PauseConnectionRequest { office: OFFICE.to_owned(), connection: draft.connection.clone(), paused };
    bench.own.pause(pause(true)).await.expect("is paused");
    bench.keyring.entries().retain(|name, _| name.ends_with(":recordings"));
    let bench = bench.restart().await;
    bench.own.pause(pause(false)).await.expect("goes on, as far as it can");
    let known = bench.listed().await.connections.remove(0);
    assert_eq!((known.paused, known.problem), (false, Some(ConnectionProblem::KeyMissing)));
    let request =
        BeginConnectionRequest { office: OFFICE.to_owned(), make: None, connection: Some(draft.connection.clone()) };
    let again = bench.own.begin(request).await.expect("is begun");
    let keys = json!({"keys": bench.right_fields(Make::MANGO_CLIENT)["keys"]});
    let again = bench.fill(&again, keys).await.expect("is right");
    bench.own.save(&bench.desk, of(&again.connection)).await.expect("is saved");
    bench.until_live(1).await;
    assert_eq!(bench.listed().await.connections.remove(0).problem, None);
}

#[tokio::test]
async fn a_locked_keyring_does_not_keep_a_connection_from_being_paused() {
    let bench = Bench::with(&[Make::MANGO_CLIENT]).await;
    let draft = bench.connect(Make::MANGO_CLIENT).await;
    bench.until_live(1).await;
    bench.keyring.is_locked.store(true, Ordering::SeqCst);
    let bench = bench.restart().await;
    let pause = PauseConnectionRequest { office: OFFICE.to_owned(), connection: draft.connection, paused: true };
    bench.own.pause(pause).await.expect("is paused");
    bench.keyring.is_locked.store(false, Ordering::SeqCst);
    bench
        .until("the office is there", |view| {
            view.offices.iter().any(|it| it.link == LinkState::Live && it.connections.is_empty())
        })
        .await;
}

#[tokio::test]
async fn the_mark_of_a_first_connection_stands_when_its_key_is_written() {
    let bench = Bench::with(&[Make::MANGO_CLIENT]).await;
    let draft = bench.connect(Make::MANGO_CLIENT).await;
    // Were the program killed now, the next start would find the key and take it away.
    let then = bench.keyring.settings_then.lock().expect("not poisoned").clone().expect("was written");
    let then: serde_json::Value = serde_json::from_str(&then).expect("JSON");
    assert_eq!(then["toForget"], json!([draft.connection]));
    let now = bench.store.setting("own.office").expect("is read").expect("is there");
    assert!(now.contains(r#""toForget":[]"#), "and is gone once it is connected: {now}");
}

#[tokio::test]
async fn a_key_that_the_keyring_takes_after_the_save_was_refused_is_taken_back() {
    let bench = Bench::with(&[Make::MANGO_CLIENT, Make::ERA]).await;
    bench.connect(Make::ERA).await;
    bench.until_live(1).await;
    let kept = bench.keyring.keys();
    bench.keyring.is_asking.store(true, Ordering::SeqCst);
    let draft = bench.begin("mango-client").await;
    let draft = bench.fill(&draft, bench.right_fields(Make::MANGO_CLIENT)).await.expect("is right");
    let refused = bench.own.save(&bench.desk, of(&draft.connection)).await.expect_err("nobody answers the dialogue");
    assert_eq!(refused.code, ErrorCode::KeyringLocked);
    // The person answers it while he tries again: the first key goes before the second one comes.
    let saving = tokio::spawn({
        let (own, desk, request) = (bench.own.clone(), bench.desk.clone(), of(&draft.connection));
        async move { own.save(&desk, request).await }
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(bench.keyring.keys(), kept);
    bench.keyring.is_asking.store(false, Ordering::SeqCst);
    saving.await.expect("does not panic").expect("is saved");
    bench.until_live(2).await;
    assert_eq!(bench.keyring.keys().len(), 2);
    // And where he does not try again, what he then answers leaves nothing.
    bench.keyring.is_asking.store(true, Ordering::SeqCst);
    let request =
        BeginConnectionRequest { office: OFFICE.to_owned(), make: None, connection: Some(draft.connection.clone()) };
    let changed = bench.own.begin(request).await.expect("is begun");
    let changed = bench.fill(&changed, json!({"keys": {"token": "another"}})).await.expect("looks right");
    bench.own.save(&bench.desk, of(&changed.connection)).await.expect_err("nobody answers the dialogue");
    let before = bench.keyring.written.load(Ordering::SeqCst);
    bench.keyring.is_asking.store(false, Ordering::SeqCst);
    let end = tokio::time::Instant::now() + Duration::from_secs(20);
    let has_another = || bench.keyring.entries().values().any(|entry| entry.contains("another"));
    // It takes the other key first, and then has that taken out again.
    while bench.keyring.written.load(Ordering::SeqCst) == before || has_another() {
        assert!(tokio::time::Instant::now() < end, "the right key is back");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let bench = bench.restart().await;
    bench.until_live(2).await;
}

#[tokio::test]
async fn an_own_office_of_an_earlier_version_reads_times_in_the_zone_that_its_pbx_tells() {
    let bench = Bench::with(&[Make::ZADARMA]).await;
    let draft = bench.connect(Make::ZADARMA).await;
    bench.until_live(1).await;
    let key = format!("zone:{}", draft.connection);
    let told = bench.until_kept(&key, |_| true).await;
    assert_ne!(told, "Europe/Samara");
    bench.store.set_setting(&key, "Europe/Samara").durable().await.expect("is written");
    let bench = bench.restart().await;
    bench.until_live(1).await;
    bench.until_kept(&key, |zone| zone == told).await;
}

#[tokio::test]
async fn what_was_begun_before_a_crash_leaves_no_key_behind() {
    let bench = Bench::with(&[Make::MANGO_CLIENT]).await;
    let draft = bench.connect(Make::MANGO_CLIENT).await;
    bench.until_live(1).await;
    // As a run leaves it that was killed between the keyring and the settings.
    let text = bench.store.setting("own.office").expect("is read").expect("is there");
    let mut settings: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    settings["connections"] = json!([]);
    settings["toForget"] = json!([draft.connection]);
    bench.store.set_setting("own.office", &settings.to_string()).await.expect("is written");
    let bench = bench.restart().await;
    bench.until("the office is there", |view| view.offices.iter().any(|it| it.link == LinkState::Live)).await;
    assert!(bench.keyring.keys().is_empty());
}

#[tokio::test]
async fn two_connections_stand_side_by_side_and_one_that_fails_leaves_the_other() {
    let bench = Bench::with(&[Make::MANGO_CLIENT, Make::ERA]).await;
    bench.connect(Make::MANGO_CLIENT).await;
    let era = bench.connect(Make::ERA).await;
    bench.until_live(2).await;
    let entry = bench.keyring.entries().keys().find(|name| name.ends_with(&era.connection)).cloned().expect("is there");
    bench.keyring.entries().remove(&entry);
    let bench = bench.restart().await;
    bench.until_live(1).await;
    let connections = bench.listed().await.connections;
    let problems: Vec<bool> = connections.iter().map(|connection| connection.problem.is_some()).collect();
    assert_eq!(problems, [false, true]);
}

#[tokio::test]
async fn sessions_end_before_a_sleep_and_are_live_soon_after_it() {
    let bench = Bench::with(&[Make::MANGO_CLIENT]).await;
    bench.connect(Make::MANGO_CLIENT).await;
    bench.until_live(1).await;
    bench.own.sleep().await;
    assert_eq!(bench.simulator.requests(Some("/session/unregister"), ME), 1);
    bench.simulator.fault(simulator::Fault::Down(None), true);
    let waking = tokio::spawn({
        let own = bench.own.clone();
        async move { own.wake().await }
    });
    // The network comes back later than the computer.
    tokio::time::sleep(Duration::from_secs(6)).await;
    bench.simulator.fault(simulator::Fault::Down(None), false);
    bench.until_live(1).await;
    tokio::time::timeout(Duration::from_secs(10), waking).await.expect("comes to its end").expect("does not fail");
    bench.ring(Make::MANGO_CLIENT);
    until_it_rings(&bench).await;
}

#[tokio::test]
async fn waking_twice_is_waking_once() {
    let bench = Bench::with(&[Make::MANGO_CLIENT]).await;
    bench.connect(Make::MANGO_CLIENT).await;
    bench.until_live(1).await;
    bench.own.sleep().await;
    // The system says that it does not sleep after all, and the clocks say that it has slept.
    tokio::join!(bench.own.wake(), bench.own.wake());
    bench.own.wake().await;
    bench.until_live(1).await;
    bench.ring(Make::MANGO_CLIENT);
    until_it_rings(&bench).await;
}

#[tokio::test]
async fn a_connection_removed_while_the_office_starts_is_not_started() {
    let bench = Bench::with(&[Make::MANGO_CLIENT]).await;
    let draft = bench.connect(Make::MANGO_CLIENT).await;
    bench.until_live(1).await;
    bench.keyring.is_slow.store(true, Ordering::SeqCst);
    let keyring = bench.keyring.clone();
    let bench = bench.restart().await;
    while !keyring.is_asked.load(Ordering::SeqCst) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let (own, desk) = (bench.own.clone(), bench.desk.clone());
    let mut removing = tokio::spawn(async move { own.remove(&desk, of(&draft.connection)).await });
    // It waits for the start, or has ended before it.
    let _ = tokio::time::timeout(Duration::from_millis(500), &mut removing).await;
    keyring.is_slow.store(false, Ordering::SeqCst);
    bench
        .until("it has started", |view| {
            view.offices.iter().any(|it| it.link == LinkState::Live && it.connections.is_empty())
        })
        .await;
    assert!(bench.listed().await.connections.is_empty());
    bench.until("its key is gone", |_| keyring.keys().is_empty()).await;
}

#[tokio::test]
async fn settings_that_cannot_be_read_are_left_as_they_are_until_they_can_be() {
    let bench = Bench::with(&[Make::MANGO_CLIENT]).await;
    let draft = bench.connect(Make::MANGO_CLIENT).await;
    bench.until_live(1).await;
    let right = bench.store.setting("own.office").expect("is read").expect("is there");
    let broken = r#"{"name":"x","begun":1,"connections":[{"id":"mango-client-1"}]}"#;
    bench.store.set_setting("own.office", broken).durable().await.expect("is written");
    let bench = bench.restart().await;
    let begin = || BeginConnectionRequest {
        office: OFFICE.to_owned(),
        make: Some("mango-client".to_owned()),
        connection: None,
    };
    assert_eq!(bench.own.connections(&bench.desk).await.expect_err("cannot be read").code, ErrorCode::Storage);
    assert_eq!(bench.own.begin(begin()).await.expect_err("cannot be read").code, ErrorCode::Storage);
    assert_eq!(
        bench.own.remove(&bench.desk, of(&draft.connection)).await.expect_err("cannot be read").code,
        ErrorCode::Storage
    );
    assert_eq!(bench.own.drop_draft(of(&draft.connection)).await.expect_err("not read").code, ErrorCode::Storage);
    assert_eq!(
        bench.store.setting("own.office").expect("is read").as_deref(),
        Some(broken),
        "nothing is written over it"
    );
    bench.store.set_setting("own.office", &right).durable().await.expect("is written");
    let now = bench.listed().await.connections;
    assert_eq!(now.len(), 1);
    bench.until_live(1).await;
    let another = bench.own.begin(begin()).await.expect("is begun");
    assert_ne!(another.connection, draft.connection, "no name is given twice");
}
