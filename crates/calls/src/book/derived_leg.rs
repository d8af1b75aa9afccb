//! A leg of a call, derived from the evidence.

use jiff::Timestamp;

use super::evidence::{LegEvidence, When};
use crate::call::{EndCause, LegRole, LegState};

/// A leg as its evidence leaves it, before the call's end closes it.
#[derive(Debug, Clone)]
pub(super) struct DerivedLeg<'a> {
    pub(super) evidence: &'a LegEvidence,
    /// How often this phone had rung in the call before: each time is an attempt, with a leg of its own.
    pub(super) attempt: usize,
    pub(super) state: LegState,
    pub(super) started: When,
    pub(super) answered: Option<When>,
    pub(super) ended: Option<When>,
    pub(super) cause: EndCause,
    pub(super) reason: Option<&'a str>,
    /// It rang.
    pub(super) rang: bool,
    /// Its state follows from another leg's answer.
    pub(super) mirrored: bool,
    /// It talked, but no message said that it was answered.
    pub(super) answer_missed: bool,
    /// Nothing was heard of it but its end.
    pub(super) only_end: bool,
    /// That it rings was told late.
    pub(super) late: bool,
    /// It was on hold when it ended: who holds and leaves has passed the call on.
    pub(super) left_on_hold: bool,
    /// It was hung up without having been answered, and the vendor's numbers show that a message between is lost: it may
    /// have been the answer.
    pub(super) answer_may_be_lost: bool,
    /// When it was told that somebody else has taken his place.
    pub(super) replaced: Option<When>,
    /// A colleague called on this leg, and what of it was a talk with the other side of the call.
    pub(super) consultation: Option<Consultation>,
    /// Extension of the colleague who called on this leg, where nobody but the two is on it.
    pub(super) asked_by: Option<&'a str>,
}

/// A leg on which one colleague calls another about a call that he has already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Consultation {
    /// Nobody but the two was ever on it.
    Alone,
    /// From then on, or from the answer where that came later, the other side of the call is on it.
    PassedOn(When),
}

impl DerivedLeg<'_> {
    /// The key of the leg in the call.
    pub(super) fn key(&self) -> String {
        if self.attempt == 0 {
            self.evidence.key.clone()
        } else {
            format!("{}#{}", self.evidence.key, self.attempt + 1)
        }
    }

    /// Talks or has talked.
    pub(super) fn talked(&self) -> bool {
        match self.state {
            LegState::Connected | LegState::Held | LegState::Cleared => true,
            LegState::Initiated | LegState::Queued | LegState::Alerting | LegState::Failed => false,
        }
    }

    pub(super) fn is_agent(&self) -> bool {
        self.evidence.is_agent()
    }

    /// Two colleagues are on it, and nobody else.
    pub(super) fn is_consultation(&self) -> bool {
        self.consultation == Some(Consultation::Alone)
    }

    /// When its talk with the other side of the call began: with its answer, or when the call was passed on to it.
    pub(super) fn talks_since(&self) -> Option<When> {
        match self.consultation {
            None => self.answered,
            Some(Consultation::Alone) => None,
            Some(Consultation::PassedOn(since)) => self.answered.map(|answered| answered.max(since)),
        }
    }

    pub(super) fn is_customer(&self) -> bool {
        self.evidence.role == LegRole::Customer
    }

    /// The last that was heard of it in the whole call, by the vendor's clock.
    pub(super) fn last_heard(&self) -> Option<Timestamp> {
        self.evidence.steps.iter().map(|(when, _)| when.at).max()
    }

    pub(super) fn extension(&self) -> Option<&str> {
        self.evidence.extension.get().map(String::as_str)
    }

    /// When its talk began, as far as that is known.
    pub(super) fn talk_began(&self) -> When {
        self.talks_since().or(self.answered).or(self.ended).unwrap_or(self.started)
    }

    /// Ends a leg that is still open.
    pub(super) fn close(&mut self, when: When, cause: EndCause) {
        if self.state.is_terminal() {
            return;
        }
        self.state = if self.state.is_talking() { LegState::Cleared } else { LegState::Failed };
        self.ended = Some(when);
        self.cause = cause;
    }
}
