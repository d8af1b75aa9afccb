//! Which calls a list shows, as SQL conditions.

use calls::{CallId, Direction};
use rusqlite::types::Value;

use super::{
    audience::{FOR_ADMINS, Scope, Visible},
    record::word,
};

/// Which calls are asked for. Everything that is given must hold; the default asks for all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Of this office.
    pub office: Option<String>,
    /// Of this direction.
    pub direction: Option<Direction>,
    /// Incoming calls that nobody answered.
    pub missed: bool,
    /// Calls with a recording.
    pub with_recording: bool,
    /// Calls that are not over.
    pub open: bool,
    /// To, or over, this line or queue.
    pub line: Option<String>,
    /// With this number.
    pub number: Option<String>,
    /// With this agent, or on this group's lines.
    pub scope: Option<Scope>,
    /// What the one who asks may see.
    pub visible: Visible,
}

/// Conditions on `calls c`, joined by AND, with their values in order.
#[derive(Debug, Clone)]
pub(crate) struct Conditions {
    sql: Vec<&'static str>,
    values: Vec<Value>,
}

impl Conditions {
    pub(crate) fn none() -> Self {
        Self { sql: Vec::new(), values: Vec::new() }
    }

    /// Everything of the filter but for the scopes of visibility, which decide how the rows are walked.
    pub(crate) fn of(filter: &Filter) -> Self {
        let mut all = Self::none();
        if let Some(office) = &filter.office {
            // The plus keeps an index by office from leading: it would read and sort all that the office has.
            all.and("+c.office = (SELECT ordinal FROM offices WHERE name = ?)", office.clone());
        }
        if let Some(direction) = &filter.direction {
            all.and("c.direction = ?", word(direction));
        }
        if filter.missed {
            all.sql.push("c.missed = 1");
        }
        if filter.with_recording {
            all.sql.push("c.has_recording = 1");
        }
        if filter.open {
            all.sql.push("c.open = 1");
        }
        if let Some(line) = &filter.line {
            all.sql.push("c.line <> ''");
            all.and("c.line = ?", line.clone());
        }
        if let Some(number) = &filter.number {
            all.sql.push("c.number <> ''");
            all.and("c.number = ?", number.clone());
        }
        if let Some(scope) = &filter.scope {
            all.and("EXISTS (SELECT 1 FROM audience a WHERE a.scope = ? AND a.at = c.at)", scope.key());
        }
        if filter.visible == Visible::Ordinary {
            all.and("NOT EXISTS (SELECT 1 FROM audience a WHERE a.scope = ? AND a.at = c.at)", FOR_ADMINS.to_owned());
        }
        all
    }

    /// The same with visibility as a condition, for walks that another index leads.
    pub(crate) fn of_with_visibility(filter: &Filter) -> Self {
        let mut all = Self::of(filter);
        if let Some(keys) = filter.visible.keys() {
            all.and(
                "EXISTS (SELECT 1 FROM audience a
                         WHERE a.at = c.at AND a.scope IN (SELECT value FROM json_each(?)))",
                keys,
            );
        }
        all
    }

    /// One call.
    pub(crate) fn one(mut self, office: i64, id: &CallId) -> Self {
        self.and("c.office = ?", office);
        self.and("c.id = ?", id.as_str().to_owned());
        self
    }

    /// Whether every call fulfils them.
    pub(crate) fn is_empty(&self) -> bool {
        self.sql.is_empty()
    }

    pub(crate) fn and(&mut self, sql: &'static str, value: impl Into<Value>) {
        self.sql.push(sql);
        self.values.push(value.into());
    }

    /// A condition with several values.
    pub(crate) fn and_all(&mut self, sql: &'static str, values: Vec<String>) {
        self.sql.push(sql);
        self.values.extend(values.into_iter().map(Value::from));
    }

    /// A value for a question mark before all conditions.
    pub(crate) fn first(&mut self, value: impl Into<Value>) {
        self.values.insert(0, value.into());
    }

    pub(crate) fn append(&mut self, others: Self) {
        self.sql.extend(others.sql);
        self.values.extend(others.values);
    }

    /// Older than this place.
    pub(crate) fn before(&mut self, before: Option<super::Cursor>) {
        if let Some(before) = before {
            self.and("c.at < ?", before.0);
        }
    }

    /// ` WHERE …`, or nothing.
    pub(crate) fn clause(&self) -> String {
        if self.sql.is_empty() { String::new() } else { format!(" WHERE {}", self.sql.join(" AND ")) }
    }

    pub(crate) fn values(self) -> Vec<Value> {
        self.values
    }
}
