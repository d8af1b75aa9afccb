//! The statistics of finished calls, basic and extended: what is asked for is ordered, waited for under a key, and read,
//! a part of at most a month at a time. They fill the times in which notifications may have been lost.

mod basic;
mod extended;
mod finished_call;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::config::{Settings, Statistics};
use crate::{
    error::{Error, ErrorKind},
    history::{HistoryPage, HistoryPlace, HistoryRequest, Span},
    request::{Answer, Request},
    webhook::DecodeContext,
};

/// The longest part that is asked for at once: a month is allowed, and the extended statistics must stay under thirty days.
const LONGEST_PART: SignedDuration = SignedDuration::from_hours(29 * 24);
/// How often it is asked whether the statistics are ready, at most.
const AGAIN: Duration = Duration::from_secs(5);
/// Five minutes of it.
const TRIES: u32 = 60;

/// What came of asking for what was ordered.
enum Ready {
    /// It is still being made.
    NotYet,
    /// It is there, perhaps with more rows behind it.
    Rows {
        calls: Vec<crate::history::HistoryCall>,
        /// How many rows it had, where there may be more.
        full: Option<usize>,
    },
}

/// Orders the statistics of the first part of the span.
pub(super) fn ask(settings: &Settings, span: Span) -> Result<HistoryRequest, Error> {
    Ok(order(settings, span, span.from, 0))
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
        HistoryPlace::Part { from, skip, key: None, .. } => {
            let key = key_of(answer)?;
            let next = fetch(settings, *from, *skip, key, 0);
            Ok(HistoryPage { calls: Vec::new(), next: Some(next) })
        }
        HistoryPlace::Part { from, skip, key: Some(key), tries } => {
            let ready = match settings.statistics {
                Statistics::Basic => basic::read(answer, context)?,
                Statistics::Extended => extended::read(answer, context)?,
            };
            match ready {
                Ready::NotYet if *tries >= TRIES => {
                    Err(Error::new(ErrorKind::NotReady, "MANGO does not finish its statistics"))
                }
                Ready::NotYet => {
                    let next = fetch(settings, *from, *skip, key.clone(), tries + 1);
                    Ok(HistoryPage { calls: Vec::new(), next: Some(next) })
                }
                Ready::Rows { calls, full: Some(rows) } => {
                    Ok(HistoryPage { calls, next: Some(order(settings, span, *from, skip + rows)) })
                }
                Ready::Rows { calls, full: None } => {
                    let until = end_of(span, *from);
                    let next = (until < span.to).then(|| order(settings, span, until, 0));
                    Ok(HistoryPage { calls, next })
                }
            }
        }
        HistoryPlace::Order { .. } | HistoryPlace::Export { .. } | HistoryPlace::Page { .. } => {
            Err(Error::new(ErrorKind::Internal, "this history is read in parts"))
        }
    }
}

/// Orders a part of the span, without its first `skip` rows.
fn order(settings: &Settings, span: Span, from: Timestamp, skip: usize) -> HistoryRequest {
    let until = end_of(span, from);
    let request = match settings.statistics {
        Statistics::Basic => basic::order(settings, from, until),
        Statistics::Extended => extended::order(settings, from, until, skip),
    };
    part(request, Duration::ZERO, HistoryPlace::Part { from, skip, key: None, tries: 0 })
}

/// Asks for what was ordered under this key.
fn fetch(settings: &Settings, from: Timestamp, skip: usize, key: String, tries: u32) -> HistoryRequest {
    let request = match settings.statistics {
        Statistics::Basic => basic::fetch(settings, &key),
        Statistics::Extended => extended::fetch(settings, &key),
    };
    part(request, AGAIN, HistoryPlace::Part { from, skip, key: Some(key), tries })
}

fn part(request: Request, wait: Duration, place: HistoryPlace) -> HistoryRequest {
    HistoryRequest { request, wait, place }
}

fn end_of(span: Span, from: Timestamp) -> Timestamp {
    from.checked_add(LONGEST_PART).map_or(span.to, |end| end.min(span.to))
}

/// The key of what was ordered.
fn key_of(answer: &Answer) -> Result<String, Error> {
    let key = answer.fields().and_then(|fields| fields.text("key")).filter(|_| answer.is_success());
    key.ok_or_else(|| super::responses::failure(answer))
}

/// An order that MANGO has made and forgotten again, or never had: it has to be ordered anew.
fn forgotten() -> Error {
    Error::new(ErrorKind::NotReady, "MANGO has forgotten the statistics that it was to make")
}
