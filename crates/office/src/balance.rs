//! What is left on the accounts, for whoever looks after them: without money no call is placed, and the PBX says so only
//! in the result of a call.

use std::time::Duration;

use calls::Ability;
use link::wire::{Balance, ConnectionState};
use pbx::query::{Query, Reply};

use crate::links::Link;

/// How often it is asked for.
const EVERY: Duration = Duration::from_secs(3600);
/// At a start calls come first, and a PBX that takes no requests is asked nothing.
const LATER: Duration = Duration::from_secs(5);

impl Link {
    /// Asks for the balance until the office stops: beside whatever else is asked, which does not wait for it.
    pub(crate) async fn keep_learning_balance(&self) {
        if !self.driver.capability().can(Ability::Balance) {
            return;
        }
        loop {
            tokio::time::sleep(LATER).await;
            if matches!(self.board.state(&self.connection), Some(ConnectionState::Live | ConnectionState::Waiting)) {
                self.learn_balance().await;
                tokio::time::sleep(EVERY).await;
            }
        }
    }

    /// Asks for the balance; what was known stays where the PBX does not answer.
    async fn learn_balance(&self) {
        match self.driver.query(&Query::Balance).await {
            Ok(Reply::Balance { amount, currency }) => {
                if self.board.set_balance(&self.connection, Balance { amount, currency }) {
                    self.keeper.status_changed(&self.connection).await;
                }
            }
            Ok(_) => {}
            Err(error) => {
                tracing::info!(connection = %self.connection, kind = ?error.kind(), "the PBX does not tell the balance");
            }
        }
    }
}
