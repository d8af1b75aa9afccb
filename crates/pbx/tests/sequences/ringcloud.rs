//! Whole runs of polls, from the service's lists to calls: polls that are lost, answers that come twice, and a start anew
//! between any two of them end in the same calls.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use bytes::Bytes;
use calls::{Book, Call, CallResult, CallState, Decision, Direction, LogEvent, Stored};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use pbx::{Answer, ConnectionConfig, Found, HeldCall, Pbx, PollStart, Poller, session::Moment};
use secrecy::SecretString;
use serde_json::{Value, json};

const START: i64 = 1_772_701_200;

fn wall(second: i64) -> Timestamp {
    Timestamp::from_second(START + second).expect("a time")
}

/// A call as it went: who, whom, from when to when, and how it ended.
struct Went {
    src: &'static str,
    dst: &'static str,
    direction: &'static str,
    from: i64,
    to: i64,
    disposition: &'static str,
}

/// A long call, a short one between two polls, two equal ones at once, and one that is listed late.
const WENT: [Went; 5] = [
    Went { src: "79161234567", dst: "401", direction: "incoming", from: 10, to: 200, disposition: "ANSWERED" },
    Went { src: "79161234568", dst: "402", direction: "incoming", from: 70, to: 90, disposition: "NO ANSWER" },
    Went { src: "402", dst: "79161234569", direction: "outgoing", from: 100, to: 230, disposition: "BUSY" },
    Went { src: "79161234570", dst: "403", direction: "incoming", from: 130, to: 260, disposition: "ANSWERED" },
    Went { src: "79161234567", dst: "401", direction: "incoming", from: 215, to: 300, disposition: "ANSWERED" },
];

/// Finished calls are listed so long after their end.
const LISTED_AFTER: i64 = 45;

fn active(second: i64) -> Value {
    let goes_on = WENT.iter().filter(|went| (went.from..went.to).contains(&second));
    goes_on.map(|went| json!({"src": went.src, "dst": went.dst, "seconds": second - went.from})).collect()
}

fn complete(second: i64) -> Value {
    let listed = WENT.iter().filter(|went| went.to + LISTED_AFTER <= second);
    let row = |went: &Went| {
        json!({
            "src": went.src, "dst": went.dst, "direction": went.direction, "call_start_time": START + went.from,
            "call_end_time": START + went.to, "duration": went.to - went.from, "disposition": went.disposition,
            "rec_file": if went.disposition == "ANSWERED" { format!("v1/users/1/records/{}.mp3", went.from) } else { "None".into() },
        })
    };
    listed.map(row).collect()
}

/// An office without its machinery: a poller, a book, and a log that takes each event once.
struct Office {
    pbx: Box<dyn Pbx>,
    book: Book,
    calls: BTreeMap<String, Call>,
    keys: BTreeSet<String>,
    seq: u64,
}

impl Office {
    fn new() -> Self {
        let secrets = [("api_key", "1_x"), ("password", "y")];
        let config = ConnectionConfig {
            id: "rc".parse().expect("an id"),
            make: pbx::ringcloud::MAKE,
            zone: None,
            base_url: None,
            trust_anchor_pem: None,
            secrets: secrets.map(|(name, value)| (name.to_owned(), SecretString::from(value))).into(),
            overrides: BTreeMap::new(),
        };
        let pbx = pbx::build(&config).expect("good settings");
        let book = Book::new(config.id, pbx.book_settings());
        Self { pbx, book, calls: BTreeMap::new(), keys: BTreeSet::new(), seq: 0 }
    }

    fn tell(&mut self, second: i64, told: LogEvent) {
        if let LogEvent::Vendor(event) = &told
            && !self.keys.insert(event.dedupe_key.clone())
        {
            return;
        }
        self.seq += 1;
        let connection = "rc".parse().expect("an id");
        for change in self.book.apply(&Stored { seq: self.seq, connection, received_at: wall(second), event: told }) {
            if let calls::Change::Call(call) = change {
                self.calls.insert(call.id.to_string(), call);
            }
        }
    }

    /// What was ever told of is held for a week.
    fn poller(&self, began: std::time::Instant, second: i64) -> Box<dyn Poller> {
        let held = self.calls.values().filter_map(|call| {
            let vendor_call = call.vendor_call.clone()?;
            Some(HeldCall { vendor_call, is_open: !call.is_ended() })
        });
        let now = Moment { monotonic: began + Duration::from_secs(second.unsigned_abs()), wall: wall(second) };
        let start = PollStart { held: held.collect(), zone: TimeZone::UTC, is_zone_settled: true, now };
        self.pbx.poller(start).expect("it is asked")
    }

    /// Asks until everything is over. `lost` polls get no answer, at `anew` seconds another poller takes over.
    fn run(mut self, lost: &[usize], anew: &[i64]) -> Vec<Call> {
        let began = tokio::time::Instant::now().into_std();
        let mut poller = self.poller(began, 0);
        let (mut anew, mut polls) = (anew.iter().copied().peekable(), 0);
        loop {
            let (due, request) = poller.due();
            let second =
                i64::try_from(due.saturating_duration_since(began).as_secs_f64().ceil() as u64).expect("short");
            if anew.next_if(|at| *at <= second).is_some() {
                poller = self.poller(began, second);
                continue;
            }
            if second > 1500 {
                break;
            }
            let now = Moment { monotonic: due, wall: wall(second) };
            let data = match request.url.path() {
                "/v1/calls/active" => active(second),
                "/v1/calls/complete" => complete(second),
                _ => json!(["1"]),
            };
            let is_list = request.url.path().starts_with("/v1/calls");
            polls += usize::from(is_list);
            let is_lost = is_list && lost.contains(&polls);
            let body = json!({"status": "success", "data": data}).to_string();
            let (status, body) = if is_lost { (503, Bytes::new()) } else { (200, Bytes::from(body)) };
            let answer = Answer { status, retry_after: None, date: None, location: None, limits: None, body };
            let Ok(found) = poller.read(Ok(&answer), now, now) else { continue };
            self.take(second, found);
        }
        self.calls.into_values().collect()
    }

    /// Takes in what an answer shows.
    fn take(&mut self, second: i64, found: Found) {
        let (listed, list) = match found.snapshot {
            Some(list) => (list.events, Some((list.calls, list.asked))),
            None => (Vec::new(), None),
        };
        for event in found.events.into_iter().chain(listed) {
            self.tell(second, LogEvent::Vendor(event));
        }
        if let Some((calls, asked)) = list {
            for call in self.book.absent_from(&calls, asked) {
                self.tell(second, LogEvent::Decision(Decision::AbsentFromSnapshot { call }));
            }
        }
    }
}

/// What is told of a call in the end: the customer, how it went, its recordings, and how long it lasted.
type Outcome<'a> = (Option<&'a str>, Direction, CallState, Option<CallResult>, usize, SignedDuration);

#[test]
fn a_call_of_many_hours_goes_on_as_long_as_it_is_listed() {
    let mut office = Office::new();
    let began = tokio::time::Instant::now().into_std();
    let mut poller = office.poller(began, 0);
    let (last, mut second) = (10 * 3600, 0);
    while second < last {
        let (due, request) = poller.due();
        second = due.saturating_duration_since(began).as_secs_f64().ceil() as i64;
        let data = match request.url.path() {
            "/v1/calls/active" => json!([{"src": "79161234567", "dst": "401", "seconds": second + 5}]),
            "/v1/calls/complete" => json!([]),
            _ => json!(["1"]),
        };
        let body = Bytes::from(json!({"status": "success", "data": data}).to_string());
        let answer = Answer { status: 200, retry_after: None, limits: None, date: None, location: None, body };
        let now = Moment { monotonic: due, wall: wall(second) };
        office.take(second, poller.read(Ok(&answer), now, now).expect("read"));
        while let Some((at, timer)) = office.book.next_deadline().filter(|(at, _)| *at <= wall(second)) {
            office.tell(at.as_second() - START, LogEvent::Decision(Decision::TimerFired { timer }));
        }
    }
    let calls: Vec<&Call> = office.calls.values().collect();
    assert_eq!((calls.len(), calls[0].is_ended()), (1, false), "{calls:?}");
}

fn summary(calls: &[Call]) -> Vec<Outcome<'_>> {
    let mut all: Vec<_> = calls
        .iter()
        .map(|call| {
            let lasted = call.ended_at.map(|end| end.duration_since(call.started_at)).unwrap_or_default();
            let number = call.customer.number.as_deref();
            (number, call.direction, call.state, call.result, call.recordings.len(), lasted)
        })
        .collect();
    all.sort_by_key(|(number, .., lasted)| (number.map(str::to_owned), *lasted));
    all
}

fn expected() -> Vec<Outcome<'static>> {
    let (incoming, ended) = (Direction::Incoming, CallState::Ended);
    let answered = Some(CallResult::Answered);
    let seconds = SignedDuration::from_secs;
    vec![
        (Some("+79161234567"), incoming, ended, answered, 1, seconds(85)),
        (Some("+79161234567"), incoming, ended, answered, 1, seconds(190)),
        (Some("+79161234568"), incoming, ended, Some(CallResult::Missed), 0, seconds(20)),
        (Some("+79161234569"), Direction::Outgoing, ended, Some(CallResult::Busy), 0, seconds(130)),
        (Some("+79161234570"), incoming, ended, answered, 1, seconds(130)),
    ]
}

#[test]
fn calls_are_whole_when_nothing_goes_wrong() {
    assert_eq!(summary(&Office::new().run(&[], &[])), expected());
}

#[test]
fn lost_polls_change_no_call_in_the_end() {
    for first in 1..12 {
        for second in first..12 {
            assert_eq!(summary(&Office::new().run(&[first, second], &[])), expected(), "lost {first} and {second}");
        }
    }
}

#[test]
fn a_start_anew_between_any_two_polls_changes_no_call() {
    for at in (1..400).step_by(7) {
        assert_eq!(summary(&Office::new().run(&[], &[at, at + 45])), expected(), "anew at {at} s");
        assert_eq!(summary(&Office::new().run(&[3, 4], &[at])), expected(), "anew at {at} s after lost polls");
    }
}
