//! Extended statistics of finished calls: calls with their legs. They are made first and fetched by a key; meanwhile the
//! answer may hold a part of them already.

use axum::Json;
use axum::response::{IntoResponse, Response};
use jiff::civil::DateTime;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::MangoVpbx;
use super::api::{NO_PARAMETER, Refusal, WRONG_PARAMETER, text};
use super::entry::{Entry, Side};
use super::leg_record::LegRecord;
use super::statistics::{WRONG_DATES, ended};
use crate::play::CallKind;
use crate::reading::Reading;
use crate::world::{World, lock};

impl Reading {
    /// Extended statistics name employees by their phones.
    pub const STATISTICS_BY_SIP: Self = Self::new(
        "statistics-by-sip",
        "extended statistics name an employee by the SIP address of his phone; otherwise by his extension",
    );
    /// Extended statistics are there at once.
    pub const STATISTICS_COME_AT_ONCE: Self = Self::new(
        "statistics-come-at-once",
        "extended statistics are complete when they are first fetched; otherwise they are being made then, and their first half is told",
    );
}

/// How many calls may be asked for at once.
const LIMITS: [usize; 10] = [1, 5, 10, 20, 50, 100, 500, 1000, 2000, 5000];
/// The shortest text that is searched for.
const SHORTEST_SEARCH: usize = 3;

/// Calls that were asked for.
#[derive(Debug, Clone)]
pub(super) struct Ordered {
    calls: Vec<Value>,
    /// The first day.
    period: String,
    /// How often they were fetched.
    fetched: u32,
}

/// Orders the calls of a span, whose dates are in Moscow's time.
pub(super) fn order(pbx: &MangoVpbx, request: &Value) -> Result<Value, Refusal> {
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
    let search = request["search_string"].as_str();
    if search.is_some_and(|search| search.chars().count() < SHORTEST_SEARCH) {
        return Err(WRONG_PARAMETER);
    }
    let world = &pbx.shared.world;
    let entries = lock(&pbx.shared.entries);
    let mut of_span: Vec<_> = ended(entries.iter(), from, to).collect();
    of_span.sort_by_key(|(_, entry)| entry.created);
    let all = of_span.into_iter().map(|(id, entry)| call(id, entry, world)).filter(|call| is_wanted(call, request));
    let calls = all.skip(skip).take(limit).collect();
    drop(entries);
    let key = world.new_id().simple().to_string();
    let ordered = Ordered { calls, period: from.strftime("%Y-%m-%d").to_string(), fetched: 0 };
    lock(&pbx.shared.extended).insert(key.clone(), ordered);
    Ok(json!({"result": 1000, "key": key}))
}

/// Whether a call fits what was asked for.
fn is_wanted(call: &Value, request: &Value) -> bool {
    let wanted = |name: &str| request[name].as_array().filter(|wanted| !wanted.is_empty());
    let is_one_of = |name: &str| match wanted(name) {
        Some(wanted) => wanted.iter().any(|one| text(one) == text(&call[name])),
        None => text(&request[name]).is_none_or(|one| Some(one) == text(&call[name])),
    };
    let legs = || call["context_calls"].as_array().into_iter().flatten();
    let has_user = wanted("user_ids")
        .is_none_or(|wanted| legs().any(|leg| wanted.iter().any(|one| text(one) == text(&leg["call_abonent_id"]))));
    // Nobody's calls go to a group as a whole.
    let has_group = wanted("group_ids").is_none();
    let is_found = request["search_string"].as_str().is_none_or(|search| call.to_string().contains(search));
    ["context_type", "context_status", "recall_status"].into_iter().all(is_one_of) && has_user && has_group && is_found
}

/// Calls that were ordered: they are waited for, then made, then there. While they are made, the first of them may be told.
pub(super) fn fetch(pbx: &MangoVpbx, request: &Value) -> Response {
    let mut extended = lock(&pbx.shared.extended);
    let Some(ordered) = request["key"].as_str().and_then(|key| extended.get_mut(key)) else {
        return Json(json!({"result": 1000, "status": "not-found"})).into_response();
    };
    ordered.fetched += 1;
    let (first, rest) = ordered.calls.split_at(ordered.calls.len().div_ceil(2));
    let chunk = |calls: &[Value]| {
        let sum = |name: &str| calls.iter().filter_map(|call| call[name].as_i64()).sum::<i64>();
        json!({
            "period": ordered.period,
            "total_calls_count": calls.len(),
            "total_duration": sum("duration"),
            "total_talk_duration": sum("talk_duration"),
            "list": calls,
        })
    };
    let answer = match ordered.fetched {
        1 if pbx.shared.world.reads(Reading::STATISTICS_COME_AT_ONCE) => {
            json!({"result": 1000, "status": "complete", "data": [chunk(&ordered.calls)]})
        }
        1 => json!({"result": 1000, "status": "work", "data": [chunk(first)]}),
        _ if rest.is_empty() => json!({"result": 1000, "status": "complete", "data": [chunk(first)]}),
        _ => json!({"result": 1000, "status": "complete", "data": [chunk(first), chunk(rest)]}),
    };
    Json(answer).into_response()
}

/// How an employee is named where the page says no more than "number".
fn number(world: &World, side: &Side) -> Value {
    if side.extension.is_empty() {
        return if side.number.is_empty() { Value::Null } else { side.number.clone().into() };
    }
    if world.reads(Reading::STATISTICS_BY_SIP) { world.staff.sip(&side.extension) } else { side.extension.clone() }
        .into()
}

/// The id of an employee, and the name.
fn employee(world: &World, extension: &str) -> (Value, Option<String>) {
    let place = world.staff.employees.iter().position(|employee| employee.extension == extension);
    let name = place.map(|place| world.staff.employees[place].name.clone());
    (place.map_or(Value::Null, |place| (place + 1).into()), name)
}

fn seconds(from: Timestamp, to: Timestamp) -> i64 {
    to.duration_since(from).as_secs().max(0)
}

/// One call with its legs.
fn call(id: &str, entry: &Entry, world: &World) -> Value {
    let from = entry.from();
    let ended = entry.ended.unwrap_or(entry.created);
    let talk = entry.answered.map_or(0, |answered| seconds(answered, ended));
    let (caller_id, caller_name) = employee(world, &from.extension);
    let called = match entry.kind {
        CallKind::Incoming => entry.line.clone(),
        CallKind::Internal => entry.to().extension,
        CallKind::Outgoing | CallKind::Callback => entry.customer.clone(),
    };
    let legs: Vec<Value> = entry.legs.iter().map(|record| leg(record, entry, world)).collect();
    json!({
        "entry_id": id,
        "context_type": match entry.kind {
            CallKind::Incoming => 1,
            CallKind::Outgoing | CallKind::Callback => 2,
            CallKind::Internal => 3,
        },
        "context_status": u8::from(talk > 0),
        "caller_id": caller_id,
        "caller_name": caller_name.unwrap_or_else(|| from.number.clone()),
        "caller_number": number(world, &from),
        "called_number": called,
        "context_start_time": entry.created.as_second(),
        "duration": seconds(entry.created, ended),
        "talk_duration": talk,
        "recall_status": 0,
        "context_init_type": 0,
        "context_calls": legs,
    })
}

fn leg(record: &LegRecord, entry: &Entry, world: &World) -> Value {
    let (id, name) = employee(world, &record.called.extension);
    let is_recorded = entry.recorded_leg.as_ref() == Some(&record.call_id);
    let recordings: Vec<&str> = entry.recording_id.as_deref().filter(|_| is_recorded).into_iter().collect();
    let talk = record.answered.zip(record.ended).map_or(0, |(answered, ended)| seconds(answered, ended));
    let mut leg = json!({
        "call_type": if record.called.extension.is_empty() { "number" } else { "user" },
        "call_abonent_id": id,
        "call_abonent_info": name.unwrap_or_else(|| record.called.number.clone()),
        "call_abonent_number": number(world, &record.called),
        "call_start_time": record.began.as_second(),
        "call_answer_time": record.answered.map(Timestamp::as_second),
        "call_end_time": record.ended.map(Timestamp::as_second),
        "call_end_reason": record.reason,
        "talk_duration": talk,
        "hold_duration": record.held.as_secs(),
        "recording_id": recordings,
        "external_call_id": record.call_id,
        "members": [],
    });
    for flag in ["BlindTransfer", "ConsultTransfer", "Intercepted"] {
        leg[flag] = (record.flag == Some(flag)).into();
    }
    leg
}
