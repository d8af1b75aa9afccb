//! How one session stands.

use link::wire::{ConnectionState, DownCause};

/// How one session, or a connection without sessions, stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SessionStatus {
    /// Where it stands.
    pub(crate) state: ConnectionState,
    /// Why it is down.
    pub(crate) cause: Option<DownCause>,
    /// Missed events fetched so far.
    pub(crate) drained: u32,
    /// The PBX refuses it for good: somebody must change something first.
    pub(crate) is_refused: bool,
    /// What is wrong with it, in words, where it is not the whole connection's state.
    pub(crate) detail: Option<String>,
}

impl SessionStatus {
    /// In this state, without a cause.
    pub(crate) fn of(state: ConnectionState) -> Self {
        Self { state, cause: None, drained: 0, is_refused: false, detail: None }
    }

    /// Down for this reason.
    pub(crate) fn down(cause: DownCause) -> Self {
        Self { cause: Some(cause), ..Self::of(ConnectionState::Down) }
    }
}
