//! Reads and checks the settings of one connection.

use jiff::tz::TimeZone;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::{
    config_error::ConfigError,
    make::{ConnectionConfig, Secret},
    traits::Pbx,
};

/// The make of a connection, configured. Fails with what is wrong with the settings.
pub fn build(config: &ConnectionConfig) -> Result<Box<dyn Pbx>, ConfigError> {
    config.validate_common()?;
    (config.make.build)(config)
}

/// Checks everything of a connection's settings that can be checked without the network.
pub fn validate(config: &ConnectionConfig) -> Result<(), ConfigError> {
    build(config).map(|_| ())
}

impl ConnectionConfig {
    /// Checks what is alike for all makes.
    fn validate_common(&self) -> Result<(), ConfigError> {
        let is_known = |name: &str| self.make.secrets.iter().any(|secret| secret.name == name);
        if let Some(name) = self.secrets.keys().find(|name| !is_known(name)) {
            return Err(ConfigError::UnknownSecret {
                connection: self.id.clone(),
                make: self.make.name,
                name: name.clone(),
                needed: self.make.needed(),
            });
        }
        for Secret { name, is_sent, .. } in self.make.secrets {
            let secret = self.secret(name)?;
            if *is_sent && secret.expose_secret().bytes().any(|byte| byte.is_ascii_control()) {
                return Err(ConfigError::UnsendableSecret { connection: self.id.clone(), name });
            }
        }
        if let Some(name) = self.overrides.keys().find(|name| !self.make.has_override(name)) {
            return Err(self
                .bad_override(name, format!("is not known; {} knows {}", self.make, self.make.overrides.join(", "))));
        }
        if let Some(zone) = &self.zone {
            TimeZone::get(zone).map_err(|_| ConfigError::Zone { connection: self.id.clone() })?;
        }
        if let Some(url) = &self.base_url {
            let plain = matches!(url.scheme(), "http" | "https")
                && url.host().is_some()
                && url.username().is_empty()
                && url.password().is_none()
                && url.query().is_none()
                && url.fragment().is_none();
            if !plain {
                return Err(ConfigError::BaseUrl { connection: self.id.clone() });
            }
        }
        Ok(())
    }

    /// A secret by name, without the newline that files end with.
    pub(crate) fn secret(&self, name: &'static str) -> Result<SecretString, ConfigError> {
        let given = self.secrets.get(name).map(|secret| secret.expose_secret().trim_end_matches(['\r', '\n']));
        match given {
            Some(secret) if !secret.is_empty() => Ok(SecretString::from(secret)),
            Some(_) | None => Err(ConfigError::MissingSecret {
                connection: self.id.clone(),
                make: self.make.name,
                name,
                found: self.make.secrets.iter().find(|known| known.name == name).map_or("", |known| known.found.en),
                needed: self.make.needed(),
            }),
        }
    }

    /// The vendor's address: the configured one or the make's own, without a final slash.
    pub(crate) fn base(&self) -> Result<Url, ConfigError> {
        let mut url = match &self.base_url {
            Some(url) => url.clone(),
            None if self.make.base_url.is_empty() => {
                return Err(ConfigError::MissingAddress { connection: self.id.clone(), make: self.make.name });
            }
            None => Url::parse(self.make.base_url).map_err(|_| ConfigError::BaseUrl { connection: self.id.clone() })?,
        };
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(url)
    }

    /// An override that cannot be used.
    pub(crate) fn bad_override(&self, name: &str, problem: impl Into<String>) -> ConfigError {
        ConfigError::Override { connection: self.id.clone(), name: name.to_owned(), problem: problem.into() }
    }
}
