//! Commands of a viewer: what he may ask, and the same outcome however often he asks it.

use std::sync::Arc;

use calls::{
    Ability, CallId, Can, CommandId, CommandState, ConnectionId,
    number::{DialKind, DialNumber, Dialable},
};
use link::{
    OfficeError, OfficeErrorKind,
    wire::{CommandView, PlaceCall, Role},
};
use store::{Audience, Began, CommandRow};
use tokio::time::Instant;

use super::{View, storage};
use crate::{
    commands::{Author, CommandRequest, What},
    connections::Connection,
};

/// Digits of the longest extension or SIP login of a PBX; a telephone number has more.
const LONGEST_EXTENSION: usize = 6;
impl View {
    /// Asks the PBX to ring us, then them.
    pub(super) async fn place(&self, request: PlaceCall) -> Result<CommandView, OfficeError> {
        let connection = self.connection(&request.connection)?;
        let group = request.from.as_deref().and_then(|from| self.group_line(&connection.id, from));
        let what = match group {
            Some((group, line)) => {
                may(&connection, None, Ability::GroupCallback)?;
                let line = line.ok_or_else(|| {
                    OfficeError::invalid(
                        "from",
                        "list a number that the same group looks after as a line of the office",
                    )
                })?;
                What::CallBackForGroup { group, line, to: customer(&request)?.digits, first: request.customer_first }
            }
            None => {
                let from = self.from(&request).await?;
                let ability = if request.customer_first { Ability::CustomerFirst } else { Ability::Originate };
                may(&connection, Some(&from), ability).map_err(|error| {
                    let field = request.customer_first.then_some("customerFirst");
                    OfficeError { field, ..error }
                })?;
                let to = if request.customer_first { customer(&request)? } else { number(&request)? };
                What::Originate { from, to: to.digits, customer_first: request.customer_first }
            }
        };
        self.begin(CommandRequest {
            command: request.command,
            call: CallId::of_command(&connection.id, request.command),
            connection: request.connection,
            what,
        })
        .await
    }

    /// Logs a command and has it sent, once.
    pub(super) async fn begin(&self, request: CommandRequest) -> Result<CommandView, OfficeError> {
        let (view, asked) = (self.clone(), Instant::now());
        // A task of its own: whoever asks may hang up, and what is logged is to be sent.
        let beginning = tokio::spawn(async move { view.log_and_send(request, asked).await });
        beginning.await.unwrap_or_else(|_| {
            let message = "this failed midway; look at the phone before trying again";
            Err(OfficeError::new(OfficeErrorKind::UnknownOutcome, message))
        })
    }

    async fn log_and_send(&self, request: CommandRequest, asked: Instant) -> Result<CommandView, OfficeError> {
        self.connection(&request.connection)?;
        let (command, call) = (request.command, request.call.clone());
        let author = Author { id: self.viewer.id.clone(), name: self.viewer.name.clone() };
        match self.office.begin(author, request, asked).await {
            Ok(Began::New(_)) => Ok(CommandView { command, call, state: CommandState::Sent, detail: None }),
            Ok(Began::Known(row)) if row.command.author == self.viewer.id => Ok(command_view(row)),
            Ok(Began::Known(_)) => Err(OfficeError::invalid("command", "this id was used before; make a new one")),
            Err(_) => {
                let message = "the PBX was not asked: the database cannot take it; free disk space and try again";
                Err(OfficeError::new(OfficeErrorKind::Storage, message))
            }
        }
    }

    /// Where a command stands that this viewer may know of.
    pub(super) async fn find_command(&self, id: CommandId) -> Result<Option<CommandView>, OfficeError> {
        self.reading(move |view| {
            let Some(row) = view.office.store.command(id).map_err(|error| storage(&error))? else { return Ok(None) };
            let may_know = row.command.author == view.viewer.id
                || view.viewer.role != Role::Agent && view.read_call(&row.command.call)?.is_some();
            Ok(may_know.then(|| command_view(row)))
        })
        .await
    }

    /// The same for a command that moves, of a call that these see.
    pub(super) fn may_know(&self, author: &str, audience: &Audience) -> bool {
        author == self.viewer.id || self.viewer.role != Role::Agent && audience.has(&self.visible)
    }

    /// The phone that rings first: the one that was named and may be used, or the viewer's own.
    async fn from(&self, request: &PlaceCall) -> Result<String, OfficeError> {
        let Some(named) = request.from.as_deref() else {
            let own = self.viewer.extensions.iter().find(|own| own.connection == request.connection);
            return own.map(|own| own.extension.clone()).ok_or_else(|| {
                OfficeError::invalid("from", "this token has no extension on that connection; name one or ask for one")
            });
        };
        // Brought to the spelling of events before anything is compared with it, and sent so.
        let is_extension = |from: &String| !from.starts_with('+') && !is_long_number(from);
        let from = pbx::extension(named)
            .filter(is_extension)
            .ok_or_else(|| OfficeError::invalid("from", "write the extension as the PBX does, such as 101"))?;
        if self.may_call_from(&request.connection, &from).await? {
            Ok(from)
        } else {
            Err(OfficeError::invalid("from", "this token may not use that extension"))
        }
    }

    /// An agent calls from his own phones, a manager of some groups also from those of their people, other managers and
    /// administrators from any.
    pub(super) async fn may_call_from(&self, connection: &ConnectionId, extension: &str) -> Result<bool, OfficeError> {
        let groups = match self.viewer.role {
            _ if self.viewer.owns(connection, extension) => return Ok(true),
            Role::Agent => return Ok(false),
            Role::Manager if !self.viewer.groups.is_empty() => self.viewer.groups.clone(),
            Role::Manager | Role::Admin => return Ok(true),
        };
        let (connection, extension) = (connection.clone(), extension.to_owned());
        self.reading(move |view| {
            let now = view.office.clock.now();
            let tokens = view.office.store.tokens().map_err(|error| storage(&error))?;
            Ok(tokens.iter().any(|token| {
                token.is_valid(now)
                    && token.groups.iter().any(|group| groups.contains(group))
                    && token.extensions.iter().any(|own| own.0 == connection && own.1 == extension)
            }))
        })
        .await
    }

    pub(super) fn connection(&self, id: &ConnectionId) -> Result<Arc<Connection>, OfficeError> {
        self.office.connections.get(id).ok_or_else(|| OfficeError::invalid("connection", "there is no such connection"))
    }
}

/// What is dialled. What a person was shown is taken as it is; only a text that comes alone, from a script, is read.
fn number(request: &PlaceCall) -> Result<DialNumber, OfficeError> {
    match &request.number {
        None => Dialable::read_to_send(&request.to).map_err(|error| OfficeError::invalid("to", error.to_string())),
        Some(number) if !number.is_well_formed() => {
            Err(OfficeError::invalid("number", "these are not the digits of a number of this kind"))
        }
        Some(number) if number.digits != request.to => {
            Err(OfficeError::invalid("number", "its digits must be the same as in \"to\""))
        }
        Some(number) => Ok(number.clone()),
    }
}

/// Whom a group calls back, or who is rung first: a telephone outside, and no service that would be kept waiting.
fn customer(request: &PlaceCall) -> Result<DialNumber, OfficeError> {
    let number = number(request)?;
    if number.kind == DialKind::Phone {
        return Ok(number);
    }
    Err(OfficeError::invalid("to", "only a telephone number is called back so"))
}

/// Refuses what the connection cannot do, with the reason.
pub(super) fn may(connection: &Connection, extension: Option<&str>, ability: Ability) -> Result<(), OfficeError> {
    match connection.driver.abilities(extension).of(ability) {
        Can::Yes => Ok(()),
        Can::No(why) => Err(OfficeError::new(OfficeErrorKind::Unsupported, why.sentence(ability))),
    }
}

pub(super) fn command_view(row: CommandRow) -> CommandView {
    CommandView { command: row.command.id, call: row.command.call, state: row.state, detail: row.detail }
}

/// Whether this is a telephone number of the office, and no queue.
pub(super) fn is_telephone(number: &str) -> bool {
    is_long_number(number.trim_start_matches('+'))
}

/// Whether these are the digits of a telephone. A PBX that takes one in an extension's place would connect two numbers
/// outside at the office's cost.
fn is_long_number(text: &str) -> bool {
    text.len() > LONGEST_EXTENSION && text.bytes().all(|byte| byte.is_ascii_digit())
}
