//! What stands in the settings: connections without their keys.

use std::collections::BTreeMap;

use calls::ConnectionId;
use desk::contract::{ConnectionProblem, ContractError, ErrorCode, Introduction, LineDraft};
use office::{ConnectionSettings, LineSettings, Person};
use pbx::{ConnectionConfig, Make};
use serde::{Deserialize, Serialize};
use store::{Random, Store};
use url::Url;

use crate::secrets::Keys;

/// All lines of the own office ring at this group.
pub(crate) const GROUP: &str = "own";
/// Setting that holds all of it.
const SETTING: &str = "own.office";

/// The settings of the own office.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Settings {
    /// Tells its entries in the keyring from those of other profiles; empty until something is kept there.
    #[serde(default)]
    pub(crate) name: String,
    /// It was connected to something once, so there may be calls of it.
    #[serde(default)]
    pub(crate) used: bool,
    /// How many connections were ever begun: no id is given twice.
    #[serde(default)]
    begun: u32,
    /// The connections, in the order in which they were made.
    #[serde(default)]
    pub(crate) connections: Vec<OwnConnection>,
    /// Connections that are no more, or never came to be, whose keys may still lie in the keyring.
    #[serde(default)]
    pub(crate) to_forget: Vec<ConnectionId>,
    /// What a person has begun to connect or to change.
    #[serde(default)]
    pub(crate) draft: Option<OwnConnection>,
}

/// A connection, without its keys.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OwnConnection {
    pub(crate) id: ConnectionId,
    /// The name of its make.
    pub(crate) make: String,
    /// The vendor's address, where it is not the make's own.
    #[serde(default)]
    pub(crate) address: Option<Url>,
    /// The IANA zone that the PBX writes its times in, where it was chosen.
    #[serde(default)]
    pub(crate) zone: Option<String>,
    /// Undocumented parts of the wire that are replaced.
    #[serde(default)]
    pub(crate) overrides: BTreeMap<String, String>,
    /// The person's phone.
    #[serde(default)]
    pub(crate) phone: String,
    /// The person's name.
    #[serde(default)]
    pub(crate) person: String,
    /// The office's lines, by number.
    #[serde(default)]
    pub(crate) lines: Vec<LineDraft>,
    #[serde(default)]
    pub(crate) paused: bool,
    /// Its keys lie in no keyring: there was none when they were entered.
    #[serde(default)]
    pub(crate) keys_for_that_run: bool,
    /// How far asking its PBX for a key came, where it was asked.
    #[serde(default)]
    pub(crate) introduction: Option<Introduction>,
    /// It stands here for the key that its PBX was asked for; nobody has gone on connecting it yet.
    #[serde(default)]
    pub(crate) unfinished: bool,
}

impl Settings {
    pub(crate) async fn read(store: &Store) -> Result<Self, ContractError> {
        let Some(text) = store.reading(|store| store.setting(SETTING)).await? else { return Ok(Self::default()) };
        serde_json::from_str(&text)
            .map_err(|_| ContractError::new(ErrorCode::Storage, "the own office was stored in an unknown form"))
    }

    /// Keeps them, on the disk before this answers.
    pub(crate) async fn keep(&self, store: &Store) -> Result<(), ContractError> {
        let text = serde_json::to_string(self).map_err(|error| {
            ContractError::new(ErrorCode::Internal, format!("the settings cannot be written: {error}"))
        })?;
        Ok(store.set_setting(SETTING, &text).durable().await?)
    }

    /// Gives the office its name in the keyring, where it has none; says whether it had none.
    pub(crate) fn name_it(&mut self, random: &dyn Random) -> Result<bool, ContractError> {
        if !self.name.is_empty() {
            return Ok(false);
        }
        let mut bytes = [0; 8];
        random
            .fill(&mut bytes)
            .map_err(|error| ContractError::new(ErrorCode::Internal, format!("no random numbers: {error}")))?;
        self.name = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(true)
    }

    /// A fresh connection of this make.
    pub(crate) fn begin(&mut self, make: Make) -> Result<OwnConnection, ContractError> {
        self.begun += 1;
        let id = format!("{}-{}", make.name, self.begun)
            .parse()
            .map_err(|_| ContractError::new(ErrorCode::Internal, "the make's name is no beginning of an id"))?;
        let kind = make.kinds.first().map(|kind| (kind.name.to_owned(), kind.value.to_owned()));
        Ok(OwnConnection {
            id,
            make: make.name.to_owned(),
            address: None,
            zone: None,
            overrides: kind.into_iter().collect(),
            phone: String::new(),
            person: String::new(),
            lines: Vec::new(),
            paused: false,
            keys_for_that_run: false,
            introduction: None,
            unfinished: false,
        })
    }

    /// Whether a keyring has keys of it.
    pub(crate) fn has_kept_keys(&self) -> bool {
        self.connections.iter().any(|connection| !connection.keys_for_that_run)
    }

    pub(crate) fn connection(&self, id: &ConnectionId) -> Option<&OwnConnection> {
        self.connections.iter().find(|connection| connection.id == *id)
    }

    /// Puts a connection at its place, or behind the others.
    pub(crate) fn put(&mut self, connection: OwnConnection) {
        match self.connections.iter_mut().find(|known| known.id == connection.id) {
            Some(known) => *known = connection,
            None => self.connections.push(connection),
        }
    }
}

impl OwnConnection {
    /// The same under another id.
    pub(crate) fn named(self, id: ConnectionId) -> Self {
        Self { id, ..self }
    }

    pub(crate) fn make(&self) -> Result<Make, ContractError> {
        self.make.parse().map_err(|_| {
            ContractError::new(ErrorCode::Unsupported, "this version does not know the make of this connection")
        })
    }

    /// As the office needs it.
    pub(crate) fn with_keys(&self, keys: Keys) -> Result<ConnectionSettings, ContractError> {
        let make = self.make()?;
        // Only live events choose a zone, and where the PBX cannot reach us none come: the usual one is taken, unless the
        // PBX says which it is.
        let is_never_shown = make.delivery.needs_public_address() && !make.capability.tells_zone;
        let zone = self.zone.clone().or_else(|| is_never_shown.then(|| make.default_zone().to_owned()));
        Ok(ConnectionSettings {
            config: ConnectionConfig {
                id: self.id.clone(),
                make,
                zone,
                base_url: self.address.clone(),
                trust_anchor_pem: None,
                secrets: keys,
                overrides: self.overrides.clone(),
            },
            extensions: if self.phone.is_empty() { Vec::new() } else { vec![self.phone.clone()] },
            has_address: false,
        })
    }

    /// As an office needs it that starts, with the keys that are known; or why it cannot.
    pub(crate) fn startable(&self, keys: Option<Keys>) -> Result<ConnectionSettings, ConnectionProblem> {
        let config =
            self.with_keys(keys.ok_or(ConnectionProblem::KeyMissing)?).map_err(|_| ConnectionProblem::Settings)?;
        pbx::validate(&config.config).map_err(|_| ConnectionProblem::Settings)?;
        Ok(config)
    }

    pub(crate) fn lines(&self) -> Vec<LineSettings> {
        let line = |line: &LineDraft| LineSettings {
            connection: self.id.clone(),
            number: line.number.clone(),
            title: line.title.clone(),
            groups: vec![GROUP.to_owned()],
        };
        self.lines.iter().map(line).collect()
    }

    pub(crate) fn people(&self) -> Vec<Person> {
        let has_name = !self.phone.is_empty() && !self.person.is_empty();
        has_name
            .then(|| Person { connection: self.id.clone(), extension: self.phone.clone(), name: self.person.clone() })
            .into_iter()
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pbx_that_says_its_zone_is_given_none() {
        for (make, zone) in [
            (pbx::zadarma::MAKE, None),
            (pbx::zadarma::NOVOFON, None),
            (pbx::rostelecom::MAKE, Some("UTC")),
            (pbx::ringcloud::MAKE, None),
        ] {
            let connection = Settings::default().begin(make).expect("a connection");
            let given = connection.with_keys(Keys::new()).expect("settings").config.zone;
            assert_eq!(given.as_deref(), zone, "{}", make.name);
        }
    }
}
