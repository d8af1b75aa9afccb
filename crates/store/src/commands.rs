//! Commands: each acts once, also over a restart.

use calls::{CallId, CommandId, CommandState, ConnectionId};
use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::{
    error::Error,
    log::{self, NewEntry},
    store::Store,
    time::{from_ns, to_ns},
    write::Write,
};

/// A command that is about to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCommand {
    /// Its identity.
    pub id: CommandId,
    /// The connection that carries it out.
    pub connection: ConnectionId,
    /// The call that it starts or acts on.
    pub call: CallId,
    /// Names the token or person that asked, over changes of display names.
    pub author: String,
    /// When.
    pub at: Timestamp,
    /// What for, as JSON.
    pub request: String,
}

/// A command as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandRow {
    /// What was asked.
    pub command: NewCommand,
    /// Where it stands.
    pub state: CommandState,
    /// The PBX's words, if any.
    pub detail: Option<String>,
}

/// Where a command stands by now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandStatus {
    /// Which.
    pub id: CommandId,
    /// The call that it belongs to by now.
    pub call: CallId,
    /// Where it stands.
    pub state: CommandState,
    /// The PBX's words, if any.
    pub detail: Option<String>,
}

/// Whether a command is to act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Began {
    /// It was not known and has this place in the log: act now.
    New(u64),
    /// It was asked before: answer with this, and do not act.
    Known(CommandRow),
}

impl Store {
    /// Notes that a command is about to act: its row and its entry in the log, neither without the other. Send it
    /// only when this answers [`Began::New`].
    pub fn begin_command(&self, command: NewCommand, entry: NewEntry) -> Write<Began> {
        self.write(move |sql| {
            if let Some(known) = find(sql, command.id)? {
                return Ok(Began::Known(known));
            }
            sql.prepare_cached(
                "INSERT INTO commands (id, connection, call, author, at_ns, request, state)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                command.id.to_string(),
                command.connection.as_str(),
                command.call.as_str(),
                command.author,
                to_ns(command.at),
                command.request,
                text_of(CommandState::Sent),
            ])?;
            Ok(Began::New(log::append_entry(sql, entry)?.seq()))
        })
    }

    /// Notes where a command stands.
    pub fn set_command(&self, status: CommandStatus) -> Write<()> {
        self.write(move |sql| set(sql, &status))
    }

    /// The command, if it was ever asked.
    pub fn command(&self, id: CommandId) -> Result<Option<CommandRow>, Error> {
        self.read(|sql| find(sql, id))
    }

    /// The commands that stand so, oldest first.
    pub fn commands_in_state(&self, state: CommandState) -> Result<Vec<CommandRow>, Error> {
        self.read(|sql| {
            let ids: Vec<String> = sql
                .prepare_cached("SELECT id FROM commands WHERE state = ?1 ORDER BY at_ns")?
                .query_map([text_of(state)], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            let mut commands = Vec::new();
            for id in ids {
                let id = id
                    .parse()
                    .map_err(|_| Error::Unreadable { what: "command id", reason: "it does not fit".into() })?;
                commands.extend(find(sql, id)?);
            }
            Ok(commands)
        })
    }
}

pub(crate) fn set(sql: &Connection, status: &CommandStatus) -> Result<(), Error> {
    sql.prepare_cached("UPDATE commands SET call = ?2, state = ?3, detail = ?4 WHERE id = ?1")?.execute(params![
        status.id.to_string(),
        status.call.as_str(),
        text_of(status.state),
        status.detail.as_deref().unwrap_or_default()
    ])?;
    Ok(())
}

fn find(sql: &Connection, id: CommandId) -> Result<Option<CommandRow>, Error> {
    let mut statement = sql
        .prepare_cached("SELECT connection, call, author, at_ns, request, state, detail FROM commands WHERE id = ?1")?;
    let mut rows = statement.query([id.to_string()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let unfit = |what| Error::Unreadable { what, reason: "it does not fit".into() };
    let connection: String = row.get(0)?;
    let call: String = row.get(1)?;
    let state: String = row.get(5)?;
    let detail: String = row.get(6)?;
    Ok(Some(CommandRow {
        command: NewCommand {
            id,
            connection: connection.parse().map_err(|_| unfit("connection id"))?,
            call: call.parse().map_err(|_| unfit("call id"))?,
            author: row.get(2)?,
            at: from_ns(row.get(3)?),
            request: row.get(4)?,
        },
        state: state_of(&state).ok_or_else(|| unfit("command state"))?,
        detail: (!detail.is_empty()).then_some(detail),
    }))
}

fn text_of(state: CommandState) -> &'static str {
    match state {
        CommandState::Sent => "sent",
        CommandState::Accepted => "accepted",
        CommandState::Confirmed => "confirmed",
        CommandState::Rejected => "rejected",
        CommandState::Unknown => "unknown",
    }
}

fn state_of(text: &str) -> Option<CommandState> {
    match text {
        "sent" => Some(CommandState::Sent),
        "accepted" => Some(CommandState::Accepted),
        "confirmed" => Some(CommandState::Confirmed),
        "rejected" => Some(CommandState::Rejected),
        "unknown" => Some(CommandState::Unknown),
        _ => None,
    }
}
