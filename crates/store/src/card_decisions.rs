//! Why desks showed a call's card or did not, and when the office had the call's first states. Bounded: what is older
//! than the caller says goes, and no office keeps more than [`MOST`].

use calls::CallId;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use crate::{error::Error, office, store::Store, time::to_ns, write::Write};

/// Decisions that an office keeps: the newest.
const MOST: i64 = 200_000;

/// A decision to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCardDecision {
    /// Which call.
    pub call: CallId,
    /// By what time it is counted and forgotten.
    pub at: Timestamp,
    /// A card came up. Such a decision is only replaced by another of its kind.
    pub is_shown: bool,
    /// Everything of it, as JSON.
    pub body: String,
}

/// A decision that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardDecisionRow {
    /// Which call.
    pub call: CallId,
    /// Whose desk: a token or a person; empty for what this computer noted of itself.
    pub viewer: String,
    /// Everything of it, as JSON.
    pub body: String,
}

impl Store {
    /// Keeps what this viewer's desk decided. A card that was shown stays shown, whatever is said later.
    pub fn keep_card_decisions(&self, office: &str, viewer: &str, decisions: Vec<NewCardDecision>) -> Write<()> {
        let (office, viewer) = (office.to_owned(), viewer.to_owned());
        self.write(move |sql| {
            let office = office::ordinal(sql, &office)?;
            let mut keep = sql.prepare_cached(
                "INSERT INTO card_decisions (office, call, viewer, at_ns, is_shown, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (office, call, viewer) DO UPDATE SET at_ns = excluded.at_ns, is_shown = excluded.is_shown,
                 body = excluded.body WHERE excluded.is_shown >= card_decisions.is_shown",
            )?;
            for NewCardDecision { call, at, is_shown, body } in &decisions {
                keep.execute(params![office, call.as_str(), viewer, to_ns(*at), is_shown, body])?;
            }
            Ok(())
        })
    }

    /// What desks decided about this call.
    pub fn card_decisions(&self, office: &str, call: &CallId) -> Result<Vec<CardDecisionRow>, Error> {
        self.read(|sql| {
            let Some(office) = office::known_ordinal(sql, office)? else { return Ok(Vec::new()) };
            let mut statement = sql.prepare_cached(
                "SELECT call, viewer, body FROM card_decisions WHERE office = ?1 AND call = ?2 ORDER BY viewer",
            )?;
            let rows = statement.query_map(params![office, call.as_str()], row)?.collect::<Result<Vec<_>, _>>()?;
            Ok(rows.into_iter().flatten().collect())
        })
    }

    /// Keeps when the office had the first states of a call, unless it is known.
    pub fn keep_call_times(&self, office: &str, times: Vec<(CallId, Timestamp, String)>) -> Write<()> {
        let office = office.to_owned();
        self.write(move |sql| {
            let office = office::ordinal(sql, &office)?;
            let mut keep = sql.prepare_cached(
                "INSERT INTO call_times (office, call, at_ns, body) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            )?;
            for (call, at, body) in &times {
                keep.execute(params![office, call.as_str(), to_ns(*at), body])?;
            }
            Ok(())
        })
    }

    /// The same, as it was kept.
    pub fn call_times(&self, office: &str, call: &CallId) -> Result<Option<String>, Error> {
        self.read(|sql| {
            let Some(office) = office::known_ordinal(sql, office)? else { return Ok(None) };
            let mut statement = sql.prepare_cached("SELECT body FROM call_times WHERE office = ?1 AND call = ?2")?;
            Ok(statement.query_row(params![office, call.as_str()], |row| row.get(0)).optional()?)
        })
    }

    /// The same of all calls whose first state came at or after this moment, up to `most`.
    pub fn call_times_since(&self, office: &str, from: Timestamp, most: usize) -> Result<Vec<(CallId, String)>, Error> {
        self.read(|sql| {
            let Some(office) = office::known_ordinal(sql, office)? else { return Ok(Vec::new()) };
            let mut statement = sql.prepare_cached(
                "SELECT call, body FROM call_times WHERE at_ns >= ?2 AND office = ?1 ORDER BY at_ns DESC LIMIT ?3",
            )?;
            let times = statement.query_map(params![office, to_ns(from), most as i64], |row| {
                let call: String = row.get(0)?;
                Ok(call.parse().ok().zip(Some(row.get(1)?)))
            })?;
            Ok(times.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
        })
    }

    /// Forgets what was decided, noted or followed before this moment, up to `most` of each; answers how much.
    pub fn prune_card_decisions(&self, office: &str, before: Timestamp, most: usize) -> Write<usize> {
        let office = office.to_owned();
        self.write(move |sql| {
            let office = office::ordinal(sql, &office)?;
            let (before, most) = (to_ns(before), most as i64);
            let mut gone = 0;
            for statement in [
                "DELETE FROM card_decisions WHERE office = ?1 AND (call, viewer) IN
                 (SELECT call, viewer FROM card_decisions WHERE office = ?1 AND at_ns < ?2 ORDER BY at_ns LIMIT ?3)",
                "DELETE FROM call_times WHERE office = ?1 AND call IN
                 (SELECT call FROM call_times WHERE office = ?1 AND at_ns < ?2 LIMIT ?3)",
                "DELETE FROM desk_times WHERE id IN
                 (SELECT id FROM desk_times WHERE office = ?1 AND until_ns < ?2 LIMIT ?3)",
            ] {
                gone += sql.prepare_cached(statement)?.execute(params![office, before, most])?;
            }
            // What was too old is gone by now, and does not count.
            let kept: i64 = sql
                .prepare_cached("SELECT count(*) FROM card_decisions WHERE office = ?1")?
                .query_row([office], |row| row.get(0))?;
            let too_many = (kept - MOST).clamp(0, most);
            gone += sql
                .prepare_cached(
                    "DELETE FROM card_decisions WHERE office = ?1 AND (call, viewer) IN
                     (SELECT call, viewer FROM card_decisions WHERE office = ?1 ORDER BY at_ns LIMIT ?2)",
                )?
                .execute(params![office, too_many])?;
            Ok(gone)
        })
    }

    /// What was decided at or after this moment, newest first, up to `most`.
    pub fn card_decisions_since(
        &self,
        office: &str,
        from: Timestamp,
        most: usize,
    ) -> Result<Vec<CardDecisionRow>, Error> {
        self.read(|sql| {
            let Some(office) = office::known_ordinal(sql, office)? else { return Ok(Vec::new()) };
            let mut statement = sql.prepare_cached(
                "SELECT call, viewer, body FROM card_decisions WHERE office = ?1 AND at_ns >= ?2 ORDER BY at_ns DESC LIMIT ?3",
            )?;
            let rows =
                statement.query_map(params![office, to_ns(from), most as i64], row)?.collect::<Result<Vec<_>, _>>()?;
            Ok(rows.into_iter().flatten().collect())
        })
    }
}

/// A row; nothing where its call has no id that is one.
fn row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Option<CardDecisionRow>> {
    let call: String = row.get(0)?;
    let (viewer, body) = (row.get(1)?, row.get(2)?);
    Ok(call.parse().ok().map(|call| CardDecisionRow { call, viewer, body }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, SystemRandom};

    #[test]
    fn what_goes_by_its_age_makes_room_for_what_is_newer() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open_in(folder.path(), Options::owner("t", SystemRandom)).expect("opens");
        let at = |ns| Timestamp::from_nanosecond(ns).expect("a time");
        let add = |from: i64, to: i64| {
            store.write(move |sql| {
                let office = office::ordinal(sql, "test")?;
                sql.execute(
                    "WITH RECURSIVE numbers (n) AS (SELECT ?2 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ?3)
                     INSERT INTO card_decisions (office, call, viewer, at_ns, is_shown, body)
                     SELECT ?1, 'c' || n, 'anna', n, 1, '{}' FROM numbers",
                    params![office, from, to],
                )?;
                Ok(())
            })
        };
        add(1, 11).wait().expect("written");
        add(100, 100 + MOST).wait().expect("written");
        assert_eq!(store.prune_card_decisions("test", at(50), 2000).wait(), Ok(10), "only what was too old");
        add(MOST + 100, MOST + 105).wait().expect("written");
        assert_eq!(store.prune_card_decisions("test", at(50), 2000).wait(), Ok(5), "the oldest beyond the bound");
    }
}
