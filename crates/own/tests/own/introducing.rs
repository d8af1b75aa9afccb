//! A PBX that gives its key to a program that asks for it: once, whatever fails.

use std::sync::atomic::Ordering;

use desk::contract::{
    BeginConnectionRequest, CheckConnectionRequest, CheckStep, ConnectionProblem, ContractError, DraftView, ErrorCode,
    IntroduceConnectionRequest, Introduction, PauseConnectionRequest,
};
use futures_util::future::join_all;
use own::OFFICE;
use serde_json::json;
use simulator::{Fault, Make};

use crate::support::{Bench, ME, of};

async fn introduce(bench: &Bench, draft: &DraftView, name: &str, again: bool) -> Result<DraftView, ContractError> {
    let (office, connection, name) = (OFFICE.to_owned(), draft.connection.clone(), name.to_owned());
    bench.own.introduce(IntroduceConnectionRequest { office, connection, name, again }).await
}

/// A draft with an address and no key.
async fn begun(bench: &Bench) -> DraftView {
    let draft = bench.begin("mango-client").await;
    let address = bench.right_fields(Make::MANGO_CLIENT)["address"].clone();
    bench.fill(&draft, json!({"address": address})).await.expect("is right")
}

/// How often the PBX was asked to make an integration of this name.
fn made(bench: &Bench, name: &str) -> usize {
    bench.simulator.requests(Some("/integration/create"), name)
}

async fn connected(bench: &Bench, draft: &DraftView) {
    let draft = bench.fill(draft, json!({"phone": ME})).await.expect("is right");
    for step in [CheckStep::Address, CheckStep::Key, CheckStep::Live] {
        let request = CheckConnectionRequest { office: OFFICE.to_owned(), connection: draft.connection.clone(), step };
        let outcome = bench.own.check(request).await.expect("is taken");
        assert!(outcome.ok, "{step:?}: {outcome:?}");
    }
    bench.own.save(&bench.desk, of(&draft.connection)).await.expect("is saved");
    bench.until_live(1).await;
}

#[tokio::test]
async fn a_pbx_gives_its_key_once_however_often_the_button_is_pressed() {
    let bench = Bench::with(&[Make::MANGO_CLIENT]).await;
    let draft = begun(&bench).await;
    let pressed = join_all([(), ()].map(|()| introduce(&bench, &draft, "Trubka", false))).await;
    for told in pressed {
        let told = told.expect("is given");
        assert_eq!(
            (told.introduction, told.keys, told.is_new),
            (Some(Introduction::Given), vec!["token".into()], true)
        );
    }
    assert_eq!(made(&bench, "Trubka"), 1);
    let settings = bench.store.setting("own.office").expect("is read").expect("is there");
    let access = bench.simulator.credentials().of(Make::MANGO_CLIENT).expect("it runs");
    assert!(access.secrets().all(|(_, secret)| !settings.contains(secret)), "the key is in the keyring alone");
    assert_eq!(bench.keyring.keys(), std::slice::from_ref(&draft.connection));
    connected(&bench, &draft).await;
    let bench = bench.restart().await;
    bench.until_live(1).await;
    assert_eq!(made(&bench, "Trubka"), 1);
    assert_eq!(bench.listed().await.connections[0].problem, None);
}

#[tokio::test]
async fn a_key_that_was_given_outlives_the_program_and_the_wizard() {
    let bench = Bench::with(&[Make::MANGO_CLIENT]).await;
    let draft = begun(&bench).await;
    introduce(&bench, &draft, "Trubka", false).await.expect("is given");
    let bench = bench.restart().await;
    let listed = bench.listed().await;
    assert_eq!(listed.connections[0].problem, Some(ConnectionProblem::Unfinished));
    let draft = listed.draft.expect("is there");
    assert_eq!((draft.is_new, draft.introduction), (true, Some(Introduction::Given)));
    assert!(bench.main().await.offices.is_empty(), "nothing is connected yet");
    // Whoever begins another one is told where it is.
    let other = begun(&bench).await;
    let refused = introduce(&bench, &other, "Trubka", false).await.expect_err("there is one");
    assert_eq!((refused.code, refused.part.as_deref()), (ErrorCode::Changed, Some(draft.connection.as_str())));
    let resume =
        PauseConnectionRequest { office: OFFICE.to_owned(), connection: draft.connection.clone(), paused: false };
    let refused = bench.own.pause(resume).await.expect_err("nobody has said which phone is his");
    assert_eq!(refused.field.as_deref(), Some("phone"));
    let again = BeginConnectionRequest { office: OFFICE.to_owned(), make: None, connection: Some(draft.connection) };
    let draft = bench.own.begin(again).await.expect("is begun");
    assert_eq!((draft.is_new, draft.keys.as_slice()), (true, ["token".to_owned()].as_slice()));
    connected(&bench, &draft).await;
    assert_eq!(made(&bench, "Trubka"), 1);
}

#[tokio::test]
async fn an_answer_that_is_lost_is_told_and_asked_for_again_only_by_who_has_looked() {
    let bench = Bench::with(&[Make::MANGO_CLIENT]).await;
    let draft = begun(&bench).await;
    bench.simulator.fault(Fault::HalfAnswer, true);
    let told = introduce(&bench, &draft, "Trubka", false).await.expect("is told");
    assert_eq!((told.introduction, told.keys.len()), (Some(Introduction::Asked), 0));
    bench.simulator.fault(Fault::HalfAnswer, false);
    let told = introduce(&bench, &draft, "Trubka", false).await.expect("is told");
    assert_eq!((told.introduction, made(&bench, "Trubka")), (Some(Introduction::Asked), 1), "no second one is made");
    let bench = bench.restart().await;
    let draft = bench.listed().await.draft.expect("is there");
    assert_eq!(draft.introduction, Some(Introduction::Asked), "also by another run");
    // The PBX has it, so it refuses the same name; that changes nothing of what is not known.
    let refused = introduce(&bench, &draft, "Trubka", true).await.expect_err("is in use");
    assert_eq!(refused.code, ErrorCode::Refused);
    assert!(refused.message.contains("value in use"), "{refused:?}");
    let draft = bench.listed().await.draft.expect("is there");
    assert_eq!(draft.introduction, Some(Introduction::Asked));
    let told = introduce(&bench, &draft, "Trubka 2", true).await.expect("is given");
    assert_eq!((told.introduction, made(&bench, "Trubka 2")), (Some(Introduction::Given), 1));
    connected(&bench, &draft).await;
}

#[tokio::test]
async fn a_key_that_could_not_be_kept_is_not_asked_for() {
    let bench = Bench::with(&[Make::MANGO_CLIENT]).await;
    for fault in [&bench.keyring.is_locked, &bench.keyring.is_missing, &bench.keyring.is_broken] {
        let draft = begun(&bench).await;
        fault.store(true, Ordering::SeqCst);
        let refused = introduce(&bench, &draft, "Trubka", false).await.expect_err("it would be lost");
        assert_eq!((refused.code, made(&bench, "Trubka")), (ErrorCode::KeyringLocked, 0));
        let listed = bench.listed().await;
        assert!(listed.connections.is_empty() && listed.draft.expect("is there").introduction.is_none());
        fault.store(false, Ordering::SeqCst);
    }
    let draft = begun(&bench).await;
    introduce(&bench, &draft, "Trubka", false).await.expect("is given");
    connected(&bench, &draft).await;
}

#[tokio::test]
async fn what_the_pbx_refuses_leaves_nothing_and_a_removed_connection_may_be_made_anew() {
    let bench = Bench::with(&[Make::MANGO_CLIENT]).await;
    let draft = begun(&bench).await;
    introduce(&bench, &draft, "Trubka", false).await.expect("is given");
    bench.own.remove(&bench.desk, of(&draft.connection)).await.expect("is removed");
    assert!(bench.keyring.keys().is_empty());
    let draft = begun(&bench).await;
    let refused = introduce(&bench, &draft, "Trubka", false).await.expect_err("is in use");
    assert_eq!(refused.code, ErrorCode::Refused);
    assert!(bench.listed().await.connections.is_empty() && bench.keyring.keys().is_empty());
    let unnamed = introduce(&bench, &draft, " ", false).await.expect_err("has no name");
    assert_eq!((unnamed.code, unnamed.field.as_deref()), (ErrorCode::InvalidRequest, Some("name")));
    introduce(&bench, &draft, "Trubka 2", false).await.expect("is given");
    connected(&bench, &draft).await;
}
