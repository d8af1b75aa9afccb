//! What happened in a call, told from its legs and from the office's trace.

use calls::{CallState, Direction, LegRole};
use jiff::{SignedDuration, Timestamp};
use link::wire::{Call, CallRule, Leg, RecordingState, Signature, Trace, TraceEvent, TracedRule};

use super::party::{line, who};
use crate::contract::{TimelineEntry, TimelineKind};

/// Phones that begin to ring this close together are told as one.
const TOGETHER: SignedDuration = SignedDuration::from_secs(1);

/// The entries in order of time.
pub(crate) fn timeline(call: &Call, trace: Option<&Trace>) -> Vec<TimelineEntry> {
    let mut entries = vec![beginning(call)];
    entries.extend(by_rule(call, trace));
    entries.extend(ringing(call));
    entries.extend(call.legs.iter().filter_map(|leg| answered(call, leg)));
    entries.extend(call.legs.iter().filter_map(|leg| left(call, leg)));
    if let Some(at) = call.ended_at.filter(|_| call.state == CallState::Ended) {
        entries.push(entry(at, TimelineKind::Ended, []));
    }
    entries.extend(recording_ready(call, trace));
    // Stable: what happened in the same moment keeps the order in which it is told above.
    entries.sort_by_key(|entry| entry.at);
    entries
}

fn entry(at: Timestamp, what: TimelineKind, who: impl IntoIterator<Item = String>) -> TimelineEntry {
    TimelineEntry { at, what, who: who.into_iter().collect() }
}

fn beginning(call: &Call) -> TimelineEntry {
    match call.direction {
        Direction::Outgoing | Direction::Internal => {
            let caller = call.legs.iter().find(|leg| leg.is_agent() && leg.extension == call.placed_by).and_then(who);
            entry(call.started_at, TimelineKind::Placed, caller)
        }
        Direction::Incoming | Direction::Unknown => entry(call.started_at, TimelineKind::Arrived, line(call)),
    }
}

/// What came of the office's rules for the caller. What the PBX was told and did not do is told as that alone.
fn by_rule(call: &Call, trace: Option<&Trace>) -> Option<TimelineEntry> {
    let told = |event: &TraceEvent| Some((event.received_at, event.rule?));
    let (at, rule) = trace?.events.iter().filter_map(told).next_back()?;
    let what = match rule {
        TracedRule::Acted(CallRule::Responsible) => TimelineKind::RuleResponsible,
        TracedRule::Acted(CallRule::Scenario) => TimelineKind::RuleScenario,
        TracedRule::Acted(CallRule::Blocked) => TimelineKind::RuleBlocked,
        TracedRule::Acted(CallRule::Contact) => TimelineKind::RuleContact,
        TracedRule::TooLate => TimelineKind::RuleTooLate,
        TracedRule::Refused => TimelineKind::RuleRefused,
    };
    // The PBX's clock may be ahead of ours.
    Some(entry(at.max(call.started_at), what, []))
}

/// One entry for all phones of the office that begin to ring together.
fn ringing(call: &Call) -> Vec<TimelineEntry> {
    let mut entries: Vec<TimelineEntry> = Vec::new();
    let mut rung: Vec<_> =
        call.legs.iter().filter(|leg| leg.is_agent()).filter_map(|leg| Some((leg.started_at?, who(leg)?))).collect();
    rung.sort_by_key(|(at, _)| *at);
    for (at, name) in rung {
        match entries.last_mut() {
            Some(last) if at.duration_since(last.at) <= TOGETHER => last.who.push(name),
            Some(_) | None => entries.push(entry(at, TimelineKind::Rings, [name])),
        }
    }
    entries
}

fn answered(call: &Call, leg: &Leg) -> Option<TimelineEntry> {
    let tells = leg.is_agent() || (leg.role == LegRole::Customer && call.direction == Direction::Outgoing);
    leg.answered_at.filter(|_| tells).map(|at| entry(at, TimelineKind::Answered, who(leg)))
}

/// Somebody who had talked left while the call went on.
fn left(call: &Call, leg: &Leg) -> Option<TimelineEntry> {
    let at = leg.ended_at.filter(|_| leg.answered_at.is_some())?;
    let with_the_end = call.ended_at.is_some_and(|end| end.duration_since(at) <= TOGETHER);
    (!with_the_end).then(|| entry(at, TimelineKind::Left, who(leg)))
}

/// The last that the PBX said of an ended call whose recording can be played is that it can.
fn recording_ready(call: &Call, trace: Option<&Trace>) -> Option<TimelineEntry> {
    let ended = call.ended_at?;
    call.recordings.iter().find(|recording| recording.state == RecordingState::Ready)?;
    let last = trace?.events.iter().rfind(|event| event.signature != Signature::Own)?;
    Some(entry(last.received_at.max(ended), TimelineKind::RecordingReady, []))
}
