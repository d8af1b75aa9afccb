//! Answers to PBXs that wait for the office's rules before they route a call: in time or not at all, and remembered until the
//! call comes where the PBX asks before it tells of one.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use calls::{CallId, ConnectionId, Effect, VendorEvent};
use jiff::{SignedDuration, Timestamp};
use pbx::{Driver, Incoming, WebhookReply, WebhookRequest};

use crate::{hook_outcome::HookOutcome, routing::Acted, settings::Directory};

/// A rule's answer goes out so soon after the PBX asked, or not at all. No vendor's page says how long he waits
/// (Rostelecom: a setting of the platform); a caller hears nothing meanwhile. The rules are looked up in memory, so it is
/// the log that can be slow.
pub(crate) const ANSWER_WITHIN: SignedDuration = SignedDuration::from_secs(2);
/// A call that a PBX asked about comes so soon after that.
const CALL_WITHIN: SignedDuration = SignedDuration::from_secs(30);
/// So many answers wait for their calls at most.
const MOST_WAITING: usize = 256;

/// What the rules said of a caller about whom a PBX waits to be told.
pub(crate) struct Routed {
    incoming: Incoming,
    acted: Option<Acted>,
    /// What the PBX is answered; nothing where it is too late for that.
    reply: Option<WebhookReply>,
}

impl Routed {
    /// The answer to an authentic webhook whose PBX waits for it before it routes the call; `None` where it does not, or
    /// no rule says anything.
    pub(crate) fn to(
        request: &WebhookRequest,
        connection: &ConnectionId,
        driver: &Driver,
        directory: &Directory,
    ) -> Option<Self> {
        let incoming = driver.incoming(request)?;
        let from = incoming.from.as_deref()?;
        let name = directory.contact(from).map(str::to_owned);
        let (rule, route) = directory.routing().route(connection, name, from)?;
        let answer = driver.route_reply(request, &route)?;
        let acted = Acted::of(&answer.used);
        if acted.is_none_or(|acted| acted.rule != rule) {
            tracing::warn!(%connection, rule, "this PBX cannot carry out what a rule says of a caller");
        }
        Some(Self { incoming, acted, reply: Some(answer.reply) })
    }

    /// It is too late to be told: the PBX has gone on by itself.
    pub(crate) fn lapse(&mut self) {
        self.reply = None;
    }

    /// The rule whose outcome goes out.
    pub(crate) fn acted(&self) -> Option<Acted> {
        self.acted.filter(|_| self.reply.is_some())
    }

    /// The rule whose outcome does not go out, since it is too late.
    pub(crate) fn lapsed(&self) -> Option<Acted> {
        self.acted.filter(|_| self.reply.is_none())
    }

    /// The rules' answer in place of the one that leaves the call to the PBX.
    pub(crate) fn answer(self, outcome: HookOutcome) -> HookOutcome {
        let Some(reply) = self.reply else { return outcome };
        match outcome {
            HookOutcome::Stored(_) => HookOutcome::Stored(reply),
            HookOutcome::Known(_) => HookOutcome::Known(reply),
            HookOutcome::Reply(_)
            | HookOutcome::Tested(_)
            | HookOutcome::UnknownConnection
            | HookOutcome::NotInTrial
            | HookOutcome::Refused(_)
            | HookOutcome::NotStored => outcome,
        }
    }
}

/// A call that a webhook begins.
pub(crate) struct Begun {
    /// Who calls whom.
    incoming: Incoming,
    pub(crate) call: CallId,
}

impl Begun {
    /// The call that one of these events begins.
    pub(crate) fn of(connection: &ConnectionId, events: &[VendorEvent]) -> Option<Self> {
        let incoming = |effect: &Effect| {
            let Effect::CallCreated { customer, line, .. } = effect else { return None };
            Some(Incoming { from: customer.number.clone(), line: line.number.clone() })
        };
        events.iter().find_map(|event| {
            let incoming = event.effects.iter().find_map(incoming)?;
            Some(Self { incoming, call: CallId::of_vendor(connection, event.call.as_deref()?) })
        })
    }
}

/// An answer whose call has not come yet.
struct Waiting {
    incoming: Incoming,
    asked_at: Timestamp,
    acted: Acted,
    in_time: bool,
}

/// A remembered answer that is about a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Remembered {
    acted: Acted,
    in_time: bool,
}

impl Remembered {
    /// The rule whose outcome went out.
    pub(crate) fn acted(self) -> Option<Acted> {
        self.in_time.then_some(self.acted)
    }

    /// The rule whose outcome did not go out, since it was too late.
    pub(crate) fn lapsed(self) -> Option<Acted> {
        (!self.in_time).then_some(self.acted)
    }
}

/// Answers of one connection whose calls have not come yet.
#[derive(Default)]
pub(crate) struct RuleAnswers(Mutex<VecDeque<Waiting>>);

impl RuleAnswers {
    /// Remembers what the rules said of a caller; a newer answer about him takes the place of an older one.
    pub(crate) fn remember(&self, routed: &Routed, asked_at: Timestamp) {
        let Some(acted) = routed.acted else { return };
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|other| other.incoming != routed.incoming && is_fresh(other, asked_at));
        if waiting.len() == MOST_WAITING {
            waiting.pop_front();
        }
        let in_time = routed.reply.is_some();
        waiting.push_back(Waiting { incoming: routed.incoming.clone(), asked_at, acted, in_time });
    }

    /// What was answered about this call.
    pub(crate) fn about(&self, begun: &Begun, received_at: Timestamp) -> Option<Remembered> {
        let waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found =
            waiting.iter().filter(|answer| is_fresh(answer, received_at) && is_about(answer, &begun.incoming));
        found.next().map(|answer| Remembered { acted: answer.acted, in_time: answer.in_time })
    }

    /// This call is in the log: the next one of its caller is another.
    pub(crate) fn forget(&self, begun: &Begun) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|answer| !is_about(answer, &begun.incoming));
    }
}

fn is_fresh(answer: &Waiting, now: Timestamp) -> bool {
    now.duration_since(answer.asked_at) <= CALL_WITHIN
}

fn is_about(answer: &Waiting, call: &Incoming) -> bool {
    let same_line = match (&answer.incoming.line, &call.line) {
        (Some(asked), Some(called)) => asked == called,
        (None, _) | (_, None) => true,
    };
    call.from.is_some() && answer.incoming.from == call.from && same_line
}
