//! The office that the desktop runs for one person, in its own process: what it is connected to stands in the settings,
//! its keys lie in the keyring, and a wizard makes both.
//!
//! An administrator uses the same wizard for an office behind a gateway: [`Connecting`] is where a connection goes.
//!
//! It is the same office as a gateway's. What is here is only where its settings come from: [`OwnOffice`] waits for the
//! keyring, starts it, and changes its connections while it runs.

mod changes;
mod connecting;
mod draft;
mod gateway;
mod introducing;
mod keyring;
mod makes;
mod office;
mod secrets;
mod settings;
mod trial;
mod views;

pub use self::{
    connecting::{AtDesk, Connecting},
    gateway::{AtGateway, Drafts},
    keyring::{Keyring, KeyringChanges, KeyringQuestion, NoKeyring, NotYet},
    office::{OFFICE, OwnOffice},
};
