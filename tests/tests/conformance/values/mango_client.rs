//! MANGO OFFICE's server-client API: §5.4.

use std::collections::BTreeSet;

use pbx::{Make, Pbx, SessionInput, SessionOutput, WHOLE_ACCOUNT};
use serde_json::{Value, json};

use super::{
    Row, row,
    told::{answer, events, framed, placed, replayed},
};

pub(super) fn rows(make: Make, pbx: &dyn Pbx) -> Vec<Row> {
    let told =
        |word, key: &str, data: Value, means| row(word, framed(make, &json!({"routeKey": key, "data": data})), means);
    let state = |word, state: &str, group: bool, means| told(word, "/call", call(state, group), means);
    let call = |word: &'static str, means| state(word, word, false, means);
    let menu = json!({"entry_id": "e1", "call_id": "c1", "state": "APPEARED", "from": {"number": "79161234567"},
        "to": {"line_number": "74951234567"}});
    let routed = json!({"command_id": "1", "call_id": "c1", "result": {"code": 0}});
    let recorded = json!({"entry_id": "e1", "recording_id": "r1", "status": "AVAILABLE", "url": "https://files.mango-office.ru/1"});
    vec![
        told("/ivr", "/ivr", menu, &["callCreated", "legQueued"]),
        call("APPEARED", &["callCreated", "legRinging"]),
        call("CONNECTED", &["legAnswered"]),
        call("ONHOLD", &["legHeld"]),
        call("ON_HOLD", &["legHeld"]),
        // The fold takes it off hold: only these two makes say so with this word.
        state("CONNECTED (after ONHOLD)", "Connected", false, &["legAnswered"]),
        call("DISCONNECTED", &["callEnded", "legCleared"]),
        call("DISONNECTED", &["callEnded", "legCleared"]),
        call("DISCONNECT", &["callEnded", "legCleared"]),
        state(
            "is_group_disconnect",
            "DISONNECTED",
            true,
            &["callEnded answeredElsewhere", "legCleared answeredElsewhere"],
        ),
        told("/route_result", "/route_result", routed, &["routeResult"]),
        told("AVAILABLE", "/record", recorded, &["recordingAvailable"]),
        row("callback accepted", placed(pbx, 200, r#"{"result":{"code":0}}"#), &["accepted"]),
        row("109", nothing_left(pbx), &["nothing is left"]),
        row("missed-event replay", replayed(&missed(pbx)), &["callCreated", "legRinging"]),
    ]
}

fn call(state: &str, group: bool) -> Value {
    json!({"entry_id": "e1", "call_id": "c1", "seq": 1, "timestamp": 1_772_442_020, "state": state, "location": "abonent",
        "from": {"number": "79161234567"}, "is_group_disconnect": group,
        "to": {"extension": "101", "line_number": "74951234567"}})
}

/// What is told of a batch of missed events, before the answer 109 that nothing is left.
fn missed(pbx: &dyn Pbx) -> Vec<calls::VendorEvent> {
    let batch = json!({"result": {"code": 0}, "events": [{"routeKey": "/call", "data": call("APPEARED", false)}]});
    events(&registered(pbx, &[batch]))
}

/// What the answer 109 says by itself.
fn nothing_left(pbx: &dyn Pbx) -> BTreeSet<String> {
    let outputs = registered(pbx, &[]);
    let is_drained = outputs.iter().any(|output| matches!(output, SessionOutput::Drained { complete: true }));
    is_drained.then(|| "nothing is left".to_owned()).into_iter().collect()
}

/// What a session wants while it begins and is answered these batches of missed events, and then 109.
fn registered(pbx: &dyn Pbx, batches: &[Value]) -> Vec<SessionOutput> {
    let now = trubka_fuzz::now();
    let mut session = pbx.session("101").or_else(|| pbx.session(WHOLE_ACCOUNT)).expect("a session");
    let mut outputs = session.step(SessionInput::Start, now);
    let (mut batches, mut all) = (batches.iter().cloned(), Vec::new());
    for _ in 0..16 {
        let Some(output) = (!outputs.is_empty()).then(|| outputs.remove(0)) else { break };
        if let SessionOutput::Request(request) = &output {
            let body = match request.operation {
                "channel" => json!({"result": {"code": 0}, "url": "wss://pbx.example/channel"}),
                _ => batches.next().unwrap_or(json!({"result": {"code": 109}})),
            };
            outputs.extend(session.step(SessionInput::Answered(Ok(&answer(200, &body.to_string()))), now));
        } else if let SessionOutput::Open(_) = &output {
            outputs.extend(session.step(SessionInput::Opened, now));
        } else if let SessionOutput::Events { hold: true, .. } = &output {
            outputs.extend(session.step(SessionInput::Stored, now));
        }
        all.push(output);
    }
    all
}
