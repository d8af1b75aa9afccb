//! Requests to a PBX before signing, and the answers.

use std::{fmt, time::Duration};

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;

use crate::{
    error::{Error, ErrorKind},
    fields::Fields,
    quota::Quota,
    redact,
};

/// How long a request may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// From the first byte sent to the last byte of the answer.
    pub total: Duration,
}

impl Times {
    /// For requests that are answered at once.
    pub const SHORT: Self = Self { total: Duration::from_secs(15) };
    /// For requests that a vendor allows itself a minute for.
    pub const MINUTE: Self = Self { total: Duration::from_secs(60) };
}

/// A request to a PBX. A make builds it; the driver has it signed and sends it.
#[derive(Clone)]
pub struct Request {
    /// The operation's name, for the journal.
    pub operation: &'static str,
    /// HTTP method.
    pub method: http::Method,
    /// Where to.
    pub url: Url,
    /// Headers, values that are secret marked so.
    pub headers: http::HeaderMap,
    /// Sent as it is.
    pub body: Bytes,
    /// How long it may take.
    pub times: Times,
    /// Does no harm when sent twice, so the driver may repeat it.
    pub idempotent: bool,
    /// Changes nothing at the PBX: a person may have it asked again.
    pub asks: bool,
    /// To be signed: it goes to the vendor's own address.
    pub signed: bool,
    /// What it sends or is answered carries passwords, so the journal keeps neither body.
    pub has_passwords: bool,
    /// Asked over the running session of this key instead of by HTTP: its body is what is asked.
    pub session: Option<String>,
    /// What it counts towards beside [`crate::Pbx::quota`], the widest first.
    pub quotas: Vec<Quota>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("operation", &self.operation)
            .field("method", &self.method)
            .field("target", &redact::target(&self.url, self.signed))
            .finish_non_exhaustive()
    }
}

impl Request {
    /// A POST of compact JSON.
    pub(crate) fn post_json(operation: &'static str, url: Url, body: &Value) -> Self {
        let mut headers = http::HeaderMap::new();
        headers.insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
        Self {
            operation,
            method: http::Method::POST,
            url,
            headers,
            body: Bytes::from(body.to_string()),
            times: Times::SHORT,
            idempotent: false,
            asks: false,
            signed: false,
            has_passwords: false,
            session: None,
            quotas: Vec::new(),
        }
    }

    /// A question over the running session of a key, as JSON.
    pub(crate) fn over_session(operation: &'static str, key: &str, url: Url, body: &Value) -> Self {
        Self { session: Some(key.to_owned()), ..Self::post_json(operation, url, body) }
    }

    /// The handshake of a socket.
    pub(crate) fn socket(url: Url) -> Self {
        Self::get("socket", url)
    }

    /// A GET of a recording, a list or the like.
    pub(crate) fn get(operation: &'static str, url: Url) -> Self {
        Self {
            operation,
            method: http::Method::GET,
            url,
            headers: http::HeaderMap::new(),
            body: Bytes::new(),
            times: Times::MINUTE,
            idempotent: false,
            asks: false,
            signed: false,
            has_passwords: false,
            session: None,
            quotas: Vec::new(),
        }
    }

    /// Only asks, so it may be sent twice.
    #[must_use]
    pub(crate) fn idempotent(self) -> Self {
        self.same_change().question()
    }

    /// Changes the same however often it is sent.
    #[must_use]
    pub(crate) fn same_change(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// Only asks, and is not repeated unless a person wants it.
    #[must_use]
    pub(crate) fn question(mut self) -> Self {
        self.asks = true;
        self
    }

    /// Carries the connection's credentials.
    #[must_use]
    pub(crate) fn signed(mut self) -> Self {
        self.signed = true;
        self
    }

    /// Carries passwords, or is answered with some.
    #[must_use]
    pub(crate) fn with_passwords(mut self) -> Self {
        self.has_passwords = true;
        self
    }

    /// Counts towards this quota as well.
    #[must_use]
    pub(crate) fn counted(mut self, quota: Quota) -> Self {
        self.quotas.push(quota);
        self
    }

    /// What tells it from requests to other addresses, before it carries a key; as a digest, since an address may hold
    /// a number.
    pub(crate) fn address_digest(&self) -> String {
        let digest = Sha256::digest(format!("{} {}", self.method, self.url));
        data_encoding::HEXLOWER.encode(&digest[..8])
    }

    /// May take this long.
    #[must_use]
    pub(crate) fn times(mut self, times: Times) -> Self {
        self.times = times;
        self
    }
}

/// What a PBX says with an answer of how often it may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimits {
    /// How many requests are left until it counts anew.
    pub remaining: u32,
    /// In how long it counts anew.
    pub counts_anew: Option<Duration>,
}

/// What a PBX answered.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// What `Retry-After` asked for.
    pub retry_after: Option<Duration>,
    /// The server's clock, from `Date`.
    pub date: Option<Timestamp>,
    /// Where it sends to. Never followed by itself.
    pub location: Option<String>,
    /// What is left of the PBX's patience, where it says so.
    pub limits: Option<RateLimits>,
    /// The body.
    pub body: Bytes,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The body may hold a link that is as good as a key.
        f.debug_struct("Answer").field("status", &self.status).field("length", &self.body.len()).finish_non_exhaustive()
    }
}

impl Answer {
    /// The body as a JSON object, if it is one.
    pub(crate) fn fields(&self) -> Option<Fields> {
        Fields::parse(&self.body)
    }

    /// Whether the HTTP status says success.
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// What the HTTP status says went wrong; `None` for success.
    pub(crate) fn failure(&self) -> Option<Error> {
        let (kind, context) = match self.status {
            200..=299 => return None,
            401 => {
                (ErrorKind::Unauthorized, "the PBX does not accept the credentials; compare them with its account page")
            }
            403 => (
                ErrorKind::Forbidden,
                "the PBX does not admit this; check its list of admitted addresses and the service's state",
            ),
            404 => (ErrorKind::NotFound, "the PBX knows nothing at this address"),
            409 => (ErrorKind::Conflict, "the PBX says that this is over or taken"),
            410 => (ErrorKind::Gone, "the PBX says that this is gone"),
            429 => (ErrorKind::RateLimited { retry_after: self.retry_after }, "the PBX is asked too often"),
            300..=399 => (ErrorKind::Protocol, "the PBX sends elsewhere; check the address"),
            500.. => (ErrorKind::Internal, "the PBX failed inside"),
            _ => (ErrorKind::Protocol, "the PBX does not accept the request"),
        };
        Some(Error::new(kind, format!("{context} (HTTP {})", self.status)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{session::SessionOutput, webhook::WebhookRequest};

    #[test]
    fn nothing_that_is_printed_for_debugging_holds_a_key_or_a_link() {
        let url: Url = "wss://pbx.example/secret/path?token=secret".parse().expect("an address");
        let mut request = Request::get("record", url.clone()).signed();
        request.url.set_path("/api/record");
        request.headers.insert("x-any", http::HeaderValue::from_static("secret"));
        request.body = Bytes::from_static(b"secret");
        let answer = Answer {
            status: 200,
            retry_after: None,
            date: None,
            location: Some(url.to_string()),
            limits: None,
            body: Bytes::from_static(b"secret"),
        };
        let webhook = WebhookRequest {
            method: "POST".to_owned(),
            path: "/secret".to_owned(),
            headers: vec![("X-Client-Sign".to_owned(), b"secret".to_vec())],
            body: Bytes::from_static(b"secret"),
        };
        let link = calls::RecordingReference::Link("https://pbx.example/secret".to_owned());
        let outputs = [
            SessionOutput::Open(Request::socket(url)),
            SessionOutput::Request(request),
            SessionOutput::Send("secret".to_owned()),
        ];
        let printed = format!("{outputs:?} {answer:?} {webhook:?} {link:?}");
        // Bytes in brackets would be digits.
        assert!(!printed.contains("secret") && !printed.contains("115, 101"), "{printed}");
        assert!(printed.contains("pbx.example") && printed.contains("record"), "{printed}");
    }
}
