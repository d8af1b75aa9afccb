//! How an office stands, for its administrators.

use super::Desk;
use crate::contract::{ContractError, StateReport, StateRequest, TestAddressRequest, TestReport, TestWish};

impl Desk {
    /// How an office stands.
    pub async fn office_state(&self, request: StateRequest) -> Result<StateReport, ContractError> {
        Ok(self.office(&request.office).await?.office.state().await?)
    }

    /// Sends a message of the PBX to a connection's public address and says how far it came.
    pub async fn test_address(&self, request: TestAddressRequest) -> Result<TestReport, ContractError> {
        let TestAddressRequest { office, connection, message, seconds } = request;
        let wish = TestWish { message, seconds };
        Ok(self.office(&office).await?.office.test_address(&connection, wish).await?)
    }
}
