//! A call as it is read back.

use calls::CallId;
use rusqlite::Row;
use serde::Serialize;

use crate::error::Error;

/// A place in the list, newest first. Compares like time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cursor(pub i64);

/// A call as it was saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedCall {
    /// Its place in the list.
    pub cursor: Cursor,
    /// The office that it belongs to.
    pub office: String,
    /// Its identity.
    pub id: CallId,
    /// Place of the log entry that changed it last.
    pub seq: u64,
    /// The call, whole, as JSON.
    pub body: String,
}

/// What [`saved_call`] reads, of `calls c`.
pub(crate) const COLUMNS: &str = "c.at, (SELECT name FROM offices WHERE ordinal = c.office), c.id, c.seq, c.body";

pub(crate) fn saved_call(row: &Row<'_>) -> Result<SavedCall, Error> {
    let id: String = row.get(2)?;
    Ok(SavedCall {
        cursor: Cursor(row.get(0)?),
        office: row.get(1)?,
        id: id.parse().map_err(|_| Error::Unreadable { what: "call id", reason: "it does not fit".into() })?,
        seq: row.get::<_, i64>(3)? as u64,
        body: row.get(4)?,
    })
}

/// The word that an enum has on the wire.
pub(crate) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        // Only unit variants come here, and those are strings.
        _ => String::new(),
    }
}
