//! Plays calls: what the people do and when, told to a make through its stage.

mod live;
mod orders;
mod stage;
mod told_later;

pub(crate) use live::perform;
pub(crate) use orders::{Order, Orders};
pub(crate) use stage::{
    CallKind, EndReason, Facts, Passing, Recorded, RouteAnswer, Routing, Stage, Telling, route_answer,
};
pub(crate) use told_later::tell;
