//! Settings of one connection. What the guide does not say is ASSUMED here and can be overridden by name.

use std::{collections::BTreeMap, fmt};

use calls::EndCause;
use secrecy::SecretString;
use url::Url;

use crate::{
    config_error::ConfigError,
    make::{ConnectionConfig, TEST_ADDRESS},
};

/// What an outgoing `connected` tells (ASSUMED: [`Connected::Joined`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Connected {
    /// Both sides talk.
    Joined,
    /// The agent picked up; the customer may still be dialled.
    AgentOnly,
}

/// How `get_record` is asked (the guide says GET and shows a JSON body; every public client sends POST).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GetRecord {
    /// POST of JSON.
    Post,
    /// GET with a query, signed as an empty body.
    Get,
}

/// One connection's settings.
pub(super) struct Settings {
    pub(super) base: Url,
    pub(super) client_id: SecretString,
    pub(super) key: SecretString,
    /// Sent along where newer guides have it, and completes a SIP user's name.
    pub(super) domain: Option<String>,
    pub(super) connected: Connected,
    pub(super) get_record: GetRecord,
    /// What the values of `disconnect_reason` mean; the text itself is kept beside it.
    pub(super) causes: BTreeMap<String, EndCause>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("domain", &self.domain).finish_non_exhaustive()
    }
}

impl Settings {
    pub(super) fn read(config: &ConnectionConfig) -> Result<Self, ConfigError> {
        let mut settings = Self {
            base: config.base()?,
            client_id: config.secret("client_id")?,
            key: config.secret("key")?,
            domain: None,
            connected: Connected::Joined,
            get_record: GetRecord::Post,
            causes: default_causes(),
        };
        for (name, value) in &config.overrides {
            match (name.as_str(), value.as_str()) {
                ("domain", domain) if !domain.is_empty() => settings.domain = Some(domain.to_owned()),
                ("connected", "joined") => settings.connected = Connected::Joined,
                ("connected", "agent") => settings.connected = Connected::AgentOnly,
                ("connected", _) => return Err(config.bad_override(name, "must be joined or agent")),
                ("get_record", "post") => settings.get_record = GetRecord::Post,
                ("get_record", "get") => settings.get_record = GetRecord::Get,
                ("get_record", _) => return Err(config.bad_override(name, "must be post or get")),
                // Read where it is used.
                (TEST_ADDRESS, _) => {}
                (reason, cause) => {
                    let Some(reason) = reason.strip_prefix("disconnect_reason.") else {
                        return Err(config.bad_override(name, "must not be empty"));
                    };
                    let cause = read_cause(cause).ok_or_else(|| config.bad_override(name, CAUSES))?;
                    settings.causes.insert(reason.to_lowercase(), cause);
                }
            }
        }
        Ok(settings)
    }
}

const CAUSES: &str = "must be normal, busy, noAnswer, rejected, cancelled, transferred or failed";

fn read_cause(text: &str) -> Option<EndCause> {
    Some(match text {
        "normal" => EndCause::Normal,
        "busy" => EndCause::Busy,
        "noAnswer" => EndCause::NoAnswer,
        "rejected" => EndCause::Rejected,
        "cancelled" => EndCause::Cancelled,
        "transferred" => EndCause::Transferred,
        "failed" => EndCause::Failed,
        _ => return None,
    })
}

/// The values that public code names; anything else is [`EndCause::Normal`].
fn default_causes() -> BTreeMap<String, EndCause> {
    [
        ("0", EndCause::Transferred),
        ("3", EndCause::Busy),
        ("4", EndCause::Cancelled),
        ("5", EndCause::Normal),
        ("отбой вызывающего абонента", EndCause::Cancelled),
        ("занято", EndCause::Busy),
        ("нет ответа", EndCause::NoAnswer),
    ]
    .into_iter()
    .map(|(reason, cause)| (reason.to_owned(), cause))
    .collect()
}
