//! What search leads through, brought up to date once per commit.
//!
//! SQLite flushes a full-text index whenever a savepoint is taken while it holds changes, and it takes one for many
//! ordinary statements. So changes are queued, and written in the order of rows just before the commit.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};

use super::text;
use crate::error::Error;

/// The texts of a call that search sees.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Texts {
    /// Digits of the number.
    pub(crate) digits: String,
    /// Folded words of name and notes.
    pub(crate) words: String,
}

/// One change that a write asked for.
#[derive(Debug)]
pub(crate) enum Change {
    /// The row at this place has these texts from now on.
    Add(i64, Texts),
    /// The row at this place had these texts.
    Drop(i64, Texts),
}

/// Writes what the changes come to.
pub(crate) fn apply(connection: &Connection, changes: Vec<Change>) -> Result<(), Error> {
    for (at, (before, after)) in settle(changes) {
        if before == after {
            continue;
        }
        if let Some(texts) = before {
            remove(connection, at, &texts)?;
        }
        if let Some(texts) = after {
            insert(connection, at, &texts)?;
        }
    }
    Ok(())
}

/// For each place what is in the index now, and what is to be.
fn settle(changes: Vec<Change>) -> BTreeMap<i64, (Option<Texts>, Option<Texts>)> {
    let mut places: BTreeMap<i64, (Option<Texts>, Option<Texts>)> = BTreeMap::new();
    for change in changes {
        match change {
            Change::Add(at, texts) => places.entry(at).or_default().1 = Some(texts),
            Change::Drop(at, texts) => {
                let known = places.contains_key(&at);
                let place = places.entry(at).or_default();
                place.1 = None;
                if !known {
                    place.0 = Some(texts);
                }
            }
        }
    }
    places
}

fn insert(connection: &Connection, at: i64, texts: &Texts) -> Result<(), Error> {
    if !texts.digits.is_empty() {
        connection
            .prepare_cached("INSERT INTO calls_digits (rowid, grams) VALUES (?1, ?2)")?
            .execute(params![at, text::grams(&texts.digits)])?;
    }
    if !texts.words.is_empty() {
        connection
            .prepare_cached("INSERT INTO calls_inner (rowid, words) VALUES (?1, ?2)")?
            .execute(params![at, texts.words])?;
        connection
            .prepare_cached("INSERT INTO calls_start (rowid, words) VALUES (?1, ?2)")?
            .execute(params![at, texts.words])?;
    }
    Ok(())
}

/// An index without a text of its own has to be told what it held.
fn remove(connection: &Connection, at: i64, texts: &Texts) -> Result<(), Error> {
    if !texts.digits.is_empty() {
        connection
            .prepare_cached("INSERT INTO calls_digits (calls_digits, rowid, grams) VALUES ('delete', ?1, ?2)")?
            .execute(params![at, text::grams(&texts.digits)])?;
    }
    if !texts.words.is_empty() {
        connection
            .prepare_cached("INSERT INTO calls_inner (calls_inner, rowid, words) VALUES ('delete', ?1, ?2)")?
            .execute(params![at, texts.words])?;
        connection
            .prepare_cached("INSERT INTO calls_start (calls_start, rowid, words) VALUES ('delete', ?1, ?2)")?
            .execute(params![at, texts.words])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(digits: &str) -> Texts {
        Texts { digits: digits.into(), words: String::new() }
    }

    #[test]
    fn only_the_first_and_the_last_of_a_place_count() {
        let settled = settle(vec![
            Change::Drop(1, texts("a")),
            Change::Add(1, texts("b")),
            Change::Drop(1, texts("b")),
            Change::Add(1, texts("c")),
            Change::Add(2, texts("d")),
            Change::Drop(2, texts("d")),
        ]);
        assert_eq!(settled[&1], (Some(texts("a")), Some(texts("c"))));
        assert_eq!(settled[&2], (None, None));
    }
}
