//! Plain HTTP at a gateway that is reached over TLS: taken for the webhooks of connections in trial mode, and for nothing
//! else. Everything else is refused in the same words, whatever there is at its address.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use office::{Carrier, PlainDoor};
use url::Url;

use crate::{body, hooks, state::State as Gateway};

/// By which a proxy says how a request came to it.
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
/// What is read of a request that is refused, so that whoever sends it reads the answer.
const READ: usize = 64 << 10;

/// Who speaks TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Front {
    /// The gateway itself.
    OwnTls,
    /// A proxy: the public address begins with `https`, and the gateway has no certificate.
    Proxy,
    /// Nobody.
    Nobody,
}

impl Front {
    /// Who speaks it where the gateway does or does not, and is reached there.
    pub(crate) fn of(has_tls: bool, public_url: Option<&Url>) -> Self {
        match (has_tls, public_url.is_some_and(|url| url.scheme() == "https")) {
            (true, _) => Self::OwnTls,
            (false, true) => Self::Proxy,
            (false, false) => Self::Nobody,
        }
    }

    /// How a request came. A gateway with TLS of its own knows that of each connection, another one is told by its proxy.
    fn carrier(self, request: &Request) -> Carrier {
        let told = told_by_proxy(request.headers());
        match self {
            Self::OwnTls => request.extensions().get::<Carrier>().copied().unwrap_or(Carrier::PlainInTrial),
            Self::Proxy if told == Some("http") => Carrier::PlainInTrial,
            Self::Proxy => Carrier::Tls,
            Self::Nobody if told == Some("https") => Carrier::Tls,
            Self::Nobody => Carrier::Plain,
        }
    }

    /// Where PBXs post over plain HTTP, if this is the public address.
    pub(crate) fn plain_door(self, public_url: Option<&Url>) -> PlainDoor {
        let mut url = public_url.cloned();
        if let Some(known) = &mut url {
            let port = known.port_or_known_default();
            let is_usual = known.port().is_none();
            // Both schemes have hosts and ports, so neither is refused.
            let is_set = known.set_scheme("http").is_ok() && (self != Self::OwnTls || known.set_port(port).is_ok());
            // Which port of a proxy takes plain HTTP beside an unusual one for TLS is not known.
            if !is_set || self == Self::Proxy && !is_usual {
                return PlainDoor::default();
            }
        }
        PlainDoor { url }
    }
}

/// `http` or `https`, where a proxy has said so. Of several the worst counts.
fn told_by_proxy(headers: &HeaderMap) -> Option<&'static str> {
    let told = headers.get_all(FORWARDED_PROTO).iter().filter_map(|value| value.to_str().ok());
    let mut told = told.flat_map(|value| value.split(',')).map(str::trim).peekable();
    told.peek()?;
    Some(if told.any(|scheme| scheme.eq_ignore_ascii_case("http")) { "http" } else { "https" })
}

/// Lets through what came as it should, and tells the rest how it came.
pub(crate) async fn guard(State(gateway): State<Arc<Gateway>>, mut request: Request, next: Next) -> Response {
    let carrier = gateway.front.carrier(&request);
    if carrier == Carrier::PlainInTrial && !is_hook_in_trial(&gateway, request.uri().path()) {
        let deadline = body::deadline(request.extensions(), gateway.limits.request);
        // The answer is the same however far this came.
        let _ = body::read(request.into_body(), READ, deadline).await;
        return refusal();
    }
    request.extensions_mut().insert(carrier);
    next.run(request).await
}

fn is_hook_in_trial(gateway: &Gateway, path: &str) -> bool {
    let connection = hooks::connection_of(path, &gateway.path_tokens);
    connection.is_some_and(|connection| gateway.office.is_in_trial(&connection))
}

/// The answer to all that is not taken over plain HTTP.
pub(crate) fn refusal() -> Response {
    let mut response = StatusCode::FORBIDDEN.into_response();
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn url(text: &str) -> Url {
        text.parse().expect("a URL")
    }

    #[test]
    fn a_proxy_says_how_a_request_came_and_the_worst_that_is_said_counts() {
        let carrier = |front: Front, said: &[&str]| {
            let mut request = Request::new(Body::empty());
            for said in said {
                request.headers_mut().append(FORWARDED_PROTO, said.parse().expect("a value"));
            }
            front.carrier(&request)
        };
        for (said, proxy, nobody) in [
            (&[][..], Carrier::Tls, Carrier::Plain),
            (&["https"], Carrier::Tls, Carrier::Tls),
            (&["HTTP"], Carrier::PlainInTrial, Carrier::Plain),
            (&["https, http"], Carrier::PlainInTrial, Carrier::Plain),
            (&["https", "http"], Carrier::PlainInTrial, Carrier::Plain),
        ] {
            assert_eq!((carrier(Front::Proxy, said), carrier(Front::Nobody, said)), (proxy, nobody), "{said:?}");
            assert_eq!(carrier(Front::OwnTls, said), Carrier::PlainInTrial, "no connection said that it is TLS");
        }
    }

    #[test]
    fn the_address_over_plain_http_follows_from_the_public_one() {
        let door = |tls, public: &str| {
            let public = url(public);
            Front::of(tls, Some(&public)).plain_door(Some(&public)).url.map(String::from)
        };
        assert_eq!(door(true, "https://a.example/").as_deref(), Some("http://a.example:443/"));
        assert_eq!(door(true, "https://a.example:8443/").as_deref(), Some("http://a.example:8443/"));
        assert_eq!(door(false, "https://a.example/").as_deref(), Some("http://a.example/"));
        assert_eq!(door(false, "https://a.example:8443/"), None);
        assert_eq!(door(false, "http://127.0.0.1:8080/").as_deref(), Some("http://127.0.0.1:8080/"));
        assert_eq!(Front::of(true, None).plain_door(None).url, None);
    }
}
