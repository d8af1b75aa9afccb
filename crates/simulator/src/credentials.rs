//! What a client needs to reach the simulated PBXs; the same for the same seed.

use crate::random::Random;
use serde::Serialize;
use std::fmt;

/// The makes that run, each with its address and its secrets by the names of the gateway's configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Credentials {
    /// Present when Rostelecom runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rostelecom: Option<RostelecomAccess>,
    /// Present when MANGO OFFICE server-client runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mango_client: Option<MangoClientAccess>,
}

/// Access to the simulated Rostelecom.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct RostelecomAccess {
    /// The base address of the API, without a final slash.
    pub url: String,
    /// The identification code.
    pub client_id: String,
    /// The signing key.
    pub key: String,
}

/// Access to the simulated MANGO OFFICE server-client API.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct MangoClientAccess {
    /// The base address of the API, without a final slash.
    pub url: String,
    /// The token of the integration.
    pub token: String,
}

impl RostelecomAccess {
    pub(crate) fn new(seed: u64, url: String) -> Self {
        let upper = |purpose| Random::named(seed, purpose).hex(32).to_uppercase();
        Self { url, client_id: upper("rostelecom/client_id"), key: upper("rostelecom/key") }
    }
}

impl MangoClientAccess {
    pub(crate) fn new(seed: u64, url: String) -> Self {
        Self { url, token: Random::named(seed, "mango-client/token").hex(40) }
    }
}

impl fmt::Debug for RostelecomAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RostelecomAccess").field("url", &self.url).finish_non_exhaustive()
    }
}

impl fmt::Debug for MangoClientAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MangoClientAccess").field("url", &self.url).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_secrets() {
        let url = || "http://127.0.0.1:1".to_owned();
        assert_eq!(RostelecomAccess::new(5, url()), RostelecomAccess::new(5, url()));
        assert_ne!(RostelecomAccess::new(5, url()).key, RostelecomAccess::new(6, url()).key);
        assert_eq!(MangoClientAccess::new(5, url()), MangoClientAccess::new(5, url()));
        assert_ne!(MangoClientAccess::new(5, url()).token, MangoClientAccess::new(6, url()).token);
    }

    #[test]
    fn only_the_makes_that_run_are_named() {
        let credentials = Credentials {
            rostelecom: None,
            mango_client: Some(MangoClientAccess { url: "u".into(), token: "t".into() }),
        };
        let text = serde_json::to_string(&credentials).expect("plain strings");
        assert_eq!(text, r#"{"mango-client":{"url":"u","token":"t"}}"#);
    }
}
