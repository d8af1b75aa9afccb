//! What people wrote about calls: never changed, only replaced by a newer fact.

use std::collections::{BTreeMap, BTreeSet};

use calls::{CallId, Fact, FactKind};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    calls::refresh_words,
    error::Error,
    log, office,
    store::Store,
    time::{from_ns, to_ns},
    transaction::Transaction,
    write::Write,
};

/// A fact as it is to be shown.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownFact {
    /// The newest of its chain.
    pub fact: Fact,
    /// Its place in its office's log; `None` while it was not sent.
    pub seq: Option<u64>,
    /// Edits of the same that had not seen each other, newest first.
    pub beside: Vec<Fact>,
}

/// What became of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactAppended {
    /// It has this place in the log.
    New(u64),
    /// It was there before, at this place.
    Known(u64),
    /// Another fact has its id; nothing was stored.
    Taken,
}

impl Store {
    /// Puts a fact into this office's own log; the same fact again changes nothing.
    pub fn append_fact(&self, office: &str, fact: Fact) -> Write<FactAppended> {
        let office = office.to_owned();
        self.write(move |sql| {
            let office = office::ordinal(sql, &office)?;
            if let Some((known, seq)) = logged(sql, office, fact.id)? {
                return Ok(if known.as_ref() == Some(&fact) { FactAppended::Known(seq) } else { FactAppended::Taken });
            }
            let body = serde_json::to_string(&fact)
                .map_err(|error| Error::Unreadable { what: "fact", reason: format!("{:?}", error.classify()) })?;
            let seq = log::append_fact(sql, fact.call.as_str(), to_ns(fact.at), &body)?;
            keep(sql, office, &fact, seq)?;
            Ok(FactAppended::New(seq))
        })
        .durable()
    }

    /// Keeps a fact of a remote office until it is sent. What came over its stream is saved with the rest of the step:
    /// [`crate::Save::facts`].
    pub fn keep_unsent_fact(&self, office: &str, fact: Fact) -> Write<()> {
        let office = office.to_owned();
        self.write(move |sql| {
            let office = office::ordinal(sql, &office)?;
            keep(sql, office, &fact, 0)
        })
        .durable()
    }

    /// Facts of a remote office that are still to be sent, oldest first.
    pub fn outbox(&self, office: &str) -> Result<Vec<Fact>, Error> {
        self.read(|sql| {
            let Some(office) = office::known_ordinal(sql, office)? else { return Ok(Vec::new()) };
            let sql_text = format!("SELECT {COLUMNS} FROM facts WHERE office = ?1 AND seq = 0 ORDER BY id");
            let mut statement = sql.prepare_cached(&sql_text)?;
            let mut rows = statement.query([office])?;
            let mut facts = Vec::new();
            while let Some(row) = rows.next()? {
                facts.extend(fact(row)?);
            }
            Ok(facts)
        })
    }

    /// What people wrote about a call, under whatever id they knew it, oldest first. Of each chain of edits the
    /// newest by log order is shown; what was taken back is not.
    pub fn facts(&self, office: &str, subject: &CallId) -> Result<Vec<ShownFact>, Error> {
        self.read(|sql| {
            let Some(office) = office::known_ordinal(sql, office)? else { return Ok(Vec::new()) };
            shown(sql, office, subject.as_str())
        })
    }
}

const COLUMNS: &str = "id, kind, author, at_ns, subject, replaces, value, seq";

/// The fact of a row; none where its kind is one of a later version.
fn fact(row: &Row<'_>) -> Result<Option<Fact>, Error> {
    let kind: String = row.get(1)?;
    let Some(kind) = FactKind::of_word(&kind) else { return Ok(None) };
    let unreadable = |what| move |_| Error::Unreadable { what, reason: "it does not fit".into() };
    let id: String = row.get(0)?;
    let call: String = row.get(4)?;
    let replaces: String = row.get(5)?;
    let value: String = row.get(6)?;
    Ok(Some(Fact {
        id: Uuid::parse_str(&id).map_err(unreadable("fact id"))?,
        kind,
        author: row.get(2)?,
        at: from_ns(row.get(3)?),
        call: call.parse().map_err(|_| Error::Unreadable { what: "call id", reason: "it does not fit".into() })?,
        replaces: match replaces.as_str() {
            "" => None,
            id => Some(Uuid::parse_str(id).map_err(unreadable("fact id"))?),
        },
        value: serde_json::from_str(&value)
            .map_err(|error| Error::Unreadable { what: "fact", reason: format!("{:?}", error.classify()) })?,
    }))
}

/// The fact of this id and its place, if it is in its office's log.
fn logged(sql: &Connection, office: i64, id: Uuid) -> Result<Option<(Option<Fact>, u64)>, Error> {
    let sql_text = format!("SELECT {COLUMNS} FROM facts WHERE office = ?1 AND id = ?2 AND seq > 0");
    let mut statement = sql.prepare_cached(&sql_text)?;
    let mut rows = statement.query(params![office, id.to_string()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some((fact(row)?, row.get::<_, i64>(7)? as u64)))
}

/// Writes a fact. One that was not in its office's log becomes what the log says of it.
pub(crate) fn keep(sql: &Transaction<'_>, office: i64, fact: &Fact, seq: u64) -> Result<(), Error> {
    sql.prepare_cached(
        "INSERT INTO facts (office, id, kind, author, at_ns, subject, replaces, value, seq)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (office, id) DO UPDATE SET
             kind = excluded.kind, author = excluded.author, at_ns = excluded.at_ns, subject = excluded.subject,
             replaces = excluded.replaces, value = excluded.value, seq = excluded.seq
         WHERE facts.seq = 0 AND excluded.seq > 0",
    )?
    .execute(params![
        office,
        fact.id.to_string(),
        fact.kind.as_str(),
        fact.author,
        to_ns(fact.at),
        fact.call.as_str(),
        fact.replaces.map(|id| id.to_string()).unwrap_or_default(),
        fact.value.to_string(),
        seq as i64,
    ])?;
    if fact.kind != FactKind::Note {
        return Ok(());
    }
    let ruling: Option<String> = sql
        .prepare_cached("SELECT new FROM redirects WHERE office = ?1 AND old = ?2")?
        .query_row(params![office, fact.call.as_str()], |row| row.get(0))
        .optional()?;
    refresh_words(sql, office, ruling.as_deref().unwrap_or(fact.call.as_str()))
}

/// Which facts are asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span<'a> {
    pub(crate) office: i64,
    /// After this place.
    pub(crate) since: u64,
    /// Up to this one.
    pub(crate) up_to: u64,
    /// About calls that one of these sees (a JSON list of keys); about all calls without.
    pub(crate) scopes: Option<&'a str>,
    /// And not about calls of this scope; of any where it is empty.
    pub(crate) hidden: &'a str,
}

/// The call `c` that a fact is about.
const IS_SUBJECT: &str = "c.id = coalesce(
    (SELECT new FROM redirects WHERE redirects.office = ?1 AND old = facts.subject), facts.subject)";

/// Facts whose places lie in the span.
pub(crate) fn between(sql: &Connection, span: Span<'_>) -> Result<Vec<(Fact, u64)>, Error> {
    let sql_text = format!(
        "SELECT {COLUMNS} FROM facts WHERE office = ?1 AND seq > ?2 AND seq <= ?3 AND (?4 IS NULL OR EXISTS (
             SELECT 1 FROM calls c JOIN audience a ON a.at = c.at
             WHERE c.office = ?1 AND a.scope IN (SELECT value FROM json_each(?4)) AND {IS_SUBJECT}
         )) AND (?5 = '' OR NOT EXISTS (
             SELECT 1 FROM calls c JOIN audience a ON a.at = c.at WHERE c.office = ?1 AND a.scope = ?5 AND {IS_SUBJECT}
         )) ORDER BY seq"
    );
    let mut statement = sql.prepare_cached(&sql_text)?;
    let mut rows =
        statement.query(params![span.office, span.since as i64, span.up_to as i64, span.scopes, span.hidden])?;
    read_with_place(&mut rows)
}

/// Facts of a place up to `known` about calls that changed in the span, each with the place of that change: one of
/// these scopes may not have seen the call before it.
pub(crate) fn of_changed_calls(sql: &Connection, span: Span<'_>, known: u64) -> Result<Vec<(Fact, u64)>, Error> {
    if (span.scopes.is_none() && span.hidden.is_empty()) || known == 0 {
        // Who sees everything has seen it before.
        return Ok(Vec::new());
    }
    let columns = COLUMNS.replace("seq", "changed");
    let sql_text = format!(
        "SELECT {columns} FROM (
             SELECT facts.*, c.seq AS changed FROM calls c JOIN facts ON facts.office = c.office AND facts.subject IN (
                 SELECT c.id UNION ALL SELECT old FROM redirects WHERE redirects.office = c.office AND new = c.id)
             WHERE c.office = ?1 AND c.seq > ?2 AND c.seq <= ?3 AND facts.seq > 0 AND facts.seq <= ?5 AND (?4 IS NULL OR EXISTS (
                 SELECT 1 FROM audience a WHERE a.at = c.at AND a.scope IN (SELECT value FROM json_each(?4))))
                 AND (?6 = '' OR NOT EXISTS (SELECT 1 FROM audience a WHERE a.at = c.at AND a.scope = ?6))
         ) ORDER BY changed, seq"
    );
    let mut statement = sql.prepare_cached(&sql_text)?;
    let (since, up_to) = (span.since as i64, i64::try_from(span.up_to).unwrap_or(i64::MAX));
    let mut rows = statement.query(params![span.office, since, up_to, span.scopes, known as i64, span.hidden])?;
    read_with_place(&mut rows)
}

fn read_with_place(rows: &mut rusqlite::Rows<'_>) -> Result<Vec<(Fact, u64)>, Error> {
    let mut facts = Vec::new();
    while let Some(row) = rows.next()? {
        let seq = row.get::<_, i64>(7)? as u64;
        facts.extend(fact(row)?.map(|fact| (fact, seq)));
    }
    Ok(facts)
}

/// What the log holds about a call, under whatever id it was known, oldest first.
pub(crate) fn about(sql: &Connection, office: i64, call: &str) -> Result<Vec<Fact>, Error> {
    let sql_text = format!(
        "SELECT {COLUMNS} FROM facts WHERE office = ?1 AND seq > 0 AND subject IN (
             SELECT ?2 UNION ALL SELECT old FROM redirects WHERE office = ?1 AND new = ?2)
         ORDER BY seq"
    );
    let mut statement = sql.prepare_cached(&sql_text)?;
    let mut rows = statement.query(params![office, call])?;
    Ok(read_with_place(&mut rows)?.into_iter().map(|(fact, _)| fact).collect())
}

/// The texts of a call's notes as they are shown.
pub(crate) fn note_texts(sql: &Connection, office: i64, call: &str) -> Result<Vec<String>, Error> {
    let any =
        sql.prepare_cached("SELECT 1 FROM facts WHERE office = ?1 AND kind = 'note' LIMIT 1")?.exists([office])?;
    if !any {
        return Ok(Vec::new());
    }
    let notes = shown(sql, office, call)?;
    Ok(notes
        .into_iter()
        .filter(|shown| shown.fact.kind == FactKind::Note)
        .filter_map(|shown| text_of(&shown.fact.value))
        .collect())
}

fn text_of(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn shown(sql: &Connection, office: i64, subject: &str) -> Result<Vec<ShownFact>, Error> {
    let sql_text = format!(
        "WITH ruling (id) AS (
             SELECT coalesce((SELECT new FROM redirects WHERE office = ?1 AND old = ?2), ?2)
         ), ids (id) AS (
             SELECT id FROM ruling UNION SELECT old FROM redirects, ruling WHERE office = ?1 AND new = ruling.id
         )
         SELECT {COLUMNS} FROM facts WHERE office = ?1 AND subject IN (SELECT id FROM ids)
         ORDER BY seq = 0, seq, id"
    );
    let mut statement = sql.prepare_cached(&sql_text)?;
    let mut rows = statement.query(params![office, subject])?;
    Ok(chains(read_with_place(&mut rows)?))
}

/// Groups facts, given in log order, into chains of edits and leaves what is to be shown of each. Facts that became
/// visible together have one place, so an edit may stand before what it replaces.
fn chains(facts: Vec<(Fact, u64)>) -> Vec<ShownFact> {
    let known: BTreeMap<Uuid, Option<Uuid>> = facts.iter().map(|(fact, _)| (fact.id, fact.replaces)).collect();
    let replaced: BTreeSet<Uuid> =
        facts.iter().filter_map(|(fact, _)| fact.replaces.filter(|before| *before != fact.id)).collect();
    let mut order: Vec<Uuid> = Vec::new();
    let mut heads: BTreeMap<Uuid, Vec<(Fact, u64)>> = BTreeMap::new();
    for (fact, seq) in facts {
        let root = root_of(fact.id, &known);
        let heads = heads.entry(root).or_insert_with(|| {
            order.push(root);
            Vec::new()
        });
        if !replaced.contains(&fact.id) {
            heads.push((fact, seq));
        }
    }
    order
        .into_iter()
        .filter_map(|root| {
            // Who took a text back had not seen the edit beside it: that one stays.
            let mut left = heads.remove(&root)?.into_iter().rev().filter(|(fact, _)| !fact.value.is_null());
            let (fact, seq) = left.next()?;
            Some(ShownFact { fact, seq: (seq > 0).then_some(seq), beside: left.map(|(fact, _)| fact).collect() })
        })
        .collect()
}

/// The first fact of a chain of edits. What replaces each other in a circle has none, so the way is bounded.
fn root_of(fact: Uuid, known: &BTreeMap<Uuid, Option<Uuid>>) -> Uuid {
    let mut root = fact;
    for _ in 0..known.len() {
        match known.get(&root).copied().flatten().filter(|before| known.contains_key(before)) {
            Some(before) => root = before,
            None => break,
        }
    }
    root
}
