//! The statistics of the PBX: one row for each ended call of a span.

use jiff::{Timestamp, civil::DateTime};
use serde_json::{Value, json};

use super::Zadarma;
use super::account::sip_of;
use super::call::{Call, recording_id, zone_of};
use crate::play::CallKind;
use crate::world::lock;

/// The longest answer.
const MOST: usize = 1000;

/// Which calls a kind of statistics is about, and how it writes one.
type Kind = (fn(&Call) -> bool, fn(&Zadarma, &str, &Call) -> Value);

/// The rows of `/v1/statistics/` and what follows in the path; `None` where a parameter is no time or number, or where
/// there is no such kind.
pub(super) fn rows(pbx: &Zadarma, kind: &[&str], field: impl Fn(&str) -> String) -> Option<Value> {
    let world = &pbx.shared.world;
    let (is_meant, row): Kind = match kind {
        ["pbx"] => (|_| true, row),
        [] => (|call| call.kind != CallKind::Incoming, paid_row),
        ["incoming-calls"] => (|call| call.kind == CallKind::Incoming, incoming_row),
        // Nobody has a widget here.
        ["callback_widget"] => (|_| false, row),
        _ => return None,
    };
    let time = |name: &str, usual: Timestamp| {
        let text = field(name);
        if text.is_empty() {
            return Some(usual);
        }
        let date = DateTime::strptime("%Y-%m-%d %H:%M:%S", &text).ok()?;
        Some(date.to_zoned(zone_of(world.zone())).ok()?.timestamp())
    };
    let number = |name: &str, usual: usize| {
        let text = field(name);
        if text.is_empty() { Some(usual) } else { text.parse().ok() }
    };
    let now = world.now();
    let month_ago = now.checked_sub(jiff::SignedDuration::from_hours(30 * 24)).unwrap_or(now);
    let (start, end) = (time("start", month_ago)?, time("end", now)?);
    let (skip, limit) = (number("skip", 0)?, number("limit", MOST)?.min(MOST));
    let (wanted, line) = (field("call_type"), field("sip"));
    let is_of_line = |call: &Call| {
        let extension = if call.kind == CallKind::Incoming { &call.answered_by } else { &call.caller };
        line.is_empty() || line == *extension || line == sip_of(extension)
    };
    let calls = lock(&pbx.shared.calls);
    let mut found: Vec<(&String, &Call)> = calls
        .iter()
        .filter(|(_, call)| (start..=end).contains(&call.began) && call.ended.is_some())
        .filter(|(_, call)| is_meant(call) && (wanted.is_empty() || wanted == direction(call)))
        .filter(|(_, call)| kind == ["pbx"] || is_of_line(call))
        .collect();
    found.sort_by_key(|(_, call)| call.began);
    let costs = kind.is_empty() && !field("cost_only").is_empty();
    let (skip, limit) = if costs { (0, usize::MAX) } else { (skip, limit) };
    let mut rows: Vec<Value> = found.into_iter().skip(skip).take(limit).map(|(id, call)| row(pbx, id, call)).collect();
    if costs {
        let sum = |name: &str| rows.iter().filter_map(|row| row[name].as_f64()).sum::<f64>();
        rows = vec![json!({"cost": sum("billcost"), "currency": "USD", "seconds": sum("billseconds")})];
    }
    Some(json!({
        "status": "success",
        "start": pbx.time(start),
        "end": pbx.time(end),
        "version": 2,
        "stats": rows,
    }))
}

fn direction(call: &Call) -> &'static str {
    if call.kind == CallKind::Incoming { "in" } else { "out" }
}

fn row(pbx: &Zadarma, id: &str, call: &Call) -> Value {
    let incoming = call.kind == CallKind::Incoming;
    let sip = if incoming { &call.answered_by } else { &call.caller };
    json!({
        "call_id": recording_id(id),
        "sip": sip,
        "callstart": pbx.time(call.began),
        "clid": if incoming { &call.customer } else { &call.caller },
        "destination": if incoming { &call.line } else { &call.customer },
        "disposition": call.disposition,
        "seconds": call.duration(),
        "is_recorded": call.recording.is_some(),
        "pbx_call_id": id,
    })
}

fn paid_row(pbx: &Zadarma, id: &str, call: &Call) -> Value {
    json!({
        "id": recording_id(id),
        "sip": call.caller,
        "callstart": pbx.time(call.began),
        "from": call.line,
        "to": call.customer,
        "description": "Russia, mobile",
        "disposition": call.disposition,
        "billseconds": call.duration(),
        "cost": 0.045,
        "billcost": 0.045 * call.duration() as f64 / 60.0,
        "currency": "USD",
    })
}

fn incoming_row(pbx: &Zadarma, id: &str, call: &Call) -> Value {
    json!({
        "id": recording_id(id),
        "sip": call.answered_by,
        "callstart": pbx.time(call.began),
        "from": call.customer,
        "to": call.line,
        "billseconds": call.duration(),
        "disposition": call.disposition,
        "description": "",
    })
}
