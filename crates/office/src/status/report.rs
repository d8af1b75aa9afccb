//! How connections stand, for an administrator.

use link::wire::{ConnectionReport, Titles};

use super::Board;
use crate::{settings::Viewer, skew::TimeFault};

impl Board {
    /// How all connections stand. What is not known to a board (quotas, addresses) is left empty.
    pub(crate) fn reports(&self, viewer: &Viewer) -> Vec<ConnectionReport> {
        let entries = self.entries.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let report = |(id, entry): (&calls::ConnectionId, &super::Entry)| {
            let view = self.view_of(id, entry, viewer);
            let fault = entry.skew.fault();
            ConnectionReport {
                id: view.id,
                titles: Titles { ru: entry.make.title.ru.to_owned(), en: entry.make.title.en.to_owned() },
                state: view.state,
                since: entry.state_since.1,
                cause: view.cause,
                warnings: view.warnings,
                detail: view.detail,
                missing_since: view.gap_since,
                holes: view.holes,
                heard_at: entry.heard_at,
                clock_ahead_ms: entry.skew.ahead_ms(),
                clock_is_off: fault.is_some_and(|fault| matches!(fault, TimeFault::Clock { .. })),
                quotas: Vec::new(),
                posts: false,
                test_messages: Vec::new(),
                is_test_host: false,
                offers_trial: false,
                trial_address: None,
                trial_until: view.trial_until,
            }
        };
        entries.iter().map(report).collect()
    }
}
