//! Lists of calls, and a call in detail.

use std::time::Duration;

use calls::Direction;
use link::wire::{Call, Signature, Trace, TraceEvent};
use store::{Cursor, Filter};

use super::Desk;
use crate::{
    archive::{Archive, ArchivedCall, archived_call, off_loop},
    contract::{
        CallCounts, CallDetails, CallFilter, CallRef, CallRow, CallsPage, ContractError, EventView, ListCallsRequest,
    },
    controller::message::{OfficeNow, Request},
    me::Me,
    views::{
        details::{legs, notes, outcome},
        party::dial,
        row::call_row,
        timeline::timeline,
    },
};

/// Rows of a page, at most.
const MOST_ROWS: usize = 200;
/// Other calls with the same number that the side panel shows.
const OTHERS: usize = 10;
/// The side panel does not wait longer for the stored events.
const TRACE_WITHIN: Duration = Duration::from_secs(2);

impl Desk {
    /// A page of the call list, newest first, from this computer's database.
    pub async fn list_calls(&self, request: ListCallsRequest) -> Result<CallsPage, ContractError> {
        let viewers = self.viewers().await?;
        off_loop(&self.archive, move |archive| page(archive, &viewers, &request)).await
    }

    /// A call with everything that is known of it.
    pub async fn call_details(&self, call: CallRef) -> Result<CallDetails, ContractError> {
        let office = self.office(&call.office).await?;
        let viewers = self.viewers().await?;
        let asked = call.clone();
        let kept = off_loop(&self.archive, move |archive| archive.call(&asked.office, &asked.id)).await?;
        let trace = trace(&office, &kept).await;
        off_loop(&self.archive, move |archive| {
            details(archive, &viewers, &call.office, &office.me, kept, trace.as_ref())
        })
        .await
    }

    /// Who sits here, by office.
    pub(super) async fn viewers(&self) -> Result<Viewers, ContractError> {
        Ok(Viewers(self.ask(Request::Viewers).await?))
    }
}

/// Offices at this desk, and who sits here as they see him.
pub(super) struct Viewers(Vec<(String, Me)>);

impl Viewers {
    pub(super) fn me(&self, office: &str) -> Me {
        self.0.iter().find(|(id, _)| id == office).map(|(_, me)| me.clone()).unwrap_or_default()
    }
}

fn page(archive: &Archive, viewers: &Viewers, request: &ListCallsRequest) -> Result<CallsPage, ContractError> {
    let filter = filter(request.filter);
    let before = match request.before.as_deref().map(str::parse) {
        Some(Ok(place)) => Some(Cursor(place)),
        Some(Err(_)) => return Err(ContractError::invalid("before", "this is not the end of a page")),
        None => None,
    };
    let limit = usize::try_from(request.limit).unwrap_or(MOST_ROWS).clamp(1, MOST_ROWS);
    let text = request.text.trim();
    let saved = if text.is_empty() {
        archive.store.list(&filter, before, limit)?
    } else {
        archive.store.search(text, &filter, before, limit)?
    };
    let next = saved.last().filter(|_| saved.len() == limit).map(|last| last.cursor.0.to_string());
    let total = match (text.is_empty(), before) {
        (true, None) => Some(u32::try_from(archive.store.count(&filter)?).unwrap_or(u32::MAX)),
        (true, Some(_)) | (false, _) => None,
    };
    let rows = saved
        .iter()
        .filter_map(archived_call)
        .map(|archived| row(archive, viewers, archived))
        .collect::<Result<_, _>>()?;
    let counts = if before.is_none() { Some(counts(archive)?) } else { None };
    Ok(CallsPage { rows, next, total, counts })
}

/// How many calls each filter shows; the store keeps them, so a long history is not read for it.
fn counts(archive: &Archive) -> Result<CallCounts, ContractError> {
    let count = |kind| -> Result<u32, ContractError> {
        Ok(u32::try_from(archive.store.count(&filter(kind))?).unwrap_or(u32::MAX))
    };
    Ok(CallCounts {
        all: count(CallFilter::All)?,
        incoming: count(CallFilter::Incoming)?,
        outgoing: count(CallFilter::Outgoing)?,
        missed: count(CallFilter::Missed)?,
        recorded: count(CallFilter::Recorded)?,
    })
}

fn filter(kind: CallFilter) -> Filter {
    match kind {
        CallFilter::All => Filter::default(),
        CallFilter::Incoming => Filter { direction: Some(Direction::Incoming), ..Filter::default() },
        CallFilter::Outgoing => Filter { direction: Some(Direction::Outgoing), ..Filter::default() },
        CallFilter::Missed => Filter { missed: true, ..Filter::default() },
        CallFilter::Recorded => Filter { with_recording: true, ..Filter::default() },
    }
}

pub(super) fn row(archive: &Archive, viewers: &Viewers, archived: ArchivedCall) -> Result<CallRow, ContractError> {
    let me = viewers.me(&archived.office);
    let call = me.side_of(archived.call);
    Ok(call_row(&archived.office, &call, &me, archive.annotations(&archived.office, &call)?))
}

/// The stored events, unless the office is out of reach.
async fn trace(office: &OfficeNow, call: &Call) -> Option<Trace> {
    if !office.reachable {
        return None;
    }
    let asked = tokio::time::timeout(TRACE_WITHIN, office.office.trace(&call.id)).await.ok()?;
    asked.inspect_err(|error| tracing::debug!(kind = ?error.kind, "the events of a call cannot be had")).ok()?
}

fn details(
    archive: &Archive,
    viewers: &Viewers,
    office: &str,
    me: &Me,
    call: Call,
    trace: Option<&Trace>,
) -> Result<CallDetails, ContractError> {
    let facts = archive.facts(office, &call.id)?;
    let (mut others, mut calls_with_number) = (Vec::new(), 1);
    if let Some(number) = &dial(&call, me) {
        let filter = Filter { number: Some(number.clone()), ..Filter::default() };
        // Of a colleague's call the number is that of whom he called: it is not among those with his own.
        let this = u64::from(call.customer.number.as_ref() != Some(number));
        calls_with_number = u32::try_from(archive.store.count(&filter)? + this).unwrap_or(u32::MAX);
        let same = |archived: &ArchivedCall| archived.office == office && archived.call.id == call.id;
        let newest =
            archive.with_number(number, OTHERS + 1)?.into_iter().filter(|archived| !same(archived)).take(OTHERS);
        others = newest.map(|archived| row(archive, viewers, archived)).collect::<Result<_, _>>()?;
    }
    let notes = notes(&facts);
    let call = me.side_of(call);
    Ok(CallDetails {
        row: call_row(office, &call, me, archive.annotations(office, &call)?),
        end_reason: call.end_reason.clone(),
        attribution: call.attribution.clone(),
        legs: legs(&call),
        timeline: timeline(&call, trace),
        notes,
        outcome: outcome(&facts),
        others,
        calls_with_number,
        events: trace.map(|trace| trace.events.iter().map(event).collect()),
    })
}

fn event(event: &TraceEvent) -> EventView {
    EventView {
        kind: event.kind.clone(),
        party: event.party.clone(),
        received_at: event.received_at,
        signed: event.signature == Signature::Valid,
    }
}
