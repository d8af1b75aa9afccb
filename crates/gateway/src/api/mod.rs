//! What desks and scripts ask for, each with a token.

pub(crate) mod admin;
pub(crate) mod auth;
pub(crate) mod calls;
pub(crate) mod cards;
pub(crate) mod commands;
pub(crate) mod connections;
pub(crate) mod facts;
pub(crate) mod health;
pub(crate) mod join;
pub(crate) mod metrics;
mod peer;
mod range;
pub(crate) mod recordings;
mod segment;
pub(crate) mod token;
