//! Errors as answers: a status, a code, a sentence, and a reference that stands in the log beside the cause.

use std::time::Duration;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use calls::ConnectionId;
use data_encoding::BASE32_NOPAD;
use link::{
    OfficeError, OfficeErrorKind,
    problem::{Problem, status_of},
};
use store::{Random, SystemRandom};

/// What is logged of an answer that is an error. Messages hold neither numbers nor names nor secrets.
#[derive(Debug, Clone)]
pub(crate) struct Logged {
    pub(crate) reference: String,
    pub(crate) status: StatusCode,
    pub(crate) message: String,
    /// Whose webhook was refused.
    pub(crate) connection: Option<ConnectionId>,
}

/// An error on its way to whoever asked.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    problem: Box<Problem>,
    /// The rest of the request was not read, so nothing may follow it.
    close: bool,
    /// Length of what a range was asked of.
    length: Option<u64>,
    /// Whose webhook it was.
    connection: Option<ConnectionId>,
}

impl ApiError {
    /// There is no such thing, or it may not be seen.
    pub(crate) fn not_found(message: &str) -> Self {
        OfficeError::new(OfficeErrorKind::NotFound, message).into()
    }

    /// No valid token.
    pub(crate) fn unauthorized() -> Self {
        let message = "Send a valid token: Authorization: Bearer …";
        OfficeError::new(OfficeErrorKind::Unauthorized, message).into()
    }

    /// A webhook that is not authentic.
    pub(crate) fn forbidden(connection: ConnectionId, message: String) -> Self {
        Self { connection: Some(connection), ..Self::other(StatusCode::FORBIDDEN, "forbidden", message) }
    }

    /// Whoever asks has a token, but not of an admin.
    pub(crate) fn admins_only() -> Self {
        let message = "Only an admin of this office may do this.".to_owned();
        Self::other(StatusCode::FORBIDDEN, "forbidden", message)
    }

    /// No byte of what is `length` bytes long is in the range.
    pub(crate) fn range(error: OfficeError, length: Option<u64>) -> Self {
        Self { length, ..error.into() }
    }

    /// The path is right, the method is not.
    pub(crate) fn method() -> Self {
        Self::other(StatusCode::METHOD_NOT_ALLOWED, "invalidRequest", "This method is not understood here.".to_owned())
    }

    /// The body is larger than it may be.
    pub(crate) fn too_large(limit: usize) -> Self {
        let message = format!("The body is larger than {limit} bytes.");
        Self { close: true, ..Self::other(StatusCode::PAYLOAD_TOO_LARGE, "invalidRequest", message) }
    }

    /// The request did not come to its end in time.
    pub(crate) fn too_late() -> Self {
        let message = "The whole request did not arrive in time.".to_owned();
        Self { close: true, ..Self::other(StatusCode::REQUEST_TIMEOUT, "invalidRequest", message) }
    }

    pub(crate) fn is_too_large(&self) -> bool {
        self.status == StatusCode::PAYLOAD_TOO_LARGE
    }

    /// An error with a code of its own.
    pub(crate) fn other(status: StatusCode, code: &str, message: String) -> Self {
        let problem = Problem {
            error: code.to_owned(),
            message,
            field: None,
            fault: None,
            part: None,
            retry_after_ms: None,
            reference: reference(),
        };
        Self::of(status, problem)
    }

    fn of(status: StatusCode, problem: Problem) -> Self {
        Self { status, problem: Box::new(problem), close: false, length: None, connection: None }
    }
}

impl From<OfficeError> for ApiError {
    fn from(error: OfficeError) -> Self {
        let status = StatusCode::from_u16(status_of(&error)).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self::of(status, Problem::new(&error, reference()))
    }
}

impl From<store::Error> for ApiError {
    fn from(error: store::Error) -> Self {
        tracing::error!(%error, "the database could not be read");
        let message = "The database cannot be read just now; try again.";
        OfficeError::new(OfficeErrorKind::Storage, message).retry_after(Duration::from_secs(5)).into()
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let Self { status, problem, close, length, connection } = self;
        let logged = (status.is_client_error() || status.is_server_error()).then(|| Logged {
            reference: problem.reference.clone(),
            status,
            message: problem.message.clone(),
            connection,
        });
        let retry_after = problem.retry_after_ms.map(|wait| wait.div_ceil(1000).max(1));
        let mut response = (status, Json(problem)).into_response();
        if let Some(logged) = logged {
            response.extensions_mut().insert(logged);
        }
        let headers = response.headers_mut();
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(range) = length.and_then(|length| HeaderValue::from_str(&format!("bytes */{length}")).ok()) {
            headers.insert(header::CONTENT_RANGE, range);
        }
        if close {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

/// Names one answer. Only has to differ from its neighbours in the log.
fn reference() -> String {
    let mut bytes = [0; 5];
    match SystemRandom.fill(&mut bytes) {
        Ok(()) => BASE32_NOPAD.encode(&bytes).to_ascii_lowercase(),
        Err(_) => "none".to_owned(),
    }
}
