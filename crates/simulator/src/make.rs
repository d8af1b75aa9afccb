//! The makes this program can play.

use serde::{Deserialize, Serialize};

/// A kind of PBX, by the name of its configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Make {
    /// Rostelecom's integration API: signed requests one way, signed webhooks the other.
    Rostelecom,
    /// MANGO OFFICE's server-client API: a token, a WebSocket per user, stored events.
    MangoClient,
}

impl std::fmt::Display for Make {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Rostelecom => "rostelecom",
            Self::MangoClient => "mango-client",
        })
    }
}
