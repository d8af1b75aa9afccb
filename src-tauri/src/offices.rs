//! The offices behind gateways that this desk looks at: addresses in its settings, tokens in the keyring.

use std::sync::Arc;

use anyhow::Context;
use calls::CommandId;
use desk::{
    Desk,
    contract::{ConnectOfficeRequest, ContractError, ErrorCode, Notice, NoticeKind},
};
use link::{Office, remote::RemoteOffice};
use secrecy::SecretString;
use store::Store;
use url::Url;
use uuid::Uuid;

use crate::keys;

/// Setting that holds the addresses.
const SETTING: &str = "offices";

/// Goes to work at the offices that were connected before.
pub(crate) async fn open_known(desk: &Desk, store: &Store) -> anyhow::Result<()> {
    for address in known(store)? {
        let name = name_of(&address);
        match keys::token(&name) {
            Ok(Some(token)) => add(desk, &address, token).await?,
            Ok(None) => tracing::warn!(office = name, "its token is gone from the keyring: connect it again"),
            Err(error) => {
                tracing::warn!(%error, "there is no keyring");
                desk.notice(Notice { kind: NoticeKind::NoKeyring }).await;
            }
        }
    }
    Ok(())
}

/// Connects an office: its token goes to the keyring, its address to the settings.
pub(crate) async fn connect(desk: &Desk, request: ConnectOfficeRequest) -> Result<(), ContractError> {
    let address = Url::parse(request.address.trim())
        .map_err(|_| ContractError::invalid("address", "this is not an address such as https://calls.example.org"))?;
    let token = SecretString::from(request.token.trim());
    let office = RemoteOffice::connect(&address, token, None)
        .map_err(|error| ContractError::invalid("address", error.to_string()))?;
    // A command that nobody sent: the answer shows whether the address and the token are right, and nothing else.
    office.command(CommandId(Uuid::nil())).await.map_err(ContractError::from)?;
    let name = name_of(&address);
    if let Err(error) = keys::keep_token(&name, request.token.trim()) {
        tracing::warn!(%error, "the token is kept for this run only");
        desk.notice(Notice { kind: NoticeKind::NoKeyring }).await;
    }
    remember(desk.store(), &address)
        .await
        .map_err(|error| ContractError::new(ErrorCode::Storage, format!("the office could not be kept: {error}")))?;
    desk.add_office(&name, Arc::new(office), true).await;
    Ok(())
}

async fn add(desk: &Desk, address: &Url, token: SecretString) -> anyhow::Result<()> {
    let office = RemoteOffice::connect(address, token, None).context("the office's address cannot be used")?;
    desk.add_office(&name_of(address), Arc::new(office), true).await;
    Ok(())
}

fn known(store: &Store) -> anyhow::Result<Vec<Url>> {
    let Some(text) = store.setting(SETTING)? else { return Ok(Vec::new()) };
    Ok(serde_json::from_str::<Vec<Url>>(&text)?)
}

async fn remember(store: &Store, address: &Url) -> anyhow::Result<()> {
    let mut all = known(store)?;
    if !all.contains(address) {
        all.push(address.clone());
        store.set_setting(SETTING, &serde_json::to_string(&all)?).await?;
    }
    Ok(())
}

/// An office is called by its host, and port where it has an unusual one.
fn name_of(address: &Url) -> String {
    let host = address.host_str().unwrap_or_default();
    address.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}
