//! A PBX that posts to us and cannot reach us: its finished calls are read in the zone in which it writes them.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
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
    /// How often each path was asked for.
    asked: BTreeMap<String, usize>,
}

fn local(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

async fn start(began: Timestamp) -> (ConnectionConfig, Arc<Mutex<Zadarma>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let pbx = Arc::new(Mutex::new(Zadarma::default()));
    let shared = Arc::clone(&pbx);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let Ok(byte) = stream.read_u8().await else { break };
                head.push(byte);
            }
            let head = String::from_utf8(head).expect("text");
            let path = head.split([' ', '?']).nth(1).unwrap_or_default().to_owned();
            let (status, body) = shared.lock().expect("not poisoned").answer(&path, began);
            let length = body.len();
            let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
            // Whoever asked may have gone.
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    let mut config = config(pbx::zadarma::MAKE, &[("key", "0a1b"), ("secret", "2c3d")]);
    (config.id, config.zone) = ("z1".parse().expect("valid"), None);
    config.base_url = Some(url.parse().expect("an address"));
    (config, pbx)
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
            "/v1/statistics/pbx/" => json!({"status": "success", "stats": [{
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
    let until = async |what: &str, fits: &dyn Fn() -> bool| {
        let looking = async {
            while !fits() {
                tokio::time::sleep(LOOK).await;
            }
        };
        tokio::time::timeout(PATIENCE, looking).await.unwrap_or_else(|_| panic!("never came about: {what}"));
    };
    let asked = |path: &str| pbx.lock().expect("not poisoned").asked.get(path).copied().unwrap_or_default();
    until("the zone is asked for", &|| asked("/v1/info/timezone/") > 0).await;
    assert_eq!(asked("/v1/statistics/pbx/"), 0, "in which zone they are written is not known");
    pbx.lock().expect("not poisoned").tells_zone = true;
    bench.office.reopen(&id).await;
    until("the calls are read", &|| asked("/v1/statistics/pbx/") > 0).await;
    let looking = async {
        loop {
            if let Some(call) = bench.manager().calls(None, 10).await.expect("is read").calls.pop() {
                return call;
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    let call = tokio::time::timeout(PATIENCE, looking).await.expect("it is told");
    assert_eq!((call.connection, call.started_at.as_second()), (id, began.as_second()));
}
