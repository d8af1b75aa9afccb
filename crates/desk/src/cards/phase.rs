//! What a card says of its call: a pure function of the call, of who looks at it, and of our command for it.

use calls::{CallResult, CallState, CommandState, LegState};
use link::wire::{Call, Leg};

use crate::{contract::CardPhase, me::Me, views::party::last_talker};

/// What is known of the command that started a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ordered {
    /// Where it stands.
    pub(crate) state: CommandState,
    /// The PBX took it, or an event showed its effect.
    pub(crate) taken: bool,
    /// The own phone was in another talk when it was given.
    pub(crate) while_talking: bool,
    /// Somebody else's phone rings before mine: the customer's, or those of a group.
    pub(crate) others_first: bool,
}

/// The phase, or `None` when the card has nothing to say any more: the call went on without this desk.
pub(crate) fn phase(call: &Call, me: &Me, ordered: Option<Ordered>) -> Option<CardPhase> {
    let placed = me.placed(call) || ordered.is_some_and(|ordered| ordered.others_first);
    match (call.state == CallState::Ended, placed) {
        (true, true) => Some(ended_placed(call, me, ordered)),
        (true, false) => Some(ended_received(call, me)),
        (false, true) => Some(running_placed(call, me, ordered)),
        (false, false) => running_received(call, me),
    }
}

fn running_placed(call: &Call, me: &Me, ordered: Option<Ordered>) -> CardPhase {
    let answered = me.legs(call).any(|leg| leg.answered_at.is_some());
    match (my_talk(call, me), answered) {
        (Some(leg), _) => talk(call, leg).unwrap_or(CardPhase::Calling),
        // Between the legs of a callback my phone waits while theirs rings.
        (None, true) if call.state == CallState::Dialling => CardPhase::Calling,
        // The call goes on without me: I passed it on.
        (None, true) => CardPhase::Ended,
        (None, false) => match ordered {
            Some(Ordered { state: CommandState::Rejected, .. }) => CardPhase::Failed,
            Some(Ordered { state: CommandState::Unknown, taken: false, .. }) => CardPhase::UnknownOutcome,
            Some(_) | None if others_first(call, ordered) && !rings_here(call, me) => {
                // A member of a group who has picked up is not yet in a talk with the customer.
                let talks = matches!(call.state, CallState::Talking | CallState::OnHold | CallState::Conference);
                answerer(call, me).filter(|_| talks).map_or(CardPhase::Calling, |_| CardPhase::AnsweredBy)
            }
            Some(_) | None => CardPhase::PickUpYourPhone,
        },
    }
}

/// Somebody else's phone rings before mine, as was asked for here, or at another desk of mine.
fn others_first(call: &Call, ordered: Option<Ordered>) -> bool {
    call.customer_first || ordered.is_some_and(|ordered| ordered.others_first)
}

fn rings_here(call: &Call, me: &Me) -> bool {
    me.legs(call).any(|leg| leg.state == LegState::Alerting)
}

fn running_received(call: &Call, me: &Me) -> Option<CardPhase> {
    if let Some(leg) = my_talk(call, me) {
        return Some(talk(call, leg).unwrap_or(CardPhase::Talking));
    }
    if call.rings_for_me {
        return Some(CardPhase::Ringing);
    }
    if me.legs(call).any(|leg| leg.answered_at.is_some()) {
        return Some(CardPhase::Ended);
    }
    answerer(call, me).map(|_| CardPhase::AnsweredBy)
}

fn ended_placed(call: &Call, me: &Me, ordered: Option<Ordered>) -> CardPhase {
    match call.result {
        Some(CallResult::Busy) if own_phone_was_busy(call, me, ordered) => CardPhase::OwnPhoneBusy,
        Some(CallResult::Busy) => CardPhase::Busy,
        Some(CallResult::NoAnswer | CallResult::Missed) => CardPhase::NoAnswer,
        Some(CallResult::Cancelled) => CardPhase::Cancelled,
        Some(CallResult::Failed | CallResult::Rejected) => CardPhase::Failed,
        Some(CallResult::Answered) if answered_for_group(call, me, ordered) => CardPhase::AnsweredBy,
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

/// The PBX rings the own phone first: where that was in another talk and never answered, nobody else was called. The
/// vendors' own words are the same for a busy phone of ours and a busy number.
fn own_phone_was_busy(call: &Call, me: &Me, ordered: Option<Ordered>) -> bool {
    ordered.is_some_and(|ordered| ordered.while_talking)
        && !others_first(call, ordered)
        && me.legs(call).all(|leg| leg.answered_at.is_none())
}

/// A colleague talked in a call that was placed for his group.
fn answered_for_group(call: &Call, me: &Me, ordered: Option<Ordered>) -> bool {
    ordered.is_some_and(|ordered| ordered.others_first)
        && me.legs(call).all(|leg| leg.answered_at.is_none())
        && answerer(call, me).is_some()
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

/// The phone of mine that takes part.
fn my_talk<'a>(call: &'a Call, me: &'a Me) -> Option<&'a Leg> {
    me.legs(call).find(|leg| leg.state.is_talking())
}

/// Both sides talk, or one is on hold: mine, or the other.
fn talk(call: &Call, mine: &Leg) -> Option<CardPhase> {
    if mine.state == LegState::Held {
        return Some(CardPhase::OnHold);
    }
    // He talks with the colleague who asks him; the call itself waits.
    if mine.asked_by.is_some() {
        return Some(CardPhase::Talking);
    }
    match call.state {
        CallState::OnHold => Some(CardPhase::OnHold),
        CallState::Talking | CallState::Conference => Some(CardPhase::Talking),
        CallState::New | CallState::Dialling | CallState::Queued | CallState::Ringing | CallState::Ended => None,
    }
}

/// The colleague who took a call: who talks now, else who talked last.
pub(crate) fn answerer<'a>(call: &'a Call, me: &Me) -> Option<&'a Leg> {
    let took = |leg: &&Leg| leg.is_agent() && !me.owns(call, leg) && leg.extension != call.placed_by;
    last_talker(call.legs.iter().filter(took))
}
