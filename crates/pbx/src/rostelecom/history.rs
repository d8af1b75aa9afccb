//! The history of a domain: an export is ordered, waited for, and read; about a call whose row leaves something open
//! `call_info` is asked.

use std::time::Duration;

use calls::{
    CallResult, Customer, Direction, Effect, LegRef, LegRole, Line, RecordingReference, Source, VendorEvent, VendorTime,
};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::{Map, Value};

use super::{
    archive,
    config::Settings,
    requests, responses,
    rows::{self, Row},
};
use crate::{
    dedupe,
    error::{Error, ErrorKind},
    history::{HistoryCall, HistoryPage, HistoryPlace, HistoryRequest, Span},
    party, redact,
    request::{Answer, Times},
    webhook::DecodeContext,
    zone::MOSCOW,
};

/// How long the platform needs at least, and how often it is asked whether it is ready: gently.
const AGAIN: Duration = Duration::from_secs(30);
/// Ten minutes of it.
const TRIES: u32 = 20;
/// The same span can be ordered once: by how much later it begins at the next try.
const LATER: SignedDuration = SignedDuration::from_secs(1);
/// How often it is tried to order.
const ORDERS: u32 = 5;

/// `domain_call_history`: every call of the span, in Moscow's time.
pub(super) fn order(settings: &Settings, span: Span, again: u32) -> Result<HistoryRequest, Error> {
    let from = span.from.checked_sub(LATER * again as i32).unwrap_or(span.from);
    let mut body = Map::new();
    body.insert("date_start".to_owned(), date(from)?);
    // Whole seconds: the last one is to be within.
    body.insert("date_end".to_owned(), date(span.to + SignedDuration::from_secs(1))?);
    body.insert("direction".to_owned(), "0".into());
    body.insert("state".to_owned(), "0".into());
    if let Some(domain) = &settings.domain {
        body.insert("domain".to_owned(), domain.as_str().into());
    }
    let request = requests::post(settings, "domain_call_history", body)?;
    Ok(HistoryRequest { request, wait: Duration::ZERO, place: HistoryPlace::Order { again } })
}

/// What an answer holds, and what to ask next.
pub(super) fn read(
    settings: &Settings,
    span: Span,
    place: &HistoryPlace,
    answer: &Answer,
    context: &DecodeContext,
) -> Result<HistoryPage, Error> {
    match place {
        HistoryPlace::Order { again } => ordered(settings, span, *again, answer),
        HistoryPlace::Export { order, tries } => exported(settings, order, *tries, answer, context),
        HistoryPlace::Page { .. } | HistoryPlace::Part { .. } => {
            Err(Error::new(ErrorKind::Protocol, "this PBX's history has no pages"))
        }
    }
}

fn ordered(settings: &Settings, span: Span, again: u32, answer: &Answer) -> Result<HistoryPage, Error> {
    if let Some(error) = answer.failure() {
        return Err(error);
    }
    let fields = answer.fields().unwrap_or_default();
    if let Some(order) = fields.text("order_id") {
        return Ok(HistoryPage { calls: Vec::new(), next: Some(export(settings, &order, 0)?) });
    }
    match fields.integer("result") {
        // What it says is no code but a text, and the only one that is known: this span was ordered before.
        Some(_) if again < ORDERS => {
            Ok(HistoryPage { calls: Vec::new(), next: Some(order(settings, span, again + 1)?) })
        }
        Some(_) => Err(Error::new(ErrorKind::Protocol, responses::words(answer, Some(&fields)))),
        None => Err(Error::new(ErrorKind::Protocol, "the PBX's answer to domain_call_history cannot be read")),
    }
}

/// `download_call_history`.
fn export(settings: &Settings, order: &str, tries: u32) -> Result<HistoryRequest, Error> {
    let body = Map::from_iter([("order_id".to_owned(), Value::from(order))]);
    let request = requests::post(settings, "download_call_history", body)?.times(Times::MINUTE);
    let wait = if tries == 0 { Duration::from_secs(5) } else { AGAIN };
    Ok(HistoryRequest { request, wait, place: HistoryPlace::Export { order: order.to_owned(), tries } })
}

/// The export, or that it is not ready: said by a page, by an object, or by 404.
fn exported(
    settings: &Settings,
    order: &str,
    tries: u32,
    answer: &Answer,
    context: &DecodeContext,
) -> Result<HistoryPage, Error> {
    let again = || -> Result<HistoryPage, Error> {
        if tries >= TRIES {
            return Err(Error::new(ErrorKind::NotReady, "the PBX does not finish the export of its history"));
        }
        Ok(HistoryPage { calls: Vec::new(), next: Some(export(settings, order, tries + 1)?) })
    };
    if answer.status == 404 {
        return again();
    }
    if let Some(error) = answer.failure() {
        return Err(error);
    }
    let text = archive::unpacked(&answer.body)
        .ok_or_else(|| Error::new(ErrorKind::Protocol, "the PBX's export of its history cannot be unpacked"))?;
    let text = String::from_utf8_lossy(&text);
    let begin = text.trim_start_matches('\u{feff}').trim_start();
    // A file may come empty at first.
    if begin.starts_with(['<', '{']) || begin.is_empty() && tries < TRIES {
        return again();
    }
    let (rows, unread) = rows::read(&text);
    if unread > 0 {
        tracing::warn!(unread, "rows of the PBX's history cannot be read");
    }
    if rows.is_empty() && unread > 0 {
        return Err(Error::new(ErrorKind::Protocol, "no row of the PBX's history can be read"));
    }
    Ok(HistoryPage { calls: rows.iter().map(|row| call(row, context)).collect(), next: None })
}

/// The call that `call_info` was asked about.
pub(super) fn details(session: &str, answer: &Answer, context: &DecodeContext) -> Result<Option<HistoryCall>, Error> {
    if let Some(error) = answer.failure() {
        return Err(error);
    }
    // Asked again, it would be told the same.
    Ok(info(session, answer).map(|row| HistoryCall { needs_details: false, ..call(&row, context) }))
}

/// What `call_info` says of a session; `None` where it says nothing that can be read.
fn info(session: &str, answer: &Answer) -> Option<Row> {
    let info = answer.fields()?.object("info")?;
    let began = info.text("start_call_date").as_deref().and_then(rows::read_date)?;
    Some(Row {
        session: session.to_owned(),
        direction: info.integer("direction").filter(|code| (1..=3).contains(code)),
        answered: info.integer("state").map(|state| state == 1),
        orig_number: info.text("orig_number"),
        orig_pin: info.text("orig_pin"),
        dest_number: info.text("dest_number"),
        answering_sip: info.text("answering_sipuri"),
        answering_pin: info.text("answering_pin"),
        began,
        duration: info.integer("duration").and_then(rows::length).unwrap_or(0),
        voicemail: info.flag("is_voicemail"),
        recorded: info.flag("is_record"),
        fax: info.flag("is_fax"),
        status: info.text("status_string").or_else(|| info.text("status_code")),
    })
}

/// A row as the events of its call: its beginning with the answer, and its end.
fn call(row: &Row, context: &DecodeContext) -> HistoryCall {
    let parties = Parties::of(row);
    let created = Effect::CallCreated {
        direction: parties.direction,
        customer: parties.customer.clone(),
        line: parties.line.clone(),
    };
    let leg = customer_leg(&parties.customer);
    let left_message = row.voicemail || row.fax;
    let answered = row.answered == Some(true) && !left_message;
    let mut begins = vec![created];
    if parties.direction != Direction::Internal {
        begins.push(if answered { Effect::LegAnswered { leg } } else { Effect::LegOffered { leg } });
    }
    begins.extend(
        parties.caller.map(|leg| if answered { Effect::LegAnswered { leg } } else { Effect::LegOffered { leg } }),
    );
    if answered {
        begins.extend(parties.answerer.map(|leg| Effect::LegAnswered { leg }));
    }
    let result = match (parties.direction, answered) {
        _ if row.voicemail => Some(CallResult::Voicemail),
        _ if row.fax => Some(CallResult::Fax),
        (_, true) => Some(CallResult::Answered),
        // Left out, it would be taken for missed.
        _ if row.answered.is_none() => Some(CallResult::Unknown),
        (Direction::Incoming, false) => Some(CallResult::Missed),
        (Direction::Outgoing | Direction::Internal, false) => Some(CallResult::NoAnswer),
        (Direction::Unknown, false) => None,
    };
    let reason = row.status.as_deref().map(redact::words);
    let mut ends = vec![Effect::CallEnded { result, reason }];
    if row.recorded {
        ends.push(Effect::RecordingAvailable { reference: RecordingReference::Id(row.session.clone()) });
    }
    let ended = row.began.checked_add(SignedDuration::from_secs(row.duration)).unwrap_or(row.began);
    let events =
        vec![event(row, "history begin", row.began, begins, context), event(row, "history end", ended, ends, context)];
    // Until it is asked about, the call is shown as far as its row goes.
    let needs_details = row.direction.is_none() || row.answered.is_none();
    HistoryCall { call: row.session.clone(), events, says_more: left_message, needs_details }
}

fn event(row: &Row, kind: &str, at: Timestamp, effects: Vec<Effect>, context: &DecodeContext) -> VendorEvent {
    let values = [
        row.direction.map(|direction| direction.to_string()),
        row.answered.map(|answered| answered.to_string()),
        Some(row.duration.to_string()),
        Some(format!("{} {} {}", row.voicemail, row.recorded, row.fax)),
    ];
    let parts: Vec<Option<&str>> =
        std::iter::once(Some(row.session.as_str())).chain(values.iter().map(Option::as_deref)).collect();
    VendorEvent {
        dedupe_key: dedupe::of_parts(kind, &parts),
        raw_kind: kind.to_owned(),
        call: Some(row.session.clone()),
        time: Some(in_zone(at, &context.zone)),
        leg_seq: None,
        source: Source::Replay,
        trial: false,
        session: None,
        vendor_command: None,
        effects,
    }
}

/// A moment as a webhook of this connection would write it, so that the times of one call can be compared.
fn in_zone(at: Timestamp, zone: &TimeZone) -> VendorTime {
    let raw = at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string();
    VendorTime { raw, utc: at, zone: zone.iana_name().map(str::to_owned) }
}

struct Parties {
    direction: Direction,
    customer: Customer,
    line: Line,
    caller: Option<LegRef>,
    answerer: Option<LegRef>,
}

impl Parties {
    fn of(row: &Row) -> Self {
        let direction = match row.direction {
            Some(1) => Direction::Incoming,
            Some(2) => Direction::Outgoing,
            Some(3) => Direction::Internal,
            Some(_) | None => Direction::Unknown,
        };
        let number = |raw: &Option<String>| raw.as_deref().and_then(party::number);
        let answerer = party::colleague(row.answering_pin.as_deref(), row.answering_sip.as_deref());
        let caller = party::colleague(row.orig_pin.as_deref(), row.orig_number.as_deref());
        let line = |number| Line { number, queue: None };
        let (customer, line, caller, answerer) = match direction {
            Direction::Incoming => (number(&row.orig_number), line(number(&row.dest_number)), None, answerer),
            Direction::Outgoing => (number(&row.dest_number), Line::default(), caller, None),
            Direction::Internal => {
                let called = answerer.as_ref().and_then(|leg| leg.extension.clone());
                (called.or_else(|| number(&row.dest_number)), Line::default(), caller, answerer)
            }
            Direction::Unknown => (None, Line::default(), None, answerer),
        };
        Self { direction, customer: Customer { number: customer, name: None }, line, caller, answerer }
    }
}

fn customer_leg(customer: &Customer) -> LegRef {
    LegRef {
        key: "customer".to_owned(),
        role: LegRole::Customer,
        extension: None,
        number: customer.number.clone(),
        name: None,
        alias: None,
        caller: None,
    }
}

fn date(at: Timestamp) -> Result<Value, Error> {
    let moscow = TimeZone::get(MOSCOW).map_err(|_| Error::new(ErrorKind::Internal, "Moscow's time is not known"))?;
    Ok(at.to_zoned(moscow).strftime("%Y-%m-%d %H:%M:%S").to_string().into())
}
