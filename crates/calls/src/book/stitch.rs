//! Joins a call that we placed with the call that the PBX then tells of.

use jiff::{SignedDuration, Timestamp};

use super::{Book, Change, evidence::LegEvidence, join, origin::Origin, record::Record};
use crate::{
    call::Direction,
    event::{CommandState, VendorEvent},
    id::{CallId, CommandId},
    number,
};

/// A vendor's clock and ours differ by less.
const CLOCKS_APART: SignedDuration = SignedDuration::from_secs(30);

impl Book {
    /// Looks for the pending call that this one is: by the vendor's copy of our command's id, otherwise the newest
    /// whose own line is a leg and whose target is a party.
    pub(super) fn stitch(&mut self, id: &CallId, event: &VendorEvent, changes: &mut Vec<Change>) {
        if self.records.get(id).is_none_or(|record| record.origin.is_some()) {
            return;
        }
        let named = event.vendor_command.as_ref().and_then(|text| text.parse::<CommandId>().ok());
        let named = named.and_then(|command| Some(&self.commands.get(&command)?.call));
        let found = named.filter(|call| self.is_waiting(call)).cloned().or_else(|| self.pending_like(id));
        if let Some(pending) = found {
            self.bind(&pending, id, changes);
        }
    }

    /// An answer came, or none will: calls that it might have named and did not are looked at again, in the order in
    /// which they were told of.
    pub(super) fn stitch_unbound(&mut self, at: Timestamp, changes: &mut Vec<Change>) {
        if !self.settings.answer_names_call {
            return;
        }
        let unbound = self.records.values().filter(|record| record.origin.is_none() && record.evidence.has_state());
        let mut unbound: Vec<_> = unbound.map(|record| (record.first_told, record.id.clone())).collect();
        unbound.sort();
        for (_, id) in unbound {
            let Some(pending) = self.pending_like(&id) else { continue };
            let command = self.records.get(&pending).and_then(|record| Some(record.origin.as_ref()?.command));
            self.bind(&pending, &id, changes);
            self.refresh(&id, changes);
            if let Some(command) = command {
                self.advance(command, CommandState::Confirmed, None, at, changes);
            }
        }
    }

    /// The pending call becomes `to`, and its id a redirect. Does nothing where `to` comes from another command.
    pub(super) fn bind(&mut self, pending: &CallId, to: &CallId, changes: &mut Vec<Change>) {
        let taken = self.records.get(to).is_none_or(|record| record.origin.is_some());
        if taken || pending == to {
            return;
        }
        let Some(from) = self.take(pending) else { return };
        let Some(record) = self.records.get_mut(to) else { return };
        let origin = from.origin.map(|origin| Origin { redirected_from: Some(pending.clone()), ..origin });
        for command in &from.commands {
            if let Some(asked) = self.commands.get_mut(command) {
                asked.call = to.clone();
            }
        }
        record.commands.extend(from.commands);
        record.origin = origin;
        // It began with the command of a person, who is to see what becomes of it.
        record.trial = false;
        if !record.evidence.has_state() {
            record.inferred_end = from.inferred_end;
        }
        record.touch(from.last_told);
        if let Some(old) = from.floor {
            let lowest = record.floor.map_or(old, |new| new.min(old));
            if let Some(new) = record.floor.replace(lowest) {
                self.low_watermark.release(new);
            }
            self.low_watermark.hold(lowest);
        }
        self.redirects.insert(pending.clone(), to.clone());
        changes.push(Change::Redirect { from: pending.clone(), to: to.clone() });
    }

    /// A pending call that no vendor's id and no conclusion of ours has settled.
    fn is_waiting(&self, id: &CallId) -> bool {
        self.records
            .get(id)
            .is_some_and(|record| record.is_pending() && record.vendor_call.is_none() && record.inferred_end.is_none())
    }

    fn pending_like(&self, id: &CallId) -> Option<CallId> {
        let call = self.records.get(id)?;
        // A call from outside is one, also from the number that is being dialled. MANGO shows our own as such, but
        // names no line that was called.
        let from_outside = call.evidence.direction() == Direction::Incoming;
        if from_outside && (!self.settings.legs_join_two || call.evidence.line_number.get().is_some()) {
            return None;
        }
        let waiting = self.open.iter().filter(|id| self.is_waiting(id)).filter_map(|id| self.records.get(id));
        // The phone of the one who ordered a callback may be called before the customer is named.
        let own_phone = self.settings.callback_in_two_calls && join::names_no_target(&call.evidence);
        let is_newer = |pending: &&Record| self.began_after(pending, call);
        let like = waiting.filter(is_newer).filter(|pending| is_like(pending, call, own_phone));
        if like.clone().any(|pending| self.may_be_named(pending)) {
            return None;
        }
        like.max_by_key(|pending| (pending.first_told, pending.floor)).map(|pending| pending.id.clone())
    }

    /// Where calls are read from a list, one that was told after we asked may have begun long before.
    fn began_after(&self, pending: &Record, call: &Record) -> bool {
        let asked = pending.origin.as_ref().map(|origin| origin.asked - CLOCKS_APART);
        self.settings.told_after.is_zero() || call.evidence.times.began() >= asked
    }

    /// The answer that names the command's call is still on its way.
    fn may_be_named(&self, pending: &Record) -> bool {
        let is_sent = |origin: &Origin| self.command_state(origin.command) == Some(CommandState::Sent);
        self.settings.answer_names_call && pending.origin.as_ref().is_some_and(is_sent)
    }
}

/// Whether the call began after it was asked for, and joins the same extension and target, or is to the phone of that
/// extension alone.
fn is_like(pending: &Record, call: &Record, own_phone: bool) -> bool {
    let Some(origin) = &pending.origin else { return false };
    let Some(target) = &origin.to else { return false };
    let is_own = |leg: &LegEvidence| leg.is_agent() && leg.extension.get() == Some(&origin.from);
    let is_target = |party: Option<&String>| party.is_some_and(|party| number::same(party, target));
    let evidence = &call.evidence;
    let others = evidence.legs.iter().filter(|leg| !is_own(leg));
    call.first_told >= origin.asked
        && evidence.legs.iter().any(is_own)
        && (own_phone
            || is_target(evidence.customer_number.get())
            || evidence.legs.iter().any(|leg| is_target(leg.number.get()))
            || others.into_iter().any(|leg| is_target(leg.extension.get())))
}
