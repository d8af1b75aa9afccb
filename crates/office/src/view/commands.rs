//! Commands: each is logged, sent once, and answers the same outcome however often it is asked.

use std::{sync::Arc, time::Duration};

use calls::{
    CallId, Command, CommandAnswer, CommandId, CommandKind, CommandState, ConnectionId, Told,
    number::{DialNumber, Dialable},
};
use link::{
    OfficeError, OfficeErrorKind,
    wire::{CommandView, PlaceCall, Role},
};
use store::{Audience, Began, CommandRow, NewCommand};

use super::{View, storage};
use crate::state::{Connection, OfficeState};

/// Digits of the longest extension or SIP login of a PBX; a telephone number has more.
const LONGEST_EXTENSION: usize = 6;
/// First and longest wait before an outcome that could not be logged is logged again.
const AGAIN: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(20));

impl View {
    /// Asks the PBX to ring us, then them.
    pub(super) async fn place(&self, request: PlaceCall) -> Result<CommandView, OfficeError> {
        let connection = self.connection(&request.connection)?;
        if !connection.driver.capability().originate {
            return Err(OfficeError::new(OfficeErrorKind::Unsupported, "this PBX cannot place calls"));
        }
        let from = self.from(&request).await?;
        let to = number(&request)?.digits;
        let (view, command, connection) = (self.clone(), request.command, request.connection);
        // A task of its own: whoever asks may hang up, and what is logged is to be sent.
        let placing = tokio::spawn(async move { view.begin(command, &connection, from, to).await });
        placing.await.unwrap_or_else(|_| {
            let message = "placing the call failed midway; look at the phone before trying again";
            Err(OfficeError::new(OfficeErrorKind::UnknownOutcome, message))
        })
    }

    async fn begin(
        &self,
        command: CommandId,
        connection: &ConnectionId,
        from: String,
        to: String,
    ) -> Result<CommandView, OfficeError> {
        let row = NewCommand {
            id: command,
            connection: connection.clone(),
            call: CallId::of_command(connection, command),
            author: self.viewer.id.clone(),
            at: self.office.clock.now(),
            request: "originate".to_owned(),
        };
        let call = row.call.clone();
        let kind = CommandKind::Originate { from: from.clone(), to: to.clone() };
        let told = Command { id: command, author: self.viewer.name.clone(), kind };
        match self.office.keeper.begin(row, told).await {
            Ok(Began::New(_)) => {
                self.carry_out(self.connection(connection)?, command, from, to);
                Ok(CommandView { command, call, state: CommandState::Sent, detail: None })
            }
            Ok(Began::Known(row)) if row.command.author == self.viewer.id => Ok(command_view(row)),
            Ok(Began::Known(_)) => Err(OfficeError::invalid("command", "this id was used before; make a new one")),
            Err(_) => {
                let message = "the call was not placed: the database cannot take it; free disk space and try again";
                Err(OfficeError::new(OfficeErrorKind::Storage, message))
            }
        }
    }

    /// Sends a logged command to its PBX, and logs what came of it.
    fn carry_out(&self, connection: &Connection, command: CommandId, from: String, to: String) {
        let (office, driver, id) = (Arc::clone(&self.office), Arc::clone(&connection.driver), connection.id.clone());
        tokio::spawn(async move {
            let answer = driver.originate(command, &from, &to).await;
            office.answered(&id, answer).await;
        });
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
    async fn may_call_from(&self, connection: &ConnectionId, extension: &str) -> Result<bool, OfficeError> {
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

    fn connection(&self, id: &ConnectionId) -> Result<&Connection, OfficeError> {
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

impl OfficeState {
    /// Logs what came of a command, for as long as it takes: until then nobody knows.
    async fn answered(&self, connection: &ConnectionId, answer: CommandAnswer) {
        let (mut wait, longest) = AGAIN;
        while self.keeper.tell(connection, self.clock.now(), vec![Told::Answer(answer.clone())]).await.is_err() {
            tracing::error!(%connection, "what came of a command could not be logged");
            if self.keeper.has_stopped() {
                // The next start takes the outcome for unknown.
                return;
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(longest);
        }
    }
}

fn command_view(row: CommandRow) -> CommandView {
    CommandView { command: row.command.id, call: row.command.call, state: row.state, detail: row.detail }
}

/// Whether these are the digits of a telephone. A PBX that takes one in an extension's place would connect two numbers
/// outside at the office's cost.
fn is_long_number(text: &str) -> bool {
    text.len() > LONGEST_EXTENSION && text.bytes().all(|byte| byte.is_ascii_digit())
}
