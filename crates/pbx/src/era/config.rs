//! Settings of one connection.

use std::fmt;

use secrecy::SecretString;
use url::Url;

use super::wire::Wire;
use crate::{config_error::ConfigError, make::ConnectionConfig};

/// One connection's settings.
pub(super) struct Settings {
    pub(super) base: Url,
    pub(super) token: SecretString,
    pub(super) wire: Wire,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("wire", &self.wire).finish_non_exhaustive()
    }
}

impl Settings {
    pub(super) fn read(config: &ConnectionConfig) -> Result<Self, ConfigError> {
        let mut wire = Wire::default();
        for (name, value) in &config.overrides {
            wire.set(name, value).map_err(|problem| config.bad_override(name, problem))?;
        }
        Ok(Self { base: config.base()?, token: config.secret("token")?, wire })
    }

    /// The address of a path below the base.
    pub(super) fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", url.path().trim_end_matches('/')));
        url
    }
}
