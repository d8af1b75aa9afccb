//! MANGO OFFICE: two APIs to one PBX, which tells both of the same legs.

mod client;
mod legs;
mod vpbx;

use crate::reading::Reading;

impl Reading {
    /// A callback is one leg, connected once both talk.
    pub const CALLBACK_ONE_LEG: Self = Self::new(
        "callback-one-leg",
        "a callback is one leg, connected once both talk; otherwise the agent's leg ends with reason 1000 and a second one, taken from it, dials the customer",
    );
    /// The leg of a transfer is told to the one who is called.
    pub const TRANSFER_LEG_TO_CALLED: Self = Self::new(
        "transfer-leg-to-called",
        "only the colleague hears of the leg of a transfer; otherwise the one who calls him too",
    );
}

/// How the page is read where it is silent.
const READINGS: &[Reading] = &[Reading::CALLBACK_ONE_LEG, Reading::TRANSFER_LEG_TO_CALLED];

/// A number as the PBX prints it.
fn bare(number: &str) -> &str {
    number.trim_start_matches('+')
}
