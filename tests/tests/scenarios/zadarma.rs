//! Zadarma's calls from its simulator to the cards of a desk, under each reading of a page that is silent.

use calls::{CallResult, CallState, Direction};
use desk::contract::{CallFilter, CardPhase};
use serde_json::json;
use simulator::{Make, Reading};
use uuid::Uuid;

use crate::{scene::Scene, settings::ME};

const CALLER: &str = "+79161234567";

/// The default, and each way in which the page may be read otherwise.
const READINGS: [&[Reading]; 4] =
    [&[], &[Reading::FULL_LOGINS], &[Reading::INTERNAL_ENDS], &[Reading::FULL_LOGINS, Reading::CALLBACK_TWO_CALLS]];

#[tokio::test]
async fn a_call_rings_talks_and_ends_whatever_the_page_leaves_open() {
    for readings in READINGS {
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
}

#[tokio::test]
async fn a_click_is_one_call_that_talks_once_the_customer_answers() {
    for readings in READINGS {
        let scene = Scene::reading(readings, &[]).await;
        let results = [("answer", CallResult::Answered), ("silent", CallResult::NoAnswer), ("busy", CallResult::Busy)];
        for (place, (does, result)) in results.into_iter().enumerate() {
            let number = format!("+7900123456{place}");
            scene.play(
                Make::ZADARMA,
                &json!({"callee": number, "does": does, "ring": "5s", "talk": "600s"}).to_string(),
            );
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
}
