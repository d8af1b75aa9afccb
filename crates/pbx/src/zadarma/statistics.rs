//! The statistics of the PBX: finished calls, a row for each part, three questions a minute.

use std::{collections::HashMap, time::Duration};

use calls::{CallResult, Customer, Direction, Effect, EndCause, LegRef, Line, RecordingReference, Source, VendorEvent};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::{
    config::Settings,
    party::{self, customer_leg},
    requests, responses,
};
use crate::{
    dedupe,
    error::{Error, ErrorKind},
    fields::{Fields, is_call_length},
    history::{HistoryCall, HistoryPage, HistoryPlace, HistoryRequest, Span},
    request::Answer,
    webhook::DecodeContext,
    zone,
};

/// Rows of a page: the most that the service gives.
pub(super) const PAGE: usize = 1000;

/// `statistics/pbx`: the rows of the span behind those that were read, whose calls are kept until the last page.
pub(super) fn ask(
    settings: &Settings,
    span: Span,
    skip: usize,
    calls: Vec<HistoryCall>,
    context: &DecodeContext,
) -> HistoryRequest {
    let (start, end) = (local(span.from, &context.zone), local(span.to, &context.zone));
    let version = vec![("version", "2".into())];
    let request = requests::statistics(settings, "/v1/statistics/pbx/", version, (&start, &end), (skip, PAGE));
    HistoryRequest { request, wait: Duration::ZERO, place: HistoryPlace::Page { skip, calls } }
}

/// Days of a question; what is longer is cut by the service without a word.
const LONGEST: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Until when one question reaches of a span. Both of its ends are within, and the next question begins a second later.
pub(super) fn end_of_part(from: Timestamp, to: Timestamp) -> Timestamp {
    from.checked_add(LONGEST - SignedDuration::from_secs(1)).map_or(to, |end| end.min(to))
}

/// A moment as the service writes it: the clock on the wall in the account's zone.
pub(super) fn local(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// What a page holds; the next one is asked for until one is not full, and then all calls are told.
pub(super) fn read(
    settings: &Settings,
    span: Span,
    place: &HistoryPlace,
    answer: &Answer,
    context: &DecodeContext,
) -> Result<HistoryPage, Error> {
    let HistoryPlace::Page { skip, calls } = place else {
        return Err(Error::new(ErrorKind::Internal, "this history is read in pages"));
    };
    let stats = responses::statistics(answer)?;
    let mut calls = calls.clone();
    merge(&mut calls, &stats, context);
    if stats.len() >= PAGE {
        let next = ask(settings, span, skip + stats.len(), calls, context);
        return Ok(HistoryPage { calls: Vec::new(), next: Some(next) });
    }
    Ok(HistoryPage { calls, next: None })
}

/// Adds the rows to the calls: parts of one call have one `pbx_call_id`.
fn merge(calls: &mut Vec<HistoryCall>, rows: &[Fields], context: &DecodeContext) {
    let mut places: HashMap<String, usize> =
        calls.iter().enumerate().map(|(place, known)| (known.call.clone(), place)).collect();
    for row in rows {
        let Some((call, events)) = part(row, context) else { continue };
        match places.get(&call) {
            Some(place) => calls[*place].events.extend(events),
            None => {
                places.insert(call.clone(), calls.len());
                calls.push(HistoryCall { call, events, says_more: false, needs_details: false });
            }
        }
    }
}

/// One part of a call: its beginning, with the answer, and its end.
fn part(row: &Fields, context: &DecodeContext) -> Option<(String, Vec<VendorEvent>)> {
    let call = row.text("pbx_call_id")?;
    let raw = row.text("callstart")?;
    let began = zone::read(&raw, &context.zone, context.received_at)?;
    let seconds = row.integer("seconds").filter(|seconds| is_call_length(*seconds)).unwrap_or(0);
    let disposition = row.text("disposition").map(|word| word.to_lowercase());
    let answered = disposition.as_deref() == Some("answered");
    let ends = [row.text("sip"), row.text("destination")];
    let is_placed = call.starts_with("out_");
    let agent = ends.iter().flatten().find(|user| party::is_extension(party::extension(user).unwrap_or_default()));
    let agent = agent.and_then(|user| party::colleague(user));
    let mut begins = vec![if is_placed { placed(&ends[1]) } else { received(row.text("clid").as_deref()) }];
    let Effect::CallCreated { customer, .. } = &begins[0] else { return None };
    let leg = customer_leg(customer);
    begins.push(if answered && is_placed { Effect::LegAnswered { leg } } else { Effect::LegOffered { leg } });
    begins.extend(agent.clone().map(|leg| of_agent(leg, answered)));
    let (cause, result) = outcome(disposition.as_deref(), is_placed);
    let gone = agent.map(|leg| Effect::LegCleared { leg, cause, reason: disposition.clone() });
    let mut over: Vec<Effect> = gone.into_iter().collect();
    over.push(Effect::CallEnded { result, reason: disposition.clone() });
    if row.flag("is_recorded") {
        over.extend(
            row.verbatim("call_id").map(|id| Effect::RecordingAvailable { reference: RecordingReference::Id(id) }),
        );
    }
    let event = |kind: &str, effects: Vec<Effect>, time: calls::VendorTime| VendorEvent {
        dedupe_key: dedupe::of_parts(
            kind,
            &[Some(&call), row.verbatim("call_id").as_deref(), Some(&raw), ends[0].as_deref(), ends[1].as_deref()],
        ),
        raw_kind: kind.to_owned(),
        call: Some(call.clone()),
        time: Some(time),
        leg_seq: None,
        source: Source::Replay,
        trial: false,
        session: None,
        vendor_command: None,
        effects,
    };
    let utc = began.utc.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(began.utc);
    let ended = calls::VendorTime { utc, ..began.clone() };
    let events = vec![event("history begin", begins, began), event("history end", over, ended)];
    Some((call, events))
}

fn of_agent(leg: LegRef, answered: bool) -> Effect {
    if answered { Effect::LegAnswered { leg } } else { Effect::LegRinging { leg } }
}

fn received(clid: Option<&str>) -> Effect {
    let number = clid.and_then(caller).and_then(|raw| party::number(&raw));
    Effect::CallCreated {
        direction: Direction::Incoming,
        customer: Customer { number, name: None },
        line: Line::default(),
    }
}

fn placed(destination: &Option<String>) -> Effect {
    let number = destination.as_deref().and_then(party::dialled);
    Effect::CallCreated {
        direction: Direction::Outgoing,
        customer: Customer { number, name: None },
        line: Line::default(),
    }
}

/// The number of `Name (digits)`, `"Name" <+digits>` or bare digits.
fn caller(clid: &str) -> Option<String> {
    let inner = clid.trim_end_matches([')', '>']);
    let number = inner.rsplit(['(', '<']).next().unwrap_or(inner).trim();
    (!number.is_empty()).then(|| number.to_owned())
}

/// How a call ended whose disposition is this word, and why whoever of the office was on it left.
pub(super) fn outcome(disposition: Option<&str>, is_placed: bool) -> (EndCause, Option<CallResult>) {
    let (cause, result) = match disposition {
        None => return (EndCause::Normal, None),
        Some("answered") => (EndCause::Normal, CallResult::Answered),
        Some("busy") => (EndCause::Busy, CallResult::Busy),
        Some("cancel") => (EndCause::Cancelled, CallResult::Cancelled),
        Some("no answer") => (EndCause::NoAnswer, CallResult::NoAnswer),
        Some(_) => (EndCause::Failed, CallResult::Failed),
    };
    let missed = !is_placed && result != CallResult::Answered;
    (cause, Some(if missed { CallResult::Missed } else { result }))
}
