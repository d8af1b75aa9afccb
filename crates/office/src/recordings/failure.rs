//! What can be wrong with a recording, and how whoever wants it is told.

use std::time::Duration;

use link::{OfficeError, OfficeErrorKind};
use pbx::{ErrorKind, Retry};
use store::CacheError;

/// When to ask again for a recording that the PBX is still making.
const NOT_READY: Duration = Duration::from_secs(10);

/// Why a recording was not given.
#[derive(Debug)]
pub(super) enum Failure {
    /// What lay in the cache was damaged and is gone from there: it can be fetched again.
    Damaged,
    /// Refused, with the reason that is told to whoever asked.
    Refused(OfficeError),
}

impl From<OfficeError> for Failure {
    fn from(error: OfficeError) -> Self {
        Self::Refused(error)
    }
}

impl From<Failure> for OfficeError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(error) => error,
            Failure::Damaged => Self::new(
                OfficeErrorKind::Storage,
                "the recording was damaged on this disk and fetching it again did not help; check the disk",
            ),
        }
    }
}

impl From<CacheError> for Failure {
    fn from(error: CacheError) -> Self {
        let told = |message| Self::Refused(OfficeError::new(OfficeErrorKind::Storage, message));
        match error {
            CacheError::Tampered => {
                tracing::warn!("a cached recording was damaged and is fetched again");
                Self::Damaged
            }
            // It was given up between two looks at it.
            CacheError::Absent => Self::Refused(slow()),
            CacheError::Full => told("the disk is full; free some space and try again"),
            CacheError::TooLarge => told("the recording is larger than the cache may be"),
            CacheError::Busy | CacheError::Io(_) => {
                tracing::error!(%error, "the recording cache failed");
                told("the recording cache cannot be used; the log says why")
            }
        }
    }
}

pub(super) fn not_found() -> OfficeError {
    OfficeError::new(OfficeErrorKind::NotFound, "there is no such recording")
}

pub(super) fn gone() -> OfficeError {
    OfficeError::new(OfficeErrorKind::Gone, "the PBX does not have this recording any more")
}

pub(super) fn not_ready() -> OfficeError {
    OfficeError::new(OfficeErrorKind::NotReady, "the recording is still being prepared").retry_after(NOT_READY)
}

pub(super) fn slow() -> OfficeError {
    OfficeError::new(OfficeErrorKind::NotReady, "the recording is still on its way").retry_after(Duration::from_secs(1))
}

pub(super) fn interrupted() -> OfficeError {
    OfficeError::new(OfficeErrorKind::Storage, "reading the recording failed; try again")
}

pub(super) fn storage(error: &store::Error) -> OfficeError {
    tracing::error!(kind = ?error.kind(), "the log could not be read");
    OfficeError::new(OfficeErrorKind::Storage, "the database could not be read")
}

pub(super) fn unplayable(error: &audio::Error) -> OfficeError {
    OfficeError::new(OfficeErrorKind::NotPlayable, format!("the recording cannot be played: {error}"))
}

/// What the PBX's refusal means for whoever wants the recording, with the wait that the PBX asks for.
pub(super) fn refused(error: &pbx::Error) -> OfficeError {
    let kind = match error.kind() {
        ErrorKind::NotReady => return not_ready(),
        ErrorKind::NotFound => OfficeErrorKind::NotFound,
        ErrorKind::Gone => OfficeErrorKind::Gone,
        ErrorKind::Unsupported => OfficeErrorKind::Unsupported,
        ErrorKind::Timeout | ErrorKind::Transport | ErrorKind::Stopped => OfficeErrorKind::Unreachable,
        ErrorKind::RateLimited { .. } => OfficeErrorKind::RateLimited,
        ErrorKind::Unauthorized
        | ErrorKind::Forbidden
        | ErrorKind::InvalidRequest { .. }
        | ErrorKind::Conflict
        | ErrorKind::Refused
        | ErrorKind::Protocol
        | ErrorKind::Internal
        | ErrorKind::TooLarge => OfficeErrorKind::Refused,
        ErrorKind::NotAudio => OfficeErrorKind::NotPlayable,
    };
    let told = OfficeError::new(kind, error.to_string());
    match error.retry() {
        Retry::After(wait) => told.retry_after(wait),
        Retry::No | Retry::IfIdempotent => told,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vendors_wish_to_wait_is_passed_on() {
        let wait = Duration::from_secs(42);
        let error = pbx::Error::new(ErrorKind::RateLimited { retry_after: Some(wait) }, "too often");
        let told = refused(&error);
        assert_eq!((told.kind, told.retry_after), (OfficeErrorKind::RateLimited, Some(wait)));
        let unsaid = refused(&pbx::Error::new(ErrorKind::RateLimited { retry_after: None }, "too often"));
        assert!(unsaid.retry_after.is_some(), "an answer 429 always says when");
    }
}
