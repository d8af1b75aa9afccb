//! Calls without ids: each is known by its ends and its beginning. The list of current calls tells the beginning by the
//! call's age alone, so it is off by a second or two; two calls of the same ends are told apart by it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::directory::{Directory, Party};
use crate::{dedupe, poll::HeldCall};

/// Beginnings of one call differ by less than this: seconds are cut off, and answers take their time.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(5);
/// Phones that ring in one call are rung within this time, or one this long after another was left.
const AT_ONCE: SignedDuration = SignedDuration::from_secs(2);
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
    /// How it went, once it was in the list of finished calls.
    pub(super) finished: Option<Finished>,
    /// When it was last seen.
    pub(super) last_seen: Timestamp,
    /// When it was last told that it goes on.
    pub(super) told: Timestamp,
}

/// How a call, or one phone's part in it, went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Finished {
    pub(super) end: Timestamp,
    pub(super) is_answered: bool,
}

/// A row by what finds its call.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowEnds<'a> {
    pub(super) src: &'a str,
    pub(super) dst: &'a str,
    pub(super) start: Timestamp,
}

/// The calls that rows may be about, with where those of an id are, and those that began or ended in each second.
#[derive(Debug, Default)]
pub(super) struct KnownCalls {
    calls: Vec<KnownCall>,
    ids: BTreeMap<String, Vec<usize>>,
    places: BTreeMap<i64, Vec<usize>>,
    ends: BTreeMap<i64, Vec<usize>>,
}

impl KnownCalls {
    /// Those that are known from before.
    pub(super) fn of(held: &[HeldCall], now: Timestamp) -> Self {
        let known = |held: &HeldCall| {
            let (src, dst, start, ordinal) = read_id(&held.vendor_call)?;
            let id = held.vendor_call.clone();
            // One that is ended may be so by our conclusion alone.
            let (is_present, finished) = (held.is_open, None);
            Some((ordinal, KnownCall { id, src, dst, start, is_present, finished, last_seen: now, told: now }))
        };
        let mut calls: Vec<(u32, KnownCall)> = held.iter().filter_map(known).collect();
        // Equal rows are given to them in this order.
        calls.sort_by_key(|(ordinal, _)| *ordinal);
        Self::indexed(calls.into_iter().map(|(_, known)| known).collect())
    }

    fn indexed(calls: Vec<KnownCall>) -> Self {
        let mut indexed = Self::default();
        for known in calls {
            indexed.push(known);
        }
        indexed
    }

    fn push(&mut self, known: KnownCall) -> usize {
        let place = self.calls.len();
        self.ids.entry(known.id.clone()).or_default().push(place);
        self.places.entry(known.start.as_second()).or_default().push(place);
        if let Some(finished) = known.finished {
            self.ends.entry(finished.end.as_second()).or_default().push(place);
        }
        self.calls.push(known);
        place
    }

    /// That row was in the list of finished calls.
    pub(super) fn finish(&mut self, place: usize, finished: Finished) {
        if let Some(known) = self.calls.get_mut(place) {
            known.finished = Some(finished);
            self.ends.entry(finished.end.as_second()).or_default().push(place);
        }
    }

    /// Whether a row of this call was in the last list of current calls.
    pub(super) fn goes_on(&self, id: &str) -> bool {
        self.parts(id).any(|known| known.is_present && known.finished.is_none())
    }

    /// Somebody answered this call, by the list of finished calls: when the row of his phone began.
    pub(super) fn answered_since(&self, id: &str) -> Option<Timestamp> {
        let answered = self.parts(id).filter(|known| known.finished.is_some_and(|finished| finished.is_answered));
        answered.map(|known| known.start).min()
    }

    fn parts(&self, id: &str) -> impl Iterator<Item = &KnownCall> {
        self.ids.get(id).into_iter().flatten().filter_map(|place| self.calls.get(*place))
    }

    pub(super) fn get(&self, place: usize) -> Option<&KnownCall> {
        self.calls.get(place)
    }

    pub(super) fn get_mut(&mut self, place: usize) -> Option<&mut KnownCall> {
        self.calls.get_mut(place)
    }

    /// Which of these rows is which known call: the nearest pairs first, one to one.
    pub(super) fn matches(&self, rows: &[RowEnds<'_>], who: &Directory) -> Vec<Option<usize>> {
        let mut pairs = Vec::new();
        for (row, RowEnds { src, dst, start }) in rows.iter().enumerate() {
            for place in near(&self.places, *start, TOLERANCE) {
                let known = &self.calls[place];
                let apart = known.start.duration_since(*start).abs();
                let is_near = apart <= TOLERANCE && known.finished.is_none();
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

    /// The call in which this row is another phone: the same caller at another colleague's, both rung at once and not
    /// both answered, or one rung as the other was left.
    pub(super) fn other_phone_of(&self, row: RowEnds<'_>, finished: Option<Finished>, who: &Directory) -> Option<&str> {
        let (Party::Outside(Some(_)), Party::Colleague(_)) = (who.party(row.src), who.party(row.dst)) else {
            return None;
        };
        let is_other = |known: &&KnownCall| {
            let is_colleague = matches!(who.party(&known.dst), Party::Colleague(_));
            is_colleague && same(who, &known.src, row.src) && !same(who, &known.dst, row.dst)
        };
        let answered = |finished: Option<Finished>| finished.is_some_and(|finished| finished.is_answered);
        let at_once = near(&self.places, row.start, AT_ONCE)
            .filter(|place| !(answered(finished) && answered(self.calls[*place].finished)));
        let before = near(&self.ends, row.start, AT_ONCE);
        let after = finished.into_iter().flat_map(|finished| near(&self.places, finished.end, AT_ONCE));
        let mut candidates = at_once.chain(before).chain(after).filter_map(|place| self.calls.get(place));
        candidates.find(is_other).map(|known| known.id.as_str())
    }

    /// A call that is seen for the first time; answers where it is kept.
    pub(super) fn add(&mut self, row: RowEnds<'_>, now: Timestamp) -> usize {
        let mut ids = (0..).map(|ordinal| id(row.src, row.dst, row.start, ordinal));
        let id = ids.find(|id| !self.ids.contains_key(id)).unwrap_or_default();
        self.add_part(&id, row, now)
    }

    /// Another row of this call; answers where it is kept.
    pub(super) fn add_part(&mut self, id: &str, row: RowEnds<'_>, now: Timestamp) -> usize {
        let (id, src, dst, start) = (id.to_owned(), row.src.to_owned(), row.dst.to_owned(), row.start);
        self.push(KnownCall { id, src, dst, start, is_present: true, finished: None, last_seen: now, told: now })
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
        let is_wanted = |known: &KnownCall| known.is_present || now.duration_since(known.last_seen) < FORGOTTEN;
        if !self.calls.iter().all(is_wanted) {
            let calls = std::mem::take(&mut self.calls);
            *self = Self::indexed(calls.into_iter().filter(is_wanted).collect());
        }
    }
}

/// The places of what lies this near to a moment.
fn near(places: &BTreeMap<i64, Vec<usize>>, at: Timestamp, within: SignedDuration) -> impl Iterator<Item = usize> {
    let seconds = at.as_second() - within.as_secs()..=at.as_second() + within.as_secs();
    places.range(seconds).flat_map(|(_, places)| places).copied()
}

/// The id of a call: its ends and its beginning in whole seconds, and its number among those that share all three.
pub(super) fn id(src: &str, dst: &str, start: Timestamp, ordinal: u32) -> String {
    let start = start.as_second().to_string();
    let ordinal = (ordinal > 0).then(|| ordinal.to_string());
    let mut parts = vec![Some(src), Some(dst), Some(start.as_str())];
    parts.extend(ordinal.as_deref().map(Some));
    dedupe::of_parts(CALL, &parts)
}

/// Ends, beginning and number among equal ones out of an id.
fn read_id(id: &str) -> Option<(String, String, Timestamp, u32)> {
    let parts: Vec<String> = serde_json::from_str(id).ok()?;
    let [kind, src, dst, start, ..] = parts.as_slice() else { return None };
    let start = Timestamp::from_second(start.parse().ok()?).ok()?;
    let ordinal = parts.get(4).and_then(|ordinal| ordinal.parse().ok()).unwrap_or_default();
    (kind == CALL).then(|| (src.clone(), dst.clone(), start, ordinal))
}

/// Whether two spellings are of one end. Hidden numbers are alike: their calls are told apart by their beginnings.
fn same(who: &Directory, one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    // Most calls that began at the same time have other ends, and reading both takes its time.
    if calls::number::end_otherwise(one, other) {
        return false;
    }
    match (who.party(one), who.party(other)) {
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

    fn ends<'a>(src: &'a str, dst: &'a str, start: i64) -> RowEnds<'a> {
        RowEnds { src, dst, start: at(start) }
    }

    fn matched(known: &KnownCalls, rows: &[(&str, &str, i64)]) -> Vec<Option<usize>> {
        let rows: Vec<_> = rows.iter().map(|(src, dst, start)| ends(src, dst, *start)).collect();
        known.matches(&rows, &Directory::default())
    }

    #[test]
    fn rows_find_their_calls_by_the_nearest_beginning_one_to_one() {
        let mut known = KnownCalls::default();
        for start in [0, 4, 60] {
            known.add(ends("79161234567", "401", start), at(60));
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
            known.add(ends("79161234567", "401", 0), at(60));
        }
        let ids: Vec<String> = known.calls.iter().map(|known| known.id.clone()).collect();
        assert_ne!(ids[0], ids[1], "two equal rows stay two calls");
        let held = |id: &String| HeldCall { vendor_call: id.clone(), is_open: true };
        let again = KnownCalls::of(&ids.iter().rev().map(held).collect::<Vec<_>>(), at(61));
        let rows = [("79161234567", "401", 2), ("79161234567", "401", 2)];
        let found: Vec<_> = matched(&again, &rows).into_iter().flatten().filter_map(|place| again.get(place)).collect();
        assert_eq!(found.iter().map(|known| known.id.clone()).collect::<Vec<_>>(), ids, "in the order of their rows");
        let others = ["", "[]", r#"["call","a"]"#, r#"["call","a","b","c"]"#, r#"["start","a","b","1"]"#];
        let others = others.map(|id| HeldCall { vendor_call: id.to_owned(), is_open: true });
        assert_eq!(KnownCalls::of(&others, at(0)).calls.len(), 0);
    }

    #[test]
    fn phones_that_ring_in_one_call_are_told_from_calls_of_the_same_caller() {
        let who = Directory::default();
        let over = |end, is_answered| Some(Finished { end: at(end), is_answered });
        // A phone that rang from 0 to 30 s, and another row of the same caller.
        let is_one = |first: bool, dst: &str, start: i64, finished| {
            let mut known = KnownCalls::default();
            let place = known.add(ends("79161234567", "401", 0), at(60));
            known.finish(place, Finished { end: at(30), is_answered: first });
            known.other_phone_of(ends("79161234567", dst, start), finished, &who).is_some()
        };
        for (first, start, end, second) in [
            (false, 1, 90, true),
            (true, 0, 30, false),
            (false, 31, 90, true),
            (true, 30, 90, true),
            (false, -20, 0, false),
        ] {
            assert!(is_one(first, "402", start, over(end, second)), "{first} {start} {end} {second}");
        }
        assert!(is_one(false, "402", 0, None) && is_one(false, "402", 30, None), "while it rings");
        for (first, start, end, second) in
            [(true, 0, 90, true), (false, 10, 90, true), (false, 40, 90, true), (false, -60, -9, false)]
        {
            assert!(!is_one(first, "402", start, over(end, second)), "{first} {start} {end} {second}");
        }
        assert!(!is_one(false, "401", 31, over(90, true)), "he calls the same phone again");
        let mut hidden = KnownCalls::default();
        hidden.add(ends("", "401", 0), at(60));
        assert_eq!(hidden.other_phone_of(ends("", "402", 0), None, &who), None, "two who hide their numbers");
    }
}
