//! The command of ours that placed a call.

use jiff::Timestamp;

use crate::{
    call::{Direction, Leg, LegRole, LegState},
    id::{CallId, CommandId},
};

/// The command of ours that a call comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) command: CommandId,
    /// The extension that it is placed from.
    pub(super) from: String,
    /// The customer is rung before that extension.
    pub(super) customer_first: bool,
    /// What is dialled, in the form in which numbers are compared.
    pub(super) to: Option<String>,
    /// Outgoing, or internal where a colleague is dialled.
    pub(super) direction: Direction,
    /// When it was asked for.
    pub(super) asked: Timestamp,
    /// The id that the call had until its vendor's id was known.
    pub(super) redirected_from: Option<CallId>,
}

impl Origin {
    /// The leg of the person who placed the call, until the PBX shows it.
    pub(super) fn leg(&self, ended_at: Option<Timestamp>) -> Leg {
        Leg {
            key: "command".to_owned(),
            role: LegRole::Agent,
            extension: Some(self.from.clone()),
            number: None,
            name: None,
            state: if ended_at.is_some() { LegState::Failed } else { LegState::Initiated },
            started_at: self.asked,
            answered_at: None,
            ended_at: ended_at.map(|at| at.max(self.asked)),
            end_cause: Default::default(),
            end_reason: None,
            only_end: false,
            asked_by: None,
            late: false,
        }
    }
}
