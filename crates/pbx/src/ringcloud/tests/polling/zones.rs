//! The zone of the times of finished calls, which the service does not name.

use super::*;

/// A finished call with its times by the wall clock of a zone.
fn local(src: &str, at: i64, zone: &str) -> Value {
    let zone = TimeZone::get(zone).expect("a zone");
    let local = |second: i64| zone.to_datetime(wall(second)).strftime("%Y-%m-%d %H:%M:%S").to_string();
    let mut row = finished(src, "401", "incoming", at, 30, "ANSWERED");
    (row["call_start_time"], row["call_end_time"]) = (local(at).into(), local(at + 30).into());
    row
}

/// The zone that was chosen, and when the calls began that were told.
fn zone_and_beginnings(found: &[Found]) -> (Option<String>, Vec<i64>) {
    let zone = found.iter().find_map(|found| found.zone.clone()).map(|(zone, _)| zone);
    let started = events(found).into_iter().filter(|event| event.raw_kind == "started");
    (zone, started.filter_map(|event| Some(event.time.as_ref()?.utc.as_second() - START)).collect())
}

#[test]
fn what_ended_before_is_told_once_its_zone_is_known() {
    const HOUR: i64 = 3600;
    let mut desk = Desk::new();
    // Three hours ago by UTC it was now by Moscow's clocks.
    let past = [local("79161234567", -3 * HOUR, "UTC"), local("79161234568", -100 * HOUR, "UTC")];
    desk.complete = json!(past);
    let found = desk.until(0);
    assert_eq!(zone_and_beginnings(&found), (None, Vec::new()), "nothing is read in a zone that is only assumed");
    assert!(found.iter().all(|found| found.complete_since.is_none()), "nothing is said to be complete");
    desk.complete = json!([past[0], past[1], local("79161234569", 10, "UTC")]);
    let found = desk.until(65);
    let (zone, mut began) = zone_and_beginnings(&found);
    began.sort_unstable();
    assert_eq!((zone.as_deref(), began), (Some("UTC"), vec![-100 * HOUR, -3 * HOUR, 10]), "what just ended shows it");
    assert!(found.iter().any(|found| found.complete_since.is_some()));
    assert_eq!(desk.poller.due().1.url.query(), Some("days=2"));
}

#[test]
fn no_call_has_ended_in_the_future() {
    let mut desk = Desk::new();
    desk.complete =
        json!([local("79161234567", -3600, "Europe/Moscow"), local("79161234568", -90_000, "Europe/Moscow")]);
    let (zone, began) = zone_and_beginnings(&desk.until(0));
    assert_eq!((zone.as_deref(), began), (Some("Europe/Moscow"), vec![-90_000, -3600]), "at the first answer");
}

#[test]
fn a_call_that_was_seen_going_on_shows_the_zone_however_late_it_is_listed() {
    let mut desk = Desk::new();
    desk.active = json!([row("79161234567", "401", 5)]);
    desk.until(0);
    desk.active = json!([]);
    desk.until(600);
    desk.complete = json!([local("79161234567", -5, "UTC")]);
    let (zone, began) = zone_and_beginnings(&desk.until(660));
    assert_eq!((zone.as_deref(), began), (Some("UTC"), vec![-5]));
}

#[test]
fn in_a_zone_that_the_make_does_not_know_calls_are_told_all_the_same() {
    let mut desk = Desk::new();
    desk.complete = json!([local("79161234567", -300_000, "Asia/Vladivostok")]);
    assert_eq!(zone_and_beginnings(&desk.until(0)), (None, Vec::new()));
    desk.complete =
        json!([local("79161234567", -300_000, "Asia/Vladivostok"), local("79161234568", 10, "Asia/Vladivostok")]);
    let (zone, began) = zone_and_beginnings(&desk.until(65));
    assert_eq!((zone, began.len()), (None, 2));
}

#[test]
fn a_time_that_says_its_zone_waits_for_none() {
    let mut desk = Desk::new();
    let mut iso = local("79161234567", -50_000, "UTC");
    iso["call_start_time"] = format!("{}", wall(-50_000)).into();
    iso["call_end_time"] = format!("{}", wall(-49_970)).into();
    desk.complete = json!([
        iso,
        finished("79161234568", "401", "incoming", -90, 60, "ANSWERED"),
        local("79161234569", -90_000, "UTC")
    ]);
    assert_eq!(zone_and_beginnings(&desk.until(0)), (None, vec![-50_000, -90]));
}
