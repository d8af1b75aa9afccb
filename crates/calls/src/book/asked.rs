//! A command that was asked for, as the book keeps it.

use jiff::Timestamp;

use super::awaited::Awaited;
use crate::{event::CommandState, id::CallId};

/// A command and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) state: CommandState,
    /// The call that it started or acts on.
    pub(super) call: CallId,
    /// The PBX's words, if any.
    pub(super) detail: Option<String>,
    /// What shows its effect; absent where that is the call itself, which it placed.
    pub(super) awaited: Option<Awaited>,
    /// When its effect is missed.
    pub(super) due: Option<Timestamp>,
}

impl Asked {
    /// It acts on a call that was there before.
    pub(super) fn acts(&self) -> bool {
        self.awaited.is_some()
    }
}
