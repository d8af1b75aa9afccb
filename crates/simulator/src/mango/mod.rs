//! MANGO OFFICE: two APIs to one PBX, which tells both of the same legs.

pub(crate) mod client;
mod legs;
pub(crate) mod vpbx;

/// A number as the PBX prints it.
fn bare(number: &str) -> &str {
    number.trim_start_matches('+')
}
