//! The legs of a call from the evidence: the table of transitions, phones that ring several times in one call (each time is
//! an attempt and has a leg of its own), those who lost a group's call to a colleague, and the customer's leg where its state
//! follows from an agent's.

use jiff::{SignedDuration, Timestamp};

use super::{
    consultation,
    derived_leg::DerivedLeg,
    evidence::{Evidence, LegEvidence, Step, When},
};
use crate::call::{Direction, EndCause, LegState};

/// Clocks of one PBX differ by less than this between its own messages.
const JITTER: SignedDuration = SignedDuration::from_secs(1);

/// What of the call bears on its legs.
#[derive(Debug, Clone, Copy)]
pub(super) struct LegRules {
    pub(super) direction: Direction,
    pub(super) answer_retrieves: bool,
    pub(super) equal_messages_repeat: bool,
}

/// All legs of a call, in order of their keys and attempts.
pub(super) fn derive_legs(evidence: &Evidence, rules: LegRules) -> Vec<DerivedLeg<'_>> {
    let first_answer = first_answer(evidence);
    let group_answer = first_answer.filter(|_| matches!(rules.direction, Direction::Incoming | Direction::Internal));
    let mut legs = Vec::with_capacity(evidence.legs.len());
    for leg in evidence.legs.iter().filter(|leg| !evidence.is_line(leg)) {
        let taken_by_other = group_answer.filter(|(_, by)| by.key != leg.key && leg.is_agent()).map(|(when, _)| when);
        for (attempt, steps) in ring_attempts(leg, taken_by_other, rules).into_iter().enumerate() {
            let Some(mut derived) = derive_leg(leg, attempt, steps, rules.answer_retrieves) else { continue };
            if let Some(answer) = taken_by_other {
                lose(&mut derived, answer, rules.direction);
            }
            legs.push(derived);
        }
    }
    consultation::settle(&mut legs);
    if let Some((answer, _)) = first_answer.filter(|_| rules.direction == Direction::Incoming) {
        let is_caller = |leg: &&mut DerivedLeg<'_>| {
            let number = leg.evidence.number.get();
            leg.is_customer() && (number.is_none() || number == evidence.customer_number.get())
        };
        legs.iter_mut().filter(is_caller).for_each(|leg| mirror(leg, answer));
    }
    legs
}

/// The first answer of an agent, and whose.
fn first_answer(evidence: &Evidence) -> Option<(When, &LegEvidence)> {
    let answer = |leg: &LegEvidence| leg.steps.iter().find(|(_, step)| *step == Step::Answered).map(|(when, _)| *when);
    let agents = evidence.legs.iter().filter(|leg| leg.is_agent() && !evidence.is_line(leg));
    let answers = agents.filter_map(|leg| Some((answer(leg)?, leg)));
    answers.min_by_key(|(when, _)| (when.at, when.received))
}

/// Cuts a leg's evidence where the phone rings anew after it had ended, or after a colleague had answered.
///
/// Only the vendor's clock can tell a second attempt from a message that was late on its way; where he numbers the
/// messages of a leg, every attempt has a key of its own. Where equal messages repeat, one that was only sent again is not
/// here, so there our clock tells it, too: once a phone has rung and stopped.
fn ring_attempts(leg: &LegEvidence, taken: Option<When>, rules: LegRules) -> Vec<&[(When, Step)]> {
    let mut attempts = Vec::with_capacity(1);
    let (mut begin, mut closed, mut answered) = (0, None::<Timestamp>, false);
    // Who passed the call on and is rung again got it back, however soon.
    let mut passed_on = None::<Timestamp>;
    let mut began = false;
    for (place, (when, step)) in leg.steps.iter().enumerate() {
        let taken = taken.filter(|taken| !answered && leg.steps[begin].0.at < taken.at).map(|taken| taken.at);
        let anew = matches!(step, Step::Offered | Step::Queued | Step::Ringing | Step::Answered);
        let over = closed.or(taken);
        let is_dated = when.by_vendor || rules.equal_messages_repeat && began;
        if anew
            && place > begin
            && is_dated
            && when.number.is_none()
            && (over.is_some_and(|over| when.at.duration_since(over) >= JITTER)
                || passed_on.is_some_and(|left| when.at > left))
        {
            attempts.push(&leg.steps[begin..place]);
            (begin, closed, answered, passed_on) = (place, None, false, None);
        }
        began |= anew;
        answered |= *step == Step::Answered;
        if matches!(step, Step::Cleared { .. }) && (when.by_vendor || rules.equal_messages_repeat) {
            closed = Some(when.at);
        }
        if matches!(step, Step::Cleared { cause: EndCause::Transferred, .. }) && when.by_vendor && answered {
            passed_on = Some(when.at);
        }
    }
    attempts.push(&leg.steps[begin..]);
    attempts
}

/// The table of transitions, applied in order.
fn derive_leg<'a>(
    leg: &'a LegEvidence,
    attempt: usize,
    steps: &'a [(When, Step)],
    answer_retrieves: bool,
) -> Option<DerivedLeg<'a>> {
    let mut state = None;
    let (mut answered, mut ended, mut reason) = (None, None, None);
    let (mut cause, mut answer_missed) = (EndCause::Normal, false);
    let (mut left_on_hold, mut replaced) = (false, None);
    for (when, step) in steps {
        left_on_hold |= matches!(step, Step::Cleared { .. }) && state == Some(LegState::Held);
        use LegState::{Alerting, Cleared, Connected, Failed, Held, Initiated, Queued};
        state = Some(match (step, state) {
            (Step::Offered, None) => Initiated,
            (Step::Queued, None | Some(Initiated)) => Queued,
            (Step::Ringing, None | Some(Initiated | Queued)) => Alerting,
            (Step::Answered, None | Some(Initiated | Queued | Alerting | Connected)) => Connected,
            (Step::Answered, Some(Held)) => {
                if answer_retrieves {
                    Connected
                } else {
                    Held
                }
            }
            (Step::Answered, Some(Failed | Cleared)) => Cleared,
            (Step::Held, None | Some(Initiated | Queued | Alerting)) => {
                answer_missed = true;
                Held
            }
            (Step::Held, Some(Connected)) => Held,
            (Step::Retrieved, None | Some(Initiated | Queued | Alerting)) => {
                answer_missed = true;
                Connected
            }
            (Step::Retrieved, Some(Held)) => Connected,
            // Nothing else is known of it yet, so nobody is there to have left.
            (Step::Replaced, None) => continue,
            (Step::Cleared { .. }, None) => Failed,
            (Step::Cleared { .. } | Step::Replaced, Some(Initiated | Queued | Alerting)) => Failed,
            (Step::Cleared { .. } | Step::Replaced, Some(Connected | Held)) => Cleared,
            (_, Some(unchanged)) => unchanged,
        });
        match step {
            Step::Answered => {
                answered = answered.or(Some(*when)).map(|known: When| known.min(*when));
                answer_missed = false;
            }
            Step::Held | Step::Retrieved if answer_missed => answered = answered.or(Some(*when)),
            Step::Cleared { cause: new, reason: words } => {
                ended = ended.or(Some(*when));
                if telling(*new) > telling(cause) {
                    cause = *new;
                    reason = words.as_deref().or(reason);
                }
                reason = reason.or(words.as_deref());
            }
            Step::Replaced => {
                replaced = replaced.or(Some(*when));
                if ended.is_none() {
                    (ended, cause) = (Some(*when), EndCause::Transferred);
                }
            }
            Step::Offered | Step::Queued | Step::Ringing | Step::Held | Step::Retrieved => {}
        }
    }
    let started = steps.iter().map(|(when, _)| *when).min_by_key(|when| (when.at, when.received))?;
    let rings: Vec<&When> = steps.iter().filter(|(_, step)| *step == Step::Ringing).map(|(when, _)| when).collect();
    let state = state?;
    Some(DerivedLeg {
        evidence: leg,
        attempt,
        state,
        started,
        answered,
        ended,
        cause,
        reason,
        rang: !rings.is_empty(),
        mirrored: false,
        answer_missed,
        only_end: steps.iter().all(|(_, step)| matches!(step, Step::Cleared { .. } | Step::Replaced)),
        late: state == LegState::Alerting && !rings.iter().any(|when| when.on_time),
        left_on_hold,
        answer_may_be_lost: state == LegState::Failed
            && matches!(cause, EndCause::Normal | EndCause::Cancelled)
            && misses_number(steps),
        replaced,
        consultation: None,
        asked_by: None,
    })
}

/// Whether the vendor numbers the messages, and one between the first and the last is not there.
fn misses_number(steps: &[(When, Step)]) -> bool {
    let numbers = || steps.iter().filter_map(|(when, _)| when.number);
    numbers().zip(numbers().skip(1)).any(|(one, next)| next.saturating_sub(one) > 1)
}

/// How much a cause says: a colleague's answer explains any end, and everything says more than the usual end.
fn telling(cause: EndCause) -> u8 {
    match cause {
        EndCause::Normal => 0,
        EndCause::Busy
        | EndCause::NoAnswer
        | EndCause::Rejected
        | EndCause::Cancelled
        | EndCause::Diverted
        | EndCause::Transferred
        | EndCause::Failed => 1,
        EndCause::AnsweredElsewhere => 2,
    }
}

/// A phone that rang when a colleague answered has lost the call, whatever the PBX calls that. One that had given up
/// before keeps its cause, one that rings later is a transfer's, and an answer of its own keeps it.
fn lose(leg: &mut DerivedLeg<'_>, answer: When, direction: Direction) {
    let waited = leg.started.at.duration_since(answer.at) < JITTER && (leg.rang || direction == Direction::Incoming);
    match leg.state {
        LegState::Initiated | LegState::Queued | LegState::Alerting if waited => {
            leg.close(answer, EndCause::AnsweredElsewhere);
        }
        LegState::Failed if waited => {
            if leg.ended.is_some_and(|ended| answer.at.duration_since(ended.at) <= JITTER) {
                leg.cause = EndCause::AnsweredElsewhere;
            }
        }
        LegState::Initiated
        | LegState::Queued
        | LegState::Alerting
        | LegState::Connected
        | LegState::Held
        | LegState::Failed
        | LegState::Cleared => {}
    }
}

/// Where only agents' legs are reported, the agent's answer is the customer's talk; the call's end clears it.
fn mirror(leg: &mut DerivedLeg<'_>, answer: When) {
    match leg.state {
        LegState::Initiated | LegState::Queued | LegState::Alerting => {
            leg.state = LegState::Connected;
            leg.answered = Some(answer);
            leg.mirrored = true;
        }
        LegState::Failed if leg.ended.is_some_and(|ended| ended.at >= answer.at) => {
            leg.state = LegState::Cleared;
            leg.answered = Some(answer);
        }
        LegState::Connected | LegState::Held | LegState::Failed | LegState::Cleared => {}
    }
}
