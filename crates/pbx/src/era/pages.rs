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
    /// Rows have moved while the list was read.
    has_moved: bool,
}

/// What came of asking for a page.
#[derive(Debug)]
pub(super) enum Page {
    Rows(Vec<Value>),
    /// The request was not understood: whoever does not know `offset` has given everything already.
    Refused,
    /// Nothing came, or nothing that can be read.
    Failed,
}

/// What follows an answer.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    /// More may follow from this row on: the last one that is known, to see that none was passed over.
    NextPage(usize),
    /// This is the list.
    Whole(Vec<Value>),
    /// Rows have moved between two pages, so that some may have been passed over: the list is to be asked for again.
    Moved,
}

impl Pages {
    /// Takes in what came of a page; `None` where there is no list. `key` tells one row from another.
    pub(super) fn take(&mut self, page: Page, key: impl Fn(&Value) -> Option<String>) -> Option<Step> {
        let first = self.read == 0;
        let rows = match page {
            Page::Rows(rows) => rows,
            Page::Refused if !first => return Some(self.finish()),
            Page::Refused | Page::Failed => {
                *self = Self::default();
                return None;
            }
        };
        if self.read == MOST {
            return Some(self.finish());
        }
        self.read += 1;
        let is_known = |row: &Value| key(row).is_none_or(|key| self.known.contains(&key));
        // The page begins with the row that was the last, or with the first where `offset` is ignored.
        let goes_on = first || rows.first().is_some_and(is_known);
        let fresh: Vec<Value> = rows.into_iter().filter(|row| first || !is_known(row)).collect();
        if !goes_on {
            let again = !self.has_moved;
            *self = Self { has_moved: again, ..Self::default() };
            return again.then_some(Step::Moved);
        }
        let is_last = if first { fresh.len() < FULL } else { fresh.is_empty() };
        self.known.extend(fresh.iter().filter_map(&key));
        self.rows.extend(fresh);
        Some(if is_last { self.finish() } else { Step::NextPage(self.rows.len() - 1) })
    }

    fn finish(&mut self) -> Step {
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
    fn read(pages: &mut Pages, answer: impl Fn(usize) -> Page) -> Option<Step> {
        let mut offset = 0;
        loop {
            match pages.take(answer(offset), |row| Some(row["cid"].to_string())) {
                Some(Step::NextPage(next)) => offset = next,
                step => return step,
            }
        }
    }

    #[test]
    fn a_list_is_read_to_its_end_whether_or_not_it_comes_in_pages() {
        let read = |answer: &dyn Fn(usize) -> Page| read(&mut Pages::default(), answer);
        for all in [0, 1, 9, 10, 11, 12, 35] {
            let whole = Some(Step::Whole(rows(0..all)));
            for size in [10, 20, 1000] {
                let page = |offset: usize| Page::Rows(rows(0..all).into_iter().skip(offset).take(size).collect());
                assert_eq!(read(&page), whole, "{all} by {size}");
            }
            assert_eq!(read(&|_| Page::Rows(rows(0..all))), whole, "offset is ignored: {all}");
            let refused = |offset| if offset == 0 { Page::Rows(rows(0..all)) } else { Page::Refused };
            assert_eq!(read(&refused), whole, "offset is refused: {all}");
        }
        assert_eq!((read(&|_| Page::Failed), read(&|_| Page::Refused)), (None, None));
    }

    #[test]
    fn a_list_of_which_a_page_failed_is_none() {
        for failing in [9, 18] {
            let page = |offset: usize| {
                if offset == failing {
                    Page::Failed
                } else {
                    Page::Rows(rows(0..35).into_iter().skip(offset).take(10).collect())
                }
            };
            let mut pages = Pages::default();
            assert_eq!(read(&mut pages, page), None, "{failing}");
            assert_eq!(read(&mut pages, |_| Page::Rows(rows(0..2))), Some(Step::Whole(rows(0..2))), "and is forgotten");
        }
    }

    #[test]
    fn a_list_whose_rows_moved_is_asked_for_once_more() {
        // A call of the first page has ended, so the second begins with one that was not seen; or the last one has.
        for second in [rows(10..15), Vec::new()] {
            let moves = |offset: usize| Page::Rows(if offset == 0 { rows(0..10) } else { second.clone() });
            let mut pages = Pages::default();
            assert_eq!(read(&mut pages, moves), Some(Step::Moved));
            assert_eq!(read(&mut pages, moves), None, "and no more");
            assert_eq!(read(&mut pages, moves), Some(Step::Moved), "until the next time");
            assert_eq!(read(&mut pages, |_| Page::Rows(rows(0..3))), Some(Step::Whole(rows(0..3))));
        }
    }
}
