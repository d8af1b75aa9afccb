//! Which call a log entry is about, so that a store can keep the entries of a call together.

use crate::{
    event::{CommandKind, Decision, LogEvent, Timer},
    id::{CallId, ConnectionId},
};

impl LogEvent {
    /// The call that the entry is about; the entries of a call are what [`crate::Book::restore`] needs of it.
    ///
    /// A command that places a call and its answer are about the call of the command, which redirects to the vendor's
    /// once that is known. What an answer to another command is about, a book knows ([`crate::Book::subject`]). Decisions
    /// on gaps and zones are about no one call, and that the time of a tombstone has passed says nothing of its call.
    pub fn subject(&self, connection: &ConnectionId) -> Option<CallId> {
        match self {
            Self::Vendor(event) => event.call.as_ref().map(|call| CallId::of_vendor(connection, call)),
            Self::Command(command) => Some(match &command.kind {
                CommandKind::Originate { .. } => CallId::of_command(connection, command.id),
                CommandKind::Act { call, .. } => call.clone(),
            }),
            Self::Answer(answer) => Some(CallId::of_command(connection, answer.command())),
            Self::Decision(decision) => match decision {
                Decision::TimerFired { timer } => match timer {
                    Timer::Grace { call } | Timer::Silent { call } | Timer::Provisional { call } => Some(call.clone()),
                    Timer::NotConfirmed { command } | Timer::Unstitched { command } => {
                        Some(CallId::of_command(connection, *command))
                    }
                    Timer::Tombstone { .. } => None,
                },
                Decision::AbsentFromSnapshot { call }
                | Decision::ReadAgain { call }
                | Decision::RuleActed { call, .. }
                | Decision::RuleTooLate { call, .. } => Some(call.clone()),
                Decision::GapOpened { .. } | Decision::GapClosed { .. } | Decision::ZoneChosen { .. } => None,
            },
        }
    }
}
