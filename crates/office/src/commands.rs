//! Commands on their way: logged, sent once, and what came of them logged again.

use std::{sync::Arc, time::Duration};

use calls::{ActOn, Action, CallId, Command, CommandAnswer, CommandId, CommandKind, ConnectionId, LogEvent};
use pbx::GroupCallback;
use store::{Began, NewCommand};
use tokio::time::Instant;

use crate::{connections::Connection, keeper::NotStored, state::OfficeState};

/// First and longest wait before an outcome that could not be logged is logged again.
const AGAIN: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(20));

/// A command that is about to act.
pub(crate) struct CommandRequest {
    pub(crate) command: CommandId,
    pub(crate) connection: ConnectionId,
    /// The call that it starts or acts on.
    pub(crate) call: CallId,
    pub(crate) what: What,
}

/// What a command is to do.
pub(crate) enum What {
    /// Ring `from`, then dial `to`, or the other way round.
    Originate { from: String, to: String, customer_first: bool },
    /// Ring a group and `to` over this line, `to` perhaps first.
    CallBackForGroup { group: String, line: String, to: String, first: bool },
    /// Do something with a call.
    Act { on: Box<ActOn>, action: Action },
}

impl What {
    /// Its name in the table of commands.
    fn name(&self) -> &'static str {
        match self {
            Self::Originate { .. } | Self::CallBackForGroup { .. } => "originate",
            Self::Act { action, .. } => action.name(),
        }
    }

    /// The same as the log has it.
    fn kind(&self) -> CommandKind {
        match self {
            Self::Originate { from, to, customer_first }
            | Self::CallBackForGroup { group: from, to, first: customer_first, .. } => {
                CommandKind::Originate { from: from.clone(), to: to.clone(), customer_first: *customer_first }
            }
            Self::Act { on, action } => CommandKind::Act {
                call: on.call.id.clone(),
                leg: on.leg.key.clone(),
                extension: on.extension.clone(),
                action: action.clone(),
            },
        }
    }
}

/// Who gives a command.
pub(crate) struct Author {
    /// Tells him from all others.
    pub(crate) id: String,
    /// His name, for the log.
    pub(crate) name: String,
}

impl OfficeState {
    /// Logs a command and sends it, unless it was begun before: its id acts once.
    pub(crate) async fn begin(
        self: &Arc<Self>,
        author: Author,
        request: CommandRequest,
        asked: Instant,
    ) -> Result<Began, NotStored> {
        let CommandRequest { command, connection, call, what } = request;
        // Found before anything is logged: it may be removed at any moment.
        let connection = self.connections.get(&connection).ok_or(NotStored)?;
        let row = NewCommand {
            id: command,
            connection: connection.id.clone(),
            call,
            author: author.id,
            at: self.clock.now(),
            request: what.name().to_owned(),
        };
        let told = Command { id: command, author: author.name, kind: what.kind() };
        let began = self.keeper.begin(row, told).await?;
        if matches!(began, Began::New(_)) {
            self.carry_out(&connection, command, what, asked);
        }
        Ok(began)
    }

    /// Sends a logged command to its PBX, and logs what came of it.
    fn carry_out(self: &Arc<Self>, connection: &Connection, command: CommandId, what: What, asked: Instant) {
        let (office, driver, id) = (Arc::clone(self), Arc::clone(&connection.driver), connection.id.clone());
        tokio::spawn(async move {
            // Later the person does something else, and the call may be another one.
            let commands = driver.commands(asked);
            let answer = match &what {
                What::Originate { from, to, customer_first: false } => commands.originate(command, from, to).await,
                What::Originate { from, to, customer_first: true } => {
                    commands.originate_customer_first(command, from, to).await
                }
                What::CallBackForGroup { group, line, to, first } => {
                    commands
                        .call_back_for_group(command, &GroupCallback { group, to, line, customer_first: *first })
                        .await
                }
                What::Act { on, action } => commands.act(command, on, action).await,
            };
            office.answered(&id, answer).await;
            // What the key may do shows only when it is done.
            let abilities = driver.abilities(None);
            if abilities != driver.capability().abilities && office.board.set_rights(&id, "", abilities) {
                office.keeper.status_changed(&id).await;
            }
        });
    }

    /// Logs what came of a command, for as long as it takes: until then nobody knows.
    async fn answered(&self, connection: &ConnectionId, answer: CommandAnswer) {
        let (mut wait, longest) = AGAIN;
        while self.keeper.tell(connection, self.clock.now(), vec![LogEvent::Answer(answer.clone())]).await.is_err() {
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
