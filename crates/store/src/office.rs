//! Offices whose data lie in this database, and the resume cursor of a remote one.

use rusqlite::{Connection, OptionalExtension, params};

use crate::{error::Error, store::Store, write::Write};

/// The last `at` of an office's stream that is committed here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplicaCursor {
    /// Which log it counts in.
    pub epoch: String,
    /// How far.
    pub seq: u64,
}

impl Store {
    /// How far this office's stream is committed here; `None` before the first time.
    pub fn replica_cursor(&self, office: &str) -> Result<Option<ReplicaCursor>, Error> {
        self.read(|connection| {
            let found = connection
                .prepare_cached("SELECT epoch, cursor FROM offices WHERE name = ?1 AND epoch <> ''")?
                .query_row([office], |row| Ok(ReplicaCursor { epoch: row.get(0)?, seq: row.get::<_, i64>(1)? as u64 }))
                .optional()?;
            Ok(found)
        })
    }

    /// Drops the copy of an office and its cursor. What people wrote here and is not sent yet stays.
    pub fn drop_replica(&self, office: &str) -> Write<()> {
        let office = office.to_owned();
        self.write(move |connection| {
            let office = ordinal(connection, &office)?;
            crate::calls::delete_all(connection, office)?;
            for sql in [
                "DELETE FROM redirects WHERE office = ?1",
                "DELETE FROM gone WHERE office = ?1",
                "DELETE FROM recordings WHERE office = ?1",
                "DELETE FROM facts WHERE office = ?1 AND seq > 0",
                "UPDATE offices SET epoch = '', cursor = 0 WHERE ordinal = ?1",
            ] {
                connection.execute(sql, [office])?;
            }
            Ok(())
        })
    }
}

/// The office's number in this database; given when it is first named.
pub(crate) fn ordinal(connection: &Connection, office: &str) -> Result<i64, Error> {
    if let Some(known) = known_ordinal(connection, office)? {
        return Ok(known);
    }
    connection.execute("INSERT INTO offices (name) VALUES (?1)", [office])?;
    Ok(connection.last_insert_rowid())
}

/// The office's number, if it was ever named.
pub(crate) fn known_ordinal(connection: &Connection, office: &str) -> Result<Option<i64>, Error> {
    let mut statement = connection.prepare_cached("SELECT ordinal FROM offices WHERE name = ?1")?;
    Ok(statement.query_row([office], |row| row.get(0)).optional()?)
}

pub(crate) fn set_cursor(connection: &Connection, office: i64, cursor: &ReplicaCursor) -> Result<(), Error> {
    connection.prepare_cached("UPDATE offices SET epoch = ?2, cursor = ?3 WHERE ordinal = ?1")?.execute(params![
        office,
        cursor.epoch,
        cursor.seq as i64
    ])?;
    Ok(())
}
