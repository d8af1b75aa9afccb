//! Messages that are equal to earlier ones and tell of something new: a phone that rings again in the same call. Each time
//! that a phone rings in a call is an attempt.

use super::Book;
use crate::{
    call::{Call, EndCause, Leg, LegState},
    event::{Effect, LegRef, VendorEvent},
    id::CallId,
};

impl Book {
    /// Gives an event that is about to be stored the key under which it is a message of its own, where the PBX tells
    /// of a leg's next attempt in words that are equal to those of the one before. A message that is only sent again
    /// keeps its key: one attempt has one message of each kind.
    pub fn number_attempt(&self, event: &mut VendorEvent) {
        if !self.settings.equal_messages_repeat {
            return;
        }
        let call = event.call.as_ref().and_then(|call| self.call(&CallId::of_vendor(&self.connection, call)));
        let leg = attempted_leg(&event.effects);
        if let Some((call, leg)) = call.zip(leg).filter(|(call, _)| !call.is_ended()) {
            let rings = event.effects.iter().any(|effect| matches!(effect, Effect::LegRinging { .. }));
            // A ring may begin the next attempt; whatever else is told is about the one that began last.
            let attempt = if rings { attempts_over(call, leg) } else { attempts(call, leg).count().saturating_sub(1) };
            if attempt > 0 {
                event.dedupe_key = format!("{}#{attempt}", event.dedupe_key);
            }
        }
    }
}

/// The leg whose phone rings, answers or stops; none where the whole call begins or ends.
fn attempted_leg(effects: &[Effect]) -> Option<&LegRef> {
    let is_whole = |effect: &Effect| matches!(effect, Effect::CallCreated { .. } | Effect::CallEnded { .. });
    if effects.iter().any(is_whole) {
        return None;
    }
    let is_of_attempt = |effect: &&Effect| {
        matches!(effect, Effect::LegRinging { .. } | Effect::LegAnswered { .. } | Effect::LegCleared { .. })
    };
    effects.iter().find(is_of_attempt)?.leg()
}

/// While a colleague talks, a phone that lost the call to him does not ring anew: there a message is one sent again.
fn attempts_over(call: &Call, named: &LegRef) -> usize {
    let is_talking = |leg: &Leg| leg.is_agent() && matches!(leg.state, LegState::Connected | LegState::Held);
    let others_talk = call.legs.iter().any(is_talking);
    let is_over =
        |leg: &&Leg| leg.state.is_terminal() && !(others_talk && leg.end_cause == EndCause::AnsweredElsewhere);
    attempts(call, named).filter(is_over).count()
}

/// The attempts of this phone that have begun.
fn attempts<'a>(call: &'a Call, named: &'a LegRef) -> impl Iterator<Item = &'a Leg> {
    call.legs.iter().filter(|leg| leg.key.split('#').next() == Some(named.key.as_str()))
}
