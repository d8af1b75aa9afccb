//! Small choices of the person at this machine.

use rusqlite::OptionalExtension;

use crate::{
    audit::{self, AuditEntry},
    error::Error,
    store::Store,
    write::Write,
};

impl Store {
    /// The setting, if it was ever chosen.
    pub fn setting(&self, key: &str) -> Result<Option<String>, Error> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT value FROM settings WHERE key = ?1")?;
            Ok(statement.query_row([key], |row| row.get(0)).optional()?)
        })
    }

    /// Takes a choice back.
    pub fn forget_setting(&self, key: &str) -> Write<()> {
        let key = key.to_owned();
        self.write(move |connection| Ok(connection.execute(FORGET, [key]).map(|_| ())?))
    }

    /// Chooses.
    pub fn set_setting(&self, key: &str, value: &str) -> Write<()> {
        let (key, value) = (key.to_owned(), value.to_owned());
        self.write(move |connection| Ok(connection.execute(SET, [key, value]).map(|_| ())?))
    }

    /// Makes a choice of an administrator, or takes it back where there is no value, together with its entry in the audit.
    pub fn set_setting_of_admin(&self, key: &str, value: Option<&str>, entry: AuditEntry) -> Write<()> {
        let (key, value) = (key.to_owned(), value.map(str::to_owned));
        self.write(move |connection| {
            match value {
                Some(value) => connection.execute(SET, [key, value])?,
                None => connection.execute(FORGET, [key])?,
            };
            audit::note(connection, &entry)
        })
    }
}

const SET: &str = "INSERT INTO settings (key, value) VALUES (?1, ?2)
                   ON CONFLICT (key) DO UPDATE SET value = excluded.value";
const FORGET: &str = "DELETE FROM settings WHERE key = ?1";
