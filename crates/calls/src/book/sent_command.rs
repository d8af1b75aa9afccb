//! A command that was asked for, as the book keeps it.

use jiff::Timestamp;

use super::expectation::Expectation;
use crate::{event::CommandState, id::CallId};

/// A command and where it stands.
#[derive(Debug, Clone)]
pub(super) struct SentCommand {
    pub(super) state: CommandState,
    /// The call that it started or acts on.
    pub(super) call: CallId,
    /// The PBX's words, if any.
    pub(super) detail: Option<String>,
    /// What shows its effect; absent where that is the call itself, which it placed.
    pub(super) expectation: Option<Expectation>,
    /// When its effect is missed.
    pub(super) due: Option<Timestamp>,
}

impl SentCommand {
    /// It acts on a call that was there before.
    pub(super) fn acts(&self) -> bool {
        self.expectation.is_some()
    }
}
