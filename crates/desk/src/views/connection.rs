//! Connections to PBXs as the main window shows them.

use std::collections::BTreeMap;

use calls::{Ability, ConnectionId};
use link::wire::ConnectionView;

use super::controls::control;
use crate::contract::{ConnectionRow, Titles};

/// What only the gateway's command line asks for: it sends text messages, and lists employees and their phones.
const ELSEWHERE: [Ability; 3] = [Ability::Sms, Ability::Status, Ability::Directory];

/// The connections of an office.
pub(crate) type Connections = BTreeMap<ConnectionId, ConnectionView>;

/// The row of a connection among those of its office.
pub(crate) fn connection_row(connection: &ConnectionView, all: &Connections) -> ConnectionRow {
    ConnectionRow {
        id: connection.id.as_str().to_owned(),
        title: connection_title(connection, all),
        state: connection.state,
        cause: connection.cause,
        refused: connection.refused.clone(),
        warnings: connection.warnings.clone(),
        detail: connection.detail.clone(),
        drained: connection.drained,
        gap_since: connection.gap_since,
        holes: connection.holes.clone(),
        balance: connection.balance.as_deref().cloned(),
        clock_skew_ms: connection
            .clock_skew_ms
            .map(|skew| i32::try_from(skew).unwrap_or(if skew < 0 { i32::MIN } else { i32::MAX })),
        trial_until: connection.trial_until,
        abilities: Ability::ALL
            .into_iter()
            .filter(|ability| !ELSEWHERE.contains(ability))
            .map(|ability| control(connection.capability, ability))
            .collect(),
    }
}

/// How a connection is called: as its office says, or by its make's word where that is an older one. Where two of an
/// office are called alike, each has its own name behind that.
pub(crate) fn connection_title(connection: &ConnectionView, all: &Connections) -> Titles {
    let called = |connection: &ConnectionView| {
        let make = || Titles { ru: connection.make.clone(), en: connection.make.clone() };
        connection.titles.as_deref().cloned().unwrap_or_else(make)
    };
    let Titles { ru, en } = called(connection);
    let alike = |other: &ConnectionView| {
        let other = called(other);
        other.ru == ru || other.en == en
    };
    if all.values().any(|other| other.id != connection.id && alike(other)) {
        let id = connection.id.as_str();
        return Titles { ru: format!("{ru} ({id})"), en: format!("{en} ({id})") };
    }
    Titles { ru, en }
}

#[cfg(test)]
mod tests {
    use calls::Abilities;

    use super::*;
    use crate::testing::live_connection;

    #[test]
    fn a_connection_is_said_to_do_here_what_a_person_can_ask_for_here() {
        let told = |capability| {
            let connection = ConnectionView { capability, ..live_connection() };
            connection_row(&connection, &Connections::new()).abilities
        };
        let all = told(Abilities::NONE.with(&Ability::ALL));
        let is_told = |ability: Ability| all.iter().any(|control| control.ability == ability);
        assert!(ELSEWHERE.into_iter().all(|ability| !is_told(ability)), "the gateway's command line has these");
        assert_eq!(all.len() + ELSEWHERE.len(), Ability::ALL.len(), "everything else can be asked for here");
        assert!(all.iter().all(|control| control.cannot.is_none()));
        assert!(told(Abilities::NONE).iter().all(|control| control.cannot.is_some()), "what is missing has its reason");
    }
}
