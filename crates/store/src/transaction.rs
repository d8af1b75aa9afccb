//! The transaction that writes share, as each of them sees it.

use std::{cell::RefCell, ops::Deref};

use rusqlite::Connection;

use crate::{
    error::Error,
    search::index::{self, Change},
};

/// An open write transaction with the index changes that wait for its end.
pub(crate) struct Transaction<'c> {
    connection: &'c Connection,
    queued: RefCell<Vec<Change>>,
}

impl<'c> Transaction<'c> {
    pub(crate) fn begin(connection: &'c Connection) -> Result<Self, Error> {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        Ok(Self { connection, queued: RefCell::default() })
    }

    /// Remembers a change of the search index for the commit.
    pub(crate) fn queue(&self, change: Change) {
        self.queued.borrow_mut().push(change);
    }

    /// Runs one write; if it fails, what it did is undone, and nothing else.
    pub(crate) fn part(&self, write: impl FnOnce() -> Result<(), Error>) -> Result<(), Error> {
        let queued = self.queued.borrow().len();
        self.connection.prepare_cached("SAVEPOINT part")?.execute([])?;
        let outcome = write();
        match &outcome {
            Ok(()) => {
                self.connection.prepare_cached("RELEASE part")?.execute([])?;
            }
            // SQLite has given the whole transaction up.
            Err(_) if self.connection.is_autocommit() => {}
            Err(_) => {
                self.connection.execute_batch("ROLLBACK TO part; RELEASE part")?;
                self.queued.borrow_mut().truncate(queued);
            }
        }
        outcome
    }

    pub(crate) fn commit(self) -> Result<(), Error> {
        index::apply(self.connection, self.queued.take())?;
        Ok(self.connection.execute_batch("COMMIT")?)
    }
}

impl Deref for Transaction<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        // After a commit there is none; otherwise whoever opened it has failed and says why.
        if !self.connection.is_autocommit() {
            let _ = self.connection.execute_batch("ROLLBACK");
        }
    }
}
