//! HTTPS with a certificate of an authority that the system does not know. The files were made for these tests alone.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use link::{Office, OfficeErrorKind, RemoteOffice};
use secrecy::SecretString;
use trubka_gateway::config::Config;

use crate::{
    cli::{Program, config_file},
    events::call_id,
};

/// A gateway's side of TLS with these files.
pub(crate) fn server() -> Option<Arc<rustls::ServerConfig>> {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config_file(folder.path(), &with_tls(&file("cert.pem"), &file("key.pem")));
    Config::read(&config).expect("is read").tls().expect("fits")
}

/// What vouches for it.
pub(crate) fn authority() -> Vec<u8> {
    std::fs::read(file("ca.pem")).expect("is read")
}

fn file(name: &str) -> PathBuf {
    Path::new(&std::env::var("CARGO_MANIFEST_DIR").expect("cargo names the folder")).join("tests/tls-files").join(name)
}

fn with_tls(cert: &Path, key: &Path) -> String {
    format!("tls = {{ cert = {cert:?}, key = {key:?} }}\n")
}

#[tokio::test]
async fn a_desk_trusts_the_authority_that_it_was_given_and_no_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config_file(folder.path(), &with_tls(&file("cert.pem"), &file("key.pem")));
    let token = Program::run(&config, &["token", "issue", "--name", "Ольга", "--role", "manager"]).succeeded();
    let program = Program::serve(&config).await;
    assert!(program.address.starts_with("https://127.0.0.1:"), "{}", program.address);
    let address = program.address.parse().expect("a URL");
    let token = SecretString::from(token.trim());

    let trusting = RemoteOffice::connect(&address, token.clone(), Some(&authority())).expect("is set up");
    assert_eq!(trusting.trace(&call_id("s1")).await, Ok(None));
    let stream = trusting.stream(None).await.map(|_| ());
    assert_eq!(stream, Ok(()));

    let wary = RemoteOffice::connect(&address, token, None).expect("is set up");
    let refused = wary.trace(&call_id("s1")).await.expect_err("is not trusted");
    assert_eq!(refused.kind, OfficeErrorKind::Unreachable);
    assert!(refused.message.contains("not trusted"), "{}", refused.message);
}

#[test]
fn a_certificate_that_does_not_fit_its_key_is_told_at_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    for (cert, key, part) in
        [("ca.pem", "key.pem", "do not fit"), ("cert.pem", "cert.pem", "tls.key"), ("none", "key.pem", "tls.cert")]
    {
        let config = config_file(folder.path(), &with_tls(&file(cert), &file(key)));
        let message = Config::read(&config).expect("is read").tls().map(|_| ()).expect_err("is refused").to_string();
        assert!(message.contains(part), "{message}");
    }
}
