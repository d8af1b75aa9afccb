//! How an office stands, for its administrators.

use super::Desk;
use crate::contract::{
    BeginTrialRequest, ContractError, EndTrialRequest, ErrorCode, RunStageRequest, StageRun, StagedCheck,
    StagedCheckRequest, StateReport, StateRequest, TestAddressRequest, TestReport, TestWish, TrialMode,
};

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

    /// How far a connection is proved, stage by stage.
    pub async fn staged_check(&self, request: StagedCheckRequest) -> Result<StagedCheck, ContractError> {
        Ok(self.office(&request.office).await?.office.staged_check(&request.connection).await?)
    }

    /// The certificate of an office with what vouches for it, as PEM, as a vendor's account asks for it for a connection.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::NotFound`] where the office itself speaks no TLS; what the office refuses.
    pub async fn certificate(&self, request: StagedCheckRequest) -> Result<String, ContractError> {
        let certificate = self.staged_check(request).await?.certificate;
        certificate.ok_or_else(|| ContractError::new(ErrorCode::NotFound, "the office has no certificate of its own"))
    }

    /// Has an office do its part of a stage.
    pub async fn run_stage(&self, request: RunStageRequest) -> Result<StageRun, ContractError> {
        let RunStageRequest { office, connection, stage } = request;
        Ok(self.office(&office).await?.office.run_stage(&connection, stage).await?)
    }

    /// Puts a connection of an office into trial mode.
    pub async fn begin_trial(&self, request: BeginTrialRequest) -> Result<TrialMode, ContractError> {
        let BeginTrialRequest { office, connection, hours } = request;
        Ok(self.office(&office).await?.office.begin_trial(&connection, hours).await?)
    }

    /// Ends the trial mode of a connection.
    pub async fn end_trial(&self, request: EndTrialRequest) -> Result<(), ContractError> {
        Ok(self.office(&request.office).await?.office.end_trial(&request.connection).await?)
    }
}
