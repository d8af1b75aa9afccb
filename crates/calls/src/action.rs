//! What a person may do with a call that goes on, and which leg of it that is about.

use serde::{Deserialize, Serialize};

use crate::{
    ability::Ability,
    call::{Call, Leg, LegRole, LegState},
    id::CallId,
    number::DialNumber,
};

/// To whom a call is sent on, or who joins it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Target {
    /// A number, as it was read once.
    Number(DialNumber),
    /// Another call of the same connection.
    Call(CallId),
}

/// What is asked of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "action")]
pub enum Action {
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
        /// To whom.
        to: Target,
        /// The two talk first; otherwise it goes at once.
        attended: bool,
    },
    /// Add somebody to the talk.
    Conference {
        /// Whom.
        with: Target,
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
    /// Send a call that waits or rings to a person.
    Route {
        /// To whom.
        to: DialNumber,
    },
}

impl Action {
    /// What the connection must be able to do.
    pub fn ability(&self) -> Ability {
        match self {
            Self::Answer => Ability::Answer,
            Self::Hangup => Ability::Hangup,
            Self::Hold => Ability::Hold,
            Self::Retrieve => Ability::Retrieve,
            Self::Pickup => Ability::Pickup,
            Self::Transfer { attended: true, .. } => Ability::TransferAttended,
            Self::Transfer { attended: false, .. } => Ability::TransferBlind,
            Self::Conference { .. } => Ability::Conference,
            Self::Dtmf { .. } => Ability::Dtmf,
            Self::Record { on: true } => Ability::RecordOn,
            Self::Record { on: false } => Ability::RecordOff,
            Self::Route { .. } => Ability::Route,
        }
    }

    /// Its name in addresses and in the log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Hangup => "hangup",
            Self::Hold => "hold",
            Self::Retrieve => "retrieve",
            Self::Pickup => "pickup",
            Self::Transfer { .. } => "transfer",
            Self::Conference { .. } => "conference",
            Self::Dtmf { .. } => "dtmf",
            Self::Record { .. } => "record",
            Self::Route { .. } => "route",
        }
    }

    /// The other call that it is about, if it is about one.
    pub fn other_call(&self) -> Option<&CallId> {
        match self {
            Self::Transfer { to: Target::Call(call), .. } | Self::Conference { with: Target::Call(call) } => Some(call),
            Self::Transfer { .. }
            | Self::Conference { .. }
            | Self::Answer
            | Self::Hangup
            | Self::Hold
            | Self::Retrieve
            | Self::Pickup
            | Self::Dtmf { .. }
            | Self::Record { .. }
            | Self::Route { .. } => None,
        }
    }

    /// Whether it can be done with a leg in this state.
    pub fn suits(&self, leg: &Leg) -> bool {
        let state = leg.state;
        match self {
            Self::Answer | Self::Pickup => leg.is_agent() && state == LegState::Alerting,
            Self::Hangup => leg.is_agent() && !state.is_terminal(),
            Self::Hold | Self::Dtmf { .. } | Self::Record { .. } => leg.is_agent() && state == LegState::Connected,
            Self::Retrieve => leg.is_agent() && state == LegState::Held,
            Self::Transfer { .. } | Self::Conference { .. } => leg.is_agent() && state.is_talking(),
            Self::Route { .. } => {
                leg.is_agent() && state == LegState::Alerting
                    || leg.role == LegRole::Customer && state == LegState::Queued
            }
        }
    }
}

/// The call, the leg and the extension that an action is about, as a make needs them to build its request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActOn {
    /// The call.
    pub call: Call,
    /// The leg that it acts on.
    pub leg: Leg,
    /// The extension that acts: of the leg, or of the one who takes the call.
    pub extension: Option<String>,
    /// The other call that [`Action::other_call`] names, and the leg that the same person has in it.
    pub other: Option<(Call, Leg)>,
}

impl Leg {
    /// The key by which the make knows this leg. Where one phone takes part in a call more than once, the fold adds `#2`,
    /// `#3` and so on to the key of the later legs.
    pub fn make_key(&self) -> &str {
        match self.key.rsplit_once('#') {
            Some((key, turn)) if !turn.is_empty() && turn.bytes().all(|byte| byte.is_ascii_digit()) => key,
            Some(_) | None => &self.key,
        }
    }
}
