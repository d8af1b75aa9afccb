//! Seals the secrets that admins enter, or that PBXs give.

use std::{path::PathBuf, sync::Arc};

use calls::ConnectionId;
use secrecy::{SecretBox, SecretString};
use store::Random;

use super::{Setup, SetupError};
use crate::config::{
    added::{Added, purpose},
    cache_key::own_key,
};

/// What seals secrets.
pub(super) struct Seal {
    key: SecretBox<[u8; 32]>,
    file: PathBuf,
    random: Arc<dyn Random>,
}

impl Setup {
    /// What seals secrets beside those that were added. Its key is made with the first of them.
    pub(super) fn seal(&self, added: &Added, random: Arc<dyn Random>) -> Result<Seal, SetupError> {
        let may_make = added.connections.values().all(|added| added.secrets.is_empty());
        let key = own_key(self.key_file(), may_make, &*random);
        let key = key.map_err(|message| SetupError::invalid("secrets", message))?;
        Ok(Seal { key, file: self.key_file(), random })
    }
}

impl Seal {
    /// A secret of a connection, sealed.
    pub(super) fn of(&self, id: &ConnectionId, name: &str, secret: &SecretString) -> Result<String, SetupError> {
        store::sealed::seal(secret, &self.key, &purpose(id, name), &*self.random)
            .map_err(|error| SetupError::Store(store::Error::Io { path: self.file.clone(), reason: error.to_string() }))
    }
}
