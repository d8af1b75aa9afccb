//! What an office and its PBXs said to each other.

use link::wire::AuditRange;

use super::Desk;
use crate::{
    contract::{
        AskedAgain, AuditPage, AuditRequest, ClearJournalRequest, ContractError, ExportJournalRequest, JournalDetail,
        JournalEntryRequest, JournalPage, JournalRequest, NamedEntry, ReadAgain, SignatureCheck,
    },
    journal_table::{JournalTable, TableText},
};

impl Desk {
    /// A page of an office's request journal, newest first.
    pub async fn journal_page(&self, request: JournalRequest) -> Result<JournalPage, ContractError> {
        Ok(self.office(&request.office).await?.office.journal(request.filter).await?)
    }

    /// One entry of it, with its bodies.
    pub async fn journal_entry(&self, request: JournalEntryRequest) -> Result<JournalDetail, ContractError> {
        Ok(self.office(&request.office).await?.office.journal_entry(request.id, request.reveal).await?)
    }

    /// Checks the signature of an entry with the key that its connection has now.
    pub async fn check_signature(&self, request: NamedEntry) -> Result<SignatureCheck, ContractError> {
        Ok(self.office(&request.office).await?.office.check_signature(request.id).await?)
    }

    /// Asks the question of an entry once more.
    pub async fn repeat_request(&self, request: NamedEntry) -> Result<AskedAgain, ContractError> {
        Ok(self.office(&request.office).await?.office.repeat_request(request.id).await?)
    }

    /// Reads the webhook of an entry once more; nothing else comes of it.
    pub async fn replay_webhook(&self, request: NamedEntry) -> Result<ReadAgain, ContractError> {
        Ok(self.office(&request.office).await?.office.replay_webhook(request.id).await?)
    }

    /// What the filter shows of the journal, as a table for a spreadsheet with times in this computer's zone.
    pub async fn journal_table(&self, request: ExportJournalRequest) -> Result<TableText, ContractError> {
        let ExportJournalRequest { office, mut filter, words } = request;
        let office = self.office(&office).await?.office;
        let mut table = JournalTable::new(words, self.clock.zone());
        filter.before = None;
        loop {
            let part = office.export_journal(filter.clone()).await?;
            let is_full = !table.add(&part.entries);
            match part.next {
                Some(_) if is_full => return Ok(table.text(false)),
                Some(next) => filter.before = Some(next),
                None => return Ok(table.text(!is_full)),
            }
        }
    }

    /// Forgets all of it.
    pub async fn clear_journal(&self, request: ClearJournalRequest) -> Result<(), ContractError> {
        Ok(self.office(&request.office).await?.office.clear_journal().await?)
    }

    /// A page of what administrators changed at an office, newest first.
    pub async fn audit_page(&self, AuditRequest { office, before }: AuditRequest) -> Result<AuditPage, ContractError> {
        Ok(self.office(&office).await?.office.audit(AuditRange { before, limit: None }).await?)
    }
}
