//! The certificate that vouches for the gateway where no public CA does: a desk learns it from its invitation.

use rustls::pki_types::{CertificateDer, pem::PemObject};
use sha2::{Digest, Sha256};

/// A certificate that desks are to trust for this gateway alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnCa {
    /// As it is sent.
    pub pem: String,
    /// SHA-256 of its DER, which the link of an invitation bears.
    pub fingerprint: [u8; 32],
}

impl OwnCa {
    /// The first certificate of this text.
    pub fn of_pem(text: &str) -> Result<Self, String> {
        let der = CertificateDer::from_pem_slice(net::without_mark(text.as_bytes()))
            .map_err(|error| format!("no PEM certificate in it: {error}"))?;
        Ok(Self::of_der(&der))
    }

    /// The last certificate of a server's chain, where that is a CA that has signed itself: a public one is not sent along.
    pub fn of_chain(text: &str) -> Option<Self> {
        let chain: Vec<_> =
            CertificateDer::pem_slice_iter(net::without_mark(text.as_bytes())).collect::<Result<_, _>>().ok()?;
        let [_, .., last] = chain.as_slice() else { return None };
        let certificate = webpki::EndEntityCert::try_from(last).ok()?;
        (certificate.issuer() == certificate.subject()).then(|| Self::of_der(last))
    }

    fn of_der(der: &CertificateDer<'_>) -> Self {
        let lines = data_encoding::BASE64.encode(der);
        let lines: Vec<&str> = lines.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
        let pem = format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"));
        Self { pem, fingerprint: Sha256::digest(der).into() }
    }
}
