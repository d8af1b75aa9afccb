//! Calls that ring at several phones.

use calls::{CallResult, CallState};
use desk::contract::{CallFilter, CardPhase};
use simulator::Make;

use crate::scene::Scene;

const CALLER: &str = "+79161234567";

on_all_makes!(Card: a_colleague_answers_for_the_group, i_answer_for_the_group, nobody_of_the_group_answers);

const GROUP: &str = r#"{"call":"group","from":"+79161234567","rings":["201","202","203"],"ring":"600s","talk":"600s"}"#;

async fn a_colleague_answers_for_the_group(make: Make) {
    let scene = Scene::new().await;
    scene.play(make, GROUP);
    scene.screens.until_card(Some(CALLER), CardPhase::Ringing).await;
    scene.pick_up("201").await;
    let card = scene.screens.until_card(Some(CALLER), CardPhase::AnsweredBy).await;
    assert_eq!(card.answered_by.as_deref(), Some("Ирина Соколова"));

    scene.hang_up("201");
    let row = scene.row(Some(CALLER), |row| row.state == CallState::Ended).await;
    assert_eq!((row.result, row.agent.as_deref()), (Some(CallResult::AnsweredElsewhere), Some("Ирина Соколова")));
    assert!(scene.list(CallFilter::Missed).await.is_empty());
    let record = scene.screens.record();
    assert_eq!(record.story(Some(CALLER)), [CardPhase::Ringing, CardPhase::AnsweredBy], "never missed");
    assert_eq!(record.main.as_ref().expect("shown").now.missed, []);
}

async fn i_answer_for_the_group(make: Make) {
    let scene = Scene::new().await;
    scene.play(make, GROUP);
    scene.screens.until_card(Some(CALLER), CardPhase::Ringing).await;
    scene.pick_up("202").await;
    scene.screens.until_card(Some(CALLER), CardPhase::Talking).await;
    scene.hang_up("202");
    let row = scene.row(Some(CALLER), |row| row.state == CallState::Ended).await;
    assert_eq!((row.result, row.agent.as_deref()), (Some(CallResult::Answered), Some("Пётр Волков")));
    scene.screens.until_card(Some(CALLER), CardPhase::Ended).await;
}

async fn nobody_of_the_group_answers(make: Make) {
    let scene = Scene::new().await;
    scene.play(make, r#"{"call":"missed","from":"+79161234567","rings":["201","202","203"],"ring":"20s"}"#);
    scene.screens.until_card(Some(CALLER), CardPhase::Missed).await;
    scene.row(Some(CALLER), |row| row.result == Some(CallResult::Missed)).await;
    assert_eq!(scene.list(CallFilter::All).await.len(), 1, "one call, not one a phone");
}
