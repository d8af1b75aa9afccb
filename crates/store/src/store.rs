//! The open database.

use std::{
    fmt,
    fs::File,
    path::{Path, PathBuf},
    sync::Arc,
};

use rusqlite::Connection;

use crate::{
    blocking,
    error::Error,
    open::{self, Access, Opened, Options},
    pool::{Pool, Readers},
    random::Random,
    transaction::Transaction,
    write::Write,
    writer::{Chores, Writer},
};

/// An open database. Clones share it; it is closed in order when the last one goes.
///
/// Reading blocks: async code reads by [`Store::reading`], or on another thread that may wait. Writing blocks nobody: [`Write`].
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
    readers: Readers,
}

struct Shared {
    path: PathBuf,
    opened: Opened,
    epoch: String,
    random: Arc<dyn Random>,
    lists: Arc<Pool>,
    keeper: Arc<Pool>,
    writer: Writer,
    _lock: Option<File>,
}

impl Store {
    /// Opens the database in this folder; its owner makes what is missing.
    pub fn open_in(folder: &Path, options: Options) -> Result<Self, Error> {
        let found = open::open(folder, &options)?;
        let epoch = found.connection.query_row("SELECT value FROM meta WHERE key = 'epoch'", [], |row| row.get(0))?;
        let path = found.path.clone();
        let pool = |readers| Arc::new(Pool::new(&found.path, readers, options.memory));
        let (lists, keeper) = (pool(Readers::Lists), pool(Readers::Keeper));
        let (unused_lists, unused_keeper) = (Arc::clone(&lists), Arc::clone(&keeper));
        let owner = options.access == Access::Owner;
        let chores = Chores {
            damaged: Box::new(move || open::flag_damage(&path)),
            idle: Box::new(move || {
                unused_lists.close_unused();
                unused_keeper.close_unused();
            }),
            end: Box::new(move |connection| {
                if owner {
                    open::mark_clean(connection);
                }
            }),
        };
        let writer = Writer::start(found.connection, options.durability, chores)
            .map_err(|error| Error::io(&found.path, &error))?;
        let (path, opened, random) = (found.path, found.opened, options.random);
        let shared = Arc::new(Shared { path, opened, epoch, random, lists, keeper, writer, _lock: found.lock });
        Ok(Self { shared, readers: Readers::Lists })
    }

    /// Whether there is a database in this folder.
    pub fn exists_in(folder: &Path) -> bool {
        open::database_in(folder).is_file()
    }

    /// The same database for what folds the log: it reads over connections of its own, so that it never waits for lists.
    pub fn for_keeper(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), readers: Readers::Keeper }
    }

    /// In what state the data were found.
    pub fn opened(&self) -> &Opened {
        &self.shared.opened
    }

    /// Random, made with the database: a cursor into another log than this one shows by it.
    pub fn epoch(&self) -> &str {
        &self.shared.epoch
    }

    /// The randomness that it was opened with.
    pub fn random(&self) -> Arc<dyn Random> {
        Arc::clone(&self.shared.random)
    }

    /// The folder that it lies in.
    pub(crate) fn folder(&self) -> &Path {
        self.shared.path.parent().unwrap_or(&self.shared.path)
    }

    /// Does what was asked until now, notes an orderly end. Later writes are answered [`Error::Closed`]; the folder
    /// is free for another owner once every clone is gone.
    pub fn close(self) {
        self.shared.writer.stop();
    }

    /// Reads on a thread that may wait for the disk, so that the tasks of the runtime go on meanwhile.
    pub async fn reading<T, E>(&self, read: impl FnOnce(&Self) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let store = self.clone();
        tokio::task::spawn_blocking(move || read(&store)).await.unwrap_or_else(|_| Err(Error::Closed.into()))
    }

    pub(crate) fn write<T: Send + 'static>(
        &self,
        operation: impl FnOnce(&Transaction<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Write<T> {
        Write::new(self.shared.writer.queue(), operation)
    }

    pub(crate) fn read<T>(&self, read: impl FnOnce(&Connection) -> Result<T, Error>) -> Result<T, Error> {
        blocking::check();
        let pool = match self.readers {
            Readers::Lists => &self.shared.lists,
            Readers::Keeper => &self.shared.keeper,
        };
        let outcome = pool.read(read);
        if matches!(outcome, Err(Error::Damaged)) {
            open::flag_damage(&self.shared.path);
        }
        outcome
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("opened", &self.shared.opened).finish_non_exhaustive()
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.writer.stop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemRandom;

    #[test]
    fn a_desk_waits_for_the_disk_only_with_what_a_person_wrote() {
        let folder = tempfile::tempdir().expect("a folder");
        let synchronous = |sql: &Transaction<'_>| Ok(sql.query_row("PRAGMA synchronous", [], |row| row.get(0))?);
        let (normal, full) = (1_i64, 2_i64);
        let desk = Store::open_in(folder.path(), Options::desk("x", SystemRandom)).expect("opens");
        assert_eq!(desk.write(synchronous).wait(), Ok(normal));
        assert_eq!(desk.write(synchronous).durable().wait(), Ok(full));
        assert_eq!(desk.write(synchronous).wait(), Ok(normal), "the next one does not wait");
        desk.close();
        let server = Store::open_in(folder.path(), Options::owner("x", SystemRandom)).expect("opens");
        assert_eq!(server.write(synchronous).wait(), Ok(full));
    }
}
