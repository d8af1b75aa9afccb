//! Extended statistics: calls with their legs, as JSON in chunks of a day. A leg's `external_call_id` is the `call_id` of
//! the notifications. Employees stand in it by their SIP accounts, which the list of employees tells apart.

use calls::{CallResult, Customer, Direction, LegRef, LegRole, Line, VendorTime};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::json;

use super::{
    Ready,
    finished_call::{FinishedCall, FinishedLeg},
    forgotten,
};
use crate::{
    error::{Error, ErrorKind},
    fields::{self, Fields, is_call_length},
    mango::codes,
    mango_vpbx::{
        config::Settings,
        events::unanswered,
        leg::{dialled, leg},
        requests, responses,
    },
    party,
    request::{Answer, Request},
    webhook::DecodeContext,
    zone::{self, MOSCOW},
};

/// Calls of one order: one of the numbers that are allowed.
const PAGE: usize = 1000;

/// Orders the calls of a part. The request is in Moscow's time, the answer in Unix seconds.
pub(super) fn order(settings: &Settings, from: Timestamp, until: Timestamp, skip: usize) -> Request {
    let moscow = TimeZone::get(MOSCOW).unwrap_or(TimeZone::UTC);
    let local = |at: Timestamp| at.to_zoned(moscow.clone()).strftime("%d.%m.%Y %H:%M:%S").to_string();
    let body = json!({
        "start_date": local(from), "end_date": local(until), "limit": PAGE.to_string(), "offset": skip.to_string(),
    });
    requests::post(settings, "stats/calls/request", "stats/calls/request/", &body)
}

/// Asks for them.
pub(super) fn fetch(settings: &Settings, key: &str) -> Request {
    requests::post(settings, "stats/calls/result", "stats/calls/result/", &json!({"key": key}))
}

/// The calls, or that they are not there yet: what comes before `complete` may be a part of them.
pub(super) fn read(answer: &Answer, context: &DecodeContext) -> Result<Ready, Error> {
    if matches!(answer.status, 202 | 204) {
        return Ok(Ready::NotYet);
    }
    let fields = answer.fields().filter(|_| answer.is_success()).ok_or_else(|| responses::failure(answer))?;
    let status = fields.text("status").map(|status| status.to_ascii_lowercase());
    match status.as_deref() {
        Some("request" | "work") => return Ok(Ready::NotYet),
        Some("not-found") => return Err(forgotten()),
        Some("complete") => {}
        None if fields.value("data").is_some() => {}
        Some(_) | None => {
            responses::check(answer)?;
            return Err(Error::new(ErrorKind::Internal, "MANGO could not make its statistics"));
        }
    }
    // Where there was no call the list is empty; none at all tells nothing of the time.
    let no_list = || Error::new(ErrorKind::Protocol, "MANGO's statistics are complete and have no list of calls");
    let chunks = fields.array("data").cloned().ok_or_else(no_list)?;
    let chunks = chunks.into_iter().filter_map(Fields::of);
    let rows: Vec<Fields> =
        chunks.flat_map(|chunk| chunk.array("list").cloned().unwrap_or_default()).filter_map(Fields::of).collect();
    let full = (rows.len() >= PAGE).then_some(rows.len());
    let calls = rows.iter().filter_map(|row| call(row, context)).map(FinishedCall::into_history).collect();
    Ok(Ready::Rows { calls, full })
}

/// One call of the list.
fn call(row: &Fields, context: &DecodeContext) -> Option<FinishedCall> {
    let entry = row.text("entry_id")?;
    let began = time(row, "context_start_time", context)?;
    let direction = match row.integer("context_type") {
        Some(1) => Direction::Incoming,
        Some(2) => Direction::Outgoing,
        Some(3) => Direction::Internal,
        Some(_) | None => Direction::Unknown,
    };
    let (caller, called) = (row.text("caller_number"), row.text("called_number"));
    let customer = match direction {
        Direction::Incoming => caller.as_deref().and_then(party::number),
        Direction::Outgoing => called.as_deref().and_then(party::number),
        Direction::Internal => called.as_deref().map(party::user).map(str::to_owned),
        Direction::Unknown => None,
    };
    let customer = Customer { number: customer, name: None };
    let line = (direction == Direction::Incoming).then(|| called.as_deref().and_then(party::number)).flatten();
    let of = Legs { direction, customer: &customer, caller: caller.as_deref().map(party::user), context };
    let listed = row.array("context_calls").cloned().unwrap_or_default();
    let listed: Vec<Fields> = listed.into_iter().filter_map(Fields::of).flat_map(with_members).collect();
    let legs: Vec<FinishedLeg> = listed.iter().flat_map(|leg| of.read(leg)).collect();
    let code = listed.iter().rev().find_map(|leg| leg.integer("call_end_reason"));
    let mut recordings: Vec<String> = listed.iter().flat_map(recordings).collect();
    recordings.sort();
    recordings.dedup();
    let seconds = |name| row.integer(name).filter(|seconds| is_call_length(*seconds)).unwrap_or(0);
    let end = began.utc.checked_add(jiff::SignedDuration::from_secs(seconds("duration"))).unwrap_or(began.utc);
    let last = legs.iter().map(|leg| leg.ended.utc).chain([end]).max()?;
    let talked = seconds("talk_duration") > 0;
    Some(FinishedCall {
        call: entry,
        direction,
        line: Line { number: line, queue: None },
        ended: VendorTime { utc: last, ..began.clone() },
        began,
        legs,
        result: if talked { Some(CallResult::Answered) } else { unanswered(direction, code) },
        reason: code.map(|code| code.to_string()),
        recordings,
        customer,
    })
}

/// A group stands for its members, who are legs of their own.
fn with_members(leg: Fields) -> Vec<Fields> {
    let members: Vec<Fields> =
        leg.array("members").cloned().unwrap_or_default().into_iter().filter_map(Fields::of).collect();
    if members.is_empty() { vec![leg] } else { members }
}

fn recordings(leg: &Fields) -> Vec<String> {
    leg.array("recording_id").into_iter().flatten().filter_map(fields::text).collect()
}

/// What the legs of a call need to be read.
struct Legs<'a> {
    direction: Direction,
    customer: &'a Customer,
    caller: Option<&'a str>,
    context: &'a DecodeContext,
}

impl Legs<'_> {
    /// A leg; none of what only served the PBX itself, as when a conference is set up.
    fn read(&self, row: &Fields) -> Vec<FinishedLeg> {
        let kind = row.text("call_type").map(|kind| kind.to_ascii_lowercase());
        let (Some(began), Some(ended)) =
            (time(row, "call_start_time", self.context), time(row, "call_end_time", self.context))
        else {
            return Vec::new();
        };
        let number = row.text("call_abonent_number");
        let user = number.as_deref().map(party::user).filter(|user| !party::is_phone(user));
        let named = row.text("call_abonent_extension");
        let key = row.text("external_call_id").unwrap_or_else(|| {
            let who = named.as_deref().or(number.as_deref()).unwrap_or_default();
            format!("past/{who}/{}", began.utc.as_second())
        });
        let code = row.integer("call_end_reason");
        let finished = |leg| FinishedLeg {
            leg,
            began: began.clone(),
            answered: time(row, "call_answer_time", self.context),
            ended: ended.clone(),
            cause: code.map(codes::cause).unwrap_or_default(),
            reason: code.map(|code| code.to_string()),
        };
        let name = row.text("call_abonent_info");
        let caller = || self.caller.filter(|caller| !party::is_phone(caller)).map(str::to_owned);
        match (kind.as_deref(), self.direction) {
            (Some("conference" | "group"), _) => Vec::new(),
            (Some("number"), Direction::Outgoing) => {
                let own = LegRef { extension: named.or_else(caller), name, ..leg(key) };
                vec![finished(own), finished(dialled(self.customer))]
            }
            _ => {
                let role = if row.flag("ConsultTransfer") { LegRole::TransferTarget } else { LegRole::Agent };
                let extension = named.or_else(|| user.map(str::to_owned));
                let outside = if extension.is_none() { number.as_deref().and_then(party::number) } else { None };
                let caller = if self.direction == Direction::Internal { caller() } else { None };
                vec![finished(LegRef { role, extension, number: outside, name, caller, ..leg(key) })]
            }
        }
    }
}

/// A time of the statistics; 0 stands for none.
fn time(row: &Fields, name: &str, context: &DecodeContext) -> Option<VendorTime> {
    let raw = row.text(name).filter(|raw| raw != "0")?;
    zone::read(&raw, &TimeZone::UTC, context.received_at)
}
