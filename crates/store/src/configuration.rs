//! What admins configured while the gateway ran.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    audit::{self, AuditEntry},
    error::Error,
    store::Store,
    write::Write,
};

/// Where its revision stands in `meta`.
const REVISION: &str = "configuration";

/// All of it, as it was at one time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Configuration {
    /// Another one after each change.
    pub revision: u64,
    /// Its parts by their keys, as their writer wrote them.
    pub parts: BTreeMap<String, String>,
}

impl Store {
    /// What admins configured.
    pub fn configuration(&self) -> Result<Configuration, Error> {
        self.read(|sql| {
            // One statement, so that parts and revision are of one time.
            let mut statement = sql.prepare_cached(
                "SELECT '', (SELECT value FROM meta WHERE key = ?1) UNION ALL SELECT key, body FROM configuration",
            )?;
            let mut rows = statement.query([REVISION])?;
            let mut found = Configuration::default();
            while let Some(row) = rows.next()? {
                let key: String = row.get(0)?;
                let body: Option<String> = row.get(1)?;
                match (key.as_str(), body) {
                    ("", body) => found.revision = body.and_then(|text| text.parse().ok()).unwrap_or_default(),
                    (_, Some(body)) => drop(found.parts.insert(key, body)),
                    (_, None) => {}
                }
            }
            Ok(found)
        })
    }

    /// Puts these parts, and removes those without a body. Answers the new revision; `None` where it was not the expected
    /// one any more, and nothing was changed.
    pub fn change_configuration(
        &self,
        expected: u64,
        parts: Vec<(String, Option<String>)>,
        entry: AuditEntry,
    ) -> Write<Option<u64>> {
        self.write(move |sql| {
            if revision(sql)? != expected {
                return Ok(None);
            }
            for (key, body) in &parts {
                match body {
                    Some(body) => sql
                        .prepare_cached(
                            "INSERT INTO configuration (key, body) VALUES (?1, ?2)
                             ON CONFLICT (key) DO UPDATE SET body = excluded.body",
                        )?
                        .execute(params![key, body])?,
                    None => sql.prepare_cached("DELETE FROM configuration WHERE key = ?1")?.execute([key])?,
                };
            }
            let next = expected + 1;
            sql.prepare_cached(
                "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            )?
            .execute(params![REVISION, next.to_string()])?;
            audit::note(sql, &entry)?;
            Ok(Some(next))
        })
        .durable()
    }
}

fn revision(sql: &Connection) -> Result<u64, Error> {
    let mut statement = sql.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
    let text: Option<String> = statement.query_row([REVISION], |row| row.get(0)).optional()?;
    Ok(text.and_then(|text| text.parse().ok()).unwrap_or_default())
}
