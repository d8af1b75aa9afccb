//! What tests of this crate share: calls in all shapes, an office that says what it is told to, screens that remember.
#![expect(clippy::expect_used, reason = "tests")]

mod calls;
mod desk;
mod office;
mod screens;

pub(crate) use self::{
    calls::{Shape, agent_leg, at, call, connection, me},
    desk::{Bench, CLOCK_AT, command},
    office::{FakeOffice, command_view, live_connection},
    screens::{PATIENCE, Record, Shown, breathe},
};
