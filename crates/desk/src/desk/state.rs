//! How an office stands, for its administrators.

use super::Desk;
use crate::contract::{ContractError, StateReport, StateRequest};

impl Desk {
    /// How an office stands.
    pub async fn office_state(&self, request: StateRequest) -> Result<StateReport, ContractError> {
        Ok(self.office(&request.office).await?.office.state().await?)
    }
}
