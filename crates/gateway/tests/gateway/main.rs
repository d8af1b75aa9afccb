//! The gateway with a real office over a database in a temporary folder, asked over real sockets.

#![expect(clippy::disallowed_methods, reason = "these tests talk over real sockets, by the computer's clock")]
#![expect(clippy::expect_used, reason = "tests")]

mod account;
mod address_test;
mod api;
mod cards;
mod cli;
mod events;
mod from_nothing;
mod hooks;
mod http;
mod introduce;
mod joining;
mod journal;
mod journal_again;
mod kill;
mod limits;
mod makes;
mod number;
mod recordings;
mod remote;
mod rig;
mod setup;
mod staged;
mod state;
mod stream;
mod test_host;
mod tls;
mod trial_mode;
mod vendor;
mod ws;
mod zadarma;
