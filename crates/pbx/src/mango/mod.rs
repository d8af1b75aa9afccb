//! What the two interfaces of MANGO OFFICE have in common.

pub(crate) mod codes;
mod state;

pub(crate) use state::State;
