//! What the pages and the desk say to each other (JSON, camelCase, times RFC 3339).
//!
//! A page subscribes to its event first and then asks for the snapshot; both carry the same whole view with a growing
//! `revision`, so the newer one wins.

mod action;
mod call;
mod card;
pub(crate) mod commands;
mod connect;
mod demo;
mod diagnostics;
mod dial;
mod join;
mod lists;
mod look_up;
mod main_view;
mod people;
mod player;
mod settings;
mod typescript;
mod zone;

pub use action::*;
pub use call::*;
pub use card::*;
pub use commands::{Event, Window};
pub use connect::*;
pub use demo::*;
pub use diagnostics::*;
pub use dial::*;
pub use join::*;
pub use lists::*;
pub use look_up::*;
pub use main_view::*;
pub use people::*;
pub use player::*;
pub use settings::*;
pub use typescript::export;
pub use zone::*;

use link::FieldFault;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Why a command of a page failed. Pages branch on the code, never on text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{code:?}")]
pub struct ContractError {
    /// What happened.
    pub code: ErrorCode,
    /// The field that is wrong.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What is wrong with it.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<FieldFault>,
    /// Which of the field's values, where it holds several: the name of a key, for one.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// An English sentence for the log and for support.
    pub message: String,
    /// When trying again makes sense.
    #[ts(optional, type = "number")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u32>,
}

/// Codes of [`ContractError`]; each has its sentence in both languages in the UI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ErrorCode {
    /// The office no longer knows this desk's token.
    Unauthorized,
    /// The person's rights do not reach so far, or something before the office lets nobody through from here.
    Forbidden,
    /// Without this person nobody would administer the office from a screen.
    LastAdmin,
    /// It stands in the gateway's configuration file, and is changed there.
    Fixed,
    /// The gateway does not know the address at which people reach it, so no link leads to it.
    NoAddress,
    /// It is not as it was shown any more, by a call that went on or by somebody else: it is to be looked at anew.
    Changed,
    /// A field is wrong.
    InvalidRequest,
    /// Not there, or not to be seen.
    NotFound,
    /// The call has ended.
    Ended,
    /// The PBX cannot do this.
    Unsupported,
    /// Too often.
    RateLimited,
    /// The recording is being prepared.
    NotReady,
    /// The recording is gone.
    Gone,
    /// The file cannot be played.
    NotPlayable,
    /// The PBX refused.
    Refused,
    /// It is not known whether the PBX acted.
    UnknownOutcome,
    /// The office or its PBX cannot be reached.
    Unreachable,
    /// What answers at this address is no Trubka gateway, or one of another version.
    NotAGateway,
    /// The keyring is locked: unlock it and try again.
    KeyringLocked,
    /// The address must begin with `https://`: plain `http` is for this computer only.
    HttpsNeeded,
    /// The disk is full or the database failed.
    Storage,
    /// A fault of this program.
    Internal,
}
