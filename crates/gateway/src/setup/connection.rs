//! Connections that come, change, pause and go.

use std::collections::BTreeMap;

use calls::ConnectionId;
use link::wire::{Introduction, admin::PutConnection, join::SecretText};
use office::OfficeHandle;
use pbx::{ConnectionConfig, Make};
use secrecy::SecretString;
use store::AuditEntry;
use url::Url;

use super::{Setup, SetupError, of_connection, restore};
use crate::config::added::AddedConnection;

/// What a connection is to be, or is to be tried as.
pub(crate) struct Wanted {
    pub(crate) id: ConnectionId,
    pub(crate) make: Make,
    pub(crate) zone: Option<String>,
    pub(crate) base_url: Option<Url>,
    pub(crate) overrides: BTreeMap<String, String>,
    /// Those that were entered now.
    pub(crate) secrets: BTreeMap<String, SecretString>,
}

/// A change of a connection.
pub(crate) struct Change {
    pub(crate) wanted: Wanted,
    /// It is to be paused.
    pub(crate) paused: bool,
    /// The revision that was seen, where it matters what others did since.
    pub(crate) seen: Option<u64>,
    /// The admin.
    pub(crate) by: String,
}

impl Wanted {
    /// Reads what was entered.
    pub(crate) fn read(
        id: ConnectionId,
        pbx: &str,
        zone: Option<String>,
        base_url: Option<String>,
        overrides: BTreeMap<String, String>,
        secrets: &BTreeMap<String, SecretText>,
    ) -> Result<Self, SetupError> {
        let make = office::read_make(pbx)?;
        let zone = zone.filter(|zone| !zone.is_empty());
        let base_url =
            base_url.as_deref().map(str::trim).filter(|url| !url.is_empty()).map(office::read_address).transpose()?;
        let mut read = BTreeMap::new();
        for (name, secret) in secrets.iter().filter(|(_, secret)| !secret.0.is_empty()) {
            let secret = office::read_secret(make, name, &secret.0)?;
            read.insert(name.clone(), secret);
        }
        Ok(Self { id, make, zone, base_url, overrides, secrets: read })
    }

    pub(super) fn config(
        &self,
        secrets: BTreeMap<String, SecretString>,
        trust_anchor_pem: Option<Vec<u8>>,
    ) -> ConnectionConfig {
        ConnectionConfig {
            id: self.id.clone(),
            make: self.make,
            zone: self.zone.clone(),
            base_url: self.base_url.clone(),
            trust_anchor_pem,
            secrets,
            overrides: self.overrides.clone(),
        }
    }
}

impl Setup {
    /// The settings to try. Secrets that were not entered are those of the connection, where there is one.
    pub(crate) fn to_try(&self, wanted: &Wanted) -> Result<ConnectionConfig, SetupError> {
        let known = self.current().config.connection(&wanted.id).ok();
        let anchor = known.as_ref().and_then(|known| known.trust_anchor_pem.clone());
        let mut secrets = match known {
            Some(known) if goes_there(wanted, known.make, known.base_url.as_ref()) => known.secrets,
            Some(_) | None => BTreeMap::new(),
        };
        secrets.extend(wanted.secrets.clone());
        let config = wanted.config(secrets, anchor);
        pbx::validate(&config).map_err(|error| office::unusable_settings(&error))?;
        Ok(config)
    }

    /// Connects a PBX, or changes how it is connected. What is on goes on.
    pub(crate) async fn put_connection(
        &self,
        office: &OfficeHandle,
        Change { wanted, paused, seen, by }: Change,
        entry: AuditEntry,
    ) -> Result<u64, SetupError> {
        let _turn = self.changing.lock().await;
        let id = wanted.id.clone();
        if self.base.make(&id).is_ok() {
            return Err(SetupError::Fixed);
        }
        let before = self.current();
        if seen.is_some_and(|seen| seen != before.added.revision) {
            return Err(SetupError::Changed);
        }
        let settings = self.to_try(&wanted)?;
        let mut sealed = match before.added.connections.get(&id) {
            Some(known) if known.pbx == wanted.make.name && known.base_url == wanted.base_url => known.secrets.clone(),
            Some(_) | None => BTreeMap::new(),
        };
        let seal = self.seal(&before.added, office.store().random())?;
        for (name, secret) in &settings.secrets {
            if wanted.secrets.contains_key(name) || !sealed.contains_key(name) {
                sealed.insert(name.clone(), seal.of(&id, name, secret)?);
            }
        }
        let mut next = before.added.clone();
        let added = AddedConnection {
            pbx: wanted.make.name.to_owned(),
            zone: wanted.zone,
            base_url: wanted.base_url,
            overrides: wanted.overrides,
            secrets: sealed,
            paused,
            changed_by: Some(by),
            // Where a key is entered none is asked for any more.
            introduction: before
                .added
                .connections
                .get(&id)
                .and_then(|known| known.introduction)
                .filter(|how_far| *how_far == Introduction::Given),
        };
        next.connections.insert(id.clone(), added);
        let config = self.base.with_added(&next).map_err(|message| SetupError::invalid("id", message))?;
        if paused {
            office.remove_connection(&id).await;
        } else {
            let (lines, people) = of_connection(&config, &id);
            office.put_connection(config.connection_settings(&id).map_err(unusable)?, lines, people).await?;
        }
        let written = self.write(office.store(), next, entry).await;
        if written.is_err() {
            restore(office, &before.config, &id).await;
        }
        written
    }

    /// Connects to a PBX no more. What belongs to the connection alone goes with it; its calls stay.
    pub(crate) async fn remove_connection(
        &self,
        office: &OfficeHandle,
        id: &ConnectionId,
        entry: AuditEntry,
    ) -> Result<u64, SetupError> {
        let _turn = self.changing.lock().await;
        if self.base.make(id).is_ok() {
            return Err(SetupError::Fixed);
        }
        let before = self.current();
        if !before.added.connections.contains_key(id) {
            return Err(SetupError::NotFound);
        }
        let revision = self.write(office.store(), before.added.clone().without_connection(id), entry).await?;
        office.remove_connection(id).await;
        office.put_lookups(self.config().lookups()).await?;
        Ok(revision)
    }
}

/// Whether secrets that are known may go where this wish leads: to the same address of the same make alone. Otherwise
/// whoever may change an address could have them sent to himself.
fn goes_there(wanted: &Wanted, make: Make, base_url: Option<&Url>) -> bool {
    wanted.make == make && wanted.base_url.as_ref().map(Url::origin) == base_url.map(Url::origin)
}

fn unusable(error: crate::config::ConfigError) -> SetupError {
    SetupError::invalid("secrets", error.to_string())
}

impl TryFrom<(ConnectionId, &PutConnection)> for Wanted {
    type Error = SetupError;

    fn try_from((id, put): (ConnectionId, &PutConnection)) -> Result<Self, SetupError> {
        Self::read(id, &put.pbx, put.zone.clone(), put.base_url.clone(), put.overrides.clone(), &put.secrets)
    }
}
