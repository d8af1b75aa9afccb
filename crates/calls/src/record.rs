//! A call as a database keeps it.

use jiff::Timestamp;

use crate::{
    call::{CallResult, CallState, Direction},
    id::{CallId, ConnectionId},
};

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
    /// Nobody sees it but who sees everything.
    pub for_admins: bool,
    /// Place of the log entry that changed it last.
    pub seq: u64,
    /// The call, whole, as JSON: what the other fields do not say is for the office alone to know.
    pub body: String,
}
