//! The journal of requests from and to PBXs. Bodies come redacted; what is older than seven days is pruned.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use calls::ConnectionId;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use crate::{
    error::Error,
    store::Store,
    time::{from_ns, to_ns},
    transaction::Transaction,
    write::Write,
};

/// Something to be noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJournalRow {
    /// When it was.
    pub at: Timestamp,
    /// The connection that it is about, if one.
    pub connection: Option<ConnectionId>,
    /// What it is: `webhook`, `request` or `frame`. Never empty: that is the place of what was forgotten.
    pub kind: String,
    /// Redacted by who writes it.
    pub body: String,
}

/// Something that was noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalRow {
    /// Its place; older ones are lower.
    pub id: i64,
    /// What was noted.
    pub entry: NewJournalRow,
}

/// Where a note is, once it was written.
#[derive(Debug, Clone, Default)]
pub struct JournalPlace(Arc<AtomicI64>);

impl JournalPlace {
    /// The id of the note; `None` until it is written, and where that failed.
    pub fn id(&self) -> Option<i64> {
        Some(self.0.load(Ordering::Relaxed)).filter(|id| *id != NOWHERE)
    }
}

/// Ids begin behind it.
const NOWHERE: i64 = 0;

impl Store {
    /// Notes these.
    pub fn journal(&self, entries: Vec<NewJournalRow>) -> Write<()> {
        self.write(move |sql| {
            for entry in &entries {
                insert(sql, entry)?;
            }
            Ok(())
        })
    }

    /// Notes something of which more will be known: [`Store::finish_note`] then changes it. `noted` is called once it is
    /// there, or has failed.
    pub fn note_unfinished(
        &self,
        entry: NewJournalRow,
        noted: impl FnOnce(Result<(), Error>) + Send + 'static,
    ) -> JournalPlace {
        let place = JournalPlace::default();
        let (written, known) = (place.clone(), place.clone());
        let insert = self.write(move |sql| {
            let id = insert(sql, &entry)?;
            written.0.store(id, Ordering::Relaxed);
            Ok(())
        });
        insert.then(move |result| {
            if result.is_err() {
                // Its id may be another's.
                known.0.store(NOWHERE, Ordering::Relaxed);
            }
            noted(result);
        });
        place
    }

    /// Puts this in place of what was noted, unless it was forgotten meanwhile. Writes are done in the order in which they
    /// are handed in, so the place is known by then.
    pub fn finish_note(&self, place: JournalPlace, body: String) -> Write<()> {
        self.write(move |sql| {
            sql.prepare_cached("UPDATE journal SET body = ?2 WHERE id = ?1 AND kind <> ''")?
                .execute(params![place.0.load(Ordering::Relaxed), body])?;
            Ok(())
        })
    }

    /// The newest notes below this id, newest first.
    pub fn journal_before(&self, before: Option<i64>, limit: usize) -> Result<Vec<JournalRow>, Error> {
        self.read(|sql| {
            let mut statement = sql.prepare_cached(
                "SELECT id, at_ns, connection, kind, body FROM journal WHERE id < ?1 AND kind <> '' ORDER BY id DESC LIMIT ?2",
            )?;
            let entries = statement
                .query_map(params![before.unwrap_or(i64::MAX), limit as i64], read)?
                .collect::<Result<_, _>>()?;
            Ok(entries)
        })
    }

    /// The note with this id.
    pub fn journal_entry(&self, id: i64) -> Result<Option<JournalRow>, Error> {
        self.read(|sql| {
            let mut statement = sql
                .prepare_cached("SELECT id, at_ns, connection, kind, body FROM journal WHERE id = ?1 AND kind <> ''")?;
            Ok(statement.query_row([id], read).optional()?)
        })
    }

    /// Forgets up to `most` of the notes up to this id; answers how many. Few at a time: all who write wait for it. Of the
    /// very newest note its place stays, with nothing in it: an id names one note for good.
    pub fn forget_journal(&self, up_to: i64, most: usize) -> Write<usize> {
        self.write(move |sql| {
            sql.prepare_cached("UPDATE journal SET kind = '', body = '' WHERE id = ?1")?.execute([up_to])?;
            let mut some = sql.prepare_cached(
                "DELETE FROM journal WHERE id IN (SELECT id FROM journal WHERE id < ?1 ORDER BY id LIMIT ?2)",
            )?;
            Ok(some.execute(params![up_to, most as i64])?)
        })
    }

    /// Forgets up to `most` of what was noted before this moment, oldest first; answers how much. Few at a time: all
    /// who write wait for it.
    pub fn prune_journal(&self, before: Timestamp, most: usize) -> Write<usize> {
        self.write(move |sql| {
            let mut old = sql.prepare_cached(
                "DELETE FROM journal WHERE id IN (SELECT id FROM journal WHERE at_ns < ?1 ORDER BY at_ns LIMIT ?2)",
            )?;
            Ok(old.execute(params![to_ns(before), most as i64])?)
        })
    }
}

fn insert(sql: &Transaction<'_>, entry: &NewJournalRow) -> Result<i64, Error> {
    let connection = entry.connection.as_ref().map_or("", ConnectionId::as_str);
    sql.prepare_cached("INSERT INTO journal (at_ns, connection, kind, body) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![to_ns(entry.at), connection, entry.kind, entry.body])?;
    Ok(sql.last_insert_rowid())
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<JournalRow> {
    let connection: String = row.get(2)?;
    Ok(JournalRow {
        id: row.get(0)?,
        entry: NewJournalRow {
            at: from_ns(row.get(1)?),
            connection: connection.parse().ok(),
            kind: row.get(3)?,
            body: row.get(4)?,
        },
    })
}
