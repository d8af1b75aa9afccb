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

    /// The last certificate of a server's chain, where it has signed itself: a public CA is not sent along. It may be the
    /// server's own, as `openssl req -x509` makes it.
    pub fn of_chain(text: &str) -> Option<Self> {
        let chain: Vec<_> =
            CertificateDer::pem_slice_iter(net::without_mark(text.as_bytes())).collect::<Result<_, _>>().ok()?;
        let last = chain.last()?;
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

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

    use super::*;

    #[test]
    fn what_has_signed_itself_vouches_alone_or_at_the_end_of_a_chain() {
        let key = || KeyPair::generate().expect("a key");
        let params = |name: &str, is_ca: IsCa| {
            let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
            params.distinguished_name.push(rcgen::DnType::CommonName, name);
            params.is_ca = is_ca;
            params
        };
        let host = "calls.example.org";
        for is_ca in [IsCa::NoCa, IsCa::Ca(BasicConstraints::Unconstrained)] {
            let alone = params(host, is_ca).self_signed(&key()).expect("is made");
            let found = OwnCa::of_chain(&alone.pem()).expect("desks must be told of it");
            assert_eq!(found.fingerprint, <[u8; 32]>::from(Sha256::digest(alone.der())));
        }
        let (ca_key, ca_params) = (key(), params("Authority", IsCa::Ca(BasicConstraints::Unconstrained)));
        let ca = ca_params.self_signed(&ca_key).expect("is made");
        let leaf = params(host, IsCa::NoCa).signed_by(&key(), &Issuer::new(ca_params, ca_key)).expect("is made");
        let found = OwnCa::of_chain(&(leaf.pem() + &ca.pem())).expect("it is sent along");
        assert_eq!(found.fingerprint, <[u8; 32]>::from(Sha256::digest(ca.der())));
        assert_eq!(OwnCa::of_chain(&leaf.pem()), None, "a public CA is not sent along");
    }
}
