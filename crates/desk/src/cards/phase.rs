//! What a card says of its call: a pure function of the call, of who looks at it, and of our command for it.

use calls::{CallResult, CallState, CommandState, Direction};
use link::wire::{Call, Leg};

use crate::{
    contract::CardPhase,
    me::{Me, is_agent},
};

/// What is known of the command that started a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ordered {
    /// Where it stands.
    pub(crate) state: CommandState,
    /// The PBX took it, or an event showed its effect.
    pub(crate) taken: bool,
}

/// The phase, or `None` when the card has nothing to say any more: the call went on without this desk.
pub(crate) fn phase(call: &Call, me: &Me, ordered: Option<Ordered>) -> Option<CardPhase> {
    let placed = placed_here(call, me);
    match (call.state == CallState::Ended, placed) {
        (true, true) => Some(ended_placed(call, ordered)),
        (true, false) => Some(ended_received(call, me)),
        (false, true) => Some(running_placed(call, me, ordered)),
        (false, false) => running_received(call, me),
    }
}

/// We called, whether by a click here, by another program, or by hand: the first phone of the office is mine.
pub(crate) fn placed_here(call: &Call, me: &Me) -> bool {
    let outward = match call.direction {
        Direction::Outgoing => true,
        Direction::Incoming => false,
        Direction::Internal | Direction::Unknown => call.command.is_some(),
    };
    let first = call.legs.iter().find(|leg| is_agent(leg));
    (outward || call.command.is_some()) && first.is_none_or(|leg| me.owns(call, leg))
}

fn running_placed(call: &Call, me: &Me, ordered: Option<Ordered>) -> CardPhase {
    if let Some(phase) = talk(call) {
        return phase;
    }
    if me.legs(call).any(|leg| leg.state.is_talking()) {
        return CardPhase::Calling;
    }
    match ordered {
        Some(Ordered { state: CommandState::Rejected, .. }) => CardPhase::Failed,
        Some(Ordered { state: CommandState::Unknown, taken: false }) => CardPhase::UnknownOutcome,
        Some(_) | None => CardPhase::PickUpYourPhone,
    }
}

fn running_received(call: &Call, me: &Me) -> Option<CardPhase> {
    if let Some(mine) = me.legs(call).find(|leg| leg.state.is_talking()) {
        return Some(match (talk(call), mine.state == calls::LegState::Held) {
            (_, true) => CardPhase::OnHold,
            (Some(phase), false) => phase,
            (None, false) => CardPhase::Talking,
        });
    }
    if call.rings_for_me {
        return Some(CardPhase::Ringing);
    }
    if me.legs(call).any(|leg| leg.answered_at.is_some()) {
        return Some(CardPhase::Ended);
    }
    answerer(call, me).map(|_| CardPhase::AnsweredBy)
}

fn ended_placed(call: &Call, ordered: Option<Ordered>) -> CardPhase {
    match call.result {
        Some(CallResult::Busy) => CardPhase::Busy,
        Some(CallResult::NoAnswer | CallResult::Missed) => CardPhase::NoAnswer,
        Some(CallResult::Cancelled) => CardPhase::Cancelled,
        Some(CallResult::Failed | CallResult::Rejected) => CardPhase::Failed,
        Some(
            CallResult::Answered
            | CallResult::AnsweredElsewhere
            | CallResult::Transferred
            | CallResult::Voicemail
            | CallResult::Fax,
        ) => CardPhase::Ended,
        Some(CallResult::Unknown) | None if call.answered_at.is_some() => CardPhase::Ended,
        Some(CallResult::Unknown) | None => match ordered {
            Some(Ordered { state: CommandState::Rejected, .. }) => CardPhase::Failed,
            Some(_) | None => CardPhase::UnknownOutcome,
        },
    }
}

fn ended_received(call: &Call, me: &Me) -> CardPhase {
    if me.legs(call).any(|leg| leg.answered_at.is_some()) {
        return CardPhase::Ended;
    }
    match call.result {
        Some(CallResult::AnsweredElsewhere) => CardPhase::AnsweredBy,
        Some(CallResult::Answered) if answerer(call, me).is_some() => CardPhase::AnsweredBy,
        // An internal call that found me busy, away, or that its caller gave up, is one I missed.
        Some(
            CallResult::Missed
            | CallResult::Voicemail
            | CallResult::Busy
            | CallResult::NoAnswer
            | CallResult::Cancelled,
        ) => CardPhase::Missed,
        Some(
            CallResult::Answered
            | CallResult::Rejected
            | CallResult::Failed
            | CallResult::Transferred
            | CallResult::Fax
            | CallResult::Unknown,
        )
        | None => CardPhase::Ended,
    }
}

/// Both sides talk, or one is on hold.
fn talk(call: &Call) -> Option<CardPhase> {
    match call.state {
        CallState::Talking | CallState::Conference => Some(CardPhase::Talking),
        CallState::OnHold => Some(CardPhase::OnHold),
        CallState::New | CallState::Dialling | CallState::Queued | CallState::Ringing | CallState::Ended => None,
    }
}

/// The colleague who took an incoming call: who talks now, else who talked last.
pub(crate) fn answerer<'a>(call: &'a Call, me: &Me) -> Option<&'a Leg> {
    let caller = (call.direction == Direction::Internal).then(|| call.legs.iter().position(is_agent)).flatten();
    let colleagues = || {
        call.legs
            .iter()
            .enumerate()
            .filter(move |(place, leg)| Some(*place) != caller && is_agent(leg) && !me.owns(call, leg))
            .map(|(_, leg)| leg)
    };
    colleagues()
        .find(|leg| leg.state.is_talking())
        .or_else(|| colleagues().filter(|leg| leg.answered_at.is_some()).max_by_key(|leg| leg.answered_at))
}
