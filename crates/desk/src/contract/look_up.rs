//! What the one field of the main window finds while somebody types.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::call::{CallRef, CallRow, PartyView};

/// Wish to look a text up among people, calls and notes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LookUpRequest {
    /// Any part of a number or name, or a word of a note.
    pub text: String,
}

/// What a text finds, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LookUpView {
    /// Those whose name or number has the text in it.
    pub people: Vec<PersonRow>,
    /// Calls that match.
    pub calls: Vec<CallRow>,
    /// Notes that have the text in them.
    pub notes: Vec<NoteRow>,
    /// How many calls match, as far as they were counted.
    pub found: u32,
    /// More calls match than were counted.
    pub more: bool,
    /// When the oldest call here began: nothing before it was looked through.
    #[ts(optional, type = "string")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
}

/// Somebody who can be called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PersonRow {
    /// Who.
    pub party: PartyView,
    /// Calls with this number.
    pub calls: u32,
}

/// A note that has the text in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NoteRow {
    /// The call that it is about.
    pub call: CallRef,
    /// With whom that was.
    pub party: PartyView,
    /// Its text.
    pub text: String,
    /// Who wrote it.
    pub author: String,
    /// When.
    #[ts(type = "string")]
    pub at: Timestamp,
}
