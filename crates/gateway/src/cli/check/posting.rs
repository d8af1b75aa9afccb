//! Whether the PBX posts to this gateway, where it can be asked.

use calls::ConnectionId;
use pbx::{Driver, Query, Reply};
use trubka_gateway::config::Config;

use crate::cli::hook_address::{self, is_same};

/// What is wrong with it, and what to do. Nothing where the PBX cannot be asked, or we have no address.
pub(super) async fn warning(config: &Config, driver: &Driver, id: &ConnectionId) -> Option<String> {
    let own = hook_address::of(config, id).ok()?;
    let Reply::Webhooks { url, switches } = driver.query(&Query::Webhooks).await.ok()? else { return None };
    let mend = format!("`trubka-gateway account --connection {id} set-webhooks` mends that");
    match url {
        None => Some(format!("the PBX posts its events nowhere; {mend}")),
        Some(url) if !is_same(&url, &own) => {
            Some(format!("the PBX posts its events to another address than this gateway's; {mend}, with --replace"))
        }
        Some(_) => {
            let off: Vec<&str> = switches.iter().filter(|(_, on)| !**on).map(|(name, _)| name.as_str()).collect();
            (!off.is_empty()).then(|| format!("the PBX does not post {}; {mend}", off.join(", ")))
        }
    }
}
