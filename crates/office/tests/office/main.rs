//! An office as its viewers see it, on a temporary folder.

#![expect(clippy::disallowed_methods, reason = "these tests talk over real sockets, by the computer's clock")]

mod address_checks;
mod catch_up;
mod changing;
mod commands;
mod facts;
mod late_history;
mod polling;
mod rights;
mod rostelecom;
mod routing;
mod storage;
mod support;
mod unread;
mod warnings;
