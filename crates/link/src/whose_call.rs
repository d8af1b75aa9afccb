//! Whose call it is, for an office that tells viewers of it and for a desk that reads a
//! row which an office has stored from nobody's side.

use calls::{CallId, CallResult, CallState, ConnectionId, Customer, Direction, EndCause, LegRole, LegState};
use jiff::Timestamp;

use crate::wire::{Call, ExtensionRef, Leg, Line};

impl Leg {
    /// A person of the office, in whatever part.
    pub fn is_agent(&self) -> bool {
        matches!(self.role, LegRole::Agent | LegRole::TransferTarget)
    }
}

impl Call {
    /// A call of which nothing is known but this, from nobody's side.
    pub fn new(
        id: CallId,
        connection: ConnectionId,
        direction: Direction,
        customer: Customer,
        started_at: Timestamp,
    ) -> Self {
        Self {
            id,
            connection,
            state: CallState::New,
            direction,
            customer,
            line: Line::default(),
            legs: Vec::new(),
            started_at,
            answered_at: None,
            ended_at: None,
            result: None,
            end_reason: None,
            rings_for_me: false,
            mine: false,
            in_menu: false,
            late: false,
            transferring: false,
            partial: false,
            command: None,
            placed_by: None,
            customer_first: false,
            trial: false,
            recordings: Vec::new(),
            redirected_from: None,
            attribution: None,
        }
    }

    /// Whether this extension of the call's connection is one of these.
    pub fn is_of(&self, extension: &str, own: &[ExtensionRef]) -> bool {
        own.iter().any(|own| own.connection == self.connection && own.extension == extension)
    }

    /// The legs of a person with these extensions.
    pub fn legs_of<'a>(&'a self, own: &'a [ExtensionRef]) -> impl Iterator<Item = &'a Leg> {
        let is_own =
            |leg: &&Leg| leg.is_agent() && leg.extension.as_deref().is_some_and(|extension| self.is_of(extension, own));
        self.legs.iter().filter(is_own)
    }

    /// Whether anybody may be rung by it now.
    pub fn may_ring(&self) -> bool {
        self.state != CallState::Ended && !self.late && !self.in_menu
    }

    /// One of these phones rings. The one from which a call is placed may ring first, but not for a call that comes in.
    pub fn rings_at(&self, own: &[ExtensionRef]) -> bool {
        let placed_with = |leg: &Leg| leg.extension.is_some() && leg.extension == self.placed_by;
        let rings = |leg: &Leg| leg.state == LegState::Alerting && !leg.late && !placed_with(leg);
        self.may_ring() && self.legs_of(own).any(rings)
    }

    /// How it went for a person with these extensions whom it concerns: one who was rung sees that a colleague took it, one
    /// who passed it on that he did.
    pub fn result_for(&self, own: &[ExtensionRef]) -> Option<CallResult> {
        if self.direction != Direction::Incoming || self.result != Some(CallResult::Answered) {
            return self.result;
        }
        let talks = self.legs_of(own).filter(|leg| leg.answered_at.is_some());
        // What he passed on may have come back to him, so his last talk decides.
        let Some(last) = talks.max_by_key(|leg| leg.answered_at) else { return Some(CallResult::AnsweredElsewhere) };
        Some(if last.end_cause == EndCause::Transferred { CallResult::Transferred } else { CallResult::Answered })
    }
}
