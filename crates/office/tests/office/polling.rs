//! A PBX that is asked again and again: what is missed while it is not asked, and what could not be stored.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use calls::{CallResult, CallState, Decision, LogEvent};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use link::wire::{ConnectionState, DownCause};
use office::{Clock, ConnectionSettings};
use pbx::ConnectionConfig;
use serde_json::{Value, json};
use store::Store;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::support::{Bench, config, connection};

const CALLER: &str = "79161234567";
/// Between two looks.
const LOOK: Duration = Duration::from_millis(50);
const PATIENCE: Duration = Duration::from_secs(20);

/// RingCloud on loopback: its lists, and how often the finished calls were asked for.
#[derive(Default)]
struct Lists {
    active: Value,
    complete: Value,
    asked: usize,
    /// It answers nothing but failures.
    fails: bool,
}

#[derive(Clone)]
struct RingCloud {
    lists: Arc<Mutex<Lists>>,
    config: ConnectionConfig,
}

impl RingCloud {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let lists = Arc::new(Mutex::new(Lists { active: json!([]), complete: json!([]), ..Lists::default() }));
        let shared = Arc::clone(&lists);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        let mut config = config(pbx::ringcloud::MAKE, &[("api_key", "1_x"), ("password", "y")]);
        config.base_url = Some(url.parse().expect("an address"));
        config.overrides.insert("interval".to_owned(), "1".to_owned());
        Self { lists, config }
    }

    fn set(&self, change: impl FnOnce(&mut Lists)) {
        change(&mut self.lists.lock().expect("not poisoned"));
    }

    /// The lists were read anew.
    async fn until_asked(&self) {
        let asked = self.lists.lock().expect("not poisoned").asked;
        until("it is asked", || self.lists.lock().expect("not poisoned").asked >= asked + 2).await;
    }
}

async fn serve(mut stream: TcpStream, lists: Arc<Mutex<Lists>>) {
    loop {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            match stream.read_u8().await {
                Ok(byte) => head.push(byte),
                Err(_) => return,
            }
        }
        let head = String::from_utf8(head).expect("text");
        let path = head.split([' ', '?']).nth(1).unwrap_or_default();
        let (status, data) = {
            let mut lists = lists.lock().expect("not poisoned");
            lists.asked += usize::from(path == "/v1/calls/complete");
            match path {
                _ if lists.fails => (503, Value::Null),
                "/v1/users" => (200, json!([["111111", "401"]])),
                "/v1/calls/active" => (200, lists.active.clone()),
                "/v1/calls/complete" => (200, lists.complete.clone()),
                "/v1/accounts/1/balance" => (200, json!("100.00")),
                _ => (404, Value::Null),
            }
        };
        let body = json!({"status": "success", "message": null, "data": data}).to_string();
        let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

async fn until(what: &str, mut look: impl FnMut() -> bool) {
    let looking = async {
        while !look() {
            tokio::time::sleep(LOOK).await;
        }
    };
    tokio::time::timeout(PATIENCE, looking).await.unwrap_or_else(|_| panic!("never came about: {what}"));
}

/// How the gaps were closed: up to when each is a hole.
fn holes(store: &Store) -> Vec<Option<Timestamp>> {
    let gaps = store.read_gaps(&connection(), 0).expect("readable").into_iter();
    let closed = gaps.filter_map(|entry| {
        if let LogEvent::Decision(Decision::GapClosed { hole_until, .. }) = entry.event {
            Some(hole_until)
        } else {
            None
        }
    });
    closed.collect()
}

/// The result of the one call, once it has ended.
async fn result(bench: &Bench) -> Option<CallResult> {
    let looking = async {
        loop {
            let calls = bench.manager().calls(None, 10).await.expect("readable").calls;
            assert!(calls.len() < 2, "{calls:?}");
            if let Some(call) = calls.first().filter(|call| call.state == CallState::Ended) {
                return call.result;
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    tokio::time::timeout(PATIENCE, looking).await.expect("the call ends")
}

fn active(age: i64) -> Value {
    json!([{"src": CALLER, "dst": "401", "seconds": age, "status": "current"}])
}

fn finished(began: Timestamp, lasted: i64, disposition: &str) -> Value {
    let began = began.as_second();
    json!([{
        "src": CALLER, "dst": "401", "direction": "incoming", "call_start_time": began,
        "call_end_time": began + lasted, "duration": lasted, "disposition": disposition, "rec_file": null,
    }])
}

/// The office is away for so long, and asks again.
async fn after(bench: Bench, pbx: &RingCloud, away: SignedDuration) -> Bench {
    let clock = Arc::clone(&bench.clock);
    let bench = bench.restart_on(pbx.config.clone(), |_| clock.put_forward(away), &["sales"]).await;
    pbx.until_asked().await;
    bench
}

#[tokio::test]
async fn what_ended_while_nobody_asked_is_read_as_far_back_as_the_pbx_tells() {
    let pbx = RingCloud::start().await;
    let bench = Bench::of(pbx.config.clone()).await;
    pbx.until_asked().await;
    let began = bench.clock.now() + SignedDuration::from_hours(30);
    pbx.set(|lists| lists.complete = finished(began, 60, "NO ANSWER"));
    let bench = after(bench, &pbx, SignedDuration::from_hours(3 * 24)).await;
    assert_eq!(result(&bench).await, Some(CallResult::Missed));
    until("the gap is closed", || !holes(&bench.store).is_empty()).await;
    assert_eq!(holes(&bench.store), [None], "nothing is missing");
}

#[tokio::test]
async fn what_is_older_than_the_pbx_tells_stays_a_hole() {
    let pbx = RingCloud::start().await;
    pbx.set(|lists| lists.active = active(5));
    let bench = Bench::of(pbx.config.clone()).await;
    pbx.until_asked().await;
    pbx.set(|lists| lists.active = json!([]));
    let bench = after(bench, &pbx, SignedDuration::from_hours(9 * 24)).await;
    assert_eq!(result(&bench).await, Some(CallResult::Unknown), "nobody knows that it was missed");
    until("the gap is closed", || !holes(&bench.store).is_empty()).await;
    let [Some(until)] = holes(&bench.store)[..] else { panic!("{:?}", holes(&bench.store)) };
    let ago = bench.clock.now().duration_since(until);
    assert!((6 * 24..=7 * 24).contains(&ago.as_hours()), "the list goes back six whole days: {ago}");
}

#[tokio::test]
async fn what_ended_while_the_pbx_answered_nothing_is_told_once_it_does() {
    let pbx = RingCloud::start().await;
    let bench = Bench::of(pbx.config.clone()).await;
    pbx.until_asked().await;
    let began = bench.clock.now();
    pbx.set(|lists| lists.fails = true);
    let is_down = || bench.manager().connections().remove(0).state == ConnectionState::Down;
    until("the connection is down", is_down).await;
    pbx.set(|lists| (lists.fails, lists.complete) = (false, finished(began, 1, "ANSWERED")));
    assert_eq!(result(&bench).await, Some(CallResult::Answered));
    until("the gap is closed", || !holes(&bench.store).is_empty()).await;
    assert_eq!(holes(&bench.store), [None]);
}

#[tokio::test]
async fn what_could_not_be_stored_is_told_again() {
    let pbx = RingCloud::start().await;
    let bench = Bench::of(pbx.config.clone()).await;
    pbx.until_asked().await;
    let full = "CREATE TRIGGER full BEFORE INSERT ON log BEGIN SELECT RAISE(ABORT, 'full'); END";
    bench.behind_the_stores_back(full);
    let began = bench.clock.now();
    pbx.set(|lists| lists.active = active(1));
    let is_down = || {
        let connection = bench.manager().connections().remove(0);
        (connection.state, connection.cause) == (ConnectionState::Down, Some(DownCause::Storage))
    };
    until("the connection says that nothing can be stored", is_down).await;
    // The call was shown to a poller that takes it for told.
    pbx.set(|lists| (lists.active, lists.complete) = (json!([]), finished(began, 1, "ANSWERED")));
    bench.behind_the_stores_back("DROP TRIGGER full");
    assert_eq!(result(&bench).await, Some(CallResult::Answered));
}

#[tokio::test]
async fn settings_that_cannot_be_compared_leave_the_pbx_connected() {
    let pbx = RingCloud::start().await;
    let bench = Bench::of(pbx.config.clone()).await;
    pbx.until_asked().await;
    bench.behind_the_stores_back("UPDATE settings SET value = CAST(x'ff' AS TEXT) WHERE key LIKE 'zone:%'");
    let settings = ConnectionSettings { config: pbx.config.clone(), extensions: Vec::new(), has_address: true };
    let refused = bench.office.put_connection(settings, Vec::new(), Vec::new()).await;
    assert!(refused.is_err(), "{refused:?}");
    pbx.until_asked().await;
}

#[tokio::test]
async fn a_call_of_a_pbx_that_is_asked_is_over_when_its_connection_is_removed() {
    let pbx = RingCloud::start().await;
    pbx.set(|lists| lists.active = active(1));
    let bench = Bench::of(pbx.config.clone()).await;
    let looking = async {
        while bench.manager().calls(None, 10).await.expect("readable").calls.is_empty() {
            tokio::time::sleep(LOOK).await;
        }
    };
    tokio::time::timeout(PATIENCE, looking).await.expect("the call is seen");
    assert!(bench.office.remove_connection(&connection()).await);
    assert_eq!(result(&bench).await, Some(CallResult::Unknown));
}

/// The zones that were chosen.
fn zones_chosen(store: &Store) -> Vec<String> {
    let log = store.read_from(&connection(), 0, 1000).expect("readable");
    let chosen = log.into_iter().flatten().filter_map(|entry| {
        if let LogEvent::Decision(Decision::ZoneChosen { zone, .. }) = entry.event { Some(zone) } else { None }
    });
    chosen.collect()
}

#[tokio::test]
async fn a_zone_that_was_found_stays_known_after_a_sleep() {
    let mut pbx = RingCloud::start().await;
    pbx.config.zone = None;
    let bench = Bench::of(pbx.config.clone()).await;
    let moscow = TimeZone::get("Europe/Moscow").expect("a zone");
    let ended = bench.clock.now() - SignedDuration::from_hours(1);
    let local = |time: Timestamp| moscow.to_datetime(time).strftime("%Y-%m-%d %H:%M:%S").to_string();
    let mut rows = finished(ended - SignedDuration::from_secs(30), 30, "ANSWERED");
    rows[0]["call_start_time"] = local(ended - SignedDuration::from_secs(30)).into();
    rows[0]["call_end_time"] = local(ended).into();
    pbx.set(|lists| lists.complete = rows);
    until("the zone is found", || !zones_chosen(&bench.store).is_empty()).await;
    bench.office.sleep().await;
    bench.office.wake().await;
    pbx.until_asked().await;
    assert_eq!(zones_chosen(&bench.store), ["Europe/Moscow"], "it is found once");
}

#[tokio::test]
async fn what_was_never_read_whole_is_no_gap_after_a_restart() {
    let mut pbx = RingCloud::start().await;
    pbx.config.zone = None;
    let bench = Bench::of(pbx.config.clone()).await;
    // Ended so long ago that it may have been written in Moscow's time as well as in UTC.
    let written = |time: Timestamp| time.strftime("%Y-%m-%d %H:%M:%S").to_string();
    let ended = bench.clock.now() - SignedDuration::from_hours(6);
    let mut rows = finished(ended - SignedDuration::from_secs(30), 30, "ANSWERED");
    rows[0]["call_start_time"] = written(ended - SignedDuration::from_secs(30)).into();
    rows[0]["call_end_time"] = written(ended).into();
    pbx.set(|lists| lists.complete = rows);
    pbx.until_asked().await;
    let bench = after(bench, &pbx, SignedDuration::from_mins(1)).await;
    let is_live = || bench.manager().connections().remove(0).state == ConnectionState::Live;
    until("it is connected", is_live).await;
    assert!(zones_chosen(&bench.store).is_empty(), "the zone is still unknown");
    let gaps = bench.store.read_gaps(&connection(), 0).expect("readable");
    assert!(gaps.is_empty(), "nothing would ever close it: {gaps:?}");
}
