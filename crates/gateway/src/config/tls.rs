//! TLS from PEM files.

use std::{path::Path, sync::Arc};

use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use secrecy::{ExposeSecret, SecretBox};

/// The server's side of TLS with this certificate chain and key.
pub(super) fn server_config(cert: &Path, key: &Path) -> Result<Arc<ServerConfig>, String> {
    let in_cert = |error: &dyn std::fmt::Display| format!("tls.cert: {}: {error}", cert.display());
    let in_key = |error: &dyn std::fmt::Display| format!("tls.key: {}: {error}", key.display());
    let pem = std::fs::read(cert).map_err(|error| in_cert(&error))?;
    let chain = CertificateDer::pem_slice_iter(net::without_mark(&pem))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| in_cert(&error))?;
    if chain.is_empty() {
        return Err(in_cert(&"no PEM certificate in it"));
    }
    let pem = SecretBox::new(Box::new(std::fs::read(key).map_err(|error| in_key(&error))?));
    let key = PrivateKeyDer::from_pem_slice(net::without_mark(pem.expose_secret())).map_err(|error| in_key(&error))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("tls: {error}"))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| format!("tls: certificate and key do not fit: {error}"))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
