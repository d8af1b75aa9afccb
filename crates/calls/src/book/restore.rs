//! Calls that the book has let go and that a straggler brings back.

use super::{Book, Change, facts::Facts, origin::Origin, record::Record};
use crate::{
    call::{Call, Direction},
    event::{Decision, Stored, Timer, Told},
};

impl Book {
    /// Brings a call back whose tombstone has passed, so that a straggler can be applied to it. `entries` are the
    /// log entries of this call and of the id it had before ([`Told::subject`]), and the gap decisions from the last
    /// one before the first of them up to now, in the order of the log.
    ///
    /// What is held stays as it is, no change is told, and the call does not hold the [`Book::floor`] down: after a
    /// restart the next straggler restores it again. Only a call that an event finds open, or opens again, is held
    /// from that event on.
    pub fn restore<'a>(&mut self, entries: impl IntoIterator<Item = &'a Stored>) {
        let mut restored = Self::new(self.connection.clone(), self.settings.clone());
        restored.zone_chosen = self.zone_chosen;
        for entry in entries {
            if !forgets(&entry.told) {
                restored.apply(entry);
            }
        }
        for (id, mut record) in restored.records {
            if self.records.contains_key(&id) {
                continue;
            }
            record.floor = None;
            self.deadlines.extend(record.armed.iter().cloned());
            if record.call.is_some() && !record.is_ended() {
                self.open.insert(id.clone());
            }
            if let Some(from) = record.origin.as_ref().and_then(|origin| origin.redirected_from.clone()) {
                self.redirects.insert(from, id.clone());
            }
            for part in &record.joined {
                self.redirects.insert(part.clone(), id.clone());
            }
            for command in &record.commands {
                if let Some(asked) = restored.commands.remove(command) {
                    self.adopt_command(*command, asked);
                }
            }
            self.records.insert(id, record);
        }
    }

    /// Takes in what is left of a call whose events were replaced by its final state.
    pub(super) fn take_final_state(&mut self, stored: &Stored, call: &Call, changes: &mut Vec<Change>) {
        if self.records.contains_key(&call.id) {
            return;
        }
        let mut record = Record::new(call.id.clone(), call.vendor_call.clone(), stored.seq, stored.received_at);
        record.facts = Facts::of_call(call);
        record.origin = call.command.map(|command| Origin {
            command,
            from: call.placed_by.clone().unwrap_or_default(),
            to: call.customer.number.clone(),
            direction: if call.direction == Direction::Internal { Direction::Internal } else { Direction::Outgoing },
            asked: call.started_at,
            redirected_from: call.redirected_from.clone(),
        });
        if let Some(from) = &call.redirected_from {
            self.redirects.insert(from.clone(), call.id.clone());
        }
        self.low_watermark.hold(stored.seq);
        self.records.insert(call.id.clone(), record);
        self.refresh(&call.id, changes);
    }
}

/// Whether the entry once let the call go.
fn forgets(told: &Told) -> bool {
    matches!(told, Told::Decision(Decision::TimerFired { timer: Timer::Tombstone { .. } }))
}
