//! Lists of calls, newest first.

use calls::{CallId, Direction};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

use super::{COLUMNS, Conditions, Cursor, Filter, SavedCall, Visible, record::word, saved_call};
use crate::{
    error::Error,
    office,
    store::Store,
    time::{began_at, last_place},
};

impl Store {
    /// Up to `limit` calls older than `before`, newest first.
    pub fn list(&self, filter: &Filter, before: Option<Cursor>, limit: usize) -> Result<Vec<SavedCall>, Error> {
        self.read(|connection| list(connection, filter, before, limit))
    }

    /// How many calls the filter shows. What the lists of the main view ask for is kept beside the calls, so that a
    /// million of them are not read in order to be counted.
    pub fn count(&self, filter: &Filter) -> Result<u64, Error> {
        self.read(|connection| {
            if let Some(kinds) = kept_kinds(filter) {
                return kept_count(connection, filter.office.as_deref(), kinds);
            }
            let mut conditions = Conditions::of(filter);
            let Some(keys) = filter.visible.keys() else { return count(connection, "calls c", conditions) };
            let from = if conditions.is_empty() { SEEN } else { SEEN_CALLS };
            conditions.first(keys);
            count(connection, from, conditions)
        })
    }

    /// The first talk with this number after that moment: when it began, and whether we had called.
    pub fn reached_after(&self, number: &str, moment: Timestamp) -> Result<Option<(Timestamp, bool)>, Error> {
        self.read(|connection| {
            let reached: Option<(i64, bool)> = connection
                .prepare_cached(REACHED_AFTER)?
                .query_row(params![number, last_place(moment)], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            Ok(reached.map(|(place, outgoing)| (began_at(place), outgoing)))
        })
    }

    /// When the oldest call began; `None` where there is none.
    pub fn oldest(&self) -> Result<Option<Timestamp>, Error> {
        self.read(|connection| {
            let oldest: Option<i64> =
                connection.prepare_cached("SELECT min(at) FROM calls")?.query_one([], |row| row.get(0))?;
            Ok(oldest.map(began_at))
        })
    }

    /// The call, under its newest id or any that it had.
    pub fn get(&self, office: &str, id: &CallId) -> Result<Option<SavedCall>, Error> {
        self.get_visible(office, id, &Visible::All)
    }

    /// The same for somebody who may not see every call.
    pub fn get_visible(&self, office: &str, id: &CallId, visible: &Visible) -> Result<Option<SavedCall>, Error> {
        self.read(|connection| {
            let Some(ordinal) = office::known_ordinal(connection, office)? else { return Ok(None) };
            let id = ruling_id(connection, ordinal, id)?;
            let filter = Filter { visible: visible.clone(), ..Filter::default() };
            let conditions = Conditions::of_with_visibility(&filter).one(ordinal, &id);
            Ok(query(connection, "calls c", "c.at", conditions, 1)?.pop())
        })
    }

    /// The id that rules for a call of this office; the id itself where it never had another.
    pub fn ruling_id(&self, office: &str, id: &CallId) -> Result<CallId, Error> {
        self.read(|connection| match office::known_ordinal(connection, office)? {
            Some(office) => ruling_id(connection, office, id),
            None => Ok(id.clone()),
        })
    }

    /// Newest calls with exactly this number.
    pub fn calls_with_number(&self, number: &str, filter: &Filter, limit: usize) -> Result<Vec<SavedCall>, Error> {
        self.list(&Filter { number: Some(number.to_owned()), ..filter.clone() }, None, limit)
    }
}

const REACHED_AFTER: &str =
    "SELECT c.at, c.direction = 'outgoing' FROM calls c WHERE c.number <> '' AND c.number = ?1 AND c.at > ?2
     AND (c.talk_ms > 0 OR c.result IN ('answered', 'answeredElsewhere')) ORDER BY c.at LIMIT 1";

fn list(
    connection: &Connection,
    filter: &Filter,
    before: Option<Cursor>,
    limit: usize,
) -> Result<Vec<SavedCall>, Error> {
    let mut conditions = Conditions::of(filter);
    conditions.before(before);
    let scopes = match &filter.visible {
        Visible::All | Visible::Ordinary => return query(connection, "calls c", "c.at", conditions, limit),
        Visible::Some(scopes) => scopes,
    };
    // Each scope has its calls in order; the newest of all of them are among the newest of each.
    let mut found = Vec::new();
    for scope in scopes {
        let mut own = conditions.clone();
        own.and("a.scope = ?", scope.key());
        found.extend(query(connection, OF_SCOPE, "a.at", own, limit)?);
    }
    Ok(newest(found, limit))
}

/// The calls of one scope, in order.
const OF_SCOPE: &str = "audience a CROSS JOIN calls c ON c.at = a.at";

/// The newest of what several walks found, each once.
pub(crate) fn newest(mut found: Vec<SavedCall>, limit: usize) -> Vec<SavedCall> {
    found.sort_by_key(|call| std::cmp::Reverse(call.cursor));
    found.dedup_by_key(|call| call.cursor);
    found.truncate(limit);
    found
}

/// Walks `from`, which has `calls c` in it, by `place`, newest first.
pub(crate) fn query(
    connection: &Connection,
    from: &str,
    place: &str,
    conditions: Conditions,
    limit: usize,
) -> Result<Vec<SavedCall>, Error> {
    let mut statement = connection.prepare_cached(&statement(from, place, &conditions))?;
    let mut values = conditions.values();
    values.push((limit as i64).into());
    let mut rows = statement.query(params_from_iter(values))?;
    let mut calls = Vec::new();
    while let Some(row) = rows.next()? {
        calls.push(saved_call(row)?);
    }
    Ok(calls)
}

fn statement(from: &str, place: &str, conditions: &Conditions) -> String {
    format!("SELECT {COLUMNS} FROM {from}{} ORDER BY {place} DESC LIMIT ?", conditions.clause())
}

/// Places of the calls of some scopes, given as a JSON list, each once.
const SEEN: &str = "(SELECT DISTINCT at FROM audience WHERE scope IN (SELECT value FROM json_each(?))) a";

/// The same with the calls themselves.
const SEEN_CALLS: &str = "(SELECT DISTINCT at FROM audience WHERE scope IN (SELECT value FROM json_each(?))) a
                          CROSS JOIN calls c ON c.at = a.at";

/// Kinds of `counts` that add up to what the filter shows, as a JSON list; `None` for filters that are not kept.
fn kept_kinds(filter: &Filter) -> Option<String> {
    let Filter { office: _, direction, missed, with_recording, open, line, number, scope, visible } = filter;
    if *open || line.is_some() || number.is_some() || scope.is_some() || *visible != Visible::All {
        return None;
    }
    let kinds = match (direction, missed, with_recording) {
        (None, false, false) => {
            [Direction::Incoming, Direction::Outgoing, Direction::Internal].iter().map(word).collect()
        }
        (Some(direction), false, false) => vec![word(direction)],
        (None, true, false) => vec!["missed".to_owned()],
        (None, false, true) => vec!["recording".to_owned()],
        _ => return None,
    };
    Some(serde_json::Value::from(kinds).to_string())
}

fn kept_count(connection: &Connection, office: Option<&str>, kinds: String) -> Result<u64, Error> {
    let mut statement = connection.prepare_cached(
        "SELECT coalesce(sum(calls), 0) FROM counts
         WHERE kind IN (SELECT value FROM json_each(?1))
         AND (?2 IS NULL OR office = (SELECT ordinal FROM offices WHERE name = ?2))",
    )?;
    let calls: i64 = statement.query_row(params![kinds, office], |row| row.get(0))?;
    Ok(calls as u64)
}

fn count(connection: &Connection, from: &str, conditions: Conditions) -> Result<u64, Error> {
    let sql = format!("SELECT count(*) FROM {from}{}", conditions.clause());
    let mut statement = connection.prepare_cached(&sql)?;
    let count: i64 = statement.query_row(params_from_iter(conditions.values()), |row| row.get(0))?;
    Ok(count as u64)
}

fn ruling_id(connection: &Connection, office: i64, id: &CallId) -> Result<CallId, Error> {
    let new: Option<String> = connection
        .prepare_cached("SELECT new FROM redirects WHERE office = ?1 AND old = ?2")?
        .query_row(params![office, id.as_str()], |row| row.get(0))
        .optional()?;
    match new {
        None => Ok(id.clone()),
        Some(new) => new.parse().map_err(|_| Error::Unreadable { what: "call id", reason: "it does not fit".into() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema;

    /// What SQLite does for this list, a line a step. Names of offices are looked up by rowid for each row shown.
    fn plan(filter: &Filter, from: &str, place: &str, more: &[&'static str]) -> Vec<String> {
        let connection = Connection::open_in_memory().expect("opens");
        schema::migrate(&connection).expect("migrates");
        let mut conditions = Conditions::of(filter);
        conditions.before(Some(Cursor(i64::MAX)));
        for condition in more {
            conditions.and(condition, String::new());
        }
        let sql = format!("EXPLAIN QUERY PLAN {}", statement(from, place, &conditions));
        let mut values = conditions.values();
        values.push(60.into());
        let mut steps = connection.prepare(&sql).expect("is SQL");
        let steps = steps.query_map(params_from_iter(values), |row| row.get("detail")).expect("explains");
        let office = ["CORRELATED SCALAR SUBQUERY", "SEARCH offices USING", "SCALAR SUBQUERY"];
        steps
            .map(|step: Result<String, _>| step.expect("a step"))
            .filter(|step| !office.iter().any(|start| step.starts_with(start)))
            .collect()
    }

    #[test]
    fn whether_a_missed_caller_was_reached_is_read_from_the_index_of_numbers() {
        let connection = Connection::open_in_memory().expect("opens");
        schema::migrate(&connection).expect("migrates");
        let steps: Vec<String> = connection
            .prepare(&format!("EXPLAIN QUERY PLAN {REACHED_AFTER}"))
            .expect("is SQL")
            .query_map(params!["", 0], |row| row.get("detail"))
            .expect("explains")
            .map(|step| step.expect("a step"))
            .collect();
        assert_eq!(steps, ["SEARCH c USING INDEX calls_number (number=? AND at>?)"]);
    }

    #[test]
    fn no_list_sorts_or_reads_more_than_it_shows() {
        let all = Filter::default();
        let of_office = Filter { office: Some("own".into()), direction: Some(Direction::Incoming), ..all.clone() };
        for filter in [&all, &of_office] {
            assert_eq!(plan(filter, "calls c", "c.at", &[]), ["SEARCH c USING INTEGER PRIMARY KEY (rowid<?)"]);
        }
        let filtered = [
            (Filter { missed: true, ..all.clone() }, "calls_missed"),
            (Filter { with_recording: true, ..all.clone() }, "calls_recording"),
            (Filter { open: true, ..all.clone() }, "calls_open"),
            (Filter { line: Some(String::new()), ..all.clone() }, "calls_line"),
            (Filter { number: Some(String::new()), ..all.clone() }, "calls_number"),
        ];
        for (filter, index) in filtered {
            let steps = plan(&filter, "calls c", "c.at", &[]);
            assert_eq!(steps.len(), 1, "{steps:?}");
            assert!(steps[0].starts_with(&format!("SEARCH c USING INDEX {index} (")), "{steps:?}");
        }
        assert_eq!(
            plan(&all, OF_SCOPE, "a.at", &["a.scope = ?"]),
            ["SEARCH a USING PRIMARY KEY (scope=? AND at<?)", "SEARCH c USING INTEGER PRIMARY KEY (rowid=?)"]
        );
    }
}
