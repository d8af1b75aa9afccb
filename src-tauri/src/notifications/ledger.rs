//! Which notifications are up: one that was replaced or taken back has nothing to say any more.

use std::collections::BTreeMap;

/// What is known of the notifications by their names.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    generations: u64,
    up: BTreeMap<String, Entry>,
}

#[derive(Debug)]
struct Entry {
    generation: u64,
    /// The service's own name for it, once it has said.
    number: Option<u32>,
}

impl Ledger {
    /// One with this name is about to be shown. Answers what it goes by from here on, and the number of the one that it
    /// replaces.
    pub(super) fn begin(&mut self, id: &str) -> (u64, Option<u32>) {
        self.generations += 1;
        let generation = self.generations;
        let number = self.up.get(id).and_then(|entry| entry.number);
        self.up.insert(id.to_owned(), Entry { generation, number });
        (generation, number)
    }

    /// The service shows it under this number. Says whether it may stay: meanwhile it may have been taken back, or
    /// another may have come that could not replace it.
    pub(super) fn shown(&mut self, id: &str, generation: u64, number: u32) -> bool {
        let Some(entry) = self.up.get_mut(id) else { return false };
        if entry.generation == generation {
            entry.number = Some(number);
        }
        entry.number == Some(number)
    }

    /// What is chosen on it counts: it is still the newest with its name.
    pub(super) fn is_current(&self, id: &str, generation: u64) -> bool {
        self.up.get(id).is_some_and(|entry| entry.generation == generation)
    }

    /// It is taken back. Answers the number under which the service shows it, if it does so yet.
    pub(super) fn withdraw(&mut self, id: &str) -> Option<u32> {
        self.up.remove(id)?.number
    }

    /// It has gone by itself, or was clicked away.
    pub(super) fn ended(&mut self, id: &str, generation: u64) {
        if self.is_current(id, generation) {
            self.up.remove(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_replaced_is_silent_and_leaves_its_successor_alone() {
        let mut ledger = Ledger::default();
        let (rings, _) = ledger.begin("a");
        assert!(ledger.shown("a", rings, 7));
        let (missed, replaces) = ledger.begin("a");
        assert_eq!(replaces, Some(7));
        assert!(ledger.shown("a", missed, 7));
        assert!(!ledger.is_current("a", rings));
        ledger.ended("a", rings);
        assert!(ledger.is_current("a", missed));
        assert_eq!(ledger.withdraw("a"), Some(7));
        assert!(!ledger.is_current("a", missed));
    }

    #[test]
    fn what_was_taken_back_before_it_was_shown_does_not_stay() {
        let mut ledger = Ledger::default();
        let (rings, _) = ledger.begin("a");
        assert_eq!(ledger.withdraw("a"), None);
        assert!(!ledger.shown("a", rings, 7));
    }

    #[test]
    fn what_could_not_be_replaced_in_time_does_not_stay_beside_its_successor() {
        let mut ledger = Ledger::default();
        let (rings, _) = ledger.begin("a");
        let (missed, replaces) = ledger.begin("a");
        assert_eq!(replaces, None);
        assert!(!ledger.shown("a", rings, 7));
        assert!(ledger.shown("a", missed, 8));
        assert_eq!(ledger.withdraw("a"), Some(8));
    }
}
