//! What is left on the accounts, for whoever looks after them: without money no call is placed, and the PBX says so only
//! in the result of a call.

use calls::Ability;
use link::wire::Balance;
use pbx::query::{Query, Reply};

use crate::links::Link;

impl Link {
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
