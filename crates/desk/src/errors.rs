//! From what went wrong inside to what a page is told.

use link::{OfficeError, OfficeErrorKind, SignInError};

use crate::contract::{ContractError, ErrorCode, LinkCause};

impl ContractError {
    /// An error with its code and an English sentence.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, field: None, fault: None, part: None, message: message.into(), retry_after_ms: None }
    }

    /// A wrong field.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self { field: Some(field.to_owned()), ..Self::new(ErrorCode::InvalidRequest, message) }
    }

    /// Why an office that is being connected, or is given another token, does not let the desk in: with the field that a
    /// person has to mend.
    pub fn not_let_in(error: OfficeError) -> Self {
        let cause = LinkCause::from(&error);
        if cause == LinkCause::NotAGateway {
            Self::not_a_gateway()
        } else if cause == LinkCause::TokenRefused {
            Self { field: Some("token".to_owned()), ..error.into() }
        } else if error.kind == OfficeErrorKind::InvalidRequest {
            Self::invalid("address", error.message)
        } else {
            error.into()
        }
    }

    /// Why somebody cannot be taken an administrator's rights, or leave: a gateway keeps the last one.
    pub fn of_admin(error: OfficeError) -> Self {
        if error.kind == OfficeErrorKind::Conflict {
            Self::new(ErrorCode::LastAdmin, error.message)
        } else {
            error.into()
        }
    }

    /// What answers at an address is something else.
    pub fn not_a_gateway() -> Self {
        let message = "what answers there is no Trubka gateway, or one of another version; check the address";
        Self { code: ErrorCode::NotAGateway, ..Self::invalid("address", message) }
    }
}

impl From<OfficeError> for ContractError {
    fn from(error: OfficeError) -> Self {
        let code = match error.kind {
            OfficeErrorKind::Unauthorized => ErrorCode::Unauthorized,
            OfficeErrorKind::Forbidden => ErrorCode::Forbidden,
            OfficeErrorKind::InvalidRequest => ErrorCode::InvalidRequest,
            OfficeErrorKind::NotFound => ErrorCode::NotFound,
            OfficeErrorKind::Conflict | OfficeErrorKind::Changed => ErrorCode::Changed,
            OfficeErrorKind::Ended => ErrorCode::Ended,
            OfficeErrorKind::Fixed => ErrorCode::Fixed,
            OfficeErrorKind::LastAdmin => ErrorCode::LastAdmin,
            OfficeErrorKind::NoAddress => ErrorCode::NoAddress,
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
            fault: error.fault,
            part: error.part,
            message: error.message,
            retry_after_ms: error.retry_after.map(|wait| u32::try_from(wait.as_millis()).unwrap_or(u32::MAX)),
        }
    }
}

/// Why an office that answers so is not there for the desk.
impl From<&OfficeError> for LinkCause {
    fn from(error: &OfficeError) -> Self {
        match error.kind {
            OfficeErrorKind::Unauthorized => Self::TokenRefused,
            OfficeErrorKind::Forbidden => Self::Forbidden,
            // A gateway does not answer so where its stream is asked for.
            OfficeErrorKind::NotFound
            | OfficeErrorKind::Conflict
            | OfficeErrorKind::Ended
            | OfficeErrorKind::Changed
            | OfficeErrorKind::Fixed
            | OfficeErrorKind::LastAdmin
            | OfficeErrorKind::NoAddress
            | OfficeErrorKind::Unsupported
            | OfficeErrorKind::NotReady
            | OfficeErrorKind::Gone
            | OfficeErrorKind::NotPlayable
            | OfficeErrorKind::Refused
            | OfficeErrorKind::Protocol => Self::NotAGateway,
            OfficeErrorKind::InvalidRequest
            | OfficeErrorKind::RateLimited
            | OfficeErrorKind::UnknownOutcome
            | OfficeErrorKind::Unreachable
            | OfficeErrorKind::Storage => Self::Unreachable,
        }
    }
}

impl From<SignInError> for LinkCause {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::KeyringLocked => Self::KeyringLocked,
            SignInError::TokenMissing => Self::TokenMissing,
            SignInError::BadAddress => Self::BadAddress,
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
