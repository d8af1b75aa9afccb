//! Asks a PBX that tells nothing by itself: the make's state machine decides, this carries out.

use jiff::tz::TimeZone;

use super::{Driver, limit::Priority};
use crate::{
    error::Error,
    journal::{JournalEntry, JournalKind, JournalOutcome, is_understood},
    poll::{Found, HeldCall, PollStart, Poller},
    redact,
};

impl Driver {
    /// What asks the PBX again and again; `None` where its events come to us.
    pub fn poller(&self, held: Vec<HeldCall>, zone: TimeZone, is_zone_settled: bool) -> Option<Box<dyn Poller>> {
        self.pbx.poller(PollStart { held, zone, is_zone_settled, now: self.moment() })
    }

    /// Waits until the next question is due, asks it, and says what the answer shows.
    pub async fn poll(&self, poller: &mut dyn Poller) -> Result<Found, Error> {
        let (due, request) = poller.due();
        tokio::time::sleep_until(due.into()).await;
        let asked = self.moment();
        let (operation, target) = (request.operation.to_owned(), redact::target(&request.url, request.signed));
        let answer = self.exchange(request, Priority::Background).await;
        let read = poller.read(answer.as_ref(), asked, self.moment());
        // The answer itself stands in the journal already: this is what was made of it.
        if let Some(outcome) = answer.ok().and_then(|_| objection(&read)) {
            let entry = JournalEntry::new(self.clock.now(), &self.id, JournalKind::Request, operation, target);
            self.journal.record(JournalEntry { outcome, ..entry });
        }
        read
    }
}

/// Why an answer, or a part of it, was of no use.
fn objection(read: &Result<Found, Error>) -> Option<JournalOutcome> {
    match read {
        Err(error) => Some(JournalOutcome::failed(error)),
        Ok(found) => {
            let listed = found.snapshot.iter().flat_map(|list| &list.events);
            (!is_understood(found.events.iter().chain(listed))).then_some(JournalOutcome::NotUnderstood)
        }
    }
}
