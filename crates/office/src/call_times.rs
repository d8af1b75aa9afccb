//! When the office had heard of a call's first states, logged them and published them: what a call's path is told from.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, PoisonError},
};

use calls::CallId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Calls of which this is remembered: the newest. Whoever reports a card does so within seconds.
const CALLS: usize = 4096;
/// States of one call: the first of them ring.
const STATES: usize = 8;

/// One state of a call on its way through the office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StateTimes {
    /// Place in the log of what changed it.
    pub(crate) seq: u64,
    /// When that came.
    pub(crate) received_at: Timestamp,
    /// When it was on the disk.
    pub(crate) logged_at: Timestamp,
    /// When all who may see the call were told.
    pub(crate) published_at: Option<Timestamp>,
}

/// The times of the newest calls.
#[derive(Debug, Default)]
pub(crate) struct CallTimes(Mutex<Calls>);

#[derive(Debug, Default)]
struct Calls {
    states: BTreeMap<CallId, Vec<StateTimes>>,
    order: VecDeque<CallId>,
}

impl CallTimes {
    /// A state is in the log.
    pub(crate) fn logged(&self, call: &CallId, seq: u64, received_at: Timestamp, logged_at: Timestamp) {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !calls.states.contains_key(call) {
            if calls.order.len() == CALLS
                && let Some(oldest) = calls.order.pop_front()
            {
                calls.states.remove(&oldest);
            }
            calls.order.push_back(call.clone());
        }
        let states = calls.states.entry(call.clone()).or_default();
        if states.len() < STATES {
            states.push(StateTimes { seq, received_at, logged_at, published_at: None });
        }
    }

    /// A state was told.
    pub(crate) fn published(&self, call: &CallId, seq: u64, at: Timestamp) {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let state = calls.states.get_mut(call).and_then(|states| states.iter_mut().find(|state| state.seq == seq));
        if let Some(state) = state {
            state.published_at = Some(at);
        }
    }

    /// The first states of this call, oldest first; none where it is not remembered.
    pub(crate) fn of(&self, call: &CallId) -> Vec<StateTimes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).states.get(call).cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_calls_and_their_first_states_are_remembered() {
        let at: Timestamp = "2026-03-05T09:00:00Z".parse().expect("a time");
        let (times, id) = (CallTimes::default(), |number: usize| {
            CallId::of_vendor(&"rt1".parse().expect("valid"), &number.to_string())
        });
        for number in 0..=CALLS {
            for seq in 0..STATES as u64 + 3 {
                times.logged(&id(number), seq, at, at);
            }
        }
        assert_eq!(times.of(&id(0)), []);
        assert_eq!(times.of(&id(1)).len(), STATES);
        times.published(&id(1), 0, at);
        assert_eq!(times.of(&id(1))[0].published_at, Some(at));
        assert_eq!(times.of(&id(1))[1].published_at, None);
    }
}
