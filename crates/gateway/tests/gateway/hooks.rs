//! Webhooks: what is stored, what is refused, and what is said to the vendor.

use std::time::Duration;

use jiff::Timestamp;
use link::wire::Role;
use secrecy::ExposeSecret;
use tokio::{io::AsyncWriteExt, net::TcpStream};
use trubka_gateway::Limits;

use crate::{
    events::{CLIENT_ID, call_id, event, post, signature, signed},
    http::{request, send},
    rig::{PATH_TOKEN, Rig, Setup},
    ws::Desk,
};

async fn trace_kinds(rig: &Rig, token: &str, session: &str) -> Vec<String> {
    let answer = rig.get(token, &format!("/v1/calls/{}/trace", call_id(session))).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let trace = answer.json();
    trace["events"].as_array().expect("events").iter().map(|e| e["kind"].as_str().expect("a kind").to_owned()).collect()
}

#[tokio::test]
async fn an_event_sent_twice_is_answered_twice_and_stored_once() {
    let rig = Rig::new().await;
    let token = rig.manager().await;
    let new = event("s1", "new", None, Timestamp::now());
    rig.tell(&[new.clone(), new]).await;
    assert_eq!(trace_kinds(&rig, &token, "s1").await, ["new"]);
    let metrics = rig.get(&token, "/metrics").await.text();
    assert!(metrics.contains("trubka_hooks_total{outcome=\"stored\"} 1\n"), "{metrics}");
    assert!(metrics.contains("trubka_hooks_total{outcome=\"known\"} 1\n"), "{metrics}");
}

#[tokio::test]
async fn a_doubled_slash_is_one_and_an_address_without_a_connection_asks_for_no_token() {
    let rig = Rig::new().await;
    for (place, path) in ["//hook/rt1/call_events", "/hook//rt1//call_events", "///hook/rt1//"].into_iter().enumerate()
    {
        let body = event(&format!("s{place}"), "new", None, Timestamp::now()).to_string();
        assert_eq!(send(rig.address, &signed(path, body.as_bytes())).await.status, 200, "{path}");
    }
    for path in ["/hook", "/hook/", "//hook", "//hook//", "/hook/rt2//call_events"] {
        assert_eq!(send(rig.address, &signed(path, b"{}")).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_wrong_signature_is_refused_and_nothing_of_it_is_kept() {
    let rig = Rig::new().await;
    let token = rig.manager().await;
    let body = event("s1", "new", None, Timestamp::now()).to_string().into_bytes();
    let right = signature(&body);
    let mut flipped = body.clone();
    flipped[20] ^= 1;
    let other = signature(&flipped);
    let id = ("X-Client-ID", CLIENT_ID);
    let cases = [
        ("missing", vec![id], &body[..]),
        ("empty", vec![id, ("X-Client-Sign", "")], &body),
        ("of another body", vec![id, ("X-Client-Sign", &other)], &body),
        ("of the body before a bit changed", vec![id, ("X-Client-Sign", &right)], &flipped),
        ("given twice", vec![id, ("X-Client-Sign", &right), ("x-client-sign", &right)], &body),
        ("no digest", vec![id, ("X-Client-Sign", "valid")], &body),
    ];
    for (what, headers, body) in cases {
        let answer = send(rig.address, &request("POST", "/hook/rt1/call_events", &headers, body)).await;
        assert_eq!(answer.status, 403, "{what}");
        assert_eq!(answer.json()["error"], "forbidden", "{what}");
    }
    assert_eq!(send(rig.address, &request("GET", "/hook/rt1/call_events", &[], b"")).await.status, 403);
    assert_eq!(rig.get(&token, &format!("/v1/calls/{}", call_id("s1"))).await.status, 404);
    let metrics = rig.get(&token, "/metrics").await.text();
    assert!(metrics.contains("trubka_hooks_total{outcome=\"refused\"} 7\n"), "{metrics}");

    let upper = right.to_ascii_uppercase();
    let headers = [id, ("X-Client-Sign", upper.as_str())];
    assert_eq!(send(rig.address, &request("POST", "/hook/rt1/call_events/", &headers, &body)).await.status, 200);
}

#[tokio::test]
async fn very_many_wrong_signatures_slow_only_each_other() {
    let rig = Rig::with(Setup { limits: Limits { bad_signatures: 2, ..Limits::default() }, ..Setup::default() }).await;
    let address = rig.address;
    let wrong = request("POST", "/hook/rt1/call_events", &[("X-Client-Sign", "00")], b"{}");
    let refused: Vec<_> = (0..12)
        .map(|_| {
            let wrong = wrong.clone();
            tokio::spawn(async move { send(address, &wrong).await.status })
        })
        .collect();
    assert_eq!(post(rig.address, &event("s1", "new", None, Timestamp::now())).await.status, 200);
    for refused in refused {
        assert_eq!(refused.await.expect("ends"), 403);
    }
}

#[tokio::test]
async fn what_is_authentic_but_not_understood_is_kept() {
    let rig = Rig::new().await;
    let token = rig.manager().await;
    let bodies: [&[u8]; 5] =
        [b"{\"state\":", b"\xff\xfe not text", b"", b"[1,2,3]", br#"{"session_id":"s9","state":"teleported"}"#];
    for body in bodies {
        let answer = send(rig.address, &signed("/hook/rt1/call_events", body)).await;
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(body));
    }
    let metrics = rig.get(&token, "/metrics").await.text();
    assert!(metrics.contains("trubka_hooks_total{outcome=\"stored\"} 5\n"), "{metrics}");
}

#[tokio::test]
async fn a_body_over_64_kib_is_refused_with_an_answer() {
    let rig = Rig::new().await;
    let mut largest = br#"{"session_id":"s1","state":"later","x":""#.to_vec();
    largest.resize(65_536 - 2, b'x');
    largest.extend_from_slice(b"\"}");
    assert_eq!(send(rig.address, &signed("/hook/rt1/call_events", &largest)).await.status, 200);
    largest.push(b' ');
    assert_eq!(send(rig.address, &signed("/hook/rt1/call_events", &largest)).await.status, 413);
    let ten_megabytes = vec![b'x'; 10_000_000];
    assert_eq!(send(rig.address, &signed("/hook/rt1/call_events", &ten_megabytes)).await.status, 413);
    let chunked =
        b"POST /hook/rt1/call_events HTTP/1.1\r\nHost: g\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    let mut chunked = chunked.to_vec();
    for _ in 0..20 {
        chunked.extend_from_slice(b"1000\r\n");
        chunked.resize(chunked.len() + 4096, b'x');
        chunked.extend_from_slice(b"\r\n");
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    assert_eq!(send(rig.address, &chunked).await.status, 413);
}

#[tokio::test]
async fn an_unknown_connection_and_a_wrong_path_token_look_alike() {
    let rig = Rig::new().await;
    let body = event("s1", "new", None, Timestamp::now()).to_string().into_bytes();
    for path in
        ["/hook/rt9/call_events", "/hook/rt2/call_events", "/hook/rt2/guess/call_events", "/hook/rt2", "/hook/x"]
    {
        let answer = send(rig.address, &signed(path, &body)).await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.json()["message"], "There is no hook at this address.", "{path}");
    }
    let path = format!("/hook/rt2/{PATH_TOKEN}/call_events");
    assert_eq!(send(rig.address, &signed(&path, &body)).await.status, 200);
    assert_eq!(send(rig.address, &signed("/hook/rt1", &body)).await.status, 200);
    let put = request("PUT", "/hook/rt1/call_events", &[], b"{}");
    assert_eq!(send(rig.address, &put).await.status, 405);
}

#[tokio::test]
async fn what_could_not_be_stored_is_to_be_sent_again() {
    let rig = Rig::new().await;
    let token = rig.manager().await;
    let mut desk = Desk::resume(rig.address, &token, serde_json::Value::Null).await;
    desk.frame().await;
    desk.up_to_at().await;
    // From now on the database takes nothing, as with a full disk.
    rig.store.clone().close();
    let answer = post(rig.address, &event("s1", "new", None, Timestamp::now())).await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("5")), "{}", answer.text());
    let connection = loop {
        let frame = desk.frame().await;
        if frame["event"]["connection"]["cause"] == "storage" {
            break frame["event"]["connection"].clone();
        }
    };
    assert_eq!((&connection["id"], &connection["state"]), (&"rt1".into(), &"down".into()), "{connection}");
    assert_eq!(rig.get(&token, &format!("/v1/calls/{}", call_id("s1"))).await.status, 404);
}

#[tokio::test]
async fn a_webhook_whose_pbx_hangs_up_before_it_is_stored_is_there_afterwards_once() {
    let rig = Rig::new().await;
    let admin = rig.issue("Марина", Role::Admin, &[]).await.secret.expose_secret().to_owned();
    // The database takes nothing until the test lets it go on.
    let (go_on, gate) = std::sync::mpsc::channel::<()>();
    let (held, is_held) = tokio::sync::oneshot::channel();
    rig.store.set_setting("held", "yes").then(move |_| {
        held.send(()).expect("the test waits");
        gate.recv().expect("the test goes on");
    });
    is_held.await.expect("is held");
    let new = event("s1", "new", None, Timestamp::now());
    let mut pbx = TcpStream::connect(rig.address).await.expect("connects");
    pbx.write_all(&signed("/hook/rt1/call_events", new.to_string().as_bytes())).await.expect("is sent");
    // The gateway has it: it is counted before anything else is done with it.
    let path = format!("/v1/calls/{}", call_id("s1"));
    loop {
        let state = rig.get(&admin, "/v1/admin/state").await.json();
        let quotas = state["connections"][0]["quotas"].as_array().expect("a list").clone();
        if quotas.iter().any(|quota| quota["name"] == "call_events" && quota["used"] == 1) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // Breaks the connection off, as a PBX does that waits no longer; the gateway hears of that.
    pbx.set_zero_linger().expect("is set");
    drop(pbx);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(rig.get(&admin, &path).await.status, 404, "it is not stored yet");
    go_on.send(()).expect("somebody waits");
    let stored = async {
        while rig.get(&admin, &path).await.status != 200 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), stored).await.expect("what came before the PBX hung up is lost");
    // The PBX sends it again, since it was not answered.
    rig.tell(&[new]).await;
    assert_eq!(trace_kinds(&rig, &admin, "s1").await, ["new"]);
    let metrics = rig.get(&admin, "/metrics").await.text();
    assert!(metrics.contains("trubka_hooks_total{outcome=\"stored\"} 1\n"), "{metrics}");
    assert!(metrics.contains("trubka_hooks_total{outcome=\"known\"} 1\n"), "{metrics}");
}
