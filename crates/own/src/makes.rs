//! The makes that can be connected, as their own descriptions say what they can do from this computer.

use desk::contract::Makes;

use crate::office::OwnOffice;

impl OwnOffice {
    /// The makes, in the order in which they are shown.
    pub fn makes() -> Makes {
        // No PBX can post to a computer behind a router.
        Makes { makes: pbx::MAKES.iter().map(|make| office::make_view(*make, false)).collect() }
    }
}

#[cfg(test)]
mod tests {
    use calls::Ability;
    use desk::contract::{MakeCard, MakeRecordings, MakeView};

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
