//! How an office is reached from outside, and what vouches for it there: whoever runs it knows.

use std::{collections::BTreeMap, fmt};

use calls::ConnectionId;
use jiff::Timestamp;
use link::wire::{CertificateRole, CertificateView, admin::hook_url};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// How an office is reached from outside.
#[derive(Debug, Clone, Default)]
pub struct Outside {
    /// The address that PBXs post to.
    pub public_url: Option<Url>,
    /// The certificates that it shows there.
    pub certificates: Vec<CertificateView>,
    /// The first of these with what vouches for it, as PEM: what a vendor's page asks for. None where something before the
    /// office speaks TLS.
    pub chain: Option<String>,
    /// How messages of PBXs come in, where somebody has said at which address.
    pub door: Option<Door>,
    /// How they come in over plain HTTP; `None` where they never do, so no connection can be put into trial mode.
    pub trial: Option<PlainDoor>,
}

/// Where messages of PBXs come in over plain HTTP.
#[derive(Debug, Clone, Default)]
pub struct PlainDoor {
    /// The address, as far as it is known.
    pub url: Option<Url>,
}

/// Where messages of PBXs come in.
#[derive(Clone)]
pub struct Door {
    /// The public address, as it stands in the settings: never one that was only guessed.
    pub public_url: Url,
    /// Words in the addresses of connections that only their vendors know.
    pub path_tokens: BTreeMap<ConnectionId, SecretString>,
    /// PEM certificates that vouch for the address beside public authorities; may be empty.
    pub authority: Vec<u8>,
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Door").field("host", &self.public_url.host_str()).finish_non_exhaustive()
    }
}

impl Door {
    /// The address to which the PBX of a connection posts; its own path follows.
    pub(crate) fn address_of(&self, connection: &ConnectionId) -> String {
        let token = self.path_tokens.get(connection).map(|token| format!("/{}", token.expose_secret()));
        format!("{}{}", hook_url(self.public_url.as_str(), connection), token.unwrap_or_default())
    }

    /// The same for a person's eyes, without the word that only the vendor knows.
    pub(crate) fn shown_address_of(&self, connection: &ConnectionId) -> String {
        let token = self.path_tokens.get(connection).map(|_| "/…");
        format!("{}{}", hook_url(self.public_url.as_str(), connection), token.unwrap_or_default())
    }
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
