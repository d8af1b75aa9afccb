//! Basic statistics: a table, one row for each leg, fields between semicolons in the order in which they were asked for.

use std::collections::BTreeMap;

use calls::{CallResult, Customer, Direction, LegRole, Line, VendorTime};
use jiff::Timestamp;
use serde_json::json;

use super::{
    Ready,
    finished_call::{FinishedCall, FinishedLeg},
    forgotten,
};
use crate::{
    error::{Error, ErrorKind},
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
    zone,
};

/// The fields of a row.
const FIELDS: [&str; 13] = [
    "records",
    "start",
    "finish",
    "answer",
    "from_extension",
    "from_number",
    "to_extension",
    "to_number",
    "disconnect_reason",
    "line_number",
    "location",
    "create",
    "entry_id",
];

/// Orders the table of a part.
pub(super) fn order(settings: &Settings, from: Timestamp, until: Timestamp) -> Request {
    let fields = FIELDS.join(",");
    let body = json!({"date_from": from.as_second(), "date_to": until.as_second(), "fields": fields});
    requests::post(settings, "stats/request", "stats/request", &body)
}

/// Asks for a table.
pub(super) fn fetch(settings: &Settings, key: &str) -> Request {
    requests::post(settings, "stats/result", "stats/result", &json!({"key": key}))
}

/// The table, or that it is not there yet.
pub(super) fn read(answer: &Answer, context: &DecodeContext) -> Result<Ready, Error> {
    match answer.status {
        202 | 204 => return Ok(Ready::NotYet),
        404 => return Err(forgotten()),
        200 if answer.fields().is_none() => {}
        _ => return Err(responses::failure(answer)),
    }
    let text = String::from_utf8_lossy(&answer.body);
    let lines = text.trim_start_matches('\u{feff}').lines().filter(|line| !line.trim().is_empty());
    let mut entries: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    let mut unread = 0_usize;
    for line in lines {
        match Row::read(line, context) {
            Some(row) => entries.entry(row.entry.clone()).or_default().push(row),
            None => unread += 1,
        }
    }
    if unread > 0 {
        tracing::warn!(unread, "rows of MANGO's statistics cannot be read");
        if entries.is_empty() {
            return Err(Error::new(ErrorKind::Protocol, "no row of MANGO's statistics can be read"));
        }
    }
    let mut calls: Vec<FinishedCall> = entries.into_iter().filter_map(|(entry, rows)| call(entry, rows)).collect();
    calls.sort_by_key(|call| call.began.utc);
    Ok(Ready::Rows { calls: calls.into_iter().map(FinishedCall::into_history).collect(), full: None })
}

/// A row of the table.
#[derive(Debug)]
struct Row {
    entry: String,
    recordings: Vec<String>,
    create: Option<VendorTime>,
    start: VendorTime,
    answer: Option<VendorTime>,
    finish: VendorTime,
    from: Side,
    to: Side,
    reason: Option<i64>,
    line: Option<String>,
    /// It stood in the menu or a queue, at nobody's phone.
    waits: bool,
}

/// One side of a leg.
#[derive(Debug, Default)]
struct Side {
    extension: Option<String>,
    number: Option<String>,
}

impl Row {
    fn read(line: &str, context: &DecodeContext) -> Option<Self> {
        let values: Vec<&str> = line.split(';').map(str::trim).collect();
        if values.len() != FIELDS.len() {
            return None;
        }
        let value = |name: &str| {
            let place = FIELDS.iter().position(|field| *field == name)?;
            values.get(place).copied().filter(|value| !value.is_empty())
        };
        let time = |name| {
            let raw = value(name).filter(|raw| *raw != "0")?;
            zone::read(raw, &context.zone, context.received_at)
        };
        let side = |extension, number: &str| Side {
            extension: value(extension).map(|extension| party::user(extension).to_owned()),
            number: value(number).and_then(party::number),
        };
        let start = time("start").or_else(|| time("create"))?;
        let records = value("records").unwrap_or_default().trim_matches(['[', ']']);
        Some(Self {
            entry: value("entry_id")?.to_owned(),
            recordings: records.split(',').map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect(),
            create: time("create"),
            answer: time("answer"),
            finish: time("finish").unwrap_or_else(|| start.clone()),
            start,
            from: side("from_extension", "from_number"),
            to: side("to_extension", "to_number"),
            reason: value("disconnect_reason").and_then(|code| code.parse().ok()),
            line: value("line_number").and_then(party::number),
            waits: matches!(value("location"), Some("ivr" | "queue")),
        })
    }

    /// Somebody from outside called.
    fn is_from_outside(&self) -> bool {
        self.from.extension.is_none()
    }

    /// A colleague called somebody outside.
    fn is_placed(&self) -> bool {
        self.from.extension.is_some() && self.to.extension.is_none()
    }
}

/// The rows of one entry as a call.
fn call(entry: String, mut rows: Vec<Row>) -> Option<FinishedCall> {
    rows.sort_by_key(|row| row.start.utc);
    let first = rows.first()?;
    let caller = rows.iter().find(|row| row.is_from_outside());
    let placed = rows.iter().find(|row| row.is_placed());
    // A callback shows the customer as the caller of the employee's phone, and dials him then.
    let is_callback = caller.zip(placed).is_some_and(|(caller, placed)| {
        caller.from.number.is_some() && caller.from.number == placed.to.number && caller.start.utc <= placed.start.utc
    });
    let (direction, number) = match (caller, placed) {
        (Some(_), Some(placed)) if is_callback => (Direction::Outgoing, placed.to.number.clone()),
        (Some(caller), _) => (Direction::Incoming, caller.from.number.clone()),
        (None, Some(placed)) => (Direction::Outgoing, placed.to.number.clone()),
        (None, None) => (Direction::Internal, first.to.extension.clone()),
    };
    let customer = Customer { number, name: None };
    let began =
        rows.iter().filter_map(|row| row.create.clone()).chain([first.start.clone()]).min_by_key(|at| at.utc)?;
    let last = rows.iter().max_by_key(|row| row.finish.utc)?;
    let mut legs: Vec<FinishedLeg> = Vec::new();
    for row in rows.iter().filter(|row| !row.waits) {
        legs.extend(row.legs(direction, &customer));
    }
    let mut recordings: Vec<String> = rows.iter().flat_map(|row| row.recordings.clone()).collect();
    recordings.dedup();
    let line = rows.iter().find_map(|row| row.line.clone()).filter(|_| direction != Direction::Internal);
    let finished = FinishedCall {
        call: entry,
        direction,
        customer,
        line: Line { number: line, queue: None },
        began,
        ended: last.finish.clone(),
        legs,
        result: None,
        reason: last.reason.map(|code| code.to_string()),
        recordings,
    };
    let talked = match direction {
        Direction::Outgoing => rows.iter().any(|row| row.is_placed() && row.answer.is_some()),
        Direction::Incoming | Direction::Internal | Direction::Unknown => finished.was_answered(),
    };
    let result = if talked { Some(CallResult::Answered) } else { unanswered(direction, last.reason) };
    Some(FinishedCall { result, ..finished })
}

impl Row {
    /// The legs of this row in a call of this direction.
    fn legs(&self, direction: Direction, customer: &Customer) -> Vec<FinishedLeg> {
        // Statistics name no leg; one phone has at most one that begins in a second.
        let key = |end: &str| format!("past/{end}/{}", self.start.utc.as_second());
        let of = |leg| FinishedLeg {
            leg,
            began: self.start.clone(),
            answered: self.answer.clone(),
            ended: self.finish.clone(),
            cause: self.reason.map(codes::cause).unwrap_or_default(),
            reason: self.reason.map(|code| code.to_string()),
        };
        let agent = |extension: &str| {
            let extension = Some(extension.to_owned());
            calls::LegRef { extension: extension.clone(), ..leg(key(extension.as_deref().unwrap_or_default())) }
        };
        match (&self.from.extension, &self.to.extension) {
            (Some(caller), Some(callee)) => {
                let role = if direction == Direction::Internal { LegRole::Agent } else { LegRole::TransferTarget };
                vec![of(calls::LegRef { role, caller: Some(caller.clone()), ..agent(callee) })]
            }
            (Some(caller), None) if direction == Direction::Incoming => {
                let number = self.to.number.clone();
                let asked = leg(key(number.as_deref().unwrap_or_default()));
                vec![of(calls::LegRef { role: LegRole::TransferTarget, number, caller: Some(caller.clone()), ..asked })]
            }
            (Some(caller), None) => vec![of(agent(caller)), of(dialled(customer))],
            (None, Some(callee)) => vec![of(agent(callee))],
            (None, None) => {
                let number = self.to.number.clone();
                vec![of(calls::LegRef { number: number.clone(), ..leg(key(number.as_deref().unwrap_or("leg"))) })]
            }
        }
    }
}
