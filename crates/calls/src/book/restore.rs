//! Calls that the book has let go and that a straggler brings back.

use super::Book;
use crate::event::{Decision, LogEvent, Stored, Timer};

impl Book {
    /// Brings a call back whose tombstone has passed, so that a straggler can be applied to it. `entries` are the
    /// log entries of this call and of the id it had before ([`LogEvent::subject`]), and the gap decisions from the last
    /// one before the first of them up to now, in the order of the log.
    ///
    /// What is held stays as it is, no change is told, and the call does not hold the [`Book::floor`] down: after a
    /// restart the next straggler restores it again. Only a call that an event finds open, or opens again, is held
    /// from that event on.
    pub fn restore<'a>(&mut self, entries: impl IntoIterator<Item = &'a Stored>) {
        let mut restored = Self::new(self.connection.clone(), self.settings.clone());
        restored.zone_chosen = self.zone_chosen;
        for entry in entries {
            if !forgets(&entry.event) {
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
}

/// Whether the entry once let the call go.
fn forgets(event: &LogEvent) -> bool {
    matches!(event, LogEvent::Decision(Decision::TimerFired { timer: Timer::Tombstone { .. } }))
}
