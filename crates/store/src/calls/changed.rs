//! What changed since a place in the log, for streams that resume.

use calls::{CallId, Fact};
use rusqlite::{Connection, params};

use super::{COLUMNS, SavedCall, Visible, saved_call};
use crate::{error::Error, facts, office, store::Store};

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

/// One step through what changed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Step {
    /// What is visible of it, in order of seq.
    pub items: Vec<Changed>,
    /// The place that was reached, from which the next step goes on; `None` when there is no more.
    pub reached: Option<u64>,
}

/// A call that one of the scopes of `?4` sees.
const SEEN: &str = "EXISTS (SELECT 1 FROM audience a
                            WHERE a.at = c.at AND a.scope IN (SELECT value FROM json_each(?4)))";
/// A call that is seen without a scope: every one, or every one that is not for administrators alone.
const SEEN_BY_ALL: &str = "?4 IS NULL AND (?5 = '' OR NOT EXISTS (SELECT 1 FROM audience o
                                                                   WHERE o.scope = ?5 AND o.at = c.at))";

impl Store {
    /// Takes about `limit` items with `since` < seq ≤ `up_to`, each once in its newest state, and answers those that are
    /// visible. A call that was visible once and is not any more is gone. With a call come the facts up to `known`, the
    /// place of the whole catch-up's beginning, that were written about it before: it may not have been visible then. A
    /// step never ends between two items of one seq.
    pub fn changed(
        &self,
        office: &str,
        visible: &Visible,
        known: u64,
        since: u64,
        up_to: u64,
        limit: usize,
    ) -> Result<Step, Error> {
        let scopes = visible.keys();
        let scopes = scopes.as_deref();
        let hidden = visible.hidden();
        self.read(|connection| {
            let Some(office) = office::known_ordinal(connection, office)? else { return Ok(Step::default()) };
            let end = end_of_step(connection, office, since, up_to, limit)?;
            let (end, is_last) = end.map_or((up_to, true), |(end, is_last)| (end as u64, is_last));
            let range = Range { office, since: since as i64, end: end as i64, scopes, hidden };
            let mut items = range.calls(connection)?;
            items.extend(range.parted(connection)?);
            items.extend(range.gone(connection)?);
            let span = facts::Span { office, since, up_to: end, scopes, hidden };
            // A call may have changed again meanwhile: its newest state is told elsewhere, but nothing of its facts.
            let earlier = if is_last { facts::Span { up_to: u64::MAX, ..span } } else { span };
            let earlier = facts::of_changed_calls(connection, earlier, known)?.into_iter();
            let earlier = earlier.map(|(fact, seq)| (fact, seq.min(end)));
            for (fact, seq) in facts::between(connection, span)?.into_iter().chain(earlier) {
                items.push(Changed::Fact { fact, seq });
            }
            items.sort_by_key(Changed::seq);
            Ok(Step { items, reached: (!is_last).then_some(end) })
        })
    }
}

/// What one step looks at.
struct Range<'a> {
    office: i64,
    since: i64,
    end: i64,
    /// Keys as a JSON list; everything is visible without.
    scopes: Option<&'a str>,
    /// The scope whose calls are not; none where it is empty.
    hidden: &'a str,
}

impl Range<'_> {
    fn calls(&self, connection: &Connection) -> Result<Vec<Changed>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM calls c
             WHERE c.office = ?1 AND c.seq > ?2 AND c.seq <= ?3 AND ({SEEN_BY_ALL} OR {SEEN})"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params![self.office, self.since, self.end, self.scopes, self.hidden])?;
        let mut calls = Vec::new();
        while let Some(row) = rows.next()? {
            calls.push(Changed::Call(saved_call(row)?));
        }
        Ok(calls)
    }

    /// Calls that one of the scopes could see until the call changed.
    fn parted(&self, connection: &Connection) -> Result<Vec<Changed>, Error> {
        let sql = format!(
            "SELECT c.id, c.seq FROM calls c WHERE c.office = ?1 AND c.seq > ?2 AND c.seq <= ?3
             AND EXISTS (SELECT 1 FROM parted p
                         WHERE p.at = c.at AND p.scope IN (SELECT value FROM json_each(?4)))
             AND NOT {SEEN} AND ?5 = ?5"
        );
        self.ids(connection, &sql)
    }

    /// Calls whose rows are gone, told to those who could see them or can see the call that took their place.
    fn gone(&self, connection: &Connection) -> Result<Vec<Changed>, Error> {
        let sql = format!(
            "SELECT g.id, g.seq FROM gone g WHERE g.office = ?1 AND g.seq > ?2 AND g.seq <= ?3 AND (
             ?4 IS NULL AND (?5 = '' OR NOT EXISTS (SELECT 1 FROM json_each(g.audience) h WHERE h.value = ?5))
             OR EXISTS (SELECT 1 FROM json_each(g.audience) h WHERE h.value IN (SELECT value FROM json_each(?4)))
             OR EXISTS (SELECT 1 FROM redirects r JOIN calls c ON c.office = r.office AND c.id = r.new
                        WHERE r.office = g.office AND r.old = g.id AND {SEEN}))"
        );
        self.ids(connection, &sql)
    }

    fn ids(&self, connection: &Connection, sql: &str) -> Result<Vec<Changed>, Error> {
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query(params![self.office, self.since, self.end, self.scopes, self.hidden])?;
        let mut gone = Vec::new();
        while let Some(row) = rows.next()? {
            let id: String = row.get(0)?;
            let id = id.parse().map_err(|_| Error::Unreadable { what: "call id", reason: "it does not fit".into() })?;
            gone.push(Changed::Gone { id, seq: row.get::<_, i64>(1)? as u64 });
        }
        Ok(gone)
    }
}

/// The seq that ends a step of about `limit` items, and whether nothing is behind it; `None` where there is nothing.
fn end_of_step(
    connection: &Connection,
    office: i64,
    since: u64,
    up_to: u64,
    limit: usize,
) -> Result<Option<(i64, bool)>, Error> {
    let limit = i64::try_from(limit.max(1)).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(
        "SELECT max(seq), count(*) FROM (
             SELECT seq FROM (SELECT seq FROM calls WHERE office = ?1 AND seq > ?2 AND seq <= ?3
                              ORDER BY seq LIMIT ?4)
             UNION ALL SELECT seq FROM (SELECT seq FROM gone WHERE office = ?1 AND seq > ?2 AND seq <= ?3
                                        ORDER BY seq LIMIT ?4)
             UNION ALL SELECT seq FROM (SELECT seq FROM facts WHERE office = ?1 AND seq > ?2 AND seq <= ?3
                                        ORDER BY seq LIMIT ?4)
             ORDER BY seq LIMIT ?4)",
    )?;
    let step = params![office, since as i64, up_to as i64, limit];
    let (end, items): (Option<i64>, i64) = statement.query_row(step, |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(end.map(|end| (end, items < limit)))
}
