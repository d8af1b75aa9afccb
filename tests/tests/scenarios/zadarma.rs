//! Zadarma's calls from its simulator to the cards of a desk, under each reading of a page that is silent.

use calls::{CallResult, CallState, Direction};
use desk::contract::{CallFilter, CardPhase};
use serde_json::json;
use simulator::{Make, Reading};
use uuid::Uuid;

use crate::{
    scene::{Scene, eventually},
    settings::ME,
};

const CALLER: &str = "+79161234567";

#[tokio::test]
async fn a_call_rings_talks_and_ends() {
    called_under(&[]).await;
}

#[tokio::test]
async fn a_click_is_one_call_that_talks_once_the_customer_answers() {
    clicked_under(&[]).await;
}

under_readings! {
    calls_of_full_logins: [FULL_LOGINS] => called_under;
    calls_whose_extensions_end_by_themselves: [INTERNAL_ENDS] => called_under;
    clicks_by_full_logins: [FULL_LOGINS] => clicked_under;
    clicks_whose_extensions_end_by_themselves: [INTERNAL_ENDS] => clicked_under;
    clicks_in_two_calls: [CALLBACK_TWO_CALLS] => clicked_under;
    clicks_in_two_calls_of_full_logins: [FULL_LOGINS, CALLBACK_TWO_CALLS] => clicked_under;
    the_advertisement_that_brought_a_customer_stands_with_his_call: [CALLS_TRACKED] => tracked_under;
}

async fn tracked_under(readings: &[Reading]) {
    let scene = Scene::reading(readings, &[]).await;
    scene.play(Make::ZADARMA, r#"{"call":"answered","from":"+79161234567","ring":"600s","talk":"600s"}"#);
    scene.screens.until_card(Some(CALLER), CardPhase::Ringing).await;
    scene.pick_up(ME).await;
    scene.screens.until_card(Some(CALLER), CardPhase::Talking).await;
    scene.hang_up(ME);
    let row = scene.row(Some(CALLER), |row| row.state == CallState::Ended).await;
    let told = eventually("the advertisement", async || scene.details(&row.call).await.attribution).await;
    let words = [&told.source, &told.medium, &told.campaign, &told.term, &told.page].map(Option::as_deref);
    let expected = ["yandex", "cpc", "Остекление", "окна на балкон", "okna.example/balkony"];
    assert_eq!(words, expected.map(Some));
    let row = scene.row(Some(CALLER), |row| row.state == CallState::Ended).await;
    assert_eq!((row.result, scene.list(CallFilter::All).await.len()), (Some(CallResult::Answered), 1));
    let story = scene.screens.record().story(Some(CALLER));
    assert_eq!(story, [CardPhase::Ringing, CardPhase::Talking, CardPhase::Ended], "it changes no card");
    scene.stop().await;
}

async fn called_under(readings: &[Reading]) {
    let scene = Scene::reading(readings, &[]).await;
    scene.play(Make::ZADARMA, r#"{"call":"answered","from":"+79161234567","ring":"600s","talk":"600s"}"#);
    let card = scene.screens.until_card(Some(CALLER), CardPhase::Ringing).await;
    assert_eq!(card.direction, Direction::Incoming);
    let line = scene.simulator.staff().lines.iter().find(|line| line.make == Make::ZADARMA).expect("a line");
    assert_eq!(card.line.as_ref(), Some(&line.title));
    scene.pick_up(ME).await;
    scene.screens.until_card(Some(CALLER), CardPhase::Talking).await;
    scene.hang_up(ME);
    scene.screens.until_card(Some(CALLER), CardPhase::Ended).await;
    let story = scene.screens.record().story(Some(CALLER));
    assert_eq!(story, [CardPhase::Ringing, CardPhase::Talking, CardPhase::Ended], "{readings:?}");
    let row = scene.row(Some(CALLER), |row| row.state == CallState::Ended).await;
    assert_eq!((row.result, row.agent.as_deref()), (Some(CallResult::Answered), Some("Пётр Волков")));
    assert!(row.answered_at.is_some());

    scene.play(Make::ZADARMA, r#"{"call":"missed","from":"+79161234568","ring":"20s"}"#);
    scene.screens.until_card(Some("+79161234568"), CardPhase::Missed).await;
    let row = scene.row(Some("+79161234568"), |row| row.state == CallState::Ended).await;
    assert_eq!((row.result, row.talk_ms), (Some(CallResult::Missed), None), "{readings:?}");
    assert_eq!(scene.list(CallFilter::All).await.len(), 2);
    scene.stop().await;
}

async fn clicked_under(readings: &[Reading]) {
    let scene = Scene::reading(readings, &[]).await;
    let results = [("answer", CallResult::Answered), ("silent", CallResult::NoAnswer), ("busy", CallResult::Busy)];
    for (place, (does, result)) in results.into_iter().enumerate() {
        let number = format!("+7900123456{place}");
        let callee = json!({"callee": number, "does": does, "ring": "5s", "talk": "600s"});
        scene.play(Make::ZADARMA, &callee.to_string());
        scene.call(Make::ZADARMA, &number, Uuid::new_v4()).await.expect("it is placed");
        scene.pick_up(ME).await;
        if result == CallResult::Answered {
            let card = scene.screens.until_card(Some(&number), CardPhase::Talking).await;
            assert!(card.answered_at.is_some());
            scene.hang_up(ME);
        }
        let row = scene.row(Some(&number), |row| row.state == CallState::Ended).await;
        assert_eq!((row.direction, row.result), (Direction::Outgoing, Some(result)), "{readings:?}");
        let story = scene.screens.record().story(Some(&number));
        assert!(!story.contains(&CardPhase::Ringing) && !story.contains(&CardPhase::Missed), "{story:?}");
    }
    assert_eq!(scene.list(CallFilter::All).await.len(), results.len(), "{readings:?}");
    scene.stop().await;
}
