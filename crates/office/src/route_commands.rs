//! Sends calls from outside where the office's rules say, on PBXs that take a command for it. A PBX that asks before it
//! routes is answered by [`crate::routing`] instead.
//!
//! A call that stands in the menu or a queue is sent on once: the command has an id that follows from the call, so neither
//! a second message of the same call, told to another user, nor a restart sends another. A command that cannot be sent at
//! once is not sent at all, and the PBX's own routing goes on.

use std::sync::Arc;

use calls::{
    ActOn, Action, CallId, CallState, CommandId, Direction, LegRole, LegState,
    number::{DialKind, DialNumber},
};
use link::wire;
use sha2::{Digest, Sha256};
use tokio::{
    sync::broadcast::{self, error::RecvError},
    time::Instant,
};
use uuid::Builder;

use crate::{
    commands::{Author, CommandRequest, What},
    keeper::Published,
    routing,
    state::OfficeState,
};

/// Whose commands these are, beside those of people.
const RULES: &str = "rules";
/// What stands before the rule's name where such a command is signed.
pub(crate) const RULE: &str = "rule ";

/// Follows the calls of the office for as long as it lasts.
pub(crate) async fn route_by_rules(office: Arc<OfficeState>, mut news: broadcast::Receiver<Published>) {
    loop {
        match news.recv().await {
            Ok(Published::Call { call, .. }) => office.route(&call).await,
            Ok(
                Published::Fact { .. }
                | Published::Command { .. }
                | Published::Status { .. }
                | Published::At { .. }
                | Published::Recovered,
            ) => {}
            // What was not seen in time is for the PBX's own routing.
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

impl OfficeState {
    /// Sends a call on that waits, if a rule speaks of its caller and the connection can.
    async fn route(self: &Arc<Self>, call: &wire::Call) {
        if call.direction != Direction::Incoming || call.state != CallState::Queued || call.late {
            return;
        }
        let Some(connection) = self.connections.get(&call.connection) else { return };
        let Some(from) = call.customer.number.as_deref() else { return };
        let Some((_, route)) = self.directory().routing().route(&connection.id, None, from) else { return };
        let route = connection.driver.make().outcomes.carried(&route);
        let Some(rule) = routing::rule_of(&route) else { return };
        let action = match route.refuse {
            Some(_) => Action::Hangup,
            None => {
                let Some(digits) = route.to.or(route.scenario) else { return };
                let to = DialNumber { kind: DialKind::Extension, digits, extension: None, post_dial: None };
                Action::Route { to }
            }
        };
        if !connection.driver.abilities(None).can(action.ability()) {
            return;
        }
        let Some(full) = self.keeper.call(&connection.id, &call.id).await.filter(|call| call.vendor_call.is_some())
        else {
            return;
        };
        let waits = |leg: &&calls::Leg| leg.role == LegRole::Customer && leg.state == LegState::Queued;
        let Some(leg) = full.legs.iter().find(waits).cloned() else { return };
        let request = CommandRequest {
            command: command_of(&full.id),
            connection: connection.id.clone(),
            call: full.id.clone(),
            what: What::Act { on: Box::new(ActOn { call: full, leg, extension: None, other: None }), action },
        };
        let author = Author { id: RULES.to_owned(), name: format!("{RULE}{rule}") };
        if self.begin(author, request, Instant::now()).await.is_err() {
            tracing::warn!(connection = %connection.id, rule, "a rule's command could not be logged, so it was not sent");
        }
    }
}

/// The id of the one command that the rules give for a call.
pub(crate) fn command_of(call: &CallId) -> CommandId {
    let digest = Sha256::digest(format!("route {}", call.as_str()));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    CommandId(Builder::from_custom_bytes(bytes).into_uuid())
}
