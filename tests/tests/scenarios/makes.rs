//! The makes that carry the scenarios: all that are served, but for what their descriptions say they cannot do. A scenario
//! that a make cannot play is listed among the tests as ignored, with the reason.

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
    /// Each message of a call has a time of its own.
    DatedEvents,
    /// A call that is passed on goes on as the same call.
    OneCall,
    /// The same, and who hangs up or is left is told.
    TellsWhoLeaves,
}

/// Whether a make can play what needs this, where its description says that.
fn described(make: Make, needs: Needs) -> Option<bool> {
    let capability = &of_office(make).capability;
    match needs {
        Needs::Card => Some(capability.card_on_ring == CardOnRing::Live),
        Needs::Recordings => Some(capability.can(Ability::Recordings)),
        // What its page says of its messages; no screen asks for it, so no description has it.
        Needs::DatedEvents | Needs::OneCall | Needs::TellsWhoLeaves => None,
    }
}

/// Whether a call is told of while it rings, so that a card is shown.
pub(crate) fn shows_cards(make: Make) -> bool {
    described(make, Needs::Card) == Some(true)
}

/// The makes of every scene: those that tell of a call while it rings. What is asked again and again plays alone.
pub(crate) fn with_cards() -> Vec<Make> {
    Make::ALL.iter().copied().filter(|make| shows_cards(*make)).collect()
}

/// Hands the makes that play a scenario of this need, and those that cannot with the reason, to another macro: tests are
/// written when this is compiled, before any description can be read. A test below holds the lists beside those.
macro_rules! for_all_makes {
    ($then:ident Card $($rest:tt)*) => {
        $then! { [rostelecom, mango_client, mango_vpbx, zadarma, novofon, era]
            [ringcloud = "it tells of no call while it rings"] Card $($rest)* }
    };
    ($then:ident Recordings $($rest:tt)*) => {
        $then! { [rostelecom, mango_client, mango_vpbx, zadarma, novofon, era, ringcloud] [] Recordings $($rest)* }
    };
    ($then:ident DatedEvents $($rest:tt)*) => {
        $then! { [rostelecom, mango_client, mango_vpbx, era]
            [zadarma = "its notifications date the beginning of a call alone",
            novofon = "its notifications date the beginning of a call alone",
            ringcloud = "it tells of no call while it rings"] DatedEvents $($rest)* }
    };
    ($then:ident OneCall $($rest:tt)*) => {
        $then! { [rostelecom, mango_client, mango_vpbx, zadarma, novofon]
            [era = "a call that is passed on goes on as another call",
            ringcloud = "it tells of no call while it rings"] OneCall $($rest)* }
    };
    ($then:ident TellsWhoLeaves $($rest:tt)*) => {
        $then! { [rostelecom, mango_client, mango_vpbx]
            [zadarma = "its notifications name nobody who hangs up",
            novofon = "its notifications name nobody who hangs up",
            era = "a call that is passed on goes on as another call",
            ringcloud = "it tells of no call while it rings"] TellsWhoLeaves $($rest)* }
    };
}

/// The tests of one scenario.
macro_rules! tests_of_makes {
    ([$($make:ident),+] [$($idle:ident = $why:literal),*] $needs:ident $scenario:ident) => {
        $(#[tokio::test]
        async fn $make() {
            super::$scenario(crate::makes::tested(stringify!($make))).await;
        })+

        $(#[test]
        #[ignore = $why]
        fn $idle() {
            crate::makes::cannot_play(stringify!($idle), crate::makes::Needs::$needs);
        })*
    };
}

/// The need, the makes that play what has it, and those that do not.
macro_rules! names_of_makes {
    ([$($make:ident),+] [$($idle:ident = $why:literal),*] $needs:ident) => {
        (Needs::$needs, vec![$(stringify!($make)),+], vec![$(stringify!($idle)),*])
    };
}

/// Turns each scenario into one test a make.
macro_rules! on_all_makes {
    ($needs:ident: $($scenario:ident),+ $(,)?) => {
        $(mod $scenario {
            for_all_makes! { tests_of_makes $needs $scenario }
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

/// Holds what is said of an ignored test, where that is run all the same.
pub(crate) fn cannot_play(test: &str, needs: Needs) {
    assert_ne!(described(tested(test), needs), Some(true), "{test} can do what this needs: {needs:?}");
}

#[test]
fn every_make_that_is_served_is_simulated_and_tested() {
    let sorted = |mut names: Vec<&'static str>| {
        names.sort_unstable();
        names
    };
    let served = sorted(pbx::MAKES.iter().map(|make| make.name).collect());
    assert_eq!(sorted(Make::ALL.iter().map(|make| make.name()).collect()), served);
    for (needs, played, skipped) in [
        for_all_makes!(names_of_makes Card),
        for_all_makes!(names_of_makes Recordings),
        for_all_makes!(names_of_makes DatedEvents),
        for_all_makes!(names_of_makes OneCall),
        for_all_makes!(names_of_makes TellsWhoLeaves),
    ] {
        let named = |tests: &[&str]| sorted(tests.iter().map(|test| tested(test).name()).collect());
        assert_eq!(
            named(&[played.as_slice(), &skipped].concat()),
            served,
            "{needs:?}: each plays or is skipped by name"
        );
        for (tests, wrong) in [(played, Some(false)), (skipped, Some(true))] {
            let says_otherwise = tests.iter().find(|test| described(tested(test), needs) == wrong);
            assert_eq!(says_otherwise, None, "{needs:?}: the description says otherwise");
        }
    }
}
