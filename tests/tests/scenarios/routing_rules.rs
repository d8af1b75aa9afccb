//! The office's rules for callers, on PBXs that are told by a command whom to ring.

use calls::{CallResult, CallState};
use desk::contract::CardPhase;
use link::Office;
use simulator::Make;

use crate::{
    scene::{Scene, eventually},
    settings::{IN_A_SCENARIO, ME, MY_CUSTOMER, SCENARIO, UNWANTED, viewer},
};

fn in_the_menu(from: &str) -> String {
    format!(r#"{{"call":"answered","from":"{from}","rings":["203"],"menu":"600s","ring":"600s","talk":"600s"}}"#)
}

/// Which rules acted on the newest call of this caller.
async fn rules(scene: &Scene, from: &str) -> Vec<String> {
    let row = scene.row(Some(from), |_| true).await;
    let office = scene.view(viewer(&scene.simulator));
    let trace = office.trace(&row.call.id.parse().expect("an id")).await.expect("readable").expect("a call");
    trace.events.into_iter().map(|event| event.kind).filter(|kind| kind.starts_with("rule ")).collect()
}

#[tokio::test]
async fn a_customer_who_stands_in_the_menu_is_sent_to_whoever_looks_after_him_once() {
    for make in [Make::MANGO_VPBX, Make::MANGO_CLIENT] {
        let scene = Scene::new().await;
        scene.play(make, &in_the_menu(MY_CUSTOMER));
        let row = scene.row(Some(MY_CUSTOMER), |row| row.state == CallState::Ringing).await;
        scene.screens.until_card(Some(MY_CUSTOMER), CardPhase::Ringing).await;
        assert_eq!(
            scene.screens.record().story(Some(MY_CUSTOMER)),
            [CardPhase::Ringing],
            "no card in the menu: {make}"
        );
        scene.pick_up(ME).await;
        scene.screens.until_card(Some(MY_CUSTOMER), CardPhase::Talking).await;
        assert_eq!(rules(&scene, MY_CUSTOMER).await, ["rule responsible"], "{make}");
        if make == Make::MANGO_CLIENT {
            assert_eq!(scene.simulator.requests(Some("/route"), ME), 1, "one command, whoever heard of the call");
        }
        drop(row);
    }
}

#[tokio::test]
async fn a_customer_with_a_scenario_is_sent_to_its_short_number() {
    for make in [Make::MANGO_VPBX, Make::MANGO_CLIENT] {
        let scene = Scene::new().await;
        scene.play(make, &in_the_menu(IN_A_SCENARIO));
        scene.row(Some(IN_A_SCENARIO), |row| row.state == CallState::Ringing).await;
        scene.pick_up(SCENARIO).await;
        scene.row(Some(IN_A_SCENARIO), |row| row.state == CallState::Talking).await;
        assert_eq!(rules(&scene, IN_A_SCENARIO).await, ["rule scenario"], "{make}");
    }
}

#[tokio::test]
async fn nobody_is_asked_about_callers_of_whom_no_rule_speaks() {
    let scene = Scene::new().await;
    scene.play(Make::MANGO_VPBX, &in_the_menu("+79161234567"));
    scene.row(Some("+79161234567"), |row| row.state == CallState::Queued).await;
    assert_eq!(rules(&scene, "+79161234567").await, [""; 0]);
}

#[tokio::test]
async fn an_unwanted_caller_is_turned_away_where_the_pbx_can_and_rings_nobody() {
    let scene = Scene::new().await;
    scene.play(Make::MANGO_VPBX, &in_the_menu(UNWANTED));
    let row = scene.row(Some(UNWANTED), |row| row.state == CallState::Ended).await;
    assert_eq!(row.result, Some(CallResult::Rejected), "our rule did it, so nobody has missed him");
    assert_eq!(rules(&scene, UNWANTED).await, ["rule blocked"]);
    assert_eq!(scene.screens.record().cards_of(Some(UNWANTED)), 0);

    // The other interface cannot end calls: its own routing goes on.
    let scene = Scene::new().await;
    scene.play(Make::MANGO_CLIENT, &in_the_menu(UNWANTED));
    let row = scene.row(Some(UNWANTED), |row| row.state == CallState::Queued).await;
    assert_eq!((row.result, rules(&scene, UNWANTED).await), (None, Vec::new()));
}

/// A command that fails leaves the call to the PBX.
#[tokio::test]
async fn where_the_rule_cannot_be_followed_the_pbx_goes_on_by_itself() {
    let scene = Scene::new().await;
    scene.play(
        Make::MANGO_VPBX,
        &format!(r#"{{"call":"answered","from":"{MY_CUSTOMER}","rings":["203"],"menu":"600s","ring":"600s"}}"#),
    );
    scene.screens.until_card(Some(MY_CUSTOMER), CardPhase::Ringing).await;
    // The one to whom it was sent does not want it; no second command follows.
    eventually("he refuses", async || scene.simulator.phones().hang_up(ME).ok()).await;
    scene.row(Some(MY_CUSTOMER), |row| row.state == CallState::Ended).await;
    assert_eq!(rules(&scene, MY_CUSTOMER).await, ["rule responsible"]);
}
