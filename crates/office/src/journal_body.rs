//! What the request journal keeps of an exchange, as it is written and read.

use calls::CallId;
use link::wire::{JournalReason, JournalVerdict};
use pbx::{ErrorKind, JournalEntry, JournalKind, JournalOutcome, VerifyError, WireForm};
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
    pub(crate) verdict: JournalVerdict,
    /// The same in words.
    pub(crate) outcome: String,
    #[serde(default)]
    pub(crate) took_ms: u64,
    pub(crate) sent: Option<String>,
    pub(crate) received: Option<String>,
    pub(crate) call: Option<CallId>,
    /// It came over plain HTTP.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) plain: bool,
    /// Why it failed, where that is known.
    #[serde(default)]
    pub(crate) reason: Option<JournalReason>,
    /// How it was said over HTTP; none for a frame, and of versions before.
    #[serde(default)]
    pub(crate) form: Option<WireForm>,
    /// Our request changes nothing at the PBX; none where it is no request of ours, and of versions before.
    #[serde(default)]
    pub(crate) asks: Option<bool>,
}

/// A body as versions before wrote it: how it came out stands in its words alone.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Former {
    verdict: Option<JournalVerdict>,
    outcome: String,
}

impl Former {
    /// Gives the body a verdict and the words without it.
    fn complete(self, body: &mut serde_json::Value) {
        if self.verdict.is_some() {
            return;
        }
        let begins = |with: &str| self.outcome.starts_with(with);
        let verdict = match () {
            () if begins("refused: this PBX sends no webhooks") => JournalVerdict::Stray,
            () if begins("refused: ") => JournalVerdict::Refused,
            () if begins("ok") => JournalVerdict::Done,
            () if begins("answered") => JournalVerdict::AddressChecked,
            () if begins("valid") => JournalVerdict::Signed,
            () if begins("believed") => JournalVerdict::Unsigned,
            () => JournalVerdict::Failed,
        };
        body["verdict"] = serde_json::json!(verdict);
        body["outcome"] = self.outcome.strip_prefix("refused: ").unwrap_or(&self.outcome).into();
    }
}

impl JournalBody {
    /// What a row holds, unless another version wrote it in its own way.
    pub(crate) fn read(row: &JournalRow) -> Option<Self> {
        let mut body: serde_json::Value = serde_json::from_str(&row.entry.body).ok()?;
        Former::deserialize(&body).ok()?.complete(&mut body);
        serde_json::from_value(body).ok()
    }

    /// As a row holds it.
    pub(crate) fn text(&self) -> String {
        // Plain texts and numbers always have a JSON.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Why it failed: as it was noted, or as its status says.
    pub(crate) fn reason(&self, is_incoming: bool) -> Option<JournalReason> {
        self.reason.or_else(|| of_status(self.status?, is_incoming))
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
        reason: reason(&entry.outcome),
        form: entry.form,
        asks: entry.asks,
        operation: entry.operation,
        target: entry.target,
        status: entry.status,
        verdict: verdict(&entry.outcome),
        outcome: entry.outcome.to_string(),
        took_ms: u64::try_from(entry.took.as_millis()).unwrap_or(u64::MAX),
        sent: entry.sent,
        received: entry.received,
        call: entry.call,
        plain: entry.plain,
    };
    let connection = Some(entry.connection);
    (NewJournalRow { at: entry.at, connection, kind: kind.to_owned(), body: String::new() }, body)
}

pub(crate) fn reason(outcome: &JournalOutcome) -> Option<JournalReason> {
    match outcome {
        JournalOutcome::Done
        | JournalOutcome::Signed { .. }
        | JournalOutcome::Unsigned { .. }
        | JournalOutcome::AddressChecked => None,
        JournalOutcome::Refused(error) => Some(refusal(error)),
        JournalOutcome::NotUnderstood => Some(JournalReason::NotUnderstood),
        JournalOutcome::Failed { kind, .. } => Some(failure(*kind)),
    }
}

/// Why a webhook is refused.
pub(crate) fn refusal(error: &VerifyError) -> JournalReason {
    match error {
        VerifyError::Missing(_) | VerifyError::MissingField(_) => JournalReason::NoSignature,
        VerifyError::Repeated(_) | VerifyError::RepeatedField => JournalReason::GivenTwice,
        VerifyError::NotAForm => JournalReason::NotAForm,
        VerifyError::Malformed(_) => JournalReason::SignatureMalformed,
        VerifyError::Mismatch => JournalReason::SignatureWrong,
        VerifyError::OtherAccount(_) => JournalReason::OtherAccount,
        VerifyError::NoWebhooks => JournalReason::NoWebhooks,
    }
}

/// What the journal calls something that went wrong.
pub(crate) fn failure(kind: ErrorKind) -> JournalReason {
    match kind {
        ErrorKind::Unauthorized => JournalReason::Unauthorized,
        ErrorKind::Forbidden => JournalReason::Forbidden,
        ErrorKind::InvalidRequest { .. } => JournalReason::InvalidRequest,
        ErrorKind::NotFound => JournalReason::NotFound,
        ErrorKind::Conflict => JournalReason::Conflict,
        ErrorKind::RateLimited { .. } => JournalReason::RateLimited,
        ErrorKind::Timeout => JournalReason::Timeout,
        ErrorKind::Transport => JournalReason::Unreachable,
        ErrorKind::Refused => JournalReason::NotTrusted,
        ErrorKind::Unsupported => JournalReason::Unsupported,
        ErrorKind::Protocol => JournalReason::NotUnderstood,
        ErrorKind::Internal => JournalReason::PbxFailed,
        ErrorKind::NotReady => JournalReason::NotReady,
        ErrorKind::Gone => JournalReason::Gone,
        ErrorKind::NotAudio => JournalReason::NotAudio,
        ErrorKind::TooLarge => JournalReason::TooLarge,
        ErrorKind::Stopped => JournalReason::Stopped,
    }
}

/// What the status of an answer says went wrong: the PBX's to our request, or ours to a webhook.
pub(crate) fn of_status(status: u16, is_ours: bool) -> Option<JournalReason> {
    match status {
        0..=399 => None,
        500.. if is_ours => Some(JournalReason::NotStored),
        500.. => Some(JournalReason::PbxFailed),
        _ if is_ours => None,
        401 => Some(JournalReason::Unauthorized),
        403 => Some(JournalReason::Forbidden),
        404 => Some(JournalReason::NotFound),
        409 => Some(JournalReason::Conflict),
        410 => Some(JournalReason::Gone),
        429 => Some(JournalReason::RateLimited),
        _ => Some(JournalReason::InvalidRequest),
    }
}

pub(crate) fn verdict(outcome: &JournalOutcome) -> JournalVerdict {
    match outcome {
        JournalOutcome::Done => JournalVerdict::Done,
        JournalOutcome::Signed { .. } => JournalVerdict::Signed,
        JournalOutcome::Unsigned { .. } => JournalVerdict::Unsigned,
        JournalOutcome::AddressChecked => JournalVerdict::AddressChecked,
        // What is posted to a make that posts nothing says nothing of a PBX.
        JournalOutcome::Refused(VerifyError::NoWebhooks) => JournalVerdict::Stray,
        JournalOutcome::Refused(_) => JournalVerdict::Refused,
        JournalOutcome::NotUnderstood => JournalVerdict::NotUnderstood,
        JournalOutcome::Failed { .. } => JournalVerdict::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_versions_before_have_their_verdict_from_their_words() {
        let read = |outcome: &str| {
            let body =
                serde_json::json!({"operation": "x", "target": "", "status": null, "outcome": outcome}).to_string();
            let entry =
                NewJournalRow { at: jiff::Timestamp::UNIX_EPOCH, connection: None, kind: "webhook".into(), body };
            let body = JournalBody::read(&JournalRow { id: 1, entry }).expect("is read");
            (body.verdict, body.is_failure(), body.outcome)
        };
        for (outcome, verdict, fails, words) in [
            ("refused: no signature", JournalVerdict::Refused, true, "no signature"),
            (
                "valid, not understood; kept as it came",
                JournalVerdict::Signed,
                false,
                "valid, not understood; kept as it came",
            ),
            ("believed without a signature", JournalVerdict::Unsigned, false, "believed without a signature"),
            ("ok", JournalVerdict::Done, false, "ok"),
            ("the server cannot be reached", JournalVerdict::Failed, true, "the server cannot be reached"),
        ] {
            assert_eq!(read(outcome), (verdict, fails, words.to_owned()));
        }
        let stray = format!("refused: {}", VerifyError::NoWebhooks);
        assert_eq!(read(&stray).0, JournalVerdict::Stray);
    }
}
