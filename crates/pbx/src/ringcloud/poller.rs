//! What is asked of the service and when.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{
    config::Settings,
    directory::Directory,
    finished::FoundFinished,
    lists::Lists,
    placed::PlacedCalls,
    requests::{self, HISTORY_DAYS},
    responses,
};
use crate::{
    error::{Error, ErrorKind},
    poll::{Found, PollStart, Poller},
    request::{Answer, Request},
    session::Moment,
};

/// For how many days finished calls are asked for while nothing was missed: two, because one day may begin at midnight.
const RECENT_DAYS: u32 = 2;
/// How often the employees are read.
const EMPLOYEES: Duration = Duration::from_secs(3600);
/// The longest wait after failures.
const LONGEST_WAIT: Duration = Duration::from_secs(600);

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Poll {
    Users,
    User(String),
    Complete { days: u32 },
    Active,
}

/// When each is asked next.
#[derive(Debug)]
struct Due {
    users: Instant,
    user: Instant,
    complete: Instant,
    active: Instant,
}

/// Failures in a row.
#[derive(Debug, Default)]
struct Failures {
    complete: u32,
    active: u32,
}

/// Asks one account.
#[derive(Debug)]
pub(super) struct RingCloudPoller {
    settings: Arc<Settings>,
    directory: Arc<Mutex<Directory>>,
    lists: Lists,
    due: Due,
    /// What was asked for last.
    last_poll: Poll,
    /// Failures in a row, of each list.
    failures: Failures,
    /// More has ended since the last answer than the usual poll shows.
    is_behind: bool,
    /// When finished calls were last read.
    complete: Option<Timestamp>,
    /// How many days of finished calls fit into one answer; halved each time that an answer was too large.
    depth: u32,
}

impl Poller for RingCloudPoller {
    fn due(&mut self) -> (Instant, Request) {
        let (due, poll) = self.next_poll();
        self.last_poll = poll.clone();
        let settings = &self.settings;
        let request = match poll {
            Poll::Users => requests::users(settings),
            Poll::User(name) => requests::user(settings, &name),
            Poll::Complete { days } => requests::complete(settings, days),
            Poll::Active => requests::active(settings),
        };
        (due, request)
    }

    fn read(&mut self, answer: Result<&Answer, &Error>, asked: Moment, now: Moment) -> Result<Found, Error> {
        // Meanwhile who dials may have read employees, so the next poll may be another.
        let poll = self.last_poll.clone();
        let settings = Arc::clone(&self.settings);
        let data =
            answer.map_err(Clone::clone).and_then(|answer| Ok((responses::data(&settings, answer)?, answer.date)));
        let next = asked.monotonic.max(now.monotonic) + self.interval();
        let is_complete = matches!(poll, Poll::Complete { .. });
        let outcome = match (poll, data) {
            (poll @ (Poll::Users | Poll::User(_)), Err(error)) => {
                self.skip_users(&poll, &error, now);
                return Ok(Found::default());
            }
            (Poll::Users, Ok((data, _))) => {
                self.directory().take_list(&data);
                (self.due.users, self.due.user) = (now.monotonic + EMPLOYEES, now.monotonic);
                return Ok(Found::default());
            }
            (Poll::User(name), Ok((data, _))) => {
                self.directory().take_user(&name, &data);
                return Ok(Found::default());
            }
            (Poll::Complete { days }, data) => {
                self.due.complete = next;
                let found = data.and_then(|(data, _)| self.finished(&data, days, asked, now));
                if self.is_behind && days < self.depth {
                    // Another poll, so it may be asked at once.
                    self.due.complete = now.monotonic;
                }
                if let Err(error) = &found
                    && error.kind() == ErrorKind::TooLarge
                {
                    self.depth = (days / 2).max(1);
                }
                found.map_err(|error| of("the list of finished calls", &error))
            }
            (Poll::Active, data) => {
                self.due.active = next;
                let found = data.and_then(|(data, date)| self.lists.take_current(&data, date, asked, now));
                found.map_err(|error| of("the list of current calls", &error))
            }
        };
        match outcome {
            Ok(found) => {
                *self.failures_of(is_complete) = 0;
                Ok(found)
            }
            Err(error) => self.put_off(error, is_complete, now),
        }
    }
}

impl RingCloudPoller {
    pub(super) fn new(
        settings: Arc<Settings>,
        directory: Arc<Mutex<Directory>>,
        placed: Arc<PlacedCalls>,
        start: PollStart,
    ) -> Self {
        let now = start.now.monotonic;
        let patience =
            SignedDuration::from_secs(120) + SignedDuration::try_from(interval(&settings)).unwrap_or_default();
        Self {
            lists: Lists::new(Arc::clone(&directory), placed, start, patience),
            settings,
            directory,
            due: Due { users: now, user: now, complete: now, active: now },
            last_poll: Poll::Active,
            failures: Failures::default(),
            is_behind: false,
            complete: None,
            depth: HISTORY_DAYS,
        }
    }

    /// The next poll. Employees first, because rows name them; then finished calls, so that a call that ended is not
    /// concluded to have ended unseen.
    fn next_poll(&self) -> (Instant, Poll) {
        let unread = self.directory().unread().map(str::to_owned);
        let candidates = [
            Some((self.due.users, Poll::Users)),
            unread.map(|name| (self.due.user, Poll::User(name))),
            Some((self.due.complete, Poll::Complete { days: self.days() })),
            Some((self.due.active, Poll::Active)),
        ];
        let first = candidates.into_iter().flatten().min_by_key(|(due, _)| *due);
        first.unwrap_or((self.due.active, Poll::Active))
    }

    /// For how many days finished calls are asked for: all that the service keeps at the start, after a failure, and as
    /// long as they wait for their zone.
    fn days(&self) -> u32 {
        let is_missing = self.complete.is_none() || self.failures.complete > 0 || self.is_behind;
        let days = if is_missing || self.lists.awaits_zone() { HISTORY_DAYS } else { RECENT_DAYS };
        days.min(self.depth)
    }

    fn interval(&self) -> Duration {
        interval(&self.settings)
    }

    fn directory(&self) -> MutexGuard<'_, Directory> {
        self.directory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Without the employees, calls are read by the length of their numbers alone.
    fn skip_users(&mut self, poll: &Poll, error: &Error, now: Moment) {
        let is_final = matches!(error.kind(), ErrorKind::Unauthorized | ErrorKind::Forbidden | ErrorKind::NotFound);
        match poll {
            Poll::User(name) if is_final => self.directory().mark_silent(name),
            Poll::User(_) => self.due.user = now.monotonic + self.interval(),
            Poll::Users | Poll::Complete { .. } | Poll::Active if is_final => {
                self.directory().give_up();
                self.due.users = now.monotonic + EMPLOYEES;
            }
            Poll::Users | Poll::Complete { .. } | Poll::Active => {
                self.due.users = now.monotonic + self.interval().max(requested_pause(error));
            }
        }
    }

    fn failures_of(&mut self, is_complete: bool) -> &mut u32 {
        if is_complete { &mut self.failures.complete } else { &mut self.failures.active }
    }

    /// After an error that list waits, longer each time; the other does not.
    fn put_off(&mut self, error: Error, is_complete: bool, now: Moment) -> Result<Found, Error> {
        // Another run, or a program beside this one, has asked the same within the minute: nothing failed.
        let is_early = error.unsent() && error.retry_after().is_some();
        let wait = if is_early {
            requested_pause(&error)
        } else {
            let interval = self.interval();
            if is_complete {
                self.lists.miss_finished();
            }
            let failures = self.failures_of(is_complete);
            let wait = interval * 2_u32.saturating_pow((*failures).min(8));
            *failures += 1;
            wait.min(LONGEST_WAIT.max(interval)).max(requested_pause(&error))
        };
        let due = if is_complete { &mut self.due.complete } else { &mut self.due.active };
        *due = (*due).max(now.monotonic + wait);
        if is_early { Ok(Found::default()) } else { Err(error) }
    }

    /// The calls that ended.
    fn finished(&mut self, data: &Value, days: u32, asked: Moment, now: Moment) -> Result<Found, Error> {
        let FoundFinished { zone, events } = self.lists.take_finished(data, now.wall)?;
        // A day may be one of the calendar, so the first of them counts for nothing.
        let since = asked.wall - SignedDuration::from_hours(24 * i64::from(days.saturating_sub(1)));
        self.is_behind = self.complete.is_some_and(|complete| complete < since) && days < self.depth;
        let is_whole = !self.is_behind && !self.lists.awaits_zone();
        if is_whole {
            self.complete = Some(now.wall);
        }
        Ok(Found { zone, events, complete_since: is_whole.then_some(since), ..Found::default() })
    }
}

/// From one poll to the same again, a little more than the service admits.
fn interval(settings: &Settings) -> Duration {
    settings.interval + settings.interval / 40 + Duration::from_millis(300)
}

/// How long the service asks to be left alone, as far as that is believed.
fn requested_pause(error: &Error) -> Duration {
    error.retry_after().unwrap_or_default().min(Duration::from_secs(3600))
}

/// An error with what was asked for, which names the right that is missing.
fn of(what: &str, error: &Error) -> Error {
    let told = Error::new(error.kind(), format!("{what}: {error}"));
    if error.unsent() { told.before_sending() } else { told }
}
