//! What can be done with a call that goes on.

pub use calls::{Ability, Cannot};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{call::CallRef, dial::DialNumber};

/// Something that fits a call as it stands, or the reason why it cannot be done from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ControlView {
    /// What.
    pub ability: Ability,
    /// Why not; absent where it can be done.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cannot: Option<Cannot>,
}

/// What a person does with a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum CallAction {
    /// Answer it on the phone that rings.
    Answer,
    /// End it.
    Hangup,
    /// Put it on hold.
    Hold,
    /// Take it off hold.
    Retrieve,
    /// Take it from the colleague at whose phone it rings.
    Pickup,
    /// Send it on.
    Transfer {
        /// The number of a preview.
        to: DialNumber,
        /// The two talk first.
        attended: bool,
    },
    /// Add somebody to the talk.
    Conference {
        /// The number of a preview.
        with: DialNumber,
    },
    /// Press digits.
    Dtmf {
        /// Which.
        digits: String,
    },
    /// Begin to record it, or stop.
    Record {
        /// Begin.
        on: bool,
    },
}

/// Wish to do something with a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ActOnCallRequest {
    /// UUID made by the page for this wish: a second click is the same wish.
    pub command: String,
    /// Which call.
    pub call: CallRef,
    /// What.
    pub action: CallAction,
}
