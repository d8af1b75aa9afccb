//! What can go wrong in the store.

use std::path::PathBuf;

use rusqlite::ffi;

/// Why the store did not do what was asked. Cloned to everybody whose write shared a failed commit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The disk is full; nothing of this write was stored. Later writes work again once there is space.
    #[error("the disk is full: free some space, nothing was stored")]
    Full,
    /// The file is not a database any more. It is set aside at the next start.
    #[error("the database file is damaged: restart, it will be set aside and a new one started")]
    Damaged,
    /// The database was written by a newer version of the program.
    #[error("the database has schema {found}, this version knows up to {known}: install the newer version")]
    NewerSchema {
        /// Schema of the file.
        found: i64,
        /// Newest schema that this program knows.
        known: i64,
    },
    /// A log entry was written by a newer version of the program.
    #[error("log entry {seq} has version {found}, this version knows up to {known}: install the newer version")]
    NewerEntry {
        /// Which entry.
        seq: u64,
        /// Version of the entry.
        found: u16,
        /// Newest version that this program knows.
        known: u16,
    },
    /// Another process owns this database.
    #[error("another running program uses this data folder: close it, or choose another folder")]
    InUse,
    /// A file or folder could not be used.
    #[error("cannot use {path}: {reason}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why, in the system's words.
        reason: String,
    },
    /// A stored text does not read as what it must be.
    #[error("a stored {what} cannot be read: {reason}")]
    Unreadable {
        /// What it should be.
        what: &'static str,
        /// Why not.
        reason: String,
    },
    /// The store was closed before the write was done.
    #[error("the store is closed")]
    Closed,
    /// Anything else that SQLite says.
    #[error("the database refused: {0}")]
    Sqlite(String),
}

/// Kind of an [`Error`], for those who only branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// No space: may be tried again when there is some.
    Full,
    /// The data cannot be used by this program as they are.
    Unusable,
    /// Another process has them.
    InUse,
    /// The system refused a file or a folder.
    Io,
    /// A fault of ours.
    Internal,
}

impl Error {
    /// What kind of trouble this is.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Full => ErrorKind::Full,
            Self::Damaged | Self::NewerSchema { .. } | Self::NewerEntry { .. } | Self::Unreadable { .. } => {
                ErrorKind::Unusable
            }
            Self::InUse => ErrorKind::InUse,
            Self::Io { .. } => ErrorKind::Io,
            Self::Closed | Self::Sqlite(_) => ErrorKind::Internal,
        }
    }

    pub(crate) fn io(path: &std::path::Path, error: &std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::StorageFull {
            return Self::Full;
        }
        Self::Io { path: path.to_owned(), reason: error.to_string() }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        let Some(code) = error.sqlite_error().map(|e| e.extended_code) else {
            return Self::Sqlite(error.to_string());
        };
        match code & 0xff {
            ffi::SQLITE_FULL => Self::Full,
            ffi::SQLITE_CORRUPT | ffi::SQLITE_NOTADB => Self::Damaged,
            // The text of a constraint names tables and columns only; a bound value is never part of it.
            _ => Self::Sqlite(error.to_string()),
        }
    }
}
