//! What goes wrong on the way to a server. Texts name hosts, never paths or queries.

/// Why a host or address was refused before anything was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not one of the connection's hosts.
    #[error("it is not one of this connection's hosts")]
    NotAllowed,
    /// It leads into this computer or the local network.
    #[error("it leads to a private address; name it as base_url if that is meant")]
    Private,
    /// Plain HTTP where the connection uses HTTPS.
    #[error("it is not encrypted (no https)")]
    Plain,
    /// Neither HTTP nor WebSocket.
    #[error("it is neither http nor ws")]
    Scheme,
}

/// Something went wrong on the way to a server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The address cannot be understood.
    #[error("the address cannot be understood")]
    InvalidUrl,
    /// A header holds characters that cannot be sent.
    #[error("a header holds characters that cannot be sent")]
    InvalidHeader,
    /// A certificate that was given to be trusted cannot be used.
    #[error("the trust anchor cannot be used: {0}")]
    TrustAnchor(String),
    /// The client could not be set up.
    #[error("the HTTP client could not be set up: {0}")]
    Setup(String),
    /// The host or its address is not allowed.
    #[error("the address {host} is refused: {why}")]
    Refused {
        /// Which host.
        host: String,
        /// Why.
        why: Refusal,
    },
    /// No address stands behind the name; nothing was sent.
    #[error("the name {host} is not found")]
    NameNotFound {
        /// Which name.
        host: String,
    },
    /// What knows the addresses of names did not answer, so nothing is known of the name; nothing was sent.
    #[error("the name {host} cannot be looked up now: no name server answers")]
    NoNameServer {
        /// Which name.
        host: String,
    },
    /// No connection came about; nothing was sent.
    #[error("the server cannot be reached: {0}")]
    Connect(String),
    /// The server's certificate is not trusted.
    #[error("the server's certificate is not trusted: {0}; if it is the vendor's own, add its CA certificate")]
    Untrusted(String),
    /// The server shows no certificate with the fingerprint that was expected.
    #[error("the server has another certificate than the one that was named")]
    OtherCertificate,
    /// No whole answer in time. The request may have been received.
    #[error("the server did not answer in time")]
    Timeout,
    /// The connection broke. The request may have been received.
    #[error("the connection broke: {0}")]
    Transport(String),
    /// The answer is larger than the caller accepts.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// What the caller accepts.
        limit: u64,
    },
    /// The server answered a WebSocket handshake with something else.
    #[error("the server refused the WebSocket with status {status}")]
    Handshake {
        /// HTTP status.
        status: u16,
    },
    /// The other side closed the WebSocket.
    #[error("the server closed the connection (code {code})")]
    Closed {
        /// The close code; 1005 when none was given.
        code: u16,
    },
}

impl Error {
    /// Whether nothing of the request can have reached the server.
    pub fn unsent(&self) -> bool {
        match self {
            Self::InvalidUrl
            | Self::InvalidHeader
            | Self::TrustAnchor(_)
            | Self::Setup(_)
            | Self::Refused { .. }
            | Self::NameNotFound { .. }
            | Self::NoNameServer { .. }
            | Self::Connect(_)
            | Self::Untrusted(_)
            | Self::OtherCertificate => true,
            Self::Timeout
            | Self::Transport(_)
            | Self::TooLarge { .. }
            | Self::Handshake { .. }
            | Self::Closed { .. } => false,
        }
    }

    /// The last words of an error's chain of causes, which are the most telling and hold no URL.
    pub(crate) fn root_cause(error: &(dyn std::error::Error + 'static)) -> String {
        let mut last = error;
        while let Some(source) = last.source() {
            last = source;
        }
        last.to_string()
    }

    /// The first cause of this type in an error's chain.
    pub(crate) fn cause<'a, T: std::error::Error + 'static>(
        error: &'a (dyn std::error::Error + 'static),
    ) -> Option<&'a T> {
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(found) = error.downcast_ref::<T>() {
                return Some(found);
            }
            // An io::Error hides what it wraps from `source`, which gives the wrapped error's own source.
            let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
            next = match wrapped {
                Some(inner) => Some(inner as &(dyn std::error::Error + 'static)),
                None => error.source(),
            };
        }
        None
    }
}
