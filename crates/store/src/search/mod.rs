//! Search: any part of a number or name, words of notes; newest first, as a scan over all calls would find them.

pub(crate) mod index;
mod plan;
mod run;
pub(crate) mod text;
