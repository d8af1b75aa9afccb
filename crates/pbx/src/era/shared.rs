//! What the sessions and the commands of one connection have in common.

use super::{assumption_counts::AssumptionCounts, calls::OpenCalls, config::Settings};

/// The settings, and what was learnt.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) settings: Settings,
    /// The calls that go on: commands name them otherwise than events do.
    pub(super) calls: OpenCalls,
    pub(super) counts: AssumptionCounts,
}
