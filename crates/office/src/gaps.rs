//! Times in which a connection's events may be missing, over all its sessions.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

/// The gap that a connection has now: it is open as long as one of its sessions has one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gaps {
    /// Sessions whose events may be missing, each since then.
    open: BTreeMap<String, Timestamp>,
    /// Under which beginnings the gap was logged.
    logged: BTreeSet<Timestamp>,
    /// What lies before this is lost for good, whichever session it was.
    hole_until: Option<Timestamp>,
}

/// What becomes of a connection's gap when the events of one session are complete again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Closed {
    /// Other sessions still miss events, since then.
    Still {
        /// The earliest of them.
        since: Timestamp,
    },
    /// Nothing is missing any more.
    All {
        /// Under which beginnings the gap was logged; none when there was no gap.
        logged: BTreeSet<Timestamp>,
        /// What lies before this is lost for good.
        hole_until: Option<Timestamp>,
    },
}

impl Gaps {
    /// Events of a session may be missing since then; says whether the log does not know of so early a beginning.
    pub(crate) fn open(&mut self, session: &str, since: Timestamp) -> bool {
        self.open.insert(session.to_owned(), since);
        self.logged.first().is_none_or(|first| since < *first) && self.logged.insert(since)
    }

    /// A session's events are complete again, but for what lies before `hole_until`.
    pub(crate) fn close(&mut self, session: &str, hole_until: Option<Timestamp>) -> Closed {
        if self.open.remove(session).is_some() {
            self.hole_until = self.hole_until.max(hole_until);
        }
        match self.since() {
            Some(since) => Closed::Still { since },
            None => {
                let Self { logged, hole_until, .. } = std::mem::take(self);
                Closed::All { logged, hole_until }
            }
        }
    }

    /// Whether events of this session may be missing.
    pub(crate) fn is_open(&self, session: &str) -> bool {
        self.open.contains_key(session)
    }

    /// Since when events may be missing.
    pub(crate) fn since(&self) -> Option<Timestamp> {
        self.open.values().min().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    #[test]
    fn the_earliest_beginning_and_the_latest_hole_of_all_sessions_rule() {
        let mut gaps = Gaps::default();
        assert!(gaps.open("101", at(50)));
        assert!(gaps.open("102", at(20)), "an earlier one is news to the log");
        assert!(!gaps.open("103", at(30)));
        assert_eq!(gaps.since(), Some(at(20)));
        assert_eq!(gaps.close("102", Some(at(40))), Closed::Still { since: at(30) });
        assert_eq!(gaps.close("103", Some(at(35))), Closed::Still { since: at(50) });
        let logged = BTreeSet::from([at(20), at(50)]);
        assert_eq!(gaps.close("101", None), Closed::All { logged, hole_until: Some(at(40)) });
        assert_eq!(gaps.since(), None);
    }

    #[test]
    fn a_session_without_a_gap_makes_no_hole() {
        let mut gaps = Gaps::default();
        let nothing = Closed::All { logged: BTreeSet::new(), hole_until: None };
        assert_eq!(gaps.close("101", Some(at(40))), nothing);
        assert!(gaps.open("101", at(50)), "a new gap is logged anew");
        assert_eq!(gaps.close("102", Some(at(60))), Closed::Still { since: at(50) });
        assert!(gaps.is_open("101"));
    }
}
