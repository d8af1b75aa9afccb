//! An office behind HTTPS: hooks, stream, tokens, recordings.
//!
//! [`Gateway::serve`] puts an office that runs in this process behind a listener; the binary of this crate does so with
//! what [`config::Config`] says.

pub mod config;
pub mod hooks;
pub mod tokens;

mod api;
mod body;
mod counters;
mod few_lines;
mod problem;
mod refusals;
mod router;
mod server;
mod slowdown;
mod stream;

pub use server::{Gateway, GatewayOptions, Limits, Running, ServeError};
