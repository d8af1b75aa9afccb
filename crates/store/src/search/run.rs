//! Follows the leads of a question, newest first.

use rusqlite::Connection;

use super::plan::{self, Lead, Needle};
use crate::{
    calls::{Conditions, Cursor, Filter, SavedCall, newest, query},
    error::Error,
    store::Store,
};

impl Store {
    /// Up to `limit` calls older than `before` that answer to this text, newest first.
    ///
    /// Each word of the text must be found: three or more characters anywhere in a word of name and notes, fewer at its
    /// beginning; digits anywhere in the number too. A number may be written with blanks and signs between its digits,
    /// or as an address (`tel:`, `sip:`), and with 8 for 7; after `*` it is found at the end of numbers only. A number
    /// that has letters is found as a name is. A text that asks for nothing finds every call.
    pub fn search(
        &self,
        question: &str,
        filter: &Filter,
        before: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<SavedCall>, Error> {
        let Some(needles) = plan::read(question) else { return self.list(filter, before, limit) };
        self.read(|connection| {
            let mut found = Vec::new();
            for lead in plan::leads(&needles) {
                found.extend(follow(connection, lead, &needles, filter, before, limit)?);
            }
            Ok(newest(found, limit))
        })
    }
}

fn follow(
    connection: &Connection,
    lead: Lead,
    needles: &[Needle],
    filter: &Filter,
    before: Option<Cursor>,
    limit: usize,
) -> Result<Vec<SavedCall>, Error> {
    let mut conditions = Conditions::none();
    let (from, place) = match lead {
        Lead::Digits(asked) => {
            conditions.and("calls_digits MATCH ?", asked);
            ("calls_digits f CROSS JOIN calls c ON c.at = f.rowid", "f.rowid")
        }
        Lead::Inner(asked) => {
            conditions.and("calls_inner MATCH ?", asked);
            ("calls_inner f CROSS JOIN calls c ON c.at = f.rowid", "f.rowid")
        }
        Lead::Start(asked) => {
            conditions.and("calls_start MATCH ?", asked);
            ("calls_start f CROSS JOIN calls c ON c.at = f.rowid", "f.rowid")
        }
        Lead::LastFour(digits) => {
            conditions.and("c.digits <> '' AND substr(c.digits, -4) = ?", digits);
            ("calls c", "c.at")
        }
        Lead::All => ("calls c", "c.at"),
    };
    if let Some(before) = before {
        conditions.and(if place == "c.at" { "c.at < ?" } else { "f.rowid < ?" }, before.0);
    }
    for needle in needles {
        let (sql, values) = needle.condition();
        conditions.and_all(sql, values);
    }
    conditions.append(Conditions::of_with_visibility(filter));
    query(connection, from, place, conditions, limit)
}
