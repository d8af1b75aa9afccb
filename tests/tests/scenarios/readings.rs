//! Readings: where a vendor's page is silent, each way in which its PBX may behave is run by a scenario.

use simulator::Reading;

/// Turns each line into a test, which plays a scenario with the page read so, and lists the readings of them all.
macro_rules! under_readings {
    ($($test:ident: [$($reading:ident),+] => $scenario:expr;)+) => {
        $(#[tokio::test]
        async fn $test() {
            ($scenario)(&[$(::simulator::Reading::$reading),+]).await;
        })+

        /// The readings that these tests play.
        pub(crate) const PLAYED: &[::simulator::Reading] = &[$($(::simulator::Reading::$reading),+),+];
    };
}

/// The readings that the tests of each file play.
const PLAYED: [&[Reading]; 12] = [
    crate::account::PLAYED,
    crate::callbacks::PLAYED,
    crate::era::PLAYED,
    crate::era_acting::PLAYED,
    crate::era_readings::PLAYED,
    crate::incoming::read_otherwise::PLAYED,
    crate::late_calls::PLAYED,
    crate::mango_vpbx::PLAYED,
    crate::ringcloud::PLAYED,
    crate::routing_rules::PLAYED,
    crate::transfers::read_otherwise::PLAYED,
    crate::zadarma::PLAYED,
];

#[test]
fn a_scenario_plays_every_reading_of_every_make() {
    let played: Vec<Reading> = PLAYED.into_iter().flatten().copied().collect();
    let every = Reading::every();
    let not_played: Vec<&str> =
        every.iter().filter(|reading| !played.contains(reading)).map(|reading| reading.name()).collect();
    assert!(every.len() > 40 && not_played.is_empty(), "played by no scenario: {not_played:?}");
}
