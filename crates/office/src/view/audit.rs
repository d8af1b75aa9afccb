//! What administrators changed, for administrators.

use link::{
    OfficeError,
    wire::{AuditAction, AuditLine, AuditPage, AuditRange},
};
use store::{AuditEntry, AuditRow};

use super::{View, storage};

/// Entries on a page when nothing else is asked for, and at most.
const PAGE: usize = 50;
const LARGEST_PAGE: usize = 500;

impl View {
    /// A page of the audit, newest first.
    pub(super) async fn audit_page(&self, AuditRange { before, limit }: AuditRange) -> Result<AuditPage, OfficeError> {
        self.admins_only()?;
        let limit = limit.unwrap_or(PAGE).clamp(1, LARGEST_PAGE);
        // One more shows whether the page is the last.
        let rows = self
            .reading(move |view| view.office.store.audit_before(before, limit + 1).map_err(|error| storage(&error)));
        let mut rows = rows.await?;
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| has_more).map(|row| row.id);
        Ok(AuditPage { entries: rows.into_iter().map(line).collect(), next })
    }

    /// An entry of the audit about what this viewer does now.
    pub(super) fn noted(&self, action: AuditAction, subject: &str, detail: String) -> AuditEntry {
        AuditEntry {
            at: self.office.clock.now(),
            // Names alone could be anybody's.
            who: format!("{} ({})", self.viewer.name, self.viewer.id),
            action: action.name().to_owned(),
            subject: subject.to_owned(),
            detail,
        }
    }
}

fn line(AuditRow { id, entry }: AuditRow) -> AuditLine {
    let AuditEntry { at, who, action, subject, detail } = entry;
    AuditLine { id, at, who, action: AuditAction::named(&action), subject, detail }
}
