//! A [`Call`] from everything that is known of it.

use jiff::{SignedDuration, Timestamp};

use super::{
    derived_leg::DerivedLeg,
    evidence::{Evidence, Step, When},
    inferred_end::InferredEnd,
    legs,
    origin::Origin,
    result,
    settings::BookSettings,
    state,
};
use crate::{
    call::{
        Call, CallResult, CallState, Customer, Direction, EndCause, Leg, LegRole, LegState, Line, Recording,
        RecordingState,
    },
    id::{CallId, ConnectionId, RecordingId},
};

/// Everything that a call is derived from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Input<'a> {
    pub(super) connection: &'a ConnectionId,
    pub(super) settings: &'a BookSettings,
    pub(super) id: &'a CallId,
    pub(super) vendor_call: Option<&'a String>,
    pub(super) evidence: &'a Evidence,
    pub(super) origin: Option<&'a Origin>,
    pub(super) inferred_end: Option<&'a InferredEnd>,
    /// The leg that counts as taken off hold, though nothing has shown it.
    pub(super) taken_back: Option<&'a str>,
    /// Messages may be missing.
    pub(super) doubtful: bool,
    /// Its first entry was posted while the connection was in trial mode.
    pub(super) trial: bool,
}

/// A call, and what the book needs to know of how it came about.
#[derive(Debug, Clone)]
pub(super) struct Derived {
    pub(super) call: Call,
    /// Every leg that a message can still end has ended: only the grace keeps the call open.
    pub(super) settled: bool,
}

/// The call; `None` while nothing is known that is worth showing.
pub(super) fn derive(input: Input<'_>) -> Option<Derived> {
    let Input { evidence, settings, origin, .. } = input;
    if !evidence.is_worth_showing() && origin.is_none() {
        return None;
    }
    let direction = direction(evidence, origin);
    let originator = origin.map(|origin| origin.from.as_str());
    let rules = legs::LegRules {
        direction,
        answer_retrieves: settings.answer_retrieves,
        equal_messages_repeat: settings.equal_messages_repeat,
    };
    let mut legs = legs::derive_legs(evidence, rules);
    if let Some(key) = input.taken_back {
        let is_meant = |leg: &&mut DerivedLeg<'_>| leg.state == LegState::Held && leg.key() == key;
        legs.iter_mut().filter(is_meant).for_each(|leg| leg.state = LegState::Connected);
    }
    let agent_first = settings.legs_join_two
        && direction == Direction::Outgoing
        && (evidence.was_shown_as_incoming() || legs.iter().any(DerivedLeg::is_customer));
    let settled = is_settled(&legs, settings.legs_join_two);
    let told_end = told_end(input, &legs, direction);
    let end = told_end.or_else(|| concluded_end(input, &legs));
    let last_words = last_words(&legs);
    if let Some(end) = end {
        legs.iter_mut().for_each(|leg| leg.close(end, Default::default()));
    }
    let clock = Clock { by_vendor: evidence.times.by_vendor() };
    let started_at = started_at(input);
    let parts = result::Parts { direction, originator, agent_first, recorded: evidence.recordings.tells_of_talk() };
    let talk = result::first_talk(&legs, parts);
    let answered_at = talk.map(|leg| clock.read(leg.talk_began()).max(started_at));
    let ended_at = end.map(|end| clock.read(end).max(answered_at.unwrap_or(started_at)));
    let partial = origin.is_none() && !evidence.created || legs.iter().any(|leg| leg.answer_missed);
    let is_queued = |leg: &DerivedLeg<'_>| leg.is_customer() && leg.state == LegState::Queued;
    let waits = evidence.menu
        || evidence.line_queue.get().is_some()
        || settings.legs_join_two && legs.iter().any(is_queued)
        || evidence
            .legs
            .iter()
            .any(|leg| evidence.is_line(leg) && leg.steps.iter().any(|(_, step)| *step == Step::Answered));
    let state = match end {
        Some(_) => CallState::Ended,
        None => {
            let legs_join_two = settings.legs_join_two;
            let agent_talked = || legs.iter().any(|leg| leg.is_agent() && leg.talked());
            let answered = if agent_first { talk.is_some() } else { agent_talked() };
            let open = state::StateInput { direction, legs_join_two, waits, originator, agent_first, answered };
            state::of_open(&legs, open)
        }
    };
    let result = end.map(|_| ended_result(input, &legs, parts, partial, told_end.is_some()));
    let call = Call {
        id: input.id.clone(),
        connection: input.connection.clone(),
        vendor_call: input.vendor_call.cloned(),
        state,
        direction,
        customer: Customer {
            number: origin.and_then(|origin| origin.to.clone()).or_else(|| evidence.customer_number.get().cloned()),
            name: evidence.customer_name.get().cloned(),
        },
        line: Line { number: evidence.line_number.get().cloned(), queue: evidence.line_queue.get().cloned() },
        legs: legs_of(input, &legs, clock, end),
        started_at,
        answered_at,
        ended_at,
        result,
        end_reason: end.and_then(|end| end_reason(input, last_words, end)),
        transferring: end.is_none() && evidence.transfer && legs.iter().any(is_asked),
        partial,
        late: origin.is_none() && !evidence.fresh,
        in_menu: state == CallState::Queued,
        command: origin.map(|origin| origin.command),
        placed_by: placed_by(input, &legs, direction),
        customer_first: origin.is_some_and(|origin| origin.customer_first),
        trial: input.trial,
        redirected_from: origin.and_then(|origin| origin.redirected_from.clone()),
        recordings: recordings(input, talk.and(answered_at).zip(ended_at)),
        attribution: evidence.attribution.get().cloned(),
    };
    Some(Derived { call, settled: settled && end.is_none() })
}

/// Reads all times of a call by one clock, so that durations are never taken across two.
#[derive(Debug, Clone, Copy)]
struct Clock {
    by_vendor: bool,
}

impl Clock {
    fn read(self, when: When) -> Timestamp {
        if self.by_vendor { when.at } else { when.received }
    }
}

/// A call that we placed is outgoing even where its PBX shows it as a call from the number that we dialled.
fn direction(evidence: &Evidence, origin: Option<&Origin>) -> Direction {
    let told = evidence.direction();
    match origin {
        Some(origin) if told != Direction::Internal => origin.direction,
        Some(_) | None => told,
    }
}

/// Whose phone the call began with. By hand that is the first of the office in an outgoing call, and the one who is not
/// the called colleague in an internal one.
fn placed_by(input: Input<'_>, legs: &[DerivedLeg<'_>], direction: Direction) -> Option<String> {
    if let Some(origin) = input.origin {
        return Some(origin.from.clone());
    }
    let called = match direction {
        Direction::Outgoing => None,
        Direction::Internal => input.evidence.customer_number.get(),
        Direction::Incoming | Direction::Unknown => return None,
    };
    let own = legs.iter().filter(|leg| leg.evidence.role == LegRole::Agent && leg.evidence.extension.get() != called);
    let first = own.min_by(|a, b| a.started.cmp(&b.started).then_with(|| a.evidence.key.cmp(&b.evidence.key)));
    first?.extension().map(str::to_owned)
}

fn started_at(input: Input<'_>) -> Timestamp {
    let asked = input.origin.map(|origin| origin.asked);
    input.evidence.times.began().or(asked).unwrap_or(input.evidence.recordings.heard.unwrap_or(Timestamp::UNIX_EPOCH))
}

/// A colleague to whom a call is to be passed on, and has not been yet.
fn is_asked(leg: &DerivedLeg<'_>) -> bool {
    leg.evidence.role == LegRole::TransferTarget
        && !leg.state.is_terminal()
        && (leg.is_consultation() || leg.consultation.is_none())
}

/// The end that the PBX tells. Where each user is told of his own part, that is the end of the last of them.
fn told_end(input: Input<'_>, legs: &[DerivedLeg<'_>], direction: Direction) -> Option<When> {
    let endings = &input.evidence.endings;
    let first = endings.first()?.when;
    if !input.settings.own_leg_only {
        return Some(first);
    }
    let is_open = |leg: &DerivedLeg<'_>| leg.is_agent() && !leg.state.is_terminal();
    if legs.iter().any(is_open) || may_go_on(legs, direction) {
        return None;
    }
    endings.iter().map(|ending| ending.when).chain(legs.iter().filter_map(|leg| leg.ended)).max()
}

/// The end that we conclude where none is told.
fn concluded_end(input: Input<'_>, legs: &[DerivedLeg<'_>]) -> Option<When> {
    let evidence = input.evidence;
    if !evidence.has_state() && input.origin.is_none() {
        return evidence.recordings.heard.map(When::ours);
    }
    let last_cleared = || legs.iter().filter_map(|leg| leg.ended).max_by_key(|when| (when.at, when.received));
    Some(match input.inferred_end? {
        InferredEnd::Grace { at } => last_cleared().unwrap_or(When::ours(*at)),
        InferredEnd::Silent { at } | InferredEnd::Absent { at } => evidence.times.last.unwrap_or(When::ours(*at)),
        InferredEnd::Unstitched { at } | InferredEnd::Rejected { at, .. } => When::ours(*at),
    })
}

/// Whether the part that ended last may not be the call's: its phone was on hold, so the call was passed on and the
/// next phone is about to be told of; or it only rang and its end was in order, as when a colleague takes the call.
fn may_go_on(legs: &[DerivedLeg<'_>], direction: Direction) -> bool {
    let agents = || legs.iter().filter(|leg| leg.is_agent());
    let nobody_talked = direction == Direction::Incoming && !agents().any(DerivedLeg::talked);
    agents()
        .max_by_key(|leg| leg.ended)
        .is_some_and(|last| last.left_on_hold || nobody_talked && last.rang && last.cause == EndCause::Normal)
}

fn ended_result(
    input: Input<'_>,
    legs: &[DerivedLeg<'_>],
    parts: result::Parts<'_>,
    partial: bool,
    is_told: bool,
) -> CallResult {
    let words = || input.evidence.endings.iter().rev().filter_map(|ending| ending.result);
    // Of two legs that end, that of the one who ordered a callback is answered first, and says less.
    let of_customer = || words().find(|word| *word != CallResult::Answered);
    let vendor_result =
        if input.settings.callback_in_two_calls { of_customer() } else { None }.or_else(|| words().next());
    match input.inferred_end.filter(|_| !is_told) {
        Some(InferredEnd::Silent { .. } | InferredEnd::Unstitched { .. }) => return CallResult::Unknown,
        Some(InferredEnd::Rejected { .. }) => return CallResult::Failed,
        Some(InferredEnd::Grace { .. } | InferredEnd::Absent { .. }) | None => {}
    }
    let unseen = |leg: &DerivedLeg<'_>| !leg.is_agent() || leg.only_end;
    let doubtful = input.doubtful
        || matches!(input.inferred_end, Some(InferredEnd::Absent { .. }) if !is_told)
        || (partial && legs.iter().all(unseen))
        || legs.iter().any(|leg| leg.is_agent() && leg.answer_may_be_lost);
    let own_leg_only = input.settings.own_leg_only;
    result::of_ended(legs, parts, result::ResultInput { own_leg_only, vendor_result, doubtful })
}

/// The PBX's words of the end: of the call, of our command, or of the leg with which the call went.
fn end_reason(input: Input<'_>, last_words: Option<(When, &str)>, end: When) -> Option<String> {
    let told = input.evidence.endings.iter().rev().find_map(|ending| ending.reason.clone());
    let refused = match input.inferred_end {
        Some(InferredEnd::Rejected { reason, .. }) => Some(reason.clone()),
        Some(
            InferredEnd::Grace { .. }
            | InferredEnd::Silent { .. }
            | InferredEnd::Absent { .. }
            | InferredEnd::Unstitched { .. },
        )
        | None => None,
    };
    let went_with_it = |when: When| end.at.duration_since(when.at) <= input.settings.grace;
    let of_leg = || last_words.filter(|(when, _)| went_with_it(*when)).map(|(_, words)| words.to_owned());
    told.or(refused).or_else(of_leg)
}

/// What was said of the leg that went last, unless it lost the call to a colleague.
fn last_words<'a>(legs: &[DerivedLeg<'a>]) -> Option<(When, &'a str)> {
    let gone = legs.iter().filter(|leg| leg.cause != EndCause::AnsweredElsewhere);
    let (when, leg) =
        gone.filter_map(|leg| Some((leg.ended?, leg))).max_by_key(|(when, _)| (when.at, when.received))?;
    Some((when, leg.reason?))
}

/// Every leg that a message can still end has ended.
fn is_settled(legs: &[DerivedLeg<'_>], legs_join_two: bool) -> bool {
    let agents = || legs.iter().filter(|leg| leg.is_agent());
    let last = agents().filter(|leg| leg.ended.is_some()).max_by_key(|leg| leg.ended);
    let last_left = last.and_then(|leg| leg.ended).map(|when| when.at);
    // Where each user's part is all that is shown, the customer's leg ends with the last part: what is mirrored, a wait
    // that ended when phones began to ring, and a number that was never dialled.
    let outlived = |leg: &DerivedLeg<'_>| match leg.state {
        LegState::Queued => leg.last_heard() <= last_left,
        LegState::Initiated => true,
        LegState::Alerting | LegState::Connected | LegState::Held | LegState::Failed | LegState::Cleared => false,
    };
    // Elsewhere the customer's leg ends with the call. When the last agent has hung up after a talk, the call is over
    // even where that is never said; who passed it on, or did not answer, leaves a customer who waits.
    let hung_up =
        last.is_some_and(|leg| leg.talked() && !matches!(leg.cause, EndCause::Transferred | EndCause::Diverted));
    let ends_with_agents = |leg: &DerivedLeg<'_>| {
        leg.is_customer()
            && if legs_join_two { leg.mirrored || outlived(leg) } else { hung_up && leg.state == LegState::Connected }
    };
    !legs.is_empty() && legs.iter().all(|leg| leg.state.is_terminal() || ends_with_agents(leg))
}

fn legs_of(input: Input<'_>, derived: &[DerivedLeg<'_>], clock: Clock, end: Option<When>) -> Vec<Leg> {
    let mut legs: Vec<Leg> = derived.iter().map(|leg| leg_of(leg, clock)).collect();
    if let Some(origin) = input.origin
        && !legs.iter().any(|leg| stands_for(leg, origin))
    {
        legs.push(origin.leg(end.map(|end| clock.read(end))));
    }
    legs.sort_by(|a, b| a.started_at.cmp(&b.started_at).then_with(|| a.key.cmp(&b.key)));
    legs
}

/// Whether the PBX has shown the leg of the person who placed the call.
fn stands_for(leg: &Leg, origin: &Origin) -> bool {
    leg.is_agent() && (origin.direction != Direction::Internal || leg.extension.as_deref() == Some(&origin.from))
}

fn leg_of(leg: &DerivedLeg<'_>, clock: Clock) -> Leg {
    let evidence = leg.evidence;
    let started_at = clock.read(leg.started);
    let answered_at = leg.talks_since().map(|when| clock.read(when).max(started_at));
    Leg {
        key: leg.key(),
        role: evidence.role,
        extension: evidence.extension.get().cloned(),
        number: evidence.number.get().cloned(),
        name: evidence.name.get().cloned(),
        state: leg.state,
        started_at,
        answered_at,
        ended_at: leg.ended.map(|when| clock.read(when).max(answered_at.unwrap_or(started_at))),
        end_cause: leg.cause,
        end_reason: leg.reason.map(str::to_owned),
        only_end: leg.only_end,
        asked_by: leg.asked_by.filter(|_| !leg.state.is_terminal()).map(str::to_owned),
        late: leg.late && leg.state == LegState::Alerting,
    }
}

/// `talk` is its beginning and end, where both are known.
fn recordings(input: Input<'_>, talk: Option<(Timestamp, Timestamp)>) -> Vec<Recording> {
    let evidence = &input.evidence.recordings;
    if !evidence.references.is_empty() {
        let ready = |reference: &crate::RecordingReference| Recording {
            id: RecordingId::of(input.id, reference.as_str()),
            state: RecordingState::Ready,
            reference: Some(reference.clone()),
        };
        return evidence.references.iter().map(ready).collect();
    }
    let length = talk.map(|(from, to)| to.duration_since(from));
    let too_short = |shortest: SignedDuration| length.is_some_and(|length| length <= shortest);
    let state = if evidence.refused || input.settings.shortest_recording.is_some_and(too_short) {
        RecordingState::NotRecorded
    } else if evidence.started {
        RecordingState::Preparing
    } else {
        return Vec::new();
    };
    vec![Recording { id: RecordingId::of(input.id, ""), state, reference: None }]
}
