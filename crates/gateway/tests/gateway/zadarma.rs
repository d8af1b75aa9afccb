//! Zadarma's notifications and the test of our address, signed as the vendor's own library signed them.

use link::wire::Role;
use secrecy::ExposeSecret;
use serde_json::Value;

use crate::{
    http::{Answer, request, send},
    rig::{Rig, Setup},
};

const FORM: &str = "application/x-www-form-urlencoded";
const CALL: &str = "call_start=2026-01-15+10%3A00%3A00&pbx_call_id=in_ae6b03b3b0765d127ec0b739209346bbc4f0d52d&caller_id=%2B442037691880";
/// Of the call's parties and beginning: the same for all but two of its notifications.
const OF_CALL: &str = "NWNkYzAzMzg1ZTNkYjJmNWI5ZmMyZTYwZTVhZDg3ZThiMGQwMTZlZQ==";
const OF_ANSWER: &str = "ODRhMGYwYTUzZTU3MGU3YjE2YmI3MTVjZTQwNDUyMDYyMDlhNTA1Nw==";
const OF_RECORD: &str = "MjI2NzVmZmE0NzAyOGU2NDAwZjI2NjRhNjMyZWNkZjM2ODVmM2RmMw==";

async fn rig() -> Rig {
    Rig::with(Setup { zadarma: true, ..Setup::default() }).await
}

async fn post(rig: &Rig, headers: &[(&str, &str)], body: &str) -> Answer {
    let headers: Vec<_> = [("Content-Type", FORM)].into_iter().chain(headers.iter().copied()).collect();
    send(rig.address, &request("POST", "/hook/zd1", &headers, body.as_bytes())).await
}

#[tokio::test]
async fn the_test_of_our_address_is_answered_with_its_own_word() {
    let rig = rig().await;
    let before = rig.store.head_seq().expect("is read");
    let longest = "a".repeat(64);
    for echo in ["abc123XYZ", "a_b-c", &longest] {
        for (method, path, body) in [
            ("GET", format!("/hook/zd1?zd_echo={echo}"), String::new()),
            ("GET", format!("/hook/zd1/?zd_echo={echo}"), String::new()),
            ("POST", format!("/hook/zd1?zd_echo={echo}"), String::new()),
            ("POST", "/hook/zd1".to_owned(), format!("zd_echo={echo}")),
        ] {
            let answer = send(rig.address, &request(method, &path, &[("Content-Type", FORM)], body.as_bytes())).await;
            assert_eq!((answer.status, answer.text().as_str()), (200, echo), "{method} {path}");
            assert!(answer.header("content-type").is_some_and(|kind| kind.starts_with("text/plain")));
        }
    }
    for echo in ["", "%3Cscript%3E", "a%20b", "a&zd_echo=b", &"a".repeat(65)] {
        let path = format!("/hook/zd1?zd_echo={echo}");
        let answer = send(rig.address, &request("GET", &path, &[], b"")).await;
        assert_eq!((answer.status, answer.text().as_str()), (400, ""), "{echo}");
    }
    // Another make's address is not tested so.
    assert_eq!(send(rig.address, &request("GET", "/hook/rt1?zd_echo=1", &[], b"")).await.status, 403);
    assert_eq!(send(rig.address, &request("GET", "/hook/zd1", &[], b"")).await.status, 403);
    assert_eq!(rig.store.head_seq().expect("is read"), before, "nothing of it is stored");
}

#[tokio::test]
async fn a_call_is_told_from_its_beginning_to_its_recording() {
    let rig = rig().await;
    let everything = rig.issue_in("Ольга", Role::Manager, &[], &[]).await;
    let token = everything.secret.expose_secret();
    let parties = format!("{CALL}&called_did=442037691881");
    let told = [
        (OF_CALL, format!("event=NOTIFY_START&{parties}")),
        (OF_CALL, format!("event=NOTIFY_INTERNAL&{parties}&internal=100")),
        (OF_ANSWER, format!("event=NOTIFY_ANSWER&{CALL}&destination=100&internal=100")),
        (OF_CALL, format!("event=NOTIFY_END&{parties}&internal=100&duration=42&disposition=answered&last_internal=100&status_code=16&is_recorded=1&call_id_with_rec=1458313316.343456")),
        (OF_RECORD, "event=NOTIFY_RECORD&call_id_with_rec=1458313316.343456&pbx_call_id=in_ae6b03b3b0765d127ec0b739209346bbc4f0d52d".to_owned()),
    ];
    for _ in 0..2 {
        for (signature, body) in &told {
            let answer = post(&rig, &[("Signature", signature)], body).await;
            assert_eq!((answer.status, answer.text().as_str()), (200, "{}"), "{body}");
        }
    }
    rig.tell(&[]).await;
    let calls = rig.get(token, "/v1/calls").await.json();
    let [call] = calls["calls"].as_array().expect("calls").as_slice() else { panic!("one call: {calls:#}") };
    let text = |path: &str| call.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    let found =
        ["/state", "/result", "/direction", "/customer/number", "/line/number", "/recordings/0/state"].map(text);
    assert_eq!(found, ["ended", "answered", "incoming", "+442037691880", "+442037691881", "ready"]);
    assert_eq!(call["ringsForMe"], false, "it is months old");
    let trace = rig.get(token, &format!("/v1/calls/{}/trace", text("/id"))).await.json();
    assert_eq!(trace["events"].as_array().map(Vec::len), Some(5), "each is stored once: {trace:#}");
}

#[tokio::test]
async fn what_nobody_vouches_for_is_refused_and_what_is_unknown_is_kept() {
    let rig = rig().await;
    let start = format!("event=NOTIFY_START&{CALL}&called_did=442037691881");
    let sms = "event=SMS&result=%7B%22caller_id%22%3A%22%2B79101234567%22%2C%22caller_did%22%3A%22442037691881%22%2C%22text%22%3A%22%D0%9A%D0%BE%D0%B4%3A+1234%22%7D";
    let of_sms = "MzYyYjFkZTBlYzE4NTlkZDAxZmNlZjFlOTM4NWJkNzk0MWEwMjY1Yw==";
    assert_eq!(post(&rig, &[("Signature", of_sms)], sms).await.status, 200);
    let kept = rig.store.head_seq().expect("is read");
    let twice = [("Signature", OF_CALL), ("Signature", OF_CALL)];
    for (headers, body) in [
        (&[][..], start.clone()),
        (&[("Signature", of_sms)], start.clone()),
        (&[("Signature", "")], start.clone()),
        (&twice, start.clone()),
        (&[("Signature", OF_CALL)], format!("{start}&internal=100&internal=101")),
        (&[("Signature", OF_CALL)], start.replace("91880", "91881")),
    ] {
        assert_eq!(post(&rig, headers, &body).await.status, 403, "{headers:?} {body}");
    }
    let json = [("Content-Type", "application/json"), ("Signature", OF_CALL)];
    let answer = send(rig.address, &request("POST", "/hook/zd1", &json, start.as_bytes())).await;
    assert_eq!(answer.status, 403);
    assert_eq!(rig.store.head_seq().expect("is read"), kept);
}

/// How each event of the newest call was authenticated.
async fn signatures(rig: &Rig) -> Vec<String> {
    rig.tell(&[]).await;
    let everything = rig.issue_in("Ольга", Role::Manager, &[], &[]).await;
    let token = everything.secret.expose_secret();
    let calls = rig.get(token, "/v1/calls").await.json();
    let id = calls.pointer("/calls/0/id").and_then(Value::as_str).expect("a call").to_owned();
    let trace = rig.get(token, &format!("/v1/calls/{id}/trace")).await.json();
    let events = trace["events"].as_array().expect("events");
    events.iter().map(|event| event["signature"].as_str().expect("a word").to_owned()).collect()
}

#[tokio::test]
async fn what_came_without_a_signature_is_not_called_signed() {
    let rig = rig().await;
    let of_2015 = "caller_id=%2B442037691880&called_did=442037691881&callstart=2015-06-01+10%3A00%3A00";
    assert_eq!(post(&rig, &[], of_2015).await.status, 200);
    assert_eq!(signatures(&rig).await, ["none"]);
    let start = format!("event=NOTIFY_START&{CALL}&called_did=442037691881");
    assert_eq!(post(&rig, &[("Signature", OF_CALL)], &start).await.status, 200);
    assert_eq!(signatures(&rig).await, ["valid"]);
}

#[tokio::test]
async fn fields_that_come_in_parts_are_the_same_notification() {
    let rig = rig().await;
    let of_form = format!("event=NOTIFY_START&{CALL}&called_did=442037691881");
    let parts: String = [
        ("event", "NOTIFY_START"),
        ("call_start", "2026-01-15 10:00:00"),
        ("pbx_call_id", "in_ae6b03b3b0765d127ec0b739209346bbc4f0d52d"),
        ("caller_id", "+442037691880"),
        ("called_did", "442037691881"),
    ]
    .map(|(name, value)| format!("--mark\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"))
    .concat();
    let kind = ("Content-Type", "multipart/form-data; boundary=mark");
    let signed = [kind, ("Signature", OF_CALL)];
    let post_parts = async |headers: &[(&str, &str)], body: &str| {
        send(rig.address, &request("POST", "/hook/zd1", headers, body.as_bytes())).await
    };
    for (headers, body) in [
        (&[kind][..], format!("{parts}--mark--")),
        (&signed, parts.clone()),
        (&signed, format!("{parts}{parts}--mark--")),
        (&signed, format!("{}--mark--", parts.replace("91880", "91881"))),
    ] {
        assert_eq!(post_parts(headers, &body).await.status, 403, "{headers:?} {body}");
    }
    let answer = post_parts(&signed, &format!("{parts}--mark--\r\n")).await;
    assert_eq!((answer.status, answer.text().as_str()), (200, "{}"));
    assert_eq!(signatures(&rig).await, ["valid"]);
    let kept = rig.store.head_seq().expect("is read");
    assert_eq!(post(&rig, &[("Signature", OF_CALL)], &of_form).await.status, 200);
    rig.tell(&[]).await;
    assert_eq!(rig.store.head_seq().expect("is read"), kept, "the same again");
    let echo = "--mark\r\nContent-Disposition: form-data; name=\"zd_echo\"\r\n\r\na_b-1\r\n--mark--\r\n";
    let answer = post_parts(&[kind], echo).await;
    assert_eq!((answer.status, answer.text().as_str()), (200, "a_b-1"));
}
