//! Small choices of the person at this machine.

use rusqlite::OptionalExtension;

use crate::{error::Error, store::Store, write::Write};

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
        self.write(move |connection| {
            connection.execute("DELETE FROM settings WHERE key = ?1", [key])?;
            Ok(())
        })
    }

    /// Chooses.
    pub fn set_setting(&self, key: &str, value: &str) -> Write<()> {
        let (key, value) = (key.to_owned(), value.to_owned());
        self.write(move |connection| {
            connection.execute(
                "INSERT INTO settings (key, value) VALUES (?1, ?2)
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                [key, value],
            )?;
            Ok(())
        })
    }
}
