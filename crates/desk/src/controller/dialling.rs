//! Placing calls: once per command, never again by itself.

use std::time::Duration;

use calls::{
    CallId, CallState, CommandId, CommandState, ConnectionId, Customer, Direction,
    number::{DialKind, Dialable},
};
use jiff::Timestamp;
use link::{
    OfficeError, OfficeErrorKind,
    wire::{Call, CommandView, Line, PlaceCall},
};

use tokio::sync::oneshot;
use uuid::Uuid;

use super::{
    Controller,
    asks::reply,
    message::{Found, Message, Reply},
};
use crate::{
    archive::{Archive, off_loop},
    contract::{CallRef, ContractError, DialWay, ErrorCode, PlaceCallRequest, PlacedView},
    ui_port::UiPort,
    views::party::dial,
};

/// An office that has not answered by then may have acted or not.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);
/// Setting that holds the way used last.
pub(crate) const USUAL_WAY: &str = "desk.usual-way";

type Outcome = Result<PlacedView, ContractError>;

/// Where a command of this desk stands.
pub(super) enum Placing {
    /// Its office was asked; these wait for the answer.
    Asked { card: CallRef, waiting: Vec<Reply<Outcome>> },
    /// It is over; asked again, it answers the same.
    Done(Outcome),
}

impl<U: UiPort> Controller<U> {
    /// Ways to place calls now, the one used last first.
    pub(super) fn ways(&self) -> Vec<DialWay> {
        let mut ways: Vec<DialWay> = self.offices.values().flat_map(|office| office.ways()).collect();
        let usual = |way: &DialWay| {
            self.usual_way.as_ref().is_some_and(|(office, id)| *office == way.office && *id == way.connection)
        };
        ways.sort_by_key(|way| !usual(way));
        ways
    }

    pub(super) fn place(&mut self, request: &PlaceCallRequest, to: Reply<Outcome>) {
        let command = match request.command.parse::<CommandId>() {
            Ok(command) => command,
            Err(_) => return reply(to, Err(ContractError::invalid("command", "the command must be a UUID"))),
        };
        match self.placing.get_mut(&command) {
            Some(Placing::Asked { waiting, .. }) => return waiting.push(to),
            Some(Placing::Done(outcome)) => return reply(to, outcome.clone()),
            None => {}
        }
        match self.prepare(request) {
            Ok((way, number)) => self.ask(command, &way, number, to),
            Err(error) => reply(to, Err(error)),
        }
    }

    /// What is wrong with the wish is said before anybody is asked.
    fn prepare(&self, request: &PlaceCallRequest) -> Result<(DialWay, Dialable), ContractError> {
        let number =
            Dialable::read_to_send(&request.to).map_err(|error| ContractError::invalid("to", error.to_string()))?;
        let fits = |way: &DialWay| {
            request.connection.as_ref().is_none_or(|id| *id == way.connection)
                && request.office.as_ref().is_none_or(|id| *id == way.office)
        };
        let way = self.ways().into_iter().find(fits).ok_or_else(|| {
            ContractError::new(ErrorCode::Unreachable, "no connection can place calls now; wait until one is live")
        })?;
        Ok((way, number))
    }

    fn ask(&mut self, command: CommandId, way: &DialWay, number: Dialable, to: Reply<Outcome>) {
        let (Some(office), Ok(connection)) = (self.offices.get(&way.office), way.connection.parse::<ConnectionId>())
        else {
            return reply(to, Err(ContractError::new(ErrorCode::Internal, "the way to call is gone; try again")));
        };
        let (port, id) = (office.office(), way.office.clone());
        let call = pending(&connection, &way.from, command, &number, office.now(self.clock.now()));
        let card = self.cards.placing(&id, call, command);
        self.screens.cards_changed();
        self.look_up_last_talk(&card);
        self.placing.insert(command, Placing::Asked { card, waiting: vec![to] });
        self.remember_way(way);
        let request = PlaceCall { command, connection, from: Some(way.from.clone()), to: number.digits };
        self.beside(async move {
            let asked = tokio::time::timeout(ANSWER_WITHIN, port.place_call(request)).await;
            let answer = asked.unwrap_or_else(|_| {
                Err(OfficeError::new(
                    OfficeErrorKind::UnknownOutcome,
                    "the answer was lost: look at the phone before calling again",
                ))
            });
            Some(Message::Found(Found::Placed { office: id, command, answer }))
        });
    }

    /// The answer of an office to placing a call.
    pub(super) fn placed(&mut self, office: &str, command: CommandId, answer: Result<CommandView, OfficeError>) {
        let Some(Placing::Asked { card, waiting }) = self.placing.remove(&command) else { return };
        let me = self.offices.get(office).map(super::office_desk::OfficeDesk::me).unwrap_or_default();
        let now = self.clock.uptime();
        let outcome = match answer {
            Ok(view) => {
                let turn = self.cards.command(office, &view, &me, now);
                self.follow(turn);
                refused(&view).map_or(Ok(PlacedView { call: card }), Err)
            }
            Err(error) => {
                let state = if is_lost(error.kind) { CommandState::Unknown } else { CommandState::Rejected };
                let turn = self.cards.not_placed(office, command, state, &me, now);
                self.follow(turn);
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
        self.placing.insert(command, Placing::Done(outcome));
    }

    /// Calls the other side of a call, whether its card is still up or it is known from the list alone.
    pub(super) fn call_back(&mut self, call: CallRef, command: String, to: Reply<Outcome>) {
        let me = self.offices.get(&call.office).map(super::office_desk::OfficeDesk::me).unwrap_or_default();
        if let Some(card) = self.cards.find(&call) {
            let number = dial(&card.call, &me);
            return self.call_back_number(call, command, number, to);
        }
        let (archive, asked) = (self.archive.clone(), call.clone());
        self.beside(async move {
            let read = move |archive: &Archive| Ok(dial(&archive.call(&asked.office, &asked.id)?, &me));
            let number = off_loop(&archive, read).await.ok().flatten();
            Some(Message::Found(Found::CallBack { call, command, number, reply: to }))
        });
    }

    pub(super) fn call_back_number(
        &mut self,
        call: CallRef,
        command: String,
        number: Option<String>,
        to: Reply<Outcome>,
    ) {
        let Some(number) = number else {
            return reply(to, Err(ContractError::new(ErrorCode::Unsupported, "a hidden number cannot be called back")));
        };
        let here = self.ways().iter().any(|way| way.office == call.office);
        let office = here.then_some(call.office);
        self.place(&PlaceCallRequest { command, to: number, office, connection: None }, to);
    }

    /// Calls back from a notification; nobody waits for the answer, the card shows what comes of it.
    pub(super) fn call_back_unasked(&mut self, call: CallRef, command: Uuid) {
        let (to, _) = oneshot::channel();
        self.call_back(call, command.to_string(), to);
    }

    fn remember_way(&mut self, way: &DialWay) {
        let used = (way.office.clone(), way.connection.clone());
        if self.usual_way.as_ref() == Some(&used) {
            return;
        }
        self.usual_way = Some(used.clone());
        let archive = self.archive.clone();
        self.beside(async move {
            if let Err(error) = archive.choose(USUAL_WAY, &used).await {
                tracing::warn!(%error, "the usual way to call was not kept");
            }
            None
        });
    }
}

/// A call as it is before its office has told of it.
fn pending(connection: &ConnectionId, from: &str, command: CommandId, number: &Dialable, now: Timestamp) -> Call {
    let colleague = number.kind == DialKind::Extension;
    Call {
        id: CallId::of_command(connection, command),
        connection: connection.clone(),
        state: CallState::Dialling,
        direction: if colleague { Direction::Internal } else { Direction::Outgoing },
        customer: Customer { number: Some(number.digits.clone()), name: None },
        line: Line::default(),
        legs: Vec::new(),
        started_at: now,
        answered_at: None,
        ended_at: None,
        result: None,
        end_reason: None,
        rings_for_me: false,
        mine: true,
        in_menu: false,
        late: false,
        transferring: false,
        partial: false,
        command: Some(command),
        placed_by: Some(from.to_owned()),
        recordings: Vec::new(),
        redirected_from: None,
    }
}

/// It may have acted: an answer that cannot be read, or that says "later", is as good as none.
fn is_lost(kind: OfficeErrorKind) -> bool {
    match kind {
        OfficeErrorKind::UnknownOutcome | OfficeErrorKind::Protocol | OfficeErrorKind::NotReady => true,
        OfficeErrorKind::Unauthorized
        | OfficeErrorKind::InvalidRequest
        | OfficeErrorKind::NotFound
        | OfficeErrorKind::Conflict
        | OfficeErrorKind::Unsupported
        | OfficeErrorKind::RateLimited
        | OfficeErrorKind::Gone
        | OfficeErrorKind::NotPlayable
        | OfficeErrorKind::Refused
        | OfficeErrorKind::Unreachable
        | OfficeErrorKind::Storage => false,
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
