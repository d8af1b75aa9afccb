//! What a certificate says of itself: for which names it is, and until when.

use std::time::Duration;

use rustls::pki_types::{CertificateDer, UnixTime};
use webpki::{EndEntityCert, Error, KeyUsage};

/// The year 9999: every certificate has ended.
const FAR: UnixTime = UnixTime::since_unix_epoch(Duration::from_secs(253_370_764_800));

/// What a certificate says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFacts {
    /// The host names that it is for; an authority's has none.
    pub names: Vec<String>,
    /// When it ends, in Unix seconds; `None` where it never does.
    pub until: Option<u64>,
}

/// What this certificate says of itself, or why it cannot be read.
pub fn certificate_facts(certificate: &CertificateDer<'_>) -> Result<CertificateFacts, String> {
    let parsed = EndEntityCert::try_from(certificate).map_err(|error| error.to_string())?;
    // The end of a certificate is only told to whoever comes after it.
    let until = match parsed.verify_for_usage(&[], &[], &[], FAR, KeyUsage::server_auth(), None, None) {
        Err(Error::CertExpired { not_after, .. }) => Some(not_after.as_secs()),
        Err(error) => return Err(error.to_string()),
        Ok(_) => None,
    };
    Ok(CertificateFacts { names: parsed.valid_dns_names().map(str::to_owned).collect(), until })
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::pem::PemObject;

    use super::*;

    #[test]
    fn a_servers_certificate_names_hosts_and_an_authoritys_none_and_both_tell_their_end() {
        let facts = |pem: &[u8]| {
            certificate_facts(&CertificateDer::from_pem_slice(pem).expect("a certificate")).expect("is read")
        };
        let server = facts(include_bytes!("../tests/clients/tls/server.pem"));
        let authority = facts(include_bytes!("../tests/clients/tls/ca.pem"));
        assert!(!server.names.is_empty() && authority.names.is_empty(), "{server:?} {authority:?}");
        for facts in [server, authority] {
            assert!(facts.until.is_some_and(|until| until > 1_750_000_000), "{facts:?}");
        }
        certificate_facts(&CertificateDer::from_slice(b"nonsense")).expect_err("no certificate");
    }
}
