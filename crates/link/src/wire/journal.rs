//! The request journal, as an administrator reads it.

use calls::{CallId, ConnectionId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which way something went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum JournalDirection {
    /// From the PBX to us.
    Incoming,
    /// From us to the PBX.
    Outgoing,
}

/// How an exchange came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum JournalVerdict {
    /// Our request was answered, or a frame was taken.
    Done,
    /// A webhook whose signature matched.
    Signed,
    /// A webhook that is believed without a signature, since the settings say so.
    Unsigned,
    /// A test of our address was answered.
    AddressChecked,
    /// A webhook that nobody vouches for was refused.
    Refused,
    /// A webhook came where none is sent, and was refused.
    Stray,
    /// An answer or a frame that could not be understood.
    NotUnderstood,
    /// Something went wrong.
    Failed,
}

/// Which entries are wanted: everything that is given must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JournalFilter {
    /// Of this method: a request's or a message's name.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// That went this way.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<JournalDirection>,
    /// That failed or were refused.
    #[serde(default)]
    pub errors: bool,
    /// Older than this one.
    #[ts(optional, type = "number")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<i64>,
}

/// A page of the journal, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct JournalPage {
    /// The entries.
    pub entries: Vec<JournalLine>,
    /// Methods that were met while the page was read, by name.
    pub methods: Vec<String>,
    /// Give it as `before` to go on; absent at the end.
    #[ts(optional, type = "number")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<i64>,
}

/// One exchange with a PBX.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct JournalLine {
    /// Its place; older ones are lower.
    #[ts(type = "number")]
    pub id: i64,
    /// When it began.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// Which connection.
    #[ts(optional, type = "string")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<ConnectionId>,
    /// Which way.
    pub direction: JournalDirection,
    /// The request's or message's name.
    pub method: String,
    /// How it came out.
    pub verdict: JournalVerdict,
    /// The same in English words, with what went wrong.
    pub outcome: String,
    /// It failed or was refused.
    pub failed: bool,
    /// HTTP status of the answer; of a webhook, of ours, and absent where the program ended before it was given.
    #[ts(optional, type = "number")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// How long it took.
    #[ts(type = "number")]
    pub took_ms: u32,
}

/// One exchange with its bodies. They hold no secret, and no number unless it was revealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct JournalDetail {
    /// The entry.
    pub line: JournalLine,
    /// Host and path, without query.
    pub target: String,
    /// What we sent.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<String>,
    /// What came.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<String>,
    /// The call that it told of.
    #[ts(optional, type = "string")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
    /// Numbers stand in it as they came.
    pub revealed: bool,
}
