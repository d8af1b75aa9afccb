//! MANGO OFFICE VPBX: §5.6.

use std::collections::{BTreeMap, BTreeSet};

use pbx::{ConnectionConfig, HistoryPlace, Pbx};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::{
    Row, UNKNOWN, row,
    told::{address_check, history, placed, posted},
};

/// A message about a leg of an incoming call at a colleague's, but for what `more` says.
fn call(pbx: &dyn Pbx, word: &'static str, more: Value, means: &'static [&'static str]) -> Row {
    let mut body = json!({"entry_id": "e1", "call_id": "c1", "seq": 2, "timestamp": 1_772_442_020,
        "call_state": "Appeared", "location": "abonent", "from": {"number": "79161234567"},
        "to": {"extension": "101", "number": "101", "line_number": "74951234567"}});
    body.as_object_mut().expect("fields").extend(more.as_object().expect("fields").clone());
    row(word, posted(pbx, "/events/call", &body.to_string()), means)
}

pub(super) fn rows(pbx: &dyn Pbx) -> Vec<Row> {
    let line = json!({"number": "74951234567", "line_number": "74951234567"});
    let told =
        |path: &'static str, body: Value, means| row(path, posted(pbx, &format!("/{path}"), &body.to_string()), means);
    let gone = |word: &'static str, means| {
        // A code that is not listed means what the one above it does.
        let reason = word.parse().unwrap_or(2219);
        call(pbx, word, json!({"call_state": "Disconnected", "disconnect_reason": reason}), means)
    };
    let queued =
        json!({"location": "queue", "to": {"number": "74951234567", "line_number": "74951234567", "acd_group": "7"}});
    let mut answered_in_queue = queued.clone();
    answered_in_queue["call_state"] = json!("Connected");
    let without_location = json!({"location": null});
    let asks = |transfer: &str| {
        json!({"from": {"extension": "101", "number": "101", "taken_from_call_id": "c0"},
            "to": {"extension": "102", "number": "102"}, "transfer": transfer})
    };
    let ordered = json!({"from": {"number": "79161234567"}, "to": {"extension": "101", "number": "101"}});
    let with = |more: Value| {
        let mut all = ordered.clone();
        all.as_object_mut().expect("fields").extend(more.as_object().expect("fields").clone());
        all
    };
    let refused: &[&str] = &["legCleared rejected"];
    let mut rows = vec![
        call(pbx, "ivr", json!({"location": "ivr", "to": line.clone()}), &["callCreated", "legQueued"]),
        call(
            pbx,
            "ivr (Connected)",
            json!({"location": "ivr", "to": line, "call_state": "Connected"}),
            &["callCreated", "legQueued"],
        ),
        call(pbx, "queue (Connected)", answered_in_queue, &["callCreated", "legQueued"]),
        call(pbx, "queue", queued, &["callCreated", "legQueued"]),
        call(pbx, "Appeared", json!({}), &["callCreated", "legRinging"]),
        call(pbx, "abonent", json!({"location": "abonent", "seq": 1}), &["callCreated", "legRinging"]),
        call(pbx, "location absent", without_location, &["callCreated", "legRinging"]),
        call(pbx, "another from", json!({"transfer": "blind"}), &["legRinging"]),
        call(
            pbx,
            "another from (Connected)",
            json!({"transfer": "blind", "call_state": "Connected"}),
            // The fold takes the transfer for completed.
            &["legAnswered"],
        ),
        call(pbx, "Connected", json!({"call_state": "Connected"}), &["legAnswered"]),
        call(pbx, "Connected (after OnHold)", json!({"call_state": "Connected", "seq": 4}), &["legAnswered"]),
        call(pbx, "OnHold", json!({"call_state": "OnHold"}), &["legHeld"]),
        call(pbx, "Disconnected", json!({"call_state": "Disconnected"}), &["legCleared"]),
        gone("1121", &["legCleared busy"]),
        gone("1193", &["legCleared busy"]),
        gone("1111", &["legCleared noAnswer"]),
        gone("1131", &["legCleared noAnswer"]),
        gone("1122", refused),
        gone("1123", refused),
        gone("1124", refused),
        gone("1151", refused),
        gone("1182", &["legCleared answeredElsewhere"]),
        gone("else by class", &["legCleared failed"]),
        call(
            pbx,
            "taken_from_call_id",
            json!({"from": {"number": "79161234567", "taken_from_call_id": "c0"}}),
            &["legRinging"],
        ),
        call(pbx, "consultative", asks("consultative"), &["legRinging", "transferStarted"]),
        call(pbx, "blind", asks("blind"), &["legRinging", "transferStarted"]),
        call(pbx, "return_blind", json!({"transfer": "return_blind"}), &["legRinging"]),
        call(pbx, "command_id", with(json!({"command_id": "x"})), &["callCreated", "legOffered", "legRinging"]),
        call(
            pbx,
            "callback_initiator",
            with(json!({"callback_initiator": "WEB"})),
            &["callCreated", "legOffered", "legRinging"],
        ),
    ];
    rows.extend(summaries(pbx));
    rows.extend(recordings(pbx));
    let digits = json!({"seq": 1, "dtmf": "5", "timestamp": 1_772_442_030, "call_id": "c1", "entry_id": "e1",
        "location": "ivr.2", "initiator": "79161234567"});
    rows.extend([
        told("events/dtmf", digits, &["dtmf"]),
        told("events/record/tagged", json!({"entry_id": "e1"}), UNKNOWN),
        told("events/sms", json!({"entry_id": "e1"}), UNKNOWN),
        told("events/recognized/offline", json!({"entry_id": "e1"}), UNKNOWN),
        told("events/ab/", json!({"entry_id": "e1"}), UNKNOWN),
        row("any other path", posted(pbx, "/events/teleport", r#"{"entry_id":"e1"}"#), UNKNOWN),
        row("POST without json", address_check(pbx, "/ping", "a=b"), &["answered 200"]),
    ]);
    rows.extend(answers(pbx));
    rows
}

/// The end of a call.
fn summaries(pbx: &dyn Pbx) -> Vec<Row> {
    let summary = |word: &'static str, direction: u8, talked: bool, means| {
        let (from, to) = match direction {
            0 => (json!({"extension": "101"}), json!({"extension": "102"})),
            1 => (json!({"number": "79161234567"}), json!({"extension": "101"})),
            _ => (json!({"extension": "101"}), json!({"number": "79161234567"})),
        };
        // Who hung up in the menu has talked with nobody, whatever entry_result says.
        let body = json!({"entry_id": "e1", "call_direction": direction, "from": from, "to": to,
            "line_number": "74951234567", "create_time": 1_772_442_000, "forward_time": 1_772_442_001,
            "talk_time": if talked { 1_772_442_010 } else { 0 }, "end_time": 1_772_442_060, "entry_result": 1,
            "disconnect_reason": if talked { 1110 } else { 1121 }});
        row(word, posted(pbx, "/events/summary", &body.to_string()), means)
    };
    vec![
        summary("call_direction 0", 0, false, &["callCreated", "callEnded busy"]),
        summary("call_direction 1", 1, true, &["callCreated", "callEnded answered"]),
        summary("call_direction 2", 2, true, &["callCreated", "callEnded answered"]),
        summary("talk_time 0", 1, false, &["callCreated", "callEnded missed"]),
    ]
}

fn recordings(pbx: &dyn Pbx) -> Vec<Row> {
    let recording = |word: &'static str, state: &str, code: u16, means| {
        let body = json!({"recording_id": "r1", "recording_state": state, "seq": 1, "entry_id": "e1", "call_id": "c1",
            "extension": "101", "timestamp": 1_772_442_060, "completion_code": code});
        row(word, posted(pbx, "/events/recording", &body.to_string()), means)
    };
    let added =
        json!({"entry_id": "e1", "product_id": 1, "user_id": -1, "timestamp": 1_772_442_090, "recording_id": "r1"});
    vec![
        recording("Started", "Started", 1000, &["recordingStarted"]),
        recording("Continued", "Continued", 1000, &[]),
        recording("Completed", "Completed", 1000, &[]),
        recording("4002", "Completed", 4002, &["notRecorded"]),
        row("events/record/added", posted(pbx, "/events/record/added", &added.to_string()), &["recordingAvailable"]),
    ]
}

/// What is answered to commands and to questions for the statistics.
fn answers(pbx: &dyn Pbx) -> Vec<Row> {
    let result = |path: &str, code: u16| posted(pbx, path, &json!({"command_id": "x", "result": code}).to_string());
    let ordered = |code: u16| placed(pbx, 200, &json!({"command_id": "x", "result": code}).to_string());
    let fetched = HistoryPlace::Part {
        from: trubka_fuzz::now().wall - std::time::Duration::from_secs(86_400),
        skip: 0,
        key: Some("k1".to_owned()),
        tries: 0,
    };
    let table = "[r1];1772442000;1772442060;1772442010;;79161234567;101;;1110;74951234567;abonent;1772442000;e1\n";
    let told: &[&str] = &[
        "callCreated",
        "callEnded answered",
        "legAnswered",
        "legCleared cancelled",
        "legRinging",
        "recordingAvailable",
    ];
    let leg = json!({"call_type": "user", "call_abonent_id": 1, "call_abonent_number": "101",
        "call_start_time": 1_772_442_000, "call_answer_time": 1_772_442_010, "call_end_time": 1_772_442_060,
        "call_end_reason": 1110, "talk_duration": 50, "recording_id": ["r1"], "external_call_id": "c1"});
    let list = json!({"result": 1000, "status": "complete", "data": [{"list": [{"entry_id": "e1", "context_type": 1,
        "context_status": 1, "caller_number": "79161234567", "called_number": "74951234567",
        "context_start_time": 1_772_442_000, "duration": 60, "talk_duration": 50, "context_calls": [leg]}]}]});
    vec![
        row("result/<command>", result("/result/callback", 3100), &["commandResult refused"]),
        row("result/route", result("/result/route", 1000), &["routeResult"]),
        row("0", ordered(0), &["accepted"]),
        row("1000", ordered(1000), &["accepted"]),
        row("3xxx", ordered(3100), &["rejected"]),
        row("another result", ordered(2110), &["rejected"]),
        // It says that statistics can be fetched, which are asked for anyway.
        row("result/stat", posted(pbx, "/result/stat", r#"{"key":"k1"}"#), &[]),
        row("ping", ping(pbx), &[]),
        row("basic", history(pbx, &fetched, table), told),
        row("extended", history(extended().as_ref(), &fetched, &list.to_string()), told),
    ]
}

/// A test of our address that is signed means nothing for any call.
fn ping(pbx: &dyn Pbx) -> BTreeSet<String> {
    let mut request = pbx::WebhookRequest {
        method: "POST".to_owned(),
        path: "/ping".to_owned(),
        headers: vec![("Content-Type".to_owned(), b"application/json".to_vec())],
        body: bytes::Bytes::from_static(b"{}"),
    };
    pbx.sign_webhook(&mut request).expect("is signed");
    let verified = pbx.verify(&request).expect("is authentic");
    let decoded = pbx.decode(verified, &super::told::context(calls::Source::Webhook));
    assert_eq!(decoded.reply.status, 200);
    decoded.events.into_iter().map(|event| event.raw_kind).collect()
}

/// The make, which reads extended statistics.
fn extended() -> Box<dyn Pbx> {
    let make = pbx::mango_vpbx::MAKE;
    let secrets = make.secrets.iter().map(|known| (known.name.to_owned(), SecretString::from("12345_s3cret")));
    let config = ConnectionConfig {
        id: "extended".parse().expect("an id"),
        make,
        zone: Some("Europe/Moscow".to_owned()),
        base_url: None,
        trust_anchor_pem: None,
        secrets: secrets.collect(),
        overrides: BTreeMap::from([("statistics".to_owned(), "extended".to_owned())]),
    };
    pbx::build(&config).expect("good settings")
}
