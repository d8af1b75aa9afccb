//! RingCloud: §5.1.

use std::collections::BTreeSet;

use calls::VendorEvent;
use pbx::{Pbx, PollStart, session::Moment};
use serde_json::{Value, json};

use super::{
    Row, row,
    told::{answer, effects, placed},
};

pub(super) fn rows(pbx: &dyn Pbx) -> Vec<Row> {
    let listed = |list: &str, rows: &[Value]| -> Vec<VendorEvent> {
        crate::ringcloud::listed(pbx, list, &json!(rows).to_string(), trubka_fuzz::now().wall)
    };
    let over = |word, told: Value, means| row(word, effects(&listed("complete", &[told])), means);
    let outgoing = |word: &'static str, means| over(word, ended(word, "outgoing", Value::Null), means);
    let active = |seconds: u32| json!({"status": "current", "src": "79161234567", "dst": "401", "seconds": seconds});
    vec![
        row("success", placed(pbx, 200, r#"{"status":"success","message":null,"data":null}"#), &["accepted"]),
        // Seen for the first time it may have begun long before, so it is told as a call of which a part is known.
        row("current", effects(&listed("active", &[active(4)])), &["legQueued", "legRinging"]),
        row("seconds", told_last(pbx, &[json!([active(4)]), json!([active(64)])]), &["goes on"]),
        // The book takes it for over once two lists lack it.
        row("absent", told_last(pbx, &[json!([active(4)]), json!([])]), &["is not listed"]),
        outgoing("ANSWERED", &["callCreated", "callEnded answered", "legAnswered", "legOffered", "legRinging"]),
        outgoing("NO ANSWER", &["callCreated", "callEnded noAnswer", "legOffered", "legRinging"]),
        outgoing("BUSY", &["callCreated", "callEnded busy", "legOffered", "legRinging"]),
        outgoing("FAILED", &["callCreated", "callEnded failed", "legOffered", "legRinging"]),
        over("incoming", ended("BUSY", "incoming", Value::Null), &["callCreated", "callEnded missed", "legQueued"]),
        over("internal", ended("BUSY", "internal", Value::Null), &["callCreated", "callEnded busy", "legOffered"]),
        over(
            "outgoing",
            ended("NO ANSWER", "outgoing", json!("")),
            &["callCreated", "callEnded noAnswer", "legOffered", "legRinging"],
        ),
        over("null", ended("BUSY", "internal", Value::Null), &["callCreated", "callEnded busy", "legOffered"]),
        over("rec_file empty", ended("BUSY", "internal", json!("")), &["callCreated", "callEnded busy", "legOffered"]),
        over("None", ended("BUSY", "internal", json!("None")), &["callCreated", "callEnded busy", "legOffered"]),
        over(
            "rec_file",
            ended("ANSWERED", "internal", json!("v1/users/111111/records/1.mp3")),
            &["callCreated", "callEnded answered", "legAnswered", "legOffered", "recordingAvailable"],
        ),
        row("error", placed(pbx, 400, r#"{"status":"error","message":"no","data":null}"#), &["rejected"]),
    ]
}

/// What the last of these lists of active calls tells, read a minute apart: its events, and whether a call is in it.
fn told_last(pbx: &dyn Pbx, lists: &[Value]) -> BTreeSet<String> {
    let begun = trubka_fuzz::now();
    let start = PollStart { held: Vec::new(), zone: jiff::tz::TimeZone::UTC, is_zone_settled: true, now: begun };
    let mut poller = pbx.poller(start).expect("it asks");
    let (mut lists, mut told) = (lists.iter(), BTreeSet::new());
    loop {
        let (due, request) = poller.due();
        let after = due.saturating_duration_since(begun.monotonic);
        let now = Moment { monotonic: begun.monotonic + after, wall: begun.wall + after };
        let is_active = request.url.path().ends_with("/active");
        let rows = if is_active { lists.next() } else { None };
        if is_active && rows.is_none() {
            return told;
        }
        let data = rows.cloned().unwrap_or(json!([]));
        let body = json!({"status": "success", "message": null, "data": data}).to_string();
        let found = poller.read(Ok(&answer(200, &body)), now, now).expect("is read");
        if let Some(snapshot) = found.snapshot.filter(|_| is_active) {
            let events = found.events.iter().chain(&snapshot.events).flat_map(|event| &event.effects);
            told = events.map(|effect| format!("{effect:?}")).collect();
            told.insert(if snapshot.calls.is_empty() { "is not listed" } else { "goes on" }.to_owned());
        }
    }
}

fn ended(disposition: &str, direction: &str, rec_file: Value) -> Value {
    json!({"status": "complete", "src": "401", "dst": "79161234567", "direction": direction,
        "call_start_time": 1_772_442_000, "call_end_time": 1_772_442_060, "duration": 60,
        "disposition": disposition, "rec_file": rec_file})
}
