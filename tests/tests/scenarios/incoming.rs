//! Calls that come in for me alone.

use calls::{CallResult, CallState, Direction, LegRole};
use desk::contract::{CallBackRequest, CallFilter, CardPhase, ErrandTask};
use simulator::{Make, Reading};
use uuid::Uuid;

use crate::{scene::Scene, screens::Record};

const CALLER: &str = "+79161234567";

on_all_makes!(
    Card: a_call_that_i_answer,
    a_call_whose_caller_hangs_up,
    a_missed_call,
    a_busy_phone,
    a_hidden_number,
    an_internal_call
);

async fn a_call_that_i_answer(make: Make) {
    let scene = Scene::new().await;
    scene.play(make, r#"{"call":"answered","from":"+79161234567","ring":"600s","talk":"600s"}"#);
    let card = scene.screens.until_card(Some(CALLER), CardPhase::Ringing).await;
    assert_eq!((card.direction, card.party.number.as_deref()), (Direction::Incoming, Some("+7 916 123-45-67")));
    let line = scene.simulator.staff().lines.iter().find(|line| line.make == make).expect("each make has a line");
    assert_eq!(card.line.as_ref(), Some(&line.title));
    assert!(scene.screens.record().card_visible);

    scene.pick_up("202").await;
    let card = scene.screens.until_card(Some(CALLER), CardPhase::Talking).await;
    assert!(card.answered_at.is_some() && card.ended_at.is_none());
    let now = scene.row(Some(CALLER), |row| row.state == CallState::Talking).await;
    assert_eq!(now.agent.as_deref(), Some("Пётр Волков"));

    scene.hang_up("202");
    scene.screens.until_card(Some(CALLER), CardPhase::Ended).await;
    assert_eq!(scene.screens.record().story(Some(CALLER)), [CardPhase::Ringing, CardPhase::Talking, CardPhase::Ended]);
    let row = scene.row(Some(CALLER), |row| row.state == CallState::Ended).await;
    assert_eq!((row.result, row.direction), (Some(CallResult::Answered), Direction::Incoming));
    assert!(row.answered_at.is_some());
    assert!(scene.list(CallFilter::Missed).await.is_empty());
    scene.screens.until("no card", |record| !record.card_visible).await;
}

async fn a_call_whose_caller_hangs_up(make: Make) {
    let scene = Scene::new().await;
    scene.play(make, r#"{"call":"answered","from":"+79161234567","ring":"600s","talk":"15s"}"#);
    scene.screens.until_card(Some(CALLER), CardPhase::Ringing).await;
    scene.pick_up("202").await;
    scene.screens.until_card(Some(CALLER), CardPhase::Ended).await;
    let row = scene.row(Some(CALLER), |row| row.state == CallState::Ended).await;
    assert_eq!(row.result, Some(CallResult::Answered));
}

async fn a_missed_call(make: Make) {
    let scene = Scene::new().await;
    scene.play(make, r#"{"call":"missed","from":"+79161234567","ring":"20s"}"#);
    let card = scene.screens.until_card(Some(CALLER), CardPhase::Missed).await;
    assert!(card.can_call);
    assert_eq!(scene.screens.record().story(Some(CALLER)), [CardPhase::Ringing, CardPhase::Missed]);
    let row = scene.row(Some(CALLER), |row| row.state == CallState::Ended).await;
    assert_eq!((row.result, row.talk_ms), (Some(CallResult::Missed), None));
    assert_eq!(scene.list(CallFilter::Missed).await, [row]);
    scene
        .screens
        .until("one to call back", |record| record.main.as_ref().is_some_and(|main| main.now.missed.len() == 1))
        .await;

    let command = Uuid::new_v4().to_string();
    scene.desk.call_back(CallBackRequest { command, call: card.call.clone() }).await.expect("it is placed");
    scene
        .screens
        .until("called back", |record| record.main.as_ref().is_some_and(|main| main.now.missed.is_empty()))
        .await;
    assert_eq!(scene.details(&card.call).await.calls_with_number, 2);
}

async fn a_busy_phone(make: Make) {
    let scene = Scene::new().await;
    scene.play(make, r#"{"call":"busy","from":"+79161234567"}"#);
    let row = scene.row(Some(CALLER), |row| row.state == CallState::Ended).await;
    assert!(matches!(row.result, Some(CallResult::Busy | CallResult::Missed)), "{:?}", row.result);
    assert_eq!(row.talk_ms, None);
    let story = scene.screens.record().story(Some(CALLER));
    assert!(!story.contains(&CardPhase::Talking) && !story.contains(&CardPhase::Ended), "{story:?}");
}

/// Two callers who hide their numbers are two unknown people, and nobody can call either back.
async fn a_hidden_number(make: Make) {
    let scene = Scene::new().await;
    scene.play(make, r#"{"call":"missed","from":"hidden","ring":"20s"}"#);
    let first = scene.screens.until_card(None, CardPhase::Missed).await;
    assert!(!first.can_call && first.party.number.is_none() && first.party.name.is_none());
    scene.play(make, r#"{"call":"missed","from":"hidden","ring":"20s"}"#);
    let second = scene.screens.until_card(None, CardPhase::Ringing).await;
    assert_ne!(second.call, first.call);
    assert_eq!(second.last_talk, None);

    let details = scene.details(&second.call).await;
    assert_eq!((details.calls_with_number, details.others), (1, vec![]));
    let command = Uuid::new_v4().to_string();
    scene.desk.call_back(CallBackRequest { command, call: first.call }).await.expect("main asks for a number");
    let errand = scene.desk.main_snapshot().await.expect("a view").errand.expect("main asks for a number");
    assert!(matches!(errand.task, ErrandTask::Dial { text, .. } if text.is_empty()));
    let both = |record: &Record| record.main.as_ref().is_some_and(|main| main.now.missed.len() == 2);
    scene.screens.until("both are told", both).await;
}

async fn an_internal_call(make: Make) {
    let scene = Scene::new().await;
    scene.play(make, r#"{"call":"internal","from":"201","to":"202","ring":"600s","talk":"600s"}"#);
    let card = scene.screens.until_card(Some("201"), CardPhase::Ringing).await;
    assert_eq!((card.direction, card.party.internal), (Direction::Internal, true));
    assert_eq!(card.party.name.as_deref(), Some("Ирина Соколова"));
    scene.pick_up("202").await;
    scene.screens.until_card(Some("201"), CardPhase::Talking).await;
    scene.hang_up("202");
    scene.screens.until_card(Some("201"), CardPhase::Ended).await;
    let rows = scene.list(CallFilter::All).await;
    assert_eq!(rows.len(), 1, "both phones are in one call: {rows:#?}");
    assert_eq!((rows[0].direction, rows[0].party.dial.as_deref()), (Direction::Internal, Some("201")));
}

pub(crate) mod read_otherwise {
    use super::*;

    const ANSWERED: &str = r#"{"call":"answered","from":"+79161234567","menu":"5s","ring":"600s","talk":"600s"}"#;
    const MISSED: &str = r#"{"call":"missed","from":"+79161234567","menu":"5s","rings":["201","202"],"ring":"20s"}"#;

    /// I answer, and have one leg.
    async fn answered(scene: &Scene) {
        scene.play(Make::ROSTELECOM, ANSWERED);
        let card = scene.screens.until_card(Some(CALLER), CardPhase::Ringing).await;
        assert_eq!(card.answered_at, None, "the greeting is no talk");
        scene.pick_up("202").await;
        scene.screens.until_card(Some(CALLER), CardPhase::Talking).await;
        scene.hang_up("202");
        let row = scene.row(Some(CALLER), |row| row.state == CallState::Ended).await;
        assert_eq!((row.result, row.agent.as_deref()), (Some(CallResult::Answered), Some("Пётр Волков")));
        let legs = scene.details(&row.call).await.legs;
        let agents: Vec<_> = legs.iter().filter(|leg| leg.role == LegRole::Agent).collect();
        assert!(matches!(agents.as_slice(), [own] if own.talk_ms.is_some()), "{legs:?}");
        let story = scene.screens.record().story(Some(CALLER));
        assert_eq!(story, [CardPhase::Ringing, CardPhase::Talking, CardPhase::Ended]);
    }

    async fn missed(scene: &Scene) {
        scene.play(Make::ROSTELECOM, MISSED);
        scene.screens.until_card(Some(CALLER), CardPhase::Missed).await;
        let row = scene.row(Some(CALLER), |row| row.state == CallState::Ended).await;
        assert_eq!((row.result, row.talk_ms), (Some(CallResult::Missed), None));
        let story = scene.screens.record().story(Some(CALLER));
        assert_eq!(story, [CardPhase::Ringing, CardPhase::Missed]);
    }

    under_readings! {
        phones_that_ring_under_their_sip_names: [SIP_NAMES_FIRST] => called_under;
        a_colleague_answers_what_rings_under_a_sip_name: [SIP_NAMES_FIRST] => answered_by_a_colleague;
        a_greeting_that_answers: [GREETING_ANSWERS] => called_under;
    }

    /// A phone that rings under its SIP name may be anybody's, so the line's group is rung; a greeting that answers in the
    /// line's name is nobody's talk.
    async fn called_under(readings: &[Reading]) {
        answered(&Scene::reading(readings, &[]).await).await;
        missed(&Scene::reading(readings, &[]).await).await;
    }

    async fn answered_by_a_colleague(readings: &[Reading]) {
        let scene = Scene::reading(readings, &[]).await;
        scene.play(
            Make::ROSTELECOM,
            r#"{"call":"group","from":"+79161234567","rings":["201","202"],"ring":"600s","talk":"600s"}"#,
        );
        scene.screens.until_card(Some(CALLER), CardPhase::Ringing).await;
        scene.pick_up("201").await;
        let card = scene.screens.until_card(Some(CALLER), CardPhase::AnsweredBy).await;
        assert_eq!(card.answered_by.as_deref(), Some("Ирина Соколова"));
        scene.hang_up("201");
        let row = scene.row(Some(CALLER), |row| row.state == CallState::Ended).await;
        assert_eq!(row.agent.as_deref(), Some("Ирина Соколова"));
        // That my phone rang is known once the PBX has listed whose SIP names they are, which it is asked at the start.
        assert!(matches!(row.result, Some(CallResult::Answered | CallResult::AnsweredElsewhere)), "{:?}", row.result);
        let story = scene.screens.record().story(Some(CALLER));
        assert_eq!(story, [CardPhase::Ringing, CardPhase::AnsweredBy]);
    }
}
