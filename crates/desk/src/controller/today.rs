//! The figures of the day, kept up with every call that changes.

use std::collections::BTreeMap;

use calls::{CallId, CallResult, Direction};
use jiff::{Timestamp, tz::TimeZone};
use link::wire::Call;

use super::message::Key;

/// Calls of one local day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Today {
    from: Timestamp,
    until: Timestamp,
    calls: BTreeMap<Key, Class>,
    missed: BTreeMap<Key, Call>,
    /// When a number was last talked with.
    reached: BTreeMap<String, Timestamp>,
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
        Self { from, until, calls: BTreeMap::new(), missed: BTreeMap::new(), reached: BTreeMap::new() }
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
        self.calls.insert(key, class);
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
        let count = |wanted: Class| self.calls.values().filter(|class| **class == wanted).count();
        let (answered, missed) = (count(Class::Answered), count(Class::Missed));
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        (number(self.calls.len()), number(answered), number(missed))
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
