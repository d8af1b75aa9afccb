//! One extension that fails does not concern the others: MANGO keeps a session for each.

use calls::{CallResult, CallState};
use desk::contract::{CardPhase, ConnectionRow, ConnectionState};
use futures_util::StreamExt as _;
use link::wire::{Frame, StreamEvent};
use simulator::{Fault, Make, SimulatorConfig};

use crate::{
    scene::{Scene, eventually, pbxs},
    settings::connection,
};

const CALLER: &str = "+79161234567";
/// More requests about one session than any honest try needs.
const TOO_MANY: usize = 40;

fn works(row: &ConnectionRow) -> bool {
    row.state == ConnectionState::Live
}

/// A call that I do not answer is missed, for sure.
async fn missed(scene: &Scene) {
    scene.play(Make::MANGO_CLIENT, &format!(r#"{{"call":"missed","from":"{CALLER}","ring":"20s"}}"#));
    scene.screens.until_card(Some(CALLER), CardPhase::Missed).await;
    let row = scene.row(Some(CALLER), |row| row.state == CallState::Ended).await;
    assert_eq!(row.result, Some(CallResult::Missed));
}

async fn one_of_us_fails(fault: Fault) {
    let scene = Scene::with(SimulatorConfig { faults: vec![fault], ..pbxs() }).await;
    scene.screens.until_connection(Make::MANGO_CLIENT, "works for the others", works).await;
    missed(&scene).await;
    assert!(scene.screens.record().connection(Make::MANGO_CLIENT).is_some_and(works));
    let asked = scene.simulator.requests(None, "203");
    assert!(asked < TOO_MANY, "{asked} requests about an extension that is refused");
}

#[tokio::test]
async fn an_extension_that_was_deleted() {
    one_of_us_fails(Fault::ExtensionGone(203)).await;
}

#[tokio::test]
async fn an_extension_that_is_refused() {
    one_of_us_fails(Fault::ExtensionRefused(203)).await;
}

/// Desks are told how a connection stands when that changes, and not at every try.
#[tokio::test]
async fn an_extension_that_is_refused_is_told_once() {
    let scene = Scene::with(SimulatorConfig { faults: vec![Fault::ExtensionRefused(203)], ..pbxs() }).await;
    let settled = |row: &ConnectionRow| works(row) && row.refused == ["203"];
    scene.screens.until_connection(Make::MANGO_CLIENT, "names who is refused", settled).await;
    let mut stream = scene.stream().await;
    for _ in 0..5 {
        let before = scene.simulator.requests(None, "203");
        scene.try_again("203");
        eventually("it is tried again", async || (scene.simulator.requests(None, "203") > before).then_some(())).await;
    }
    scene.play(Make::MANGO_CLIENT, &format!(r#"{{"call":"missed","from":"{CALLER}","ring":"2s"}}"#));
    let mut told = Vec::new();
    while let Some(frame) = stream.next().await {
        match frame.expect("the stream goes on") {
            Frame::Event { event: StreamEvent::Connection { connection }, .. } => told.push(connection),
            Frame::Event { event: StreamEvent::Call { call }, .. } if call.state == CallState::Ended => break,
            Frame::Event { .. } | Frame::Hello { .. } | Frame::At { .. } | Frame::TooOld | Frame::Other => {}
        }
    }
    told.retain(|told| told.id == connection(Make::MANGO_CLIENT));
    assert_eq!(told.len(), 1, "once, as it stood at first: {told:?}");
}

/// What was stored while I was away comes again and again; it is taken once, and asking for it ends.
#[tokio::test]
async fn a_drain_that_repeats_the_same_batch() {
    let scene = Scene::new().await;
    scene.fault(Fault::SameBatch);
    let before = scene.simulator.requests(None, "202");
    // Told late: the socket is cut, and the next session begins with what was missed.
    scene.play(Make::MANGO_CLIENT, &format!(r#"{{"call":"replay","from":"{CALLER}","agent":"202","ago":"1h"}}"#));
    scene.row(Some(CALLER), |row| row.state == CallState::Ended).await;
    scene.screens.until_connection(Make::MANGO_CLIENT, "works again", works).await;
    missed_by("+79031234567", &scene).await;
    let asked = scene.simulator.requests(None, "202") - before;
    assert!(asked < TOO_MANY, "{asked} requests for one batch");
}

async fn missed_by(caller: &str, scene: &Scene) {
    scene.play(Make::MANGO_CLIENT, &format!(r#"{{"call":"missed","from":"{caller}","ring":"20s"}}"#));
    scene.row(Some(caller), |row| row.result == Some(CallResult::Missed)).await;
}

/// The session ends as soon as it has begun, so nobody knows what was not told: no call is missed for sure.
#[tokio::test]
async fn a_socket_that_is_cut_as_soon_as_it_is_registered_leaves_a_gap() {
    let scene = Scene::new().await;
    scene.fault(Fault::CutOnRegister);
    scene.simulator.cut(None, "202");
    scene.screens.until_connection(Make::MANGO_CLIENT, "has a gap", |row| row.gap_since.is_some()).await;
    scene.mend(Fault::CutOnRegister);
    let whole = |row: &ConnectionRow| works(row) && row.gap_since.is_none();
    scene.screens.until_connection(Make::MANGO_CLIENT, "is whole again", whole).await;
    missed(&scene).await;
}

/// Whoever stops says goodbye for every session.
#[tokio::test]
async fn a_shutdown_unregisters_every_session() {
    let scene = Scene::new().await;
    let simulator = scene.simulator.clone();
    let everybody = ["201", "202", "203", "204"];
    let registered = async || (simulator.registered() == everybody).then_some(());
    eventually("all are registered", registered).await;
    scene.stop().await;
    assert_eq!(everybody.map(|extension| simulator.requests(Some("/session/unregister"), extension)), [1; 4]);
}
