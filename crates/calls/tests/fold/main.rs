//! The fold, over scripts of the makes.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod golden;
mod mango;
mod office;
mod properties;
mod rostelecom;
mod rules_actions;
mod rules_commands;
mod rules_ends;
mod rules_legs;
mod rules_order;
mod rules_placed;
mod rules_states;
mod rules_trial;
mod scripts;
mod summary;
