//! Plays calls: what the people do and when, told to a make through its stage.

mod live;
mod past;
mod stage;

pub(crate) use live::perform;
pub(crate) use past::tell;
pub(crate) use stage::{Facts, Recorded, Stage, Telling, Way, Why};
