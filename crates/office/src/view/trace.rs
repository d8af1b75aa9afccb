//! The stored events of a call, for the side panel and for support.

use calls::{Command, CommandKind, Decision, Effect, LogEvent, Source, Stored};
use link::wire::{Signature, TraceEvent};

use crate::route_commands;

/// One stored event as it is told.
pub(super) fn trace_event(entry: Stored) -> TraceEvent {
    let (kind, vendor_time, party, signature, route) = match entry.event {
        LogEvent::Vendor(event) => {
            let party = event.effects.iter().find_map(party_of);
            let signature = if event.source == Source::Webhook { Signature::Valid } else { Signature::None };
            let route = event.effects.iter().find_map(route_of);
            (event.raw_kind, event.time.map(|time| time.utc), party, signature, route)
        }
        // The office's rules sign with the name of the rule.
        LogEvent::Command(Command { id, author, kind: CommandKind::Act { call, .. } })
            if id == route_commands::command_of(&call) =>
        {
            (author, None, None, Signature::Own, None)
        }
        LogEvent::Command(_) => ("command".to_owned(), None, None, Signature::Own, None),
        LogEvent::Answer(_) => ("answer".to_owned(), None, None, Signature::Own, None),
        LogEvent::Decision(Decision::RuleTooLate { rule, .. }) => {
            (RULE_TOO_LATE.to_owned(), None, None, Signature::Own, Some(rule))
        }
        LogEvent::Decision(decision) => (decision_word(&decision).to_owned(), None, None, Signature::Own, None),
    };
    let late = vendor_time.is_some_and(|time| entry.received_at.duration_since(time) > LATE);
    TraceEvent { seq: entry.seq, kind, vendor_time, received_at: entry.received_at, late, signature, party, route }
}

/// Our word for a rule that the PBX did not wait for.
const RULE_TOO_LATE: &str = "ruleTooLate";

/// Events older than this by their vendor's time pop nothing.
const LATE: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);

/// What was said of the call's route: the office's rule that acted, or the PBX's words.
fn route_of(effect: &Effect) -> Option<String> {
    if let Effect::RouteResult { detail, .. } = effect { detail.clone() } else { None }
}

fn party_of(effect: &Effect) -> Option<String> {
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
        Decision::RuleTooLate { .. } => RULE_TOO_LATE,
        Decision::GapOpened { .. } => "gapOpened",
        Decision::GapClosed { .. } => "gapClosed",
        Decision::ZoneChosen { .. } => "zoneChosen",
    }
}
