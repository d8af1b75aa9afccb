//! Why an office did not do what it was asked.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What happened, as a code that screens and scripts branch on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OfficeErrorKind {
    /// The token is missing, unknown, expired or revoked.
    Unauthorized,
    /// The viewer's rights do not reach so far, or something before the office lets nobody through from here.
    Forbidden,
    /// A field is wrong; `field` names it.
    InvalidRequest,
    /// No such thing, or this viewer may not see it.
    NotFound,
    /// It contradicts what is there: that is another thing than whoever asks has seen, or the id is another thing's.
    Conflict,
    /// The call has ended.
    Ended,
    /// Somebody else has changed the same meanwhile: it is to be looked at anew.
    Changed,
    /// It stands in the gateway's configuration file, and is changed there.
    Fixed,
    /// Then nobody would administer the office from a screen.
    LastAdmin,
    /// The gateway does not know the address at which people reach it, so no link leads to it.
    NoAddress,
    /// The PBX has no such ability.
    Unsupported,
    /// Too often; `retry_after` says when again.
    RateLimited,
    /// The recording is being prepared; `retry_after` says when to ask again.
    NotReady,
    /// The recording is gone for good.
    Gone,
    /// What the PBX gave as a recording cannot be played.
    NotPlayable,
    /// The PBX refused.
    Refused,
    /// The answer was lost: it may have acted.
    UnknownOutcome,
    /// The office, or the PBX behind it, cannot be reached.
    Unreachable,
    /// The disk is full or the database failed; nothing was lost that was acknowledged.
    Storage,
    /// The other side does not keep to the protocol.
    Protocol,
}

impl OfficeErrorKind {
    /// Whether the office or its PBX may have acted all the same: an answer that cannot be read, or that says "later", is
    /// as good as none.
    pub fn may_have_acted(self) -> bool {
        match self {
            Self::UnknownOutcome | Self::Protocol | Self::NotReady => true,
            Self::Unauthorized
            | Self::Forbidden
            | Self::InvalidRequest
            | Self::NotFound
            | Self::Conflict
            | Self::Ended
            | Self::Changed
            | Self::Fixed
            | Self::LastAdmin
            | Self::NoAddress
            | Self::Unsupported
            | Self::RateLimited
            | Self::Gone
            | Self::NotPlayable
            | Self::Refused
            | Self::Unreachable
            | Self::Storage => false,
        }
    }

    /// Whether the same request will be answered so for ever.
    pub fn is_final(self) -> bool {
        match self {
            Self::InvalidRequest
            | Self::NotFound
            | Self::Conflict
            | Self::Ended
            | Self::Changed
            | Self::Fixed
            | Self::LastAdmin
            | Self::NoAddress
            | Self::Unsupported
            | Self::Gone
            | Self::NotPlayable
            | Self::Refused => true,
            Self::Unauthorized
            | Self::Forbidden
            | Self::RateLimited
            | Self::NotReady
            | Self::UnknownOutcome
            | Self::Unreachable
            | Self::Storage
            | Self::Protocol => false,
        }
    }
}

/// What is wrong with a field, for which pages have a sentence in each language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum FieldFault {
    /// Nothing was entered where something is needed.
    Missing,
    /// Nothing of this name is known.
    Unknown,
    /// An end of line or an invisible character is in the middle of it.
    Invisible,
    /// It has more characters than are kept.
    TooLong,
    /// It has more entries than are kept.
    TooMany,
    /// It is listed twice.
    Twice,
    /// It does not have the form that it has where it comes from.
    Malformed,
    /// It is not written as an address, such as `https://pbx.example.org`.
    NotAnAddress,
    /// An address with a name, a password, a query or a fragment in it.
    AddressWithMore,
    /// Keys would go to another computer without TLS.
    PlainHttp,
}

/// An error of an office: a code, a sentence for people without numbers or names in it, and when to try again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct OfficeError {
    /// What happened.
    pub kind: OfficeErrorKind,
    /// One English sentence that says what to do.
    pub message: String,
    /// The field that is wrong.
    pub field: Option<&'static str>,
    /// What is wrong with it.
    pub fault: Option<FieldFault>,
    /// Which of the field's values, where it holds several: the name of a key, for one.
    pub part: Option<String>,
    /// When to ask again.
    pub retry_after: Option<Duration>,
}

impl OfficeError {
    /// An error of this kind with its sentence.
    pub fn new(kind: OfficeErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), field: None, fault: None, part: None, retry_after: None }
    }

    /// A wrong field.
    pub fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Self { field: Some(field), ..Self::new(OfficeErrorKind::InvalidRequest, message) }
    }

    /// The same error, which says what is wrong with the field.
    pub fn because(self, fault: FieldFault) -> Self {
        Self { fault: Some(fault), ..self }
    }

    /// The same error, about one value of a field that holds several.
    pub fn of(self, part: &str) -> Self {
        Self { part: Some(part.to_owned()), ..self }
    }

    /// The same error, to be tried again after `wait`.
    pub fn retry_after(self, wait: Duration) -> Self {
        Self { retry_after: Some(wait), ..self }
    }
}
