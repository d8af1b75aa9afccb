//! A PBX that posts to us and cannot reach us: its finished calls are read in the zone in which it writes them.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use calls::ConnectionId;
use jiff::{SignedDuration, Timestamp};
use link::wire::{ConnectionState, ConnectionView, StreamEvent};
use office::{Clock, ConnectionSettings};
use pbx::ConnectionConfig;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::support::{Bench, config};

const LOOK: Duration = Duration::from_millis(50);
const PATIENCE: Duration = Duration::from_secs(20);

/// Zadarma on loopback, with an account in UTC and one finished call.
#[derive(Default)]
struct Zadarma {
    tells_zone: bool,
    refuses_calls: bool,
    /// How often each path was asked for.
    asked: BTreeMap<String, usize>,
}

fn local(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// Answers each request, by its path and body, on loopback.
async fn serve(mut answer: impl FnMut(&str, &str) -> Option<(u16, String)> + Send + 'static) -> url::Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        let mut unanswered = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let Ok(byte) = stream.read_u8().await else { break };
                head.push(byte);
            }
            let head = String::from_utf8(head).expect("text");
            let path = head.split([' ', '?']).nth(1).unwrap_or_default().to_owned();
            let length = head
                .to_ascii_lowercase()
                .split("content-length: ")
                .nth(1)
                .and_then(|rest| rest.lines().next()?.parse().ok());
            let mut body = vec![0; length.unwrap_or(0)];
            stream.read_exact(&mut body).await.expect("a body");
            let Some((status, body)) = answer(&path, &String::from_utf8_lossy(&body)) else {
                unanswered.push(stream);
                continue;
            };
            let length = body.len();
            let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
            // Whoever asked may have gone.
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    url.parse().expect("an address")
}

async fn start(began: Timestamp) -> (ConnectionConfig, Arc<Mutex<Zadarma>>) {
    let pbx = Arc::new(Mutex::new(Zadarma::default()));
    let shared = Arc::clone(&pbx);
    let url = serve(move |path, _| Some(shared.lock().expect("not poisoned").answer(path, began))).await;
    let mut config = config(pbx::zadarma::MAKE, &[("key", "0a1b"), ("secret", "2c3d")]);
    (config.id, config.zone) = ("z1".parse().expect("valid"), None);
    config.base_url = Some(url);
    (config, pbx)
}

async fn until<T>(what: &str, fits: impl AsyncFn() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(found) = fits().await {
                return found;
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    tokio::time::timeout(PATIENCE, looking).await.unwrap_or_else(|_| panic!("never came about: {what}"))
}

/// How the connection stands, once that fits.
async fn status(bench: &Bench, id: &ConnectionId, fits: impl Fn(&ConnectionView) -> bool) -> ConnectionView {
    let mut stream = bench.stream(None).await;
    let looking = async {
        loop {
            if let StreamEvent::Connection { connection } = stream.event().await
                && connection.id == *id
                && fits(&connection)
            {
                return connection;
            }
        }
    };
    tokio::time::timeout(PATIENCE, looking).await.expect("it comes to stand so")
}

impl Zadarma {
    fn answer(&mut self, path: &str, began: Timestamp) -> (u16, String) {
        *self.asked.entry(path.to_owned()).or_default() += 1;
        let now = Timestamp::now();
        let told = match path {
            "/v1/info/balance/" => json!({"status": "success", "balance": 10, "currency": "USD"}),
            "/v1/info/timezone/" if self.tells_zone => json!({
                "status": "success", "unixtime": now.as_second(), "datetime": local(now), "timezone": "UTC+0",
            }),
            "/v1/statistics/pbx/" if !self.refuses_calls => json!({"status": "success", "stats": [{
                "call_id": "1.2", "sip": "100", "callstart": local(began), "clid": "79161234567", "destination": "100",
                "disposition": "answered", "seconds": 5, "is_recorded": false, "pbx_call_id": "in_1",
            }]}),
            _ => return (403, json!({"status": "error", "message": "no"}).to_string()),
        };
        (200, told.to_string())
    }
}

#[tokio::test]
async fn finished_calls_are_read_once_the_pbx_has_said_its_zone() {
    let bench = Bench::new().await;
    let began = bench.clock.now() - SignedDuration::from_mins(10);
    let (config, pbx) = start(began).await;
    let id = config.id.clone();
    let settings = ConnectionSettings { config, extensions: Vec::new(), has_address: false };
    bench.office.put_connection(settings, Vec::new(), Vec::new()).await.expect("is put");
    let asked = |path: &str| pbx.lock().expect("not poisoned").asked.get(path).copied().unwrap_or_default();
    until("the zone is asked for", async || (asked("/v1/info/timezone/") > 0).then_some(())).await;
    assert_eq!(asked("/v1/statistics/pbx/"), 0, "in which zone they are written is not known");
    pbx.lock().expect("not poisoned").tells_zone = true;
    bench.office.reopen(&id).await;
    until("the calls are read", async || (asked("/v1/statistics/pbx/") > 0).then_some(())).await;
    let listed = async || bench.manager().calls(None, 10).await.expect("is read").calls.pop();
    let call = until("it is told", listed).await;
    assert_eq!((call.connection, call.started_at.as_second()), (id, began.as_second()));
}

#[tokio::test]
async fn a_time_that_the_pbx_tells_nothing_of_is_a_hole() {
    let bench = Bench::new().await;
    let (config, pbx) = start(bench.clock.now() - SignedDuration::from_mins(10)).await;
    pbx.lock().expect("not poisoned").tells_zone = true;
    let id = config.id.clone();
    let settings = ConnectionSettings { config, extensions: Vec::new(), has_address: false };
    bench.office.put_connection(settings, Vec::new(), Vec::new()).await.expect("is put");
    let listed = async || bench.manager().calls(None, 10).await.expect("is read").calls.pop();
    until("the call is told", listed).await;
    let stamp = format!("complete:{id}:");
    until("how far they are known is kept", async || bench.store.setting(&stamp).expect("is read")).await;
    let before = bench.clock.now();
    // Statistics are kept for a month.
    bench.clock.put_forward(SignedDuration::from_hours(24 * 40));
    bench.office.reopen(&id).await;
    let view = status(&bench, &id, |view| !view.holes.is_empty() && view.gap_since.is_none()).await;
    let [hole] = view.holes.as_slice() else { panic!("{view:?}") };
    let (length, begins) = (hole.until.duration_since(hole.from), before.duration_since(hole.from));
    assert!((9..=10).contains(&(length.as_hours() / 24)) && begins < SignedDuration::from_mins(1), "{hole:?}");
}

#[tokio::test]
async fn finished_calls_that_cannot_be_read_are_said_and_leave_a_gap() {
    let bench = Bench::new().await;
    let (config, pbx) = start(bench.clock.now() - SignedDuration::from_mins(10)).await;
    {
        let mut pbx = pbx.lock().expect("not poisoned");
        (pbx.tells_zone, pbx.refuses_calls) = (true, true);
    }
    let id = config.id.clone();
    bench.store.set_setting(&format!("complete:{id}:"), "2026-03-05T09:00:00Z").await.expect("is kept");
    let settings = ConnectionSettings { config, extensions: Vec::new(), has_address: false };
    bench.office.put_connection(settings, Vec::new(), Vec::new()).await.expect("is put");
    let says = |view: &ConnectionView| view.detail.as_ref().is_some_and(|detail| detail.contains("finished calls"));
    let view = status(&bench, &id, says).await;
    assert_eq!(view.state, ConnectionState::Live, "the PBX itself answers");
    assert_eq!(view.gap_since, Some("2026-03-05T09:00:00Z".parse().expect("a time")));
}

/// Rostelecom admits few questions about single calls; the newest calls do not wait for them.
#[tokio::test]
async fn calls_that_are_asked_about_singly_hold_up_nothing() {
    let bench = Bench::new().await;
    let now = bench.clock.now();
    let row = |number: i64| {
        let began = now - SignedDuration::from_mins(10 + number);
        format!("5f1e1a2c-{number:04};{};0;false;false;false\n", began.as_second())
    };
    let rows: String = (0..60).map(row).collect();
    let asked = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&asked);
    let url = serve(move |path, _| {
        if path.ends_with("/call_info") {
            *counted.lock().expect("not poisoned") += 1;
            return None;
        }
        Some((
            200,
            match path.rsplit('/').next() {
                Some("domain_call_history") => json!({"result": "0", "order_id": "o-1"}).to_string(),
                Some("download_call_history") => rows.clone(),
                _ => json!({"result": "1", "resultMessage": "no such session"}).to_string(),
            },
        ))
    })
    .await;
    let mut config = config(pbx::rostelecom::MAKE, &[("client_id", "0A1B"), ("key", "2C3D")]);
    (config.id, config.base_url) = ("rt2".parse().expect("valid"), Some(url));
    let id = config.id.clone();
    let settings = ConnectionSettings { config, extensions: Vec::new(), has_address: false };
    bench.office.put_connection(settings, Vec::new(), Vec::new()).await.expect("is put");
    until("one is asked about", async || (*asked.lock().expect("not poisoned") > 0).then_some(())).await;
    let stamp = format!("complete:{id}:");
    until("all are known up to now", async || bench.store.setting(&stamp).expect("is read")).await;
    assert_eq!(bench.manager().calls(None, 100).await.expect("is read").calls.len(), 60);
    assert_eq!(*asked.lock().expect("not poisoned"), 1, "one after the other");
}

/// Rostelecom on loopback, without a public address of ours: its export has these rows.
struct Rostelecom {
    rows: String,
    /// The calls that were asked about, in their order.
    asked: Vec<String>,
    /// What is said of them; of a call that is not here nothing comes.
    told: BTreeMap<String, (u16, String)>,
    /// How often the list of its people was asked for.
    lists: usize,
}

impl Rostelecom {
    fn answer(&mut self, path: &str, body: &str) -> Option<(u16, String)> {
        let told = match path.rsplit('/').next() {
            Some("domain_call_history") => json!({"result": "0", "order_id": "o-1"}).to_string(),
            Some("download_call_history") => self.rows.clone(),
            Some("call_info") => {
                let body: serde_json::Value = serde_json::from_str(body).expect("is JSON");
                let call = body["session_id"].as_str().expect("a session").to_owned();
                let told = self.told.get(&call).cloned();
                self.asked.push(call);
                return told;
            }
            Some("users_info") if !body.contains("pin") => {
                self.lists += 1;
                // A driver tries three times by itself.
                if self.lists <= 4 {
                    return Some((500, String::new()));
                }
                json!({"result": "0", "users": []}).to_string()
            }
            _ => json!({"result": "1", "resultMessage": "no such session"}).to_string(),
        };
        Some((200, told))
    }
}

async fn late_rostelecom(
    rows: String,
    told: BTreeMap<String, (u16, String)>,
) -> (ConnectionSettings, Arc<Mutex<Rostelecom>>) {
    let pbx = Arc::new(Mutex::new(Rostelecom { rows, asked: Vec::new(), told, lists: 0 }));
    let shared = Arc::clone(&pbx);
    let url = serve(move |path, body| shared.lock().expect("not poisoned").answer(path, body)).await;
    let mut config = config(pbx::rostelecom::MAKE, &[("client_id", "0A1B"), ("key", "2C3D")]);
    (config.id, config.base_url) = ("rt2".parse().expect("valid"), Some(url));
    (ConnectionSettings { config, extensions: Vec::new(), has_address: false }, pbx)
}

#[tokio::test]
async fn what_was_to_be_asked_about_a_call_is_asked_after_a_restart_and_one_refusal_is_about_one_call() {
    let bench = Bench::new().await;
    let now = bench.clock.now();
    let began = |minutes: i64| (now - SignedDuration::from_mins(minutes)).as_second();
    let row = |minutes: i64| format!("5f1e1a2c-{minutes:04};{};0;false;false;false\n", began(minutes));
    let header = "session_id,direction,state,orig_number,dest_number,start_call_date,duration\n".replace(',', ";");
    let (settings, pbx) = late_rostelecom([10, 20, 30].map(row).concat(), BTreeMap::new()).await;
    let id = settings.config.id.clone();
    let put = |settings: ConnectionSettings| bench.office.put_connection(settings, Vec::new(), Vec::new());
    put(settings).await.expect("is put");
    let stamp = format!("complete:{id}:");
    until("all are known up to now", async || bench.store.setting(&stamp).expect("is read")).await;
    let result = async |minutes: i64| {
        let listed = bench.manager().calls(None, 100).await.expect("is read").calls;
        let call = listed.into_iter().find(|call| call.started_at.as_second() == began(minutes))?;
        Some((call.direction, call.result))
    };
    until("one is asked about", async || (!pbx.lock().expect("not poisoned").asked.is_empty()).then_some(())).await;
    {
        let mut pbx = pbx.lock().expect("not poisoned");
        let info = |minutes: i64| {
            let info = json!({"direction": "1", "state": "1", "orig_number": "+79161234567", "dest_number": "+74951234567",
                "answering_pin": "101", "start_call_date": began(minutes).to_string(), "duration": "5"});
            (200, json!({"result": "0", "resultMessage": "ok", "info": info}).to_string())
        };
        pbx.told = BTreeMap::from([
            ("5f1e1a2c-0010".to_owned(), (404, String::new())),
            ("5f1e1a2c-0020".to_owned(), info(20)),
            ("5f1e1a2c-0030".to_owned(), info(30)),
            ("5f1e1a2c-0005".to_owned(), info(5)),
        ]);
        pbx.asked.clear();
        // What is read from now on is nothing, or a call of which only the result is missing.
        pbx.rows = format!("{header}5f1e1a2c-0005;1;;+79161234567;+74951234567;{};0\n", began(5));
    }
    bench.office.reopen(&id).await;
    let answered = Some((calls::Direction::Incoming, Some(calls::CallResult::Answered)));
    for minutes in [5, 20, 30] {
        until("it is known how the call went", async || (result(minutes).await == answered).then_some(())).await;
    }
    assert_eq!(pbx.lock().expect("not poisoned").asked.iter().filter(|call| call.ends_with("-0010")).count(), 1);
    pbx.lock().expect("not poisoned").asked.clear();
    pbx.lock().expect("not poisoned").rows =
        format!("{header}5f1e1a2c-0004;1;;+79161234567;+74951234567;{};0\n", began(4));
    bench.office.reopen(&id).await;
    until("another is asked about", async || (!pbx.lock().expect("not poisoned").asked.is_empty()).then_some(())).await;
    assert_eq!(
        pbx.lock().expect("not poisoned").asked,
        ["5f1e1a2c-0004"],
        "a call that is refused is asked about once"
    );
}

#[tokio::test]
async fn a_list_of_people_that_failed_is_asked_for_again_soon() {
    let bench = Bench::new().await;
    let row = format!("5f1e1a2c-0001;{};0;false;false;false\n", bench.clock.now().as_second() - 600);
    let (settings, pbx) = late_rostelecom(row.clone(), BTreeMap::new()).await;
    bench.office.put_connection(settings, Vec::new(), Vec::new()).await.expect("is put");
    let listed = async || (pbx.lock().expect("not poisoned").lists > 4).then_some(());
    until("it is asked for again", listed).await;
    let (mut settings, pbx) = late_rostelecom(row, BTreeMap::new()).await;
    (settings.config.id, settings.has_address) = ("rt3".parse().expect("valid"), true);
    bench.office.put_connection(settings, Vec::new(), Vec::new()).await.expect("is put");
    let listed = async || (pbx.lock().expect("not poisoned").lists > 4).then_some(());
    until("where webhooks come, too", listed).await;
}
