//! Why a call had a card or none: what desks report is kept, and the path of a call is told from it.

use std::collections::BTreeMap;

use calls::{CallId, CallState, Direction};
use jiff::Timestamp;
use link::{
    OfficeError,
    wire::{
        Call, CardDecision, CardPath, CardRule, CardsReport, DeskName, DeskOutcome, Hop, HopPlace, JournalVerdict,
        LARGEST_REPORT, NoCard, PathEvent, Role, TraceEvent, WithoutCard,
    },
};
use store::{CardDecisionRow, Filter, JournalRow, NewCardDecision};

use super::{View, storage, trace};
use crate::{
    call_times::StateTimes,
    card_causes::CallContext,
    card_speed::{card_ms, speed, state_of},
    decisions::{KEPT, KeptDecision},
    desks::{self, Desk},
    journal_body::JournalBody,
    rows,
};

/// Calls that a report looks at: the newest.
const CALLS: usize = 2000;
/// Refused webhooks that a report names: the newest.
const REFUSED: usize = 20;
/// Entries of the request journal that are looked through for them.
const JOURNAL: usize = 5000;
/// Rows that are read at a time.
const PAGE: usize = 500;

/// What desks reported of one call, by viewer.
type Decisions = BTreeMap<String, KeptDecision>;

impl View {
    /// Keeps what this viewer's desk decided, with the times of the calls, which are remembered for a while only.
    pub(super) async fn keep_decisions(&self, decisions: Vec<CardDecision>) -> Result<(), OfficeError> {
        if decisions.len() > LARGEST_REPORT {
            return Err(OfficeError::invalid("decisions", format!("report at most {LARGEST_REPORT} at a time")));
        }
        let office = &self.office;
        let (mut rows, mut times) = (Vec::new(), Vec::new());
        let now = office.clock.now();
        for decision in self.reading(move |view| view.of_known_calls(decisions)).await? {
            let states = office.keeper.times.of(&decision.call);
            if let Some(first) = states.first() {
                let body = serde_json::to_string(&states).unwrap_or_default();
                times.push((decision.call.clone(), first.received_at, body));
            }
            let first = states.first().map(|first| first.received_at);
            let kept = KeptDecision::of(&decision, first, now);
            rows.push(NewCardDecision {
                // By this clock it is counted and forgotten, whatever a desk says.
                at: now,
                is_shown: decision.rule == CardRule::Shown,
                // Plain data always has a JSON.
                body: serde_json::to_string(&kept).unwrap_or_default(),
                call: decision.call,
            });
        }
        let kept = async {
            office.store.keep_card_decisions(&office.name, &self.viewer.id, rows).await?;
            office.store.keep_call_times(&office.name, times).await
        };
        kept.await.map_err(|error| storage(&error))
    }

    /// Those that are about calls which this office has: what is said of others would crowd out what is to be kept. A call
    /// that was told lately may not be in the database yet.
    fn of_known_calls(&self, mut decisions: Vec<CardDecision>) -> Result<Vec<CardDecision>, OfficeError> {
        let mut failure = None;
        decisions.retain(|decision| {
            let is_told = !self.office.keeper.times.of(&decision.call).is_empty();
            is_told
                || match self.read_call(&decision.call) {
                    Ok(call) => call.is_some(),
                    Err(error) => {
                        failure = Some(error);
                        false
                    }
                }
        });
        failure.map_or(Ok(decisions), Err)
    }

    /// The way of a call to a desk.
    pub(super) async fn path_of(&self, call: &CallId, desk: Option<&str>) -> Result<Option<CardPath>, OfficeError> {
        let Some(call) = self.call(call).await? else { return Ok(None) };
        let desk = desk.map(str::to_owned);
        self.reading(move |view| view.read_path(&call, desk.as_deref()).map(Some)).await
    }

    fn read_path(&self, call: &Call, wanted: Option<&str>) -> Result<CardPath, OfficeError> {
        let (office, store) = (&self.office, &self.office.store);
        let failed = |error: store::Error| storage(&error);
        let entries = store.read_call(&office.name, &call.id).map_err(failed)?;
        let events: Vec<TraceEvent> = trace::trace_events(&call.id, entries);
        let mut decisions = Decisions::new();
        for id in [call.redirected_from.as_ref(), Some(&call.id)].into_iter().flatten() {
            decisions.extend(store.card_decisions(&office.name, id).map_err(failed)?.into_iter().filter_map(decision));
        }
        let mut states = office.keeper.times.of(&call.id);
        if states.is_empty() {
            let kept = store.call_times(&office.name, &call.id).map_err(failed)?;
            states = kept.and_then(|kept| serde_json::from_str(&kept).ok()).unwrap_or_default();
        }
        let directory = office.directory();
        let context = CallContext { call, directory: &directory, late_by_ms: late_by(&events) };
        let desks = self.desks(call.started_at)?;
        let concerned: Vec<(&Desk, Option<NoCard>)> = desks
            .iter()
            .filter(|desk| context.concerns(&desk.viewer))
            .map(|desk| (desk, context.cause(desk, desk.decision(&decisions))))
            .collect();
        let unknown = || OfficeError::invalid("desk", "no desk of this office has this id");
        let desk = match wanted {
            Some(id) => Some(desks.iter().find(|desk| desk.is(id)).ok_or_else(unknown)?),
            // Whoever is no administrator has his own desk only, whether the call concerned it or not.
            None if self.viewer.role != Role::Admin => desks.first(),
            None => concerned.iter().find(|(_, cause)| cause.is_some()).or(concerned.first()).map(|(desk, _)| *desk),
        };
        let cause = desk.map_or_else(|| Some(context.nobodys()), |desk| context.cause(desk, desk.decision(&decisions)));
        let decision = desk.and_then(|desk| desk.decision(&decisions));
        let others = concerned.iter().filter(|(other, _)| desk.is_none_or(|desk| desk.viewer.id != other.viewer.id));
        let outcome = |(desk, cause): &(&Desk, Option<NoCard>)| DeskOutcome {
            desk: name(desk),
            cause: cause.clone(),
            card_ms: desk.decision(&decisions).and_then(|decision| card_ms(&states, decision)),
        };
        Ok(CardPath {
            desk: desk.map(name),
            hops: hops(&events, &states, decision, cause.as_ref()),
            clock_off: decision.is_some_and(|decision| decision.is_clock_off),
            cause,
            others: others.map(outcome).collect(),
            events: events.iter().map(PathEvent::of).collect(),
        })
    }

    /// The desks that this viewer may know of: his own, or, for administrators, all that followed lately.
    fn desks(&self, around: Timestamp) -> Result<Vec<Desk>, OfficeError> {
        let office = &self.office;
        let since = around.checked_sub(KEPT).unwrap_or(Timestamp::MIN);
        let mut desks = desks::since(&office.store, &office.name, since).map_err(|error| storage(&error))?;
        if self.viewer.role != Role::Admin {
            desks.retain(|desk| desk.is(&self.viewer.id));
            if desks.is_empty() {
                desks.push(Desk::unseen((*self.viewer).clone()));
            }
        }
        Ok(desks)
    }

    /// How the calls since this moment came to cards.
    pub(super) async fn report_since(&self, since: Timestamp) -> Result<CardsReport, OfficeError> {
        self.reading(move |view| view.read_report(since)).await
    }

    fn read_report(&self, since: Timestamp) -> Result<CardsReport, OfficeError> {
        let (office, store) = (&self.office, &self.office.store);
        let failed = |error: store::Error| storage(&error);
        let mut decisions: BTreeMap<CallId, Decisions> = BTreeMap::new();
        for row in store.card_decisions_since(&office.name, since, 50 * CALLS).map_err(failed)? {
            let call = row.call.clone();
            decisions.entry(call).or_default().extend(decision(row));
        }
        let times = store.call_times_since(&office.name, since, CALLS).map_err(failed)?;
        let times = times.into_iter().filter_map(|(call, body)| Some((call, serde_json::from_str(&body).ok()?)));
        let times: BTreeMap<CallId, Vec<StateTimes>> = times.collect();
        let (desks, directory) = (self.desks(since)?, office.directory());
        let mut report = CardsReport::default();
        let mut taken = Vec::new();
        for call in self.calls_since(since)? {
            let context = CallContext { call: &call, directory: &directory, late_by_ms: None };
            let none = Decisions::new();
            let decided = decisions.get(&call.id).unwrap_or(&none);
            // A desk says within seconds what it did; until a call is over it may yet ring.
            if call.state != CallState::Ended && decided.is_empty() || call.direction == Direction::Outgoing {
                continue;
            }
            let concerned: Vec<&Desk> = desks.iter().filter(|desk| context.concerns(&desk.viewer)).collect();
            if concerned.is_empty() && self.viewer.role != Role::Admin {
                continue;
            }
            report.calls += 1;
            taken.extend(concerned.iter().filter_map(|desk| {
                let states = times.get(&call.id)?;
                card_ms(states, desk.decision(decided)?)
            }));
            let causes =
                concerned.iter().filter_map(|desk| Some((*desk, context.cause(desk, desk.decision(decided))?)));
            let causes: Vec<(&Desk, NoCard)> = causes.collect();
            let without = |desk: Option<&Desk>, at_all_desks, cause| WithoutCard {
                at: call.started_at,
                call: Some(call.id.clone()),
                journal: None,
                customer: call.customer.name.clone().or_else(|| call.customer.number.clone()),
                line: line_of(&call),
                desk: desk.map(name),
                at_all_desks,
                cause,
            };
            match causes.as_slice() {
                [] if concerned.is_empty() => report.without.push(without(None, false, context.nobodys())),
                [] => report.shown += 1,
                [(_, cause), _, ..] if causes.len() == concerned.len() => {
                    report.without.push(without(None, true, cause.clone()));
                }
                [(desk, cause), ..] => report.without.push(without(Some(desk), false, cause.clone())),
            }
        }
        if self.viewer.role == Role::Admin {
            report.without.extend(self.refused_since(since)?);
            report.without.sort_by_key(|without| std::cmp::Reverse(without.at));
        }
        report.speed = speed(taken);
        Ok(report)
    }

    fn calls_since(&self, since: Timestamp) -> Result<Vec<Call>, OfficeError> {
        let office = Some(self.office.name.clone());
        let filter = Filter { office, visible: store::Visible::clone(&self.visible), ..Filter::default() };
        let (mut calls, mut before) = (Vec::new(), None);
        while calls.len() < CALLS {
            let page = self.office.store.list(&filter, before, PAGE).map_err(|error| storage(&error))?;
            before = page.last().map(|row| row.cursor);
            let read = page.len();
            calls.extend(page.iter().filter_map(rows::call).filter(|call| call.started_at >= since));
            if read < PAGE || calls.last().is_none_or(|call| call.started_at < since) {
                break;
            }
        }
        Ok(calls)
    }

    /// Webhooks that were refused since then: each connection's of one reason once a minute.
    fn refused_since(&self, since: Timestamp) -> Result<Vec<WithoutCard>, OfficeError> {
        let (mut found, mut before, mut looked): (Vec<WithoutCard>, _, _) = (Vec::new(), None, 0);
        while looked < JOURNAL && found.len() < REFUSED {
            let page = self.office.store.journal_before(before, PAGE).map_err(|error| storage(&error))?;
            let Some(last) = page.last() else { break };
            let is_old = last.entry.at < since;
            (before, looked) = (Some(last.id), looked + page.len());
            for refused in page.into_iter().filter(|row| row.entry.at >= since).filter_map(refused) {
                let same = |other: &WithoutCard| {
                    other.line == refused.line
                        && other.cause == refused.cause
                        && other.at.duration_since(refused.at) < jiff::SignedDuration::from_mins(1)
                };
                if !found.iter().any(same) && found.len() < REFUSED {
                    found.push(refused);
                }
            }
            if is_old {
                break;
            }
        }
        Ok(found)
    }
}

fn refused(row: JournalRow) -> Option<WithoutCard> {
    let body = JournalBody::read(&row).filter(|body| body.verdict == JournalVerdict::Refused)?;
    Some(WithoutCard {
        at: row.entry.at,
        call: None,
        journal: Some(row.id),
        customer: None,
        line: row.entry.connection.map(|connection| connection.as_str().to_owned()).unwrap_or_default(),
        desk: None,
        at_all_desks: false,
        cause: NoCard::Refused { reason: body.outcome },
    })
}

fn line_of(call: &Call) -> String {
    let line = call.line.title.clone().or_else(|| call.line.number.clone());
    line.unwrap_or_else(|| call.connection.as_str().to_owned())
}

fn name(desk: &Desk) -> DeskName {
    DeskName { id: desk.viewer.id.clone(), name: desk.viewer.name.clone() }
}

/// What a desk decided, unless a later version wrote it in its own way.
fn decision(row: CardDecisionRow) -> Option<(String, KeptDecision)> {
    Some((row.viewer, KeptDecision::read(&row.body)?))
}

/// How late the first event came, by the PBX's own time.
fn late_by(events: &[TraceEvent]) -> Option<u32> {
    let late = events.iter().find(|event| event.late)?;
    u32::try_from(late.received_at.duration_since(late.vendor_time?).as_millis()).ok()
}

/// The places on the way, with what is known of each.
fn hops(
    events: &[TraceEvent],
    states: &[StateTimes],
    decision: Option<&KeptDecision>,
    cause: Option<&NoCard>,
) -> Vec<Hop> {
    let state = state_of(states, decision);
    let seq = state.map(|state| state.seq).or_else(|| events.first().map(|event| event.seq));
    let event = events.iter().find(|event| Some(event.seq) == seq);
    let vendor_time = event.and_then(|event| event.vendor_time);
    let shown = decision.filter(|decision| decision.rule == CardRule::Shown);
    let at = |place| match place {
        HopPlace::Pbx => vendor_time,
        HopPlace::Signature => event.map(|event| event.received_at),
        HopPlace::Log => state.map(|state| state.logged_at),
        HopPlace::Office => state.and_then(|state| state.published_at),
        HopPlace::Desk => decision.and_then(|decision| decision.decided_at),
        HopPlace::Card => shown.and_then(|shown| shown.painted_at),
    };
    let stop = cause.map(NoCard::stopped_at);
    let mut hops: Vec<Hop> = Vec::new();
    for place in HopPlace::ALL {
        let at = at(place);
        let state = place.state(stop, at.is_some());
        let before = hops.last().and_then(|hop| hop.at);
        // A PBX that tells whole seconds says nothing of milliseconds, and a clock that is behind none at all.
        let is_exact = place != HopPlace::Signature || before.is_some_and(|at| at.subsec_nanosecond() != 0);
        let took = before.zip(at).filter(|_| is_exact).map(|(from, to)| to.duration_since(from).as_millis());
        let took_ms = took.and_then(|took| u32::try_from(took).ok());
        hops.push(Hop { place, state, at, took_ms, seq: seq.filter(|_| place == HopPlace::Log) });
    }
    hops
}
