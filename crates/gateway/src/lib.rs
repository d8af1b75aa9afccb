//! An office behind HTTPS: hooks, stream, tokens, recordings.
//!
//! [`Gateway::serve`] puts an office that runs in this process behind a listener; the binary of this crate does so with
//! what [`config::Config`] says.

pub mod certificate;
pub mod config;
pub mod hooks;
pub mod http_message;
pub mod invitations;
pub mod own_ca;
pub mod path_tokens;
pub mod people_table;
mod plain;
pub mod platform;
pub mod tokens;

mod api;
mod audit_words;
mod body;
mod connections;
mod counters;
mod error_log;
mod join_limit;
mod limits;
mod log_rate;
mod presence;
mod problem;
mod router;
mod server;
mod setup;
mod state;
mod stream;
mod throttle;

/// The header of `/healthz` that says that the way to the gateway names nobody who comes by it.
pub const NAMES_NOBODY: &str = "trubka-names-nobody";

pub use limits::Limits;
pub use server::{Gateway, GatewayOptions, Running, ServeError};
pub use setup::Setup;
