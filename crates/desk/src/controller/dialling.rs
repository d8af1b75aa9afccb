//! Placing calls: once per command, never again by itself.

use std::{collections::BTreeSet, time::Duration};

use calls::{
    Ability, CallId, CallResult, CallState, CommandId, CommandState, ConnectionId, Customer, Direction,
    number::{DialKind, DialNumber, DialWarning, Dialable, NumberingPlan},
};
use jiff::Timestamp;
use link::{
    OfficeError, OfficeErrorKind,
    wire::{Call, CommandView, PlaceCall},
};

use super::{
    Controller,
    message::{CallBackTo, Finished, Key, Message, Reply, reply},
    office_desk::OfficeDesk,
    placements::{Outcome, Waiting},
};
use crate::{
    cards::Ordered,
    contract::{ContractError, DialConnection, DialConnectionRef, ErrandTask, ErrorCode, PlaceCallRequest, PlacedView},
    ports::command_id,
    ui_port::UiPort,
};

/// An office that has not answered by then may have acted or not.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);
/// Setting that holds the dial connection used last.
pub(crate) const USUAL_CONNECTION: &str = "desk.usual-way";

impl<U: UiPort> Controller<U> {
    /// Extensions that are known at this desk.
    pub(super) fn extensions(&self) -> Vec<String> {
        self.offices.values().flat_map(OfficeDesk::extensions).collect()
    }

    /// Connections that a call can go through now, the one used last first.
    pub(super) fn dial_connections(&self) -> Vec<DialConnection> {
        let mut dial_connections: Vec<DialConnection> =
            self.offices.values().flat_map(|office| office.dial_connections()).collect();
        let usual = |dial_connection: &DialConnection| {
            self.usual_connection
                .as_ref()
                .is_some_and(|(office, id)| *office == dial_connection.office && *id == dial_connection.connection)
        };
        dial_connections.sort_by_key(|dial_connection| !usual(dial_connection));
        dial_connections
    }

    pub(super) fn place(&mut self, request: &PlaceCallRequest, to: Reply<Outcome>) {
        let command = match request.command.parse::<CommandId>() {
            Ok(command) => command,
            Err(_) => return reply(to, Err(ContractError::invalid("command", "the command must be a UUID"))),
        };
        let Some(to) = self.placements.repeated(command, to) else { return };
        match self.prepare(request) {
            Ok(dial_connection) => self.ask(command, &dial_connection, request, to),
            Err(error) => reply(to, Err(error)),
        }
    }

    /// What is wrong with the request is said before anybody is asked.
    fn prepare(&self, request: &PlaceCallRequest) -> Result<DialConnection, ContractError> {
        if !request.number.is_well_formed() {
            return Err(ContractError::invalid("number", "only a number that was shown before is called"));
        }
        let fits = |dial_connection: &DialConnection| {
            request.connection.as_ref().is_none_or(|id| *id == dial_connection.connection)
                && request.office.as_ref().is_none_or(|id| *id == dial_connection.office)
        };
        let dial_connection = self.dial_connections().into_iter().find(fits).ok_or_else(|| {
            ContractError::new(ErrorCode::Unreachable, "no connection can place calls now; wait until one is live")
        })?;
        may_ring(&dial_connection, request)?;
        Ok(dial_connection)
    }

    fn ask(
        &mut self,
        command: CommandId,
        dial_connection: &DialConnection,
        request: &PlaceCallRequest,
        to: Reply<Outcome>,
    ) {
        let (Some(office), Ok(connection)) =
            (self.offices.get(&dial_connection.office), dial_connection.connection.parse::<ConnectionId>())
        else {
            return reply(to, Err(ContractError::new(ErrorCode::Internal, "this connection is gone; try again")));
        };
        let (port, id) = (office.office(), dial_connection.office.clone());
        let from = request.group.as_ref().unwrap_or(&dial_connection.from);
        let call = pending(&connection, from, command, request, office.now(self.clock.now()));
        let ordered = Ordered {
            state: CommandState::Sent,
            taken: false,
            while_talking: office.talks_at(&connection, &dial_connection.from),
            others_first: request.customer_first || request.group.is_some(),
        };
        let card = self.cards.placing(&id, call, command, request.number.clone(), ordered);
        self.screens.cards_changed();
        self.look_up_last_talk(&card);
        self.placements.asked(command, &id, card, to, self.clock.uptime());
        self.remember_connection(dial_connection);
        let number = request.number.clone();
        let (from, to, customer_first) = (Some(from.clone()), number.digits.clone(), request.customer_first);
        let request = PlaceCall { command, connection, from, to, number: Some(number), customer_first };
        self.beside(async move {
            let asked = tokio::time::timeout(ANSWER_WITHIN, port.place_call(request)).await;
            let answer = asked.unwrap_or_else(|_| {
                Err(OfficeError::new(
                    OfficeErrorKind::UnknownOutcome,
                    "the answer was lost: look at the phone before calling again",
                ))
            });
            Some(Message::Finished(Finished::Placed { office: id, command, answer }))
        });
    }

    /// The answer of an office to placing a call.
    pub(super) fn placed(&mut self, office: &str, command: CommandId, answer: Result<CommandView, OfficeError>) {
        let Some(Waiting { card, to: waiting }) = self.placements.waiting(command) else { return };
        let me = self.offices.get(office).map(super::office_desk::OfficeDesk::me).unwrap_or_default();
        let now = self.clock.uptime();
        let outcome = match answer {
            Ok(view) => {
                let change = self.cards.command(office, &view, &me, now);
                self.follow(change);
                refused(&view).map_or(Ok(PlacedView { call: card }), Err)
            }
            Err(error) => {
                let state = if error.kind.may_have_acted() { CommandState::Unknown } else { CommandState::Rejected };
                let change = self.cards.not_placed(office, command, state, &me, now);
                self.follow(change);
                Err(match state {
                    CommandState::Unknown => lost_answer(),
                    CommandState::Sent | CommandState::Accepted | CommandState::Confirmed | CommandState::Rejected => {
                        error.into()
                    }
                })
            }
        };
        self.screens.cards_changed();
        for to in waiting {
            reply(to, outcome.clone());
        }
        let over = outcome.as_ref().is_err_and(|error| error.code != ErrorCode::UnknownOutcome);
        self.placements.answered(command, outcome, over);
    }

    /// Notes what came of a call that was placed here. One that ended without a result leaves that open.
    pub(super) fn note_outcome(&mut self, call: &Call) {
        let known = call.answered_at.is_some() || call.result.is_some_and(|result| result != CallResult::Unknown);
        if let Some(command) = call.command.filter(|_| call.state == CallState::Ended && known) {
            self.placements.over(command);
        }
    }

    /// The command by which this call is called back. What is no command is refused when it is given.
    fn command_for(&mut self, call: Key, command: String) -> String {
        let Ok(asked) = command.parse::<CommandId>() else { return command };
        let chance = &*self.chance;
        self.placements.calling_back(call, asked, || CommandId(command_id(chance))).to_string()
    }

    /// Forgets commands that no click means any more.
    pub(super) fn forget_old_placements(&mut self) {
        let open: BTreeSet<CommandId> =
            self.offices.values().flat_map(|office| office.open.values()).filter_map(|call| call.command).collect();
        self.placements.forget_old(self.clock.uptime(), |command| open.contains(&command));
    }

    /// Where a call is called back: through the connection that it came through. Main shows the number and asks where that is not
    /// there now, or where a person must look first.
    pub(super) fn call_back_by(&mut self, call: CallBackTo) -> Option<PlaceCallRequest> {
        let CallBackTo { office, connection, call, number, command } = call;
        let key = (office.clone(), call);
        let dial_connection = DialConnectionRef { office, connection };
        let plan = NumberingPlan::russia().with_extensions(self.extensions());
        let there = self
            .dial_connections()
            .iter()
            .any(|now| now.office == dial_connection.office && now.connection == dial_connection.connection);
        match Dialable::read_in(&number, &plan) {
            Ok(read) if there && !must_be_seen(&read) => Some(PlaceCallRequest {
                command: self.command_for(key, command),
                number: read.number,
                office: Some(dial_connection.office),
                connection: Some(dial_connection.connection),
                group: None,
                customer_first: false,
            }),
            Ok(_) | Err(_) => {
                self.send_to_main(ErrandTask::Dial {
                    text: number,
                    from_program: false,
                    connection: Some(dial_connection),
                });
                None
            }
        }
    }

    fn remember_connection(&mut self, dial_connection: &DialConnection) {
        let used = (dial_connection.office.clone(), dial_connection.connection.clone());
        if self.usual_connection.as_ref() == Some(&used) {
            return;
        }
        self.usual_connection = Some(used.clone());
        let archive = self.archive.clone();
        self.beside(async move {
            if let Err(error) = archive.choose(USUAL_CONNECTION, &used).await {
                tracing::warn!(%error, "the usual dial connection was not kept");
            }
            None
        });
    }
}

/// Whether a call can begin with these phones: a group's or one's own, the customer's before it or not. A group is rung
/// before or after the customer alike.
fn may_ring(dial_connection: &DialConnection, request: &PlaceCallRequest) -> Result<(), ContractError> {
    let can =
        |ability| dial_connection.controls.iter().any(|control| control.ability == ability && control.cannot.is_none());
    let unsupported = |field: &str, message| ContractError {
        field: Some(field.to_owned()),
        ..ContractError::new(ErrorCode::Unsupported, message)
    };
    let others_first = request.group.is_some() || request.customer_first;
    if others_first && request.number.kind != DialKind::Phone {
        return Err(ContractError::invalid("number", "only a customer is called back so"));
    }
    match &request.group {
        Some(_) if !can(Ability::GroupCallback) => {
            Err(unsupported("group", "this connection cannot call back for a group"))
        }
        Some(group) if dial_connection.groups.iter().all(|known| known.number != *group) => {
            Err(ContractError::invalid("group", "this is no group for which the person here may call back"))
        }
        None if request.customer_first && !can(Ability::CustomerFirst) => {
            Err(unsupported("customerFirst", "this connection cannot ring the customer first"))
        }
        Some(_) | None => Ok(()),
    }
}

/// What is called back only after a person has looked: it costs extra, somebody else than meant may answer, or there is
/// more to it than a number.
fn must_be_seen(read: &Dialable) -> bool {
    let abroad = read.warnings.contains(&DialWarning::International);
    let DialNumber { kind, extension, post_dial, .. } = &read.number;
    abroad || *kind == DialKind::Emergency || read.asks() || extension.is_some() || post_dial.is_some()
}

/// A call as it is before its office has told of it.
fn pending(
    connection: &ConnectionId,
    from: &str,
    command: CommandId,
    request: &PlaceCallRequest,
    now: Timestamp,
) -> Call {
    let colleague = request.number.kind == DialKind::Extension;
    let direction = if colleague { Direction::Internal } else { Direction::Outgoing };
    let customer = Customer { number: Some(request.number.digits.clone()), name: None };
    Call {
        state: CallState::Dialling,
        mine: true,
        command: Some(command),
        placed_by: Some(from.to_owned()),
        ..Call::new(CallId::of_command(connection, command), connection.clone(), direction, customer, now)
    }
}

fn lost_answer() -> ContractError {
    ContractError::new(ErrorCode::UnknownOutcome, "the answer was lost: look at the phone before calling again")
}

/// The error of a command that came to nothing.
fn refused(view: &CommandView) -> Option<ContractError> {
    match view.state {
        CommandState::Rejected => {
            Some(ContractError::new(ErrorCode::Refused, "the PBX refused the call; its reason is with the call"))
        }
        CommandState::Unknown => Some(lost_answer()),
        CommandState::Sent | CommandState::Accepted | CommandState::Confirmed => None,
    }
}
