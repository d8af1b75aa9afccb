//! What a connection test found out.

use std::time::Duration;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::{
    error::{Error, ErrorKind},
    request::Request,
};

/// A read that needs a right of its own.
#[derive(Debug, Clone)]
pub struct RightProbe {
    /// What it lets do, for "the key lacks the right to …".
    pub right: &'static str,
    /// Without it the connection is of no use.
    pub is_needed: bool,
    /// What shows whether the key has it; its answer goes to [`crate::Pbx::read_check`].
    pub request: Request,
}

/// The finding, as a code that screens branch on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CheckReason {
    /// The PBX answered and accepted the credentials.
    Works,
    /// The PBX does not accept the credentials.
    WrongCredentials,
    /// The PBX does not admit this address, or the service is switched off.
    NotAdmitted,
    /// Nobody answers at the address.
    Unreachable,
    /// No answer in time.
    TimedOut,
    /// The server's certificate is not trusted, or the address is not allowed.
    NotTrusted,
    /// Too many requests just now.
    Busy,
    /// Something answers that does not speak this make's protocol.
    NotThisPbx,
    /// The PBX failed inside.
    PbxFailed,
}

/// What a connection test found out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckReport {
    /// Whether the connection can be used.
    pub ok: bool,
    /// The finding.
    pub reason: CheckReason,
    /// The finding in words, with what to do.
    pub detail: String,
    /// How long the PBX took.
    pub took: Duration,
    /// When the PBX will listen again, where it said so ([`CheckReason::Busy`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<Duration>,
    /// How far the PBX's clock is ahead of ours, where it told its time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_ahead: Option<SignedDuration>,
}

impl CheckReason {
    /// The finding that an error amounts to.
    pub fn of(error: &Error) -> Self {
        match error.kind() {
            ErrorKind::Unauthorized => Self::WrongCredentials,
            ErrorKind::Forbidden => Self::NotAdmitted,
            ErrorKind::RateLimited { .. } => Self::Busy,
            ErrorKind::Timeout => Self::TimedOut,
            ErrorKind::Transport | ErrorKind::Stopped => Self::Unreachable,
            ErrorKind::Refused => Self::NotTrusted,
            ErrorKind::Internal => Self::PbxFailed,
            ErrorKind::InvalidRequest { .. }
            | ErrorKind::NotFound
            | ErrorKind::Conflict
            | ErrorKind::Unsupported
            | ErrorKind::Protocol
            | ErrorKind::NotReady
            | ErrorKind::Gone
            | ErrorKind::NotAudio
            | ErrorKind::TooLarge => Self::NotThisPbx,
        }
    }
}
