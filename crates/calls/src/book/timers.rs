//! Which moments a call waits for, and what their coming means.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::{Book, Change, inferred_end::InferredEnd, record::Record, settings::BookSettings};
use crate::{event::Timer, id::CallId};

/// How long an ended call catches stragglers.
const TOMBSTONE: SignedDuration = SignedDuration::from_mins(15);
/// How long a call that we placed waits for its first event.
const UNSTITCHED: SignedDuration = SignedDuration::from_secs(60);
/// A log may keep times shorter than the moment that was asked for.
const ROUNDING: SignedDuration = SignedDuration::from_secs(1);

/// Asks for the timers of a call as it now is.
pub(super) fn arm(record: &mut Record, settings: &BookSettings, deadlines: &mut BTreeSet<(Timestamp, Timer)>) {
    let wanted = wanted(record, settings);
    if wanted == record.armed {
        return;
    }
    for old in &record.armed {
        deadlines.remove(old);
    }
    deadlines.extend(wanted.iter().cloned());
    record.armed = wanted;
}

fn wanted(record: &Record, settings: &BookSettings) -> Vec<(Timestamp, Timer)> {
    let call = || record.id.clone();
    if record.call.is_none() || record.is_ended() {
        return vec![(record.last_told + TOMBSTONE, Timer::Tombstone { call: call() })];
    }
    if let Some(origin) = record.origin.as_ref().filter(|_| record.is_pending()) {
        return vec![(
            record.last_told + UNSTITCHED + settings.told_after,
            Timer::Unstitched { command: origin.command },
        )];
    }
    let mut wanted = vec![(record.last_told + settings.silence, Timer::Silent { call: call() })];
    if record.settled {
        wanted.push((record.last_told + settings.grace, Timer::Grace { call: call() }));
    }
    wanted.extend(record.taken_back.as_ref().map(|(_, until)| (*until, Timer::Provisional { call: call() })));
    wanted
}

impl Book {
    /// A timer whose condition no longer holds changes nothing.
    pub(super) fn timer_fired(&mut self, timer: &Timer, at: Timestamp, changes: &mut Vec<Change>) {
        match timer {
            Timer::Grace { call } => self.conclude(call, timer, at, InferredEnd::Grace { at }, changes),
            Timer::Silent { call } => self.conclude(call, timer, at, InferredEnd::Silent { at }, changes),
            Timer::Unstitched { command } => {
                let Some(asked) = self.commands.get(command) else { return };
                let call = asked.call.clone();
                if self.is_due(&call, timer, at) {
                    self.not_confirmed(*command, at, changes);
                    // An answer that has not come by now names no call either.
                    self.stitch_unbound(at, changes);
                    self.conclude(&call, timer, at, InferredEnd::Unstitched { at }, changes);
                }
            }
            Timer::NotConfirmed { command } => {
                if self.due(*command).is_some_and(|due| due <= at + ROUNDING) {
                    self.not_confirmed(*command, at, changes);
                }
            }
            Timer::Provisional { call } => {
                if self.is_due(call, timer, at)
                    && let Some(record) = self.records.get_mut(call)
                {
                    record.taken_back = None;
                    self.refresh(call, changes);
                }
            }
            Timer::Tombstone { call } => {
                if self.is_due(call, timer, at) {
                    self.let_go(call);
                }
            }
        }
    }

    fn conclude(
        &mut self,
        call: &CallId,
        timer: &Timer,
        at: Timestamp,
        inferred_end: InferredEnd,
        changes: &mut Vec<Change>,
    ) {
        if !self.is_due(call, timer, at) {
            return;
        }
        if let Some(record) = self.records.get_mut(call) {
            record.inferred_end = Some(inferred_end);
            record.touch(at);
        }
        self.refresh(call, changes);
        self.confirm_end(call, at, changes);
    }

    fn is_due(&self, call: &CallId, timer: &Timer, at: Timestamp) -> bool {
        let armed = |record: &Record| record.armed.iter().any(|(due, armed)| armed == timer && *due <= at + ROUNDING);
        self.records.get(call).is_some_and(armed)
    }

    /// Lets a call go, with its commands and the redirect that led to it.
    pub fn let_go(&mut self, call: &CallId) {
        let id = self.resolve(call).clone();
        let Some(record) = self.take(&id) else { return };
        for command in &record.commands {
            self.forget_command(*command);
        }
        for from in record.origin.and_then(|origin| origin.redirected_from).iter().chain(&record.joined) {
            self.redirects.remove(from);
        }
    }
}
