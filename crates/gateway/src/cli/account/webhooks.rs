//! Has the PBX post to this gateway.

use anyhow::{Context, bail};
use pbx::{Query, Reply};
use url::Url;

use super::Account;
use crate::cli::hook_address::{self, is_same};

/// Sets the address, unless events go to another program now and that is not to be replaced.
pub(super) async fn set(account: &Account<'_>, replace: bool) -> anyhow::Result<Reply> {
    let own = hook_address::of(account.config, &account.id)?;
    let now = account.ask(&Query::Webhooks).await?;
    if let Reply::Webhooks { url: Some(other), .. } = &now
        && !is_same(other, &own)
        && !replace
    {
        bail!(
            "the PBX posts to another program now, at {}; that one would hear nothing any more: run this again with \
             --replace if that is meant",
            without_path(other)
        );
    }
    let set = account.ask(&Query::SetWebhooks(own.clone())).await;
    let set = set.context("the gateway must be running, and its address must be reachable from the internet")?;
    let Reply::Webhooks { url: Some(url), switches } = &set else {
        bail!("the PBX says that it has set the address, and shows none");
    };
    if !is_same(url, &own) {
        bail!("the PBX says that it has set the address, and shows another one");
    }
    let off: Vec<&str> = switches.iter().filter(|(_, on)| !**on).map(|(name, _)| name.as_str()).collect();
    if !off.is_empty() {
        bail!("the PBX took the address and does not post {}", off.join(", "));
    }
    Ok(set)
}

/// The server of an address: its path may hold a key.
fn without_path(url: &str) -> String {
    let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    host.unwrap_or_else(|| "an address that cannot be read".to_owned())
}
