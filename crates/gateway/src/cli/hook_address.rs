//! The address to which the PBX of a connection posts.

use anyhow::Context;
use calls::ConnectionId;
use trubka_gateway::config::Config;
use url::Url;

use super::replay::hook_path;

/// The address that the PBX is to post to.
pub(super) fn of(config: &Config, id: &ConnectionId) -> anyhow::Result<Url> {
    let public = config.public_url().context("public_url is not set: it is the address that the PBX posts to")?;
    let token = config.path_token(id)?;
    let mut url = public.clone();
    let path = hook_path(id.as_str(), token.as_ref());
    url.set_path(&format!("{}{path}", public.path().trim_end_matches('/')));
    Ok(url)
}

/// Whether both are one address, with or without a slash at the end.
pub(super) fn is_same(url: &str, own: &Url) -> bool {
    let plain = |url: &str| url.trim_end_matches('/').to_owned();
    Url::parse(url).is_ok_and(|url| plain(url.as_str()) == plain(own.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_at_the_end_makes_no_other_address() {
        let own: Url = "https://calls.example.org/hook/zd1/word".parse().expect("an address");
        for same in ["https://calls.example.org/hook/zd1/word", "https://CALLS.example.org:443/hook/zd1/word/"] {
            assert!(is_same(same, &own), "{same}");
        }
        for other in ["", "calls", "https://calls.example.org/hook/zd1", "http://calls.example.org/hook/zd1/word"] {
            assert!(!is_same(other, &own), "{other}");
        }
    }
}
