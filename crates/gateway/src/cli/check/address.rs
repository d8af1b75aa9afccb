//! Whether the gateway answers at the address that vendors and desks are given.

use std::time::Duration;

use calls::ConnectionId;
use http::Method;
use trubka_gateway::{NAMES_NOBODY, config::Config};
use url::Url;

use super::{OwnFinding, WORKS};
use crate::cli::replay::hook_path;

/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// How the public address stands, then each hook behind it.
pub(super) async fn find(config: &Config) -> Vec<OwnFinding> {
    let posting: Vec<&ConnectionId> = config.connections().filter(|id| posts(config, id)).collect();
    let Some(public) = config.public_url() else {
        if posting.is_empty() {
            return Vec::new();
        }
        let detail =
            "public_url is not set, so nothing can be said of the address that PBXs post to; set it, and check again";
        return vec![OwnFinding::new("address", true, "notNamed", detail)];
    };
    // Desks are given the own CA with their invitation.
    let settings = net::Settings::for_base(public).and_then(|settings| match config.own_ca() {
        Ok(Some(ca)) => Ok(net::Settings { anchors: net::read_certificates(ca.pem.as_bytes())?, ..settings }),
        Ok(None) | Err(_) => Ok(settings),
    });
    let client = match settings.and_then(net::Client::new) {
        Ok(client) => client,
        Err(error) => {
            let detail =
                format!("public_url: {error}; write the address as PBXs call it, such as https://calls.example.org");
            return vec![OwnFinding::new("address", false, "wrong", detail)];
        }
    };
    let answer = send(&client, Method::GET, below(public, "/healthz")).await;
    let proxy = answer
        .as_ref()
        .ok()
        .and_then(|answer| proxy(&answer.headers, config.certificate().is_some() || public.scheme() != "https"));
    let address = answers(answer, public, matches!(config.own_ca(), Ok(Some(_))));
    let is_there = address.ok;
    let mut findings = vec![address];
    findings.extend(proxy);
    // Behind an address that leads nowhere there is nothing to be told apart.
    if is_there {
        for id in posting {
            findings.push(hook(&client, config, public, id).await);
        }
    }
    findings
}

/// Whether the PBX of this connection posts to us.
fn posts(config: &Config, id: &ConnectionId) -> bool {
    config.make(id).is_ok_and(|make| make.delivery.needs_public_address())
}

/// Whether a proxy before the gateway says for whom it asks. Where the gateway speaks TLS itself, or nobody does, there is
/// none.
fn proxy(headers: &http::HeaderMap, stands_alone: bool) -> Option<OwnFinding> {
    (!stands_alone && headers.contains_key(NAMES_NOBODY)).then(|| {
        let detail = "what stands before the gateway sends no X-Forwarded-For, so all desks and PBXs are counted as one \
                      address, and one wrong code makes all wait; let the proxy add it (nginx: proxy_set_header \
                      X-Forwarded-For $proxy_add_x_forwarded_for)";
        OwnFinding::new("proxy", true, "namesNobody", detail)
    })
}

fn answers(answer: Result<net::Response, net::Error>, public: &Url, has_own_ca: bool) -> OwnFinding {
    let finding = |ok, reason, detail: String| OwnFinding::new("address", ok, reason, detail);
    match answer {
        Ok(answer) if answer.status == 200 && answer.body.as_ref() == b"ok\n" => {
            let plain = if public.scheme() == "http" { "; most PBXs post to https only" } else { "" };
            let own = if has_own_ca { "; PBXs trust its certificate once `cert export` is on their page" } else { "" };
            finding(true, WORKS, format!("{public} answers, as seen from this computer{plain}{own}"))
        }
        Ok(answer) => {
            let detail = format!(
                "{public} answers /healthz with {}, and not as a gateway does; let the proxy, or the port that the \
                 router forwards, lead to `listen`",
                answer.status
            );
            finding(false, "notAGateway", detail)
        }
        Err(net::Error::Untrusted(why)) => {
            let detail = format!(
                "{public} shows a certificate that is not trusted ({why}); PBXs will not post there: use one of a public \
                 authority, with its whole chain"
            );
            finding(false, "notTrusted", detail)
        }
        Err(error) => {
            let detail = format!(
                "{public} cannot be reached: {error}; start `trubka-gateway serve`, and see that name, router, firewall and \
                 proxy lead to `listen`"
            );
            finding(false, "unreachable", detail)
        }
    }
}

/// Asks in a way that no PBX does: a hook that is there refuses it without taking note.
async fn hook(client: &net::Client, config: &Config, public: &Url, id: &ConnectionId) -> OwnFinding {
    let finding = |ok, reason, detail: String| OwnFinding {
        hook: Some(id.clone()),
        ..OwnFinding::new("hook", ok, reason, detail)
    };
    let token = match config.path_token(id) {
        Ok(token) => token,
        Err(error) => return finding(false, "misconfigured", error.to_string()),
    };
    // The word in the path is a secret.
    let shown = format!("{}{}", below(public, &hook_path(id.as_str(), None)), token.as_ref().map_or("", |_| "/…"));
    let url = below(public, &hook_path(id.as_str(), token.as_ref()));
    match send(client, Method::PUT, url).await {
        Ok(answer) if answer.status == 405 => finding(true, WORKS, format!("{shown} is the address for the PBX")),
        Ok(answer) if answer.status == 404 => {
            let detail = format!(
                "{shown} is not known where public_url leads: another gateway answers there, or it runs with an older \
                 configuration; restart it, and see that the proxy passes whole paths on"
            );
            finding(false, "unknownHook", detail)
        }
        Ok(answer) => {
            let detail = format!(
                "{shown} answers {}; something before the gateway keeps requests from it: let the proxy pass /hook/ on",
                answer.status
            );
            finding(false, "blocked", detail)
        }
        Err(error) => finding(false, "unreachable", format!("{shown} cannot be reached: {error}")),
    }
}

async fn send(client: &net::Client, method: Method, url: Url) -> Result<net::Response, net::Error> {
    let mut request = net::Request::new(method, url);
    request.timeout = PATIENCE;
    client.send(request).await
}

/// A path of the gateway, which may itself lie below a path of the proxy.
fn below(public: &Url, path: &str) -> Url {
    let mut url = public.clone();
    url.set_path(&format!("{}{path}", public.path().trim_end_matches('/')));
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_that_names_nobody_is_told_with_what_to_do() {
        let mut headers = http::HeaderMap::new();
        assert!(proxy(&headers, false).is_none());
        headers.insert(NAMES_NOBODY, http::HeaderValue::from_static("yes"));
        let found = proxy(&headers, false).expect("is told");
        assert!(found.ok && found.reason == "namesNobody" && found.detail.contains("X-Forwarded-For"), "{found:?}");
        assert!(proxy(&headers, true).is_none(), "the gateway itself is asked");
    }
}
