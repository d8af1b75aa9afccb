//! Statistics of finished calls. The basic ones are a table as the manual prints it, fields between semicolons; the
//! extended ones are calls with their legs. Both are made first and fetched by a key later.

use std::fmt::Write;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use jiff::civil::DateTime;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::MangoVpbx;
use super::api::{NO_PARAMETER, Refusal, WRONG_PARAMETER, text};
use super::entry::{Entry, Side};
use crate::play::CallKind;
use crate::staff::Staff;
use crate::world::lock;

/// The fields that are given where none are named.
const USUAL: &str = "records,start,finish,answer,from_extension,from_number,to_extension,to_number,disconnect_reason,\
                     line_number,location";
/// How many calls may be asked for at once.
const LIMITS: [usize; 10] = [1, 5, 10, 20, 50, 100, 500, 1000, 2000, 5000];
/// Wrong dates.
const WRONG_DATES: Refusal = Refusal(StatusCode::BAD_REQUEST, 3111);

/// Statistics that were asked for.
#[derive(Debug, Clone)]
pub(super) struct Ordered {
    made: Made,
    /// Somebody has asked for them: they are being made until then.
    asked: bool,
}

#[derive(Debug, Clone)]
enum Made {
    Table(String),
    Calls(Value),
}

/// Orders a table of the calls of a span.
pub(super) fn order_table(pbx: &MangoVpbx, request: &Value) -> Result<Value, Refusal> {
    let time = |name: &str| {
        let seconds = text(&request[name]).and_then(|text| text.parse().ok()).ok_or(NO_PARAMETER)?;
        Timestamp::from_second(seconds).map_err(|_| WRONG_DATES)
    };
    let (from, to) = (time("date_from")?, time("date_to")?);
    if from > to || to.duration_since(from) > SignedDuration::from_hours(31 * 24) {
        return Err(WRONG_DATES);
    }
    let table = table(lock(&pbx.shared.entries).iter(), from, to, request["fields"].as_str());
    Ok(kept(pbx, Made::Table(table.ok_or(WRONG_PARAMETER)?)))
}

/// Orders the calls of a span, whose dates are in Moscow's time.
pub(super) fn order_calls(pbx: &MangoVpbx, request: &Value) -> Result<Value, Refusal> {
    let moscow = TimeZone::get("Europe/Moscow").unwrap_or(TimeZone::UTC);
    let time = |name: &str| {
        let written = request[name].as_str().ok_or(NO_PARAMETER)?;
        let read = strtime::parse("%d.%m.%Y %H:%M:%S", written).and_then(|read| read.to_datetime());
        read.and_then(|local: DateTime| local.to_zoned(moscow.clone()))
            .map(|at| at.timestamp())
            .map_err(|_| WRONG_DATES)
    };
    let (from, to) = (time("start_date")?, time("end_date")?);
    if from > to || to.duration_since(from) >= SignedDuration::from_hours(30 * 24) {
        return Err(WRONG_DATES);
    }
    let number = |name: &str| text(&request[name]).and_then(|text| text.parse::<usize>().ok()).ok_or(NO_PARAMETER);
    let (limit, skip) = (number("limit")?, number("offset")?);
    if !LIMITS.contains(&limit) {
        return Err(WRONG_PARAMETER);
    }
    let staff = &pbx.shared.world.staff;
    let entries = lock(&pbx.shared.entries);
    let mut of_span: Vec<_> = ended(entries.iter(), from, to).collect();
    of_span.sort_by_key(|(_, entry)| entry.created);
    let list: Vec<Value> =
        of_span.into_iter().skip(skip).take(limit).map(|(id, entry)| call(id, entry, staff)).collect();
    drop(entries);
    let count = list.len();
    let data = json!([{"list": list, "period": from.strftime("%Y-%m-%d").to_string(), "total_calls_count": count}]);
    let mut ordered = kept(pbx, Made::Calls(data));
    ordered["result"] = 1000.into();
    Ok(ordered)
}

fn kept(pbx: &MangoVpbx, made: Made) -> Value {
    let key = pbx.shared.world.new_id().simple().to_string();
    lock(&pbx.shared.statistics).insert(key.clone(), Ordered { made, asked: false });
    json!({"key": key})
}

/// What was ordered; whoever asks first is told that it is not ready.
fn take(pbx: &MangoVpbx, request: &Value) -> Option<(Made, bool)> {
    let mut statistics = lock(&pbx.shared.statistics);
    let ordered = statistics.get_mut(request["key"].as_str()?)?;
    let is_ready = std::mem::replace(&mut ordered.asked, true);
    Some((ordered.made.clone(), is_ready))
}

/// A table that was ordered.
pub(super) fn fetch_table(pbx: &MangoVpbx, request: &Value) -> Response {
    match take(pbx, request) {
        Some((Made::Table(_), false)) => StatusCode::NO_CONTENT.into_response(),
        Some((Made::Table(table), true)) => ([(header::CONTENT_TYPE, "text/csv")], table).into_response(),
        Some((Made::Calls(_), _)) | None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Calls that were ordered.
pub(super) fn fetch_calls(pbx: &MangoVpbx, request: &Value) -> Response {
    let answer = match take(pbx, request) {
        Some((Made::Calls(_), false)) => json!({"result": 1000, "status": "work", "data": []}),
        Some((Made::Calls(data), true)) => json!({"result": 1000, "status": "complete", "data": data}),
        Some((Made::Table(_), _)) | None => json!({"result": 1000, "status": "not-found"}),
    };
    Json(answer).into_response()
}

fn ended<'a>(
    entries: impl Iterator<Item = (&'a String, &'a Entry)>,
    from: Timestamp,
    to: Timestamp,
) -> impl Iterator<Item = (&'a String, &'a Entry)> {
    entries.filter(move |(_, entry)| (from..=to).contains(&entry.created) && entry.ended.is_some())
}

/// One row for each ended call of the span, its fields in the order in which they were asked for; `None` for a field
/// that there is not.
fn table<'a>(
    entries: impl Iterator<Item = (&'a String, &'a Entry)>,
    from: Timestamp,
    to: Timestamp,
    fields: Option<&str>,
) -> Option<String> {
    let mut table = String::new();
    for (id, entry) in ended(entries, from, to) {
        let row: Option<Vec<String>> = fields.unwrap_or(USUAL).split(',').map(|name| field(name, id, entry)).collect();
        // Writing to a text cannot fail.
        let _ = writeln!(table, "{}", row?.join(";"));
    }
    Some(table)
}

fn field(name: &str, id: &str, entry: &Entry) -> Option<String> {
    let seconds = |at: Option<Timestamp>| at.map_or_else(|| "0".to_owned(), |at| at.as_second().to_string());
    let (Side { extension: from_extension, number: from_number }, to) = (entry.from(), entry.to());
    Some(match name.trim() {
        "records" => format!("[{}]", entry.recording_id.as_deref().unwrap_or_default()),
        "create" | "start" => seconds(Some(entry.created)),
        "finish" => seconds(entry.ended),
        "answer" => seconds(entry.answered),
        "from_extension" => from_extension,
        "from_number" => from_number,
        "to_extension" => to.extension,
        "to_number" => to.number,
        "disconnect_reason" => entry.reason.to_string(),
        "line_number" => entry.line.clone(),
        "location" => "abonent".to_owned(),
        "entry_id" => id.to_owned(),
        _ => return None,
    })
}

/// A call of the extended statistics. An employee stands in it by his SIP account.
fn call(id: &str, entry: &Entry, staff: &Staff) -> Value {
    let (from, to) = (entry.from(), entry.to());
    let sip = |extension: &str| if extension.is_empty() { Value::Null } else { staff.sip(extension).into() };
    let name = |extension: &str| staff.employee(extension).map(|employee| employee.name.clone());
    let is_placed = matches!(entry.kind, CallKind::Outgoing | CallKind::Callback);
    let own = if is_placed { &from.extension } else { &to.extension };
    let ended = entry.ended.unwrap_or(entry.created);
    let seconds = |until: Timestamp, since: Timestamp| until.duration_since(since).as_secs().max(0);
    let talk = entry.answered.map_or(0, |answered| seconds(ended, answered));
    let recordings: Vec<&str> = entry.recording_id.as_deref().into_iter().collect();
    let caller = if from.extension.is_empty() { from.number.clone().into() } else { sip(&from.extension) };
    let called = match entry.kind {
        CallKind::Incoming => entry.line.trim_start_matches('+').to_owned(),
        CallKind::Internal => to.extension.clone(),
        CallKind::Outgoing | CallKind::Callback => to.number.clone(),
    };
    json!({
        "entry_id": id,
        "context_type": match entry.kind {
            CallKind::Incoming => 1,
            CallKind::Outgoing | CallKind::Callback => 2,
            CallKind::Internal => 3,
        },
        "context_status": u8::from(talk > 0),
        "caller_id": null,
        "caller_name": name(&from.extension).unwrap_or_else(|| from.number.clone()),
        "caller_number": caller,
        "called_number": called,
        "context_start_time": entry.created.as_second(),
        "duration": seconds(ended, entry.created),
        "talk_duration": talk,
        "recall_status": 2,
        "context_init_type": if entry.kind == CallKind::Callback { 4 } else { 0 },
        "context_calls": [{
            "call_type": if is_placed { "number" } else { "user" },
            "call_abonent_id": 1,
            "call_abonent_info": name(own),
            "call_abonent_number": if is_placed { Value::Null } else { sip(own) },
            "call_start_time": entry.created.as_second(),
            "call_answer_time": entry.answered.map(Timestamp::as_second),
            "call_end_time": ended.as_second(),
            "talk_duration": talk,
            "hold_duration": null,
            "call_end_reason": entry.reason,
            "recording_id": recordings,
            "members": null,
        }],
    })
}
