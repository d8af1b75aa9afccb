//! A small file beside the database that remembers how long its log was: a copy that was put back is shorter.

use std::path::Path;

use rusqlite::Connection;

use crate::{error::Error, log, store::Store};

const WITNESS: &str = "trubka.head";

impl Store {
    /// Remembers beside the database how far its log is. Blocks for a small file.
    pub fn witness_head(&self) -> Result<(), Error> {
        let line = format!("{} {}", self.epoch(), self.head_seq()?);
        let path = self.folder().join(WITNESS);
        let new = path.with_extension("head-new");
        std::fs::write(&new, line).map_err(|error| Error::io(&new, &error))?;
        std::fs::rename(&new, &path).map_err(|error| Error::io(&path, &error))
    }
}

/// Whether the log of this very epoch was longer once. A file that cannot be read tells nothing.
pub(crate) fn tells_more(folder: &Path, connection: &Connection) -> Result<bool, Error> {
    let Ok(line) = std::fs::read_to_string(folder.join(WITNESS)) else { return Ok(false) };
    let Some((epoch, head)) = line.split_once(' ') else { return Ok(false) };
    let known: String = connection.query_row("SELECT value FROM meta WHERE key = 'epoch'", [], |row| row.get(0))?;
    let Ok(head) = head.parse::<u64>() else { return Ok(false) };
    Ok(epoch == known && log::head(connection)? < head)
}
