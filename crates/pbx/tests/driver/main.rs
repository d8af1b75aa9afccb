//! The driver against PBXs on loopback.
#![expect(clippy::unwrap_used, reason = "tests")]

mod commands;
mod era;
mod mango_client;
mod mango_vpbx;
mod ringcloud;
mod rostelecom;
mod support;
mod zadarma;
