//! A desk without a window: controller, pop policy, dialling, replica, contract types for the UI.
//!
//! It knows offices only through [`link::Office`], and screens only through [`UiPort`]. [`Desk::start`] begins its
//! one loop; every command of a page is a method of [`Desk`].

mod archive;
mod cards;
pub mod contract;
mod controller;
mod desk;
mod dispatch;
mod errors;
mod journal_table;
mod language;
mod last_talk;
mod me;
mod offices;
mod ports;
mod table;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod ui_port;
mod views;
mod words;

pub use self::{
    desk::{Desk, DeskOptions},
    dispatch::{ShellCommands, call},
    journal_table::TableText,
    language::Surroundings,
    ports::{Chance, Clock, SystemChance, SystemClock, Uptime},
    table::Table,
    ui_port::{ActionKind, Notification, NotificationAction, UiPort},
};
