//! Calls in a line of text, without times: what a store is compared by.

use calls::{Call, Recording};
use serde::Serialize;

use crate::office::Office;

/// All calls of an office, in order of their ids.
pub(crate) fn of(office: &Office) -> Vec<String> {
    let mut lines: Vec<String> = office.calls.values().map(of_call).collect();
    lines.sort();
    lines
}

/// `incoming ended answered +79161234567 > +74951234567 | customer cleared | agent 101 cleared | …`.
pub(crate) fn of_call(call: &Call) -> String {
    let mut words = vec![word(call.direction), word(call.state)];
    words.extend(call.result.map(word));
    words.push(call.customer.number.clone().unwrap_or_else(|| "hidden".into()));
    words.extend(call.line.number.iter().map(|line| format!("> {line}")));
    let flags = [
        (call.partial, "partial"),
        (call.late, "late"),
        (call.in_menu, "inMenu"),
        (call.transferring, "transferring"),
        (call.command.is_some(), "ours"),
        (call.redirected_from.is_some(), "redirected"),
    ];
    words.extend(flags.iter().filter(|(holds, _)| *holds).map(|(_, flag)| format!("({flag})")));
    words.extend(call.end_reason.iter().map(|reason| format!("“{reason}”")));
    let mut legs: Vec<String> = call.legs.iter().map(leg).collect();
    legs.sort();
    let recordings = call.recordings.iter().map(recording);
    [words.join(" ")].into_iter().chain(legs).chain(recordings).collect::<Vec<_>>().join(" | ")
}

fn leg(leg: &calls::Leg) -> String {
    let mut words = vec![word(leg.role)];
    words.extend(leg.extension.clone());
    words.extend(leg.key.split_once('#').map(|(_, turn)| format!("#{turn}")));
    words.push(word(leg.state));
    words.extend((leg.end_cause != calls::EndCause::Normal).then(|| word(leg.end_cause)));
    words.extend(leg.end_reason.iter().map(|reason| format!("“{reason}”")));
    words.join(" ")
}

fn recording(recording: &Recording) -> String {
    let reference = recording.reference.as_ref().map_or("", |reference| reference.as_str());
    format!("recording {} {reference}", word(recording.state)).trim_end().to_owned()
}

/// The word that goes over the wire.
fn word(value: impl Serialize) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
}
