//! Where WebSockets are barred: the list of calls, read again and again.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};

use super::{
    Shared, actions,
    events::EventContext,
    listing::{Asked, Listing},
    requests, responses,
};
use crate::{
    error::{Error, ErrorKind},
    request::Answer,
    session::{Moment, Session, SessionInput, SessionOutput},
};

/// Reads the list at intervals.
pub(super) struct Polling {
    shared: Arc<Shared>,
    listing: Listing,
    asked: Option<Asked>,
    next: Option<Instant>,
    live: bool,
    is_over: bool,
}

impl Polling {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        let listing = Listing::new(Timestamp::UNIX_EPOCH);
        Self { shared, listing, asked: None, next: None, live: false, is_over: false }
    }

    fn ask(&mut self, now: Moment) -> SessionOutput {
        self.next = None;
        self.asked = Some(Asked { at: now.wall, heard: self.shared.calls.now() });
        SessionOutput::Request(requests::list(&self.shared.settings))
    }

    fn listed(&mut self, answer: &Answer, now: Moment) -> Result<Vec<SessionOutput>, Error> {
        let Some(asked) = self.asked.take() else { return Ok(Vec::new()) };
        if let Some(error) = responses::failure(answer) {
            return Err(error);
        }
        let Shared { settings, calls, counts } = &*self.shared;
        let context = EventContext { wire: &settings.wire, calls, counts, received_at: now.wall };
        let ahead = answer.date.map_or(SignedDuration::ZERO, |date| whole_minutes(date.duration_since(now.wall)));
        let no_list = || Error::new(ErrorKind::Protocol, "the PBX's list of calls cannot be read");
        let snapshot = self.listing.read(answer, asked, ahead, context).ok_or_else(no_list)?;
        let mut outputs = Vec::new();
        if !self.live {
            outputs.push(SessionOutput::Connected);
        }
        outputs.push(SessionOutput::Snapshot(snapshot));
        if !std::mem::replace(&mut self.live, true) {
            outputs.push(SessionOutput::Drained { complete: true });
        }
        self.next = Some(now.monotonic + Duration::from_secs(u64::from(settings.wire.poll)));
        Ok(outputs)
    }
}

/// The header `Date` has whole seconds and was written on the way, so only what is more than that is a difference.
fn whole_minutes(difference: SignedDuration) -> SignedDuration {
    SignedDuration::from_mins(difference.as_mins())
}

impl Session for Polling {
    fn step(&mut self, input: SessionInput<'_>, now: Moment) -> Vec<SessionOutput> {
        if self.is_over {
            return Vec::new();
        }
        let outputs = match input {
            SessionInput::Start => {
                self.listing = Listing::new(now.wall);
                let abilities = actions::abilities(&self.shared.settings.wire, None);
                Ok(vec![SessionOutput::Rights(abilities), self.ask(now)])
            }
            SessionInput::Timer => Ok(vec![self.ask(now)]),
            SessionInput::Answered(Ok(answer)) => self.listed(answer, now),
            SessionInput::Answered(Err(error)) => Err(error.clone()),
            SessionInput::Ask { number, .. } => {
                let answer =
                    Err(Error::unsupported("be asked over a socket: the settings say that WebSockets are barred"));
                Ok(vec![SessionOutput::Answer { number, answer }])
            }
            SessionInput::Opened | SessionInput::Text(_) | SessionInput::Heard | SessionInput::Stored => Ok(Vec::new()),
        };
        outputs.unwrap_or_else(|error| {
            self.is_over = true;
            vec![SessionOutput::End(error)]
        })
    }

    fn next_timer(&self) -> Option<Instant> {
        self.next.filter(|_| !self.is_over)
    }
}
