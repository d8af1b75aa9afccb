//! A card as its window shows it.

use calls::{Abilities, CallState};
use jiff::SignedDuration;
use link::wire::Call;

use super::{
    controls::controls,
    party::{line, party, who},
};
use crate::{
    cards::{Card, phase::answerer},
    contract::{CardPhase, CardView},
    me::Me,
    words::Words,
};
use calls::number::national;

/// What a card's office adds to it.
pub(crate) struct Around<'a> {
    pub(crate) me: &'a Me,
    /// The office's clock minus this computer's.
    pub(crate) clock_offset: SignedDuration,
    /// What the call's connection can do.
    pub(crate) abilities: Abilities,
    /// A connection that a call can go through is there.
    pub(crate) can_place: bool,
    /// Texts in the language of the card.
    pub(crate) words: &'static Words,
}

/// The view of a card.
pub(crate) fn card_view(card: &Card, around: &Around<'_>) -> CardView {
    let call: &Call = &card.call;
    let party = party(call, around.me);
    let title = line(call);
    let number = call.line.title.as_ref().and(call.line.number.as_deref()).map(national);
    // Where the page has room for a line and its number, a trial call says first of all that it is one.
    let (line, line_number) =
        if call.trial { (Some(around.words.trial_call.to_owned()), title) } else { (title, number) };
    let can_call = around.can_place && party.dial.is_some() && offers_call(card.phase);
    CardView {
        call: card.key.clone(),
        state: call.state,
        direction: call.direction,
        phase: card.phase,
        can_call,
        line,
        line_number,
        answered_by: answerer(call, around.me).and_then(who).filter(|_| card.phase == CardPhase::AnsweredBy),
        asked_by: asked_by(call, around.me).filter(|_| call.state != CallState::Ended),
        started_at: call.started_at,
        answered_at: call.answered_at,
        ended_at: call.ended_at,
        end_reason: call.end_reason.clone(),
        clock_offset_ms: offset_ms(around.clock_offset),
        last_talk: card.last_talk.clone(),
        controls: controls(call, around.me, around.abilities),
        extension: card.number.as_ref().and_then(|number| number.extension.clone()),
        post_dial: card.number.as_ref().and_then(|number| number.post_dial.clone()),
        not_confirmed: card.not_confirmed(),
        party,
    }
}

/// The colleague who asks me about a call of his.
fn asked_by(call: &Call, me: &Me) -> Option<String> {
    let extension = me.legs(call).filter(|leg| !leg.state.is_terminal()).find_map(|leg| leg.asked_by.clone())?;
    let asks = call.legs.iter().find(|leg| leg.extension.as_ref() == Some(&extension));
    asks.and_then(who).or(Some(extension))
}

/// The difference of two clocks as pages are told it; one that is beyond all reason is none.
pub(crate) fn offset_ms(offset: SignedDuration) -> i32 {
    i32::try_from(offset.as_millis()).unwrap_or(0)
}

/// A call is over or never came about: calling (again) makes sense.
fn offers_call(phase: CardPhase) -> bool {
    match phase {
        CardPhase::Missed
        | CardPhase::OwnPhoneBusy
        | CardPhase::Busy
        | CardPhase::NoAnswer
        | CardPhase::Cancelled
        | CardPhase::Failed
        | CardPhase::Ended
        | CardPhase::AnsweredBy => true,
        // After an unknown outcome the PBX may be calling already: the person looks first.
        CardPhase::UnknownOutcome
        | CardPhase::Ringing
        | CardPhase::PickUpYourPhone
        | CardPhase::Calling
        | CardPhase::Talking
        | CardPhase::OnHold => false,
    }
}
