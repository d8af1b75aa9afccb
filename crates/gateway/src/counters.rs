//! What the gateway counts.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts since the start.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) hooks_stored: AtomicU64,
    pub(crate) hooks_known: AtomicU64,
    pub(crate) hooks_refused: AtomicU64,
    pub(crate) hooks_not_stored: AtomicU64,
    pub(crate) hooks_broken: AtomicU64,
    pub(crate) unauthorized: AtomicU64,
    /// Connections that were closed at once: there were too many.
    pub(crate) connections_refused: AtomicU64,
    /// Streams that were not opened: there were too many.
    pub(crate) streams_refused: AtomicU64,
    /// Streams that are open now.
    pub(crate) streams: AtomicU64,
    pub(crate) slow_desks: AtomicU64,
}

/// One more.
pub(crate) fn add(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// Counts something for as long as it lives.
pub(crate) struct Open<'a>(&'a AtomicU64);

impl<'a> Open<'a> {
    pub(crate) fn new(counter: &'a AtomicU64) -> Self {
        add(counter);
        Self(counter)
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
