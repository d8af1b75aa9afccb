//! What admins changed, for good. A change and its entry are written together, or neither is.

use jiff::Timestamp;
use rusqlite::params;

use crate::{
    error::Error,
    store::Store,
    time::{from_ns, to_ns},
    transaction::Transaction,
    write::Write,
};

/// A change by an admin. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// Who, by name.
    pub who: String,
    /// What was done, as a word.
    pub action: String,
    /// What it was done to.
    pub subject: String,
    /// The rest, in words.
    pub detail: String,
}

/// An entry with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Older ones are lower.
    pub id: i64,
    /// What was done.
    pub entry: AuditEntry,
}

impl Store {
    /// Notes a change that is not written here.
    pub fn audit(&self, entry: AuditEntry) -> Write<()> {
        self.write(move |sql| note(sql, &entry))
    }

    /// The newest entries below this id, newest first.
    pub fn audit_before(&self, before: Option<i64>, limit: usize) -> Result<Vec<AuditRow>, Error> {
        self.read(|sql| {
            let mut statement = sql.prepare_cached(
                "SELECT id, at_ns, who, action, subject, detail FROM audit WHERE id < ?1 ORDER BY id DESC LIMIT ?2",
            )?;
            let rows = statement.query_map(params![before.unwrap_or(i64::MAX), limit as i64], |row| {
                Ok(AuditRow {
                    id: row.get(0)?,
                    entry: AuditEntry {
                        at: from_ns(row.get(1)?),
                        who: row.get(2)?,
                        action: row.get(3)?,
                        subject: row.get(4)?,
                        detail: row.get(5)?,
                    },
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

pub(crate) fn note(sql: &Transaction<'_>, entry: &AuditEntry) -> Result<(), Error> {
    sql.prepare_cached("INSERT INTO audit (at_ns, who, action, subject, detail) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![to_ns(entry.at), entry.who, entry.action, entry.subject, entry.detail])?;
    Ok(())
}
