//! Joining an office by an invitation.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ExtensionRef, Role};

/// A text that is shown to nobody but whom it is for: a code, a token, a key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretText(pub String);

crate::must_not_implement!(SecretText: fmt::Display);

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText")
    }
}

/// Asks what an invitation is for. It can still be used afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PreviewInvitation {
    /// The code of the link.
    pub code: SecretText,
}

/// What an invitation is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InvitationPreview {
    /// The office's name.
    pub office: String,
    /// Whose it is.
    pub person: String,
    /// What he will see.
    pub role: Role,
    /// The extensions that will be his.
    pub extensions: Vec<ExtensionRef>,
    /// From then on it is of no use.
    pub expires_at: Timestamp,
}

/// Uses an invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Join {
    /// The code of the link.
    pub code: SecretText,
    /// What the computer is called: at most [`LONGEST_DEVICE`] characters.
    pub device: String,
}

/// The longest name of a device.
pub const LONGEST_DEVICE: usize = 80;

/// The token that an invitation gave; it is told this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Joined {
    /// What the desk sends from now on.
    pub token: SecretText,
    /// Names it in lists.
    pub token_id: String,
    /// The office's name.
    pub office: String,
    /// Whose it is.
    pub person: String,
    /// What he sees.
    pub role: Role,
    /// Until when it is valid unless it is renewed; for good when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// Another secret of the same token. The former one is valid for a day more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Renewed {
    /// What the desk sends from now on.
    pub token: SecretText,
    /// Names it in lists, the same as before.
    pub token_id: String,
    /// Until when it is valid unless it is renewed again; for good when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// Why a code is of no use, as the `error` of a [`crate::problem::Problem`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum JoinRefusal {
    /// There is no such code at this office (404).
    CodeUnknown,
    /// Somebody has used it (409).
    CodeUsed,
    /// It was valid too long ago (410).
    CodeExpired,
    /// An admin took it back (410).
    CodeRevoked,
}

impl JoinRefusal {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::CodeUnknown, Self::CodeUsed, Self::CodeExpired, Self::CodeRevoked];

    /// As it stands in the answer.
    pub fn code(self) -> &'static str {
        match self {
            Self::CodeUnknown => "codeUnknown",
            Self::CodeUsed => "codeUsed",
            Self::CodeExpired => "codeExpired",
            Self::CodeRevoked => "codeRevoked",
        }
    }

    /// The one of this code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|refusal| refusal.code() == code)
    }
}
