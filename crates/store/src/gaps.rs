//! Times in which a connection's events may be missing.

use calls::ConnectionId;
use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::{
    error::Error,
    store::Store,
    time::{from_ns, to_ns},
};

/// A time in which events may be missing. One per connection and beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Whose events.
    pub connection: ConnectionId,
    /// Since when.
    pub from: Timestamp,
    /// Until when; open while absent.
    pub to: Option<Timestamp>,
    /// What lies before this is lost for good.
    pub hole_until: Option<Timestamp>,
    /// Why.
    pub cause: String,
}

impl Store {
    /// The connection's gaps, newest first.
    pub fn gaps(&self, connection: &ConnectionId, limit: usize) -> Result<Vec<Gap>, Error> {
        self.read(|sql| {
            let mut statement = sql.prepare_cached(
                "SELECT from_ns, to_ns, hole_ns, cause FROM gaps
                 WHERE connection = ?1 ORDER BY from_ns DESC LIMIT ?2",
            )?;
            let gaps = statement
                .query_map(params![connection.as_str(), limit as i64], |row| {
                    Ok(Gap {
                        connection: connection.clone(),
                        from: from_ns(row.get(0)?),
                        to: row.get::<_, Option<i64>>(1)?.map(from_ns),
                        hole_until: row.get::<_, Option<i64>>(2)?.map(from_ns),
                        cause: row.get(3)?,
                    })
                })?
                .collect::<Result<_, _>>()?;
            Ok(gaps)
        })
    }
}

pub(crate) fn upsert(sql: &Connection, gap: &Gap) -> Result<(), Error> {
    sql.prepare_cached(
        "INSERT INTO gaps (connection, from_ns, to_ns, hole_ns, cause) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (connection, from_ns) DO UPDATE SET
             to_ns = excluded.to_ns, hole_ns = excluded.hole_ns, cause = excluded.cause",
    )?
    .execute(params![
        gap.connection.as_str(),
        to_ns(gap.from),
        gap.to.map(to_ns),
        gap.hole_until.map(to_ns),
        gap.cause
    ])?;
    Ok(())
}
