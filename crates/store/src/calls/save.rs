//! Saving what a fold, or a remote office's stream, changed: one transaction with the position that it reached.

use std::collections::BTreeSet;

use calls::{CallId, CallRecord, CallResult, ConnectionId, Direction, Fact, RecordingId};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{
    audience::{Audience, Scope},
    record::word,
    recordings,
};
use crate::{
    commands::{self, CommandStatus},
    error::Error,
    facts, log,
    office::{self, ReplicaCursor},
    search::{
        index::{Change, Texts},
        text,
    },
    store::Store,
    time::{PER_MS, first_place},
    transaction::Transaction,
    write::Write,
};

/// A call is known by another id from now on, for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// The id that it had.
    pub from: CallId,
    /// The id that rules.
    pub to: CallId,
    /// Place of the log entry that said so.
    pub seq: u64,
}

/// Everything that one step changed in the read model of one office.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Save {
    /// Calls in their newest state.
    pub calls: Vec<CallRecord>,
    /// Redirects; the row of the old id goes.
    pub redirects: Vec<Redirect>,
    /// Calls that are no more to be seen, with the place of what said so.
    pub gone: Vec<(CallId, u64)>,
    /// What people wrote, each with its place, as a remote office's stream brings it.
    pub facts: Vec<(Fact, u64)>,
    /// Recordings, each with its call.
    pub recordings: Vec<(RecordingId, CallId)>,
    /// Commands that moved.
    pub commands: Vec<CommandStatus>,
    /// How far which connection's log is folded with this.
    pub folded: Option<(ConnectionId, u64)>,
    /// How far a remote office's stream is committed with this.
    pub cursor: Option<ReplicaCursor>,
}

/// Those who could see a call until now and may no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parted {
    /// The call.
    pub call: CallId,
    /// They.
    pub who: Audience,
}

/// What a person wrote about a call, for those who could not see the call until now.
#[derive(Debug, Clone, PartialEq)]
pub struct Revealed {
    /// It.
    pub fact: Fact,
    /// Place of what showed them the call.
    pub seq: u64,
    /// They.
    pub who: Audience,
}

/// Who sees something else since a step was saved.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Moved {
    /// Who may no longer see which call.
    pub parted: Vec<Parted>,
    /// Who may see which fact from now on, in the order of the log.
    pub revealed: Vec<Revealed>,
}

impl Store {
    /// Saves everything that one step changed. Saving the same again changes nothing.
    pub fn save(&self, office: &str, save: Save) -> Write<()> {
        let office = office.to_owned();
        self.write(move |sql| write(sql, &office, &save).map(|_| ()))
    }

    /// The same for those who tell everybody what changed: answers who sees something else now.
    pub fn save_and_tell(&self, office: &str, save: Save) -> Write<Moved> {
        let office = office.to_owned();
        self.write(move |sql| write(sql, &office, &save))
    }
}

fn write(connection: &Transaction<'_>, office: &str, save: &Save) -> Result<Moved, Error> {
    let office = office::ordinal(connection, office)?;
    let mut moved = Moved::default();
    let mut joined = Vec::new();
    for (fact, seq) in &save.facts {
        facts::keep(connection, office, fact, *seq)?;
    }
    for call in &save.calls {
        let change = upsert(connection, office, call)?;
        if !change.left.is_empty() {
            moved.parted.push(Parted { call: call.id.clone(), who: change.left });
        }
        if !change.joined.is_empty() {
            joined.push((&call.id, call.seq, change.joined));
        }
    }
    for redirect in &save.redirects {
        add_redirect(connection, office, redirect)?;
        // Whoever sees the call that rules may not have seen the other one.
        joined.push((&redirect.to, redirect.seq, audience_of(connection, office, &redirect.to)?));
    }
    for (call, seq, who) in joined {
        let facts = facts::about(connection, office, call.as_str())?;
        moved.revealed.extend(facts.into_iter().map(|fact| Revealed { fact, seq, who: who.clone() }));
    }
    for (id, seq) in &save.gone {
        remove(connection, office, id, *seq)?;
    }
    for (recording, call) in &save.recordings {
        recordings::add(connection, office, recording, call)?;
    }
    for status in &save.commands {
        commands::set(connection, status)?;
    }
    if let Some((id, position)) = &save.folded {
        log::set_folded(connection, id, *position)?;
    }
    if let Some(cursor) = &save.cursor {
        office::set_cursor(connection, office, cursor)?;
    }
    Ok(moved)
}

/// Who joined and who left the audience of a call.
#[derive(Default)]
struct AudienceChange {
    joined: Audience,
    left: Audience,
}

/// Where the row was, and what search saw of it.
struct Before {
    at: i64,
    texts: Texts,
}

impl Before {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { at: row.get(0)?, texts: Texts { digits: row.get(1)?, words: row.get(2)? } })
    }
}

fn before(connection: &Connection, office: i64, id: &str) -> Result<Option<Before>, Error> {
    let mut statement =
        connection.prepare_cached("SELECT at, digits, words FROM calls WHERE office = ?1 AND id = ?2")?;
    let found = statement.query_row(params![office, id], Before::read).optional()?;
    Ok(found)
}

/// Writes the row; answers whose sight of the call changed. A new row is news to everybody, and nothing was written
/// about it.
fn upsert(transaction: &Transaction<'_>, office: i64, call: &CallRecord) -> Result<AudienceChange, Error> {
    let before = before(transaction, office, call.id.as_str())?;
    let at = match &before {
        Some(before) if begins_at(before.at, call) => before.at,
        Some(_) | None => free_place(transaction, first_place(call.started_at))?,
    };
    let texts = Texts {
        digits: text::digits(call.customer_number.as_deref().unwrap_or_default()),
        words: words(transaction, office, call.id.as_str(), [&call.customer_name, &call.customer_number])?,
    };
    write_row(transaction, office, at, call, &texts)?;
    let mut change = set_audience(transaction, at, call)?;
    transaction
        .prepare_cached("DELETE FROM gone WHERE office = ?1 AND id = ?2")?
        .execute(params![office, call.id.as_str()])?;
    match before {
        Some(before) => transaction.queue(Change::Drop(before.at, before.texts)),
        None => change.joined = Audience::default(),
    }
    transaction.queue(Change::Add(at, texts));
    Ok(change)
}

/// What search sees of a call besides its number's digits; a number that has letters is as good as a name.
fn words(
    connection: &Connection,
    office: i64,
    id: &str,
    [name, number]: [&Option<String>; 2],
) -> Result<String, Error> {
    let notes = facts::note_texts(connection, office, id)?;
    let number = number.as_deref().map(text::party).filter(|number| number.contains(char::is_alphabetic));
    Ok(text::words(name.as_deref().into_iter().chain(number).chain(notes.iter().map(String::as_str))))
}

fn write_row(connection: &Connection, office: i64, at: i64, call: &CallRecord, texts: &Texts) -> Result<(), Error> {
    let missed = call.direction == Direction::Incoming && call.result == Some(CallResult::Missed);
    connection
        .prepare_cached(
            "INSERT INTO calls (at, office, id, connection, direction, state, result, number, name, line, talk_ms,
                                has_recording, missed, in_menu, open, seq, digits, words, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)
             ON CONFLICT (office, id) DO UPDATE SET
                 at = excluded.at, connection = excluded.connection, direction = excluded.direction,
                 state = excluded.state, result = excluded.result, number = excluded.number, name = excluded.name,
                 line = excluded.line, talk_ms = excluded.talk_ms, has_recording = excluded.has_recording,
                 missed = excluded.missed, in_menu = excluded.in_menu, open = excluded.open,
                 seq = excluded.seq, digits = excluded.digits,
                 words = excluded.words, body = excluded.body",
        )?
        .execute(params![
            at,
            office,
            call.id.as_str(),
            call.connection.as_str(),
            word(&call.direction),
            word(&call.state),
            call.result.as_ref().map(word).unwrap_or_default(),
            call.customer_number.as_deref().unwrap_or_default(),
            call.customer_name.as_deref().unwrap_or_default(),
            call.line.as_deref().unwrap_or_default(),
            call.talk_ms,
            call.has_recording,
            missed,
            call.in_menu,
            call.open,
            call.seq as i64,
            texts.digits,
            texts.words,
            call.body,
        ])?;
    Ok(())
}

/// Whether a row at this place begins when the call does.
fn begins_at(at: i64, call: &CallRecord) -> bool {
    at.div_euclid(PER_MS) == call.started_at.as_millisecond()
}

/// The first place from here on that no call has.
fn free_place(connection: &Connection, first: i64) -> Result<i64, Error> {
    let mut last = connection.prepare_cached("SELECT max(at) FROM calls WHERE at BETWEEN ?1 AND ?2")?;
    let mut taken = connection.prepare_cached("SELECT 1 FROM calls WHERE at = ?1")?;
    let last: Option<i64> = last.query_row([first, first + PER_MS - 1], |row| row.get(0))?;
    let mut place = last.map_or(first, |last| last + 1);
    // Over a thousand calls in one millisecond spill into the next.
    while taken.exists([place])? {
        place += 1;
    }
    Ok(place)
}

/// Brings the audience up to the call.
fn set_audience(connection: &Connection, at: i64, call: &CallRecord) -> Result<AudienceChange, Error> {
    let wanted = Audience::of(call).keys();
    let held = scopes(connection, "SELECT scope FROM audience WHERE at = ?1", at)?;
    for scope in held.difference(&wanted) {
        connection.prepare_cached("DELETE FROM audience WHERE scope = ?1 AND at = ?2")?.execute(params![scope, at])?;
        connection
            .prepare_cached("INSERT OR IGNORE INTO parted (at, scope) VALUES (?2, ?1)")?
            .execute(params![scope, at])?;
    }
    for scope in wanted.difference(&held) {
        connection.prepare_cached("INSERT INTO audience (scope, at) VALUES (?1, ?2)")?.execute(params![scope, at])?;
        connection.prepare_cached("DELETE FROM parted WHERE scope = ?1 AND at = ?2")?.execute(params![scope, at])?;
    }
    let of =
        |keys: std::collections::btree_set::Difference<'_, String>| keys.filter_map(|key| Scope::of_key(key)).collect();
    Ok(AudienceChange { joined: of(wanted.difference(&held)), left: of(held.difference(&wanted)) })
}

/// Who sees a call.
fn audience_of(connection: &Connection, office: i64, id: &CallId) -> Result<Audience, Error> {
    let Some(before) = before(connection, office, id.as_str())? else { return Ok(Audience::default()) };
    let keys = scopes(connection, "SELECT scope FROM audience WHERE at = ?1", before.at)?;
    Ok(keys.iter().filter_map(|key| Scope::of_key(key)).collect())
}

fn scopes(connection: &Connection, sql: &str, at: i64) -> Result<BTreeSet<String>, Error> {
    Ok(connection.prepare_cached(sql)?.query_map([at], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

fn add_redirect(transaction: &Transaction<'_>, office: i64, redirect: &Redirect) -> Result<(), Error> {
    let (from, to) = (redirect.from.as_str(), redirect.to.as_str());
    remove(transaction, office, &redirect.from, redirect.seq)?;
    // What pointed to the old id points to the new one: a look-up is one step.
    transaction
        .prepare_cached("UPDATE redirects SET new = ?3 WHERE office = ?1 AND new = ?2")?
        .execute(params![office, from, to])?;
    transaction
        .prepare_cached(
            "INSERT INTO redirects (office, old, new) VALUES (?1, ?2, ?3)
             ON CONFLICT (office, old) DO UPDATE SET new = excluded.new",
        )?
        .execute(params![office, from, to])?;
    refresh_words(transaction, office, to)
}

fn remove(transaction: &Transaction<'_>, office: i64, id: &CallId, seq: u64) -> Result<(), Error> {
    let mut audience = BTreeSet::new();
    if let Some(before) = before(transaction, office, id.as_str())? {
        let all = "SELECT scope FROM audience WHERE at = ?1 UNION SELECT scope FROM parted WHERE at = ?1";
        audience = scopes(transaction, all, before.at)?;
        transaction.prepare_cached("DELETE FROM calls WHERE at = ?1")?.execute([before.at])?;
        transaction.queue(Change::Drop(before.at, before.texts));
    }
    transaction
        .prepare_cached(
            "INSERT INTO gone (office, id, seq, audience) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (office, id) DO UPDATE SET seq = excluded.seq",
        )?
        .execute(params![office, id.as_str(), seq as i64, serde_json::Value::from_iter(audience).to_string()])?;
    Ok(())
}

/// Drops all calls of an office.
pub(crate) fn delete_all(transaction: &Transaction<'_>, office: i64) -> Result<(), Error> {
    let mut rows = transaction.prepare("SELECT at, digits, words FROM calls WHERE office = ?1")?;
    let mut rows = rows.query([office])?;
    while let Some(row) = rows.next()? {
        let before = Before::read(row)?;
        transaction.queue(Change::Drop(before.at, before.texts));
    }
    transaction.execute("DELETE FROM calls WHERE office = ?1", [office])?;
    Ok(())
}

/// Brings what search sees of a call up to its notes.
pub(crate) fn refresh_words(transaction: &Transaction<'_>, office: i64, id: &str) -> Result<(), Error> {
    let Some(before) = before(transaction, office, id)? else { return Ok(()) };
    let (name, number): (Option<String>, Option<String>) = transaction
        .prepare_cached("SELECT name, number FROM calls WHERE at = ?1")?
        .query_row([before.at], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let texts = Texts { words: words(transaction, office, id, [&name, &number])?, ..before.texts.clone() };
    transaction
        .prepare_cached("UPDATE calls SET words = ?2 WHERE at = ?1")?
        .execute(params![before.at, texts.words])?;
    transaction.queue(Change::Drop(before.at, before.texts));
    transaction.queue(Change::Add(before.at, texts));
    Ok(())
}
