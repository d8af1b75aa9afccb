//! The make that is asked: what a PBX answers that says anything. No answer names the account, so whose it is rests on the
//! certificate of the address; what is not the list that was asked for changes nothing.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, Uri, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use jiff::{SignedDuration, Timestamp};
use pbx::{Make, ringcloud::MAKE};
use serde_json::{Value, json};
use tokio::{net::TcpListener, time::Instant};

use crate::{
    office::{Office, connection, eventually},
    vendors::CALLER,
};

/// What the PBX answers to a question.
#[derive(Clone)]
struct Says {
    status: u16,
    content_type: &'static str,
    body: Vec<u8>,
}

impl Says {
    fn json(body: impl Into<Vec<u8>>) -> Self {
        Self { status: 200, content_type: "application/json", body: body.into() }
    }

    fn list(rows: Value) -> Self {
        Self::json(json!({"status": "success", "message": null, "data": rows}).to_string())
    }
}

#[derive(Clone)]
struct Pbx {
    address: SocketAddr,
    lists: Arc<Mutex<Lists>>,
}

struct Lists {
    /// Instead of the calls that go on.
    active: Option<Says>,
    /// A call goes on since then.
    talks_since: Option<Instant>,
    complete: Says,
    /// How often the finished calls were asked for.
    asked: usize,
}

impl Pbx {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("a bound port");
        let lists = Lists { active: None, talks_since: None, complete: Says::list(json!([])), asked: 0 };
        let pbx = Self { address, lists: Arc::new(Mutex::new(lists)) };
        let router = Router::new().fallback(answer).with_state(pbx.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        pbx
    }

    fn with<T>(&self, change: impl FnOnce(&mut Lists) -> T) -> T {
        change(&mut self.lists.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Both lists were read once more.
    async fn until_asked(&self) {
        let before = self.with(|lists| lists.asked);
        eventually("it is asked", async || (self.with(|lists| lists.asked) >= before + 2).then_some(())).await;
    }

    /// An office that asks this PBX every second. Its clock goes on: by it, it knows when the PBX was asked.
    async fn office(&self, now: Timestamp, zone: &str) -> Office {
        let mut settings = connection(MAKE, zone, &format!("http://{}", self.address));
        settings.config.overrides.insert("interval".to_owned(), "1".to_owned());
        let office = Office::of(vec![settings], now).await;
        let clock = Arc::downgrade(&office.clock);
        tokio::spawn(async move {
            while let Some(clock) = clock.upgrade() {
                clock.wind(SignedDuration::from_millis(100));
                drop(clock);
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        });
        office
    }
}

impl Lists {
    fn active(&self) -> Says {
        let talk = |since: Instant| json!([{"src": CALLER, "dst": "401", "seconds": 5 + since.elapsed().as_secs(), "status": "current"}]);
        let rows = || Says::list(self.talks_since.map_or(json!([]), talk));
        self.active.clone().unwrap_or_else(rows)
    }
}

async fn answer(State(pbx): State<Pbx>, uri: Uri) -> Response {
    let says = match uri.path() {
        "/v1/users" => Says::list(json!([["111111", "401"]])),
        "/v1/calls/active" => pbx.with(|lists| lists.active()),
        "/v1/calls/complete" => pbx.with(|lists| {
            lists.asked += 1;
            lists.complete.clone()
        }),
        _ => Says::list(json!("100.00")),
    };
    let status = StatusCode::from_u16(says.status).expect("a status");
    (status, [(CONTENT_TYPE, says.content_type)], says.body).into_response()
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// A call that was answered and lasted a minute.
fn finished(began: impl Into<Value>) -> Value {
    json!([{
        "status": "complete", "src": CALLER, "dst": "401", "direction": "incoming", "call_start_time": began.into(),
        "duration": 60, "disposition": "ANSWERED", "rec_file": "None",
    }])
}

async fn state(office: &Office, make: Make, wanted: &str) {
    eventually(&format!("it is {wanted}"), async || (office.state(make).await == wanted).then_some(())).await;
}

#[tokio::test]
async fn what_is_no_list_of_calls_changes_none() {
    let now = at("2026-03-02T09:00:00Z");
    let pbx = Pbx::start().await;
    pbx.with(|lists| lists.talks_since = Some(Instant::now()));
    let office = pbx.office(now, "UTC").await;
    let before = eventually("the call is there", async || office.calls().await.pop()).await;
    state(&office, MAKE, "live").await;
    let good = pbx.with(|lists| lists.complete.clone());
    let nested = |depth: usize| "[".repeat(depth);
    let of_another = json!({"result": "0", "users": [{"pin": "101"}]}).to_string();
    let html = || Says { content_type: "text/html", ..Says::json("<html><body>Sign in</body></html>") };
    let bad = [
        ("a page", html()),
        ("nothing", Says::json("")),
        ("another service's answer", Says::json(of_another)),
        ("an object instead of a list", Says::list(json!({"src": CALLER}))),
        ("a success that tells nothing", Says::list(Value::Null)),
        ("two answers", Says::json(r#"{"status":"success","data":[]}{"status":"success","data":[]}"#)),
        ("half an answer", Says::json(r#"{"status":"success","data":[{"src":"79"#)),
        ("10 MB of nesting", Says::json(nested(10 << 20))),
        ("nesting in the list", Says::json(format!(r#"{{"status":"success","data":{}"#, nested(1 << 20)))),
        ("bytes that are no text", Says::json(vec![0xff; 1000])),
        ("success beside a failure", Says { status: 403, ..good.clone() }),
    ];
    for (what, says) in bad {
        let noted = office.journal(MAKE, "request").len();
        pbx.with(|lists| (lists.active, lists.complete) = (Some(says.clone()), says));
        state(&office, MAKE, "down").await;
        let is_noted = async || (office.journal(MAKE, "request").len() > noted).then_some(());
        eventually(&format!("{what} stands in the journal"), is_noted).await;
        pbx.with(|lists| (lists.active, lists.complete) = (None, good.clone()));
        state(&office, MAKE, "live").await;
        let calls = office.calls().await;
        let [call] = calls.as_slice() else { panic!("{what}: {calls:#?}") };
        assert_eq!((&call["id"], &call["state"]), (&before["id"], &before["state"]), "{what}");
    }
    office.stop().await;
}

/// Whatever the kind of content is called, and whatever else stands in the rows.
#[tokio::test]
async fn a_list_is_read_by_what_it_is() {
    let now = at("2026-03-02T09:00:00Z");
    for content_type in ["text/html", "application/octet-stream", "text/plain; charset=windows-1251"] {
        let pbx = Pbx::start().await;
        let began = now - SignedDuration::from_mins(10);
        let mut rows = finished(format!("{}.0", began.as_second()));
        let mut real = rows[0].clone();
        real["call_start_time"] = json!(began.as_second() as f64);
        real["duration"] = json!(60.0);
        real["src"] = json!(CALLER.parse::<f64>().expect("digits"));
        let rows = rows.as_array_mut().expect("rows");
        *rows =
            vec![real, json!(null), json!("401"), json!([]), json!({"src": {}, "dst": []}), json!({"seconds": 1e308})];
        let says = Says { content_type, ..Says::list(json!(rows)) };
        pbx.with(|lists| lists.complete = says);
        let office = pbx.office(now, "UTC").await;
        let call = eventually("the call is told", async || office.calls().await.pop()).await;
        let shown = (call["customer"]["number"].as_str(), call["startedAt"].as_str().map(at));
        assert_eq!(shown, (Some(format!("+{CALLER}").as_str()), Some(began)), "{content_type}: {call:#}");
        assert_eq!(call["endedAt"].as_str().map(at), Some(began + SignedDuration::from_mins(1)), "{call:#}");
        pbx.until_asked().await;
        assert_eq!(office.calls().await.len(), 1, "the other rows are no calls");
        office.stop().await;
    }
}

#[tokio::test]
async fn a_row_that_is_listed_again_is_one_call_however_late() {
    let now = at("2026-03-02T09:00:00Z");
    let pbx = Pbx::start().await;
    let began = now - SignedDuration::from_mins(10);
    pbx.with(|lists| lists.complete = Says::list(finished(began.as_second())));
    let office = pbx.office(now, "UTC").await;
    let first = eventually("the call is told", async || office.calls().await.pop()).await;
    for later in [SignedDuration::from_secs(1), SignedDuration::from_hours(1), SignedDuration::from_hours(31 * 24)] {
        office.clock.wind(later);
        pbx.until_asked().await;
        pbx.until_asked().await;
        let calls = office.calls().await;
        assert_eq!(calls, std::slice::from_ref(&first), "{later:?} later");
        assert_eq!(calls[0]["ringsForMe"], json!(false));
    }
    office.stop().await;
}

/// In Berlin half past two comes twice in October and not at all in March.
#[tokio::test]
async fn a_call_is_dated_on_the_night_when_the_clocks_change() {
    for (now, written, began) in [
        ("2026-10-25T00:35:00Z", "2026-10-25 02:30:00", "2026-10-25T00:30:00Z"),
        ("2026-10-25T01:35:00Z", "2026-10-25 02:30:00", "2026-10-25T01:30:00Z"),
        ("2026-03-29T01:05:00Z", "2026-03-29 03:00:00", "2026-03-29T01:00:00Z"),
        ("2026-03-29T01:35:00Z", "2026-03-29 02:30:00", "2026-03-29T01:30:00Z"),
    ] {
        let pbx = Pbx::start().await;
        pbx.with(|lists| lists.complete = Says::list(finished(written)));
        let office = pbx.office(at(now), "Europe/Berlin").await;
        let call = eventually("the call is told", async || office.calls().await.pop()).await;
        assert_eq!(call["startedAt"].as_str().map(at), Some(at(began)), "{written} at {now}: {call:#}");
        pbx.until_asked().await;
        assert_eq!(office.calls().await.len(), 1, "it is one call");
        office.stop().await;
    }
}
