//! What is left on the accounts, for whoever looks after them: without money no call is placed, and the PBX says so only
//! in the result of a call.

use std::time::Duration;

use calls::Ability;
use link::wire::Balance;
use pbx::query::{Query, Reply};

use crate::{links::Link, reachability::BALANCE};

/// At a start calls come first.
const FIRST: Duration = Duration::from_secs(5);

impl Link {
    /// Asks for the balance until the office stops: beside the polls, which do not wait for it.
    pub(crate) async fn keep_learning_balance(&self) {
        tokio::time::sleep(FIRST).await;
        loop {
            self.learn_balance().await;
            tokio::time::sleep(BALANCE).await;
        }
    }

    /// Asks for the balance, where the PBX tells one; what was known stays where it does not answer.
    pub(crate) async fn learn_balance(&self) {
        if !self.driver.capability().can(Ability::Balance) {
            return;
        }
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
