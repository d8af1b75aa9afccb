//! A certificate that is known by its fingerprint before it is seen: how it is fetched from the server that shows it.

use std::sync::Arc;

use data_encoding::BASE64;
use rustls::{
    ClientConfig, DigitallySignedStruct, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use sha2::{Digest, Sha256};
use url::Url;

use crate::{
    client::{Client, Request, Settings},
    error::Error,
    tls::read_certificates,
};

/// Certificates are short.
const CAP: u64 = 64 << 10;

/// SHA-256 of a certificate (DER).
pub type Fingerprint = [u8; 32];

/// The certificate with this fingerprint, in PEM as `url` gives it; `None` where there is none to be had (any status but
/// 200). Nobody vouches for the server yet, so nothing is told to it, and nothing of its answer is believed but the
/// certificate whose fingerprint is right.
pub async fn fetch_certificate(url: &Url, fingerprint: &Fingerprint) -> Result<Option<String>, Error> {
    let mut request = Request::get(url.clone());
    request.cap = CAP;
    let answer = Client::with_tls(Settings::for_base(url)?, first_contact()?)?.send(request).await?;
    if answer.status != 200 {
        return Ok(None);
    }
    let shown = read_certificates(&answer.body).map_err(|_| Error::OtherCertificate)?;
    let named = shown.into_iter().find(|certificate| Sha256::digest(certificate)[..] == fingerprint[..]);
    named.map(|certificate| Some(pem(&certificate))).ok_or(Error::OtherCertificate)
}

fn pem(certificate: &CertificateDer<'_>) -> String {
    let text = BASE64.encode(certificate);
    let mut pem = "-----BEGIN CERTIFICATE-----\n".to_owned();
    // Base64 is ASCII: it may be cut anywhere.
    for start in (0..text.len()).step_by(64) {
        pem.push_str(&text[start..text.len().min(start + 64)]);
        pem.push('\n');
    }
    pem + "-----END CERTIFICATE-----\n"
}

fn first_contact() -> Result<ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Setup(error.to_string()))?;
    let verifier = Arc::new(FirstContact(provider));
    Ok(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
}

/// Takes any certificate: what comes over this connection is compared afterwards.
#[derive(Debug)]
struct FirstContact(Arc<CryptoProvider>);

impl ServerCertVerifier for FirstContact {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, own, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, own, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
