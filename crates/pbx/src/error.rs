//! What went wrong with a PBX, and whether it may be tried again.

use std::time::Duration;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The PBX does not accept the credentials.
    Unauthorized,
    /// The credentials are right but may not do this, or not from this address.
    Forbidden,
    /// A value that we sent cannot be right.
    InvalidRequest {
        /// Which value.
        field: &'static str,
    },
    /// There is no such thing at the PBX.
    NotFound,
    /// It is over, or taken.
    Conflict,
    /// Too many requests.
    RateLimited {
        /// When the PBX will listen again.
        retry_after: Option<Duration>,
    },
    /// No answer in time.
    Timeout,
    /// The connection failed or broke.
    Transport,
    /// The server's certificate is not trusted, or an address is not allowed.
    Refused,
    /// This make cannot do it.
    Unsupported,
    /// The PBX answered something that cannot be understood.
    Protocol,
    /// The PBX failed inside, or we did.
    Internal,
    /// A recording that is still being made.
    NotReady,
    /// A recording that existed and does not any more, or a link that was used up.
    Gone,
    /// What came instead of a recording is no audio.
    NotAudio,
    /// More came than we accept.
    TooLarge,
    /// We ended it ourselves.
    Stopped,
}

/// Whether the same thing may be tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// No: somebody must change something first.
    No,
    /// Yes, after this long (at once when zero).
    After(Duration),
    /// Only what does no harm when done twice.
    IfIdempotent,
}

/// Something went wrong with a PBX. The text says what to do and holds no number, key or link.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{context}")]
pub struct Error {
    kind: ErrorKind,
    context: String,
    unsent: bool,
}

impl Error {
    /// An error of this kind, with words for the one who has to mend it.
    pub fn new(kind: ErrorKind, context: impl Into<String>) -> Self {
        Self { kind, context: context.into(), unsent: false }
    }

    /// What happened.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// When the PBX will listen again, where it is asked too often and said so.
    pub fn retry_after(&self) -> Option<Duration> {
        if let ErrorKind::RateLimited { retry_after } = self.kind { retry_after } else { None }
    }

    /// Whether nothing of the request can have reached the PBX.
    pub fn unsent(&self) -> bool {
        self.unsent
    }

    /// Whether the same thing may be tried again.
    pub fn retry(&self) -> Retry {
        match self.kind {
            ErrorKind::RateLimited { retry_after } => Retry::After(retry_after.unwrap_or(Duration::from_secs(1))),
            ErrorKind::NotReady => Retry::After(Duration::from_secs(10)),
            ErrorKind::Timeout | ErrorKind::Transport | ErrorKind::Internal => Retry::IfIdempotent,
            ErrorKind::Unauthorized
            | ErrorKind::Forbidden
            | ErrorKind::InvalidRequest { .. }
            | ErrorKind::NotFound
            | ErrorKind::Conflict
            | ErrorKind::Refused
            | ErrorKind::Unsupported
            | ErrorKind::Protocol
            | ErrorKind::Gone
            | ErrorKind::NotAudio
            | ErrorKind::TooLarge
            | ErrorKind::Stopped => Retry::No,
        }
    }

    /// The same error, known to have happened before anything was sent.
    #[must_use]
    pub fn before_sending(mut self) -> Self {
        self.unsent = true;
        self
    }

    /// The make cannot do `what`.
    pub fn unsupported(what: &str) -> Self {
        Self::new(ErrorKind::Unsupported, format!("this PBX cannot {what}")).before_sending()
    }
}

impl From<net::Error> for Error {
    fn from(error: net::Error) -> Self {
        let unsent = error.unsent();
        let kind = match &error {
            net::Error::Timeout => ErrorKind::Timeout,
            net::Error::NameNotFound { .. }
            | net::Error::NoNameServer { .. }
            | net::Error::Connect(_)
            | net::Error::Transport(_)
            | net::Error::Closed { .. } => ErrorKind::Transport,
            net::Error::TooLarge { .. } => ErrorKind::TooLarge,
            net::Error::Refused { .. } | net::Error::Untrusted(_) | net::Error::OtherCertificate => ErrorKind::Refused,
            net::Error::Handshake { status: 401 } => ErrorKind::Unauthorized,
            net::Error::Handshake { status: 403 } => ErrorKind::Forbidden,
            net::Error::Handshake { status: 429 } => ErrorKind::RateLimited { retry_after: None },
            net::Error::Handshake { status: 408 | 500.. } => ErrorKind::Internal,
            net::Error::Handshake { .. } => ErrorKind::Protocol,
            net::Error::InvalidUrl | net::Error::InvalidHeader | net::Error::TrustAnchor(_) | net::Error::Setup(_) => {
                ErrorKind::Internal
            }
        };
        Self { kind, context: error.to_string(), unsent }
    }
}
