//! When desks followed an office, and as whom: so that it can be said why one was not told of a call.

use jiff::Timestamp;
use rusqlite::params;

use crate::{
    error::Error,
    office,
    store::Store,
    time::{from_ns, to_ns},
    write::Write,
};

/// Times that are kept of one desk: a connection that comes and goes does not fill the database.
const MOST_OF_ONE: i64 = 200;

/// A desk begins to follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDeskTime {
    /// Its token or person.
    pub viewer: String,
    /// Since when.
    pub from: Timestamp,
    /// Who it is, as JSON.
    pub body: String,
}

/// A time in which a desk followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskTime {
    /// Its token or person.
    pub viewer: String,
    /// Since when.
    pub from: Timestamp,
    /// Until when; absent while it follows.
    pub until: Option<Timestamp>,
    /// Who it is, as JSON.
    pub body: String,
}

impl Store {
    /// Notes that a desk follows from now on.
    pub fn begin_desk_time(&self, office: &str, time: NewDeskTime) -> Write<()> {
        let office = office.to_owned();
        self.write(move |sql| {
            let office = office::ordinal(sql, &office)?;
            let NewDeskTime { viewer, from, body } = time;
            sql.prepare_cached("INSERT INTO desk_times (office, viewer, from_ns, body) VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![office, viewer, to_ns(from), body])?;
            sql.prepare_cached(
                "DELETE FROM desk_times WHERE office = ?1 AND viewer = ?2 AND id NOT IN
                 (SELECT id FROM desk_times WHERE office = ?1 AND viewer = ?2 ORDER BY from_ns DESC, id DESC LIMIT ?3)",
            )?
            .execute(params![office, viewer, MOST_OF_ONE])?;
            Ok(())
        })
    }

    /// The desk that has followed since then does so no more.
    pub fn end_desk_time(&self, office: &str, viewer: &str, from: Timestamp, until: Timestamp) -> Write<()> {
        let (office, viewer) = (office.to_owned(), viewer.to_owned());
        self.write(move |sql| {
            let office = office::ordinal(sql, &office)?;
            sql.prepare_cached(
                "UPDATE desk_times SET until_ns = ?4 WHERE id = (SELECT max(id) FROM desk_times
                 WHERE office = ?1 AND viewer = ?2 AND from_ns = ?3 AND until_ns IS NULL)",
            )?
            .execute(params![office, viewer, to_ns(from), to_ns(until)])?;
            Ok(())
        })
    }

    /// Ends what the last run left open. Nothing was told after the last entry of the log, so until then is true enough.
    pub fn end_desk_times(&self, office: &str) -> Write<()> {
        let office = office.to_owned();
        self.write(move |sql| {
            let office = office::ordinal(sql, &office)?;
            sql.execute(
                "UPDATE desk_times SET until_ns = max(from_ns, coalesce((SELECT received_ns FROM log ORDER BY seq DESC
                 LIMIT 1), from_ns)) WHERE office = ?1 AND until_ns IS NULL",
                [office],
            )?;
            Ok(())
        })
    }

    /// Times that had not ended before this moment, of all desks, oldest first.
    pub fn desk_times(&self, office: &str, since: Timestamp) -> Result<Vec<DeskTime>, Error> {
        self.read(|sql| {
            let Some(office) = office::known_ordinal(sql, office)? else { return Ok(Vec::new()) };
            let mut statement = sql.prepare_cached(
                "SELECT viewer, from_ns, until_ns, body FROM desk_times
                 WHERE office = ?1 AND (until_ns IS NULL OR until_ns >= ?2) ORDER BY from_ns, id",
            )?;
            let times = statement
                .query_map(params![office, to_ns(since)], |row| {
                    let until: Option<i64> = row.get(2)?;
                    Ok(DeskTime {
                        viewer: row.get(0)?,
                        from: from_ns(row.get(1)?),
                        until: until.map(from_ns),
                        body: row.get(3)?,
                    })
                })?
                .collect::<Result<_, _>>()?;
            Ok(times)
        })
    }
}
