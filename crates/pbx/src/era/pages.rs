//! A list of calls that may come in pages: whether it does, and how, no page of the vendor says.

use std::collections::BTreeSet;

use serde_json::Value;

/// Fewer rows are the whole list.
const FULL: usize = 10;
/// Pages that are asked for at most.
const MOST: usize = 100;

/// What has been read of a list.
#[derive(Debug, Default)]
pub(super) struct Pages {
    rows: Vec<Value>,
    known: BTreeSet<String>,
    read: usize,
}

/// What follows an answer.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    /// More may follow from this row on: the last one that is known, to see that none was passed over.
    From(usize),
    /// This is the list.
    Whole(Vec<Value>),
    /// Rows have moved between two pages, so that some may have been passed over: this is no list.
    Moved,
}

impl Pages {
    /// Takes in the rows of an answer; `None` where it is no list. `key` tells one row from another.
    pub(super) fn take(&mut self, rows: Option<Vec<Value>>, key: impl Fn(&Value) -> Option<String>) -> Option<Step> {
        let first = self.read == 0;
        // Whoever does not know pages may refuse them, and has given everything already.
        let Some(rows) = rows.filter(|_| self.read < MOST) else { return (!first).then(|| self.end()) };
        self.read += 1;
        let is_known = |row: &Value| key(row).is_none_or(|key| self.known.contains(&key));
        let goes_on = rows.first().is_none_or(is_known);
        let fresh: Vec<Value> = rows.into_iter().filter(|row| first || !is_known(row)).collect();
        if !first && !goes_on {
            *self = Self::default();
            return Some(Step::Moved);
        }
        let is_last = if first { fresh.len() < FULL } else { fresh.is_empty() };
        self.known.extend(fresh.iter().filter_map(&key));
        self.rows.extend(fresh);
        Some(if is_last { self.end() } else { Step::From(self.rows.len() - 1) })
    }

    fn end(&mut self) -> Step {
        Step::Whole(std::mem::take(self).rows)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rows(range: std::ops::Range<u32>) -> Vec<Value> {
        range.map(|id| json!({"cid": id})).collect()
    }

    /// Reads a list from a server that answers so to an offset.
    fn read(answer: impl Fn(usize) -> Option<Vec<Value>>) -> Option<Step> {
        let (mut pages, mut offset) = (Pages::default(), 0);
        loop {
            match pages.take(answer(offset), |row| Some(row["cid"].to_string())) {
                Some(Step::From(next)) => offset = next,
                step => return step,
            }
        }
    }

    #[test]
    fn a_list_is_read_to_its_end_whether_or_not_it_comes_in_pages() {
        for all in [0, 1, 9, 10, 11, 12, 35] {
            let page = |size: usize| {
                move |offset: usize| Some(rows(0..all).into_iter().skip(offset).take(size).collect::<Vec<_>>())
            };
            for size in [10, 20, 1000] {
                assert_eq!(read(page(size)), Some(Step::Whole(rows(0..all))), "{all} by {size}");
            }
            assert_eq!(read(|_| Some(rows(0..all))), Some(Step::Whole(rows(0..all))), "offset is ignored: {all}");
            assert_eq!(read(|offset| (offset == 0).then(|| rows(0..all))), Some(Step::Whole(rows(0..all))), "refused");
        }
        assert_eq!(read(|_| None), None);
    }

    #[test]
    fn a_list_whose_rows_moved_is_none() {
        // A call of the first page has ended, so the second begins with one that was not seen.
        let answer = |offset: usize| Some(if offset == 0 { rows(0..10) } else { rows(10..15) });
        assert_eq!(read(answer), Some(Step::Moved));
        // The last of the first page has ended, and nothing follows it.
        let answer = |offset: usize| Some(if offset == 0 { rows(0..10) } else { Vec::new() });
        assert_eq!(read(answer), Some(Step::Whole(rows(0..10))));
    }
}
