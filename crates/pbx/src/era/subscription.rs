//! When a subscription is renewed, and how.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::names::EVENTS;

/// A renewal that was not answered is tried again after so long at the earliest.
const SOON: Duration = Duration::from_secs(5);

/// A subscription at the PBX.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Subscription {
    pub(super) id: String,
    /// The lifetime that is asked for, in seconds.
    pub(super) asked: u32,
    /// The PBX sends events of some subscribers only.
    pub(super) is_filtered: bool,
    /// The lifetime that the PBX grants.
    lasts: Duration,
    since: Instant,
    /// The PBX has not said that it is accepted.
    is_doubtful: bool,
}

impl Subscription {
    pub(super) fn new(id: String, asked: u32, is_filtered: bool, now: Instant) -> Self {
        let lasts = Duration::from_secs(u64::from(asked));
        Self { id, asked, is_filtered, lasts, since: now, is_doubtful: false }
    }

    /// The PBX has accepted it, for so many seconds where it says so.
    pub(super) fn confirm(&mut self, expires: Option<u64>, now: Instant) {
        if let Some(expires) = expires.filter(|expires| *expires > 0) {
            self.lasts = Duration::from_secs(expires.min(u64::from(self.asked)));
        }
        (self.since, self.is_doubtful) = (now, false);
    }

    /// The PBX has not answered.
    pub(super) fn doubt(&mut self) {
        self.is_doubtful = true;
    }

    /// What is said of it when it begins.
    pub(super) fn parameters(&self, filter: Option<&str>) -> Value {
        let mut parameters = json!({"id": self.id, "events": EVENTS, "expires": self.asked});
        if let (Some(filter), Some(object)) = (filter.filter(|_| self.is_filtered), parameters.as_object_mut()) {
            object.insert("objects".to_owned(), json!([filter]));
        }
        parameters
    }

    /// What is said to renew it: its id is enough, unless it may be over.
    pub(super) fn renewal(&self, filter: Option<&str>) -> Value {
        if self.is_doubtful { self.parameters(filter) } else { json!({"id": self.id, "expires": self.asked}) }
    }

    /// It is asked for anew.
    pub(super) fn renew(&mut self, now: Instant) {
        self.since = now;
    }

    /// When it is to be renewed: after four fifths of its lifetime, or half of it where the PBX has not confirmed it.
    pub(super) fn renew_at(&self) -> Instant {
        let part = if self.is_doubtful { 50 } else { 80 };
        self.since + (self.lasts * part / 100).max(SOON)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_renewed_at_four_fifths_or_at_half_when_in_doubt() {
        let now = tokio::time::Instant::now().into_std();
        let after = |subscription: &Subscription| subscription.renew_at().duration_since(now).as_secs();
        for (asked, expected) in [(300, 240), (3600, 2880)] {
            assert_eq!(after(&Subscription::new("s".to_owned(), asked, false, now)), expected);
        }
        let mut subscription = Subscription::new("s".to_owned(), 3600, false, now);
        subscription.confirm(Some(600), now);
        assert_eq!(after(&subscription), 480, "the PBX grants less");
        subscription.confirm(Some(90_000), now);
        assert_eq!(after(&subscription), 2880, "but never more than was asked for");
        subscription.doubt();
        assert_eq!(after(&subscription), 1800);
        subscription.confirm(None, now);
        assert_eq!(after(&subscription), 2880);
        subscription.confirm(Some(1), now);
        assert_eq!(after(&subscription), 5, "never at once again");
    }
}
