//! What we conclude of a call ourselves.

use jiff::Timestamp;

/// An end that is our conclusion; what the PBX says later corrects it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum InferredEnd {
    /// All legs were gone and no end came.
    Grace { at: Timestamp },
    /// Nothing was heard for hours.
    Silent { at: Timestamp },
    /// The PBX's own list lacks it.
    Absent { at: Timestamp },
    /// No event showed what came of our command.
    Unstitched { at: Timestamp },
    /// The PBX refused our command.
    Rejected { at: Timestamp, reason: String },
}

/// What is missing of a call because of a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doubt {
    /// Messages that may still come.
    Open,
    /// Messages that are lost for good, if there were any.
    Hole,
}
