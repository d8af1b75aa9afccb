//! The request journal: what was said to a PBX and by it, with everything secret taken out.

use std::{fmt, time::Duration};

use calls::{CallId, ConnectionId, Effect, VendorEvent};
use jiff::Timestamp;

use crate::{
    error::{Error, ErrorKind},
    request::Request,
    webhook::{VerifyError, WebhookRequest},
    wire_form::WireForm,
};

/// The operation of an entry about a test of our address, which anybody may send.
pub(crate) const ADDRESS_CHECK: &str = "address check";

/// What an entry says of a message that is kept as an event of unknown meaning.
const NOT_UNDERSTOOD: &str = "not understood; kept as it came";

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

/// How an exchange came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JournalOutcome {
    /// Our request was answered, or a frame was taken.
    Done,
    /// A webhook whose signature was checked.
    Signed {
        /// Everything in it has a meaning here.
        understood: bool,
    },
    /// A webhook that is believed without a signature, since the settings say so.
    Unsigned {
        /// Everything in it has a meaning here.
        understood: bool,
    },
    /// A test of our address, which anybody may send, was answered.
    AddressChecked,
    /// A webhook that nobody vouches for was refused.
    Refused(VerifyError),
    /// An answer or a frame that is kept as an event of unknown meaning.
    NotUnderstood,
    /// Something went wrong.
    Failed {
        /// What happened.
        kind: ErrorKind,
        /// The same in words.
        words: String,
    },
}

impl JournalOutcome {
    /// How our request came out.
    pub(crate) fn of<T>(result: &Result<T, Error>) -> Self {
        result.as_ref().map_or_else(Self::failed, |_| Self::Done)
    }

    /// What went wrong.
    pub(crate) fn failed(error: &Error) -> Self {
        Self::Failed { kind: error.kind(), words: error.to_string() }
    }
}

impl fmt::Display for JournalOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (authentic, understood) = match self {
            Self::Done => return f.write_str("ok"),
            Self::AddressChecked => return f.write_str("answered"),
            Self::Refused(error) => return error.fmt(f),
            Self::NotUnderstood => return f.write_str(NOT_UNDERSTOOD),
            Self::Failed { words, .. } => return f.write_str(words),
            Self::Signed { understood } => ("valid", *understood),
            Self::Unsigned { understood } => ("believed without a signature", *understood),
        };
        if understood { f.write_str(authentic) } else { write!(f, "{authentic}, {NOT_UNDERSTOOD}") }
    }
}

/// An exchange as it was, from which it can be had again. It holds what is secret: kept in memory alone.
#[derive(Debug, Clone)]
pub enum Original {
    /// A webhook.
    Webhook {
        /// Byte for byte.
        request: WebhookRequest,
        /// What it was understood to tell.
        told: Vec<VendorEvent>,
    },
    /// A question of ours, not signed yet.
    Question(Box<Request>),
}

/// One exchange with a PBX. Bodies are redacted: no secret, no signature, no link.
#[derive(Debug, Clone)]
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
    /// How it came out.
    pub outcome: JournalOutcome,
    /// How long it took.
    pub took: Duration,
    /// What we sent, redacted.
    pub sent: Option<String>,
    /// What came, redacted.
    pub received: Option<String>,
    /// The first call that it told of.
    pub call: Option<CallId>,
    /// How it was said over HTTP; none for a frame.
    pub form: Option<WireForm>,
    /// A webhook that came over plain HTTP.
    pub plain: bool,
    /// Our request changes nothing at the PBX; none where it is no request of ours.
    pub asks: Option<bool>,
    /// What the exchange can be had again from.
    pub original: Option<Original>,
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
            outcome: JournalOutcome::Done,
            took: Duration::ZERO,
            sent: None,
            received: None,
            call: None,
            form: None,
            plain: false,
            asks: None,
            original: None,
        }
    }
}

/// Keeps nothing, for programs and tests without a journal.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoJournal;

impl Journal for NoJournal {
    fn record(&self, _entry: JournalEntry) {}
}

/// The vendor's words for what one message tells, each once in the order of the message, with its count where that is not 1.
pub(crate) fn kinds<'a>(told: impl Iterator<Item = &'a str>) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for kind in told {
        match counts.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => *count += 1,
            None => counts.push((kind, 1)),
        }
    }
    let words = |(kind, count): (&str, usize)| if count == 1 { kind.to_owned() } else { format!("{kind} ×{count}") };
    counts.into_iter().map(words).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_many_events_names_each_kind_once_with_its_count() {
        let of = |told: &[&str]| kinds(told.iter().copied());
        assert_eq!(of(&["CALL_TRACKING", "CALL_TRACKING", "CALL_TRACKING"]), "CALL_TRACKING ×3");
        assert_eq!(of(&["new"]), "new");
        assert_eq!(of(&["calling", "new", "calling"]), "calling ×2 new");
        assert_eq!(of(&[]), "");
    }
}
