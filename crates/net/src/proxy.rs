//! The system's proxy. HTTP requests go through it by reqwest, WebSockets by [`Via`].

use std::sync::Arc;

use hyper_util::client::proxy::matcher::Matcher;
use url::{Host, Url};

/// The system's proxy settings, read once.
#[derive(Debug, Clone)]
pub(crate) struct SystemProxy(Option<Arc<Matcher>>);

/// A proxy to go through.
pub(crate) struct Via {
    /// Its address.
    pub(crate) uri: http::Uri,
    /// Ready `Proxy-Authorization`.
    pub(crate) authorization: Option<http::HeaderValue>,
}

impl SystemProxy {
    /// The settings of the environment or the system; this computer is always reached straight.
    pub(crate) fn for_base(base: &Url) -> Self {
        Self((!is_this_computer(base)).then(|| Arc::new(Matcher::from_system())))
    }

    /// One for everything, as a test has it.
    #[cfg(test)]
    pub(crate) fn of(address: &str) -> Self {
        Self(Some(Arc::new(Matcher::builder().all(address).build())))
    }

    /// Whether the system's proxy is asked at all.
    pub(crate) fn is_used(&self) -> bool {
        self.0.is_some()
    }

    /// The proxy for an address; `None` to go straight.
    pub(crate) fn via(&self, url: &Url) -> Option<Via> {
        let scheme = match url.scheme() {
            "https" | "wss" => "https",
            _ => "http",
        };
        self.intercept(&format!("{scheme}://{}/", url.host_str()?))
    }

    /// Whether a name is a proxy's own, which may well be a private one.
    pub(crate) fn is_proxy(&self, host: &str) -> bool {
        ["http://outside.invalid/", "https://outside.invalid/"]
            .into_iter()
            .filter_map(|outside| self.intercept(outside))
            .any(|via| via.uri.host().is_some_and(|proxy| proxy.eq_ignore_ascii_case(host)))
    }

    fn intercept(&self, plain: &str) -> Option<Via> {
        let intercept = self.0.as_ref()?.intercept(&plain.parse().ok()?)?;
        Some(Via { uri: intercept.uri().clone(), authorization: intercept.basic_auth().cloned() })
    }
}

fn is_this_computer(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => true,
    }
}
