//! Legs, notes and outcome as the side panel shows them.

use calls::{CallState, FactKind, number::national};
use link::wire::{Call, Leg};
use store::ShownFact;

use super::{party::who, row::span_ms};
use crate::contract::{LegView, NoteView, OutcomeKind};

/// The legs, in the order in which they joined.
pub(crate) fn legs(call: &Call) -> Vec<LegView> {
    call.legs.iter().filter_map(|leg| leg_view(call, leg)).collect()
}

fn leg_view(call: &Call, leg: &Leg) -> Option<LegView> {
    let who = match who(leg) {
        Some(who) => who,
        None => customer_of(call, leg)?,
    };
    let extension = leg.extension.clone().filter(|extension| *extension != who);
    let until = leg.ended_at.or(call.ended_at.filter(|_| call.state == CallState::Ended));
    let talk = leg.answered_at.zip(until).filter(|(from, to)| from < to);
    let talk_ms = talk.map(|(from, to)| span_ms(from, to));
    Some(LegView { role: leg.role, who, extension, state: leg.state, talk_ms })
}

/// A customer's leg often has nothing of its own: the call knows who it is. Nobody is shown for a hidden number.
fn customer_of(call: &Call, leg: &Leg) -> Option<String> {
    if leg.role != calls::LegRole::Customer {
        return None;
    }
    call.customer.name.clone().or_else(|| call.customer.number.as_deref().map(national))
}

/// Notes, newest first.
pub(crate) fn notes(facts: &[ShownFact]) -> Vec<NoteView> {
    facts
        .iter()
        .rev()
        .filter(|shown| shown.fact.kind == FactKind::Note)
        .filter_map(|shown| {
            Some(NoteView {
                id: shown.fact.id.to_string(),
                text: shown.fact.value.as_str()?.to_owned(),
                author: shown.fact.author.clone(),
                at: shown.fact.at,
                also_edited_by: shown.beside.iter().map(|fact| fact.author.clone()).collect(),
            })
        })
        .collect()
}

/// The newest outcome; a word of a later version is none.
pub(crate) fn outcome(facts: &[ShownFact]) -> Option<OutcomeKind> {
    let newest = facts.iter().rfind(|shown| shown.fact.kind == FactKind::Outcome)?;
    serde_json::from_value(newest.fact.value.clone()).ok()
}
