//! Conferences, as the list of calls shows them: rows with one conference. No event tells of them.
//!
//! Each row is a dialogue of two, so whoever joined a call is a party of another row. In the call he is shown as a leg
//! more, for as long as the rows have the conference in common.

use std::collections::BTreeMap;

use calls::{Effect, EndCause, LegRef};

use super::{
    calls::{KnownCall, Side},
    events::party_of,
};

/// Who joined which call, as it was told last.
#[derive(Debug, Default)]
pub(super) struct Conferences(BTreeMap<String, BTreeMap<String, LegRef>>);

impl Conferences {
    /// What differs from the list before, by the call: `listed` are the calls of a list, each with its conference.
    pub(super) fn compare(&mut self, listed: &[(String, Option<String>, KnownCall)]) -> Vec<(String, Vec<Effect>)> {
        let joined: BTreeMap<String, BTreeMap<String, LegRef>> = listed
            .iter()
            .filter_map(|(call, conference, known)| {
                let others = listed
                    .iter()
                    .filter(|(other, theirs, _)| other != call && conference.is_some() && theirs == conference);
                let own = agents(known);
                let is_new = |leg: &LegRef| own.iter().all(|own| own.extension != leg.extension);
                let legs = others.flat_map(|(_, _, known)| agents(known)).filter(is_new);
                let legs: BTreeMap<_, _> = legs.map(|leg| (leg.key.clone(), leg)).collect();
                (!legs.is_empty()).then(|| (call.clone(), legs))
            })
            .collect();
        let before = std::mem::replace(&mut self.0, joined);
        let none = BTreeMap::new();
        let of =
            |all: &BTreeMap<String, BTreeMap<String, LegRef>>, call: &String| all.get(call).unwrap_or(&none).clone();
        let changed = listed.iter().map(|(call, _, _)| {
            let (old, new) = (of(&before, call), of(&self.0, call));
            let came = new.iter().filter(|(key, _)| !old.contains_key(*key));
            let left = old.iter().filter(|(key, _)| !new.contains_key(*key));
            let came = came.map(|(_, leg)| Effect::LegAnswered { leg: leg.clone() });
            let left =
                left.map(|(_, leg)| Effect::LegCleared { leg: leg.clone(), cause: EndCause::Normal, reason: None });
            (call.clone(), came.chain(left).collect::<Vec<_>>())
        });
        changed.filter(|(_, effects)| !effects.is_empty()).collect()
    }
}

/// The people of the office in a dialogue, where their extensions are known.
fn agents(known: &KnownCall) -> Vec<LegRef> {
    let sides = [Side::A, Side::B].map(|side| party_of(known, side));
    sides.into_iter().filter(|leg| leg.extension.is_some()).collect()
}
