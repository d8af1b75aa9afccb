//! The low watermark of the log: from where on a rebuild needs it.

use std::collections::BTreeMap;

/// Log places from which something held began; several things may have begun at one.
#[derive(Debug, Clone, Default)]
pub(super) struct LowWatermark(BTreeMap<u64, usize>);

impl LowWatermark {
    pub(super) fn hold(&mut self, place: u64) {
        *self.0.entry(place).or_default() += 1;
    }

    /// Lets go of one that was held.
    pub(super) fn release(&mut self, place: u64) {
        if let Some(held) = self.0.get_mut(&place) {
            *held -= 1;
            if *held == 0 {
                self.0.remove(&place);
            }
        }
    }

    pub(super) fn lowest(&self) -> Option<u64> {
        self.0.first_key_value().map(|(place, _)| *place)
    }
}
