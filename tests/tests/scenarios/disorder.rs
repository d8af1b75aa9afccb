//! What networks do to events on their way: twice, late, swapped, broken, unknown.

use std::time::Duration;

use calls::{CallResult, CallState};
use desk::contract::{CallFilter, CallRow, CardPhase, ConnectionRow, ConnectionState};
use simulator::{Fault, Make, PhoneState};

use crate::scene::{Scene, eventually};

const CALLER: &str = "+79161234567";
const SECOND: &str = "+79031234567";

on_all_makes!(Card: events_twice, events_swapped, events_late, events_unknown, events_broken);

/// A call that I answer while events suffer; its row in the end.
async fn answered(scene: &Scene, make: Make) -> CallRow {
    scene.play(make, r#"{"call":"answered","from":"+79161234567","ring":"10s","talk":"20s"}"#);
    let row = scene.row(Some(CALLER), |row| row.state == CallState::Ended).await;
    assert_eq!(row.result, Some(CallResult::Answered));
    assert_eq!(scene.list(CallFilter::All).await.len(), 1);
    scene.screens.until_card(Some(CALLER), CardPhase::Ended).await;
    assert_eq!(scene.screens.record().cards_of(Some(CALLER)), 1);
    row
}

const WHOLE: [CardPhase; 3] = [CardPhase::Ringing, CardPhase::Talking, CardPhase::Ended];

async fn events_twice(make: Make) {
    let scene = Scene::new().await;
    scene.fault(Fault::Duplicates);
    let row = answered(&scene, make).await;
    assert_eq!(scene.screens.record().story(Some(CALLER)), WHOLE);
    let events = scene.details(&row.call).await.events.expect("the office is here");
    let heard: Vec<_> = events.iter().map(|event| event.kind.to_lowercase()).collect();
    let once = |kind: &str| heard.iter().filter(|heard| heard.split_whitespace().last() == Some(kind)).count() == 1;
    let told = match make.name() {
        "zadarma" | "novofon" => ["notify_answer", "notify_end"],
        "era" => ["callevents.dlg_start", "callevents.dlg_end"],
        _ => ["connected", "disconnected"],
    };
    assert!(told.into_iter().all(once), "kept once: {heard:?}");
}

async fn events_swapped(make: Make) {
    let scene = Scene::new().await;
    scene.fault(Fault::Reordering);
    answered(&scene, make).await;
    let story = scene.screens.record().story(Some(CALLER));
    assert!(!story.contains(&CardPhase::Missed), "{story:?}");
}

async fn events_late(make: Make) {
    let scene = Scene::new().await;
    scene.fault(Fault::Delay(Duration::from_millis(700)));
    answered(&scene, make).await;
    assert_eq!(scene.screens.record().story(Some(CALLER)), WHOLE);
}

async fn events_unknown(make: Make) {
    let scene = Scene::new().await;
    scene.fault(Fault::UnknownEvent);
    let row = answered(&scene, make).await;
    assert_eq!(scene.screens.record().story(Some(CALLER)), WHOLE);
    if make == Make::ROSTELECOM {
        let events = scene.details(&row.call).await.events.expect("the office is here");
        assert!(events.iter().any(|event| event.kind.contains("analytics")), "they are kept: {events:?}");
    }
}

/// Half an event is no event, and the next whole one is understood.
async fn events_broken(make: Make) {
    let scene = Scene::new().await;
    scene.fault(Fault::HalfEvent);
    let mut phones = scene.simulator.phones().subscribe();
    scene.play(make, r#"{"call":"missed","from":"+79031234567","ring":"1s"}"#);
    // The call is over when the phone rests again.
    while phones.recv().await.expect("phones go on").state != PhoneState::Idle {}
    if make.sends_webhooks() {
        let lost = async || (scene.simulator.deliveries().lost >= 3).then_some(());
        eventually("all are cut short", lost).await;
    }
    scene.mend(Fault::HalfEvent);
    scene.settled().await;
    answered_beside_what_was_lost(&scene, make).await;
    assert_eq!(scene.screens.record().cards_of(Some(SECOND)), 0);
}

async fn answered_beside_what_was_lost(scene: &Scene, make: Make) {
    scene.play(make, r#"{"call":"answered","from":"+79161234567","ring":"10s","talk":"20s"}"#);
    scene.screens.until_card(Some(CALLER), CardPhase::Ended).await;
    assert_eq!(scene.screens.record().story(Some(CALLER)), WHOLE);
}

#[tokio::test]
async fn sockets_that_break_again_and_again_lose_nothing() {
    let scene = Scene::new().await;
    scene.fault(Fault::Cut(Duration::from_millis(400)));
    scene.play(Make::MANGO_CLIENT, r#"{"call":"answered","from":"+79161234567","ring":"20s","talk":"20s"}"#);
    let row = scene.row(Some(CALLER), |row| row.state == CallState::Ended).await;
    assert_eq!(row.result, Some(CallResult::Answered));
    assert_eq!(scene.list(CallFilter::All).await.len(), 1);
    scene.mend(Fault::Cut(Duration::ZERO));
    let live = |row: &ConnectionRow| row.state == ConnectionState::Live && row.gap_since.is_none();
    scene.screens.until_connection(Make::MANGO_CLIENT, "live without a gap", live).await;
}
