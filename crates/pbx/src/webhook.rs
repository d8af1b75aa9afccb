//! Webhooks as they came, the proof that they are authentic, and what they were understood to mean.

use std::fmt;

use bytes::Bytes;
use calls::{Source, VendorEvent};
use jiff::{Timestamp, tz::TimeZone};
use subtle::ConstantTimeEq;

/// A webhook, byte for byte as it came.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookRequest {
    /// The HTTP method, upper case.
    pub method: String,
    /// The vendor's own path below our address, such as `/call_events`; empty or `/` when there is none.
    pub path: String,
    /// Every header, in order, repeated ones too.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body.
    pub body: Bytes,
}

impl fmt::Debug for WebhookRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The headers hold the signature; path and body may hold a key that somebody pasted into the address.
        f.debug_struct("WebhookRequest")
            .field("method", &self.method)
            .field("length", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl WebhookRequest {
    /// The only header of this name: `Ok(None)` when absent, an error when given twice.
    pub(crate) fn single_header(&self, name: &'static str) -> Result<Option<&[u8]>, VerifyError> {
        let mut found = self.headers.iter().filter(|(given, _)| given.eq_ignore_ascii_case(name));
        let first = found.next();
        if found.next().is_some() {
            return Err(VerifyError::Repeated(name));
        }
        Ok(first.map(|(_, value)| value.trim_ascii()))
    }

    /// The last part of the path, lower case, without slashes.
    pub(crate) fn method_name(&self) -> String {
        let path = self.path.split(['?', '#']).next().unwrap_or_default();
        path.trim_matches('/').rsplit('/').next().unwrap_or_default().to_ascii_lowercase()
    }
}

/// Why a webhook was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The signature header is absent or empty.
    #[error("the header {0} is missing")]
    Missing(&'static str),
    /// A field of the form that decides is absent or empty.
    #[error("the field {0} of the form is missing")]
    MissingField(&'static str),
    /// A header that decides was given twice.
    #[error("the header {0} was given more than once")]
    Repeated(&'static str),
    /// A field of the form is given twice.
    #[error("a field of the form was given more than once")]
    RepeatedField,
    /// Not the kind of body that this PBX posts.
    #[error("the body is not a form; this PBX posts application/x-www-form-urlencoded")]
    NotAForm,
    /// Not a digest at all; says what it should be.
    #[error("the signature is not {0}")]
    Malformed(&'static str),
    /// Made with another key, or the body was changed.
    #[error("the signature does not match the body; compare the key with the PBX's account page")]
    Mismatch,
    /// Signed for another account.
    #[error("{0} names another account")]
    OtherAccount(&'static str),
    /// This make sends no webhooks.
    #[error("this PBX sends no webhooks; nothing here can be authentic")]
    NoWebhooks,
}

/// A webhook that was found to be authentic. Only the checks of this crate can make one.
#[derive(Debug)]
pub struct Verified {
    request: WebhookRequest,
    is_signed: bool,
}

impl Verified {
    /// Checks a SHA-256 digest in hexadecimal digits of either case, in constant time, against `expected`.
    pub(crate) fn by_sha256(request: &WebhookRequest, given: &[u8], expected: &[u8; 32]) -> Result<Self, VerifyError> {
        let malformed = || VerifyError::Malformed("a SHA-256 digest in hexadecimal digits");
        let digest = data_encoding::HEXLOWER_PERMISSIVE.decode(given).map_err(|_| malformed())?;
        if digest.len() != expected.len() {
            return Err(malformed());
        }
        Self::by_equality(request, &digest, expected)
    }

    /// Checks an HMAC-SHA1 in Base64, of its hexadecimal digits (of either case) or of the code itself, in constant
    /// time, against `expected`.
    pub(crate) fn by_hmac_sha1(
        request: &WebhookRequest,
        given: &[u8],
        expected: &[u8; 20],
    ) -> Result<Self, VerifyError> {
        let malformed = || VerifyError::Malformed("an HMAC-SHA1 in Base64");
        let code = data_encoding::BASE64.decode(given).map_err(|_| malformed())?;
        let code = match code.len() {
            20 => code,
            40 => data_encoding::HEXLOWER_PERMISSIVE.decode(&code).map_err(|_| malformed())?,
            _ => return Err(malformed()),
        };
        Self::by_equality(request, &code, expected)
    }

    /// Takes a webhook that nobody signs for authentic, since the settings of the connection say so: the address to which
    /// it was posted is all that vouches for it.
    pub(crate) fn unsigned(request: &WebhookRequest) -> Self {
        Self { request: request.clone(), is_signed: false }
    }

    fn by_equality(request: &WebhookRequest, given: &[u8], expected: &[u8]) -> Result<Self, VerifyError> {
        if bool::from(given.ct_eq(expected)) {
            Ok(Self { request: request.clone(), is_signed: true })
        } else {
            Err(VerifyError::Mismatch)
        }
    }

    /// Whether the PBX's signature was checked, rather than the settings believed.
    pub(crate) fn is_signed(&self) -> bool {
        self.is_signed
    }

    /// The webhook.
    pub fn request(&self) -> &WebhookRequest {
        &self.request
    }
}

/// What decoding needs to know beside the bytes.
#[derive(Debug, Clone)]
pub struct DecodeContext {
    /// When the bytes arrived.
    pub received_at: Timestamp,
    /// In which the vendor's times without a mark are read.
    pub zone: TimeZone,
    /// How the bytes arrived.
    pub source: Source,
}

/// What a webhook means, and what its sender is answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded {
    /// In order. Empty only for a test of our address: of what is authentic, what is not understood is one `Unknown`.
    pub events: Vec<VendorEvent>,
    /// To be sent once the events are stored.
    pub reply: WebhookReply,
}

/// The answer to a webhook, sent after its events were stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookReply {
    /// HTTP status.
    pub status: u16,
    /// Content type of the body.
    pub content_type: &'static str,
    /// The body.
    pub body: Bytes,
}
