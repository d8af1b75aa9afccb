//! What the request journal keeps of an exchange, as it is written and read.

use calls::CallId;
use link::wire::JournalVerdict;
use pbx::{JournalEntry, JournalKind, JournalOutcome, VerifyError};
use serde::{Deserialize, Serialize};
use store::{JournalRow, NewJournalRow};

/// An exchange but for what it is, when it was and with whom, which stand beside it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JournalBody {
    pub(crate) operation: String,
    #[serde(default)]
    pub(crate) target: String,
    pub(crate) status: Option<u16>,
    /// How it came out.
    #[serde(default = "unknown")]
    pub(crate) verdict: JournalVerdict,
    /// The same in words.
    pub(crate) outcome: String,
    #[serde(default)]
    pub(crate) took_ms: u64,
    pub(crate) sent: Option<String>,
    pub(crate) received: Option<String>,
    pub(crate) call: Option<CallId>,
}

/// Versions that did not write it wrote words only.
fn unknown() -> JournalVerdict {
    JournalVerdict::Done
}

impl JournalBody {
    /// What a row holds, unless another version wrote it in its own way.
    pub(crate) fn read(row: &JournalRow) -> Option<Self> {
        serde_json::from_str(&row.entry.body).ok()
    }

    /// As a row holds it.
    pub(crate) fn text(&self) -> String {
        // Plain texts and numbers always have a JSON.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// It failed or was refused.
    pub(crate) fn is_failure(&self) -> bool {
        let is_bad = match self.verdict {
            JournalVerdict::Done
            | JournalVerdict::Signed
            | JournalVerdict::Unsigned
            | JournalVerdict::AddressChecked => false,
            JournalVerdict::Refused
            | JournalVerdict::Stray
            | JournalVerdict::NotUnderstood
            | JournalVerdict::Failed => true,
        };
        is_bad || self.status.is_some_and(|status| status >= 400)
    }
}

/// An entry as it is kept: its row without a body, and its body.
pub(crate) fn of_entry(entry: JournalEntry) -> (NewJournalRow, JournalBody) {
    let kind = match entry.kind {
        JournalKind::Request => "request",
        JournalKind::Webhook => "webhook",
        JournalKind::Frame => "frame",
    };
    let body = JournalBody {
        operation: entry.operation,
        target: entry.target,
        status: entry.status,
        verdict: verdict(&entry.outcome),
        outcome: entry.outcome.to_string(),
        took_ms: u64::try_from(entry.took.as_millis()).unwrap_or(u64::MAX),
        sent: entry.sent,
        received: entry.received,
        call: entry.call,
    };
    let connection = Some(entry.connection);
    (NewJournalRow { at: entry.at, connection, kind: kind.to_owned(), body: String::new() }, body)
}

fn verdict(outcome: &JournalOutcome) -> JournalVerdict {
    match outcome {
        JournalOutcome::Done => JournalVerdict::Done,
        JournalOutcome::Signed { .. } => JournalVerdict::Signed,
        JournalOutcome::Unsigned { .. } => JournalVerdict::Unsigned,
        JournalOutcome::AddressChecked => JournalVerdict::AddressChecked,
        // What is posted to a make that posts nothing says nothing of a PBX.
        JournalOutcome::Refused(VerifyError::NoWebhooks) => JournalVerdict::Stray,
        JournalOutcome::Refused(_) => JournalVerdict::Refused,
        JournalOutcome::NotUnderstood => JournalVerdict::NotUnderstood,
        JournalOutcome::Failed(_) => JournalVerdict::Failed,
    }
}
