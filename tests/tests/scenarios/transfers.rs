//! Calls that one colleague passes on to another, and calls that one takes from another.
//!
//! Whatever becomes of a transfer: the call ends, once, and who talked with the customer has not missed it.

use calls::{CallResult, CallState, LegState};
use desk::contract::{CallFilter, CallRow, CardPhase};
use simulator::{Make, Reading};

use crate::scene::{Scene, eventually};

const CALLER: &str = "+79161234567";

on_all_makes!(
    OneCall: i_pass_a_call_on,
    a_call_is_passed_to_me,
    nobody_answers_what_i_passed_on,
    i_ask_before_i_pass_it_on,
    i_am_asked_before_it_is_passed_to_me,
    i_ask_and_go_on_myself,
    the_customer_leaves_while_i_ask
);

on_all_makes!(
    TellsWhoLeaves: it_comes_back_to_me,
    i_am_asked_in_vain,
    the_colleagues_phone_still_rings,
    a_call_that_i_placed_is_passed_on
);

on_all_makes!(Card: i_take_a_call, a_call_is_taken_from_me);

/// Plays a transfer between two extensions, and answers at the first.
async fn played(scene: &Scene, make: Make, call: &str, from: &str, to: &str) {
    scene.play(
        make,
        &format!(
            r#"{{"call":"{call}","from":"{CALLER}","rings":["{from}"],"transfer":"{to}","ring":"600s","talk":"40s"}}"#
        ),
    );
    scene.pick_up(from).await;
}

/// It ended once, with a result that fits a talk, and nobody is on the phone any more.
async fn ended(scene: &Scene) -> CallRow {
    let row = scene.row(Some(CALLER), |row| row.state == CallState::Ended).await;
    assert!(
        matches!(row.result, Some(CallResult::Answered | CallResult::AnsweredElsewhere | CallResult::Transferred)),
        "{:?}",
        row.result
    );
    let details = scene.details(&row.call).await;
    let over = |state| matches!(state, LegState::Cleared | LegState::Failed);
    assert!(details.legs.iter().all(|leg| over(leg.state)), "{:?}", details.legs);
    assert_eq!(scene.list(CallFilter::All).await.len(), 1);
    assert!(scene.list(CallFilter::Missed).await.is_empty());
    scene.screens.until("no card", |record| !record.card_visible).await;
    row
}

/// How many of us talked.
async fn talked(scene: &Scene, row: &CallRow) -> usize {
    let legs = scene.details(&row.call).await.legs;
    legs.iter().filter(|leg| leg.extension.is_some() && leg.talk_ms.is_some()).count()
}

async fn passed_by_me(make: Make, call: &str) -> (Scene, CallRow) {
    let scene = Scene::new().await;
    played(&scene, make, call, "202", "203").await;
    let row = ended(&scene).await;
    let story = scene.screens.record().story(Some(CALLER));
    assert_eq!(story.first_chunk(), Some(&[CardPhase::Ringing, CardPhase::Talking]), "{story:?}");
    assert_eq!(story.last(), Some(&CardPhase::Ended), "{story:?}");
    (scene, row)
}

async fn passed_to_me(make: Make, call: &str) -> (Scene, CallRow) {
    let scene = Scene::new().await;
    played(&scene, make, call, "201", "202").await;
    let row = ended(&scene).await;
    assert!(!scene.screens.record().story(Some(CALLER)).contains(&CardPhase::Missed));
    (scene, row)
}

async fn i_pass_a_call_on(make: Make) {
    let (scene, row) = passed_by_me(make, "transfer").await;
    assert_eq!(talked(&scene, &row).await, 2);
}

async fn a_call_is_passed_to_me(make: Make) {
    let (scene, row) = passed_to_me(make, "transfer").await;
    assert_eq!((row.result, row.agent.as_deref()), (Some(CallResult::Answered), Some("Пётр Волков")));
    assert_eq!(talked(&scene, &row).await, 2);
    let story = scene.screens.record().story(Some(CALLER));
    assert_eq!(story.last_chunk(), Some(&[CardPhase::Ringing, CardPhase::Talking, CardPhase::Ended]), "{story:?}");
}

async fn i_ask_before_i_pass_it_on(make: Make) {
    let (scene, row) = passed_by_me(make, "transfer-consulted").await;
    assert_eq!(talked(&scene, &row).await, 2);
}

async fn i_am_asked_before_it_is_passed_to_me(make: Make) {
    let (scene, row) = passed_to_me(make, "transfer-consulted").await;
    assert_eq!(talked(&scene, &row).await, 2);
    assert_eq!((row.result, row.agent.as_deref()), (Some(CallResult::Answered), Some("Пётр Волков")));
}

async fn nobody_answers_what_i_passed_on(make: Make) {
    let (scene, row) = passed_by_me(make, "transfer-unanswered").await;
    assert_eq!(talked(&scene, &row).await, 1);
}

async fn it_comes_back_to_me(make: Make) {
    let (scene, _) = passed_by_me(make, "transfer-returned").await;
    // The colleague's session may tell of his part after mine has told of the end.
    let row = scene.row(Some(CALLER), |row| row.result == Some(CallResult::Answered)).await;
    assert_eq!((row.state, row.agent.as_deref()), (CallState::Ended, Some("Пётр Волков")));
}

async fn i_ask_and_go_on_myself(make: Make) {
    let (scene, row) = passed_by_me(make, "transfer-given-up").await;
    assert_eq!((row.result, row.agent.as_deref()), (Some(CallResult::Answered), Some("Пётр Волков")));
    assert_eq!(talked(&scene, &row).await, with_customer(make, 1, 2));
}

async fn i_am_asked_in_vain(make: Make) {
    let (scene, row) = passed_to_me(make, "transfer-given-up").await;
    assert_eq!(row.agent.as_deref(), Some("Ирина Соколова"));
    assert_eq!(talked(&scene, &row).await, with_customer(make, 1, 2));
    let mine = if make == Make::ROSTELECOM { CallResult::Answered } else { CallResult::AnsweredElsewhere };
    assert_eq!(row.result, Some(mine));
}

async fn the_customer_leaves_while_i_ask(make: Make) {
    let (scene, row) = passed_by_me(make, "transfer-abandoned").await;
    assert_eq!(row.result, Some(CallResult::Answered));
    assert_eq!(talked(&scene, &row).await, with_customer(make, 1, 2));
}

/// How many talked with the customer: Rostelecom does not tell a consultation from a talk with him.
fn with_customer(make: Make, others: usize, rostelecom: usize) -> usize {
    if make == Make::ROSTELECOM { rostelecom } else { others }
}

/// What is passed on is not over before the colleague has had it.
async fn the_colleagues_phone_still_rings(make: Make) {
    let scene = Scene::new().await;
    played(&scene, make, "transfer", "202", "203").await;
    eventually("the colleague's phone rings", async || scene.simulator.phones().let_ring("203").ok()).await;
    let row = scene.row(Some(CALLER), |_| true).await;
    let left = async || {
        let legs = scene.details(&row.call).await.legs;
        legs.iter().any(|leg| leg.extension.as_deref() == Some("202") && leg.state == LegState::Cleared).then_some(())
    };
    eventually("I have left", left).await;
    let row = scene.row(Some(CALLER), |_| true).await;
    assert_ne!(row.state, CallState::Ended);
    scene.pick_up("203").await;
    ended(&scene).await;
}

async fn a_call_that_i_placed_is_passed_on(make: Make) {
    placed_and_passed_on(Scene::new().await, make).await;
}

async fn placed_and_passed_on(scene: Scene, make: Make) {
    scene.play(make, &format!(r#"{{"call":"outgoing","agent":"202","to":"{CALLER}","transfer":"203","talk":"40s"}}"#));
    let row = ended(&scene).await;
    assert_eq!(talked(&scene, &row).await, 2);
}

async fn taken(make: Make, from: &str, by: &str) -> (Scene, CallRow) {
    let scene = Scene::new().await;
    let script = format!(
        r#"{{"call":"taken","from":"{CALLER}","rings":["{from}"],"transfer":"{by}","ring":"5s","talk":"20s"}}"#
    );
    scene.play(make, &script);
    let row = ended(&scene).await;
    assert_eq!(talked(&scene, &row).await, 1);
    (scene, row)
}

async fn i_take_a_call(make: Make) {
    let (_, row) = taken(make, "201", "202").await;
    assert_eq!((row.result, row.agent.as_deref()), (Some(CallResult::Answered), Some("Пётр Волков")));
}

async fn a_call_is_taken_from_me(make: Make) {
    let (scene, row) = taken(make, "202", "203").await;
    assert_eq!((row.result, row.agent.as_deref()), (Some(CallResult::AnsweredElsewhere), Some("Анна Лебедева")));
    assert!(!scene.screens.record().story(Some(CALLER)).contains(&CardPhase::Missed));
}

pub(crate) mod read_otherwise {
    use super::*;

    under_readings! {
        only_the_colleague_hears_of_the_second_leg: [TRANSFER_LEG_TO_CALLED] => told_to_the_colleague;
        who_got_an_outgoing_call_is_in_the_other_pin: [PASSED_ON_FROM_PIN] => outgoing_and_passed_on;
    }

    /// The one who calls his colleague hears nothing of that leg.
    async fn told_to_the_colleague(readings: &[Reading]) {
        for call in ["transfer", "transfer-consulted", "transfer-given-up"] {
            let scene = Scene::reading(readings, &[]).await;
            played(&scene, Make::MANGO_CLIENT, call, "202", "203").await;
            ended(&scene).await;
        }
    }

    async fn outgoing_and_passed_on(readings: &[Reading]) {
        placed_and_passed_on(Scene::reading(readings, &[]).await, Make::ROSTELECOM).await;
    }
}
