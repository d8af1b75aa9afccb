//! The makes that carry the scenarios: all that are served, but for what their descriptions say they cannot do.

use calls::Ability;
use pbx::CardOnRing;
use simulator::Make;

/// What a make must be able to do for a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// A call is told of while it rings, so that a card is shown.
    Card,
    /// Recordings are given.
    Recordings,
}

/// Whether a make can play what needs this, as its description says.
pub(crate) fn plays(make: Make, needs: Needs) -> bool {
    let capability = &of_office(make).capability;
    match needs {
        Needs::Card => capability.card_on_ring == CardOnRing::Live,
        Needs::Recordings => capability.can(Ability::Recordings),
    }
}

/// The makes of every scene: those that tell of a call while it rings. What is asked again and again plays alone.
pub(crate) fn with_cards() -> Vec<Make> {
    Make::ALL.iter().copied().filter(|make| plays(*make, Needs::Card)).collect()
}

/// Hands the makes to another macro: tests are written when this is compiled, before any registry can be read.
macro_rules! for_all_makes {
    ($then:ident $($rest:tt)*) => {
        $then! { [rostelecom, mango_client, mango_vpbx, zadarma, novofon, era, ringcloud] $($rest)* }
    };
}

/// The tests of one scenario; a make that cannot play it has nothing to show.
macro_rules! tests_of_makes {
    ([$($make:ident),+] $needs:ident $scenario:ident) => {
        $(#[tokio::test]
        async fn $make() {
            let make = crate::makes::tested(stringify!($make));
            if crate::makes::plays(make, crate::makes::Needs::$needs) {
                super::$scenario(make).await;
            }
        })+
    };
}

macro_rules! names_of_makes {
    ([$($make:ident),+]) => { [$(stringify!($make)),+] };
}

/// Turns each scenario into one test a make.
macro_rules! on_all_makes {
    ($needs:ident: $($scenario:ident),+ $(,)?) => {
        $(mod $scenario {
            for_all_makes! { tests_of_makes $needs $scenario }
        })+
    };
}

/// Scenarios that only these two makes can play.
macro_rules! on_rostelecom_and_mango_client {
    ($($scenario:ident),+ $(,)?) => {
        $(mod $scenario {
            #[tokio::test]
            async fn rostelecom() {
                super::$scenario(simulator::Make::ROSTELECOM).await;
            }

            #[tokio::test]
            async fn mango_client() {
                super::$scenario(simulator::Make::MANGO_CLIENT).await;
            }
        })+
    };
}

/// The make that a test is called after.
pub(crate) fn tested(test: &str) -> Make {
    test.replace('_', "-").parse().expect("the test is called after a make")
}

/// The make as an office calls it; the simulator and the office share no type.
pub(crate) fn of_office(make: Make) -> pbx::Make {
    make.name().parse().expect("both know it by one name")
}

#[test]
fn every_make_that_is_served_is_simulated_and_tested() {
    let sorted = |mut names: Vec<&'static str>| {
        names.sort_unstable();
        names
    };
    let served = sorted(pbx::MAKES.iter().map(|make| make.name).collect());
    assert_eq!(sorted(Make::ALL.iter().map(|make| make.name()).collect()), served);
    let tested = for_all_makes!(names_of_makes).map(|test| tested(test).name());
    assert_eq!(sorted(tested.to_vec()), served);
}
