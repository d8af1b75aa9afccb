//! Settings of one connection.

use std::fmt;

use secrecy::SecretString;
use url::Url;

use crate::{config_error::ConfigError, make::ConnectionConfig};

/// What stands before every path of the API.
const PREFIX: &str = "/vpbx";

/// How a recording is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RecordingBy {
    /// A signed POST, answered with a redirect that works once.
    Post,
    /// A signed link, which the account must allow.
    Link,
}

/// From which statistics missed calls are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Statistics {
    /// A table of legs that names employees by their extensions.
    Basic,
    /// Calls with their legs, which name employees by their SIP accounts.
    Extended,
}

/// One connection's settings.
pub(super) struct Settings {
    pub(super) base: Url,
    pub(super) api_key: SecretString,
    pub(super) api_salt: SecretString,
    pub(super) recording: RecordingBy,
    pub(super) statistics: Statistics,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("recording", &self.recording).finish_non_exhaustive()
    }
}

impl Settings {
    pub(super) fn read(config: &ConnectionConfig) -> Result<Self, ConfigError> {
        let mut base = config.base()?;
        if matches!(base.path(), "" | "/") {
            base.set_path(PREFIX);
        }
        let mut settings = Self {
            base,
            api_key: config.secret("api_key")?,
            api_salt: config.secret("api_salt")?,
            recording: RecordingBy::Post,
            statistics: Statistics::Basic,
        };
        for (name, value) in &config.overrides {
            match (name.as_str(), value.as_str()) {
                ("recording", "post") => settings.recording = RecordingBy::Post,
                ("recording", "link") => settings.recording = RecordingBy::Link,
                ("statistics", "basic") => settings.statistics = Statistics::Basic,
                ("statistics", "extended") => settings.statistics = Statistics::Extended,
                ("statistics", _) => return Err(config.bad_override(name, "must be basic or extended")),
                (_, _) => return Err(config.bad_override(name, "must be post or link")),
            }
        }
        Ok(settings)
    }

    /// The address of a path below the base.
    pub(super) fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}/{path}", url.path().trim_end_matches('/')));
        url
    }
}
