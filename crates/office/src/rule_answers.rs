//! Answers to PBXs that wait for the office's rules before they route a call: in time or not at all, and remembered until the
//! call comes where the PBX asks before it tells of one.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
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
/// A question that was overtaken by its call comes so soon after that. Longer, and it is about the next call of that caller.
const QUESTION_WITHIN: SignedDuration = SignedDuration::from_secs(5);
/// So many answers wait for their calls at most, and as many calls for the question about them.
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
#[derive(Clone)]
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

/// A call that came before the PBX asked about its caller, if it asks at all.
struct Unasked {
    incoming: Incoming,
    call: CallId,
    began_at: Timestamp,
}

#[derive(Default)]
struct Open {
    answers: VecDeque<Waiting>,
    calls: VecDeque<Unasked>,
}

impl Open {
    fn about(&self, begun: &Begun, now: Timestamp) -> Option<Remembered> {
        let fits = |answer: &&Waiting| is_fresh(answer, now) && is_about(&answer.incoming, &begun.incoming);
        let found = self.answers.iter().find(fits)?;
        Some(Remembered { acted: found.acted, in_time: found.in_time })
    }
}

/// Answers of one connection whose calls have not come yet, and calls whose question may still come: the two are sent
/// at once, in no promised order.
#[derive(Default)]
pub(crate) struct RuleAnswers(Mutex<Open>);

impl RuleAnswers {
    /// What was answered about a caller: the call of his that has come before, or nothing, and then it is remembered. A newer
    /// answer about him takes the place of an older one.
    pub(crate) fn answered(&self, routed: &Routed, asked_at: Timestamp) -> Option<(CallId, Remembered)> {
        let acted = routed.acted?;
        let remembered = Remembered { acted, in_time: routed.reply.is_some() };
        let mut open = self.lock();
        open.calls.retain(|call| asked_at.duration_since(call.began_at) <= QUESTION_WITHIN);
        if let Some(place) = open.calls.iter().position(|call| is_about(&routed.incoming, &call.incoming)) {
            return open.calls.remove(place).map(|call| (call.call, remembered));
        }
        open.answers.retain(|other| other.incoming != routed.incoming && is_fresh(other, asked_at));
        let Remembered { acted, in_time } = remembered;
        push(&mut open.answers, Waiting { incoming: routed.incoming.clone(), asked_at, acted, in_time });
        None
    }

    /// What was answered about this call.
    pub(crate) fn about(&self, begun: &Begun, received_at: Timestamp) -> Option<Remembered> {
        self.lock().about(begun, received_at)
    }

    /// This call is in the log: the next one of its caller is another. An answer that was given meanwhile is about it; where
    /// none was given at all, the question may still come.
    pub(crate) fn begun(&self, begun: &Begun, is_answered: bool, began_at: Timestamp) -> Option<Remembered> {
        let mut open = self.lock();
        let meanwhile = open.about(begun, began_at).filter(|_| !is_answered);
        open.answers.retain(|answer| !is_about(&answer.incoming, &begun.incoming));
        if !is_answered && meanwhile.is_none() {
            let Begun { incoming, call } = begun.clone();
            push(&mut open.calls, Unasked { incoming, call, began_at });
        }
        meanwhile
    }

    /// More is told of this call: it has been routed, and a question is about another.
    pub(crate) fn routed_by_now(&self, call: &CallId) {
        self.lock().calls.retain(|unasked| unasked.call != *call);
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn push<T>(waiting: &mut VecDeque<T>, one: T) {
    if waiting.len() == MOST_WAITING {
        waiting.pop_front();
    }
    waiting.push_back(one);
}

fn is_fresh(answer: &Waiting, now: Timestamp) -> bool {
    now.duration_since(answer.asked_at) <= CALL_WITHIN
}

/// Whether a question about a caller is about this call.
fn is_about(asked: &Incoming, call: &Incoming) -> bool {
    let same_line = match (&asked.line, &call.line) {
        (Some(asked), Some(called)) => asked == called,
        (None, _) | (_, None) => true,
    };
    call.from.is_some() && asked.from == call.from && same_line
}
