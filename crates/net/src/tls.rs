//! TLS for HTTP and WebSocket alike: the operating system's trust store, a connection's own anchors, never off.

use std::sync::Arc;

use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use rustls_platform_verifier::Verifier;

use crate::{authority::is_authority, error::Error};

/// The certificates in a PEM text. Each must be fit to be an anchor: a CA, not a server's own certificate.
pub fn read_anchors(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let anchors: Vec<_> = CertificateDer::pem_slice_iter(without_mark(pem))
        .collect::<Result<_, _>>()
        .map_err(|_| Error::TrustAnchor("it is not a PEM certificate".to_owned()))?;
    if anchors.is_empty() {
        return Err(Error::TrustAnchor("the file holds no certificate (BEGIN CERTIFICATE)".to_owned()));
    }
    let mut store = RootCertStore::empty();
    for anchor in &anchors {
        store.add(anchor.clone()).map_err(|error| Error::TrustAnchor(error.to_string()))?;
        if !is_authority(anchor) {
            let why = "it is a server's own certificate and no authority's (its basic constraints do not say CA); give \
                       the certificate of the authority that issued it";
            return Err(Error::TrustAnchor(why.to_owned()));
        }
    }
    Ok(anchors)
}

/// A text without the byte order mark that some editors put before it.
pub fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}

/// One configuration for both clients.
pub(crate) fn config(anchors: Vec<CertificateDer<'static>>) -> Result<ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Setup(error.to_string()))?;
    // The verifier is the platform's own with extra roots, not a bypass: `dangerous` is the name of the setter.
    let builder = match Verifier::new_with_extra_roots(anchors.iter().cloned(), provider) {
        Ok(verifier) => builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)),
        Err(error) => {
            tracing::warn!(%error, "the system's trust store cannot be read: only the connection's own anchors are trusted");
            let mut store = RootCertStore::empty();
            for anchor in anchors {
                store.add(anchor).map_err(|error| Error::TrustAnchor(error.to_string()))?;
            }
            builder.with_root_certificates(store)
        }
    };
    Ok(builder.with_no_client_auth())
}
