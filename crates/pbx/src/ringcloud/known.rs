//! Calls without ids: each is known by its ends and its beginning. The list of current calls tells the beginning by the
//! call's age alone, so it is off by a second or two; two calls of the same ends are told apart by it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::directory::{Directory, Party};
use crate::{dedupe, poll::HeldCall};

/// Beginnings of one call differ by less than this: seconds are cut off, and answers take their time.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(5);
/// What the dedupe keys and ids of calls begin with.
const CALL: &str = "call";
/// A call that was not seen for so long is no candidate any more.
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(24);

/// A call that was seen going on, or is known from before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KnownCall {
    /// What stands for the vendor's id.
    pub(super) id: String,
    pub(super) src: String,
    pub(super) dst: String,
    pub(super) start: Timestamp,
    /// It was in the last list of current calls.
    pub(super) is_present: bool,
    /// It was in the list of finished calls.
    pub(super) is_finished: bool,
    /// When it was last seen.
    pub(super) seen: Timestamp,
}

/// The calls that rows may be about, and where those of each second are.
#[derive(Debug, Default)]
pub(super) struct KnownCalls {
    calls: Vec<KnownCall>,
    places: BTreeMap<i64, Vec<usize>>,
}

impl KnownCalls {
    /// Those that are known from before.
    pub(super) fn of(held: &[HeldCall], now: Timestamp) -> Self {
        let known = |held: &HeldCall| {
            let (src, dst, start) = read_id(&held.vendor_call)?;
            let id = held.vendor_call.clone();
            // One that is ended may be so by our conclusion alone.
            Some(KnownCall { id, src, dst, start, is_present: held.is_open, is_finished: false, seen: now })
        };
        Self::indexed(held.iter().filter_map(known).collect())
    }

    fn indexed(calls: Vec<KnownCall>) -> Self {
        let mut places: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
        for (place, known) in calls.iter().enumerate() {
            places.entry(known.start.as_second()).or_default().push(place);
        }
        Self { calls, places }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &KnownCall> {
        self.calls.iter()
    }

    /// Whether a row of this call was in the last list of current calls.
    pub(super) fn goes_on(&self, id: &str) -> bool {
        self.calls.iter().any(|known| known.id == id && known.is_present && !known.is_finished)
    }

    pub(super) fn get_mut(&mut self, place: usize) -> Option<&mut KnownCall> {
        self.calls.get_mut(place)
    }

    /// Which of these rows is which known call: the nearest pairs first, one to one. A row is its ends and its beginning.
    pub(super) fn matches(&self, rows: &[(&str, &str, Timestamp)], who: &Directory) -> Vec<Option<usize>> {
        let mut pairs = Vec::new();
        for (row, (src, dst, start)) in rows.iter().enumerate() {
            let seconds = start.as_second() - TOLERANCE.as_secs()..=start.as_second() + TOLERANCE.as_secs();
            for place in self.places.range(seconds).flat_map(|(_, places)| places).copied() {
                let known = &self.calls[place];
                let apart = known.start.duration_since(*start).abs();
                let is_near = apart <= TOLERANCE && !known.is_finished;
                if is_near && same(who, &known.src, src) && same(who, &known.dst, dst) {
                    pairs.push((apart, row, place));
                }
            }
        }
        pairs.sort();
        let mut found = vec![None; rows.len()];
        let mut taken = BTreeSet::new();
        for (_, row, place) in pairs {
            if found[row].is_none() && taken.insert(place) {
                found[row] = Some(place);
            }
        }
        found
    }

    /// A call that is seen for the first time; answers where it is kept.
    pub(super) fn add(&mut self, src: &str, dst: &str, start: Timestamp, now: Timestamp) -> usize {
        let ids = (0..).map(|ordinal| id(src, dst, start, ordinal));
        let is_free = |id: &String| self.calls.iter().all(|known| known.id != *id);
        let id = ids.into_iter().find(is_free).unwrap_or_default();
        self.add_part(&id, src, dst, start, now)
    }

    /// Another row of this call; answers where it is kept.
    pub(super) fn add_part(&mut self, id: &str, src: &str, dst: &str, start: Timestamp, now: Timestamp) -> usize {
        let (id, src, dst) = (id.to_owned(), src.to_owned(), dst.to_owned());
        let place = self.calls.len();
        self.places.entry(start.as_second()).or_default().push(place);
        self.calls.push(KnownCall { id, src, dst, start, is_present: true, is_finished: false, seen: now });
        place
    }

    /// These are in the list of current calls, and no others; answers their ids.
    pub(super) fn set_present(&mut self, places: &[usize]) -> BTreeSet<String> {
        self.calls.iter_mut().for_each(|known| known.is_present = false);
        let mut ids = BTreeSet::new();
        for place in places {
            if let Some(known) = self.calls.get_mut(*place) {
                known.is_present = true;
                ids.insert(known.id.clone());
            }
        }
        ids
    }

    /// Lets go of those that nothing will be told of any more.
    pub(super) fn forget_old(&mut self, now: Timestamp) {
        let is_wanted = |known: &KnownCall| known.is_present || now.duration_since(known.seen) < FORGOTTEN;
        if !self.calls.iter().all(is_wanted) {
            let calls = std::mem::take(&mut self.calls);
            *self = Self::indexed(calls.into_iter().filter(is_wanted).collect());
        }
    }
}

/// The id of a call: its ends and its beginning in whole seconds, and its number among those that share all three.
pub(super) fn id(src: &str, dst: &str, start: Timestamp, ordinal: u32) -> String {
    let start = start.as_second().to_string();
    let ordinal = (ordinal > 0).then(|| ordinal.to_string());
    let mut parts = vec![Some(src), Some(dst), Some(start.as_str())];
    parts.extend(ordinal.as_deref().map(Some));
    dedupe::of_parts(CALL, &parts)
}

/// Ends and beginning out of an id.
fn read_id(id: &str) -> Option<(String, String, Timestamp)> {
    let parts: Vec<String> = serde_json::from_str(id).ok()?;
    let [kind, src, dst, start, ..] = parts.as_slice() else { return None };
    let start = Timestamp::from_second(start.parse().ok()?).ok()?;
    (kind == CALL).then(|| (src.clone(), dst.clone(), start))
}

/// Whether two spellings are of one end. Hidden numbers are alike: their calls are told apart by their beginnings.
fn same(who: &Directory, one: &str, other: &str) -> bool {
    one == other
        || match (who.party(one), who.party(other)) {
            (Party::Outside(Some(one)), Party::Outside(Some(other))) => calls::number::same(&one, &other),
            (one, other) => one == other,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_772_701_200 + second).expect("a time")
    }

    fn matched(known: &KnownCalls, rows: &[(&str, &str, i64)]) -> Vec<Option<usize>> {
        let rows: Vec<_> = rows.iter().map(|(src, dst, start)| (*src, *dst, at(*start))).collect();
        known.matches(&rows, &Directory::default())
    }

    #[test]
    fn rows_find_their_calls_by_the_nearest_beginning_one_to_one() {
        let mut known = KnownCalls::default();
        for start in [0, 4, 60] {
            known.add("79161234567", "401", at(start), at(60));
        }
        assert_eq!(matched(&known, &[("+79161234567", "401", 1)]), [Some(0)]);
        assert_eq!(matched(&known, &[("79161234567", "401", 3), ("79161234567", "401", 1)]), [Some(1), Some(0)]);
        assert_eq!(matched(&known, &[("79161234567", "401", 30)]), [None], "the next call of the same ends");
        assert_eq!(matched(&known, &[("79161234567", "402", 0), ("401", "79161234567", 0)]), [None, None]);
        let three = [("79161234567", "401", 2); 3];
        assert_eq!(matched(&known, &three), [Some(0), Some(1), None], "three equal rows are three calls");
    }

    #[test]
    fn an_id_holds_what_finds_the_call_after_a_restart() {
        let mut known = KnownCalls::default();
        for _ in 0..2 {
            known.add("79161234567", "401", at(0), at(60));
        }
        let ids: Vec<String> = known.iter().map(|known| known.id.clone()).collect();
        assert_ne!(ids[0], ids[1], "two equal rows stay two calls");
        let held: Vec<_> = ids.into_iter().map(|vendor_call| HeldCall { vendor_call, is_open: true }).collect();
        let again = KnownCalls::of(&held, at(61));
        assert_eq!(matched(&again, &[("79161234567", "401", 2), ("79161234567", "401", 1)]).len(), 2);
        let others = ["", "[]", r#"["call","a"]"#, r#"["call","a","b","c"]"#, r#"["start","a","b","1"]"#];
        let others = others.map(|id| HeldCall { vendor_call: id.to_owned(), is_open: true });
        assert_eq!(KnownCalls::of(&others, at(0)).iter().count(), 0);
    }
}
