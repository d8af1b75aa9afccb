//! A list of calls that may come in pages: whether it does, and how, no page of the vendor says.

use std::collections::BTreeSet;

use serde_json::Value;

/// Pages that are asked for at most.
const MOST: usize = 1000;

/// So many lists that came whole, each with its first answer, show that the PBX knows no pages: one or two may look like it
/// because rows moved.
const SURE: u8 = 3;

/// A list that is read page by page.
#[derive(Debug, Default)]
pub(super) struct Pages {
    reading: Reading,
    /// The most rows that one answer ever had: an answer with fewer is the last of its list. How many rows a page may
    /// have is the PBX's affair, so one with as many may have been cut.
    longest: usize,
    /// Lists that showed that the PBX knows no pages.
    whole_at_once: u8,
}

/// What has been read of a list.
#[derive(Debug, Default)]
struct Reading {
    rows: Vec<Value>,
    known: BTreeSet<String>,
    pages: usize,
    /// The page that was asked for begins behind the last row.
    is_behind: bool,
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
    /// More may follow from this row on: usually the last one that is known, to see that none was passed over.
    NextPage(usize),
    /// This is the list.
    Whole(Vec<Value>),
    /// Rows have moved between two pages, so that some may have been passed over: the list is to be asked for again.
    Moved,
}

impl Pages {
    /// Takes in what came of a page; `None` where there is no list. `key` tells one row from another.
    pub(super) fn take(&mut self, page: Page, key: impl Fn(&Value) -> Option<String>) -> Option<Step> {
        let first = self.reading.pages == 0;
        let rows = match page {
            Page::Rows(rows) => rows,
            Page::Refused if !first => {
                // Behind the last row there may be nothing to ask for.
                if !self.reading.is_behind {
                    self.note_whole_at_once();
                }
                return Some(self.finish());
            }
            Page::Refused | Page::Failed => {
                self.forget();
                return None;
            }
        };
        if self.reading.pages == MOST {
            return Some(self.finish());
        }
        self.reading.pages += 1;
        let is_known = |row: &Value| key(row).is_none_or(|key| self.reading.known.contains(&key));
        // The page begins with the row that was the last, or with the first where `offset` is ignored.
        let goes_on = first || self.reading.is_behind || rows.first().is_some_and(is_known);
        let is_last = rows.len() < self.longest || self.whole_at_once >= SURE;
        self.longest = self.longest.max(rows.len());
        // All rows over again, though only those from the last one on were asked for: `offset` was ignored, or as many rows
        // came in front of them meanwhile.
        let all_again = rows.len() == self.reading.rows.len() && rows.iter().all(is_known);
        let is_same_again = !first && all_again && (rows.len() > 1 || self.reading.is_behind);
        let fresh: Vec<Value> = rows.into_iter().filter(|row| first || !is_known(row)).collect();
        if !goes_on || is_same_again && !self.reading.has_moved {
            let again = !self.reading.has_moved;
            self.reading = Reading { has_moved: again, ..Reading::default() };
            return again.then_some(Step::Moved);
        }
        if is_same_again {
            self.note_whole_at_once();
        }
        let is_last = is_last || fresh.is_empty();
        self.reading.known.extend(fresh.iter().filter_map(&key));
        self.reading.rows.extend(fresh);
        if is_last {
            return Some(self.finish());
        }
        // Where pages may have a single row, one that begins with the last row that is known would have no other.
        self.reading.is_behind = self.longest == 1;
        let known = self.reading.rows.len();
        Some(Step::NextPage(if self.reading.is_behind { known } else { known - 1 }))
    }

    /// Gives up what was read of a list; what it showed of the PBX's pages is kept.
    pub(super) fn forget(&mut self) {
        self.reading = Reading::default();
    }

    fn note_whole_at_once(&mut self) {
        self.whole_at_once = self.whole_at_once.saturating_add(1);
    }

    fn finish(&mut self) -> Step {
        Step::Whole(std::mem::take(&mut self.reading).rows)
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

    /// The same, and once more where rows have moved.
    fn read_again(pages: &mut Pages, answer: impl Fn(usize) -> Page) -> Option<Step> {
        match read(pages, &answer) {
            Some(Step::Moved) => read(pages, &answer),
            step => step,
        }
    }

    #[test]
    fn a_list_is_read_to_its_end_whether_or_not_it_comes_in_pages() {
        let read = |answer: &dyn Fn(usize) -> Page| read_again(&mut Pages::default(), answer);
        for all in [0, 1, 2, 3, 9, 10, 11, 12, 35] {
            let whole = Some(Step::Whole(rows(0..all)));
            for size in [1, 2, 3, 7, 10, 20, 1000] {
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
    fn lists_of_changing_length_are_each_read_to_their_end() {
        for size in [1, 2, 3, 5, 8] {
            let mut pages = Pages::default();
            for all in [1, 2, 1, 5, 3, 8, 0, 5, 12, 4, 16, 5] {
                let page = |offset: usize| Page::Rows(rows(0..all).into_iter().skip(offset).take(size).collect());
                assert_eq!(read(&mut pages, page), Some(Step::Whole(rows(0..all))), "{all} by {size}");
            }
        }
    }

    #[test]
    fn whoever_knows_no_pages_is_soon_not_asked_for_a_second_one() {
        let refused = |offset: usize| if offset == 0 { Page::Rows(rows(0..3)) } else { Page::Refused };
        for answer in [&refused as &dyn Fn(usize) -> Page, &|_| Page::Rows(rows(0..3))] {
            let mut pages = Pages::default();
            for _ in 0..SURE {
                assert_eq!(read_again(&mut pages, answer), Some(Step::Whole(rows(0..3))));
            }
            let whole = pages.take(Page::Rows(rows(0..7)), |row| Some(row["cid"].to_string()));
            assert_eq!(whole, Some(Step::Whole(rows(0..7))), "with the first answer");
        }
    }

    #[test]
    fn what_looked_once_like_no_pages_cuts_no_later_list() {
        let page = |all: u32, offset: usize| rows(0..all).into_iter().skip(offset).take(4).collect::<Vec<_>>();
        // A page that begins behind the end may be refused.
        let refuses_behind = |all: u32, offset: usize| match page(all, offset) {
            rows if rows.is_empty() && offset > 0 => Page::Refused,
            rows => Page::Rows(rows),
        };
        let mut pages = Pages::default();
        for all in [1, 1, 1, 1, 9] {
            assert_eq!(read(&mut pages, |offset| refuses_behind(all, offset)), Some(Step::Whole(rows(0..all))));
        }
        // Rows that come in front push the same ones into the next page, again and again.
        for length in [1, 2, 4] {
            let mut pages = Pages::default();
            for _ in 0..10 {
                let asked = std::cell::Cell::new(0);
                let moving = |offset: usize| {
                    asked.set(asked.get() + 1);
                    let new = if asked.get() == 1 { length } else { 0 };
                    Page::Rows(rows(new..length + 4).into_iter().skip(offset).take(length as usize).collect())
                };
                assert_eq!(read_again(&mut pages, moving), Some(Step::Whole(rows(0..length + 4))), "{length} rows");
            }
        }
    }

    #[test]
    fn fewer_rows_than_a_page_can_have_are_the_whole_list() {
        let mut pages = Pages::default();
        let paged = |offset: usize| Page::Rows(rows(0..7).into_iter().skip(offset).take(4).collect());
        assert_eq!(read(&mut pages, paged), Some(Step::Whole(rows(0..7))));
        let short = pages.take(Page::Rows(rows(0..3)), |row| Some(row["cid"].to_string()));
        assert_eq!(short, Some(Step::Whole(rows(0..3))), "fewer rows than a page can have are the whole list");
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
