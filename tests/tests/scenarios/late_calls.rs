//! Calls that a PBX tells of long after they happened.

use calls::CallResult;
use desk::contract::{CallFilter, CardPhase, ConnectionRow};
use jiff::{SignedDuration, Timestamp};
use simulator::{Make, Reading};

use crate::{scene::Scene, screens::Record, settings::Override};

const PAST: &str = "+79161234567";
const PRESENT: &str = "+79031234567";

on_all_makes!(DatedEvents: a_call_of_yesterday);

on_all_makes!(Card: a_missed_call_of_yesterday);

/// The call of yesterday was told; one of now was shown after it.
async fn replayed(make: Make, line: &str) -> Scene {
    let scene = Scene::new().await;
    scene.play(make, line);
    scene.row(Some(PAST), |row| row.result.is_some()).await;
    scene.settled().await;
    scene.play(make, r#"{"call":"missed","from":"+79031234567","ring":"20s"}"#);
    scene.screens.until_card(Some(PRESENT), CardPhase::Missed).await;
    assert_eq!(scene.screens.record().cards_of(Some(PAST)), 0, "it pops nothing");
    assert!(
        scene
            .screens
            .record()
            .notifications
            .iter()
            .all(|shown| !shown.body.contains("916") && !shown.title.contains("916"))
    );
    scene
}

async fn a_call_of_yesterday(make: Make) {
    let scene = replayed(make, r#"{"call":"replay","from":"+79161234567","ago":"24h","talk":"60s"}"#).await;
    let row = scene.row(Some(PAST), |_| true).await;
    assert_eq!(row.result, Some(CallResult::Answered));
    assert!(row.talk_ms.is_some_and(|talk| (60_000..62_000).contains(&talk)), "{:?}", row.talk_ms);
    let ago = Timestamp::now().duration_since(row.started_at);
    assert!(ago > SignedDuration::from_hours(23) && ago < SignedDuration::from_hours(25), "{ago:?}");
    let order: Vec<_> = scene.list(CallFilter::All).await.into_iter().filter_map(|row| row.party.dial).collect();
    assert_eq!(order, [PRESENT, PAST], "it stands where it belongs");
}

async fn a_missed_call_of_yesterday(make: Make) {
    let scene = replayed(make, r#"{"call":"missed","from":"+79161234567","ago":"24h","ring":"20s"}"#).await;
    assert_eq!(scene.list(CallFilter::Missed).await.len(), 2);
    let today = |record: &Record| record.main.as_ref().is_some_and(|main| main.now.missed_today == 1);
    scene.screens.until("yesterday is not today", today).await;
}

/// Webhooks that were posted while nobody listened are lost; what they told is read from the PBX's history.
async fn calls_of_a_time_without_the_program_come_from_the_history(
    make: Make,
    readings: &[Reading],
    overrides: &[Override],
) -> Scene {
    let scene = Scene::reading(readings, overrides).await;
    scene.play(make, r#"{"call":"missed","from":"+79031234567","ring":"1s"}"#);
    scene.row(Some(PRESENT), |row| row.result.is_some()).await;
    let scene = scene
        .away(
            make,
            r#"{"call":"missed","from":"+79161234567","ring":"1s"}
            {"call":"replay","from":"+79051234567","ago":"10m","talk":"20s"}"#,
            overrides,
        )
        .await;
    let missed = scene.row(Some(PAST), |row| row.result.is_some()).await;
    let answered = scene.row(Some("+79051234567"), |row| row.result.is_some()).await;
    assert_eq!((missed.result, answered.result), (Some(CallResult::Missed), Some(CallResult::Answered)));
    let filled = |row: &ConnectionRow| row.gap_since.is_none();
    scene.screens.until_connection(make, "lacks nothing any more", filled).await;
    assert_eq!(scene.list(CallFilter::All).await.len(), 3, "what came live is there once");
    for party in [PAST, PRESENT, "+79051234567"] {
        assert_eq!(scene.screens.record().cards_of(Some(party)), 0, "{party} pops nothing");
    }
    assert!(scene.screens.record().notifications.is_empty(), "nor notifies");
    scene
}

#[tokio::test]
async fn a_time_without_the_program_is_filled_from_rostelecoms_history() {
    calls_of_a_time_without_the_program_come_from_the_history(Make::ROSTELECOM, &[], &[]).await;
}

#[tokio::test]
async fn a_time_without_the_program_is_filled_from_zadarmas_statistics() {
    calls_of_a_time_without_the_program_come_from_the_history(Make::ZADARMA, &[], &[]).await;
}

#[tokio::test]
async fn a_time_without_the_program_is_filled_from_mangos_statistics() {
    calls_of_a_time_without_the_program_come_from_the_history(Make::MANGO_VPBX, &[], &[]).await;
}

#[tokio::test]
async fn a_time_without_the_program_is_filled_from_mangos_extended_statistics() {
    filled_from_extended_statistics(&[]).await;
}

under_readings! {
    statistics_that_name_phones: [STATISTICS_BY_SIP] => filled_from_extended_statistics;
    statistics_that_are_there_at_once: [STATISTICS_COME_AT_ONCE] => filled_from_extended_statistics;
    statistics_with_a_minute_for_each_kind: [STATISTICS_PER_METHOD] => filled_from_zadarmas_statistics;
    statistics_of_the_last_sixty_seconds: [MINUTE_SLIDES] => filled_from_zadarmas_statistics;
}

async fn filled_from_zadarmas_statistics(readings: &[Reading]) {
    calls_of_a_time_without_the_program_come_from_the_history(Make::ZADARMA, readings, &[]).await;
}

async fn filled_from_extended_statistics(readings: &[Reading]) {
    let extended = [(Make::MANGO_VPBX, "statistics", "extended")];
    let scene = calls_of_a_time_without_the_program_come_from_the_history(Make::MANGO_VPBX, readings, &extended).await;
    let row = scene.row(Some("+79051234567"), |_| true).await;
    let legs = scene.details(&row.call).await.legs;
    let phones: Vec<_> = legs.iter().filter_map(|leg| leg.extension.as_deref()).collect();
    assert_eq!(phones.len(), 1, "{readings:?}: {legs:?}");
    assert!(phones[0].starts_with("20"), "{readings:?}: he is named by his extension: {legs:?}");
    scene.stop().await;
}
