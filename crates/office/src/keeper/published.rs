//! What the keeper tells all who look at the office.

use std::sync::Arc;

use calls::{ConnectionId, Fact};
use link::wire;
use store::Audience;

/// Something that all who look at the office are told, in the order of the log.
#[derive(Debug, Clone)]
pub(crate) enum Published {
    /// A new state of a call, as [`crate::visibility::to_stored`].
    Call {
        /// Its place.
        seq: u64,
        /// The call.
        call: Arc<wire::Call>,
        /// Who sees it.
        audience: Arc<Audience>,
        /// Who saw it and, unless he is among the audience, does not any more.
        parted: Arc<Audience>,
    },
    /// What a person wrote.
    Fact {
        /// Its place, or that of the change which showed its call to more people.
        seq: u64,
        /// It.
        fact: Arc<Fact>,
        /// Who sees its call, or sees it from now on.
        audience: Arc<Audience>,
    },
    /// A command moved.
    Command {
        /// Place of what moved it.
        seq: u64,
        /// Where it stands.
        command: Arc<wire::CommandView>,
        /// Identity of who sent it.
        author: Arc<str>,
        /// Who sees its call.
        audience: Arc<Audience>,
    },
    /// How a connection stands has changed.
    Status { seq: u64, connection: ConnectionId },
    /// Everything up to here was published.
    At { seq: u64 },
    /// The rows are written again: whoever began to look while they were not looks anew.
    Recovered,
}

/// How far the log is published, for those who begin to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    /// Rows up to here are written.
    pub(crate) seq: u64,
    /// More was published than the rows hold.
    pub(crate) behind: bool,
}

impl Published {
    /// Its place; what has none comes last.
    pub(super) fn seq(&self) -> u64 {
        match self {
            Self::Call { seq, .. }
            | Self::Fact { seq, .. }
            | Self::Command { seq, .. }
            | Self::Status { seq, .. }
            | Self::At { seq } => *seq,
            Self::Recovered => u64::MAX,
        }
    }
}
