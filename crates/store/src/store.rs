//! The open database.

use std::{
    fmt,
    fs::File,
    path::{Path, PathBuf},
    sync::Arc,
};

use rusqlite::Connection;

use crate::{
    error::Error,
    open::{self, Opened, Options, Role},
    pool::Pool,
    transaction::Transaction,
    write::Write,
    writer::Writer,
};

/// An open database. Clones share it; it is closed in order when the last one goes.
#[derive(Clone)]
pub struct Store(Arc<Shared>);

struct Shared {
    path: PathBuf,
    opened: Opened,
    epoch: String,
    pool: Pool,
    writer: Writer,
    _lock: Option<File>,
}

impl Store {
    /// Opens the database in this folder; its owner makes what is missing.
    pub fn open_in(folder: &Path, options: Options) -> Result<Self, Error> {
        let found = open::open(folder, &options)?;
        let epoch = found.connection.query_row("SELECT value FROM meta WHERE key = 'epoch'", [], |row| row.get(0))?;
        let path = found.path.clone();
        let pool = Pool::new(&found.path);
        let owner = options.role == Role::Owner;
        let writer = Writer::start(
            found.connection,
            move || open::flag_damage(&path),
            move |connection| {
                if owner {
                    open::mark_clean(connection);
                }
            },
        )
        .map_err(|error| Error::io(&found.path, &error))?;
        Ok(Self(Arc::new(Shared { path: found.path, opened: found.opened, epoch, pool, writer, _lock: found.lock })))
    }

    /// In what state the data were found.
    pub fn opened(&self) -> &Opened {
        &self.0.opened
    }

    /// Random, made with the database: a cursor into another log than this one shows by it.
    pub fn epoch(&self) -> &str {
        &self.0.epoch
    }

    /// The folder that it lies in.
    pub(crate) fn folder(&self) -> &Path {
        self.0.path.parent().unwrap_or(&self.0.path)
    }

    /// Does what was asked until now, notes an orderly end. Later writes are answered [`Error::Closed`]; the folder
    /// is free for another owner once every clone is gone.
    pub fn close(self) {
        self.0.writer.stop();
    }

    pub(crate) fn write<T: Send + 'static>(
        &self,
        operation: impl FnOnce(&Transaction<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Write<T> {
        Write::new(self.0.writer.queue(), operation)
    }

    pub(crate) fn read<T>(&self, read: impl FnOnce(&Connection) -> Result<T, Error>) -> Result<T, Error> {
        let outcome = self.0.pool.read(read);
        if matches!(outcome, Err(Error::Damaged)) {
            open::flag_damage(&self.0.path);
        }
        outcome
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("opened", &self.0.opened).finish_non_exhaustive()
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.writer.stop();
    }
}
