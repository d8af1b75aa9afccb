//! The log of this office: everything that its books are told, and what people wrote.

use calls::{CallId, ConnectionId, LogEvent, Stored, event::EVENT_VERSION};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};
use sha2::{Digest, Sha256};

use crate::{
    error::Error,
    store::Store,
    time::{from_ns, to_ns},
    write::Write,
};

/// `log.kind` of what a book is told.
const TOLD: i64 = 0;
/// `log.kind` of what a person wrote.
const FACT: i64 = 1;

/// An entry that is to be stored.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEntry {
    /// The connection that it is about.
    pub connection: ConnectionId,
    /// The call that it is about, if one.
    pub call: Option<CallId>,
    /// An entry of the same connection with an equal key is the same entry. Only a hash of it is kept.
    pub dedupe_key: Option<String>,
    /// When the office received or made it.
    pub received_at: Timestamp,
    /// What is told.
    pub event: LogEvent,
}

/// What became of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// It has this place in the log.
    New(u64),
    /// It was there before, at this place.
    Known(u64),
}

impl Appended {
    /// The place, new or not.
    pub fn seq(self) -> u64 {
        match self {
            Self::New(seq) | Self::Known(seq) => seq,
        }
    }

    /// The place, if the entry is new.
    pub fn new_seq(self) -> Option<u64> {
        match self {
            Self::New(seq) => Some(seq),
            Self::Known(_) => None,
        }
    }
}

/// An entry that this version of the program can never read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadEntry {
    /// Its place.
    pub seq: u64,
    /// The call that it is about, if one.
    pub call: Option<CallId>,
    /// Why it cannot be read.
    pub error: Error,
}

impl Store {
    /// Stores the entries, all or none, in this order; shares its commit with whoever else writes.
    pub fn append(&self, entries: Vec<NewEntry>) -> Write<Vec<Appended>> {
        // Put into words on the caller's thread: the writer's is everybody's.
        let lines: Result<Vec<LogRow>, Error> = entries.into_iter().map(LogRow::new).collect();
        self.write(move |connection| lines?.iter().map(|line| line.append(connection)).collect())
    }

    /// Up to `limit` entries of a connection from this place on, oldest first. One that cannot be read hides no other.
    pub fn read_from(
        &self,
        connection: &ConnectionId,
        floor: u64,
        limit: usize,
    ) -> Result<Vec<Result<Stored, UnreadEntry>>, Error> {
        self.entries(
            "log.connection = (SELECT ordinal FROM connections WHERE id = ?1) AND log.seq >= ?2 ORDER BY log.seq LIMIT ?3",
            params![connection.as_str(), floor as i64, limit as i64],
        )
    }

    /// All entries of one call, also those that it had under an earlier id, oldest first; an error where one of them
    /// cannot be read. `office` is the one whose log this is.
    pub fn read_call(&self, office: &str, call: &CallId) -> Result<Vec<Stored>, Error> {
        let entries = self.entries(
            "log.call <> '' AND log.call IN (
                 WITH ruling (office, id) AS (
                     SELECT ordinal, coalesce((SELECT new FROM redirects WHERE office = ordinal AND old = ?2), ?2)
                     FROM offices WHERE name = ?1
                 )
                 SELECT ?2 UNION SELECT id FROM ruling
                 UNION SELECT old FROM ruling JOIN redirects USING (office) WHERE new = ruling.id
             ) ORDER BY log.seq",
            params![office, call.as_str()],
        )?;
        entries.into_iter().map(|entry| entry.map_err(|unread| unread.error)).collect()
    }

    /// The connection's gap decisions from this place on and the last one before it of each session, oldest first:
    /// which gaps were open there, and what became of them. One that cannot be read is part of no call, so it is left out.
    pub fn read_gaps(&self, connection: &ConnectionId, place: u64) -> Result<Vec<Stored>, Error> {
        let entries = self.entries(GAPS, params![connection.as_str(), place as i64])?;
        Ok(entries.into_iter().flatten().collect())
    }

    /// What books are told, where this holds.
    fn entries(&self, condition: &str, params: &[&dyn ToSql]) -> Result<Vec<Result<Stored, UnreadEntry>>, Error> {
        self.read(|sql| {
            let mut statement = sql.prepare_cached(&entries_where(condition))?;
            let mut rows = statement.query(params)?;
            let mut entries = Vec::new();
            while let Some(row) = rows.next()? {
                entries.push(entry(row)?);
            }
            Ok(entries)
        })
    }

    /// The last place that was given, 0 before the first.
    pub fn head_seq(&self) -> Result<u64, Error> {
        self.read(head)
    }

    /// How far the connection's log is folded into calls, 0 before the first time.
    pub fn fold_position(&self, connection: &ConnectionId) -> Result<u64, Error> {
        self.read(|sql| {
            let folded: Option<i64> = sql
                .prepare_cached("SELECT folded FROM connections WHERE id = ?1")?
                .query_row([connection.as_str()], |row| row.get(0))
                .optional()?;
            Ok(folded.unwrap_or(0) as u64)
        })
    }
}

/// Gap decisions of a connection, in words that the index of gaps understands.
const GAPS: &str = "log.connection = (SELECT ordinal FROM connections WHERE id = ?1)
     AND log.call = '' AND instr(log.body, '\"decision\":\"gap') > 0
     AND (log.seq >= ?2 OR log.seq IN (
         SELECT max(seq) FROM log WHERE kind = 0 AND connection = (SELECT ordinal FROM connections WHERE id = ?1)
         AND call = '' AND instr(body, '\"decision\":\"gap') > 0 AND seq < ?2 GROUP BY body ->> 'session'
     )) ORDER BY log.seq";

fn entries_where(condition: &str) -> String {
    format!(
        "SELECT log.seq, c.id, log.received_ns, log.version, log.body, log.call
         FROM log JOIN connections c ON c.ordinal = log.connection WHERE log.kind = {TOLD} AND {condition}"
    )
}

/// The last place that was given, 0 before the first.
pub(crate) fn head(sql: &Connection) -> Result<u64, Error> {
    let head: Option<i64> = sql
        .prepare_cached("SELECT seq FROM sqlite_sequence WHERE name = 'log'")?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(head.unwrap_or(0) as u64)
}

/// Puts one entry into the log.
pub(crate) fn append_entry(sql: &Connection, entry: NewEntry) -> Result<Appended, Error> {
    LogRow::new(entry)?.append(sql)
}

/// Puts a fact's text into the log and returns its place.
pub(crate) fn append_fact(sql: &Connection, subject: &str, received_ns: i64, body: &str) -> Result<u64, Error> {
    insert(sql, FACT, 0, subject, received_ns, body)
}

/// Marks how far a connection's log is folded; never backwards.
pub(crate) fn set_folded(sql: &Connection, connection: &ConnectionId, position: u64) -> Result<(), Error> {
    let ordinal = ordinal(sql, connection)?;
    sql.prepare_cached("UPDATE connections SET folded = max(folded, ?2) WHERE ordinal = ?1")?
        .execute([ordinal, position as i64])?;
    Ok(())
}

fn ordinal(sql: &Connection, connection: &ConnectionId) -> Result<i64, Error> {
    let known: Option<i64> = sql
        .prepare_cached("SELECT ordinal FROM connections WHERE id = ?1")?
        .query_row([connection.as_str()], |row| row.get(0))
        .optional()?;
    if let Some(known) = known {
        return Ok(known);
    }
    sql.execute("INSERT INTO connections (id) VALUES (?1)", [connection.as_str()])?;
    Ok(sql.last_insert_rowid())
}

fn insert(
    sql: &Connection,
    kind: i64,
    connection: i64,
    call: &str,
    received_ns: i64,
    body: &str,
) -> Result<u64, Error> {
    sql.prepare_cached(
        "INSERT INTO log (kind, connection, call, received_ns, version, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![kind, connection, call, received_ns, EVENT_VERSION, body])?;
    Ok(sql.last_insert_rowid() as u64)
}

/// An entry as the columns take it.
struct LogRow {
    connection: ConnectionId,
    call: Option<CallId>,
    key: Option<[u8; 16]>,
    received_ns: i64,
    body: String,
}

impl LogRow {
    fn new(entry: NewEntry) -> Result<Self, Error> {
        Ok(Self {
            connection: entry.connection,
            call: entry.call,
            key: entry.dedupe_key.as_deref().map(hash),
            received_ns: to_ns(entry.received_at),
            body: serde_json::to_string(&entry.event).map_err(|error| unreadable(&error))?,
        })
    }

    fn append(&self, sql: &Connection) -> Result<Appended, Error> {
        let connection = ordinal(sql, &self.connection)?;
        if let Some(key) = &self.key {
            let known: Option<i64> = sql
                .prepare_cached("SELECT seq FROM dedupe WHERE connection = ?1 AND key = ?2")?
                .query_row(params![connection, key], |row| row.get(0))
                .optional()?;
            if let Some(seq) = known {
                return Ok(Appended::Known(seq as u64));
            }
        }
        let call = self.call.as_ref().map_or("", CallId::as_str);
        let seq = insert(sql, TOLD, connection, call, self.received_ns, &self.body)?;
        if let Some(key) = &self.key {
            sql.prepare_cached("INSERT INTO dedupe (connection, key, seq) VALUES (?1, ?2, ?3)")?
                .execute(params![connection, key, seq as i64])?;
        }
        Ok(Appended::New(seq))
    }
}

/// Half of a SHA-256: enough that no two keys of a lifetime meet, and half the index.
fn hash(key: &str) -> [u8; 16] {
    let digest = Sha256::digest(key.as_bytes());
    let mut half = [0; 16];
    half.copy_from_slice(&digest[..16]);
    half
}

/// One entry, or why it cannot be read.
fn entry(row: &Row<'_>) -> Result<Result<Stored, UnreadEntry>, Error> {
    let seq = row.get::<_, i64>(0)? as u64;
    Ok(stored(row, seq).map_err(|error| {
        let call = row.get_ref(5).ok().and_then(|text| text.as_str().ok()?.parse().ok());
        UnreadEntry { seq, call, error }
    }))
}

fn stored(row: &Row<'_>, seq: u64) -> Result<Stored, Error> {
    let version: i64 = row.get(3).map_err(damaged("version of a log entry"))?;
    match u16::try_from(version) {
        Ok(found) if found > EVENT_VERSION => return Err(Error::NewerEntry { seq, found, known: EVENT_VERSION }),
        Ok(_) => {}
        Err(error) => return Err(damaged("version of a log entry")(error)),
    }
    let body = row.get_ref(4)?.as_str().map_err(damaged("log entry"))?;
    let connection: String = row.get(1).map_err(damaged("connection id"))?;
    Ok(Stored {
        seq,
        connection: connection.parse().map_err(damaged("connection id"))?,
        received_at: from_ns(row.get(2).map_err(damaged("time of a log entry"))?),
        event: serde_json::from_str(body).map_err(|error| unreadable(&error))?,
    })
}

/// What is stored is of another kind than it must be.
fn damaged<E>(what: &'static str) -> impl FnOnce(E) -> Error {
    move |_| Error::Unreadable { what, reason: "it does not fit".into() }
}

/// Position and category only: serde's own words may quote the text.
fn unreadable(error: &serde_json::Error) -> Error {
    Error::Unreadable { what: "log entry", reason: format!("{:?} at column {}", error.classify(), error.column()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema;

    #[test]
    fn gaps_are_found_without_reading_what_lies_between_them() {
        let sql = Connection::open_in_memory().expect("opens");
        schema::migrate(&sql).expect("migrates");
        let mut steps = sql.prepare(&format!("EXPLAIN QUERY PLAN {}", entries_where(GAPS))).expect("is SQL");
        let steps = steps.query_map(params!["rt1", 9], |row| row.get("detail")).expect("explains");
        let steps: Vec<String> = steps.map(|step| step.expect("a step")).collect();
        assert_eq!(steps.iter().filter(|step| step.contains("INDEX log_gaps (")).count(), 2, "{steps:?}");
    }
}
