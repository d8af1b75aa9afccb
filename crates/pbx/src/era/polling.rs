//! Where WebSockets are barred: the list of calls, read again and again.
//!
//! The list has no calls that are over, so what began and ended between two of them is never seen. After an outage only
//! the calls that still go on are.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};

use super::{
    events::EventContext,
    listing::{Asked, Listing},
    requests, responses,
    shared::Shared,
};
use crate::{
    error::{Error, ErrorKind},
    poll::{Found, PollStart, Poller},
    request::{Answer, Request},
    session::Moment,
};

/// Reads the list at intervals.
pub(super) struct ListPoller {
    shared: Arc<Shared>,
    listing: Listing,
    /// What had been heard when the list was asked for, in messages.
    heard: u64,
    next: Instant,
    /// When the last list was asked for, unless asking failed since.
    listed: Option<Timestamp>,
}

impl ListPoller {
    pub(super) fn new(shared: Arc<Shared>, start: &PollStart) -> Self {
        let listing = Listing::new(start.now.wall);
        Self { shared, listing, heard: 0, next: start.now.monotonic, listed: None }
    }

    fn found(&mut self, answer: &Answer, asked: Moment) -> Result<Found, Error> {
        if let Some(error) = responses::failure(answer) {
            return Err(error);
        }
        let Shared { settings, calls, counts } = &*self.shared;
        let context = EventContext { wire: &settings.wire, calls, counts, received_at: asked.wall };
        let ahead = answer.date.map_or(SignedDuration::ZERO, |date| whole_minutes(date.duration_since(asked.wall)));
        let no_list = || Error::new(ErrorKind::Protocol, "the PBX's list of calls cannot be read");
        let asked = Asked { at: asked.wall, heard: self.heard };
        let snapshot = self.listing.read(answer, asked, ahead, context).ok_or_else(no_list)?;
        Ok(Found { snapshot: Some(snapshot), ..Found::default() })
    }
}

/// The header `Date` has whole seconds and was written on the way, so only what is more than that is a difference.
fn whole_minutes(difference: SignedDuration) -> SignedDuration {
    SignedDuration::from_mins(difference.as_mins())
}

impl Poller for ListPoller {
    fn due(&mut self) -> (Instant, Request) {
        self.heard = self.shared.calls.now();
        (self.next, requests::list(&self.shared.settings))
    }

    fn read(&mut self, answer: Result<&Answer, &Error>, asked: Moment, now: Moment) -> Result<Found, Error> {
        self.next = now.monotonic + Duration::from_secs(u64::from(self.shared.settings.wire.poll));
        let before = self.listed.take();
        let found = self.found(answer.map_err(Clone::clone)?, asked)?;
        self.listed = Some(asked.wall);
        // What ended before the list that came last had been listed; after an outage nothing tells of it.
        Ok(Found { complete_since: Some(before.unwrap_or(asked.wall)), ..found })
    }
}
