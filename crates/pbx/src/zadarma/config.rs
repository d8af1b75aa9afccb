//! Settings of one connection.

use std::fmt;

use secrecy::SecretString;
use url::Url;

use crate::{config_error::ConfigError, make::ConnectionConfig};

/// What is known of the PBX's number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PbxId {
    /// It is asked for before the first call is placed.
    Ask,
    /// It was given.
    Given(String),
    /// Extensions are dialled without it.
    None,
}

/// How the service writes its answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Xml,
}

impl Format {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Xml => "xml",
        }
    }
}

/// One connection's settings.
pub(super) struct Settings {
    pub(super) base: Url,
    pub(super) key: SecretString,
    pub(super) secret: SecretString,
    /// The number of the PBX in the account: extensions are dialled as `<pbx_id>-<extension>`.
    pub(super) pbx_id: PbxId,
    /// How answers are written.
    pub(super) format: Format,
    /// A notification of 2015 is believed without a signature.
    pub(super) unsigned_2015: bool,
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
            pbx_id: PbxId::Ask,
            format: Format::Json,
            unsigned_2015: false,
            caller_id_of_extension: true,
        };
        for (name, value) in &config.overrides {
            match (name.as_str(), value.as_str()) {
                ("pbx_id", id) if !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()) => {
                    settings.pbx_id = PbxId::Given(id.to_owned());
                }
                ("pbx_id", "none") => settings.pbx_id = PbxId::None,
                ("pbx_id", _) => return Err(config.bad_override(name, "must be the number of the PBX, or none")),
                ("format", "json") => settings.format = Format::Json,
                ("format", "xml") => settings.format = Format::Xml,
                ("format", _) => return Err(config.bad_override(name, "must be json or xml")),
                ("unsigned_2015", "accept") => settings.unsigned_2015 = true,
                ("unsigned_2015", "refuse") => settings.unsigned_2015 = false,
                ("unsigned_2015", _) => return Err(config.bad_override(name, "must be accept or refuse")),
                ("caller_id", "extension") => settings.caller_id_of_extension = true,
                ("caller_id", "account") => settings.caller_id_of_extension = false,
                (_, _) => return Err(config.bad_override(name, "must be extension or account")),
            }
        }
        Ok(settings)
    }
}
