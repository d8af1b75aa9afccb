//! Forward-only migrations, counted in `PRAGMA user_version`.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::error::Error;

/// Each released step, in order. A released step is never edited.
const STEPS: &[&str] = &[include_str!("migrations/0001.sql")];

/// Newest schema that this program knows.
pub(crate) const KNOWN: i64 = STEPS.len() as i64;

/// Schema of the file.
pub(crate) fn version(connection: &Connection) -> Result<i64, Error> {
    Ok(connection.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

/// Brings the file up to [`KNOWN`], each step whole or not at all; refuses one that is newer.
pub(crate) fn migrate(connection: &Connection) -> Result<(), Error> {
    loop {
        let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
        let found = version(&transaction)?;
        if found > KNOWN {
            return Err(Error::NewerSchema { found, known: KNOWN });
        }
        let Some(step) = usize::try_from(found).ok().and_then(|at| STEPS.get(at)) else { return Ok(()) };
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", found + 1)?;
        transaction.commit()?;
    }
}
