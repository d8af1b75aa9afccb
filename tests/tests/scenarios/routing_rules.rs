//! The office's rules for callers, on PBXs that are told by a command whom to ring, and on those that ask.

use calls::{Ability, CallResult, CallState, LegRole};
use desk::contract::{CardPhase, TimelineKind};
use link::Office;
use simulator::{Make, Reading};

use crate::{
    makes::of_office,
    scene::{Scene, eventually},
    settings::{IN_A_SCENARIO, ME, MY_CUSTOMER, SCENARIO, UNWANTED, viewer},
};

fn in_the_menu(from: &str) -> String {
    format!(r#"{{"call":"answered","from":"{from}","rings":["203"],"menu":"600s","ring":"600s","talk":"600s"}}"#)
}

/// The makes whose rules send calls to extensions: those that take a command for it, or those that ask.
fn by_command(takes: bool) -> impl Iterator<Item = Make> {
    let fits = move |make: &Make| {
        let described = of_office(*make);
        described.outcomes.extension.is_some() && described.capability.can(Ability::Route) == takes
    };
    Make::ALL.iter().copied().filter(fits)
}

/// What the side panel tells of rules in the newest call of this caller.
async fn told(scene: &Scene, from: &str) -> Vec<TimelineKind> {
    let row = scene.row(Some(from), |_| true).await;
    let is_rule = |kind: &TimelineKind| format!("{kind:?}").starts_with("Rule");
    scene.details(&row.call).await.timeline.into_iter().map(|entry| entry.what).filter(is_rule).collect()
}

under_readings! {
    a_pbx_that_asks_once_it_has_told_of_the_call: [NUMBER_INFO_AFTER_NEW] => asked_by_rostelecom;
}

async fn asked_by_rostelecom(readings: &[Reading]) {
    sent_to_me(Scene::reading(readings, &[]).await, Make::ROSTELECOM).await;
}

#[tokio::test]
async fn a_pbx_that_asks_rings_whoever_looks_after_the_caller_and_nobody_else() {
    let makes: Vec<Make> = by_command(false).collect();
    assert!(makes.len() >= 3, "{makes:?}");
    for make in makes {
        sent_to_me(Scene::new().await, make).await;
    }
}

/// Everybody's phone would ring, but I look after this caller.
async fn sent_to_me(scene: Scene, make: Make) {
    scene.play(
        make,
        &format!(r#"{{"call":"group","from":"{MY_CUSTOMER}","rings":["201","203"],"ring":"600s","talk":"600s"}}"#),
    );
    scene.screens.until_card(Some(MY_CUSTOMER), CardPhase::Ringing).await;
    scene.pick_up(ME).await;
    scene.screens.until_card(Some(MY_CUSTOMER), CardPhase::Talking).await;
    let row = scene.row(Some(MY_CUSTOMER), |row| row.state == CallState::Talking).await;
    let legs = scene.details(&row.call).await.legs;
    let rung: Vec<_> = legs.iter().filter(|leg| leg.role == LegRole::Agent).collect();
    assert!(matches!(rung.as_slice(), [mine] if mine.who == "Пётр Волков"), "{make}: {legs:?}");
    assert_eq!(told(&scene, MY_CUSTOMER).await, [TimelineKind::RuleResponsible], "{make}");
}

#[tokio::test]
async fn a_pbx_that_asks_refuses_whom_nobody_wants_or_goes_on_by_itself() {
    for make in by_command(false) {
        let scene = Scene::new().await;
        scene.play(make, &format!(r#"{{"call":"answered","from":"{UNWANTED}","answers":"202","talk":"10s"}}"#));
        let row = scene.row(Some(UNWANTED), |row| row.state == CallState::Ended && row.result.is_some()).await;
        let rung = scene.screens.record().cards_of(Some(UNWANTED));
        let rules = told(&scene, UNWANTED).await;
        if of_office(make).outcomes.refuses {
            assert_eq!(row.result, Some(CallResult::Rejected), "{make}");
            assert_eq!((rung, rules), (0, vec![TimelineKind::RuleBlocked]), "{make}");
        } else {
            assert_eq!((row.result, rung, rules), (Some(CallResult::Answered), 1, Vec::new()), "{make}");
        }
        scene.stop().await;
    }
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
    for make in by_command(true) {
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
        assert_eq!(told(&scene, MY_CUSTOMER).await, [TimelineKind::RuleResponsible], "{make}");
        if make == Make::MANGO_CLIENT {
            assert_eq!(scene.simulator.requests(Some("/route"), ME), 1, "one command, whoever heard of the call");
        }
        drop(row);
    }
}

#[tokio::test]
async fn a_customer_with_a_scenario_is_sent_to_its_short_number() {
    for make in by_command(true) {
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
    assert_eq!(told(&scene, UNWANTED).await, [TimelineKind::RuleBlocked]);
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
