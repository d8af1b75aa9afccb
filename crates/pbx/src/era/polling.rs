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
    pages::Step,
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
    /// When the list that is being read was asked for, and the row from which it goes on.
    partial_list: Option<(Moment, usize)>,
    /// When the last list was asked for, unless asking failed since.
    listed: Option<Timestamp>,
}

impl ListPoller {
    pub(super) fn new(shared: Arc<Shared>, start: &PollStart) -> Self {
        let listing = Listing::new(start.now.wall);
        Self { shared, listing, heard: 0, next: start.now.monotonic, partial_list: None, listed: None }
    }

    /// The list, once it is whole.
    fn found(&mut self, answer: &Answer, asked: Moment) -> Result<Option<Found>, Error> {
        let partial_list = self.partial_list.take();
        let asked = partial_list.map_or(asked, |(first, _)| first);
        let Shared { settings, calls, counts } = &*self.shared;
        let context = EventContext { wire: &settings.wire, calls, counts, received_at: asked.wall };
        let ahead = answer.date.map_or(SignedDuration::ZERO, |date| whole_minutes(date.duration_since(asked.wall)));
        let no_list = || Error::new(ErrorKind::Protocol, "the PBX's list of calls cannot be read");
        let why_none = || responses::failure(answer).unwrap_or_else(no_list);
        let rows = match self.listing.take(Some(answer), context).ok_or_else(why_none)? {
            Step::Whole(rows) => rows,
            Step::NextPage(row) => {
                self.partial_list = Some((asked, row));
                return Ok(None);
            }
            Step::Moved => return Ok(None),
        };
        let asked = Asked { at: asked.wall, heard: self.heard };
        let snapshot = self.listing.read(rows, asked, ahead, context);
        Ok(Some(Found { snapshot: Some(snapshot), ..Found::default() }))
    }
}

/// The header `Date` has whole seconds and was written on the way, so only what is more than that is a difference.
fn whole_minutes(difference: SignedDuration) -> SignedDuration {
    SignedDuration::from_mins(difference.as_mins())
}

impl Poller for ListPoller {
    fn due(&mut self) -> (Instant, Request) {
        if self.partial_list.is_none() {
            self.heard = self.shared.calls.now();
        }
        (self.next, requests::list(&self.shared.settings, self.partial_list.map(|(_, row)| row)))
    }

    fn read(&mut self, answer: Result<&Answer, &Error>, asked: Moment, now: Moment) -> Result<Found, Error> {
        self.next = now.monotonic + Duration::from_secs(u64::from(self.shared.settings.wire.poll));
        let first = self.partial_list.map_or(asked, |(first, _)| first);
        let before = self.listed.take();
        if answer.is_err() {
            self.partial_list = None;
            self.listing.forget_pages();
        }
        let Some(found) = self.found(answer.map_err(Clone::clone)?, asked)? else {
            self.listed = before;
            if self.partial_list.is_some() {
                self.next = now.monotonic;
            }
            return Ok(Found::default());
        };
        self.listed = Some(first.wall);
        // What ended before the list that came last had been listed; after an outage nothing tells of it.
        Ok(Found { complete_since: Some(before.unwrap_or(first.wall)), ..found })
    }
}
