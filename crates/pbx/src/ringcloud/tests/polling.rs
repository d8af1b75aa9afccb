//! The poller, from the service's bytes to events.

mod refused;
mod zones;

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
