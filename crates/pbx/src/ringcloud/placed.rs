//! Calls that were asked for, until they are seen: how the list shows the employee's phone that rings first is not
//! documented, and it must never be taken for a call from the customer.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use calls::CommandId;
use jiff::{SignedDuration, Timestamp};

use super::directory::{Directory, Party};

/// So many are remembered at most: one a minute is placed.
const REMEMBERED: usize = 32;

/// A call that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) command: CommandId,
    pub(super) extension: String,
    pub(super) to: String,
    /// The call that it turned out to be.
    pub(super) call: Option<String>,
    /// The service took it; before, nothing of it can be in a list.
    is_accepted: bool,
    /// When the list was first looked at after it was asked for.
    looked_at: Option<Timestamp>,
}

/// The calls that were asked for lately.
#[derive(Debug, Default)]
pub(super) struct PlacedCalls(Mutex<VecDeque<Placed>>);

impl PlacedCalls {
    /// Remembers one that is about to be asked for.
    pub(super) fn add(&self, command: CommandId, extension: &str, to: &str) {
        let mut placed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        placed.retain(|known| known.command != command);
        if placed.len() == REMEMBERED {
            placed.pop_front();
        }
        let (extension, to) = (extension.to_owned(), to.to_owned());
        placed.push_back(Placed { command, extension, to, call: None, is_accepted: false, looked_at: None });
    }

    /// The service took it, or may have.
    pub(super) fn accept(&self, command: CommandId) {
        let mut placed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        placed.iter_mut().filter(|placed| placed.command == command).for_each(|placed| placed.is_accepted = true);
    }

    /// It was refused.
    pub(super) fn refuse(&self, command: CommandId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|placed| placed.command != command);
    }

    /// The call is over: what follows between the same two is another.
    pub(super) fn over(&self, call: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|placed| placed.call.as_deref() != Some(call));
    }

    /// The list is looked at: forgets those that were not seen within `patience`.
    pub(super) fn look(&self, now: Timestamp, patience: SignedDuration) {
        let mut placed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        placed.retain(|placed| placed.looked_at.is_none_or(|since| now.duration_since(since) <= patience));
        placed.iter_mut().for_each(|placed| {
            placed.looked_at.get_or_insert(now);
        });
    }

    /// The one that a call with these ends is: from the employee to the number, from the number to the employee, or from
    /// the employee to himself, while his phone rings. The newest first.
    pub(super) fn like(&self, src: &str, dst: &str, who: &Directory) -> Option<Placed> {
        let placed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        placed.iter().rev().find(|placed| placed.is_accepted && is_like(placed, src, dst, who)).cloned()
    }

    /// The one that was seen as this call.
    pub(super) fn of_call(&self, call: &str) -> Option<Placed> {
        let placed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        placed.iter().find(|placed| placed.call.as_deref() == Some(call)).cloned()
    }

    /// That one was seen as this call.
    pub(super) fn found(&self, command: CommandId, call: &str) {
        let mut placed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(placed) = placed.iter_mut().find(|placed| placed.command == command) {
            placed.call.get_or_insert_with(|| call.to_owned());
        }
    }
}

impl Placed {
    /// Whether this end of a row is whom it was placed to.
    pub(super) fn is_to(&self, end: &str, who: &Directory) -> bool {
        match (who.party(end), who.party(&self.to)) {
            (Party::Outside(Some(end)), Party::Outside(Some(to))) => calls::number::same(&end, &to),
            (end @ Party::Colleague(_), to @ Party::Colleague(_)) => end == to,
            _ => false,
        }
    }
}

fn is_like(placed: &Placed, src: &str, dst: &str, who: &Directory) -> bool {
    let own = who.party(&placed.extension);
    let is_own = |end: &str| who.party(end) == own;
    let is_target = |end: &str| placed.is_to(end, who);
    // Once it is known which call it is, one from the number is that customer's own.
    let is_reversed = placed.call.is_none() && is_own(dst) && is_target(src);
    is_own(src) && (is_target(dst) || is_own(dst) || dst.is_empty()) || is_reversed
}

#[cfg(test)]
mod tests {
    use calls::CommandId;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_call_that_was_asked_for_is_known_whichever_way_round_it_is_shown() {
        let (placed, who) = (PlacedCalls::default(), Directory::default());
        let command = CommandId(Uuid::from_u128(1));
        placed.add(command, "401", "+79161234567");
        assert_eq!(placed.like("401", "79161234567", &who), None, "it may be refused yet");
        placed.accept(command);
        for (src, dst) in [("401", "79161234567"), ("79161234567", "401"), ("401", "401"), ("401", "")] {
            assert_eq!(placed.like(src, dst, &who).map(|placed| placed.command), Some(command), "{src} {dst}");
        }
        for (src, dst) in [("402", "79161234567"), ("401", "79167654321"), ("79161234567", "402"), ("", "401")] {
            assert_eq!(placed.like(src, dst, &who), None, "{src} {dst}");
        }
        let at = |second| Timestamp::from_second(second).expect("a time");
        placed.look(at(0), SignedDuration::from_secs(120));
        placed.look(at(120), SignedDuration::from_secs(120));
        assert!(placed.like("401", "79161234567", &who).is_some());
        placed.look(at(121), SignedDuration::from_secs(120));
        assert_eq!(placed.like("401", "79161234567", &who), None, "long ago");
        placed.add(command, "401", "+79161234567");
        placed.accept(command);
        placed.found(command, "call");
        assert_eq!(placed.like("79161234567", "401", &who), None, "the customer calls back");
        placed.over("call");
        assert_eq!(placed.like("401", "79161234567", &who), None, "the next call by hand");
    }
}
