//! What can be asked over a connection, and whether its token may ask it.

use ::calls::{Abilities, Ability, Cannot};

use super::wire::{Commands, Transport, Wire};

/// What can be asked with a token that has all rights. The pages name no class of finished calls, no balance, no text
/// messages, and no list of people.
pub(super) const ABILITIES: Abilities = Abilities::NONE.with(&[
    Ability::Originate,
    Ability::Answer,
    Ability::Hangup,
    Ability::Hold,
    Ability::Retrieve,
    Ability::TransferBlind,
    Ability::TransferAttended,
    Ability::Conference,
    Ability::Pickup,
    Ability::Dtmf,
    Ability::RecordOn,
    Ability::RecordOff,
    Ability::Recordings,
    Ability::Status,
]);

/// What goes over the socket where the settings say so.
const COMMANDS: &[Ability] = &[
    Ability::Originate,
    Ability::Answer,
    Ability::Hangup,
    Ability::Hold,
    Ability::Retrieve,
    Ability::TransferBlind,
    Ability::TransferAttended,
    Ability::Conference,
    Ability::Dtmf,
];

/// What can be asked with these settings by a token with these capabilities, where they are known.
pub(super) fn abilities(wire: &Wire, capabilities: Option<&[String]>) -> Abilities {
    if wire.transport == Transport::Rest {
        // Named among the messages of the socket alone.
        return ABILITIES.without(&[Ability::Pickup, Ability::Recordings], Cannot::NotOffered);
    }
    let has = |name: &str| capabilities.is_none_or(|has| has.iter().any(|known| known.eq_ignore_ascii_case(name)));
    let mut abilities = ABILITIES;
    if !has("callrecord") {
        abilities = abilities.without(&[Ability::Recordings], Cannot::NoRight);
    }
    if !has("ccs") {
        let over_socket = [Ability::Pickup, Ability::RecordOn, Ability::RecordOff];
        abilities = abilities.without(&over_socket, Cannot::NoRight);
        if wire.commands == Commands::Ccs {
            abilities = abilities.without(COMMANDS, Cannot::NoRight);
        }
    }
    abilities
}
