//! Which notifications are shown now. Clicks on one that was replaced or withdrawn are ignored.

use std::collections::BTreeMap;

/// The notifications that are shown, by their ids.
#[derive(Debug, Default)]
pub(super) struct ActiveNotifications {
    generations: u64,
    shown: BTreeMap<String, Entry>,
}

#[derive(Debug)]
struct Entry {
    generation: u64,
    /// The service's own name for it, once it has said.
    number: Option<u32>,
}

impl ActiveNotifications {
    /// One with this name is about to be shown. Answers what it goes by from here on, and the number of the one that it
    /// replaces.
    pub(super) fn begin(&mut self, id: &str) -> (u64, Option<u32>) {
        self.generations += 1;
        let generation = self.generations;
        let number = self.shown.get(id).and_then(|entry| entry.number);
        self.shown.insert(id.to_owned(), Entry { generation, number });
        (generation, number)
    }

    /// The service shows it under this number. Says whether it may stay: meanwhile it may have been taken back, or
    /// another may have come that could not replace it.
    pub(super) fn shown(&mut self, id: &str, generation: u64, number: u32) -> bool {
        let Some(entry) = self.shown.get_mut(id) else { return false };
        if entry.generation == generation {
            entry.number = Some(number);
        }
        entry.number == Some(number)
    }

    /// What is chosen on it counts: it is still the newest with its name.
    pub(super) fn is_current(&self, id: &str, generation: u64) -> bool {
        self.shown.get(id).is_some_and(|entry| entry.generation == generation)
    }

    /// It is taken back. Answers the number under which the service shows it, if it does so yet.
    pub(super) fn withdraw(&mut self, id: &str) -> Option<u32> {
        self.shown.remove(id)?.number
    }

    /// It has gone by itself, or was clicked away.
    pub(super) fn ended(&mut self, id: &str, generation: u64) {
        if self.is_current(id, generation) {
            self.shown.remove(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_replaced_is_silent_and_leaves_its_successor_alone() {
        let mut active = ActiveNotifications::default();
        let (rings, _) = active.begin("a");
        assert!(active.shown("a", rings, 7));
        let (missed, replaces) = active.begin("a");
        assert_eq!(replaces, Some(7));
        assert!(active.shown("a", missed, 7));
        assert!(!active.is_current("a", rings));
        active.ended("a", rings);
        assert!(active.is_current("a", missed));
        assert_eq!(active.withdraw("a"), Some(7));
        assert!(!active.is_current("a", missed));
    }

    #[test]
    fn what_was_taken_back_before_it_was_shown_does_not_stay() {
        let mut active = ActiveNotifications::default();
        let (rings, _) = active.begin("a");
        assert_eq!(active.withdraw("a"), None);
        assert!(!active.shown("a", rings, 7));
    }

    #[test]
    fn what_could_not_be_replaced_in_time_does_not_stay_beside_its_successor() {
        let mut active = ActiveNotifications::default();
        let (rings, _) = active.begin("a");
        let (missed, replaces) = active.begin("a");
        assert_eq!(replaces, None);
        assert!(!active.shown("a", rings, 7));
        assert!(active.shown("a", missed, 8));
        assert_eq!(active.withdraw("a"), Some(8));
    }
}
