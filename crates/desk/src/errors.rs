//! From what went wrong inside to what a page is told.

use link::{OfficeError, OfficeErrorKind};

use crate::contract::{ContractError, ErrorCode};

impl ContractError {
    /// An error with its code and an English sentence.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, field: None, message: message.into(), retry_after_ms: None }
    }

    /// A wrong field.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self { field: Some(field.to_owned()), ..Self::new(ErrorCode::InvalidRequest, message) }
    }
}

impl From<OfficeError> for ContractError {
    fn from(error: OfficeError) -> Self {
        let code = match error.kind {
            OfficeErrorKind::Unauthorized => ErrorCode::Unauthorized,
            OfficeErrorKind::InvalidRequest => ErrorCode::InvalidRequest,
            OfficeErrorKind::NotFound => ErrorCode::NotFound,
            OfficeErrorKind::Conflict => ErrorCode::Ended,
            OfficeErrorKind::Unsupported => ErrorCode::Unsupported,
            OfficeErrorKind::RateLimited => ErrorCode::RateLimited,
            OfficeErrorKind::NotReady => ErrorCode::NotReady,
            OfficeErrorKind::Gone => ErrorCode::Gone,
            OfficeErrorKind::NotPlayable => ErrorCode::NotPlayable,
            OfficeErrorKind::Refused => ErrorCode::Refused,
            OfficeErrorKind::UnknownOutcome => ErrorCode::UnknownOutcome,
            OfficeErrorKind::Unreachable => ErrorCode::Unreachable,
            OfficeErrorKind::Storage => ErrorCode::Storage,
            OfficeErrorKind::Protocol => ErrorCode::Internal,
        };
        Self {
            code,
            field: error.field.map(str::to_owned),
            message: error.message,
            retry_after_ms: error.retry_after.map(|wait| u32::try_from(wait.as_millis()).unwrap_or(u32::MAX)),
        }
    }
}

impl From<store::Error> for ContractError {
    fn from(error: store::Error) -> Self {
        Self::new(ErrorCode::Storage, error.to_string())
    }
}

/// The desk is being shut down.
pub(crate) fn closing() -> ContractError {
    ContractError::new(ErrorCode::Internal, "the program is closing")
}

/// No such call, or not to be seen.
pub(crate) fn no_such_call() -> ContractError {
    ContractError::new(ErrorCode::NotFound, "this call is not here any more")
}

/// No such office at this desk.
pub(crate) fn no_such_office() -> ContractError {
    ContractError::new(ErrorCode::NotFound, "this office was removed from the desk")
}
