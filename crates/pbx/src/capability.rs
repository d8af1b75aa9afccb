//! What a make can do, as data: screens and the office ask this and never the make's name.

use std::time::Duration;

use calls::{Abilities, Ability};
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

/// What a person can do on his phone, where the make has no command for it.
pub(crate) const ON_THE_PHONE: &[Ability] = &[
    Ability::Answer,
    Ability::Hangup,
    Ability::Hold,
    Ability::Retrieve,
    Ability::TransferBlind,
    Ability::TransferAttended,
    Ability::Pickup,
    Ability::Conference,
    Ability::Dtmf,
];

/// What a connection of a make can do. "No" everywhere until a make says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Capability {
    /// When a call can be seen by those whom it rings.
    pub card_on_ring: CardOnRing,
    /// The first event of a call says whose phone rings.
    pub names_agent_on_ring: bool,
    /// What can be asked of it, and why not the rest.
    pub abilities: Abilities,
    /// An originate plays a prompt to the agent before it dials.
    pub originate_prompt: bool,
    /// A recording's link works once, so each fetch asks for a new one.
    pub recording_link_once: bool,
    /// Events that were missed are given again on return.
    pub missed_replay: bool,
    /// How long missed events are kept by the PBX; away longer leaves a hole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replay_kept: Option<Duration>,
    /// How far back finished calls can be read; all that the PBX has where it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub history_kept: Option<Duration>,
    /// Finished calls are dated so that no zone is needed to read them.
    pub history_without_zone: bool,
    /// The PBX says in which zone it writes its times.
    pub tells_zone: bool,
    /// The key acts for everybody in the account: it belongs in the gateway.
    pub key_acts_for_all: bool,
}

impl Capability {
    /// Nothing: what a make's description begins with.
    pub const NONE: Self = Self {
        card_on_ring: CardOnRing::None,
        names_agent_on_ring: false,
        abilities: Abilities::NONE,
        originate_prompt: false,
        recording_link_once: false,
        missed_replay: false,
        replay_kept: None,
        history_kept: None,
        history_without_zone: false,
        tells_zone: false,
        key_acts_for_all: false,
    };

    /// Whether it can do this.
    pub const fn can(&self, ability: Ability) -> bool {
        self.abilities.can(ability)
    }
}
