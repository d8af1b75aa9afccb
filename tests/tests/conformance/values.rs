//! The words by which PBXs say what happens: each has one meaning, and here is one message with it. What a make does not
//! know it keeps as unknown, so a word that is lost from its reading fails here.

use std::collections::{BTreeMap, BTreeSet};

use calls::{Source, VendorEvent};
use jiff::tz::TimeZone;
use pbx::{DecodeContext, Delivery, Make, Pbx, SessionInput, WebhookRequest};
use serde_json::{Value, json};

/// A word, a message with it, and what it must mean: the effects, in the words of the log, with the result of a call where
/// the PBX says it. That the parties are told beside
/// them goes without saying.
pub(crate) struct Row {
    word: &'static str,
    message: String,
    means: &'static [&'static str],
}

fn row(word: &'static str, message: String, means: &'static [&'static str]) -> Row {
    Row { word, message, means }
}

const UNKNOWN: &[&str] = &["unknown"];
/// It says nothing but who takes part.
const UPDATED: &[&str] = &["callUpdated"];

fn rostelecom() -> Vec<Row> {
    let told = |state: &'static str, more: Value, means| {
        let mut body = json!({"session_id": "1", "timestamp": "2026-03-02 12:00:20.100", "type": "incoming",
            "from_number": "+79161234567", "request_number": "+74951234567", "state": state});
        let more = more.as_object().expect("fields").clone();
        body.as_object_mut().expect("fields").extend(more);
        row(state, format!("/call_events\n{body}"), means)
    };
    let pin = json!({"request_pin": "101"});
    let asks = json!({"domain": "1.20.rt.ru", "from_number": "79161234567", "request_number": "74951234567"});
    vec![
        told("new", json!({}), &["callCreated", "legQueued"]),
        told("calling", pin.clone(), &["legRinging"]),
        told("connected", pin.clone(), &["legAnswered"]),
        told("disconnected", pin, &["legCleared"]),
        told("end", json!({"is_record": "true"}), &["callEnded", "recordingAvailable"]),
        told("analytics", json!({}), UNKNOWN),
        row("get_number_info", format!("/get_number_info\n{asks}"), &[]),
        row("history_file_completed", "/history_file_completed\n{\"order_id\":\"1\",\"result\":\"0\"}".to_owned(), &[]),
    ]
}

fn zadarma() -> Vec<Row> {
    const OUT: &str = "pbx_call_id=out_1&internal=101&destination=79161234567";
    const IN: &str = "pbx_call_id=in_1&caller_id=79161234567&called_did=74951234567";
    let told = |event: &'static str, more: &str, means| {
        row(event, format!("\nevent={event}&call_start=2026-03-02+12%3A00%3A20&{more}"), means)
    };
    let inside = format!("{IN}&internal=101");
    let over = "&duration=42&disposition=answered&status_code=16&is_recorded=1&call_id_with_rec=1.2";
    let ended: &[&str] = &["callEnded answered", "legCleared", "recordingStarted"];
    let result = |event, means| row(event, format!("\nevent={event}&result=%7B%7D"), means);
    vec![
        told("NOTIFY_START", IN, &["callCreated", "legQueued"]),
        told("NOTIFY_INTERNAL", &inside, &["legRinging"]),
        told("NOTIFY_INTERNAL_END", &inside, &["legCleared"]),
        told("NOTIFY_ANSWER", &format!("{inside}&destination=101"), &["legAnswered"]),
        told("NOTIFY_END", &format!("{inside}&last_internal=101{over}"), ended),
        told("NOTIFY_OUT_START", OUT, &["callCreated", "legOffered"]),
        told("NOTIFY_OUT_END", &format!("{OUT}{over}"), ended),
        told("NOTIFY_RECORD", "pbx_call_id=in_1&call_id_with_rec=1.2", &["recordingAvailable"]),
        told("NOTIFY_IVR", IN, &["legQueued"]),
        result("CALL_TRACKING", UNKNOWN),
        result("NUMBER_LOOKUP", UNKNOWN),
        result("SMS", UNKNOWN),
        result("SPEECH_RECOGNITION", UNKNOWN),
        result("DOCUMENT", UNKNOWN),
        row(
            "callstart",
            "\ncallstart=2026-03-02+12%3A00%3A20&caller_id=79161234567&called_did=74951234567".to_owned(),
            &["callCreated", "legQueued"],
        ),
    ]
}

fn mango_vpbx() -> Vec<Row> {
    let call = |word: &'static str, seq: u8, state: &str, location: &str, means| {
        let to = match location {
            "abonent" => json!({"extension": "101", "number": "101", "line_number": "74951234567"}),
            _ => json!({"number": "74951234567", "line_number": "74951234567"}),
        };
        let body = json!({"entry_id": "e1", "call_id": "c1", "seq": seq, "timestamp": 1_772_442_020, "call_state": state,
            "location": location, "from": {"number": "79161234567"}, "to": to, "disconnect_reason": 1110});
        row(word, format!("/events/call\n{body}"), means)
    };
    let told = |path: &'static str, body: Value, means| row(path, format!("/{path}\n{body}"), means);
    let summary = json!({"entry_id": "e1", "call_direction": 1, "from": {"number": "79161234567"},
        "to": {"extension": "101"}, "line_number": "74951234567", "create_time": 1_772_442_000,
        "forward_time": 1_772_442_001, "talk_time": 1_772_442_010, "end_time": 1_772_442_060, "entry_result": 1});
    let recording = |word: &'static str, code: u16, means| {
        let body = json!({"recording_id": "r1", "recording_state": word, "seq": 1, "entry_id": "e1", "call_id": "c1",
            "extension": "101", "timestamp": 1_772_442_060, "completion_code": code});
        row(word, format!("/events/recording\n{body}"), means)
    };
    let added =
        json!({"entry_id": "e1", "product_id": 1, "user_id": -1, "timestamp": 1_772_442_090, "recording_id": "r1"});
    let digits = json!({"seq": 1, "dtmf": "5", "timestamp": 1_772_442_030, "call_id": "c1", "entry_id": "e1",
        "location": "ivr.2", "initiator": "79161234567"});
    vec![
        call("ivr", 1, "Appeared", "ivr", &["callCreated", "legQueued"]),
        call("queue", 1, "Appeared", "queue", &["callCreated", "legQueued"]),
        call("Appeared", 1, "Appeared", "abonent", &["callCreated", "legRinging"]),
        call("Connected", 2, "Connected", "abonent", &["legAnswered"]),
        call("OnHold", 3, "OnHold", "abonent", &["legHeld"]),
        call("Disconnected", 4, "Disconnected", "abonent", &["legCleared"]),
        told("events/summary", summary, &["callCreated", "callEnded answered"]),
        recording("Started", 1000, &["recordingStarted"]),
        recording("Continued", 1000, &[]),
        recording("Completed", 1000, &[]),
        recording("4002", 4002, &["notRecorded"]),
        told("events/record/added", added, &["recordingAvailable"]),
        told("events/dtmf", digits, &["dtmf"]),
        told("events/record/tagged", json!({"entry_id": "e1"}), UNKNOWN),
        told("events/sms", json!({"entry_id": "e1"}), UNKNOWN),
        told("events/recognized/offline", json!({"entry_id": "e1"}), UNKNOWN),
        told("events/ab/", json!({"entry_id": "e1"}), UNKNOWN),
    ]
}

fn mango_client() -> Vec<Row> {
    let call = |word: &'static str, group: bool, means| {
        let data = json!({"entry_id": "e1", "call_id": "c1", "seq": 1, "timestamp": 1_772_442_020, "state": word,
            "location": "abonent", "from": {"number": "79161234567"}, "is_group_disconnect": group,
            "to": {"extension": "101", "line_number": "74951234567"}});
        row(word, json!({"routeKey": "/call", "data": data}).to_string(), means)
    };
    let told =
        |key: &'static str, data: Value, means| row(key, json!({"routeKey": key, "data": data}).to_string(), means);
    let menu = json!({"entry_id": "e1", "call_id": "c1", "state": "APPEARED", "from": {"number": "79161234567"},
        "to": {"line_number": "74951234567"}});
    let group = Row {
        word: "is_group_disconnect",
        ..call("DISCONNECTED", true, &["callEnded answeredElsewhere", "legCleared"])
    };
    vec![
        told("/ivr", menu, &["callCreated", "legQueued"]),
        call("APPEARED", false, &["callCreated", "legRinging"]),
        call("CONNECTED", false, &["legAnswered"]),
        call("ONHOLD", false, &["legHeld"]),
        call("ON_HOLD", false, &["legHeld"]),
        call("DISCONNECTED", false, &["callEnded", "legCleared"]),
        call("DISONNECTED", false, &["callEnded", "legCleared"]),
        call("DISCONNECT", false, &["callEnded", "legCleared"]),
        group,
        told("/route_result", json!({"command_id": "1", "call_id": "c1", "result": {"code": 0}}), &["routeResult"]),
        told(
            "/record",
            json!({"entry_id": "e1", "recording_id": "r1", "status": "AVAILABLE", "url": "https://files.mango-office.ru/1"}),
            &["recordingAvailable"],
        ),
    ]
}

fn era() -> Vec<Row> {
    let told = |event: &'static str, more: Value, means| {
        let mut data = json!({"eventid": event, "eventts": 1_772_442_020_000_u64, "cid": "c1",
            "invitets": 1_772_442_020_000_u64, "connectionid": "c1.1", "acallid": "a", "bcallid": "b",
            "fromouter": true, "fromusername": "79161234567", "callednum": "74951234567"});
        data.as_object_mut().expect("fields").extend(more.as_object().expect("fields").clone());
        row(event, json!(["event", {"id": "s1", "event": event, "data": data}]).to_string(), means)
    };
    let fork = json!({"forkcallid": "b", "forkcallednum": "101", "forkdir": "in", "sipcode": 486, "redirectto": "102"});
    let key = json!({"key": "fs:1"});
    vec![
        told("callevents.invite", json!({}), &["callCreated", "legOffered"]),
        told("callevents.dlg_init", json!({}), UPDATED),
        told("callevents.dlg_call", json!({}), UPDATED),
        told("callevents.fork_start", fork.clone(), &["legRinging"]),
        told("callevents.fork_redirect", fork.clone(), &["legCleared"]),
        told("callevents.fork_stop", fork, &["legCleared"]),
        told("callevents.dlg_start", json!({}), &["legAnswered"]),
        told("callevents.hold", json!({"side": "b"}), &["legHeld"]),
        told("callevents.unhold", json!({"side": "b"}), &["legRetrieved"]),
        told("callevents.refer", json!({"side": "b", "referto": "102"}), &["legOffered", "transferStarted"]),
        told("callevents.refer_aborted", json!({"side": "b"}), &["legCleared"]),
        told("callevents.referring_invite", json!({"side": "b"}), UPDATED),
        told("callevents.replaces_refer", json!({"side": "b"}), UPDATED),
        told("callevents.dlg_end", json!({"completiontype": "bye"}), &["callEnded", "legAnswered", "legCleared"]),
        told("callevents.dlg_stop", json!({}), &["callEnded", "legCleared"]),
        told("callevents.dlg_dead", json!({}), &["callEnded", "legCleared"]),
        told("ccsevents.call_dtmf", json!({"dtmf": "5"}), &["dtmf"]),
        told("ccsevents.connection_start_record", json!({}), &["recordingStarted"]),
        told("ccsevents.connection_set_record_info", key, &["recordingAvailable"]),
        told("ccsevents.connection_failure", json!({}), &["callEnded", "legCleared"]),
        told("ivrevents.init", json!({}), &["legQueued"]),
        told("callevents.teleport", json!({}), UNKNOWN),
    ]
}

fn ringcloud() -> Vec<Row> {
    let listed = |word, list: &str, told: Value, means| row(word, format!("{list}\n[{told}]"), means);
    let ended = |disposition: &str, direction: &str, rec_file: Value| {
        json!({"status": "complete", "src": "401", "dst": "79161234567", "direction": direction,
            "call_start_time": 1_772_442_000, "call_end_time": 1_772_442_060, "duration": 60,
            "disposition": disposition, "rec_file": rec_file})
    };
    let active = json!({"status": "current", "src": "79161234567", "dst": "401", "seconds": 4});
    let outgoing = |word: &'static str, means| listed(word, "complete", ended(word, "outgoing", Value::Null), means);
    let recorded = ended("ANSWERED", "internal", json!("v1/users/111111/records/1.mp3"));
    vec![
        // Seen for the first time it may have begun long before, so it is told as a call of which a part is known.
        listed("current", "active", active, &["legQueued", "legRinging"]),
        outgoing("ANSWERED", &["callCreated", "callEnded answered", "legAnswered", "legOffered", "legRinging"]),
        outgoing("NO ANSWER", &["callCreated", "callEnded noAnswer", "legOffered", "legRinging"]),
        outgoing("BUSY", &["callCreated", "callEnded busy", "legOffered", "legRinging"]),
        outgoing("FAILED", &["callCreated", "callEnded failed", "legOffered", "legRinging"]),
        listed(
            "incoming",
            "complete",
            ended("BUSY", "incoming", Value::Null),
            &["callCreated", "callEnded missed", "legQueued"],
        ),
        listed(
            "None",
            "complete",
            ended("BUSY", "internal", json!("None")),
            &["callCreated", "callEnded busy", "legOffered"],
        ),
        listed(
            "rec_file",
            "complete",
            recorded,
            &["callCreated", "callEnded answered", "legAnswered", "legOffered", "recordingAvailable"],
        ),
    ]
}

/// The rows of every page.
fn rows() -> BTreeMap<&'static str, Vec<Row>> {
    [
        ("rostelecom", rostelecom()),
        ("zadarma", zadarma()),
        ("mango-vpbx", mango_vpbx()),
        ("mango-client", mango_client()),
        ("era", era()),
        ("ringcloud", ringcloud()),
    ]
    .into()
}

#[test]
fn every_word_of_a_pbx_has_one_meaning() {
    let rows = rows();
    let mut wrong = Vec::new();
    for make in pbx::MAKES.iter().copied() {
        let rows = rows.get(make.page).unwrap_or_else(|| panic!("{make} has no words here"));
        let words: BTreeSet<&str> = rows.iter().map(|row| row.word).collect();
        assert_eq!(words.len(), rows.len(), "{make}: a word stands twice");
        for row in rows {
            assert!(row.message.contains(row.word), "{make}: {} is not in its message", row.word);
            let found = meaning(make, &row.message);
            let expected: BTreeSet<String> = row.means.iter().map(|effect| (*effect).to_owned()).collect();
            if found != expected {
                wrong.push(format!("{make}, {}: {found:?} instead of {expected:?}", row.word));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The effects of a message, each once.
fn meaning(make: Make, message: &str) -> BTreeSet<String> {
    let pbx = trubka_fuzz::configured(make);
    let events = match make.delivery {
        Delivery::Webhook => posted(pbx.as_ref(), message),
        Delivery::Polling => {
            let (list, rows) = message.split_once('\n').expect("a list and its rows");
            crate::ringcloud::listed(pbx.as_ref(), list, rows, trubka_fuzz::now().wall)
        }
        Delivery::Socket | Delivery::SocketPerExtension => {
            let mut session = trubka_fuzz::live(pbx.as_ref(), make);
            let outputs = session.step(SessionInput::Text(message), trubka_fuzz::now());
            outputs.into_iter().flat_map(|output| output.events().to_vec()).collect()
        }
    };
    assert!(!events.is_empty(), "{make}: nothing is kept of {message}");
    let name = |effect: &calls::Effect| {
        let written = serde_json::to_value(effect).expect("is written");
        let words = [&written["effect"], &written["result"]].into_iter().filter_map(Value::as_str);
        words.collect::<Vec<_>>().join(" ")
    };
    let mut effects: BTreeSet<String> = events.iter().flat_map(|event| &event.effects).map(name).collect();
    if effects.len() > 1 {
        effects.remove(UPDATED[0]);
    }
    effects
}

/// A path and a body, as the PBX posts them.
fn posted(pbx: &dyn Pbx, message: &str) -> Vec<VendorEvent> {
    let (path, body) = message.split_once('\n').expect("a path and a body");
    let is_json = body.starts_with('{');
    let kind = if is_json { "application/json" } else { "application/x-www-form-urlencoded" };
    let mut request = WebhookRequest {
        method: "POST".to_owned(),
        path: path.to_owned(),
        headers: vec![("Content-Type".to_owned(), kind.as_bytes().to_vec())],
        body: bytes::Bytes::copy_from_slice(body.as_bytes()),
    };
    pbx.sign_webhook(&mut request).unwrap_or_else(|error| panic!("{message}: {error}"));
    let verified = pbx.verify(&request).unwrap_or_else(|error| panic!("{message}: {error}"));
    let zone = TimeZone::get("Europe/Moscow").expect("a zone");
    let context = DecodeContext { received_at: trubka_fuzz::now().wall, zone, source: Source::Webhook };
    pbx.decode(verified, &context).events
}
