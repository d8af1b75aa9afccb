//! What is asked of the service and when, and which events follow from the answers.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use calls::VendorEvent;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::Value;

use super::{
    config::Settings,
    description::MAKE,
    directory::Directory,
    events, known,
    known::{KnownCall, KnownCalls},
    placed::PlacedCalls,
    requests,
    requests::HISTORY_DAYS,
    responses,
    rows::{ActiveRow, FinishedRow},
};
use crate::{
    error::{Error, ErrorKind},
    poll::{Found, PollStart, Poller},
    request::{Answer, Request},
    session::{Moment, Snapshot},
    zone,
};

/// For how many days finished calls are asked for while nothing was missed: two, because one day may begin at midnight.
const RECENT_DAYS: u32 = 2;
/// How often the employees are read.
const EMPLOYEES: Duration = Duration::from_secs(3600);
/// The longest wait after failures.
const LONGEST_WAIT: Duration = Duration::from_secs(600);
/// How long a row is known after it was last in an answer.
const ROW_KNOWN: SignedDuration = SignedDuration::from_hours(8 * 24);

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Question {
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

/// A finished call that was told.
#[derive(Debug)]
struct ToldRow {
    call: String,
    recording: Option<String>,
    seen: Timestamp,
}

/// Asks one account.
#[derive(Debug)]
pub(super) struct RingCloudPoller {
    settings: Arc<Settings>,
    directory: Arc<Mutex<Directory>>,
    placed: Arc<PlacedCalls>,
    zone: TimeZone,
    is_zone_settled: bool,
    known: KnownCalls,
    /// Finished calls that were told, by source, destination and beginning as the row writes them.
    told: BTreeMap<[String; 3], ToldRow>,
    due: Due,
    /// What was asked last.
    asked: Question,
    /// Failures in a row, of each list.
    failures: Failures,
    /// More has ended since the last answer than the usual question shows.
    is_behind: bool,
    /// When finished calls were last read.
    complete: Option<Timestamp>,
    /// How many days of finished calls fit into one answer; halved each time that an answer was too large.
    depth: u32,
}

impl Poller for RingCloudPoller {
    fn due(&mut self) -> (Instant, Request) {
        let (due, question) = self.question();
        self.asked = question.clone();
        let settings = &self.settings;
        let request = match question {
            Question::Users => requests::users(settings),
            Question::User(name) => requests::user(settings, &name),
            Question::Complete { days } => requests::complete(settings, days),
            Question::Active => requests::active(settings),
        };
        (due, request)
    }

    fn read(&mut self, answer: Result<&Answer, &Error>, asked: Moment, now: Moment) -> Result<Found, Error> {
        // Meanwhile who dials may have read employees, so the next question may be another.
        let question = self.asked.clone();
        let settings = Arc::clone(&self.settings);
        let data =
            answer.map_err(Clone::clone).and_then(|answer| Ok((responses::data(&settings, answer)?, answer.date)));
        let next = asked.monotonic.max(now.monotonic) + self.interval();
        let is_complete = matches!(question, Question::Complete { .. });
        let outcome = match (question, data) {
            (question @ (Question::Users | Question::User(_)), Err(error)) => {
                self.skip_users(&question, &error, now);
                return Ok(Found::default());
            }
            (Question::Users, Ok((data, _))) => {
                self.directory().take_list(&data);
                (self.due.users, self.due.user) = (now.monotonic + EMPLOYEES, now.monotonic);
                return Ok(Found::default());
            }
            (Question::User(name), Ok((data, _))) => {
                self.directory().take_user(&name, &data);
                return Ok(Found::default());
            }
            (Question::Complete { days }, data) => {
                self.due.complete = next;
                let found = data.and_then(|(data, _)| self.complete(&data, days, asked, now));
                if self.is_behind && days < self.depth {
                    // Another question, so it may be asked at once.
                    self.due.complete = now.monotonic;
                }
                if let Err(error) = &found
                    && error.kind() == ErrorKind::TooLarge
                {
                    self.depth = (days / 2).max(1);
                }
                found.map_err(|error| of("the list of finished calls", &error))
            }
            (Question::Active, data) => {
                self.due.active = next;
                let found = data.and_then(|(data, date)| self.active(&data, date, asked, now));
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
        Self {
            settings,
            directory,
            placed,
            zone: start.zone,
            is_zone_settled: start.is_zone_settled,
            known: KnownCalls::of(&start.held, start.now.wall),
            told: BTreeMap::new(),
            due: Due { users: now, user: now, complete: now, active: now },
            asked: Question::Active,
            failures: Failures::default(),
            is_behind: false,
            complete: None,
            depth: HISTORY_DAYS,
        }
    }

    /// The next question. Employees first, because rows name them; then finished calls, so that a call that ended is not
    /// concluded to have ended unseen.
    fn question(&self) -> (Instant, Question) {
        let unread = self.directory().unread().map(str::to_owned);
        let candidates = [
            Some((self.due.users, Question::Users)),
            unread.map(|name| (self.due.user, Question::User(name))),
            Some((self.due.complete, Question::Complete { days: self.days() })),
            Some((self.due.active, Question::Active)),
        ];
        let first = candidates.into_iter().flatten().min_by_key(|(due, _)| *due);
        first.unwrap_or((self.due.active, Question::Active))
    }

    /// For how many days finished calls are asked for: all that the service keeps at the start and after a failure.
    fn days(&self) -> u32 {
        let days = if self.complete.is_none() || self.failures.complete > 0 || self.is_behind {
            HISTORY_DAYS
        } else {
            RECENT_DAYS
        };
        days.min(self.depth)
    }

    /// From one question to the same again, a little more than the service admits.
    fn interval(&self) -> Duration {
        self.settings.interval + self.settings.interval / 40 + Duration::from_millis(300)
    }

    fn directory(&self) -> MutexGuard<'_, Directory> {
        self.directory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Without the employees, calls are read by the length of their numbers alone.
    fn skip_users(&mut self, question: &Question, error: &Error, now: Moment) {
        let is_final = matches!(error.kind(), ErrorKind::Unauthorized | ErrorKind::Forbidden | ErrorKind::NotFound);
        match question {
            Question::User(name) if is_final => self.directory().skip(name),
            Question::User(_) => self.due.user = now.monotonic + self.interval(),
            Question::Users | Question::Complete { .. } | Question::Active if is_final => {
                self.directory().give_up();
                self.due.users = now.monotonic + EMPLOYEES;
            }
            Question::Users | Question::Complete { .. } | Question::Active => {
                self.due.users = now.monotonic + self.interval().max(wish(error));
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
            wish(&error)
        } else {
            let interval = self.interval();
            let failures = self.failures_of(is_complete);
            let wait = interval * 2_u32.saturating_pow((*failures).min(8));
            *failures += 1;
            wait.min(LONGEST_WAIT.max(interval)).max(wish(&error))
        };
        let due = if is_complete { &mut self.due.complete } else { &mut self.due.active };
        *due = (*due).max(now.monotonic + wait);
        if is_early { Ok(Found::default()) } else { Err(error) }
    }

    /// The calls that go on.
    fn active(&mut self, data: &Value, date: Option<Timestamp>, asked: Moment, now: Moment) -> Result<Found, Error> {
        let listed = list(data)?;
        let directory = Arc::clone(&self.directory);
        let who = directory.lock().unwrap_or_else(PoisonError::into_inner);
        self.placed.look(now.wall, self.patience());
        let mut events: Vec<VendorEvent> = Vec::new();
        let mut rows = Vec::new();
        for element in listed {
            match ActiveRow::read(element) {
                Some(row) => rows.push(row),
                None => events.push(events::unknown("active", element)),
            }
        }
        // Finished calls are dated by the service's clock, so beginnings are compared by it.
        let clock = date.unwrap_or(now.wall);
        let began = |row: &ActiveRow| clock.checked_sub(row.age).unwrap_or(clock);
        let ends: Vec<_> = rows.iter().map(|row| (row.src.as_str(), row.dst.as_str(), began(row))).collect();
        let matches = self.known.matches(&ends, &who);
        let mut present = Vec::new();
        for (row, place) in rows.iter().zip(matches) {
            let is_new = place.is_none();
            let placed = if is_new { self.placed.like(&row.src, &row.dst, &who) } else { None };
            // A call that is over has no further parts: this is the next one, by hand.
            let placed = placed.filter(|placed| placed.call.as_ref().is_none_or(|call| self.known.goes_on(call)));
            let place = match (place, placed.as_ref().and_then(|placed| placed.call.clone())) {
                (Some(place), _) => place,
                // The second leg of a call that was asked for is a part of it.
                (None, Some(call)) => self.known.add_part(&call, &row.src, &row.dst, began(row), now.wall),
                (None, None) => self.known.add(&row.src, &row.dst, began(row), now.wall),
            };
            let Some(known) = self.known.get_mut(place) else { continue };
            let is_part = placed.as_ref().is_some_and(|placed| placed.call.is_some());
            if let Some(placed) = placed.as_ref().filter(|_| !is_part) {
                self.placed.seen(placed.command, &known.id);
            }
            if is_new && !is_part || !is_new && !known.is_present {
                events.push(events::active(&known.id, row, !is_new, placed.as_ref(), &who, now.wall));
            }
            known.seen = now.wall;
            present.push(place);
        }
        let ids = self.known.set_present(&present);
        self.known.forget_old(now.wall);
        let snapshot = Snapshot { asked: asked.wall, events, calls: ids };
        Ok(Found { snapshot: Some(snapshot), ..Found::default() })
    }

    /// The calls that ended.
    fn complete(&mut self, data: &Value, days: u32, asked: Moment, now: Moment) -> Result<Found, Error> {
        let listed = list(data)?;
        let directory = Arc::clone(&self.directory);
        let who = directory.lock().unwrap_or_else(PoisonError::into_inner);
        let mut events: Vec<VendorEvent> = Vec::new();
        let mut rows = Vec::new();
        for element in listed {
            match FinishedRow::read(element) {
                Some(row) => rows.push(row),
                None => events.push(events::unknown("complete", element)),
            }
        }
        let (known_rows, new): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| self.told.contains_key(&key(row)));
        for row in known_rows {
            let Some(told) = self.told.get_mut(&key(&row)) else { continue };
            told.seen = now.wall;
            // The file may be there later than the row.
            if let Some(path) = row.recording.as_ref().filter(|path| told.recording.as_ref() != Some(*path)) {
                events.push(events::recorded(&told.call, &row, path));
                told.recording = Some(path.clone());
            }
        }
        let zone = self.choose_zone(&new, now.wall);
        let began = |row: &FinishedRow| row.started(&self.zone, now.wall).map(|time| time.utc);
        let dated: Vec<(&FinishedRow, Timestamp)> = new.iter().filter_map(|row| Some((row, began(row)?))).collect();
        let ends: Vec<_> = dated.iter().map(|(row, start)| (row.src.as_str(), row.dst.as_str(), *start)).collect();
        let matches = self.known.matches(&ends, &who);
        for ((row, start), place) in dated.iter().zip(matches) {
            let known = place.and_then(|place| self.known.get_mut(place)).map(|known| {
                known.is_finished = true;
                known.clone()
            });
            let is_lately = now.wall.duration_since(*start) <= self.patience();
            let placed = match &known {
                Some(known) => self.placed.of_call(&known.id),
                None if is_lately => self.placed.like(&row.src, &row.dst, &who).filter(|placed| placed.call.is_none()),
                None => None,
            };
            let call = match (&known, placed.as_ref().and_then(|placed| placed.call.clone())) {
                (Some(known), _) => known.id.clone(),
                (None, Some(call)) => call,
                (None, None) => known::id(&row.src, &row.dst, *start, 0),
            };
            if let Some(placed) = &placed {
                self.placed.seen(placed.command, &call);
            }
            if !self.has_open_part(&call, known.as_ref()) {
                self.placed.over(&call);
                events.extend(events::finished(&call, row, placed.as_ref(), &who, &self.zone, now.wall));
            }
            if let Some(path) = &row.recording {
                events.push(events::recorded(&call, row, path));
            }
            self.told.insert(key(row), ToldRow { call, recording: row.recording.clone(), seen: now.wall });
        }
        for row in new.iter().filter(|row| began(row).is_none()) {
            events.push(events::undated(row));
        }
        self.told.retain(|_, told| now.wall.duration_since(told.seen) < ROW_KNOWN);
        // A day may be one of the calendar, so the first of them counts for nothing.
        let since = asked.wall - SignedDuration::from_hours(24 * i64::from(days.saturating_sub(1)));
        self.is_behind = self.complete.is_some_and(|complete| complete < since) && days < self.depth;
        let complete_since = if self.is_behind { None } else { Some(since) };
        if complete_since.is_some() {
            self.complete = Some(now.wall);
        }
        Ok(Found { zone, events, complete_since, ..Found::default() })
    }

    /// Of a call that was asked for, the leg to the employee's phone is over and the one to the customer goes on.
    fn has_open_part(&self, call: &str, finished: Option<&KnownCall>) -> bool {
        let is_other = |known: &&KnownCall| finished.is_some_and(|finished| known.start != finished.start);
        self.known
            .iter()
            .filter(|known| known.id == call && known.is_present && !known.is_finished)
            .any(|k| is_other(&k))
    }

    /// What ended between two answers shows the zone of the service's times.
    fn choose_zone(&mut self, new: &[FinishedRow], now: Timestamp) -> Option<(String, String)> {
        if self.is_zone_settled || self.complete.is_none() || self.failures.complete > 0 || self.is_behind {
            return None;
        }
        let choice =
            new.iter().filter_map(|row| row.end.as_ref()).find_map(|end| zone::choose(end, now, MAKE.zones))?;
        self.zone = TimeZone::get(&choice.0).ok()?;
        self.is_zone_settled = true;
        Some(choice)
    }

    /// How long a call that was asked for may take until it is seen: the dialling, and the time between two answers.
    fn patience(&self) -> SignedDuration {
        SignedDuration::from_secs(120) + SignedDuration::try_from(self.interval()).unwrap_or_default()
    }
}

fn key(row: &FinishedRow) -> [String; 3] {
    [row.src.clone(), row.dst.clone(), row.start.clone()]
}

/// How long the service wants to be left alone, as far as that is believed.
fn wish(error: &Error) -> Duration {
    error.retry_after().unwrap_or_default().min(Duration::from_secs(3600))
}

/// The rows of a list; nothing at all is none.
fn list(data: &Value) -> Result<&[Value], Error> {
    match data {
        Value::Array(rows) => Ok(rows),
        Value::Null => Ok(&[]),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            Err(Error::new(ErrorKind::Protocol, "RingCloud's answer is no list of calls"))
        }
    }
}

/// An error with what was asked for, which names the right that is missing.
fn of(what: &str, error: &Error) -> Error {
    let told = Error::new(error.kind(), format!("{what}: {error}"));
    if error.unsent() { told.before_sending() } else { told }
}
