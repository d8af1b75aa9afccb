//! Desks that follow the office, and when they did.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::Timestamp;
use link::wire::{CardRule, You};
use store::{DeskTime, NewDeskTime, Store};

use crate::{
    clock::Clock,
    decisions::{KEPT, KeptDecision},
    settings::Viewer,
    state::OfficeState,
};

/// Rows that are forgotten at a time: whoever writes meanwhile waits for them.
const AT_A_TIME: usize = 2000;

/// A desk follows the office until this goes.
pub(crate) struct Presence {
    office: String,
    viewer: String,
    from: Timestamp,
    store: Store,
    clock: Arc<dyn Clock>,
}

impl Presence {
    /// From now on.
    pub(crate) fn begin(office: &OfficeState, viewer: &Viewer) -> Self {
        let (store, clock, from) = (office.store.clone(), Arc::clone(&office.clock), office.clock.now());
        let you = You {
            name: viewer.name.clone(),
            role: viewer.role,
            extensions: viewer.extensions.clone(),
            groups: viewer.groups.clone(),
        };
        // Plain texts always have a JSON.
        let body = serde_json::to_string(&you).unwrap_or_default();
        let time = NewDeskTime { viewer: viewer.id.clone(), from, body };
        store.begin_desk_time(&office.name, time).then(not_noted);
        Self { office: office.name.clone(), viewer: viewer.id.clone(), from, store, clock }
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.store.end_desk_time(&self.office, &self.viewer, self.from, self.clock.now()).then(not_noted);
    }
}

/// What becomes of a write about desks: where it fails, the office goes on.
pub(crate) fn not_noted(result: Result<(), store::Error>) {
    match result {
        // At the end of the program the database goes first; the next start ends what is open.
        Ok(()) | Err(store::Error::Closed) => {}
        Err(error) => tracing::warn!(kind = ?error.kind(), "which desks followed could not be noted"),
    }
}

/// A person's desk that has followed lately.
pub(crate) struct Desk {
    /// Who he was when it last began to follow.
    pub(crate) viewer: Viewer,
    /// The ids of his tokens: whoever joins anew, or on another computer, has another token and is the same person.
    names: BTreeSet<String>,
    times: Vec<DeskTime>,
}

impl Desk {
    /// A desk that has never followed.
    pub(crate) fn unseen(viewer: Viewer) -> Self {
        Self { names: BTreeSet::from([viewer.id.clone()]), viewer, times: Vec::new() }
    }

    /// This is the id of one of his tokens.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// What it decided, among the decisions of all desks about a call: that a card was shown before anything else.
    pub(crate) fn decision<'a>(&self, of_all: &'a BTreeMap<String, KeptDecision>) -> Option<&'a KeptDecision> {
        let mine = || self.names.iter().filter_map(|name| of_all.get(name));
        mine().find(|decision| decision.rule == CardRule::Shown).or_else(|| mine().max_by_key(|mine| mine.decided_at))
    }

    /// It followed at this moment.
    pub(crate) fn followed_at(&self, moment: Timestamp) -> bool {
        let holds = |time: &DeskTime| time.from <= moment && time.until.is_none_or(|until| moment <= until);
        self.times.iter().any(holds)
    }

    /// The time around this moment in which it did not follow: since when and until when, as far as is known.
    pub(crate) fn away_around(&self, moment: Timestamp) -> (Option<Timestamp>, Option<Timestamp>) {
        let since = self.times.iter().filter_map(|time| time.until).filter(|until| *until <= moment).max();
        let until = self.times.iter().map(|time| time.from).filter(|from| *from > moment).min();
        (since, until)
    }
}

/// The desks that followed at some time since then, one for each person, in the order of their names.
pub(crate) fn since(store: &Store, office: &str, since: Timestamp) -> Result<Vec<Desk>, store::Error> {
    let mut desks: BTreeMap<String, Desk> = BTreeMap::new();
    for time in store.desk_times(office, since)? {
        let Ok(you) = serde_json::from_str::<You>(&time.body) else { continue };
        let desk = desks.entry(time.viewer.clone()).or_insert_with(|| Desk::unseen(viewer(&time.viewer, you.clone())));
        desk.viewer = viewer(&time.viewer, you);
        desk.times.push(time);
    }
    let mut people: Vec<Desk> = Vec::new();
    for desk in desks.into_values() {
        let is_same = |other: &&mut Desk| is_same_person(&other.viewer, &desk.viewer);
        match people.iter_mut().find(is_same) {
            Some(other) => {
                let last_began = |desk: &Desk| desk.times.iter().map(|time| time.from).max();
                if last_began(&desk) > last_began(other) {
                    other.viewer = desk.viewer;
                }
                other.names.extend(desk.names);
                other.times.extend(desk.times);
            }
            None => people.push(desk),
        }
    }
    people.sort_by(|one, other| one.viewer.name.cmp(&other.viewer.name));
    Ok(people)
}

fn is_same_person(one: &Viewer, other: &Viewer) -> bool {
    (&one.name, one.role, &one.extensions, &one.groups) == (&other.name, other.role, &other.extensions, &other.groups)
}

fn viewer(id: &str, you: You) -> Viewer {
    let You { name, role, extensions, groups } = you;
    Viewer { id: id.to_owned(), name, role, extensions, groups, rights: String::new() }
}

/// Forgets what is older than seven days, a part at a time.
pub(crate) async fn prune(store: Store, office: String, now: Timestamp) {
    let Ok(before) = now.checked_sub(KEPT) else { return };
    loop {
        match store.prune_card_decisions(&office, before, AT_A_TIME).await {
            Ok(gone) if gone >= AT_A_TIME => {}
            Ok(_) => return,
            Err(error) => {
                tracing::warn!(kind = ?error.kind(), "what desks decided is kept longer than seven days");
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use store::{Options, SystemRandom};

    use super::*;
    use crate::testing::at;

    #[tokio::test]
    async fn a_person_with_several_tokens_is_named_by_the_one_that_he_used_last() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open_in(folder.path(), Options::owner("t", SystemRandom)).expect("opens");
        let you = You { name: "Anna".into(), role: link::wire::Role::Agent, extensions: vec![], groups: vec![] };
        let body = serde_json::to_string(&you).expect("JSON");
        // In the order of their ids the newest is neither the first nor the last.
        for (viewer, from) in [("t1", 10), ("t3", 20), ("t2", 30), ("t1", 5), ("t2", 1)] {
            let time = NewDeskTime { viewer: viewer.into(), from: at(from), body: body.clone() };
            store.begin_desk_time("test", time).await.expect("noted");
        }
        let desks = store.reading(|store| since(store, "test", at(0))).await.expect("reads");
        let [desk] = desks.as_slice() else { panic!("one person") };
        assert_eq!(desk.viewer.id, "t2");
        assert!(["t1", "t2", "t3"].iter().all(|token| desk.is(token)));
    }
}
