//! Connections that only read.

use std::{
    path::{Path, PathBuf},
    sync::{Condvar, Mutex, PoisonError},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags};

use crate::error::Error;

/// More readers at once than this wait for each other.
const MOST: usize = 8;

pub(crate) struct Pool {
    path: PathBuf,
    state: Mutex<State>,
    returned: Condvar,
}

struct State {
    idle: Vec<Connection>,
    made: usize,
}

impl Pool {
    pub(crate) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), state: Mutex::new(State { idle: Vec::new(), made: 0 }), returned: Condvar::new() }
    }

    /// Runs `read` with a connection of its own: everything in it sees one state of the database.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&Connection) -> Result<T, Error>) -> Result<T, Error> {
        let lease = self.take()?;
        let Some(connection) = lease.connection.as_ref() else { return Err(Error::Closed) };
        let transaction = connection.unchecked_transaction()?;
        let outcome = read(&transaction);
        drop(transaction);
        outcome
    }

    fn take(&self) -> Result<Lease<'_>, Error> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(connection) = state.idle.pop() {
                return Ok(Lease { pool: self, connection: Some(connection) });
            }
            if state.made < MOST {
                state.made += 1;
                drop(state);
                // From here on the lease's drop keeps the count right, also when opening fails.
                let mut lease = Lease { pool: self, connection: None };
                lease.connection = Some(open(&self.path)?);
                return Ok(lease);
            }
            state = self.returned.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

fn open(path: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.execute_batch("PRAGMA cache_size = -4000; PRAGMA temp_store = MEMORY;")?;
    Ok(connection)
}

struct Lease<'a> {
    pool: &'a Pool,
    connection: Option<Connection>,
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let mut state = self.pool.state.lock().unwrap_or_else(PoisonError::into_inner);
        match self.connection.take() {
            Some(connection) => state.idle.push(connection),
            None => state.made -= 1,
        }
        self.pool.returned.notify_one();
    }
}
