//! How long the gateway's certificate is valid, and for which name.

use jiff::Timestamp;
use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use trubka_gateway::config::Config;
use webpki::EndEntityCert;

use super::{OwnFinding, WORKS};

/// From here on it is to be renewed: whoever renews by a machine does so earlier.
const SOON_DAYS: i64 = 21;

/// Nothing where the gateway speaks no TLS itself.
pub(super) fn find(config: &Config, now: Timestamp) -> Option<OwnFinding> {
    let fails = |reason, detail: String| Some(OwnFinding::new("certificate", false, reason, detail));
    let path = config.certificate()?;
    if let Err(error) = config.tls() {
        return fails("unreadable", error.to_string());
    }
    let name = config.public_url().and_then(|url| url.host_str()).map(str::to_owned);
    // Read a moment ago.
    let pem = std::fs::read(&path).unwrap_or_default();
    let Some(Ok(leaf)) = CertificateDer::pem_slice_iter(net::without_mark(&pem)).next() else {
        return fails("unreadable", format!("{}: no PEM certificate in it", path.display()));
    };
    Some(judge(&leaf, name.as_deref(), now))
}

fn judge(leaf: &CertificateDer<'_>, name: Option<&str>, now: Timestamp) -> OwnFinding {
    let finding = |ok, reason, detail: String| OwnFinding::new("certificate", ok, reason, detail);
    let cannot = |error: &dyn std::fmt::Display| {
        finding(false, "unreadable", format!("tls.cert: not a certificate of a server: {error}"))
    };
    let certificate = match EndEntityCert::try_from(leaf) {
        Ok(certificate) => certificate,
        Err(error) => return cannot(&error),
    };
    if let Some(Ok(server)) = name.map(ServerName::try_from)
        && certificate.verify_is_valid_for_subject_name(&server).is_err()
    {
        let name = name.unwrap_or_default();
        let detail = format!("tls.cert: it is not for {name}, the host of public_url; get one for that name");
        return finding(false, "otherName", detail);
    }
    let end = match net::certificate_facts(leaf) {
        Ok(facts) => facts.until.and_then(|until| i64::try_from(until).ok()).unwrap_or(i64::MAX),
        Err(error) => return cannot(&error),
    };
    let seconds = end.saturating_sub(now.as_second());
    let days = seconds.div_euclid(86_400);
    if seconds <= 0 {
        return finding(false, "expired", format!("tls.cert: expired {} days ago; renew it", -days));
    }
    let left = format!("tls.cert: valid for {days} more days");
    if days < SOON_DAYS {
        return finding(true, "expiresSoon", format!("{left}; renew it and restart the gateway"));
    }
    finding(true, WORKS, left)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf() -> CertificateDer<'static> {
        CertificateDer::from_pem_slice(include_bytes!("../../../tests/tls-files/cert.pem")).expect("a certificate")
    }

    #[test]
    fn days_are_counted_and_a_name_that_does_not_fit_is_told() {
        let far = judge(&leaf(), None, Timestamp::UNIX_EPOCH);
        assert!(far.ok && far.reason == WORKS, "{far:?}");
        let days: i64 = far.detail.split(' ').find_map(|word| word.parse().ok()).expect("says how many days");
        let after = |days: i64| {
            let now = Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_hours(days * 24);
            judge(&leaf(), None, now)
        };
        let soon = after(days - 20);
        assert!(soon.ok && soon.reason == "expiresSoon" && soon.detail.contains("for 20 more days"), "{soon:?}");
        let over = after(days + 3);
        assert!(!over.ok && over.reason == "expired" && over.detail.contains("renew"), "{over:?}");
        assert_eq!(judge(&leaf(), Some("127.0.0.1"), Timestamp::UNIX_EPOCH).reason, WORKS);
        let other = judge(&leaf(), Some("calls.example.org"), Timestamp::UNIX_EPOCH);
        assert!(!other.ok && other.reason == "otherName" && other.detail.contains("calls.example.org"), "{other:?}");
    }
}
