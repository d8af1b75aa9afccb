//! The one task that writes the log, folds it and publishes what changed, in the order of the log.

mod fold;
mod publish;
mod published;
mod requests;
mod restore;
mod start;
mod state;
#[cfg(test)]
mod tests;
pub(crate) mod unread;
mod work;

pub(crate) use published::{Head, Published};
pub(crate) use requests::{KeeperHandle, NotKept, NotStored};
pub(crate) use state::Keeper;
