//! Forward-only migrations, counted in `PRAGMA user_version`.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::error::Error;

/// Each released step, in order. A released step is never edited.
const STEPS: &[&str] = &[
    include_str!("migrations/0001.sql"),
    include_str!("migrations/0002.sql"),
    include_str!("migrations/0003.sql"),
    include_str!("migrations/0004.sql"),
    include_str!("migrations/0005.sql"),
    include_str!("migrations/0006.sql"),
];

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_of_an_older_file_are_counted_when_it_is_brought_up() {
        let sql = Connection::open_in_memory().expect("opens");
        sql.execute_batch(STEPS[0]).and_then(|()| sql.pragma_update(None, "user_version", 1)).expect("the first step");
        sql.execute_batch(
            "INSERT INTO calls (at, office, id, connection, direction, state, missed, has_recording, seq, body)
             VALUES (1, 1, 'a', 'rt1', 'incoming', 'ended', 1, 0, 1, ''), (2, 1, 'b', 'rt1', 'incoming', 'ended', 0, 1, 2, ''),
                    (3, 2, 'a', 'rt1', 'outgoing', 'ended', 0, 0, 1, '')",
        )
        .expect("three calls");
        migrate(&sql).expect("migrates");
        let mut counts = sql.prepare("SELECT office, kind, calls FROM counts ORDER BY office, kind").expect("a table");
        let counts = counts.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).expect("reads");
        let counts: Vec<(i64, String, i64)> = counts.collect::<Result<_, _>>().expect("three columns");
        let expected = [(1, "incoming", 2), (1, "missed", 1), (1, "recording", 1), (2, "outgoing", 1)];
        assert_eq!(counts, expected.map(|(office, kind, calls)| (office, kind.to_owned(), calls)).to_vec());
    }
}
