//! The kinds of PBX, by the names that configuration uses.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A kind of PBX that this build serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Make {
    /// Rostelecom's Integration API: signed webhooks.
    Rostelecom,
    /// MANGO OFFICE's server-client API: a socket per user.
    MangoClient,
    /// MANGO OFFICE's VPBX API: signed webhooks of the whole account.
    MangoVpbx,
    /// Zadarma: signed webhooks.
    Zadarma,
    /// Novofon: Zadarma's protocol at another host.
    Novofon,
}

/// Why a text names no make that is served.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MakeError {
    /// A make that Trubka knows of but does not serve yet.
    #[error(
        "the PBX \"{0}\" is not served by this version yet; it serves rostelecom, mango-client, mango-vpbx, zadarma and \
         novofon"
    )]
    NotServed(&'static str),
    /// No make at all.
    #[error("\"{0}\" is no kind of PBX; write rostelecom, mango-client, mango-vpbx, zadarma or novofon")]
    Unknown(String),
}

/// Names that configuration may hold, of makes that are not served yet.
const NOT_SERVED: [&str; 2] = ["era", "ringcloud"];

impl Make {
    /// Every make that is served, in the order in which tables show them.
    pub const ALL: [Self; 5] = [Self::Rostelecom, Self::MangoClient, Self::MangoVpbx, Self::Zadarma, Self::Novofon];

    /// The name in configuration, on the command line and over the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rostelecom => "rostelecom",
            Self::MangoClient => "mango-client",
            Self::MangoVpbx => "mango-vpbx",
            Self::Zadarma => "zadarma",
            Self::Novofon => "novofon",
        }
    }

    /// The name that people know it by.
    pub fn title(self) -> &'static str {
        match self {
            Self::Rostelecom => "Ростелеком",
            Self::MangoClient => "MANGO OFFICE",
            Self::MangoVpbx => "MANGO OFFICE (VPBX)",
            Self::Zadarma => "Zadarma",
            Self::Novofon => "Новофон",
        }
    }

    /// The names of the secrets that a connection of this make needs.
    pub fn secrets(self) -> &'static [&'static str] {
        match self {
            Self::Rostelecom => &["client_id", "key"],
            Self::MangoClient => &["token"],
            Self::MangoVpbx => &["api_key", "api_salt"],
            Self::Zadarma | Self::Novofon => &["key", "secret"],
        }
    }

    /// Those of [`Make::secrets`] that travel in a header; the others only go into a digest.
    pub(crate) fn sent_secrets(self) -> &'static [&'static str] {
        match self {
            Self::Rostelecom => &["client_id"],
            Self::MangoClient => &["token"],
            Self::MangoVpbx => &[],
            Self::Zadarma | Self::Novofon => &["key"],
        }
    }
}

impl FromStr for Make {
    type Err = MakeError;

    fn from_str(text: &str) -> Result<Self, MakeError> {
        if let Some(make) = Self::ALL.into_iter().find(|make| make.as_str() == text) {
            return Ok(make);
        }
        match NOT_SERVED.iter().find(|name| **name == text) {
            Some(name) => Err(MakeError::NotServed(name)),
            None => Err(MakeError::Unknown(text.chars().take(32).collect())),
        }
    }
}

impl TryFrom<String> for Make {
    type Error = MakeError;

    fn try_from(text: String) -> Result<Self, MakeError> {
        text.parse()
    }
}

impl From<Make> for String {
    fn from(make: Make) -> Self {
        make.as_str().to_owned()
    }
}

impl fmt::Display for Make {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_there_and_back() {
        for make in Make::ALL {
            assert_eq!(make.to_string().parse(), Ok(make));
        }
    }

    #[test]
    fn a_make_not_served_is_told_from_no_make() {
        assert_eq!("era".parse::<Make>(), Err(MakeError::NotServed("era")));
        assert_eq!("asterisk".parse::<Make>(), Err(MakeError::Unknown("asterisk".to_owned())));
    }
}
