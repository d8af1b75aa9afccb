//! The stored events of a call, for the side panel and for support.

use calls::{CallId, Command, CommandAnswer, CommandKind, Decision, Effect, LogEvent, Source, Stored};
use link::wire::{CallRule, Signature, TraceEvent, TracedRule};

use crate::route_commands;

/// The stored events of a call as they are told.
pub(super) fn trace_events(call: &CallId, entries: Vec<Stored>) -> Vec<TraceEvent> {
    entries.into_iter().map(|entry| trace_event(call, entry)).collect()
}

fn trace_event(call: &CallId, entry: Stored) -> TraceEvent {
    let own = TraceEvent {
        seq: entry.seq,
        kind: String::new(),
        vendor_time: None,
        received_at: entry.received_at,
        late: false,
        signature: Signature::Own,
        party: None,
        route: None,
        rule: None,
    };
    match entry.event {
        LogEvent::Vendor(event) => {
            let vendor_time = event.time.map(|time| time.utc);
            let begins = event.effects.iter().any(|effect| matches!(effect, Effect::CallCreated { .. }));
            let route = event.effects.iter().find_map(route_of);
            TraceEvent {
                vendor_time,
                late: vendor_time.is_some_and(|time| entry.received_at.duration_since(time) > LATE),
                signature: if event.source == Source::Webhook { Signature::Valid } else { Signature::None },
                party: event.effects.iter().find_map(party_of),
                // Of the event that begins a call the office alone says where the call goes.
                rule: route.as_deref().filter(|_| begins).and_then(CallRule::named).map(TracedRule::Acted),
                route,
                kind: event.raw_kind,
                ..own
            }
        }
        // The office's rules sign with the name of the rule.
        LogEvent::Command(Command { id, author, kind: CommandKind::Act { call, .. } })
            if id == route_commands::command_of(&call) =>
        {
            let rule = author.strip_prefix(route_commands::RULE).and_then(CallRule::named).map(TracedRule::Acted);
            TraceEvent { kind: author, rule, ..own }
        }
        LogEvent::Command(_) => TraceEvent { kind: "command".to_owned(), ..own },
        LogEvent::Answer(answer) => {
            let is_refused = matches!(answer, CommandAnswer::Rejected { .. });
            let is_rule = answer.command() == route_commands::command_of(call);
            TraceEvent {
                kind: "answer".to_owned(),
                rule: (is_refused && is_rule).then_some(TracedRule::Refused),
                ..own
            }
        }
        LogEvent::Decision(decision) => {
            let (rule, route) = match &decision {
                Decision::RuleActed { rule, .. } => (CallRule::named(rule).map(TracedRule::Acted), Some(rule.clone())),
                Decision::RuleTooLate { rule, .. } => (Some(TracedRule::TooLate), Some(rule.clone())),
                Decision::TimerFired { .. }
                | Decision::AbsentFromSnapshot { .. }
                | Decision::ReadAgain { .. }
                | Decision::GapOpened { .. }
                | Decision::GapClosed { .. }
                | Decision::ZoneChosen { .. } => (None, None),
            };
            TraceEvent { kind: decision_word(&decision).to_owned(), rule, route, ..own }
        }
    }
}

/// Events older than this by their vendor's time pop nothing.
const LATE: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);

/// What was said of the call's route: the office's rule that acted, or the PBX's words.
fn route_of(effect: &Effect) -> Option<String> {
    if let Effect::RouteResult { detail, .. } = effect { detail.clone() } else { None }
}

pub(super) fn party_of(effect: &Effect) -> Option<String> {
    let leg = match effect {
        Effect::LegOffered { leg }
        | Effect::LegQueued { leg, .. }
        | Effect::LegRinging { leg }
        | Effect::LegAnswered { leg }
        | Effect::LegHeld { leg }
        | Effect::LegRetrieved { leg }
        | Effect::LegReplaced { leg }
        | Effect::LegCleared { leg, .. } => leg,
        Effect::CallCreated { customer, .. } => return customer.number.clone(),
        Effect::CallUpdated { .. }
        | Effect::TransferStarted
        | Effect::Dtmf { .. }
        | Effect::RouteResult { .. }
        | Effect::CommandResult { .. }
        | Effect::RecordingStarted
        | Effect::RecordingAvailable { .. }
        | Effect::NotRecorded
        | Effect::Attributed { .. }
        | Effect::CallEnded { .. }
        | Effect::Unknown { .. } => return None,
    };
    leg.extension.clone().or_else(|| leg.number.clone())
}

fn decision_word(decision: &Decision) -> &'static str {
    match decision {
        Decision::TimerFired { .. } => "timerFired",
        Decision::AbsentFromSnapshot { .. } => "absentFromSnapshot",
        Decision::ReadAgain { .. } => "readAgain",
        Decision::RuleActed { .. } => "ruleActed",
        Decision::RuleTooLate { .. } => "ruleTooLate",
        Decision::GapOpened { .. } => "gapOpened",
        Decision::GapClosed { .. } => "gapClosed",
        Decision::ZoneChosen { .. } => "zoneChosen",
    }
}
