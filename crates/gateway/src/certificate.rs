//! A certificate from a CA of the gateway's own, for where no public CA vouches for it.
//!
//! The CA stays beside it: a renewed certificate is signed by the same, so that desks and vendors that trust it go on.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};

use crate::platform;

/// The CA and a certificate are valid for so long.
const CA_DAYS: i64 = 3650;
const CERTIFICATE_DAYS: i64 = 825;
/// What the CA is called; the same after a renewal.
const CA_NAME: &str = "Trubka gateway CA";

/// Where a certificate begins and ends in PEM.
const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// Where the four files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    /// The certificate, with that of the CA after it.
    pub cert: PathBuf,
    /// Its key.
    pub key: PathBuf,
    /// The CA's certificate.
    pub ca: PathBuf,
    /// The CA's key.
    pub ca_key: PathBuf,
}

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// Something is there already.
    #[error("{} is there already: nothing is overwritten; --renew makes a new certificate under the same CA", .0.display())]
    Exists(PathBuf),
    /// The certificate that is there was made by somebody else.
    #[error("{} is not of the CA in {}: nothing is overwritten; renew it where it came from", cert.display(), ca.display())]
    Foreign {
        /// The certificate.
        cert: PathBuf,
        /// Our CA.
        ca: PathBuf,
    },
    /// A file cannot be read or made.
    #[error("{}: {reason}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why not.
        reason: io::Error,
    },
    /// A host is no name, or a key is none.
    #[error("no certificate could be made: {0}")]
    Made(#[from] rcgen::Error),
}

impl Files {
    /// Under their usual names in this folder.
    pub fn in_folder(folder: &Path) -> Self {
        let [cert, key, ca, ca_key] = ["cert.pem", "key.pem", "ca.pem", "ca.key"].map(|name| folder.join(name));
        Self { cert, key, ca, ca_key }
    }

    /// Makes a certificate for these hosts. The CA is made with it, unless it is there and a certificate is to be renewed.
    pub fn make(&self, hosts: &[String], renew: bool, now: Timestamp) -> Result<(), CertificateError> {
        if !renew
            && let Some(there) = [&self.cert, &self.key, &self.ca, &self.ca_key].into_iter().find(|it| it.exists())
        {
            return Err(CertificateError::Exists(there.clone()));
        }
        let ca_params = authority(now)?;
        let (ca_key, ca_pem) = match renew {
            true => self.own_ca()?,
            false => {
                let key = KeyPair::generate()?;
                let pem = ca_params.self_signed(&key)?.pem();
                write(&self.ca_key, &key.serialize_pem())?;
                write(&self.ca, &pem)?;
                (key, pem)
            }
        };
        let key = KeyPair::generate()?;
        let certificate = server(hosts, now)?.signed_by(&key, &Issuer::new(ca_params, ca_key))?;
        // Key and certificate are changed one after the other: a gateway reads both when it starts.
        write(&self.key, &key.serialize_pem())?;
        write(&self.cert, &format!("{}{ca_pem}", certificate.pem()))
    }

    /// The CA that made the certificate which is there. Nobody else's is replaced.
    fn own_ca(&self) -> Result<(KeyPair, String), CertificateError> {
        let (key, ca, cert) = (read(&self.ca_key)?, read(&self.ca)?, read(&self.cert)?);
        if !cert.trim_end().ends_with(ca.trim_end()) {
            return Err(CertificateError::Foreign { cert: self.cert.clone(), ca: self.ca.clone() });
        }
        Ok((KeyPair::from_pem(&key)?, ca))
    }
}

/// The certificates of a PEM text, in their order, and nothing else that may stand beside them, such as a key; `None` where
/// there are none.
pub fn chain(pem: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(pem);
    let blocks = text.split(BEGIN).skip(1).filter_map(|block| block.split_once(END));
    let chain: String = blocks.map(|(body, _)| format!("{BEGIN}{body}{END}\n")).collect();
    (!chain.is_empty()).then_some(chain)
}

fn authority(now: Timestamp) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name = named(CA_NAME);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    valid(&mut params, now, CA_DAYS);
    Ok(params)
}

fn server(hosts: &[String], now: Timestamp) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(hosts)?;
    params.distinguished_name = named(hosts.first().map_or("gateway", String::as_str));
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    valid(&mut params, now, CERTIFICATE_DAYS);
    Ok(params)
}

fn named(name: &str) -> DistinguishedName {
    let mut named = DistinguishedName::new();
    named.push(DnType::CommonName, name);
    named
}

/// From yesterday on, since clocks differ.
fn valid(params: &mut CertificateParams, now: Timestamp, days: i64) {
    let day = |days: i64| {
        let at = now.checked_add(SignedDuration::from_hours(24 * days)).unwrap_or(now);
        let date = at.to_zoned(TimeZone::UTC).date();
        rcgen::date_time_ymd(
            i32::from(date.year()),
            u8::try_from(date.month()).unwrap_or(1),
            u8::try_from(date.day()).unwrap_or(1),
        )
    };
    (params.not_before, params.not_after) = (day(-1), day(days));
}

fn read(path: &Path) -> Result<String, CertificateError> {
    std::fs::read_to_string(path).map_err(|reason| CertificateError::File { path: path.to_owned(), reason })
}

/// Whole or not at all, and for nobody else to read.
fn write(path: &Path, text: &str) -> Result<(), CertificateError> {
    let failed = |reason| CertificateError::File { path: path.to_owned(), reason };
    let fresh = path.with_extension("new");
    let mut file = platform::create_private(&fresh).map_err(failed)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    written.and_then(|()| std::fs::rename(&fresh, path)).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_is_the_certificates_alone() {
        let one = |name: &str| format!("{BEGIN}\n{name}\n{END}\n");
        let text =
            format!("{}-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----\nca:\n{}", one("AA"), one("BB"));
        assert_eq!(chain(text.as_bytes()), Some(one("AA") + &one("BB")));
        for none in ["", "secret", BEGIN, "-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----\n"] {
            assert_eq!(chain(none.as_bytes()), None, "{none}");
        }
    }

    #[test]
    fn nothing_is_overwritten_and_a_renewed_certificate_has_the_same_ca() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = Files::in_folder(folder.path());
        let hosts = ["calls.example.org".to_owned(), "192.0.2.5".to_owned()];
        let now = "2026-03-01T09:00:00Z".parse().expect("a time");
        files.make(&hosts, false, now).expect("is made");
        let (ca, cert) = (read(&files.ca).expect("is there"), read(&files.cert).expect("is there"));
        assert!(cert.ends_with(&ca), "the chain is whole");
        net::read_anchors(ca.as_bytes()).expect("fit to be an anchor");
        assert!(matches!(files.make(&hosts, false, now), Err(CertificateError::Exists(_))));
        files.make(&hosts, true, now).expect("is renewed");
        assert_ne!(read(&files.cert).expect("is there"), cert);
        assert_eq!(read(&files.ca).expect("is there"), ca);
        let foreign = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n";
        std::fs::write(&files.cert, foreign).expect("is written");
        assert!(matches!(files.make(&hosts, true, now), Err(CertificateError::Foreign { .. })), "of a public CA");
        std::fs::write(&files.cert, &cert).expect("is written");
        std::fs::remove_file(&files.ca_key).expect("is there");
        assert!(matches!(files.make(&hosts, true, now), Err(CertificateError::File { .. })), "no other CA is made");
        assert_eq!((read(&files.ca).expect("is there"), read(&files.cert).expect("is there")), (ca, cert.clone()));
    }
}
