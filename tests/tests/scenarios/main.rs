//! Whole calls from a simulated PBX through an office to a desk, judged by what its screens were asked to show.
//!
//! Nothing is assumed about how long anything takes: people pick up and hang up when the screens say so.

#![expect(clippy::disallowed_methods, reason = "these tests talk over real sockets, by the computer's clock")]

#[macro_use]
mod makes;
#[macro_use]
mod readings;

mod account;
mod call_actions;
mod callbacks;
mod connections;
mod dialling;
mod disorder;
mod era;
mod era_acting;
mod era_readings;
mod extensions;
mod groups;
mod incoming;
mod late_calls;
mod limits;
mod mango_vpbx;
mod offices;
mod recordings;
mod remote;
mod ringcloud;
mod ringing_others;
mod routing_rules;
mod scene;
mod screens;
mod settings;
mod toy;
mod transfers;
mod zadarma;
