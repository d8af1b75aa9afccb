//! The program ends in the middle of things and begins again.

use calls::{CallResult, CallState};
use desk::contract::{CallFilter, CardPhase};
use simulator::{Make, SimulatorConfig};

use crate::{
    scene::{Scene, pbxs},
    screens::Record,
};

const CALLER: &str = "+79161234567";
const ANSWERED: &str = r#"{"call":"answered","from":"+79161234567","ring":"600s","talk":"600s"}"#;

on_all_makes!(Card: a_restart_in_mid_call_keeps_the_call, a_restart_while_it_rings, what_ends_meanwhile_is_learnt);

/// A scene in which this call rings; webhooks that find nobody are sent again.
async fn ringing(make: Make) -> Scene {
    let scene = Scene::with(SimulatorConfig { redeliver: true, ..pbxs() }).await;
    scene.settled().await;
    scene.play(make, ANSWERED);
    scene.screens.until_card(Some(CALLER), CardPhase::Ringing).await;
    scene
}

async fn ended(scene: &Scene) {
    let row = scene.row(Some(CALLER), |row| row.state == CallState::Ended).await;
    assert_eq!(row.result, Some(CallResult::Answered));
    assert_eq!(scene.list(CallFilter::All).await.len(), 1);
    let is_over = |record: &Record| record.main.as_ref().is_some_and(|main| main.now.open.is_empty());
    scene.screens.until("nothing goes on", is_over).await;
}

async fn a_restart_in_mid_call_keeps_the_call(make: Make) {
    let scene = ringing(make).await;
    scene.pick_up("202").await;
    let before = scene.screens.until_card(Some(CALLER), CardPhase::Talking).await;
    let scene = scene.restart().await;
    scene.settled().await;
    let goes_on = |record: &Record| {
        let open = record.main.as_ref().map(|main| main.now.open.as_slice()).unwrap_or_default();
        open.iter().any(|row| row.call == before.call && row.state == CallState::Talking)
    };
    scene.screens.until("the call goes on", goes_on).await;
    scene.hang_up("202");
    ended(&scene).await;
}

async fn a_restart_while_it_rings(make: Make) {
    let scene = ringing(make).await.restart().await;
    scene.screens.until_card(Some(CALLER), CardPhase::Ringing).await;
    scene.settled().await;
    scene.pick_up("202").await;
    scene.screens.until_card(Some(CALLER), CardPhase::Talking).await;
    scene.hang_up("202");
    scene.screens.until_card(Some(CALLER), CardPhase::Ended).await;
    ended(&scene).await;
}

async fn what_ends_meanwhile_is_learnt(make: Make) {
    let scene = ringing(make).await;
    scene.pick_up("202").await;
    scene.screens.until_card(Some(CALLER), CardPhase::Talking).await;
    let phones = scene.simulator.phones();
    let mut changes = phones.subscribe();
    let hung_up = tokio::spawn(async move {
        // As soon as the office is gone; it comes back later.
        tokio::task::yield_now().await;
        phones.hang_up("202").expect("the phone is in use");
        changes.recv().await.expect("it rests");
    });
    let scene = scene.restart().await;
    hung_up.await.expect("hung up");
    ended(&scene).await;
    assert_eq!(scene.screens.record().cards_of(Some(CALLER)), 0, "what is over does not pop");
}
