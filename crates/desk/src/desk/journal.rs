//! What an office and its PBXs said to each other.

use super::Desk;
use crate::contract::{
    CheckSignatureRequest, ClearJournalRequest, ContractError, JournalDetail, JournalEntryRequest, JournalPage,
    JournalRequest, SignatureCheck,
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
    pub async fn check_signature(&self, request: CheckSignatureRequest) -> Result<SignatureCheck, ContractError> {
        Ok(self.office(&request.office).await?.office.check_signature(request.id).await?)
    }

    /// Forgets all of it.
    pub async fn clear_journal(&self, request: ClearJournalRequest) -> Result<(), ContractError> {
        Ok(self.office(&request.office).await?.office.clear_journal().await?)
    }
}
