//! The poller, from the service's bytes to events.

use std::time::Instant;

use calls::{CallResult, Direction, Effect, Source, VendorEvent};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::*;
use crate::{
    poll::{Found, HeldCall},
    session::Moment,
};

/// A poller, its clock, and the answers that the service would give.
struct Desk {
    pbx: RingCloud,
    poller: Box<dyn Poller>,
    began: Instant,
    second: i64,
    active: Value,
    complete: Value,
}

const START: i64 = 1_772_701_200;

fn wall(second: i64) -> Timestamp {
    Timestamp::from_second(START + second).expect("a time")
}

impl Desk {
    fn new() -> Self {
        Self::with(pbx(), Vec::new(), 0)
    }

    fn with(pbx: RingCloud, held: Vec<HeldCall>, second: i64) -> Self {
        let began = tokio::time::Instant::now().into_std();
        let now = Moment { monotonic: began + Duration::from_secs(second.unsigned_abs()), wall: wall(second) };
        let zone = TimeZone::get("Europe/Moscow").expect("a zone");
        let poller = pbx.poller(PollStart { held, zone, is_zone_settled: false, now }).expect("it is asked");
        Self { pbx, poller, began, second, active: json!([]), complete: json!([]) }
    }

    fn moment(&self) -> Moment {
        Moment { monotonic: self.began + Duration::from_secs(self.second.unsigned_abs()), wall: wall(self.second) }
    }

    /// Asks whatever is due until this second.
    fn until(&mut self, second: i64) -> Vec<Found> {
        let mut found = Vec::new();
        while let Some((path, answered)) = self.step(second, None) {
            found.push(answered.unwrap_or_else(|error| panic!("{path}: {error}")));
        }
        found
    }

    /// Asks the next question, if it is due by this second; it is answered so, or as the service does.
    fn step(&mut self, until: i64, told: Option<Answer>) -> Option<(String, Result<Found, Error>)> {
        let (due, request) = self.poller.due();
        if due > self.began + Duration::from_secs(until.unsigned_abs()) {
            self.second = until;
            return None;
        }
        let second = due.saturating_duration_since(self.began).as_secs_f64().ceil() as i64;
        self.second = self.second.max(second);
        let path = request.url.path().to_owned();
        let answer = told.unwrap_or_else(|| match path.as_str() {
            "/v1/users" => success(r#"["111111"]"#),
            "/v1/users/111111" => success(r#"{"user":"111111","num":"401"}"#),
            "/v1/calls/complete" => success(&self.complete.to_string()),
            "/v1/calls/active" => success(&self.active.to_string()),
            other => panic!("nobody answers {other}"),
        });
        let now = self.moment();
        Some((path, self.poller.read(Ok(&answer), now, now)))
    }
}

fn events(found: &[Found]) -> Vec<&VendorEvent> {
    found.iter().flat_map(told).collect()
}

fn told(found: &Found) -> impl Iterator<Item = &VendorEvent> {
    found.events.iter().chain(found.snapshot.iter().flat_map(|list| &list.events))
}

fn kinds(found: &[Found]) -> Vec<&str> {
    events(found).into_iter().map(|event| event.raw_kind.as_str()).collect()
}

fn row(src: &str, dst: &str, seconds: i64) -> Value {
    json!({"src": src, "dst": dst, "seconds": seconds, "status": "current"})
}

/// A finished call that began at this second and lasted so many.
fn finished(src: &str, dst: &str, direction: &str, at: i64, lasted: i64, disposition: &str) -> Value {
    json!({
        "status": "complete", "src": src, "dst": dst, "direction": direction, "call_start_time": START + at,
        "call_end_time": START + at + lasted, "duration": lasted, "disposition": disposition, "rec_file": "None",
    })
}

#[test]
fn who_works_there_is_read_first_then_what_ended_then_what_goes_on() {
    let mut desk = Desk::new();
    let mut asked = Vec::new();
    while let Some((path, _)) = desk.step(0, None) {
        asked.push(path);
    }
    assert_eq!(asked, ["/v1/users", "/v1/users/111111", "/v1/calls/complete", "/v1/calls/active"]);
    let (due, _) = desk.poller.due();
    assert!(due >= desk.began + Duration::from_secs(61), "the same is asked once a minute");
    assert_eq!(desk.poller.due().1.url.query(), Some("days=2"));
}

#[test]
fn a_call_is_told_once_while_it_goes_on_and_once_when_it_is_over() {
    let mut desk = Desk::new();
    desk.active = json!([row("79161234567", "111111", 4)]);
    let found = desk.until(0);
    assert_eq!(kinds(&found), ["active"]);
    let first = events(&found)[0].clone();
    assert_eq!(first.time.as_ref().map(|time| time.utc), Some(wall(-4)));
    assert_eq!(first.source, Source::Poll);
    assert!(matches!(&first.effects[0], Effect::CallUpdated { direction: Direction::Incoming, customer, .. }
        if customer.number.as_deref() == Some("+79161234567")));
    assert!(
        first
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::LegRinging { leg } if leg.extension.as_deref() == Some("401")))
    );
    desk.active = json!([row("79161234567", "111111", 68)]);
    let found = desk.until(65);
    assert_eq!(kinds(&found), [""; 0], "its seconds grow");
    let present = found.iter().find_map(|found| found.snapshot.clone()).expect("a list").calls;
    assert_eq!(present.iter().next().map(String::as_str), first.call.as_deref());
    desk.active = json!([]);
    desk.complete = json!([finished("79161234567", "401", "incoming", -3, 80, "ANSWERED")]);
    let found = desk.until(130);
    assert_eq!(kinds(&found), ["started", "complete"]);
    let over = events(&found)[1];
    assert_eq!(over.call, first.call, "it is the same call, whichever name the employee has");
    assert!(
        over.effects
            .iter()
            .any(|effect| matches!(effect, Effect::CallEnded { result: Some(CallResult::Answered), .. }))
    );
    assert_eq!(kinds(&desk.until(400)), [""; 0], "told once, however often the row comes");
}

#[test]
fn two_equal_rows_are_two_calls_and_the_next_call_of_the_same_ends_is_another() {
    let mut desk = Desk::new();
    desk.active = json!([row("79161234567", "401", 9), row("79161234567", "401", 9)]);
    let found = desk.until(0);
    let ids: Vec<_> = events(&found).into_iter().map(|event| event.call.clone()).collect();
    assert!(ids.len() == 2 && ids[0] != ids[1], "{ids:?}");
    // Both ended, and a third began: its age is within one poll of theirs.
    desk.active = json!([row("79161234567", "401", 12)]);
    let found = desk.until(65);
    assert_eq!(kinds(&found), ["active"]);
    assert!(!ids.contains(&events(&found)[0].call));
}

#[test]
fn a_row_that_was_missing_once_is_told_again_so_that_it_does_not_count_as_absent() {
    let mut desk = Desk::new();
    desk.active = json!([row("401", "79161234567", 4)]);
    let first = events(&desk.until(0))[0].call.clone();
    desk.active = json!([]);
    assert_eq!(kinds(&desk.until(65)), [""; 0]);
    desk.active = json!([row("401", "79161234567", 129)]);
    let found = desk.until(125);
    assert_eq!(kinds(&found), ["active again"]);
    assert_eq!(events(&found)[0].call, first);
}

#[test]
fn after_a_restart_calls_are_known_by_what_is_held() {
    let mut desk = Desk::new();
    desk.active = json!([row("79161234567", "401", 4)]);
    let call = events(&desk.until(0))[0].call.clone().expect("a call");
    let held = vec![HeldCall { vendor_call: call.clone(), is_open: true }];
    let mut again = Desk::with(pbx(), held.clone(), 30);
    again.active = json!([row("79161234567", "401", 35)]);
    let found = again.until(30);
    assert_eq!(kinds(&found), [""; 0]);
    let present = found.iter().find_map(|found| found.snapshot.clone()).expect("a list").calls;
    assert!(present.contains(&call));
    let mut later = Desk::with(pbx(), held, 90);
    later.complete = json!([finished("79161234567", "401", "incoming", -4, 60, "NO ANSWER")]);
    let found = later.until(90);
    assert_eq!(kinds(&found), ["started", "complete"]);
    assert!(events(&found).iter().all(|event| event.call.as_ref() == Some(&call)));
}

#[test]
fn a_call_that_was_placed_from_here_is_never_one_from_outside() {
    for shown in [("401", "79161234567"), ("79161234567", "111111"), ("111111", "111111")] {
        let mut desk = Desk::new();
        desk.until(0);
        desk.pbx.originate(command(), "401", "+79161234567").expect("a request");
        desk.pbx.read_originate(command(), &success("null"));
        desk.active = json!([row(shown.0, shown.1, 3)]);
        let found = desk.until(65);
        assert_eq!(kinds(&found), ["active"], "{shown:?}");
        let told = events(&found)[0].clone();
        assert_eq!(told.vendor_command, Some(command().to_string()), "{shown:?}");
        assert!(
            matches!(&told.effects[0], Effect::CallUpdated { direction: Direction::Outgoing, customer, .. }
                if customer.number.as_deref() == Some("+79161234567")),
            "{shown:?}"
        );
        // The leg to the customer is a part of it, in whichever row it comes.
        desk.active = json!([row(shown.0, shown.1, 64), row("401", "79161234567", 20)]);
        let found = desk.until(127);
        let present = found.iter().find_map(|found| found.snapshot.clone()).expect("a list").calls;
        assert_eq!((present.len(), kinds(&found)), (1, Vec::new()), "{shown:?}");
    }
}

#[test]
fn a_recording_may_come_later_than_its_row() {
    let mut desk = Desk::new();
    desk.complete = json!([finished("79161234567", "401", "incoming", -90, 60, "ANSWERED")]);
    let call = events(&desk.until(0))[0].call.clone();
    desk.complete[0]["rec_file"] = "v1/users/111111/records/1.mp3".into();
    let found = desk.until(65);
    assert_eq!(kinds(&found), ["recorded"]);
    assert_eq!(events(&found)[0].call, call);
    assert_eq!(kinds(&desk.until(130)), [""; 0]);
    let mut again = Desk::with(pbx(), Vec::new(), 140);
    again.complete = desk.complete.clone();
    let told = again.until(140);
    let key = |found: &[Found], kind: &str| {
        events(found).into_iter().find(|event| event.raw_kind == kind).map(|event| event.dedupe_key.clone())
    };
    assert_eq!(key(&told, "recorded"), key(&found, "recorded"), "told again after a restart, it is the same event");
}

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

#[test]
fn equal_rows_of_finished_calls_are_as_many_calls() {
    let row = |disposition| finished("79161234567", "401", "incoming", -90, 60, disposition);
    let mut desk = Desk::new();
    desk.complete = json!([row("NO ANSWER"), row("ANSWERED"), row("NO ANSWER")]);
    let found = desk.until(0);
    let ended = |found: &[Found]| {
        let over = events(found).into_iter().filter(|event| event.raw_kind == "complete");
        over.map(|event| (event.call.clone(), event.dedupe_key.clone())).collect::<Vec<_>>()
    };
    let first = ended(&found);
    let calls: std::collections::BTreeSet<_> = first.iter().map(|(call, _)| call).collect();
    assert_eq!((first.len(), calls.len()), (3, 3), "{first:?}");
    assert_eq!(kinds(&desk.until(130)), [""; 0], "told once");
    // A program that remembers nothing but the calls tells the same events of the same calls.
    let held = first.iter().filter_map(|(call, _)| call.clone());
    let held = held.map(|vendor_call| HeldCall { vendor_call, is_open: false }).collect();
    let mut again = Desk::with(pbx(), held, 140);
    again.complete = json!([row("ANSWERED"), row("NO ANSWER"), row("NO ANSWER")]);
    let (mut first, mut told) = (first, ended(&again.until(140)));
    first.sort();
    told.sort();
    assert_eq!(told, first);
}

/// How the phones of each call were left, and how the call went, in order.
fn outcomes(found: &[Found]) -> Vec<(Option<String>, String)> {
    let effects =
        events(found).into_iter().flat_map(|event| event.effects.iter().map(|effect| (event.call.clone(), effect)));
    let told = effects.filter_map(|(call, effect)| {
        if let Effect::LegCleared { leg, cause, .. } = effect {
            return Some((call, format!("{} {cause:?}", leg.key)));
        }
        if let Effect::CallEnded { result, .. } = effect { Some((call, format!("{result:?}"))) } else { None }
    });
    told.collect()
}

#[test]
fn phones_that_rang_in_vain_in_an_answered_call_are_no_missed_calls() {
    let incoming = |dst: &str, at: i64, lasted: i64, disposition| {
        finished("79161234567", dst, "incoming", at, lasted, disposition)
    };
    // Rung at once; one after the other; passed on after the talk.
    let cases = [
        (
            json!([incoming("401", -90, 20, "NO ANSWER"), incoming("402", -90, 80, "ANSWERED")]),
            ["401 AnsweredElsewhere", "Some(Answered)"],
        ),
        (
            json!([incoming("401", -90, 20, "NO ANSWER"), incoming("402", -70, 60, "ANSWERED")]),
            ["401 NoAnswer", "Some(Answered)"],
        ),
        (
            json!([incoming("401", -90, 20, "BUSY"), incoming("402", -69, 20, "NO ANSWER")]),
            ["401 Busy", "Some(Missed)"],
        ),
        (
            json!([incoming("401", -90, 50, "ANSWERED"), incoming("402", -40, 30, "ANSWERED")]),
            ["401 Normal", "Some(Answered)"],
        ),
    ];
    for (rows, expected) in cases {
        let mut desk = Desk::new();
        desk.complete = rows.clone();
        let told = outcomes(&desk.until(0));
        let words: Vec<&str> = told.iter().map(|(_, word)| word.as_str()).collect();
        assert!(expected.iter().all(|word| words.contains(word)) && words.len() == 2, "{rows}: {words:?}");
        assert_eq!(told[0].0, told[1].0, "{rows}: one call");
    }
    let mut apart = Desk::new();
    apart.complete = json!([incoming("401", -90, 20, "NO ANSWER"), incoming("402", -50, 30, "ANSWERED")]);
    let words: Vec<String> = outcomes(&apart.until(0)).into_iter().map(|(_, word)| word).collect();
    assert_eq!(words, ["Some(Answered)", "Some(Missed)"], "he called again");
}

#[test]
fn a_call_that_goes_on_at_another_phone_is_not_missed() {
    let mut desk = Desk::new();
    desk.active = json!([row("79161234567", "401", 4), row("79161234567", "402", 4)]);
    let found = desk.until(0);
    assert_eq!(kinds(&found), ["active", "active"]);
    let call = events(&found)[0].call.clone();
    assert!(events(&found).iter().all(|event| event.call == call), "both phones ring in one call");
    // The first phone is left, and a third rings; both are seen in the next answers only.
    desk.complete = json!([finished("79161234567", "401", "incoming", -4, 34, "NO ANSWER")]);
    desk.active = json!([row("79161234567", "403", 31), row("79161234567", "402", 65)]);
    let found = desk.until(65);
    assert!(events(&found).iter().all(|event| event.call == call), "{found:?}");
    assert_eq!(outcomes(&found), [(call.clone(), "401 NoAnswer".to_owned())]);
    desk.active = json!([]);
    desk.complete = json!([
        finished("79161234567", "401", "incoming", -4, 34, "NO ANSWER"),
        finished("79161234567", "402", "incoming", -4, 70, "NO ANSWER"),
        finished("79161234567", "403", "incoming", 30, 80, "ANSWERED"),
    ]);
    let told = outcomes(&desk.until(130));
    let words = [(call.clone(), "402 AnsweredElsewhere".to_owned()), (call, "Some(Answered)".to_owned())];
    assert_eq!(told, words);
}

#[test]
fn a_call_that_stays_in_the_list_is_told_again_before_it_seems_silent() {
    let mut desk = Desk::new();
    let mut told = Vec::new();
    for second in 0..6 * 3600 {
        desk.active = json!([row("79161234567", "401", second + 4)]);
        let found = desk.until(second);
        told.extend(events(&found).into_iter().map(|event| (second, event.raw_kind.clone(), event.call.clone())));
    }
    assert_eq!(told.len(), 6, "{told:?}");
    assert!(told.windows(2).all(|two| two[1].0 - two[0].0 < 3700 && two[1].2 == two[0].2), "{told:?}");
}

#[test]
fn what_is_refused_names_what_it_was_and_everything_waits_longer_each_time() {
    let mut desk = Desk::new();
    desk.until(0);
    let (mut waits, mut before) = (Vec::new(), 0);
    for _ in 0..12 {
        let (path, outcome) = desk.step(100_000, Some(answer(403, REFUSED))).expect("due");
        let error = outcome.expect_err("refused");
        assert!(
            error.kind() == ErrorKind::Forbidden && error.to_string().starts_with("the list of"),
            "{path}: {error}"
        );
        if path.ends_with("complete") {
            waits.push(desk.second - before);
            before = desk.second;
        }
    }
    assert!(waits.is_sorted() && waits[5] > 300 && waits.iter().all(|wait| *wait <= 660), "{waits:?}");
    assert_eq!(desk.poller.due().1.url.query().unwrap_or("days=7"), "days=7", "what was missed is read");
}

#[test]
fn a_list_that_is_refused_does_not_hold_up_the_other() {
    let mut desk = Desk::new();
    let mut asked = Vec::new();
    while desk.second < 200 {
        let complete = desk.poller.due().1.url.path().ends_with("complete");
        let Some((path, _)) = desk.step(200, complete.then(|| answer(403, REFUSED))) else { break };
        asked.push(path);
    }
    assert!(asked.iter().filter(|path| path.ends_with("active")).count() >= 3, "{asked:?}");
}

#[test]
fn what_ended_while_the_computer_slept_is_read_as_far_back_as_it_goes() {
    let mut desk = Desk::new();
    desk.until(0);
    let (due, _) = desk.poller.due();
    let asleep = Moment { monotonic: due, wall: wall(3 * 24 * 3600) };
    let found = desk.poller.read(Ok(&success("[]")), asleep, asleep).expect("read");
    assert_eq!(found.complete_since, None, "two days do not reach back so far");
    assert_eq!(desk.poller.due().1.url.query(), Some("days=7"));
    let found = desk.poller.read(Ok(&success("[]")), asleep, asleep).expect("read");
    assert!(found.complete_since.is_some_and(|since| since < wall(0)));
}

#[test]
fn an_answer_is_read_as_what_was_asked_whoever_reads_employees_meanwhile() {
    let mut desk = Desk::new();
    desk.poller.due();
    desk.pbx.read_lookup("401", &success(r#"["111111","222222"]"#)).expect("read");
    let now = desk.moment();
    desk.poller.read(Ok(&success(r#"["111111","222222"]"#)), now, now).expect("read");
    assert_eq!(desk.poller.due().1.url.path(), "/v1/users/111111");
    desk.pbx.read_lookup("401", &success(r#"{"user":"111111","num":401}"#)).expect("read");
    desk.poller.read(Ok(&success(r#"{"user":"111111","num":401}"#)), now, now).expect("read");
    assert_eq!(desk.poller.due().1.url.path(), "/v1/users/222222");
}

#[test]
fn a_wish_to_be_left_alone_for_ever_is_not_believed() {
    let mut desk = Desk::new();
    desk.until(0);
    let busy = Answer { retry_after: Some(Duration::MAX), ..answer(429, REFUSED) };
    assert!(desk.step(100_000, Some(busy)).expect("due").1.is_err());
    assert!(desk.poller.due().0 < desk.began + Duration::from_secs(7200));
}

#[test]
fn who_calls_back_after_a_call_from_here_is_a_caller() {
    let mut desk = Desk::new();
    desk.until(0);
    desk.pbx.originate(command(), "401", "+79161234567").expect("a request");
    desk.pbx.read_originate(command(), &success("null"));
    desk.complete = json!([finished("401", "79161234567", "outgoing", 5, 20, "NO ANSWER")]);
    desk.active = json!([row("79161234567", "401", 10)]);
    let found = desk.until(65);
    assert_eq!(kinds(&found), ["started", "complete", "active"]);
    let back = events(&found)[2];
    assert!(matches!(&back.effects[0], Effect::CallUpdated { direction: Direction::Incoming, .. }));
    assert_eq!(back.vendor_command, None);
    let mut refused = Desk::new();
    refused.until(0);
    refused.pbx.originate(command(), "401", "+79161234567").expect("a request");
    refused.pbx.read_originate(command(), &answer(403, REFUSED));
    refused.active = json!([row("79161234567", "401", 10)]);
    assert_eq!(events(&refused.until(65))[0].vendor_command, None, "it was never placed");
}

#[test]
fn a_missing_right_to_read_the_employees_hinders_no_calls() {
    let mut desk = Desk::new();
    desk.step(0, Some(answer(403, REFUSED))).expect("due").1.expect("no error");
    desk.active = json!([row("79161234567", "401", 4)]);
    assert_eq!(kinds(&desk.until(0)), ["active"]);
}

#[test]
fn employees_that_could_not_be_read_just_now_are_asked_for_again() {
    let mut desk = Desk::new();
    desk.step(0, Some(answer(429, REFUSED))).expect("due").1.expect("no error");
    desk.until(0);
    assert_eq!(desk.pbx.lookup("401").map(|request| request.url.path().to_owned()).as_deref(), Some("/v1/users"));
    desk.until(70);
    assert!(desk.pbx.lookup("401").is_none(), "they are known by now");
}

#[test]
fn broken_rows_are_kept_once_and_cost_the_others_nothing() {
    let broken = [
        json!(null),
        json!(1),
        json!("x"),
        json!([]),
        json!({}),
        json!({"src": "1"}),
        json!({"src": [], "dst": {}, "seconds": 1}),
        json!({"src": "1", "dst": "2", "seconds": 1e308}),
    ];
    let mut desk = Desk::new();
    let mut rows = broken.to_vec();
    rows.push(row("79161234567", "401", 4));
    desk.active = rows.clone().into();
    let mut ended = broken.to_vec();
    ended.push(json!({"src": "1", "dst": "2", "call_start_time": "once upon a time"}));
    ended.push(finished("79161234567", "402", "sideways", -90, 60, "SOMEHOW"));
    desk.complete = ended.into();
    let found = desk.until(0);
    let known = kinds(&found).into_iter().filter(|kind| *kind == "started").count();
    assert_eq!(known, 1);
    let unknown = events(&found).into_iter().filter(|event| matches!(event.effects[0], Effect::Unknown { .. })).count();
    assert_eq!(unknown, 2 * broken.len() + 1);
    assert!(
        events(&found).iter().all(|event| event.call.is_some() != matches!(event.effects[0], Effect::Unknown { .. }))
    );
    let keys = |found: &[Found]| events(found).into_iter().map(|event| event.dedupe_key.clone()).collect::<Vec<_>>();
    let first = keys(&found);
    desk.active = broken.to_vec().into();
    let again = keys(&desk.until(65));
    assert!(again.iter().all(|key| first.contains(key)), "told again, they are the same: {again:?}");
    for data in ["{}", "\"\"", "7"] {
        let mut desk = Desk::new();
        desk.until(0);
        assert!(desk.step(100_000, Some(success(data))).expect("due").1.is_err(), "{data}");
    }
}

#[test]
fn a_success_without_data_is_no_empty_list_and_ends_no_call() {
    for nothing in [r#"{"status":"success"}"#, r#"{"status":"success","message":null,"data":null}"#] {
        let mut desk = Desk::new();
        desk.active = json!([row("79161234567", "401", 4)]);
        let found = desk.until(0);
        assert!(events(&found).iter().any(|event| event.call.is_some()));
        let mut refused = Vec::new();
        for _ in 0..4 {
            let (path, answered) = desk.step(10_000, Some(answer(200, nothing.to_owned()))).expect("due");
            assert!(answered.is_err(), "{path}: {answered:?}");
            refused.push(path);
        }
        for list in ["/v1/calls/active", "/v1/calls/complete"] {
            assert!(refused.iter().any(|path| path == list), "{refused:?}");
        }
        // Nor are there no employees.
        let mut desk = Desk::new();
        let (path, _) = desk.step(0, Some(answer(200, nothing.to_owned()))).expect("due");
        assert_eq!(path, "/v1/users");
        assert!(!desk.pbx.directory().is_listed(), "{nothing}");
        let wrong = desk.pbx.read_check(&answer(200, nothing.to_owned())).map_err(|error| error.kind());
        assert_eq!(wrong, Err(ErrorKind::Protocol));
    }
}
