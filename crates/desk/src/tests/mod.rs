//! The desk from outside: an office speaks, a person clicks, and the screens show.
#![expect(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "tests")]

mod call_actions;
mod calling_back;
mod cards;
mod commands;
mod contract;
mod decisions;
mod dialling;
mod facts;
mod journal;
mod lists;
mod look_up;
mod main_view;
mod phases;
mod replica;
mod ringing_others;
mod routing;
mod state;
mod stream;
