//! The request journal: what was said to a PBX and by it, with everything secret taken out.

use std::time::Duration;

use calls::{CallId, ConnectionId, Effect, VendorEvent};
use jiff::Timestamp;

/// The operation of an entry about a test of our address, which anybody may send.
pub const ADDRESS_CHECK: &str = "address check";

/// What an entry says of a message that is kept as an event of unknown meaning.
pub(crate) const NOT_UNDERSTOOD: &str = "not understood; kept as it came";

/// Whether all of these events say something of a call.
pub(crate) fn is_understood<'a>(events: impl IntoIterator<Item = &'a VendorEvent>) -> bool {
    let is_unknown = |effect: &Effect| matches!(effect, Effect::Unknown { .. });
    !events.into_iter().any(|event| event.effects.iter().any(is_unknown))
}

/// Where the driver's entries go.
pub trait Journal: Send + Sync {
    /// Takes an entry. Must not block.
    fn record(&self, entry: JournalEntry);
}

/// What an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JournalKind {
    /// Our request to the PBX and its answer.
    Request,
    /// A webhook from the PBX.
    Webhook,
    /// A frame over the PBX's socket.
    Frame,
}

/// One exchange with a PBX. Bodies are redacted: no secret, no signature, no link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalEntry {
    /// When it began.
    pub at: Timestamp,
    /// Which connection.
    pub connection: ConnectionId,
    /// What it is about.
    pub kind: JournalKind,
    /// The operation's or message's name.
    pub operation: String,
    /// Host and path without query; the vendor's own path for a webhook.
    pub target: String,
    /// HTTP status, where there was one.
    pub status: Option<u16>,
    /// `ok`, or what went wrong.
    pub outcome: String,
    /// How long it took.
    pub took: Duration,
    /// What we sent, redacted.
    pub sent: Option<String>,
    /// What came, redacted.
    pub received: Option<String>,
    /// The first call that it told of.
    pub call: Option<CallId>,
}

impl JournalEntry {
    /// An entry that says no more than this yet: all went well, at once, and nothing is kept of what was said.
    pub(crate) fn new(
        at: Timestamp,
        connection: &ConnectionId,
        kind: JournalKind,
        operation: impl Into<String>,
        target: impl Into<String>,
    ) -> Self {
        Self {
            at,
            connection: connection.clone(),
            kind,
            operation: operation.into(),
            target: target.into(),
            status: None,
            outcome: "ok".to_owned(),
            took: Duration::ZERO,
            sent: None,
            received: None,
            call: None,
        }
    }
}

/// Keeps nothing, for programs and tests without a journal.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoJournal;

impl Journal for NoJournal {
    fn record(&self, _entry: JournalEntry) {}
}
