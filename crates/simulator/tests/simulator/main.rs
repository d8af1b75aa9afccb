//! The simulator as a client sees it: a small client of its own, which shares nothing with the code under test.

#![expect(clippy::disallowed_methods, reason = "these tests talk over real sockets, by the computer's clock")]

mod client;
mod clients;
mod era;
mod faults;
mod form_hook;
mod hook;
mod mango;
mod mango_calls;
mod mango_transfers;
mod mango_vpbx;
mod office;
mod phones;
mod program;
mod ringcloud;
mod rostelecom;
mod rostelecom_calls;
mod zadarma;
