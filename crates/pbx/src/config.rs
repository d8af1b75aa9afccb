//! The settings of one connection, and what is wrong with them.

use std::{collections::BTreeMap, fmt};

use calls::ConnectionId;
use jiff::tz::TimeZone;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::make::Make;

/// One configured account of a make.
#[derive(Clone)]
pub struct ConnectionConfig {
    /// Its identity, given once.
    pub id: ConnectionId,
    /// Its make.
    pub make: Make,
    /// IANA zone in which times without a mark are read; absent: chosen from the first live events.
    pub zone: Option<String>,
    /// The vendor's address, a test host or a simulator; absent: the make's own.
    pub base_url: Option<Url>,
    /// PEM certificates to trust beside the operating system's.
    pub trust_anchor_pem: Option<Vec<u8>>,
    /// Secrets by the names of [`Make::secrets`].
    pub secrets: BTreeMap<String, SecretString>,
    /// Replacements for undocumented parts of the wire, by the names in `docs/makes`.
    pub overrides: BTreeMap<String, String>,
}

impl fmt::Debug for ConnectionConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionConfig")
            .field("id", &self.id)
            .field("make", &self.make)
            .field("zone", &self.zone)
            .field("secrets", &self.secrets.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// What is wrong with a connection's settings. Names settings, never their secret values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A secret that the make needs is absent or empty.
    #[error("connection {connection}: the secret \"{name}\" is missing; {make} needs {needed}")]
    MissingSecret {
        /// Which connection.
        connection: ConnectionId,
        /// Its make.
        make: Make,
        /// The secret's name.
        name: &'static str,
        /// All names that the make needs.
        needed: String,
    },
    /// A secret that the make does not know.
    #[error("connection {connection}: {make} has no secret \"{name}\"; it needs {needed}")]
    UnknownSecret {
        /// Which connection.
        connection: ConnectionId,
        /// Its make.
        make: Make,
        /// The name that was given.
        name: String,
        /// All names that the make needs.
        needed: String,
    },
    /// A secret that cannot travel in an HTTP header.
    #[error("connection {connection}: the secret \"{name}\" has characters that cannot be sent; paste it again")]
    UnsendableSecret {
        /// Which connection.
        connection: ConnectionId,
        /// The secret's name.
        name: &'static str,
    },
    /// A zone that does not exist.
    #[error("connection {connection}: the zone is not an IANA name such as Europe/Moscow")]
    Zone {
        /// Which connection.
        connection: ConnectionId,
    },
    /// An address that is not one.
    #[error("connection {connection}: base_url must be an http or https address without user, query or fragment")]
    BaseUrl {
        /// Which connection.
        connection: ConnectionId,
    },
    /// Certificates that cannot be read.
    #[error("connection {connection}: {reason}")]
    TrustAnchor {
        /// Which connection.
        connection: ConnectionId,
        /// What is wrong with them.
        reason: String,
    },
    /// A replacement that the make does not know, or with a value that it cannot use.
    #[error("connection {connection}: the override \"{name}\" {problem}")]
    Override {
        /// Which connection.
        connection: ConnectionId,
        /// Its name.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl ConnectionConfig {
    /// Checks what is alike for all makes.
    pub(crate) fn validate_common(&self) -> Result<(), ConfigError> {
        let needed = || self.make.secrets().join(" and ");
        if let Some(name) = self.secrets.keys().find(|name| !self.make.secrets().contains(&name.as_str())) {
            return Err(ConfigError::UnknownSecret {
                connection: self.id.clone(),
                make: self.make,
                name: name.clone(),
                needed: needed(),
            });
        }
        for name in self.make.secrets() {
            let secret = self.secret(name)?;
            let is_sent = self.make.sent_secrets().contains(name);
            if is_sent && secret.expose_secret().bytes().any(|byte| byte.is_ascii_control()) {
                return Err(ConfigError::UnsendableSecret { connection: self.id.clone(), name });
            }
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
                make: self.make,
                name,
                needed: self.make.secrets().join(" and "),
            }),
        }
    }

    /// The vendor's address: the configured one or `default`, without a final slash.
    pub(crate) fn base(&self, default: &'static str) -> Result<Url, ConfigError> {
        let mut url = match &self.base_url {
            Some(url) => url.clone(),
            None => Url::parse(default).map_err(|_| ConfigError::BaseUrl { connection: self.id.clone() })?,
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
