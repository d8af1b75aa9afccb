//! What changed since a place in the log, for streams that resume.

use calls::CallId;
use rusqlite::params;

use super::{COLUMNS, SavedCall, saved_call};
use crate::{
    error::Error,
    facts::{self, Fact},
    office,
    store::Store,
};

/// Something that changed, in its newest state.
#[derive(Debug, Clone, PartialEq)]
pub enum Changed {
    /// A call.
    Call(SavedCall),
    /// A call that is no more to be seen.
    Gone {
        /// Which.
        id: CallId,
        /// Place of what said so.
        seq: u64,
    },
    /// What a person wrote.
    Fact {
        /// It.
        fact: Fact,
        /// Its place.
        seq: u64,
    },
}

impl Changed {
    /// Place of what changed it last.
    pub fn seq(&self) -> u64 {
        match self {
            Self::Call(call) => call.seq,
            Self::Gone { seq, .. } | Self::Fact { seq, .. } => *seq,
        }
    }
}

impl Store {
    /// Up to about `limit` items with `since` < seq ≤ `up_to`, in order of seq, each once in its newest state. An
    /// answer never ends between two items of one seq; an empty one means that there is no more.
    pub fn changed(&self, office: &str, since: u64, up_to: u64, limit: usize) -> Result<Vec<Changed>, Error> {
        self.read(|connection| {
            let Some(office) = office::known_ordinal(connection, office)? else { return Ok(Vec::new()) };
            let Some(end) = end_of_page(connection, office, since, up_to, limit)? else { return Ok(Vec::new()) };
            let range = params![office, since as i64, end];
            let mut all = Vec::new();

            let sql = format!("SELECT {COLUMNS} FROM calls c WHERE c.office = ?1 AND c.seq > ?2 AND c.seq <= ?3");
            let mut statement = connection.prepare_cached(&sql)?;
            let mut rows = statement.query(range)?;
            while let Some(row) = rows.next()? {
                all.push(Changed::Call(saved_call(row)?));
            }

            let mut statement =
                connection.prepare_cached("SELECT id, seq FROM gone WHERE office = ?1 AND seq > ?2 AND seq <= ?3")?;
            let mut rows = statement.query(range)?;
            while let Some(row) = rows.next()? {
                let id: String = row.get(0)?;
                let id =
                    id.parse().map_err(|_| Error::Unreadable { what: "call id", reason: "it does not fit".into() })?;
                all.push(Changed::Gone { id, seq: row.get::<_, i64>(1)? as u64 });
            }

            for (fact, seq) in facts::between(connection, office, since, end as u64)? {
                all.push(Changed::Fact { fact, seq });
            }
            all.sort_by_key(Changed::seq);
            Ok(all)
        })
    }
}

/// The seq that ends a page of about `limit` items.
fn end_of_page(
    connection: &rusqlite::Connection,
    office: i64,
    since: u64,
    up_to: u64,
    limit: usize,
) -> Result<Option<i64>, Error> {
    let mut statement = connection.prepare_cached(
        "SELECT max(seq) FROM (
             SELECT seq FROM (SELECT seq FROM calls WHERE office = ?1 AND seq > ?2 AND seq <= ?3
                              ORDER BY seq LIMIT ?4)
             UNION ALL SELECT seq FROM (SELECT seq FROM gone WHERE office = ?1 AND seq > ?2 AND seq <= ?3
                                        ORDER BY seq LIMIT ?4)
             UNION ALL SELECT seq FROM (SELECT seq FROM facts WHERE office = ?1 AND seq > ?2 AND seq <= ?3
                                        ORDER BY seq LIMIT ?4)
             ORDER BY seq LIMIT ?4)",
    )?;
    let page = params![office, since as i64, up_to as i64, limit.max(1) as i64];
    Ok(statement.query_row(page, |row| row.get(0))?)
}
