//! Connections to PBXs, as offices tell of them.

use calls::{Abilities, ConnectionId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::lenient;

/// A connection as its office sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionView {
    /// Which.
    pub id: ConnectionId,
    /// The make's name (`rostelecom`, `mango-client`, …).
    pub make: String,
    /// What people call the make; an older office says nothing of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub titles: Option<Box<Titles>>,
    /// Where it stands.
    #[serde(deserialize_with = "lenient::or_default")]
    pub state: ConnectionState,
    /// Why it is down, as a code.
    #[serde(default, deserialize_with = "lenient::or_default", skip_serializing_if = "Option::is_none")]
    pub cause: Option<DownCause>,
    /// What else is wrong with it, as codes.
    #[serde(default, deserialize_with = "lenient::known", skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<ConnectionWarning>,
    /// What is wrong with single sessions or with its settings, in words, where that is not the connection's state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Extensions whose sessions the PBX refuses: somebody must change something first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<String>,
    /// Missed events fetched so far while draining.
    #[serde(default)]
    pub drained: u32,
    /// Events may be missing since then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap_since: Option<Timestamp>,
    /// Times of which calls are missing for good, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holes: Vec<Hole>,
    /// What is left on the account, for whoever looks after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balance: Option<Box<Balance>>,
    /// What it can do for this viewer, and why not the rest.
    pub capability: Abilities,
    /// The viewer's extension there, from which calls are placed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
    /// Groups for which this viewer may have customers called back there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<CallbackGroup>,
    /// The vendor's clock differs from ours by this much, when that is worth a warning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_skew_ms: Option<i64>,
    /// It is in trial mode until then: its calls are for administrators alone, and its PBX may post over plain HTTP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trial_until: Option<Timestamp>,
}

/// A group of people who are rung for a customer that is called back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CallbackGroup {
    /// Its short number.
    pub number: String,
    /// What the office calls it; empty where it has no name.
    pub title: String,
}

/// What is left on an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Balance {
    /// As the PBX writes it.
    pub amount: String,
    /// Where it says so.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

/// A time of which calls are missing for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Hole {
    /// Since when.
    #[ts(type = "string")]
    pub from: Timestamp,
    /// Until when.
    #[ts(type = "string")]
    pub until: Timestamp,
}

/// What is to be put right in the settings of a connection, though calls come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ConnectionWarning {
    /// Its times are off by whole hours: they are read in a wrong zone.
    WrongZone,
    /// Calls come on a line that the settings do not list.
    UnlistedLine,
    /// Calls are shown as they were, because what the log holds of them cannot be read.
    UnreadCalls,
}

/// Why a connection is down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum DownCause {
    /// The PBX refused the key or token.
    Unauthorized,
    /// The PBX cannot be reached.
    Unreachable,
    /// The PBX limits us.
    RateLimited,
    /// The PBX answers something that is not its protocol.
    Protocol,
    /// The database cannot take events.
    Storage,
    /// Signed messages arrive that do not check out.
    BadSignatures,
}

/// Where a connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ConnectionState {
    /// Being opened.
    #[default]
    Connecting,
    /// Missed events are being fetched.
    Draining,
    /// Events arrive.
    Live,
    /// Waits for webhooks; none arrived yet.
    Waiting,
    /// Lost; tried again by itself.
    Down,
}

/// What something is called in the languages of the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Titles {
    /// In Russian.
    pub ru: String,
    /// In English.
    pub en: String,
}
