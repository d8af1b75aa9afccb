//! How soon cards came after the office had heard of their calls.

use link::wire::{CardRule, CardSpeed};

use crate::{call_times::StateTimes, decisions::KeptDecision};

/// The state of the call on which a desk decided: the newest that the office had by then. A remote desk's clock is known
/// to some milliseconds only, so the first state may seem to be later.
pub(crate) fn state_of<'a>(states: &'a [StateTimes], decision: Option<&KeptDecision>) -> Option<&'a StateTimes> {
    let decided_at = decision.and_then(|decision| decision.decided_at);
    let by_then = |state: &&StateTimes| decided_at.is_some_and(|decided_at| state.received_at <= decided_at);
    states.iter().rfind(by_then).or(states.first())
}

/// How long a card took: from what the PBX told to the paint, or to the desk's decision where the paint is not known.
pub(crate) fn card_ms(states: &[StateTimes], decision: &KeptDecision) -> Option<u32> {
    if decision.rule != CardRule::Shown {
        return None;
    }
    let from = state_of(states, Some(decision))?.received_at;
    let to = decision.painted_at.or(decision.decided_at)?;
    u32::try_from(to.duration_since(from).as_millis().max(0)).ok()
}

/// The figures of these times.
pub(crate) fn speed(mut taken: Vec<u32>) -> CardSpeed {
    taken.sort_unstable();
    let up_to = |bound: u32| u32::try_from(taken.partition_point(|took| *took <= bound)).unwrap_or(u32::MAX);
    let all = u32::try_from(taken.len()).unwrap_or(u32::MAX);
    CardSpeed {
        within_50: up_to(50),
        within_100: up_to(100) - up_to(50),
        later: all - up_to(100),
        median_ms: taken.get(taken.len() / 2).copied(),
        longest_ms: taken.last().copied(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_are_counted_by_how_soon_they_came() {
        let figures = speed(vec![118, 46, 50, 51, 100, 101, 3]);
        let counted = (figures.within_50, figures.within_100, figures.later);
        assert_eq!((counted, figures.median_ms, figures.longest_ms), ((3, 2, 2), Some(51), Some(118)));
        assert_eq!(speed(Vec::new()), CardSpeed::default());
    }
}
