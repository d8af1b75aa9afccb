//! Which hosts a connection may reach.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use dns_lookup::LookupErrorKind;
use url::{Host, Url};

use crate::{
    address::is_public,
    error::{Error, Refusal},
};

/// The hosts that a connection may reach: the one of its base address, and those below the vendor's domains.
#[derive(Debug, Clone)]
pub struct Hosts {
    base: Arc<Base>,
    domains: Arc<[String]>,
    /// Whether the base address may lead into this computer or the local network.
    base_may_be_private: bool,
}

#[derive(Debug)]
struct Base {
    host: String,
    port: Option<u16>,
    encrypted: bool,
}

impl Hosts {
    /// Only the host of a vendor's `base` address. It may be on this computer or the local network only where the
    /// address itself names such a place: a public name that leads inside is refused, whoever wrote it down.
    pub fn of(base: &Url) -> Result<Self, Error> {
        Self::new(base, names_private(base))
    }

    /// Only the host that a person chose for a server of his own, which may well stand in the local network.
    pub fn chosen(base: &Url) -> Result<Self, Error> {
        Self::new(base, true)
    }

    fn new(base: &Url, base_may_be_private: bool) -> Result<Self, Error> {
        let host = base.host_str().ok_or(Error::InvalidUrl)?.to_ascii_lowercase();
        let encrypted = match base.scheme() {
            "https" | "wss" => true,
            "http" | "ws" => false,
            _ => return Err(Error::Refused { host, why: Refusal::Scheme }),
        };
        let base = Base { host, port: base.port_or_known_default(), encrypted };
        Ok(Self { base: Arc::new(base), domains: Arc::from([]), base_may_be_private })
    }

    /// Hosts below these domains too, such as `mango-office.ru`.
    #[must_use]
    pub fn and_domains(mut self, domains: &[&str]) -> Self {
        self.domains = domains.iter().map(|domain| domain.to_ascii_lowercase()).collect();
        self
    }

    /// Whether `url` is on the base address's own host and port, so that credentials may go there.
    pub fn is_base(&self, url: &Url) -> bool {
        url.host_str().is_some_and(|host| host.eq_ignore_ascii_case(&self.base.host))
            && url.port_or_known_default() == self.base.port
    }

    /// Refuses what must not be reached, as far as the URL itself tells.
    pub(crate) fn check(&self, url: &Url) -> Result<(), Error> {
        let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
        let refuse = |why| Err(Error::Refused { host: host.clone(), why });
        let encrypted = match url.scheme() {
            "https" | "wss" => true,
            "http" | "ws" => false,
            _ => return refuse(Refusal::Scheme),
        };
        if self.base.encrypted && !encrypted {
            return refuse(Refusal::Plain);
        }
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain(_)) | None => None,
        };
        if self.is_base(url) {
            return match literal {
                Some(address) if !self.base_may_be_private && !is_public(address) => refuse(Refusal::Private),
                Some(_) | None => Ok(()),
            };
        }
        if literal.is_some_and(|address| !is_public(address)) {
            return refuse(Refusal::Private);
        }
        // Not another port of the base host: where that is a private one, it would open whatever else listens there.
        let allowed = host != self.base.host && self.domains.iter().any(|domain| is_below(&host, domain));
        if allowed { Ok(()) } else { refuse(Refusal::NotAllowed) }
    }

    /// Whether the addresses behind `host` on `port` may be private: only those of the base address.
    fn may_be_private(&self, host: &str, port: Option<u16>) -> bool {
        self.base_may_be_private
            && host.eq_ignore_ascii_case(&self.base.host)
            && port.is_none_or(|port| Some(port) == self.base.port)
    }

    /// The addresses of a host that may be reached; refuses when none is left.
    pub(crate) async fn resolve(&self, host: &str, port: Option<u16>) -> Result<Vec<SocketAddr>, Error> {
        let found = look_up(host, port.unwrap_or(0)).await?;
        let private = self.may_be_private(host, port);
        let allowed: Vec<SocketAddr> = found.into_iter().filter(|address| private || is_public(address.ip())).collect();
        if allowed.is_empty() {
            return Err(Error::Refused { host: host.to_owned(), why: Refusal::Private });
        }
        Ok(allowed)
    }
}

/// The addresses of a host, from wherever this computer knows them: asked on a thread that may wait.
pub async fn look_up(host: &str, port: u16) -> Result<Vec<SocketAddr>, Error> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let name = host.to_owned();
    let asked = tokio::task::spawn_blocking(move || dns_lookup::lookup_host(&name).map(Iterator::collect::<Vec<_>>));
    let found = asked.await.unwrap_or_else(|_| Err(dns_lookup::LookupError::new(0)));
    match found {
        Ok(found) => Ok(found.into_iter().map(|address| SocketAddr::new(address, port)).collect()),
        Err(error) => Err(not_found(host, error.kind())),
    }
}

/// Whether the name is known not to exist, or nobody could be asked.
fn not_found(host: &str, kind: LookupErrorKind) -> Error {
    let host = host.to_owned();
    if matches!(kind, LookupErrorKind::NoName | LookupErrorKind::NoData) {
        Error::NameNotFound { host }
    } else {
        Error::NoNameServer { host }
    }
}

/// Whether an address names a place in this computer or the local network: as an IP address, or by a name that leads
/// nowhere else (RFC 6761, 6762 and 8375, and names without a dot).
fn names_private(base: &Url) -> bool {
    const LOCAL: [&str; 4] = ["localhost", "local", "internal", "home.arpa"];
    match base.host() {
        Some(Host::Ipv4(address)) => !is_public(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => !is_public(IpAddr::V6(address)),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            !name.contains('.') || LOCAL.iter().any(|local| is_below(&name, local))
        }
        None => false,
    }
}

/// Whether `host` is `domain` or below it.
fn is_below(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().expect("a URL")
    }

    fn why(hosts: &Hosts, text: &str) -> Option<Refusal> {
        match hosts.check(&url(text)) {
            Ok(()) => None,
            Err(Error::Refused { why, .. }) => Some(why),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn only_the_connections_hosts_are_reached() {
        let hosts = Hosts::of(&url("https://api.example.org/v1")).expect("hosts").and_domains(&["example.net"]);
        assert_eq!(why(&hosts, "https://api.example.org/other"), None);
        assert_eq!(why(&hosts, "https://files.example.net/1"), None);
        assert_eq!(why(&hosts, "https://example.net/1"), None);
        assert_eq!(why(&hosts, "https://badexample.net/1"), Some(Refusal::NotAllowed));
        assert_eq!(why(&hosts, "https://example.com/"), Some(Refusal::NotAllowed));
        assert_eq!(why(&hosts, "https://api.example.org:8443/"), Some(Refusal::NotAllowed));
        assert_eq!(why(&hosts, "http://api.example.org/v1"), Some(Refusal::Plain));
        assert_eq!(why(&hosts, "file:///etc/hosts"), Some(Refusal::Scheme));
        assert_eq!(why(&hosts, "ftp://api.example.org/v1"), Some(Refusal::Scheme));
    }

    #[test]
    fn private_addresses_are_reached_only_where_the_base_address_names_one() {
        let vendor = Hosts::of(&url("https://api.example.org")).expect("hosts");
        for inside in ["https://127.0.0.1/", "https://0x7f.1/", "https://[::1]/", "https://192.168.0.1/"] {
            assert_eq!(why(&vendor, inside), Some(Refusal::Private), "{inside}");
        }
        let named = Hosts::of(&url("http://127.0.0.1:8081")).expect("hosts");
        assert_eq!(why(&named, "http://127.0.0.1:8081/record/1"), None);
        assert_eq!(why(&named, "ws://127.0.0.1:8081/channel/1"), None);
        assert_eq!(why(&named, "http://127.0.0.1:22/"), Some(Refusal::Private));
        let names = |text: &str| names_private(&url(text));
        for inside in ["http://10.1.2.3", "http://[fd00::1]:80", "http://localhost", "http://pbx", "https://pbx.local"]
        {
            assert!(names(inside), "{inside}");
        }
        for outside in
            ["https://8.8.8.8", "https://api.example.org", "https://local.example.org", "https://notlocal.org"]
        {
            assert!(!names(outside), "{outside}");
        }
    }

    #[test]
    fn a_name_that_nobody_could_be_asked_about_is_told_from_one_that_does_not_exist() {
        let host = || "pbx.example.org".to_owned();
        for kind in [LookupErrorKind::NoName, LookupErrorKind::NoData] {
            assert_eq!(not_found("pbx.example.org", kind), Error::NameNotFound { host: host() });
        }
        for kind in [LookupErrorKind::Again, LookupErrorKind::Fail, LookupErrorKind::System, LookupErrorKind::IO] {
            let error = not_found("pbx.example.org", kind);
            assert_eq!(error, Error::NoNameServer { host: host() });
            assert!(error.unsent() && error.to_string().contains("no name server"), "{error}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_refused_unless_it_says_so_itself() {
        // Stands for a public name whose owner lets it lead inside.
        let outside = Hosts::new(&url("http://localhost:8081"), false).expect("hosts");
        let refused = outside.resolve("localhost", Some(8081)).await;
        assert_eq!(refused, Err(Error::Refused { host: "localhost".to_owned(), why: Refusal::Private }));
        for named in [Hosts::of(&url("http://localhost:8081")), Hosts::chosen(&url("http://localhost:8081"))] {
            assert!(named.expect("hosts").resolve("localhost", Some(8081)).await.is_ok());
        }
    }
}
