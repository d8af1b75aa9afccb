//! Settings of one connection.

use std::fmt;

use secrecy::SecretString;
use url::Url;

use crate::{config_error::ConfigError, make::ConnectionConfig};

/// One connection's settings.
pub(super) struct Settings {
    pub(super) base: Url,
    pub(super) key: SecretString,
    pub(super) secret: SecretString,
    /// The number of the PBX in the account: extensions are dialled as `<pbx_id>-<extension>`.
    pub(super) pbx_id: Option<String>,
    /// Calls that are placed show the number that belongs to the extension, as the PBX's rules say.
    pub(super) caller_id_of_extension: bool,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("pbx_id", &self.pbx_id).finish_non_exhaustive()
    }
}

impl Settings {
    pub(super) fn read(config: &ConnectionConfig) -> Result<Self, ConfigError> {
        let mut settings = Self {
            base: config.base()?,
            key: config.secret("key")?,
            secret: config.secret("secret")?,
            pbx_id: None,
            caller_id_of_extension: true,
        };
        for (name, value) in &config.overrides {
            match (name.as_str(), value.as_str()) {
                ("pbx_id", id) if !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()) => {
                    settings.pbx_id = Some(id.to_owned());
                }
                ("pbx_id", _) => return Err(config.bad_override(name, "must be the number of the PBX")),
                ("caller_id", "extension") => settings.caller_id_of_extension = true,
                ("caller_id", "account") => settings.caller_id_of_extension = false,
                (_, _) => return Err(config.bad_override(name, "must be extension or account")),
            }
        }
        Ok(settings)
    }
}
