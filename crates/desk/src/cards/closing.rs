//! How long a card stays once nothing of it will change by itself.

use std::time::Duration;

use crate::contract::CardPhase;

/// A phone that stopped ringing without an answer: the end, or a colleague's answer, usually follows at once.
pub(crate) const LINGER: Duration = Duration::from_secs(4);

/// How long the card of a call stays that was asked for and is not shown here.
pub(crate) const UNSEEN: Duration = Duration::from_secs(10);

/// How long a card stays in a phase; `None` as long as the phase lasts.
pub(crate) fn stays(phase: CardPhase) -> Option<Duration> {
    match phase {
        CardPhase::Ringing
        | CardPhase::PickUpYourPhone
        | CardPhase::Calling
        | CardPhase::Talking
        | CardPhase::OnHold => None,
        CardPhase::AnsweredBy => Some(Duration::from_secs(6)),
        CardPhase::Ended
        | CardPhase::OwnPhoneBusy
        | CardPhase::Busy
        | CardPhase::NoAnswer
        | CardPhase::Cancelled
        | CardPhase::Failed => Some(Duration::from_secs(10)),
        CardPhase::Missed | CardPhase::UnknownOutcome => Some(Duration::from_secs(30)),
    }
}
