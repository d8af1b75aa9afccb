//! A callback whose two legs are told of as two calls is one call.

use jiff::SignedDuration;

use super::{
    Book, Change,
    evidence::{Evidence, Step},
    record::Record,
};
use crate::{
    call::{Direction, LegRole},
    event::{Effect, LegRef, Stored, VendorEvent},
    id::CallId,
    number,
};

/// A phone rings no longer before the customer is dialled.
const BETWEEN_LEGS: SignedDuration = SignedDuration::from_mins(2);

/// What a message says of an outgoing call: whose it is, and who is called, if that is said.
struct Leg<'a> {
    extension: &'a str,
    target: Option<&'a str>,
}

impl Book {
    /// The call that this one, which is not known yet, is the other leg of. From then on it is a part of that.
    pub(super) fn join(
        &mut self,
        stored: &Stored,
        event: &VendorEvent,
        id: &CallId,
        changes: &mut Vec<Change>,
    ) -> Option<CallId> {
        if !self.settings.callback_in_two_calls || self.records.contains_key(id) || self.redirects.contains_key(id) {
            return None;
        }
        let leg = Leg::of(event)?;
        let began_lately = |record: &&Record| stored.received_at.duration_since(record.first_told) <= BETWEEN_LEGS;
        let open = self.open.iter().filter_map(|id| self.records.get(id)).filter(began_lately);
        let joined = open.filter(|record| leg.is_of(record)).max_by_key(|record| (record.first_told, record.floor))?;
        let to = joined.id.clone();
        self.records.get_mut(&to)?.joined.push(id.clone());
        self.redirects.insert(id.clone(), to.clone());
        changes.push(Change::Redirect { from: id.clone(), to: to.clone() });
        Some(to)
    }
}

impl<'a> Leg<'a> {
    fn of(event: &'a VendorEvent) -> Option<Self> {
        let customer = event.effects.iter().find_map(|effect| {
            if let Effect::CallCreated { direction: Direction::Outgoing, customer, .. }
            | Effect::CallUpdated { direction: Direction::Outgoing, customer, .. } = effect
            {
                Some(customer)
            } else {
                None
            }
        })?;
        let own = |leg: &&LegRef| leg.role == LegRole::Agent;
        let extension =
            event.effects.iter().filter_map(Effect::leg).filter(own).find_map(|leg| leg.extension.as_deref())?;
        Some(Self { extension, target: customer.number.as_deref() })
    }

    /// Whether the call is of the same extension and, where both say so, to the same number, and nobody has answered
    /// there: two calls by hand are not made at once.
    fn is_of(&self, record: &Record) -> bool {
        let evidence = &record.evidence;
        let placed = record.origin.as_ref();
        let known = evidence.customer_number.get().or_else(|| placed.and_then(|origin| origin.to.as_ref()));
        let fits = match (self.target, known) {
            (Some(target), Some(known)) => number::same(target, known),
            (Some(_), None) | (None, Some(_)) => true,
            (None, None) => false,
        };
        let is_own = evidence
            .legs
            .iter()
            .any(|leg| leg.is_agent() && leg.extension.get().map(String::as_str) == Some(self.extension));
        let answered = evidence
            .legs
            .iter()
            .any(|leg| leg.role == LegRole::Customer && leg.steps.iter().any(|(_, step)| *step == Step::Answered));
        evidence.has_state() && evidence.direction() == Direction::Outgoing && is_own && fits && !answered
    }
}

/// Whether the call is told of as one of the office to a phone of its own: nobody else takes part.
pub(super) fn names_no_target(evidence: &Evidence) -> bool {
    let names_nobody = |leg: &super::evidence::LegEvidence| leg.number.get().is_none();
    evidence.direction() == Direction::Outgoing
        && evidence.customer_number.get().is_none()
        && evidence.legs.iter().filter(|leg| !leg.is_agent()).all(names_nobody)
        && evidence.legs.iter().filter(|leg| leg.is_agent()).count() == 1
}
