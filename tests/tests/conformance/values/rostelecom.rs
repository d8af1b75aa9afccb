//! Rostelecom: §5.5.

use calls::Source;
use pbx::{HistoryPlace, Pbx};
use serde_json::{Value, json};

use super::{
    Row, UNKNOWN, row,
    told::{answer, context, effects, history, placed, posted},
};

pub(super) fn rows(pbx: &dyn Pbx) -> Vec<Row> {
    let told = |word: &'static str, state: &str, more: Value, means| {
        let mut body = json!({"session_id": "1", "timestamp": "2026-03-02 12:00:20.100", "type": "incoming",
            "from_number": "+79161234567", "request_number": "+74951234567", "state": state});
        let more = more.as_object().expect("fields").clone();
        body.as_object_mut().expect("fields").extend(more);
        row(word, posted(pbx, "/call_events", &body.to_string()), means)
    };
    let pin = json!({"request_pin": "101"});
    let placing = json!({"type": "outbound", "from_pin": "101", "request_number": "+79161234567"});
    let inside = json!({"type": "internal", "from_pin": "101", "request_pin": "102"});
    let asks = json!({"domain": "1.20.rt.ru", "from_number": "79161234567", "request_number": "74951234567"});
    let asked = |word: &'static str, body: &str, means| row(word, posted(pbx, &format!("/{word}"), body), means);
    let info = |word: &'static str, more: Value, means| {
        let mut info = json!({"call_type": "1", "direction": "1", "state": "1", "orig_number": "79161234567",
            "dest_number": "74951234567", "answering_pin": "101", "start_call_date": "1772442020", "duration": "42",
            "is_voicemail": false, "is_record": false, "is_fax": false});
        info.as_object_mut().expect("fields").extend(more.as_object().expect("fields").clone());
        let body = json!({"result": "0", "resultMessage": "OK", "info": info}).to_string();
        let call = pbx.read_call_details("1", &answer(200, &body), &context(Source::Replay));
        row(word, effects(&call.expect("is read").expect("a call").events), means)
    };
    let call_back = |word, body: Value, means| row(word, placed(pbx, 200, &body.to_string()), means);
    let export = HistoryPlace::Export { order: "1".to_owned(), tries: 0 };
    let line = "1;1;1;2;79161234567;;74951234567;;;2026-03-02 11:00:20;0;false;false;false;;\n";
    vec![
        told("new", "new", json!({}), &["callCreated", "legQueued"]),
        told("outbound", "new", placing.clone(), &["callCreated", "legOffered"]),
        told("internal", "new", inside.clone(), &["callCreated", "legOffered"]),
        told("calling", " calling ", pin.clone(), &["legRinging"]),
        told("connected", "connected", pin.clone(), &["legAnswered"]),
        told("request_pin", "connected", json!({"type": "internal", "request_pin": "102"}), &["legAnswered"]),
        told("from_pin", "connected", inside, &["legAnswered"]),
        told("disconnected", " Disconnected ", pin, &["legCleared"]),
        told(
            "disconnect_reason",
            "disconnected",
            json!({"request_pin": "101", "disconnect_reason": "Занято"}),
            &["legCleared busy"],
        ),
        told("end", "end", json!({}), &["callEnded"]),
        told("is_record false", "end", json!({"is_record": "false"}), &["callEnded"]),
        told("is_record true", "end", json!({"is_record": "true"}), &["callEnded", "recordingAvailable"]),
        told("analytics", "analytics", json!({}), UNKNOWN),
        told("any other state", "teleported", json!({}), UNKNOWN),
        asked("get_number_info", &asks.to_string(), &[]),
        asked("history_file_completed", r#"{"order_id":"1","result":"0"}"#, &[]),
        info("call_info", json!({}), &["callCreated", "callEnded answered", "legAnswered"]),
        info("state 1", json!({"state": 1}), &["callCreated", "callEnded answered", "legAnswered"]),
        info("state 2", json!({"state": "2", "duration": "0"}), &["callCreated", "callEnded missed", "legOffered"]),
        info("is_voicemail", json!({"is_voicemail": true}), &["callCreated", "callEnded voicemail", "legOffered"]),
        info("is_fax", json!({"is_fax": true}), &["callCreated", "callEnded fax", "legOffered"]),
        row("domain_call_history", history(pbx, &export, line), &["callCreated", "callEnded missed", "legOffered"]),
        call_back("session_id", json!({"result": "0", "session_id": "1"}), &["accepted, with the call"]),
        call_back(
            "non-zero result and session_id",
            json!({"result": "1", "session_id": "1"}),
            &["accepted, with the call, in doubt"],
        ),
        call_back("non-zero result without session_id", json!({"result": -20}), &["rejected"]),
    ]
}
