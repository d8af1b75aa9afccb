//! Connections that only read.

use std::{
    path::{Path, PathBuf},
    sync::{Condvar, Mutex, PoisonError},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags};

use crate::{error::Error, open::Memory};

/// Who reads. Each has connections of its own, so that none of them waits for the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readers {
    /// Lists, searches and whatever else people and programs ask for.
    Lists,
    /// What folds the log into calls.
    Keeper,
}

/// Reading connections of one purpose, made when they are first needed.
pub(crate) struct Pool {
    path: PathBuf,
    /// More readers at once than this wait for each other.
    most: usize,
    cache_kib: u32,
    state: Mutex<State>,
    returned: Condvar,
}

struct State {
    idle: Vec<Idle>,
    made: usize,
}

struct Idle {
    connection: Connection,
    /// It was used since [`Pool::close_unused`] looked last.
    used: bool,
}

impl Pool {
    pub(crate) fn new(path: &Path, readers: Readers, memory: Memory) -> Self {
        let most = match (readers, memory) {
            (Readers::Lists, Memory::Server) => 6,
            (Readers::Keeper, Memory::Server) | (Readers::Lists, Memory::Desk) => 2,
            (Readers::Keeper, Memory::Desk) => 1,
        };
        let state = Mutex::new(State { idle: Vec::new(), made: 0 });
        Self { path: path.to_owned(), most, cache_kib: memory.reader_kib(), state, returned: Condvar::new() }
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

    /// Closes the connections that nobody used since this was called last: their caches are memory that nobody needs.
    pub(crate) fn close_unused(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let before = state.idle.len();
        state.idle.retain_mut(|idle| std::mem::take(&mut idle.used));
        state.made -= before - state.idle.len();
    }

    fn take(&self) -> Result<Lease<'_>, Error> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(idle) = state.idle.pop() {
                return Ok(Lease { pool: self, connection: Some(idle.connection) });
            }
            if state.made < self.most {
                state.made += 1;
                drop(state);
                // From here on the lease's drop keeps the count right, also when opening fails.
                let mut lease = Lease { pool: self, connection: None };
                lease.connection = Some(self.open()?);
                return Ok(lease);
            }
            state = self.returned.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn open(&self) -> Result<Connection, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.set_prepared_statement_cache_capacity(64);
        connection.execute_batch(&format!("PRAGMA cache_size = -{}; PRAGMA temp_store = MEMORY;", self.cache_kib))?;
        Ok(connection)
    }
}

struct Lease<'a> {
    pool: &'a Pool,
    connection: Option<Connection>,
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let mut state = self.pool.state.lock().unwrap_or_else(PoisonError::into_inner);
        match self.connection.take() {
            Some(connection) => state.idle.push(Idle { connection, used: true }),
            None => state.made -= 1,
        }
        self.pool.returned.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(connection: &Connection) -> Result<i64, Error> {
        Ok(connection.query_row("SELECT 1", [], |row| row.get(0))?)
    }

    #[test]
    fn a_connection_that_nobody_used_for_a_while_is_closed_and_made_again_when_needed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("db");
        Connection::open(&path).and_then(|made| made.execute_batch("CREATE TABLE t (a)")).expect("made");
        let pool = Pool::new(&path, Readers::Lists, Memory::Desk);
        let idle = || pool.state.lock().expect("not poisoned").idle.len();
        assert_eq!(pool.read(ask), Ok(1));
        pool.close_unused();
        assert_eq!(idle(), 1, "it was used a moment ago");
        pool.close_unused();
        assert_eq!(idle(), 0);
        for _ in 0..3 {
            let both = pool.read(|one| Ok(ask(one)? + pool.read(ask)?));
            assert_eq!(both, Ok(2), "as many as before may be made again");
        }
    }
}
