//! Tokens of the people and programs that a gateway lets in. Only their hashes are here.

use calls::ConnectionId;
use jiff::Timestamp;
use rusqlite::{Row, params};

use crate::{
    error::Error,
    store::Store,
    time::{from_ns, to_ns},
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
}

impl Token {
    /// Whether it lets in.
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

const COLUMNS: &str = "id, hash, name, role, extensions, groups, expires_ns, revoked_ns";

impl Store {
    /// Adds a token.
    pub fn add_token(&self, token: Token) -> Write<()> {
        self.write(move |sql| {
            let json = |error: serde_json::Error| Error::Unreadable {
                what: "token",
                reason: format!("{:?}", error.classify()),
            };
            sql.execute(
                "INSERT INTO tokens (id, hash, name, role, extensions, groups, expires_ns, revoked_ns)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    token.id,
                    token.hash,
                    token.name,
                    token.role,
                    serde_json::to_string(&token.extensions).map_err(json)?,
                    serde_json::to_string(&token.groups).map_err(json)?,
                    token.expires_at.map(to_ns),
                    token.revoked_at.map(to_ns),
                ],
            )?;
            Ok(())
        })
    }

    /// The token whose secret hashes to this, revoked and expired ones too.
    pub fn token_by_hash(&self, hash: &[u8; 32]) -> Result<Option<Token>, Error> {
        self.one_token("hash", hash)
    }

    /// The token of this id, revoked and expired ones too.
    pub fn token(&self, id: &str) -> Result<Option<Token>, Error> {
        self.one_token("id", &id)
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

    /// Takes a token back; answers whether there was one to take.
    pub fn revoke_token(&self, id: &str, at: Timestamp) -> Write<bool> {
        let id = id.to_owned();
        self.write(move |sql| {
            let revoked = sql.execute(
                "UPDATE tokens SET revoked_ns = ?2 WHERE id = ?1 AND revoked_ns IS NULL",
                params![id, to_ns(at)],
            )?;
            Ok(revoked > 0)
        })
    }

    fn one_token(&self, column: &str, value: &dyn rusqlite::ToSql) -> Result<Option<Token>, Error> {
        self.read(|sql| {
            let mut statement = sql.prepare_cached(&format!("SELECT {COLUMNS} FROM tokens WHERE {column} = ?1"))?;
            let mut rows = statement.query([value])?;
            rows.next()?.map(token).transpose()
        })
    }
}

fn token(row: &Row<'_>) -> Result<Token, Error> {
    let json =
        |error: serde_json::Error| Error::Unreadable { what: "token", reason: format!("{:?}", error.classify()) };
    let extensions: String = row.get(4)?;
    let groups: String = row.get(5)?;
    Ok(Token {
        id: row.get(0)?,
        hash: row.get(1)?,
        name: row.get(2)?,
        role: row.get(3)?,
        extensions: serde_json::from_str(&extensions).map_err(json)?,
        groups: serde_json::from_str(&groups).map_err(json)?,
        expires_at: row.get::<_, Option<i64>>(6)?.map(from_ns),
        revoked_at: row.get::<_, Option<i64>>(7)?.map(from_ns),
    })
}
