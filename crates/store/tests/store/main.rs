//! The store from outside: what is acknowledged is there, once, and is found again.

mod cache;
mod calls;
mod common;
mod facts;
mod kill;
mod log;
mod opening;
mod people;
mod search;
mod small;
