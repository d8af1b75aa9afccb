//! Tokens of the people and programs that a gateway lets in. Only their hashes are here.

use calls::ConnectionId;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Row, params};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    audit::{self, AuditEntry},
    error::Error,
    store::Store,
    time::{from_ns, to_ns},
    transaction::Transaction,
    write::Write,
};

/// A token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Names it in lists and when it is revoked.
    pub id: String,
    /// SHA-256 of the secret.
    pub hash: [u8; 32],
    /// Whose it is.
    pub name: String,
    /// `agent`, `manager` or `admin`.
    pub role: String,
    /// The extensions that are his.
    pub extensions: Vec<(ConnectionId, String)>,
    /// The groups that are his.
    pub groups: Vec<String>,
    /// From then on it is none.
    pub expires_at: Option<Timestamp>,
    /// Taken back then.
    pub revoked_at: Option<Timestamp>,
    /// Each renewal makes it valid for so many days; where absent it ends when it ends.
    pub days: Option<u32>,
    /// The device that bears it, as it called itself.
    pub device: String,
    /// The program that bears it, and its version.
    pub version: String,
    /// When it was last here.
    pub seen_at: Option<Timestamp>,
    /// Its secret is a new one that nobody was seen with yet: the former may still ask for another.
    pub is_new_unused: bool,
}

/// Another secret for a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Renewal {
    /// SHA-256 of the secret that was used to ask for it: it stays valid for a while.
    pub former: [u8; 32],
    /// SHA-256 of the new secret.
    pub hash: [u8; 32],
}

impl Token {
    /// Whether it lets in.
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

/// How long a former secret stays valid once the new one has been used.
const FORMER: SignedDuration = SignedDuration::from_hours(24);

const COLUMNS: &str =
    "id, hash, name, role, extensions, groups, expires_ns, revoked_ns, days, device, version, seen_ns, former_renews";

impl Store {
    /// Adds a token.
    pub fn add_token(&self, token: Token) -> Write<()> {
        self.write(move |sql| add(sql, &token))
    }

    /// The token whose secret hashes to this, revoked and expired ones too; also by its former secret, while that is valid.
    pub fn token_by_hash(&self, hash: &[u8; 32], now: Timestamp) -> Result<Option<Token>, Error> {
        self.read(|sql| {
            let mut statement = sql.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM tokens WHERE hash = ?1
                 UNION ALL SELECT {COLUMNS} FROM tokens WHERE former_hash = ?1 AND former_until_ns > ?2"
            ))?;
            let mut rows = statement.query(params![hash, to_ns(now)])?;
            rows.next()?.map(token).transpose()
        })
    }

    /// The token of this id, revoked and expired ones too.
    pub fn token(&self, id: &str) -> Result<Option<Token>, Error> {
        self.read(|sql| by_id(sql, id))
    }

    /// All tokens, by id.
    pub fn tokens(&self) -> Result<Vec<Token>, Error> {
        self.read(|sql| {
            let mut statement = sql.prepare_cached(&format!("SELECT {COLUMNS} FROM tokens ORDER BY id"))?;
            let mut rows = statement.query([])?;
            let mut tokens = Vec::new();
            while let Some(row) = rows.next()? {
                tokens.push(token(row)?);
            }
            Ok(tokens)
        })
    }

    /// Takes a token back, which the audit says; answers whether there was one to take.
    pub fn revoke_token(&self, id: &str, entry: AuditEntry) -> Write<bool> {
        let id = id.to_owned();
        self.write(move |sql| {
            let revoked = sql.execute(
                "UPDATE tokens SET revoked_ns = ?2 WHERE id = ?1 AND revoked_ns IS NULL",
                params![id, to_ns(entry.at)],
            )?;
            if revoked > 0 {
                audit::note(sql, &entry)?;
            }
            Ok(revoked > 0)
        })
    }

    /// Gives a token other rights; answers whether there was one that is not revoked.
    pub fn change_token(
        &self,
        id: &str,
        role: &str,
        extensions: Vec<(ConnectionId, String)>,
        groups: Vec<String>,
        entry: AuditEntry,
    ) -> Write<bool> {
        let (id, role) = (id.to_owned(), role.to_owned());
        self.write(move |sql| {
            let changed = sql.execute(
                "UPDATE tokens SET role = ?2, extensions = ?3, groups = ?4 WHERE id = ?1 AND revoked_ns IS NULL",
                params![id, role, json(&extensions)?, json(&groups)?],
            )?;
            if changed > 0 {
                audit::note(sql, &entry)?;
            }
            Ok(changed > 0)
        })
    }

    /// Gives a token another secret; answers the token, or `None` where it is none any more. One that is valid for some days
    /// after each renewal is valid for so many from now on. As long as the new one was never used, the former secret is valid as
    /// it was, and may ask again: the answer may have been lost, or the desk's keyring may not take it. So whoever has found an
    /// old secret cannot keep the token with it.
    pub fn renew_token(&self, id: &str, renewal: Renewal, now: Timestamp) -> Write<Option<Token>> {
        let id = id.to_owned();
        self.write(move |sql| {
            let Some(known) = by_id(sql, &id)?.filter(|known| known.is_valid(now)) else { return Ok(None) };
            let expires_at = known.days.map(|days| after(now, days)).or(known.expires_at);
            let changed = sql
                .prepare_cached(
                    "UPDATE tokens SET hash = ?2, expires_ns = ?5, former_renews = 1, former_hash = ?3,
                         former_until_ns = CASE WHEN hash = ?3 THEN ?4 ELSE former_until_ns END
                     WHERE id = ?1 AND (hash = ?3 OR (former_hash = ?3 AND former_until_ns > ?6 AND former_renews = 1))",
                )?
                .execute(params![
                    id,
                    renewal.hash,
                    renewal.former,
                    to_ns(known.expires_at.unwrap_or(Timestamp::MAX)),
                    expires_at.map(to_ns),
                    to_ns(now)
                ])?;
            Ok((changed > 0).then_some(Token { hash: renewal.hash, expires_at, is_new_unused: true, ..known }))
        })
        .durable()
    }

    /// Notes that the desk with this token was here, what it runs, and by which secret it was let in: where it was the new one,
    /// the desk has it for good, and the former ends a day later.
    pub fn saw_token(&self, id: &str, version: &str, presented: [u8; 32], at: Timestamp) -> Write<()> {
        let (id, version) = (id.to_owned(), version.to_owned());
        self.write(move |sql| {
            sql.prepare_cached(
                "UPDATE tokens SET seen_ns = ?2, version = ?3,
                     former_renews = CASE WHEN hash = ?4 THEN 0 ELSE former_renews END,
                     former_until_ns = CASE WHEN hash = ?4 THEN min(former_until_ns, ?5) ELSE former_until_ns END
                 WHERE id = ?1",
            )?
            .execute(params![
                id,
                to_ns(at),
                version,
                presented,
                to_ns(at.checked_add(FORMER).unwrap_or(Timestamp::MAX))
            ])?;
            Ok(())
        })
    }
}

pub(crate) fn by_id(sql: &Connection, id: &str) -> Result<Option<Token>, Error> {
    let mut statement = sql.prepare_cached(&format!("SELECT {COLUMNS} FROM tokens WHERE id = ?1"))?;
    let mut rows = statement.query([id])?;
    rows.next()?.map(token).transpose()
}

/// So many days later, or the end of time.
pub(crate) fn after(now: Timestamp, days: u32) -> Timestamp {
    now.checked_add(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MAX)
}

pub(crate) fn add(sql: &Transaction<'_>, token: &Token) -> Result<(), Error> {
    sql.execute(
        &format!("INSERT INTO tokens ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"),
        params![
            token.id,
            token.hash,
            token.name,
            token.role,
            json(&token.extensions)?,
            json(&token.groups)?,
            token.expires_at.map(to_ns),
            token.revoked_at.map(to_ns),
            token.days,
            token.device,
            token.version,
            token.seen_at.map(to_ns),
            token.is_new_unused,
        ],
    )?;
    Ok(())
}

pub(crate) fn json<T: Serialize>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| unreadable(&error))
}

pub(crate) fn read_json<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| unreadable(&error))
}

fn unreadable(error: &serde_json::Error) -> Error {
    Error::Unreadable { what: "token", reason: format!("{:?}", error.classify()) }
}

fn token(row: &Row<'_>) -> Result<Token, Error> {
    let extensions: String = row.get(4)?;
    let groups: String = row.get(5)?;
    Ok(Token {
        id: row.get(0)?,
        hash: row.get(1)?,
        name: row.get(2)?,
        role: row.get(3)?,
        extensions: read_json(&extensions)?,
        groups: read_json(&groups)?,
        expires_at: row.get::<_, Option<i64>>(6)?.map(from_ns),
        revoked_at: row.get::<_, Option<i64>>(7)?.map(from_ns),
        days: row.get(8)?,
        device: row.get(9)?,
        version: row.get(10)?,
        seen_at: row.get::<_, Option<i64>>(11)?.map(from_ns),
        is_new_unused: row.get(12)?,
    })
}
