//! The own office with simulated PBXs and a keyring that a test controls.

#![expect(clippy::expect_used, reason = "tests")]

mod changes;
mod gateway;
mod introducing;
mod keyring;
mod state;
mod support;
mod wizard;
