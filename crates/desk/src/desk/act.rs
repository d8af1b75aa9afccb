//! Doing something with a call that goes on: once, at once, and said to be done only when the PBX has shown it.

use std::{sync::Arc, time::Duration};

use calls::{
    Action, CallId, CommandId, CommandState, Target,
    number::{DialKind, DialNumber, DialWarning, Dialable},
};
use link::{
    Office,
    wire::{ActOnCall, CommandView},
};

use super::Desk;
use crate::{
    contract::{ActOnCallRequest, ActOnCardRequest, CallAction, ContractError, ErrorCode},
    controller::message::Request,
    errors::no_such_call,
};

/// An office that has not answered by then may have acted or not.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// How long the effect is waited for; the office gives up sooner, and says so.
const SHOWN_WITHIN: Duration = Duration::from_secs(25);
/// First and longest wait between two looks at what came of it.
const LOOK: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(1));

impl Desk {
    /// Does something with a call and answers once an event has shown it, or once it is known that it was not done. The
    /// same command acts once. Nothing is kept to be done later.
    pub async fn act_on_call(&self, request: ActOnCallRequest) -> Result<(), ContractError> {
        let ActOnCallRequest { command, call, action } = request;
        let command: CommandId =
            command.parse().map_err(|_| ContractError::invalid("command", "the command must be a UUID"))?;
        let office = self.office(&call.office).await?;
        if !office.reachable {
            let message = "the office is out of reach, so nothing was done";
            return Err(ContractError::new(ErrorCode::Unreachable, message));
        }
        let call = self.ask(|reply| Request::RulingId { call, reply }).await?.ok_or_else(no_such_call)?;
        let action = read(action, &call)?;
        let asked = tokio::time::timeout(ANSWER_WITHIN, office.office.act(ActOnCall { command, call, action })).await;
        let status = match asked {
            Ok(Ok(view)) => Some(view),
            Ok(Err(error)) if !error.kind.may_have_acted() => return Err(error.into()),
            // The answer was lost: what the office knows of the command is looked at.
            Ok(Err(_)) | Err(_) => None,
        };
        let shown = tokio::time::timeout(SHOWN_WITHIN, shown(office.office, command, status)).await;
        shown.unwrap_or_else(|_| Err(not_known()))
    }

    /// The same from a card, which has no place to show a number before it is used.
    pub async fn act_on_card(&self, request: ActOnCardRequest) -> Result<(), ContractError> {
        let ActOnCardRequest { command, call, action } = request;
        self.act_on_call(ActOnCallRequest { command, call, action: action.into() }).await
    }
}

/// Waits until it is known what came of a command.
async fn shown(
    office: Arc<dyn Office>,
    command: CommandId,
    mut status: Option<CommandView>,
) -> Result<(), ContractError> {
    let (mut wait, longest) = LOOK;
    loop {
        match status.as_ref().map(|view| view.state) {
            Some(CommandState::Confirmed) => return Ok(()),
            Some(CommandState::Rejected) => {
                let reason = status.and_then(|view| view.detail).unwrap_or_default();
                return Err(ContractError::new(ErrorCode::Refused, reason));
            }
            Some(CommandState::Unknown) => return Err(not_known()),
            Some(CommandState::Sent | CommandState::Accepted) | None => {}
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(longest);
        // An office that does not answer now may when it is asked again.
        status = office.command(command).await.ok().flatten().or(status);
    }
}

fn not_known() -> ContractError {
    ContractError::new(ErrorCode::UnknownOutcome, "nothing has shown whether the PBX did it: look at the phone")
}

/// The action with numbers that a person was shown.
fn read(action: CallAction, call: &CallId) -> Result<Action, ContractError> {
    Ok(match action {
        CallAction::Answer => Action::Answer,
        CallAction::Hangup => Action::Hangup,
        CallAction::Hold => Action::Hold,
        CallAction::Retrieve => Action::Retrieve,
        CallAction::Pickup => Action::Pickup,
        CallAction::Transfer { to, attended, confirmed } => {
            Action::Transfer { to: Target::Number(shown_before(to, confirmed)?), attended }
        }
        CallAction::Conference { with, confirmed } => {
            Action::Conference { with: Target::Number(shown_before(with, confirmed)?) }
        }
        CallAction::Route { to, confirmed } => Action::Route { to: shown_before(to, confirmed)? },
        // The question is a part of the same call.
        CallAction::Connect => Action::Transfer { to: Target::Call(call.clone()), attended: true },
        CallAction::Dtmf { digits } => Action::Dtmf { digits },
        CallAction::Record { on } => Action::Record { on },
    })
}

/// A number that a person was shown, and that he has confirmed where a call is not sent to it otherwise.
fn shown_before(number: DialNumber, confirmed: bool) -> Result<DialNumber, ContractError> {
    if !number.is_well_formed() {
        return Err(ContractError::invalid("number", "only a number that was shown before is sent"));
    }
    // Its text was read once; this asks no more than what is known of the digits.
    let asks = Dialable::read(&number.digits).map_or(true, |read| asks_to_transfer(&read));
    if asks && !confirmed && number.kind != DialKind::Extension {
        return Err(ContractError::invalid("confirmed", "this number must be confirmed before a call is sent to it"));
    }
    Ok(number)
}

/// Whether a call is sent to this number only after a person has confirmed it: the office pays for the way, and whoever
/// answers there gets a customer.
pub(super) fn asks_to_transfer(read: &Dialable) -> bool {
    read.asks() || read.number.kind == DialKind::Emergency || read.warnings.contains(&DialWarning::International)
}
