//! Zadarma and Novofon: §5.2. The dispositions are those of its page.

use bytes::Bytes;
use pbx::{HistoryPlace, Pbx, Refusal, Route, WebhookRequest};
use serde_json::json;

use super::{
    Row, UNKNOWN, row,
    told::{address_check, history, placed, posted},
};

const OUT: &str = "pbx_call_id=out_1&internal=101&destination=79161234567";
const IN: &str = "pbx_call_id=in_1&caller_id=79161234567&called_did=74951234567";

pub(super) fn rows(pbx: &dyn Pbx) -> Vec<Row> {
    let body = |event: &str, more: &str| format!("event={event}&call_start=2026-03-02+12%3A00%3A20&{more}");
    let told =
        |word: &'static str, event: &str, more: &str, means| row(word, posted(pbx, "", &body(event, more)), means);
    let plain = |event: &'static str, more: &str, means| told(event, event, more, means);
    let inside = format!("{IN}&internal=101");
    let passed_on = format!("{IN}&internal=102&transfer_from=101&transfer_type=attended");
    let ends = |parties: &str, word: &str| format!("{parties}&duration=42&disposition={word}&status_code=16");
    let ended = |word: &'static str, means| told(word, "NOTIFY_OUT_END", &ends(OUT, &word.replace(' ', "+")), means);
    let recorded = format!("{}&is_recorded=1&call_id_with_rec=1.2", ends(&inside, "answered"));
    let result = |event, means| row(event, posted(pbx, "", &format!("event={event}&result=%7B%7D")), means);
    let callback = format!("{}&calltype=callback_leg1", ends(OUT, "answered"));
    let customers = format!("{}&calltype=callback_leg2", ends(OUT, "busy"));
    let first = "callstart=2026-03-02+12%3A00%3A20&caller_id=79161234567&called_did=74951234567";
    let tracked = json!([{"tracker": "1", "start": "2026-03-02 12:00:20", "caller_id": "79161234567",
        "caller_did": "74951234567", "url": "https://shop.example/", "pbx_call_id": "in_1"}]);
    let tracked: String = url::form_urlencoded::byte_serialize(tracked.to_string().as_bytes()).collect();
    let failed: &[&str] = &["callEnded failed", "legCleared failed"];
    let statistics = json!({"status": "success", "stats": [{"call_id": "1.2", "sip": "101", "destination": "74951234567",
        "callstart": "2026-03-02 11:00:20", "clid": "79161234567", "disposition": "answered", "seconds": 42,
        "is_recorded": "true", "pbx_call_id": "in_1"}]});
    let page = HistoryPlace::Page { skip: 0, calls: Vec::new() };
    vec![
        row("zd_echo", address_check(pbx, "/?zd_echo=abc", ""), &["answered 200"]),
        row("callstart", posted(pbx, "", first), &["callCreated", "legQueued"]),
        plain("NOTIFY_START", IN, &["callCreated", "legQueued"]),
        reply(pbx, "redirect", &Route { to: Some("101".to_owned()), ..Route::default() }, &["redirect 101"]),
        reply(
            pbx,
            "redirect (scenario)",
            &Route { scenario: Some("1".to_owned()), ..Route::default() },
            &["redirect 1"],
        ),
        reply(pbx, "blacklist", &refused(Refusal::Busy), &["redirect blacklist"]),
        reply(pbx, "hangup", &refused(Refusal::HangUp), &["hangup 1"]),
        plain("NOTIFY_INTERNAL", &inside, &["legRinging"]),
        told("transfer_from (NOTIFY_INTERNAL)", "NOTIFY_INTERNAL", &passed_on, &["legRinging", "transferStarted"]),
        plain("NOTIFY_INTERNAL_END", &inside, &["legCleared"]),
        plain("NOTIFY_ANSWER", &format!("{inside}&destination=101"), &["legAnswered"]),
        told(
            "transfer_from (NOTIFY_ANSWER)",
            "NOTIFY_ANSWER",
            &format!("{passed_on}&destination=102"),
            &["legAnswered", "legReplaced"],
        ),
        plain("NOTIFY_END", &ends(&inside, "answered"), &["callEnded answered", "legCleared"]),
        told("missed", "NOTIFY_END", &ends(IN, "no+answer"), &["callEnded missed"]),
        ended("answered", &["callEnded answered", "legCleared"]),
        ended("busy", &["callEnded busy", "legCleared busy"]),
        ended("cancel", &["callEnded cancelled", "legCleared cancelled"]),
        ended("no answer", &["callEnded noAnswer", "legCleared noAnswer"]),
        ended("call failed", failed),
        ended("failed", failed),
        ended("no money", failed),
        ended("unallocated number", failed),
        ended("no limit", failed),
        ended("no day limit", failed),
        ended("line limit", failed),
        ended("no money, no limit", failed),
        told("is_recorded", "NOTIFY_END", &recorded, &["callEnded answered", "legCleared", "recordingStarted"]),
        plain("NOTIFY_OUT_START", OUT, &["callCreated", "legOffered"]),
        // As NOTIFY_END of a call that was placed.
        told("NOTIFY_OUT_END", "NOTIFY_END", &ends(OUT, "busy"), &["callEnded busy", "legCleared busy"]),
        // That the one who ordered it answered says nothing of the customer.
        told("calltype", "NOTIFY_OUT_END", &callback, &["callEnded", "legCleared"]),
        told("callback_leg2", "NOTIFY_OUT_END", &customers, &["callEnded busy", "legCleared busy"]),
        plain("NOTIFY_RECORD", "pbx_call_id=in_1&call_id_with_rec=1.2", &["recordingAvailable"]),
        plain("NOTIFY_IVR", IN, &["legQueued"]),
        row("CALL_TRACKING", posted(pbx, "", &format!("event=CALL_TRACKING&result={tracked}")), &["attributed"]),
        result("SPEECH_RECOGNITION", UNKNOWN),
        result("NUMBER_LOOKUP", UNKNOWN),
        result("SMS", UNKNOWN),
        result("DOCUMENT", UNKNOWN),
        told("any other event", "NOTIFY_TELEPORT", IN, UNKNOWN),
        row(
            "/v1/request/callback/",
            placed(pbx, 200, r#"{"status":"success","from":101,"to":7916,"time":1}"#),
            &["accepted"],
        ),
        row(
            "/v1/statistics/pbx/",
            history(pbx, &page, &statistics.to_string()),
            &["callCreated", "callEnded answered", "legAnswered", "legCleared", "legOffered", "recordingAvailable"],
        ),
    ]
}

fn refused(refusal: Refusal) -> Route {
    Route { refuse: Some(refusal), ..Route::default() }
}

/// What the first notification of a call is answered.
fn reply(pbx: &dyn Pbx, word: &'static str, route: &Route, means: &'static [&'static str]) -> Row {
    let request = WebhookRequest {
        method: "POST".to_owned(),
        path: String::new(),
        headers: vec![("Content-Type".to_owned(), b"application/x-www-form-urlencoded".to_vec())],
        body: Bytes::from(format!("event=NOTIFY_START&{IN}")),
    };
    assert!(pbx.incoming(&request).is_some(), "it asks how the call is routed");
    let reply = pbx.route_reply(&request, route).expect("an answer").reply;
    let reply: serde_json::Value = serde_json::from_slice(&reply.body).expect("JSON");
    let said = ["redirect", "hangup"].into_iter().filter_map(|name| {
        let value = reply.get(name)?;
        Some(format!("{name} {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
    });
    row(word, said.collect(), means)
}
