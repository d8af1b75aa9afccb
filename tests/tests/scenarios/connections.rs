//! Connections that break, lie or cannot be reached, and what main says of them.

use std::sync::Arc;

use calls::{CallResult, CallState};
use desk::contract::{CardPhase, ConnectionRow, ConnectionState, DownCause};
use jiff::SignedDuration;
use office::SystemClock;
use pbx::{CheckReason, Driver, journal::NoJournal};
use simulator::{Fault, Make, Simulator, SimulatorConfig};

use crate::{
    scene::{Scene, eventually, pbxs},
    settings::{mango_account, with_wrong_token},
};

const CALLER: &str = "+79161234567";
const ANSWERED: &str = r#"{"call":"answered","from":"+79161234567","ring":"600s","talk":"600s"}"#;

on_all_makes!(Card: a_pbx_that_is_down_at_first);

on_all_makes!(DatedEvents: a_clock_that_is_off);

fn is_live(row: &ConnectionRow) -> bool {
    row.state == ConnectionState::Live && row.gap_since.is_none() && row.cause.is_none()
}

async fn talking(scene: &Scene, make: Make) {
    scene.play(make, ANSWERED);
    scene.screens.until_card(Some(CALLER), CardPhase::Ringing).await;
    scene.pick_up("202").await;
    scene.screens.until_card(Some(CALLER), CardPhase::Talking).await;
}

async fn ended(scene: &Scene) {
    scene.screens.until_card(Some(CALLER), CardPhase::Ended).await;
    let row = scene.row(Some(CALLER), |row| row.state == CallState::Ended).await;
    assert_eq!(row.result, Some(CallResult::Answered));
    assert_eq!(scene.screens.record().cards_of(Some(CALLER)), 1);
}

#[tokio::test]
async fn a_socket_cut_in_mid_call_is_a_gap_that_closes() {
    let scene = Scene::new().await;
    talking(&scene, Make::MANGO_CLIENT).await;
    scene.simulator.cut(None, "202");
    scene.screens.until_connection(Make::MANGO_CLIENT, "has a gap", |row| row.gap_since.is_some()).await;
    scene.screens.until_connection(Make::MANGO_CLIENT, "is live again", is_live).await;
    assert_eq!(scene.screens.record().card(Some(CALLER)).map(|card| card.phase), Some(CardPhase::Talking));
    scene.hang_up("202");
    ended(&scene).await;
}

#[tokio::test]
async fn the_end_of_a_call_that_came_during_an_outage_is_fetched_afterwards() {
    let scene = Scene::new().await;
    talking(&scene, Make::MANGO_CLIENT).await;
    let down = Fault::Down(Some(Make::MANGO_CLIENT));
    scene.fault(down);
    let unreachable = |row: &ConnectionRow| {
        row.state == ConnectionState::Down && row.cause == Some(DownCause::Unreachable) && row.gap_since.is_some()
    };
    scene.screens.until_connection(Make::MANGO_CLIENT, "is down", unreachable).await;
    scene.hang_up("202");
    scene.mend(down);
    scene.screens.until_connection(Make::MANGO_CLIENT, "is live again", is_live).await;
    ended(&scene).await;
}

async fn a_pbx_that_is_down_at_first(make: Make) {
    let down = Fault::Down(Some(make));
    let scene = Scene::with(SimulatorConfig { faults: vec![down], ..pbxs() }).await;
    let unreachable =
        |row: &ConnectionRow| row.state == ConnectionState::Down && row.cause == Some(DownCause::Unreachable);
    scene.screens.until_connection(make, "is down", unreachable).await;
    scene.mend(down);
    // A PBX that posts to us is known to be back by its first webhook, or by the next look at it.
    if make == Make::MANGO_CLIENT {
        scene.settled().await;
    }
    talking(&scene, make).await;
    scene.screens.until_connection(make, "is live", is_live).await;
    scene.hang_up("202");
    ended(&scene).await;
}

/// Events that say another time than ours pop all the same; main warns.
async fn a_clock_that_is_off(make: Make) {
    let scene = Scene::new().await;
    let off = Fault::WrongClock(SignedDuration::from_mins(12));
    scene.fault(off);
    talking(&scene, make).await;
    scene.hang_up("202");
    ended(&scene).await;
    let warned = |row: &ConnectionRow| row.clock_skew_ms.is_some_and(|ms| (-800_000..-600_000).contains(&ms));
    scene.screens.until_connection(make, "warns of the clock", warned).await;
}

/// That the service answers a ping says nothing of the token.
#[tokio::test]
async fn a_check_finds_a_wrong_token_though_the_ping_asks_for_none() {
    let simulator = Simulator::start(SimulatorConfig { faults: vec![Fault::OpenPing], ..pbxs() }).await;
    let simulator = simulator.expect("two free ports");
    let check = async |config| {
        let driver = Driver::new(config, Arc::new(NoJournal), Arc::new(SystemClock)).expect("a driver");
        driver.check().await.reason
    };
    assert_eq!(check(with_wrong_token(&simulator, Make::MANGO_CLIENT)).await, CheckReason::WrongCredentials);
    assert_eq!(check(mango_account(&simulator)).await, CheckReason::Works);
}

#[tokio::test]
async fn wrong_signatures_are_refused_counted_and_told() {
    let scene = Scene::new().await;
    scene.fault(Fault::WrongSignature);
    scene.play(Make::ROSTELECOM, r#"{"call":"missed","from":"+79031234567","ring":"1s"}"#);
    let told = |row: &ConnectionRow| row.cause == Some(DownCause::BadSignatures);
    scene.screens.until_connection(Make::ROSTELECOM, "tells of signatures", told).await;
    assert_eq!(scene.simulator.deliveries().accepted, 0);
    // The question about the caller, and the four events of his call.
    let is_over = async || (scene.simulator.deliveries().refused >= 5).then_some(());
    eventually("nothing more is told of that call", is_over).await;

    scene.mend(Fault::WrongSignature);
    talking(&scene, Make::ROSTELECOM).await;
    scene.screens.until_connection(Make::ROSTELECOM, "is live", is_live).await;
    scene.hang_up("202");
    ended(&scene).await;
    assert_eq!(scene.screens.record().cards_of(Some("+79031234567")), 0);
}
