//! How an office is reached from outside, and what vouches for it there: whoever runs it knows.

use jiff::Timestamp;
use link::wire::{CertificateRole, CertificateView};
use url::Url;

/// How an office is reached from outside.
#[derive(Debug, Clone, Default)]
pub struct Outside {
    /// The address that PBXs post to.
    pub public_url: Option<Url>,
    /// The certificates that it shows there.
    pub certificates: Vec<CertificateView>,
}

/// The certificates of a PEM text for an administrator's eyes: for which names, and until when. What cannot be read is left
/// out.
pub fn certificates(pem: &[u8], role: CertificateRole) -> Vec<CertificateView> {
    let read = net::read_certificates(pem).unwrap_or_default();
    let facts = read.iter().filter_map(|certificate| net::certificate_facts(certificate).ok());
    facts
        .map(|facts| CertificateView {
            role,
            connection: None,
            names: facts.names,
            until: facts.until.and_then(|until| Timestamp::from_second(i64::try_from(until).ok()?).ok()),
        })
        .collect()
}
