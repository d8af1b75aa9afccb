//! The makes that can be connected, as their own descriptions say what they can do from this computer.

use calls::Ability;
use desk::contract::{KeyField, KeyKind, MakeCard, MakeRecordings, MakeView, Makes, Titles};
use pbx::{CardOnRing, Make, Text};

use crate::office::OwnOffice;

/// What can be done with a call, in the order in which it is told.
const CONTROL: [Ability; 10] = [
    Ability::Originate,
    Ability::Answer,
    Ability::Hangup,
    Ability::Hold,
    Ability::TransferBlind,
    Ability::TransferAttended,
    Ability::Pickup,
    Ability::Conference,
    Ability::Dtmf,
    Ability::RecordOn,
];

impl OwnOffice {
    /// The makes, in the order in which they are shown.
    pub fn makes() -> Makes {
        Makes { makes: pbx::MAKES.iter().copied().map(view).collect() }
    }
}

/// A text in both languages.
pub(crate) fn titles(text: Text) -> Titles {
    Titles { ru: text.ru.to_owned(), en: text.en.to_owned() }
}

fn view(make: Make) -> MakeView {
    let capability = &make.capability;
    let needs_address = make.delivery.needs_public_address();
    let card = match (needs_address, capability.card_on_ring) {
        (true, _) if capability.can(Ability::History) => MakeCard::Afterwards,
        (true, _) | (false, CardOnRing::None) => MakeCard::None,
        (false, CardOnRing::Live) => MakeCard::Live,
        (false, CardOnRing::Late) => MakeCard::Late,
    };
    let recordings = match capability.can(Ability::Recordings) && card != MakeCard::None {
        false => MakeRecordings::No,
        true if capability.recording_link_once => MakeRecordings::ByLinkOnce,
        true => MakeRecordings::Yes,
    };
    // Only of calls that are known while they go on can anything but "call" be asked.
    let is_known = matches!(card, MakeCard::Live | MakeCard::Late);
    let control = CONTROL.into_iter().filter(|ability| capability.can(*ability));
    MakeView {
        make: make.name.to_owned(),
        title: titles(make.title),
        interface: make.interface.map(titles),
        card,
        recordings,
        control: control.filter(|ability| is_known || *ability == Ability::Originate).collect(),
        needs_address,
        first: titles(make.first),
        key_acts_for: titles(make.key_acts_for),
        key_acts_for_all: capability.key_acts_for_all,
        keys: make
            .secrets
            .iter()
            .map(|secret| KeyField { name: secret.name.to_owned(), found: titles(secret.found) })
            .collect(),
        kinds: make
            .kinds
            .iter()
            .map(|kind| KeyKind { kind: kind.value.to_owned(), title: titles(kind.title) })
            .collect(),
        address: (!make.base_url.is_empty()).then(|| make.base_url.to_owned()),
        lists_phones: capability.can(Ability::Directory),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(name: &str) -> MakeView {
        OwnOffice::makes().makes.into_iter().find(|make| make.make == name).expect("is served")
    }

    #[test]
    fn what_a_make_can_do_from_a_desk_is_said_plainly() {
        let card = |name: &str| made(name).card;
        assert_eq!(
            (card("mango-client"), card("era"), card("ringcloud")),
            (MakeCard::Live, MakeCard::Live, MakeCard::Late)
        );
        assert_eq!((card("rostelecom"), card("zadarma")), (MakeCard::Afterwards, MakeCard::Afterwards));
        assert_eq!(
            (card("mango-vpbx"), made("mango-vpbx").recordings),
            (MakeCard::Afterwards, MakeRecordings::ByLinkOnce)
        );
        assert_eq!(made("rostelecom").control, [Ability::Originate]);
        assert!(made("era").control.contains(&Ability::Answer) && made("era").address.is_none());
        assert_eq!(made("era").kinds[0].kind, "user", "an office of one person has that person's token");
    }

    #[test]
    fn the_kinds_of_keys_are_overrides_that_their_makes_know() {
        for make in pbx::MAKES {
            let known = |kind: &pbx::Kind| make.overrides.contains(&kind.name);
            assert!(make.kinds.iter().all(known), "{make}");
        }
    }
}
