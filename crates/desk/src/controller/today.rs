//! The figures of the day, kept up with every call that changes.

use std::collections::BTreeMap;

use calls::{CallId, CallResult, Direction};
use jiff::{Timestamp, tz::TimeZone};
use link::wire::Call;

use super::message::Key;
use crate::{contract::HourView, views::row::span_ms};

/// Calls of one local day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Today {
    from: Timestamp,
    until: Timestamp,
    zone: TimeZone,
    calls: BTreeMap<Key, Counted>,
    missed: BTreeMap<Key, Call>,
    /// When a number was last talked with.
    reached: BTreeMap<String, Timestamp>,
}

/// What the figures need of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Counted {
    class: Class,
    began: Timestamp,
    /// How long a caller from outside waited for the answer.
    waited_ms: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Answered,
    Missed,
    Other,
}

impl Today {
    /// The day that holds this moment, empty.
    pub(crate) fn of(now: Timestamp, zone: &TimeZone) -> Self {
        let local = now.to_zoned(zone.clone());
        let from = local.start_of_day().map_or(now, |start| start.timestamp());
        let until = local.tomorrow().and_then(|next| next.start_of_day()).map_or(Timestamp::MAX, |end| end.timestamp());
        Self {
            from,
            until,
            zone: zone.clone(),
            calls: BTreeMap::new(),
            missed: BTreeMap::new(),
            reached: BTreeMap::new(),
        }
    }

    /// Its first moment.
    pub(crate) fn from(&self) -> Timestamp {
        self.from
    }

    /// Its end.
    pub(crate) fn until(&self) -> Timestamp {
        self.until
    }

    /// Takes in a call's newest state, with its result as this desk's person sees it.
    pub(crate) fn take(&mut self, office: &str, call: &Call) {
        if let Some(old) = &call.redirected_from {
            self.forget(office, old);
        }
        self.reach(call);
        if call.started_at < self.from || call.started_at >= self.until {
            self.forget(office, &call.id);
            return;
        }
        let key = (office.to_owned(), call.id.clone());
        // As the list's own filter has it, so that both count the same.
        let missed = call.direction == Direction::Incoming && call.result == Some(CallResult::Missed);
        let class = match (missed, talked_at(call)) {
            (true, _) => Class::Missed,
            (false, Some(_)) => Class::Answered,
            (false, None) => Class::Other,
        };
        if class == Class::Missed {
            self.missed.insert(key.clone(), call.clone());
        } else {
            self.missed.remove(&key);
        }
        let answered = call.answered_at.filter(|_| call.direction == Direction::Incoming);
        let waited_ms = answered.map(|answered| span_ms(call.started_at, answered));
        self.calls.insert(key, Counted { class, began: call.started_at, waited_ms });
    }

    /// Whoever talked with a number, here or elsewhere, reached it.
    fn reach(&mut self, call: &Call) {
        let (Some(number), Some(at)) = (&call.customer.number, talked_at(call)) else { return };
        if at >= self.from {
            let reached = self.reached.entry(number.clone()).or_insert(at);
            *reached = at.max(*reached);
        }
    }

    /// A call that is no more.
    pub(crate) fn forget(&mut self, office: &str, id: &CallId) {
        let key = (office.to_owned(), id.clone());
        self.calls.remove(&key);
        self.missed.remove(&key);
    }

    /// An office that is no more.
    pub(crate) fn forget_office(&mut self, office: &str) {
        self.calls.retain(|(of, _), _| of != office);
        self.missed.retain(|(of, _), _| of != office);
    }

    /// Calls, answered, missed.
    pub(crate) fn figures(&self) -> (u32, u32, u32) {
        let count = |wanted: Class| self.calls.values().filter(|call| call.class == wanted).count();
        let (answered, missed) = (count(Class::Answered), count(Class::Missed));
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        (number(self.calls.len()), number(answered), number(missed))
    }

    /// How long callers waited for an answer, on the average; `None` while nobody was answered.
    pub(crate) fn answer_ms(&self) -> Option<u32> {
        let waited: Vec<u64> = self.calls.values().filter_map(|call| call.waited_ms.map(u64::from)).collect();
        let mean = waited.iter().sum::<u64>().checked_div(waited.len().try_into().ok()?)?;
        u32::try_from(mean).ok()
    }

    /// Answered and missed calls by the hour in which they began, from the first such hour to the last.
    pub(crate) fn hours(&self) -> Vec<HourView> {
        let mut hours: BTreeMap<u8, HourView> = BTreeMap::new();
        for call in self.calls.values() {
            let hour = call.began.to_zoned(self.zone.clone()).hour().unsigned_abs();
            let of_hour = hours.entry(hour).or_insert(HourView { hour, answered: 0, missed: 0 });
            match call.class {
                Class::Answered => of_hour.answered += 1,
                Class::Missed => of_hour.missed += 1,
                Class::Other => {}
            }
        }
        let (Some((&first, _)), Some((&last, _))) = (hours.first_key_value(), hours.last_key_value()) else {
            return Vec::new();
        };
        (first..=last)
            .map(|hour| hours.get(&hour).cloned().unwrap_or(HourView { hour, answered: 0, missed: 0 }))
            .collect()
    }

    /// Missed and not reached since, newest first. Hidden numbers are never matched, so their calls stay.
    pub(crate) fn to_call_back(&self) -> Vec<(&str, &Call)> {
        let reached = |call: &Call| {
            let talked = call.customer.number.as_ref().and_then(|number| self.reached.get(number));
            talked.is_some_and(|at| *at > call.started_at)
        };
        let mut open: Vec<_> = self
            .missed
            .iter()
            .filter(|(_, call)| !reached(call))
            .map(|((office, _), call)| (office.as_str(), call))
            .collect();
        open.sort_by_key(|(_, call)| std::cmp::Reverse(call.started_at));
        open
    }
}

/// When a talk began. Of one elsewhere no more may be known than that it was answered.
fn talked_at(call: &Call) -> Option<Timestamp> {
    let elsewhere = call.result == Some(CallResult::AnsweredElsewhere);
    call.answered_at.or_else(|| elsewhere.then_some(call.started_at))
}
