//! Reads and checks the settings of one connection.

use jiff::tz::TimeZone;
use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use crate::{
    config_error::ConfigError,
    make::{ConnectionConfig, Secret, TEST_ADDRESS},
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
        self.test_address(true)?;
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

    /// The vendor's test host, with or without encryption; `None` where it has none.
    pub fn test_address(&self, is_encrypted: bool) -> Result<Option<Url>, ConfigError> {
        let mut url = match (self.overrides.get(TEST_ADDRESS), self.make.test_addresses.first()) {
            (Some(own), _) => self.own_test_address(own)?,
            (None, Some(vendors)) => {
                Url::parse(vendors).map_err(|_| ConfigError::BaseUrl { connection: self.id.clone() })?
            }
            (None, None) => return Ok(None),
        };
        // Between these two it always can be changed.
        let _ = url.set_scheme(if is_encrypted { "https" } else { "http" });
        Ok(Some(url))
    }

    /// Whether it talks to the test host.
    pub fn is_at_test_host(&self) -> bool {
        let Some(base) = &self.base_url else { return false };
        let place = |url: &Url| (url.host_str().map(str::to_owned), url.port());
        let own = self.overrides.get(TEST_ADDRESS).and_then(|own| Url::parse(own).ok());
        own.is_some_and(|own| place(&own) == place(base)) || self.make.is_test_address(base)
    }

    /// Keys go there without encryption too, so it is on this computer.
    fn own_test_address(&self, text: &str) -> Result<Url, ConfigError> {
        let wrong =
            || self.bad_override(TEST_ADDRESS, "must be an address of this computer, such as http://127.0.0.1:7001");
        let url = Url::parse(text).map_err(|_| wrong())?;
        let is_here = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(_)) | None => false,
        };
        let is_bare = url.username().is_empty() && url.password().is_none() && url.query().is_none();
        let is_web = matches!(url.scheme(), "http" | "https");
        (is_here && is_bare && is_web).then_some(url).ok_or_else(wrong)
    }

    /// An override that cannot be used.
    pub(crate) fn bad_override(&self, name: &str, problem: impl Into<String>) -> ConfigError {
        ConfigError::Override { connection: self.id.clone(), name: name.to_owned(), problem: problem.into() }
    }
}
