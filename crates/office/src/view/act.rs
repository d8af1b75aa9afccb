//! Actions on a call: who may act on it, which leg is meant, and whether its state admits the action.

use calls::{
    Ability, ActOn, Action, Call, CallId, CallState, ConnectionId, Leg, LegRole, Target,
    number::{DialKind, DialNumber},
};
use link::{
    OfficeError, OfficeErrorKind,
    wire::{self, ActOnCall, CommandView, Role},
};

use super::{
    View,
    commands::{command_view, may},
    storage,
};
use crate::commands::{CommandRequest, What};

/// Digits that are pressed at once, at most.
const MOST_DIGITS: usize = 32;

impl View {
    /// Does something with a call, once: an agent with a call of his own, others with those that they look after.
    pub(super) async fn act_on(&self, request: ActOnCall) -> Result<CommandView, OfficeError> {
        let ActOnCall { command, call, action } = request;
        if let Some(known) = self.known_command(command).await? {
            return Ok(known);
        }
        let call = self.open_call(&call).await?;
        check(&action)?;
        let connection = self.connection(&call.connection)?;
        let own = self.own_extension(&call.connection);
        may(&connection, own, action.ability())?;
        let leg = self.leg(&call, &action).await?.clone();
        let extension =
            if action == Action::Pickup { Some(own.ok_or_else(no_phone)?.to_owned()) } else { leg.extension.clone() };
        let other = match action.other_call() {
            None => None,
            Some(other) => Some(self.other(&call, &leg, other).await?),
        };
        let (connection, id) = (call.connection.clone(), call.id.clone());
        let on = Box::new(ActOn { call, leg, extension, other });
        self.begin(CommandRequest { command, connection, call: id, what: What::Act { on, action } }).await
    }

    /// Why nothing of this kind can be done with a call, if that is so.
    pub fn cannot(&self, call: &wire::Call, ability: Ability) -> Option<OfficeError> {
        if call.state == CallState::Ended {
            return Some(ended());
        }
        let connection = self.connection(&call.connection).ok()?;
        may(&connection, self.own_extension(&call.connection), ability).err()
    }

    /// The viewer's own extension there.
    fn own_extension(&self, connection: &ConnectionId) -> Option<&str> {
        let own = self.viewer.extensions.iter().find(|own| own.connection == *connection)?;
        Some(&own.extension)
    }

    /// What came of the same command before.
    async fn known_command(&self, command: calls::CommandId) -> Result<Option<CommandView>, OfficeError> {
        let row = self.reading(move |view| view.office.store.command(command).map_err(|error| storage(&error))).await?;
        match row {
            None => Ok(None),
            Some(row) if row.command.author == self.viewer.id => Ok(Some(command_view(row))),
            Some(_) => Err(OfficeError::invalid("command", "this id was used before; make a new one")),
        }
    }

    /// A call that goes on and that this viewer may see, as its make knows it.
    async fn open_call(&self, id: &CallId) -> Result<Call, OfficeError> {
        let missing = || OfficeError::new(OfficeErrorKind::NotFound, "there is no such call");
        let shown = self.call(id).await?.ok_or_else(missing)?;
        let call = self.office.keeper.call(&shown.connection, &shown.id).await;
        match call.filter(|call| !call.is_ended()) {
            None => Err(ended()),
            Some(call) if call.vendor_call.is_none() => {
                Err(conflict("the PBX has not told of this call yet; try again in a moment"))
            }
            Some(call) => Ok(call),
        }
    }

    /// The leg that the action is about. Others than agents act on the phones that they may call from, too.
    async fn leg<'a>(&self, call: &'a Call, action: &Action) -> Result<&'a Leg, OfficeError> {
        let is_own = |leg: &&Leg| self.owns(&call.connection, leg);
        let is_agent = self.viewer.role == Role::Agent;
        let unfit = || conflict("this cannot be done with the call as it stands now");
        let suiting = || call.legs.iter().filter(|leg| action.suits(leg));
        if *action == Action::Pickup {
            return suiting()
                .find(|leg| !is_own(leg))
                .ok_or_else(|| conflict("the call rings at no colleague's phone"));
        }
        if let Action::Route { to } = action
            && is_agent
            && to.kind != DialKind::Extension
        {
            // Whoever is rung must not send callers out of the office at its expense.
            return Err(OfficeError::invalid("to", "send the call to a colleague's extension"));
        }
        if let Some(leg) = suiting().find(is_own) {
            return Ok(leg);
        }
        let has_part = call.legs.iter().any(|leg| leg.is_agent() && is_own(&leg) && !leg.state.is_terminal());
        // Who answers on a colleague's phone would open his microphone.
        if is_agent || *action == Action::Answer {
            return Err(if has_part { unfit() } else { conflict("you have no part in this call now") });
        }
        let mut cause = unfit();
        for leg in suiting() {
            match &leg.extension {
                // The customer who waits in a queue is at nobody's phone yet.
                None => return Ok(leg),
                Some(extension) if self.may_call_from(&call.connection, extension).await? => return Ok(leg),
                Some(_) => cause = conflict("the phone is not one of those that you look after"),
            }
        }
        Err(cause)
    }

    fn owns(&self, connection: &ConnectionId, leg: &Leg) -> bool {
        leg.extension.as_deref().is_some_and(|extension| self.viewer.owns(connection, extension))
    }

    /// The other call that an action names, and the leg that the same person has in it. It may be the same call, where
    /// the PBX tells of the question before a transfer as of a part of it.
    async fn other(&self, call: &Call, leg: &Leg, id: &CallId) -> Result<(Call, Leg), OfficeError> {
        let other = self.open_call(id).await?;
        if other.connection != call.connection {
            return Err(OfficeError::invalid("to", "that call is another connection's"));
        }
        let same_call = other.id == call.id;
        let talks = |other: &&Leg| {
            let his = if same_call { other.role == LegRole::TransferTarget } else { other.extension == leg.extension };
            other.is_agent() && other.state.is_talking() && his && other.key != leg.key
        };
        let with = other.legs.iter().find(talks).cloned();
        with.map(|with| (other, with)).ok_or_else(|| conflict("the same person does not talk in that call now"))
    }
}

/// Refuses what can be sent to no PBX.
fn check(action: &Action) -> Result<(), OfficeError> {
    let is_number = |field, number: &DialNumber| {
        let wrong = || OfficeError::invalid(field, "these are not the digits of a number of this kind");
        number.is_well_formed().then_some(()).ok_or_else(wrong)
    };
    match action {
        Action::Transfer { to: Target::Number(number), .. } | Action::Route { to: number } => is_number("to", number),
        Action::Conference { with: Target::Number(number) } => is_number("with", number),
        Action::Dtmf { digits } => {
            let fits = (1..=MOST_DIGITS).contains(&digits.len())
                && digits.bytes().all(|key| key.is_ascii_digit() || b"*#ABCD".contains(&key));
            fits.then_some(()).ok_or_else(|| OfficeError::invalid("digits", "press 0-9, *, # or A-D"))
        }
        Action::Transfer { to: Target::Call(_), .. }
        | Action::Conference { with: Target::Call(_) }
        | Action::Answer
        | Action::Hangup
        | Action::Hold
        | Action::Retrieve
        | Action::Pickup
        | Action::Record { .. } => Ok(()),
    }
}

fn conflict(message: &str) -> OfficeError {
    OfficeError::new(OfficeErrorKind::Conflict, message)
}

fn ended() -> OfficeError {
    OfficeError::new(OfficeErrorKind::Ended, "the call has ended")
}

fn no_phone() -> OfficeError {
    OfficeError::invalid("command", "this token has no extension on that connection to take the call with")
}
