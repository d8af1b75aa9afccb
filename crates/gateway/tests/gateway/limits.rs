//! Those who hold connections and give nothing for them: too many, too slow, or silent.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};
use trubka_gateway::Limits;

use crate::{
    events::{event, post, signed},
    http::{request, send, try_send},
    rig::{Rig, Setup, Stopped},
    ws::Desk,
};

async fn rig(limits: Limits) -> Rig {
    Rig::with(Setup { limits, ..Setup::default() }).await
}

#[tokio::test]
async fn who_holds_many_connections_leaves_room_for_the_next() {
    let limits = Limits { connections: Some(4), ..Limits::default() };
    let rig = Rig::with(Setup { limits, ..Setup::default() }).await;
    let token = rig.manager().await;
    let alive = request("GET", "/healthz", &[], b"");
    // A desk's stream counts for as long as it is open.
    let mut desk = Desk::resume(rig.address, &token, serde_json::Value::Null).await;
    desk.frame().await;
    let mut idle = Vec::new();
    let refused = loop {
        let mut stream = TcpStream::connect(rig.address).await.expect("connects");
        let mut answer = Vec::new();
        let read = tokio::time::timeout(Duration::from_millis(300), stream.read_to_end(&mut answer)).await;
        match read {
            Err(_) => idle.push(stream),
            Ok(read) => {
                read.expect("is read");
                break String::from_utf8(answer).expect("text");
            }
        }
    };
    assert_eq!(idle.len(), 3, "four with the stream: what comes from this computer may be everybody's proxy");
    assert!(
        refused.starts_with("HTTP/1.1 503 ")
            && refused.contains("retry-after: 5")
            && refused.ends_with("try again in a few seconds."),
        "{refused}"
    );
    idle.pop();
    while !try_send(rig.address, &alive).await.is_ok_and(|answer| answer.status == 200) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    drop((desk, idle));
    while rig.get(&token, "/metrics").await.text().lines().any(|line| line == "trubka_streams 1") {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let metrics = rig.get(&token, "/metrics").await.text();
    assert!(metrics.contains("trubka_connections 1\n"), "{metrics}");
}

#[tokio::test]
async fn refusals_that_the_journal_leaves_out_are_counted() {
    // All of them within one second.
    let clock = Arc::new(Stopped(Timestamp::UNIX_EPOCH));
    let limits = Limits { bad_signatures: 1000, ..Limits::default() };
    let rig = Rig::with(Setup { limits, clock, ..Setup::default() }).await;
    let token = rig.manager().await;
    let wrong = request("POST", "/hook/rt1/call_events", &[("X-Client-Sign", "00")], b"{}");
    for _ in 0..40 {
        assert_eq!(send(rig.address, &wrong).await.status, 403);
    }
    let metrics = rig.get(&token, "/metrics").await.text();
    assert!(metrics.contains("trubka_journal_left_out_total 35\n"), "{metrics}");
    // Nobody waits for the journal, so it may be written a little later.
    let noted = || {
        let noted = rig.store.journal_before(None, 1000).expect("reads");
        noted.iter().filter(|noted| noted.entry.kind == "webhook").count()
    };
    while noted() < 5 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(noted(), 5);
}

#[tokio::test]
async fn desks_leave_connections_to_webhooks_and_requests() {
    let rig = rig(Limits { connections: Some(8), ..Limits::default() }).await;
    let token = rig.manager().await;
    let mut desks = Vec::new();
    for _ in 0..7 {
        let mut desk = Desk::resume(rig.address, &token, serde_json::Value::Null).await;
        desk.frame().await;
        desks.push(desk);
    }
    let key = ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
    let upgrade = [("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), key];
    let bearer = format!("Bearer {token}");
    let mut refused = b"GET /v1/stream HTTP/1.1\r\nHost: g\r\nConnection: upgrade\r\n".to_vec();
    for (name, value) in upgrade.into_iter().chain([("Authorization", bearer.as_str())]) {
        refused.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    refused.extend_from_slice(b"\r\n");
    let refused = send(rig.address, &refused).await;
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("5")));
    assert_eq!(refused.text(), "There are too many desks; try again in a few seconds.\n");
    assert_eq!(post(rig.address, &event("s1", "new", None, Timestamp::now())).await.status, 200);
    let metrics = rig.get(&token, "/metrics").await.text();
    assert!(
        metrics.contains("trubka_streams_refused_total 1\n") && metrics.contains("trubka_streams 7\n"),
        "{metrics}"
    );
    // Who is told nothing of it still sees the call.
    assert_eq!(desks[0].call().await["state"], "ringing");
    drop(desks.pop());
    let mut next = loop {
        match Desk::open(rig.address, &token).await {
            Ok(desk) => break desk,
            Err(status) => assert_eq!(status, 503),
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    next.say("{\"resume\":null}").await;
    assert_eq!(next.frame().await["kind"], "hello");
}

/// Sends a part, keeps the connection open, and reads what comes.
async fn answer_to_a_part(address: SocketAddr, part: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.expect("connects");
    stream.write_all(part).await.expect("is sent");
    let mut answer = String::new();
    let read = stream.read_to_string(&mut answer);
    tokio::time::timeout(Duration::from_secs(20), read).await.expect("closes").expect("is text");
    answer
}

#[tokio::test]
async fn half_a_request_is_answered_408() {
    let rig = Rig::with(Setup {
        limits: Limits { request: Duration::from_millis(300), ..Limits::default() },
        ..Setup::default()
    })
    .await;
    let whole = signed("/hook/rt1/call_events", event("s1", "new", None, Timestamp::now()).to_string().as_bytes());
    for part in [&whole[..whole.len() - 10], &whole[..40]] {
        let answer = answer_to_a_part(rig.address, part).await;
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    }
    assert_eq!(answer_to_a_part(rig.address, b"").await, "", "who asks nothing is answered nothing");
}

/// A part of a request every now and then; answers what came back until the gateway closed.
async fn dribble(address: SocketAddr, bytes: &[u8]) -> String {
    let (mut reads, mut writes) = TcpStream::connect(address).await.expect("connects").into_split();
    let bytes = bytes.to_vec();
    let dribbling = tokio::spawn(async move {
        for byte in bytes {
            if writes.write_all(&[byte]).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    let mut answer = Vec::new();
    let read = reads.read_to_end(&mut answer);
    // What is sent to somebody who has closed may cut the reading off; what came before counts.
    let _ = tokio::time::timeout(Duration::from_secs(20), read).await.expect("closes");
    dribbling.abort();
    String::from_utf8(answer).expect("text")
}

#[tokio::test]
async fn who_sends_byte_by_byte_is_answered_408() {
    let rig = rig(Limits { request: Duration::from_millis(300), ..Limits::default() }).await;
    let token = rig.manager().await;
    let bearer = format!("Bearer {token}");
    let body = event("s1", "new", None, Timestamp::now()).to_string().into_bytes();
    let slow_body = |path: &str| {
        let headers = [("Authorization", bearer.as_str())];
        let whole = request("POST", path, &headers, &body);
        let head = whole.len() - body.len();
        (whole[..head].to_vec(), body.clone())
    };
    let head = signed("/hook/rt1/call_events", &body);
    assert!(dribble(rig.address, &head).await.starts_with("HTTP/1.1 408 "), "a slow head");
    for path in ["/hook/rt1/call_events", "/v1/calls", "/v1/facts"] {
        let (head, body) = slow_body(path);
        let mut stream = TcpStream::connect(rig.address).await.expect("connects");
        stream.write_all(&head).await.expect("is sent");
        let mut answer = String::new();
        for byte in &body[..4] {
            stream.write_all(&[*byte]).await.expect("is sent");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let read = stream.read_to_string(&mut answer);
        tokio::time::timeout(Duration::from_secs(20), read).await.expect("closes").expect("is text");
        assert!(answer.starts_with("HTTP/1.1 408 "), "a slow body to {path}: {answer}");
    }
}

#[tokio::test]
async fn a_body_that_nobody_asked_for_keeps_no_connection() {
    let rig = rig(Limits { request: Duration::from_millis(300), ..Limits::default() }).await;
    let asked = b"GET /healthz HTTP/1.1\r\nHost: g\r\nContent-Length: 1000\r\n\r\nx";
    let answer = answer_to_a_part(rig.address, asked).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

#[tokio::test]
async fn who_asks_nothing_more_is_let_go() {
    let rig = rig(Limits { request: Duration::from_millis(300), ..Limits::default() }).await;
    let answer = answer_to_a_part(rig.address, b"GET /healthz HTTP/1.1\r\nHost: g\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("ok\n"), "{answer}");
}

#[tokio::test]
async fn who_asks_without_end_and_reads_nothing_is_let_go() {
    let limits = Limits { slow_client: Duration::from_millis(300), connections: Some(8), ..Limits::default() };
    let rig = Rig::with(Setup { limits, narrow: true, ..Setup::default() }).await;
    let token = rig.manager().await;
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4096).expect("is set");
    let mut greedy = socket.connect(rig.address).await.expect("connects");
    let asked = format!("GET /metrics HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer {token}\r\n\r\n").repeat(50);
    let flood = async { while greedy.write_all(asked.as_bytes()).await.is_ok() {} };
    tokio::time::timeout(Duration::from_secs(20), flood).await.expect("is let go");
    assert_eq!(rig.get(&token, "/healthz").await.status, 200);
}
