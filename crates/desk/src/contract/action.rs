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
    /// Of a transfer: the colleague was asked and talks, so that it connects him with the other side.
    #[serde(default, skip_serializing_if = "is_false")]
    #[ts(optional, as = "Option<bool>")]
    pub connects: bool,
    /// Of sending on: only to a colleague's extension.
    #[serde(default, skip_serializing_if = "is_false")]
    #[ts(optional, as = "Option<bool>")]
    pub to_colleagues: bool,
}

fn is_false(flag: &bool) -> bool {
    !flag
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
        /// The person has confirmed a number that may cost extra or reach somebody else than meant.
        #[serde(default)]
        confirmed: bool,
    },
    /// Connect the other side with the colleague who was asked.
    Connect,
    /// Add somebody to the talk.
    Conference {
        /// The number of a preview.
        with: DialNumber,
        /// The same.
        #[serde(default)]
        confirmed: bool,
    },
    /// Press digits.
    Dtmf {
        /// Which.
        digits: String,
    },
    /// Send it on before anybody has answered.
    Route {
        /// The number of a preview.
        to: DialNumber,
        /// The same.
        #[serde(default)]
        confirmed: bool,
    },
    /// Begin to record it, or stop.
    Record {
        /// Begin.
        on: bool,
    },
}

/// Asks for something to be done with a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ActOnCallRequest {
    /// UUID made by the page for this request: a second click is the same request.
    pub command: String,
    /// Which call.
    pub call: CallRef,
    /// What.
    pub action: CallAction,
}

/// What can be done with a call from its card: nothing that takes a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CardAction {
    /// Answer it on the phone that rings.
    Answer,
    /// End it.
    Hangup,
    /// Put it on hold.
    Hold,
    /// Take it off hold.
    Retrieve,
}

impl From<CardAction> for CallAction {
    fn from(action: CardAction) -> Self {
        match action {
            CardAction::Answer => Self::Answer,
            CardAction::Hangup => Self::Hangup,
            CardAction::Hold => Self::Hold,
            CardAction::Retrieve => Self::Retrieve,
        }
    }
}

/// Asks for something to be done with the call of a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ActOnCardRequest {
    /// UUID made by the page for this request: a second click is the same request.
    pub command: String,
    /// Which call.
    pub call: CallRef,
    /// What.
    pub action: CardAction,
}
