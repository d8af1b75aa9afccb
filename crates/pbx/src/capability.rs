//! What a make can do, as data: screens and the office ask this and never the make's name.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// When a call can be seen by those whom it rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CardOnRing {
    /// As it rings.
    Live,
    /// Some time later: it is listed, and pops nothing once over ten seconds old.
    Late,
    /// Not while it rings.
    #[default]
    None,
}

/// What a connection of a make can do. "No" everywhere until a make says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Capability {
    /// When a call can be seen by those whom it rings.
    pub card_on_ring: CardOnRing,
    /// The first event of a call says whose phone rings.
    pub names_agent_on_ring: bool,
    /// Click-to-dial: ring us, then them.
    pub originate: bool,
    /// An originate plays a prompt to the agent before it dials.
    pub originate_prompt: bool,
    /// Take a ringing call.
    pub answer: bool,
    /// End a call.
    pub hangup: bool,
    /// Put a call on hold and take it back.
    pub hold: bool,
    /// Send a call on without asking there.
    pub transfer_blind: bool,
    /// Send a call on after asking there.
    pub transfer_attended: bool,
    /// Take a call that rings at a colleague's.
    pub pickup: bool,
    /// Talk of three and more.
    pub conference: bool,
    /// Press digits in a call.
    pub dtmf: bool,
    /// Switch recording on and off in a call.
    pub record_control: bool,
    /// Send an incoming call to the one responsible.
    pub route: bool,
    /// Recordings can be fetched.
    pub recordings: bool,
    /// A recording's link works once, so each fetch asks for a new one.
    pub recording_link_once: bool,
    /// Events that were missed are given again on return.
    pub missed_replay: bool,
    /// How long missed events are kept by the PBX; away longer leaves a hole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replay_kept: Option<Duration>,
    /// Finished calls can be read afterwards.
    pub history: bool,
    /// The key acts for everybody in the account: it belongs in the gateway.
    pub key_acts_for_all: bool,
}

impl Capability {
    /// Nothing: what a make's description begins with.
    pub const NONE: Self = Self {
        card_on_ring: CardOnRing::None,
        names_agent_on_ring: false,
        originate: false,
        originate_prompt: false,
        answer: false,
        hangup: false,
        hold: false,
        transfer_blind: false,
        transfer_attended: false,
        pickup: false,
        conference: false,
        dtmf: false,
        record_control: false,
        route: false,
        recordings: false,
        recording_link_once: false,
        missed_replay: false,
        replay_kept: None,
        history: false,
        key_acts_for_all: false,
    };
}
