//! Consultation legs: a colleague calls another about a call that he has, and may pass it on to him.
//!
//! The PBX tells of one leg with a colleague at each end. The end of the colleague who calls is not a leg of his own: he
//! has one already, on which the call waits. When the customer takes his place on the consultation leg, the call has been
//! passed on.

use super::{
    derived_leg::{Consultation, DerivedLeg},
    evidence::{LegEvidence, When},
};
use crate::call::EndCause;

/// Ends what a transfer has ended, tells consultations from talks, and leaves out the calling ends that are no legs.
pub(super) fn settle(legs: &mut Vec<DerivedLeg<'_>>) {
    let replaced: Vec<_> = legs.iter().filter_map(|end| Some((end.evidence, replaced(end.evidence, legs)?))).collect();
    let told: Vec<_> = legs.iter().filter_map(|leg| Some((leg.evidence, leg.replaced?))).collect();
    for (end, when) in told.iter().chain(&replaced) {
        leave(legs, end, *when);
    }
    let mut consultations = Vec::new();
    for end in legs.iter() {
        let Some((called, own)) = end.evidence.calls.as_ref().zip(own_leg(end, legs)) else { continue };
        let replaced = replaced.iter().find(|(evidence, _)| evidence.key == end.evidence.key).map(|(_, when)| *when);
        // Who hangs up what he holds passes it on, though the message that says so may be lost or come later.
        let hung_up = own.ended.filter(|_| own.left_on_hold);
        let since = replaced.map(|when| hung_up.map_or(when, |hung_up| hung_up.min(when)));
        let caller = end.evidence.extension.get().map(String::as_str);
        consultations.push((end.evidence.key.clone(), called.clone(), since, caller));
    }
    for (end, called, since, caller) in consultations {
        legs.retain(|leg| leg.evidence.key != end);
        let consultation = since.map_or(Consultation::Alone, Consultation::PassedOn);
        for leg in legs.iter_mut().filter(|leg| leg.evidence.key == called) {
            leg.consultation = Some(consultation);
            leg.asked_by = caller.filter(|_| since.is_none());
        }
    }
}

/// When somebody else took the place of this calling end: the first message of the called leg that does not name it,
/// behind one that does.
fn replaced(end: &LegEvidence, legs: &[DerivedLeg<'_>]) -> Option<When> {
    let called = end.calls.as_ref()?;
    let called = legs.iter().find(|leg| leg.evidence.key == *called)?.evidence;
    let names_it = |when: &When| end.steps.iter().any(|(told, _)| told == when);
    let told = called.steps.iter().map(|(when, _)| when);
    told.skip_while(|when| !names_it(when)).find(|when| !names_it(when)).copied()
}

/// Who passed a call on has left it with all his legs, though the message of their end may be lost.
fn leave(legs: &mut [DerivedLeg<'_>], end: &LegEvidence, when: When) {
    let extension = end.extension.get();
    for leg in
        legs.iter_mut().filter(|leg| leg.is_agent() && extension.is_some() && leg.evidence.extension.get() == extension)
    {
        if leg.evidence.key == end.key || leg.last_heard().is_some_and(|heard| heard <= when.at) {
            leg.close(when, EndCause::Transferred);
        }
    }
}

/// The leg on which the one who calls has the call already, and which was not over when he called.
fn own_leg<'a, 'b>(end: &DerivedLeg<'_>, legs: &'b [DerivedLeg<'a>]) -> Option<&'b DerivedLeg<'a>> {
    let his = |leg: &&DerivedLeg<'_>| {
        leg.is_agent()
            && leg.evidence.key != end.evidence.key
            && leg.extension() == end.extension()
            && (leg.evidence.calls.is_none() || leg.started < end.started)
            && leg.ended.is_none_or(|ended| ended >= end.started)
    };
    legs.iter().filter(his).max_by_key(|leg| leg.left_on_hold)
}
