//! What lies in the keyring: the keys of each connection, and the key of the recording cache.

use std::collections::BTreeMap;

use calls::ConnectionId;
use secrecy::{ExposeSecret, SecretString};
use store::{Random, cache};

use crate::keyring::{Keyring, NoKeyring};

/// The keys of one connection, by the names of its make's description.
pub(crate) type Keys = BTreeMap<String, SecretString>;

/// The entries of one office in the keyring: several profiles of a person share it.
#[derive(Debug, Clone)]
pub(crate) struct Entries {
    office: String,
}

/// What the keyring gave.
pub(crate) struct Unlocked {
    /// Key of the recording cache.
    pub(crate) cache_key: SecretString,
    /// There is no keyring: that key is known to this run only.
    pub(crate) for_this_run: bool,
    /// Keys of connections that it has.
    pub(crate) keys: BTreeMap<ConnectionId, Keys>,
    /// Connections whose keys were to go, and have.
    pub(crate) forgotten: Vec<ConnectionId>,
}

impl Entries {
    /// Those of the office with this name in the keyring.
    pub(crate) fn of(office: &str) -> Self {
        Self { office: office.to_owned() }
    }

    /// Where the keys of a connection lie.
    pub(crate) fn of_connection(&self, connection: &ConnectionId) -> String {
        format!("own:{}:{connection}", self.office)
    }

    fn of_cache(&self) -> String {
        format!("own:{}:recordings", self.office)
    }

    /// Reads all that an office needs. Nothing is known only where a keyring says so, entry by entry, or where there is
    /// none and it is not to be waited for: a keyring that is locked, fails, or has not come yet is asked again.
    pub(crate) fn read_all(
        &self,
        keyring: &dyn Keyring,
        random: &dyn Random,
        connections: &[ConnectionId],
        to_forget: &[ConnectionId],
        waits: bool,
    ) -> anyhow::Result<Unlocked> {
        let known = match keyring.read(&self.of_cache()) {
            Ok(known) => known,
            Err(error) if error.is::<NoKeyring>() && !waits => {
                tracing::warn!("there is no keyring: keys are kept for this run only");
                let cache_key = cache::new_key(random)?;
                return Ok(Unlocked { cache_key, for_this_run: true, keys: BTreeMap::new(), forgotten: Vec::new() });
            }
            Err(error) => return Err(error),
        };
        let cache_key = match known.filter(|text| cache::read_key(text).is_some()) {
            Some(key) => key,
            None => {
                let key = cache::new_key(random)?;
                if let Err(error) = keyring.write(&self.of_cache(), &key) {
                    tracing::warn!(%error, "recordings are kept for this run only");
                }
                key
            }
        };
        let mut keys = BTreeMap::new();
        for connection in connections {
            let text = keyring.read(&self.of_connection(connection))?;
            keys.extend(text.and_then(|text| read(&text)).map(|read| (connection.clone(), read)));
        }
        let forget = |connection: &&ConnectionId| keyring.remove(&self.of_connection(connection)).is_ok();
        let forgotten = to_forget.iter().filter(forget).cloned().collect();
        Ok(Unlocked { cache_key, for_this_run: false, keys, forgotten })
    }
}

/// Keys as one entry.
pub(crate) fn written(keys: &Keys) -> SecretString {
    let plain: BTreeMap<&str, &str> =
        keys.iter().map(|(name, secret)| (name.as_str(), secret.expose_secret())).collect();
    // Plain texts always have a JSON.
    SecretString::from(serde_json::to_string(&plain).unwrap_or_default())
}

/// The keys of an entry; `None` where it is none of ours.
fn read(text: &SecretString) -> Option<Keys> {
    let plain: BTreeMap<String, String> = serde_json::from_str(text.expose_secret()).ok()?;
    Some(plain.into_iter().map(|(name, secret)| (name, SecretString::from(secret))).collect())
}
