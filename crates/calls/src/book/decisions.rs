//! Our own decisions: timers, absences from the PBX's list, gaps, the zone.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::{
    Book, Change,
    inferred_end::{Doubt, InferredEnd},
    record::Record,
};
use crate::{
    call::{Call, CallState},
    event::{Decision, Stored},
    id::CallId,
};

/// A replayed call that was last heard of so lately and has no end still rings.
const STILL_RINGS: SignedDuration = SignedDuration::from_mins(5);

impl Book {
    /// The open calls that a list of the PBX lacks, by the vendor's ids on it. What was told after the list was asked
    /// for is newer than the list, and calls that we have only asked for are on none.
    pub fn absent_from(&self, listed: &BTreeSet<String>, asked: Timestamp) -> Vec<CallId> {
        let listed: BTreeSet<CallId> = listed
            .iter()
            .map(|vendor_call| self.resolve(&CallId::of_vendor(&self.connection, vendor_call)).clone())
            .collect();
        let is_absent = |id: &&CallId| {
            let older = |record: &Record| !record.is_pending() && record.last_told < asked;
            !listed.contains(*id) && self.records.get(*id).is_some_and(older)
        };
        self.open.iter().filter(is_absent).cloned().collect()
    }

    pub(super) fn decision(&mut self, stored: &Stored, decision: &Decision, changes: &mut Vec<Change>) {
        match decision {
            Decision::TimerFired { timer } => self.timer_fired(timer, stored.received_at, changes),
            Decision::AbsentFromSnapshot { call } => self.absent(stored, call, changes),
            Decision::ReadAgain { call } => self.read_again(stored.seq, call, changes),
            // The PBX tells what comes of it.
            Decision::RuleActed { .. } => {}
            Decision::RuleTooLate { call, rule } => self.rule_too_late(stored, call, rule, changes),
            Decision::GapOpened { session, .. } => self.open_gap(session.as_ref(), stored.seq),
            Decision::GapClosed { session, hole_until, .. } => {
                self.close_gap(session.as_ref(), stored.received_at, *hole_until, changes);
            }
            Decision::ZoneChosen { .. } => self.settle_zone(stored.seq),
        }
    }

    /// A list that was read may lack a call for a moment, so there it takes two absences running.
    fn absent(&mut self, stored: &Stored, call: &CallId, changes: &mut Vec<Change>) {
        let id = self.resolve(call).clone();
        let Some(record) = self.records.get_mut(&id).filter(|record| !record.is_ended() && !record.is_pending()) else {
            return;
        };
        if !record.absences.contains(&stored.seq) {
            record.absences.push(stored.seq);
        }
        if record.absences.len() >= if record.polled { 2 } else { 1 } {
            record.inferred_end = Some(InferredEnd::Absent { at: stored.received_at });
            record.touch(stored.received_at);
            self.refresh(&id, changes);
            self.confirm_end(&id, stored.received_at, changes);
        }
    }

    /// A refusal that nobody heard: the call goes on as the PBX tells.
    fn rule_too_late(&mut self, stored: &Stored, call: &CallId, rule: &str, changes: &mut Vec<Change>) {
        let id = self.resolve(call).clone();
        let Some(record) = self.records.get_mut(&id) else { return };
        record.evidence.forget_refusal(rule);
        record.touch(stored.received_at);
        self.refresh(&id, changes);
        self.hold_open(&id, stored.seq);
    }

    /// A call that was restored from entries which were not folded when they were told: all of it is news.
    fn read_again(&mut self, seq: u64, call: &CallId, changes: &mut Vec<Change>) {
        let id = self.resolve(call).clone();
        let Some(call) = self.records.get(&id).and_then(|record| record.call.clone()) else { return };
        changes.extend(call.redirected_from.clone().map(|from| Change::Redirect { from, to: id.clone() }));
        changes.push(Change::Call(call));
        self.hold_open(&id, seq);
    }

    /// Of what is open now in this session, an answer may be missed: its end must not invent a missed call.
    fn open_gap(&mut self, session: Option<&String>, seq: u64) {
        // A rebuild may have been told of a later one already.
        let opened_at = self.gaps.entry(session.cloned()).or_insert(seq);
        *opened_at = seq.min(*opened_at);
        for id in &self.open {
            if let Some(record) = self.records.get_mut(id)
                && session.is_none_or(|extension| involves(record, extension))
            {
                record.doubts.insert(session.cloned(), Doubt::Open);
            }
        }
    }

    /// What was missed has been replayed, up to `hole_until`. A call that still rings may now be shown.
    fn close_gap(
        &mut self,
        session: Option<&String>,
        at: Timestamp,
        hole_until: Option<Timestamp>,
        changes: &mut Vec<Change>,
    ) {
        let session = session.cloned();
        self.gaps.remove(&session);
        let filled = |record: &Record| match (hole_until, record.evidence.times.began()) {
            (Some(hole), Some(began)) => began >= hole,
            (Some(_), None) => false,
            (None, _) => true,
        };
        let mut touched = Vec::new();
        for (id, record) in &mut self.records {
            let is_filled = filled(record);
            let cleared = match record.doubts.get_mut(&session) {
                None => false,
                Some(_) if is_filled => record.doubts.remove(&session).is_some(),
                Some(doubt) => std::mem::replace(doubt, Doubt::Hole) == Doubt::Open,
            };
            // Where it is asked for calls, whether one of them rings or is talked on is not told.
            let rings = self.settings.told_after.is_zero() && still_rings(record, at);
            if rings {
                record.evidence.ring_since(at - STILL_RINGS);
            }
            if cleared || rings {
                touched.push(id.clone());
            }
        }
        for id in touched {
            self.refresh(&id, changes);
        }
    }
}

/// Whether this extension takes part in the call, or is to.
fn involves(record: &Record, extension: &str) -> bool {
    let placed = record.origin.as_ref().is_some_and(|origin| origin.from == extension);
    placed
        || record
            .call
            .as_ref()
            .is_some_and(|call| call.legs.iter().any(|leg| leg.extension.as_deref() == Some(extension)))
}

/// Whether a call that was told of late rings all the same.
fn still_rings(record: &Record, at: Timestamp) -> bool {
    let late = |call: &Call| call.late || call.legs.iter().any(|leg| leg.late);
    let rings = record.call.as_ref().is_some_and(|call| call.state == CallState::Ringing && late(call));
    rings && record.evidence.times.last.is_some_and(|last| at.duration_since(last.at) <= STILL_RINGS)
}
