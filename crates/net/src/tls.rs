//! TLS for HTTP and WebSocket alike: the operating system's trust store, a connection's own anchors, never off.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use rustls::{
    ClientConfig, RootCertStore,
    client::WebPkiServerVerifier,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, pem::PemObject},
};
use rustls_platform_verifier::Verifier;

use crate::{alone::OrAlone, authority::is_authority, error::Error};

/// The certificates in a PEM text. Each must be fit to be an anchor: a CA, not a server's own certificate.
pub fn read_anchors(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let anchors = read_certificates(pem)?;
    for anchor in &anchors {
        if !is_authority(anchor) {
            let why = "it is a server's own certificate and no authority's (its basic constraints do not say CA); give \
                       the certificate of the authority that issued it";
            return Err(Error::TrustAnchor(why.to_owned()));
        }
    }
    Ok(anchors)
}

/// The certificates in a PEM text, an authority's or a server's own: for where a person has compared what they are.
pub fn read_certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let anchors: Vec<_> = CertificateDer::pem_slice_iter(without_mark(pem))
        .collect::<Result<_, _>>()
        .map_err(|_| Error::TrustAnchor("it is not a PEM certificate".to_owned()))?;
    if anchors.is_empty() {
        return Err(Error::TrustAnchor("the file holds no certificate (BEGIN CERTIFICATE)".to_owned()));
    }
    let mut store = RootCertStore::empty();
    for anchor in &anchors {
        store.add(anchor.clone()).map_err(|error| Error::TrustAnchor(error.to_string()))?;
    }
    Ok(anchors)
}

/// A text without the byte order mark that some editors put before it.
pub fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}

/// One configuration for both clients. Reading the system's trust store takes time and memory, so all clients that trust
/// the same share what was read.
pub(crate) fn config(anchors: Vec<CertificateDer<'static>>) -> Result<ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Setup(error.to_string()))?;
    // The verifier is the platform's own with extra roots, not a bypass: `dangerous` is the name of the setter.
    let builder = builder.dangerous();
    let builder = match verifier(&anchors, Arc::clone(&provider)) {
        Ok(verifier) if anchors.is_empty() => builder.with_custom_certificate_verifier(verifier),
        Ok(verifier) => builder.with_custom_certificate_verifier(Arc::new(OrAlone { verifier, anchors })),
        Err(error) => {
            tracing::warn!(%error, "the system's trust store cannot be read: only the connection's own anchors are trusted");
            let mut store = RootCertStore::empty();
            for anchor in &anchors {
                store.add(anchor.clone()).map_err(|error| Error::TrustAnchor(error.to_string()))?;
            }
            let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(store), provider)
                .build()
                .map_err(|error| Error::Setup(error.to_string()))?;
            builder.with_custom_certificate_verifier(Arc::new(OrAlone { verifier, anchors }))
        }
    };
    Ok(builder.with_no_client_auth())
}

/// Verifiers in use, by the anchors that they trust beside the system's.
static VERIFIERS: Mutex<Vec<(Vec<CertificateDer<'static>>, Weak<Verifier>)>> = Mutex::new(Vec::new());

/// The verifier of these anchors: one for as long as somebody uses it. With the last one it goes, so that a process
/// that connects anew reads a trust store that has changed.
fn verifier(
    anchors: &[CertificateDer<'static>],
    provider: Arc<CryptoProvider>,
) -> Result<Arc<Verifier>, rustls::Error> {
    let mut known = VERIFIERS.lock().unwrap_or_else(PoisonError::into_inner);
    known.retain(|(_, verifier)| verifier.strong_count() > 0);
    if let Some(shared) = known.iter().find(|(of, _)| of == anchors).and_then(|(_, verifier)| verifier.upgrade()) {
        return Ok(shared);
    }
    let verifier = Arc::new(Verifier::new_with_extra_roots(anchors.iter().cloned(), provider)?);
    known.push((anchors.to_vec(), Arc::downgrade(&verifier)));
    Ok(verifier)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_that_trust_the_same_share_one_verifier() {
        let provider = || Arc::new(rustls::crypto::ring::default_provider());
        let anchors = read_anchors(include_bytes!("../tests/clients/tls/ca.pem")).expect("an authority");
        let own = verifier(&anchors, provider()).expect("a verifier");
        let same = verifier(&anchors, provider()).expect("a verifier");
        assert!(Arc::ptr_eq(&own, &same));
        match verifier(&[], provider()) {
            Ok(of_system) => assert!(!Arc::ptr_eq(&own, &of_system)),
            // A machine without any certificates.
            Err(error) => assert!(matches!(error, rustls::Error::General(_)), "{error}"),
        }
        drop((own, same));
        let known = || VERIFIERS.lock().expect("not poisoned").iter().filter(|(of, _)| *of == anchors).count();
        let again = verifier(&anchors, provider()).expect("a verifier");
        assert_eq!((known(), Arc::strong_count(&again)), (1, 1), "the former one is gone");
    }

    #[test]
    fn a_byte_order_mark_before_a_certificate_is_no_part_of_it() {
        let pem = [b"\xef\xbb\xbf", &include_bytes!("../tests/clients/tls/ca.pem")[..]].concat();
        assert_eq!(read_anchors(&pem).expect("an authority").len(), 1);
    }
}
