//! What desks decided about cards, as the office keeps it: by its own clock, whatever a desk says.

use jiff::{SignedDuration, Timestamp};
use link::wire::{CardDecision, CardRule};
use serde::{Deserialize, Serialize};

/// How long it is remembered what desks followed and decided.
pub(crate) const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How far a desk may be wrong about the office's clock: it is measured over a network.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(10);

/// A decision of a desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeptDecision {
    /// By which rule.
    pub(crate) rule: CardRule,
    /// When the desk decided; absent where its clock is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) decided_at: Option<Timestamp>,
    /// When the card was on the screen, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) painted_at: Option<Timestamp>,
    /// The desk told times that cannot be.
    #[serde(default)]
    pub(crate) is_clock_off: bool,
}

impl KeptDecision {
    /// What is kept of a report that came `now`, about a call of which the office had heard `first`, where it knows. A desk
    /// cannot decide before that, nor after it has reported: such times would tell a wrong story, and are left out.
    pub(crate) fn of(decision: &CardDecision, first: Option<Timestamp>, now: Timestamp) -> Self {
        let earliest = first.unwrap_or_else(|| now.saturating_sub(KEPT).unwrap_or(Timestamp::MIN));
        let can_be = |at: Timestamp| earliest.duration_since(at) <= TOLERANCE && at.duration_since(now) <= TOLERANCE;
        let CardDecision { call: _, rule, decided_at, painted_at } = *decision;
        let is_in_order = painted_at.is_none_or(|painted| painted >= decided_at && can_be(painted));
        if can_be(decided_at) && is_in_order {
            Self { rule, decided_at: Some(decided_at), painted_at, is_clock_off: false }
        } else {
            Self { rule, decided_at: None, painted_at: None, is_clock_off: true }
        }
    }

    /// What was kept of a call, unless a later version wrote it in its own way.
    pub(crate) fn read(body: &str) -> Option<Self> {
        serde_json::from_str(body).ok()
    }
}

#[cfg(test)]
mod tests {
    use calls::CallId;

    use super::*;
    use crate::testing::at;

    fn kept(first: Option<i64>, decided: i64, painted: Option<i64>) -> KeptDecision {
        let call = CallId::of_vendor(&"rt1".parse().expect("valid"), "s-1");
        let decision =
            CardDecision { call, rule: CardRule::Shown, decided_at: at(decided), painted_at: painted.map(at) };
        KeptDecision::of(&decision, first.map(at), at(1000))
    }

    #[test]
    fn times_that_a_desk_cannot_have_seen_are_left_out() {
        for (first, decided, painted) in [
            // It was told a while ago and reported only now.
            (Some(100), 101, Some(102)),
            (Some(999), 1000, None),
            // The office's clock is known to a desk by and by only.
            (Some(999), 991, Some(1009)),
            (None, 1000 - 6 * 86400, None),
        ] {
            let kept = kept(first, decided, painted);
            assert!(!kept.is_clock_off, "{first:?} {decided} {painted:?}");
            assert_eq!((kept.decided_at, kept.painted_at), (Some(at(decided)), painted.map(at)));
        }
        for (first, decided, painted) in [
            (Some(999), 1011, None),
            (Some(999), 988, None),
            (Some(999), 1000 + 3600, Some(1001 + 3600)),
            (Some(999), 1000, Some(1011)),
            (Some(999), 1000, Some(999)),
            (None, 1000 - 8 * 86400, None),
            (None, 1000 + 86400 * 365, None),
        ] {
            let kept = kept(first, decided, painted);
            let times = (kept.rule, kept.decided_at, kept.painted_at, kept.is_clock_off);
            assert_eq!(times, (CardRule::Shown, None, None, true), "{first:?} {decided} {painted:?}");
        }
    }

    #[test]
    fn what_was_kept_as_it_was_reported_is_read() {
        let body =
            r#"{"call":"4cc5c2e8-2d05-5e4f-9bd1-57a5fbbb2d2a","rule":"late","decidedAt":"2026-03-05T09:00:00Z"}"#;
        let kept = KeptDecision::read(body).expect("is read");
        assert!(kept.rule == CardRule::Late && kept.decided_at.is_some() && !kept.is_clock_off);
    }
}
