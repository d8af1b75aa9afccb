//! Callbacks in both readings of a page that is silent, and calls that look like them.

use calls::{CallResult, CallState, Direction, LegState};
use desk::contract::{CallFilter, CardPhase};
use serde_json::json;
use simulator::{Make, Reading};
use uuid::Uuid;

use crate::scene::{Scene, eventually};

const CALLED: &str = "+79001234567";

/// What other programs order is outgoing, and has the result that it came to.
async fn ordered_by_another_program(scene: Scene, make: Make, results: &[(&str, CallResult)]) {
    for (place, (does, result)) in results.iter().enumerate() {
        let number = format!("+7900123456{place}");
        scene.play(
            make,
            &format!(
                "{}\n{}",
                json!({"callee": number, "does": does, "ring": "5s"}),
                json!({"call": "callback", "agent": "202", "to": number, "talk": "20s"})
            ),
        );
        let row = scene.row(Some(&number), |row| row.state == CallState::Ended).await;
        assert_eq!((row.direction, row.result), (Direction::Outgoing, Some(*result)), "{does}");
        assert_eq!(row.answered_at.is_some(), *result == CallResult::Answered, "{does}");
        let story = scene.screens.record().story(Some(&number));
        assert!(!story.contains(&CardPhase::Ringing) && !story.contains(&CardPhase::Missed), "{does}: {story:?}");
    }
    assert_eq!(scene.list(CallFilter::All).await.len(), results.len());
}

const RESULTS: [(&str, CallResult); 3] =
    [("answer", CallResult::Answered), ("silent", CallResult::NoAnswer), ("busy", CallResult::Busy)];

#[tokio::test]
async fn as_two_legs_on_mango() {
    ordered_by_another_program(Scene::new().await, Make::MANGO_CLIENT, &RESULTS).await;
}

under_readings! {
    as_one_leg_on_mango: [CALLBACK_ONE_LEG] => one_leg_on_mango;
    a_recording_tells_that_one_leg_on_mango_was_a_talk: [CALLBACK_ONE_LEG] => a_recorded_leg_on_mango;
    a_callback_that_is_set_to_one_leg_on_mango_talks_at_once: [CALLBACK_ONE_LEG] => a_leg_that_talks_at_once;
    connected_when_the_agent_picks_up_on_rostelecom: [CALLBACK_AGENT_CONNECTS] => connected_by_the_agent;
    a_call_that_a_test_host_says_it_has_placed: [TEST_HOST] => placed_at_the_test_host;
}

/// The customer hangs up, so he was there.
async fn one_leg_on_mango(readings: &[Reading]) {
    ordered_by_another_program(Scene::reading(readings, &[]).await, Make::MANGO_CLIENT, &RESULTS).await;
}

/// I hang up: by the manual my own leg is no talk, but only talks are recorded.
async fn a_recorded_leg_on_mango(readings: &[Reading]) {
    let scene = Scene::reading(readings, &[]).await;
    let call = json!({"call": "callback", "agent": "202", "to": CALLED, "talk": "600s", "record": true});
    scene.play(Make::MANGO_CLIENT, &format!("{}\n{call}", they_answer()));
    scene.pick_up("202").await;
    let row = scene.row(Some(CALLED), |_| true).await;
    let both_talk = async || {
        let legs = scene.details(&row.call).await.legs;
        legs.iter().any(|leg| leg.state == LegState::Connected).then_some(())
    };
    eventually("they have answered", both_talk).await;
    scene.hang_up("202");
    let row = scene.row(Some(CALLED), |row| row.result == Some(CallResult::Answered)).await;
    assert!(row.answered_at.is_some());
}

/// Where the setting says that callbacks are one leg, the card talks in time.
async fn a_leg_that_talks_at_once(readings: &[Reading]) {
    let set = (Make::MANGO_CLIENT, "callback", "one-leg");
    let scene = Scene::reading(readings, &[set]).await;
    scene.play(Make::MANGO_CLIENT, &they_answer());
    scene.call(Make::MANGO_CLIENT, CALLED, Uuid::new_v4()).await.expect("it is placed");
    scene.pick_up("202").await;
    scene.screens.until_card(Some(CALLED), CardPhase::Talking).await;
    scene.hang_up("202");
    let row = scene.row(Some(CALLED), |row| row.state == CallState::Ended).await;
    assert_eq!((row.result, row.answered_at.is_some()), (Some(CallResult::Answered), true));
}

fn they_answer() -> String {
    json!({"callee": CALLED, "does": "answer", "ring": "5s", "talk": "600s"}).to_string()
}

#[tokio::test]
async fn connected_when_both_talk_on_rostelecom() {
    ordered_by_another_program(Scene::new().await, Make::ROSTELECOM, &RESULTS).await;
}

/// Only the reason of the end says that somebody talked.
async fn connected_by_the_agent(readings: &[Reading]) {
    let agent_connects = (Make::ROSTELECOM, "connected", "agent");
    let scene = Scene::reading(readings, &[agent_connects]).await;
    let results = [("answer", CallResult::Answered), ("busy", CallResult::Busy)];
    for (does, result) in results {
        let number = if does == "busy" { "+79001234561" } else { "+79001234560" };
        let callee = json!({"callee": number, "does": does, "ring": "5s"});
        let call = json!({"call": "callback", "agent": "202", "to": number, "talk": "20s"});
        scene.play(Make::ROSTELECOM, &format!("{callee}\n{call}"));
        let row = scene.row(Some(number), |row| row.state == CallState::Ended).await;
        assert_eq!((row.direction, row.result), (Direction::Outgoing, Some(result)), "{does}");
    }
}

/// It answers everything with a sample: the session says that it acts, the number that it does not.
async fn placed_at_the_test_host(readings: &[Reading]) {
    let scene = Scene::alone(Make::ROSTELECOM, readings).await;
    scene.settled().await;
    scene.call(Make::ROSTELECOM, CALLED, Uuid::new_v4()).await.expect("it is sent");
    let row = scene.row(Some(CALLED), |row| row.direction == Direction::Outgoing).await;
    assert_eq!((row.result, row.answered_at), (None, None), "neither placed for sure nor failed");
    assert!(scene.simulator.calls_asked_for().is_empty());
    scene.stop().await;
}

/// My timer does not run while his phone rings.
#[tokio::test]
async fn the_talk_begins_with_the_customers_answer() {
    let scene = Scene::new().await;
    scene.play(Make::MANGO_CLIENT, &json!({"callee": CALLED, "does": "answer", "ring": "30s"}).to_string());
    scene.call(Make::MANGO_CLIENT, CALLED, Uuid::new_v4()).await.expect("it is placed");
    scene.pick_up("202").await;
    let card = scene.screens.until_card(Some(CALLED), CardPhase::Calling).await;
    assert_eq!(card.answered_at, None);
    let card = scene.screens.until_card(Some(CALLED), CardPhase::Talking).await;
    assert!(card.answered_at.is_some());
    let story = scene.screens.record().story(Some(CALLED));
    assert_eq!(story, [CardPhase::PickUpYourPhone, CardPhase::Calling, CardPhase::Talking], "{story:?}");
}

/// A frame for 202, as the vendor's other API writes the fields.
fn frame(call_id: &str, seq: u64, state: &str, from: serde_json::Value, more: serde_json::Value) -> String {
    let mut data = json!({
        "entry_id": "e1", "call_id": call_id, "seq": seq, "state": state, "location": "abonent",
        "from": from, "to": {"extension": "202", "line_number": "78005550110"},
    });
    let fields = data.as_object_mut().expect("an object");
    fields.extend(more.as_object().expect("an object").clone());
    json!({"extension": "202", "event": {"routeKey": "/call", "data": data}}).to_string()
}

/// A call that a program routed to me carries the command's id, and is the customer's call all the same.
#[tokio::test]
async fn a_routed_call_is_incoming() {
    let scene = Scene::new().await;
    let from = json!({"number": "79001234567", "taken_from_call_id": "e1.menu"});
    let routed = json!({"command_id": "route-1"});
    scene.play(Make::MANGO_CLIENT, &frame("e1.1", 1, "APPEARED", from.clone(), routed.clone()));
    let card = scene.screens.until_card(Some(CALLED), CardPhase::Ringing).await;
    assert_eq!(card.direction, Direction::Incoming);
    scene.play(Make::MANGO_CLIENT, &frame("e1.1", 2, "CONNECTED", from.clone(), routed));
    scene.screens.until_card(Some(CALLED), CardPhase::Talking).await;
    scene.play(Make::MANGO_CLIENT, &frame("e1.1", 3, "DISCONNECTED", from, json!({"disconnect_reason": 1110})));
    let row = scene.row(Some(CALLED), |row| row.state == CallState::Ended).await;
    assert_eq!((row.direction, row.result), (Direction::Incoming, Some(CallResult::Answered)));
}

/// The customer whom I click is calling me: his call stays his.
#[tokio::test]
async fn a_customer_who_rings_in_while_i_click_his_number_keeps_his_call() {
    let scene = Scene::new().await;
    let from = json!({"number": "79001234567"});
    scene.play(Make::MANGO_CLIENT, &frame("e1.1", 1, "APPEARED", from.clone(), json!({})));
    let ringing = scene.screens.until_card(Some(CALLED), CardPhase::Ringing).await;
    let placed = scene.call(Make::MANGO_CLIENT, CALLED, Uuid::new_v4()).await.expect("it is placed");
    assert_ne!(placed.call, ringing.call);
    scene.pick_up("202").await;
    scene.play(Make::MANGO_CLIENT, &frame("e1.1", 2, "DISCONNECTED", from, json!({"disconnect_reason": 1110})));
    let incoming = scene.row(Some(CALLED), |row| row.direction == Direction::Incoming).await;
    assert_eq!(incoming.call, ringing.call);
    scene.row(Some(CALLED), |row| row.direction == Direction::Incoming && row.state == CallState::Ended).await;
    scene.hang_up("202");
    scene.row(Some(CALLED), |row| row.direction == Direction::Outgoing && row.state == CallState::Ended).await;
    assert_eq!(scene.list(CallFilter::All).await.len(), 2);
}
