//! Failures, in the one shape that socket and REST share.

use http::StatusCode;
use serde_json::{Value, json};

/// Why something cannot be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) status: StatusCode,
    code: u16,
    message: &'static str,
}

impl Failure {
    /// The verb is not one of this place.
    pub(super) const NO_METHOD: Self = Self::new(StatusCode::METHOD_NOT_ALLOWED, 1405, "the method is not allowed");

    const fn new(status: StatusCode, code: u16, message: &'static str) -> Self {
        Self { status, code, message }
    }

    /// The request itself is wrong.
    pub(super) const fn wrong(message: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, 1400, message)
    }

    /// There is no such thing.
    pub(super) const fn unknown(message: &'static str) -> Self {
        Self::new(StatusCode::NOT_FOUND, 1404, message)
    }

    /// The account has no right to it.
    pub(super) const fn forbidden(message: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, 1403, message)
    }

    /// It cannot be done with a call that stands so.
    pub(super) const fn not_now(message: &'static str) -> Self {
        Self::new(StatusCode::CONFLICT, 1409, message)
    }

    pub(super) fn body(self) -> Value {
        json!({"result": "error", "error_code": self.code, "error_message": self.message})
    }
}
