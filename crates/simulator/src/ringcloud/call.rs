//! What the PBX remembers of a call.

use jiff::Timestamp;

use crate::play::{CallKind, EndReason};
use crate::script::Topic;

/// A call, during and after it.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) kind: CallKind,
    /// The customer's number without a plus; empty where it is hidden, or between colleagues.
    pub(super) customer: String,
    /// The office's number without a plus.
    pub(super) line: String,
    /// The extension that placed it; empty for an incoming one.
    pub(super) caller: String,
    /// The extension that a colleague calls.
    pub(super) called: String,
    /// It stood in the menu first, so it is the office's number that was called.
    pub(super) in_menu: bool,
    pub(super) began: Timestamp,
    /// When the number of a click-to-call was dialled.
    pub(super) dialled: Option<Timestamp>,
    pub(super) ended: Option<Timestamp>,
    /// Who talked with the customer, the last of them; empty where nobody did.
    pub(super) answered_by: String,
    /// Why it came to nothing, where nobody answered.
    pub(super) unmet: Option<EndReason>,
    /// The phones that rang.
    pub(super) phones: Vec<Phone>,
    pub(super) recording: Option<Recording>,
}

/// A phone that rang for an incoming call.
#[derive(Debug, Clone)]
pub(super) struct Phone {
    pub(super) extension: String,
    pub(super) rang: Timestamp,
    pub(super) left: Option<(Timestamp, EndReason)>,
    pub(super) answered: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Recording {
    pub(super) topic: Topic,
    /// The user whose recording it is.
    pub(super) user: String,
    pub(super) file: String,
    /// From when on it can be fetched.
    pub(super) ready: Timestamp,
}

impl Call {
    /// `incoming`, `outgoing` or `internal`.
    pub(super) fn direction(&self) -> &'static str {
        match self.kind {
            CallKind::Incoming => "incoming",
            CallKind::Outgoing | CallKind::Callback => "outgoing",
            CallKind::Internal => "internal",
        }
    }

    /// How it ended, in the vendor's words.
    pub(super) fn disposition(&self) -> &'static str {
        if self.answered_by.is_empty() { disposition(self.unmet) } else { "ANSWERED" }
    }

    pub(super) fn is_answered(&self) -> bool {
        !self.answered_by.is_empty()
    }
}

/// The word for a call that nobody answered.
pub(super) fn disposition(why: Option<EndReason>) -> &'static str {
    match why {
        Some(EndReason::Busy | EndReason::Refused) => "BUSY",
        Some(EndReason::Unreachable) => "FAILED",
        Some(
            EndReason::AgentHungUp
            | EndReason::CustomerHungUp
            | EndReason::NoAnswer
            | EndReason::AnsweredElsewhere
            | EndReason::Transferred
            | EndReason::ColleagueHungUp,
        )
        | None => "NO ANSWER",
    }
}
