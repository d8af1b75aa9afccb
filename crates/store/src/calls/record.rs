//! One call as it is written and as it is read back.

use calls::{CallId, CallResult, CallState, ConnectionId, Direction};
use jiff::Timestamp;
use rusqlite::Row;
use serde::Serialize;

use super::audience::{Audience, Scope};
use crate::error::Error;

/// A call as its office shows it, with what lists, filters and search need of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRecord {
    /// Its identity.
    pub id: CallId,
    /// The connection that told of it.
    pub connection: ConnectionId,
    /// Who called whom.
    pub direction: Direction,
    /// Where it stands.
    pub state: CallState,
    /// How it went, once ended.
    pub result: Option<CallResult>,
    /// E.164, or the vendor's text.
    pub customer_number: Option<String>,
    /// Name that search finds.
    pub customer_name: Option<String>,
    /// Number or queue that was called.
    pub line: Option<String>,
    /// Extensions of the people of the office in it.
    pub agents: Vec<String>,
    /// Groups whose line was called.
    pub groups: Vec<String>,
    /// When it began.
    pub started_at: Timestamp,
    /// How long somebody talked with the customer.
    pub talk_ms: i64,
    /// There is, or will be, a recording.
    pub has_recording: bool,
    /// Only in the menu or a queue.
    pub in_menu: bool,
    /// Not over yet.
    pub open: bool,
    /// Place of the log entry that changed it last.
    pub seq: u64,
    /// The call, whole, as JSON: what the other fields do not say is for the office alone to know.
    pub body: String,
}

impl CallRecord {
    /// Who may see it besides those who see everything.
    pub fn audience(&self) -> Audience {
        let agents = self.agents.iter().map(|agent| Scope::Extension(self.connection.clone(), agent.clone()));
        agents.chain(self.groups.iter().cloned().map(Scope::Group)).collect()
    }
}

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
