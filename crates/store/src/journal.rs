//! The journal of requests from and to PBXs. Bodies come redacted; what is older than seven days is pruned.

use calls::ConnectionId;
use jiff::Timestamp;
use rusqlite::params;

use crate::{
    error::Error,
    store::Store,
    time::{from_ns, to_ns},
    write::Write,
};

/// Something to be noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJournalEntry {
    /// When it was.
    pub at: Timestamp,
    /// The connection that it is about, if one.
    pub connection: Option<ConnectionId>,
    /// What it is: `webhook`, `refused`, `request`, …
    pub kind: String,
    /// Redacted by who writes it.
    pub body: String,
}

/// Something that was noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalEntry {
    /// Its place; older ones are lower.
    pub id: i64,
    /// What was noted.
    pub entry: NewJournalEntry,
}

impl Store {
    /// Notes these.
    pub fn journal(&self, entries: Vec<NewJournalEntry>) -> Write<()> {
        self.write(move |sql| {
            let mut insert =
                sql.prepare_cached("INSERT INTO journal (at_ns, connection, kind, body) VALUES (?1, ?2, ?3, ?4)")?;
            for entry in &entries {
                let connection = entry.connection.as_ref().map_or("", ConnectionId::as_str);
                insert.execute(params![to_ns(entry.at), connection, entry.kind, entry.body])?;
            }
            Ok(())
        })
    }

    /// The newest notes below this id, newest first.
    pub fn journal_before(&self, before: Option<i64>, limit: usize) -> Result<Vec<JournalEntry>, Error> {
        self.read(|sql| {
            let mut statement = sql.prepare_cached(
                "SELECT id, at_ns, connection, kind, body FROM journal WHERE id < ?1 ORDER BY id DESC LIMIT ?2",
            )?;
            let entries = statement
                .query_map(params![before.unwrap_or(i64::MAX), limit as i64], |row| {
                    let connection: String = row.get(2)?;
                    Ok(JournalEntry {
                        id: row.get(0)?,
                        entry: NewJournalEntry {
                            at: from_ns(row.get(1)?),
                            connection: connection.parse().ok(),
                            kind: row.get(3)?,
                            body: row.get(4)?,
                        },
                    })
                })?
                .collect::<Result<_, _>>()?;
            Ok(entries)
        })
    }

    /// Forgets what was noted before this moment; answers how much.
    pub fn prune_journal(&self, before: Timestamp) -> Write<usize> {
        self.write(move |sql| Ok(sql.execute("DELETE FROM journal WHERE at_ns < ?1", [to_ns(before)])?))
    }
}
