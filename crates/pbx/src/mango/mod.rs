//! What the two interfaces of MANGO OFFICE have in common.

pub(crate) mod codes;
mod state;

pub(crate) use state::State;

use crate::{party, routing::Target};

/// How both know employees, groups and scenarios to which a call is sent.
pub(crate) const SHORT_NUMBER: Target =
    Target { fits: party::is_digits, words: "a short number of digits, such as 500" };
