//! What holds of all scripts, however their events are mixed.

use std::sync::LazyLock;

use calls::{LogEvent, Stored, VendorEvent};
use proptest::{prelude::*, sample::Index};

use crate::{
    office::{Entry, Office, connection},
    scripts::{self, Script},
    summary,
};

fn scripts() -> &'static [Script] {
    static SCRIPTS: LazyLock<Vec<Script>> = LazyLock::new(scripts::all);
    &SCRIPTS
}

/// A script with its vendor events in another order, some of them twice; everything else keeps its place.
fn shuffled() -> impl Strategy<Value = (usize, Vec<Entry>)> {
    (0..scripts().len()).prop_flat_map(|number| {
        let script = &scripts()[number];
        let vendor: Vec<Entry> = script.entries.iter().filter(|entry| entry.is_vendor()).cloned().collect();
        let entries = script.entries.clone();
        let copies = prop::collection::vec((any::<Index>(), any::<Index>()), 0..4);
        (Just(vendor).prop_shuffle(), copies).prop_map(move |(vendor, copies)| {
            let mut vendor = vendor.into_iter();
            let mut told: Vec<Entry> = entries
                .iter()
                .map(|entry| if entry.is_vendor() { vendor.next().unwrap() } else { entry.clone() })
                .collect();
            for (what, place) in copies {
                let copy = what.get(&told).clone();
                let first = told.iter().position(Entry::is_vendor).unwrap();
                if copy.is_vendor() {
                    told.insert(first + place.index(told.len() - first + 1), copy);
                }
            }
            (number, told)
        })
    })
}

fn played(script: &Script) -> Office {
    Office::live(script.settings.clone(), &script.entries)
}

proptest! {
    #[test]
    fn any_order_and_number_of_deliveries_ends_in_the_same_store((number, told) in shuffled()) {
        let script = &scripts()[number];
        let office = Office::still(script.settings.clone(), &told).settle();
        prop_assert_eq!(summary::of(&office), script.calls, "{}", script.name);
    }

    #[test]
    fn the_log_alone_gives_the_same_calls((number, told) in shuffled()) {
        let script = &scripts()[number];
        let office = Office::live(script.settings.clone(), &told).settle();
        let rebuilt = office.rebuilt();
        prop_assert_eq!(&rebuilt.calls, &office.calls);
        prop_assert_eq!(&rebuilt.redirects, &office.redirects);
        prop_assert_eq!(&rebuilt.commands, &office.commands);
        prop_assert_eq!(rebuilt.book.next_deadline(), office.book.next_deadline());
        prop_assert_eq!(rebuilt.book.floor(), office.book.floor());
    }

    /// A crash at any place: the rest of the log, from the floor on, gives what is held.
    #[test]
    fn a_rebuild_from_the_floor_holds_the_same(number in 0..scripts().len(), cut in any::<Index>()) {
        let script = &scripts()[number];
        let entries = &script.entries[..cut.index(script.entries.len() + 1)];
        let office = Office::live(script.settings.clone(), entries);
        let floor = office.book.floor().unwrap_or(u64::MAX);
        let mut book = calls::Book::new(connection(), script.settings.clone());
        for (session, opened_at) in office.book.open_gaps() {
            book.reopen_gap(session.map(str::to_owned), opened_at);
        }
        for stored in office.log.iter().filter(|stored| stored.seq >= floor) {
            book.apply(stored);
        }
        let open = |book: &calls::Book| book.open_calls().cloned().collect::<Vec<_>>();
        prop_assert_eq!(open(&book), open(&office.book));
        prop_assert_eq!(book.next_deadline(), office.book.next_deadline());
    }
}

#[test]
fn the_log_twice_changes_nothing() {
    for script in scripts() {
        let mut office = played(script);
        let before = office.calls.clone();
        for stored in office.log.clone() {
            if let LogEvent::Vendor(_) | LogEvent::Command(_) = stored.event {
                assert_eq!(office.book.apply(&stored), [], "{}", script.name);
            }
        }
        office.wait_until(0);
        assert_eq!(office.calls, before);
    }
}

#[test]
fn a_straggler_after_the_tombstone_finds_its_call_again() {
    for script in scripts() {
        let mut office = played(script).settle();
        let before = summary::of(&office);
        office.wait_until(3_600_000);
        assert_eq!(office.book.floor(), None, "{}", script.name);
        for entry in script.entries.iter().filter(|entry| entry.is_vendor()) {
            let LogEvent::Vendor(event) = entry.event.clone() else { unreachable!() };
            let straggler = VendorEvent { dedupe_key: format!("{} again", event.dedupe_key), ..event };
            office.tell(3_600_000 + entry.ms.max(0), straggler);
        }
        let held = office.calls.keys().filter(|id| office.book.holds(id)).count();
        assert_eq!(held, office.calls.len(), "{}", script.name);
        assert_eq!(summary::of(&office), before, "{}", script.name);
    }
}

#[test]
fn entries_survive_being_written_and_read() {
    for script in scripts() {
        for stored in played(script).log {
            let text = serde_json::to_string(&stored).unwrap();
            assert_eq!(serde_json::from_str::<Stored>(&text).unwrap(), stored, "{}", script.name);
        }
    }
}
