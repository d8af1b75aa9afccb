//! Times of which calls are missing for good: nobody tells of them again. They stand in the list between the calls, and
//! are kept for the next start.

use calls::ConnectionId;
use jiff::Timestamp;
use link::wire::Hole;
use serde::{Deserialize, Serialize};
use store::Store;

/// Holes of one connection that are shown: the newest.
const MOST: usize = 50;

/// The holes of a connection, the newest last.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Holes(Vec<OfSession>);

/// A hole of one session; `""` for the whole connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct OfSession {
    session: String,
    #[serde(flatten)]
    hole: Hole,
}

impl Holes {
    /// Those that an earlier run has kept. One that cannot be read is one that is not shown.
    pub(crate) async fn kept(store: &Store, connection: &ConnectionId) -> Self {
        let key = key(connection);
        let text = store.reading(move |store| store.setting(&key)).await.ok().flatten();
        text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    /// One more; says whether it is one at all. One that goes on where the last has ended is the same.
    pub(crate) fn add(&mut self, session: &str, from: Timestamp, until: Timestamp) -> bool {
        if until <= from {
            return false;
        }
        match self.0.iter_mut().rev().find(|known| known.session == session) {
            Some(last) if (last.hole.from..=last.hole.until).contains(&from) => {
                last.hole.until = last.hole.until.max(until);
            }
            Some(_) | None => self.0.push(OfSession { session: session.to_owned(), hole: Hole { from, until } }),
        }
        let too_many = self.0.len().saturating_sub(MOST);
        self.0.drain(..too_many);
        true
    }

    /// Those of these sessions and of the whole connection; of all where none is named.
    pub(crate) fn of(&self, sessions: &[&str]) -> Vec<Hole> {
        let is_wanted = |session: &str| sessions.is_empty() || session.is_empty() || sessions.contains(&session);
        self.0.iter().filter(|known| is_wanted(&known.session)).map(|known| known.hole).collect()
    }

    /// As it is kept.
    pub(crate) fn text(&self) -> String {
        // Texts and times always have a JSON.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Setting that keeps the holes of a connection.
pub(crate) fn key(connection: &ConnectionId) -> String {
    format!("holes:{connection}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Bench, at};

    #[test]
    fn what_belongs_together_is_one_hole_and_the_oldest_are_forgotten() {
        let mut holes = Holes::default();
        assert!(!holes.add("", at(5), at(5)) && !holes.add("", at(6), at(5)));
        assert!(holes.add("", at(10), at(20)) && holes.add("", at(20), at(30)) && holes.add("101", at(25), at(40)));
        let hole = |from, until| Hole { from: at(from), until: at(until) };
        assert_eq!(holes.of(&[]), [hole(10, 30), hole(25, 40)]);
        assert_eq!((holes.of(&["102"]), holes.of(&["101"]).len()), (vec![hole(10, 30)], 2));
        let kept: Holes = serde_json::from_str(&holes.text()).expect("is read");
        assert_eq!(kept, holes);
        for begin in 0..60 {
            holes.add("", at(100 + begin * 10), at(105 + begin * 10));
        }
        assert_eq!((holes.of(&[]).len(), holes.of(&[])[0]), (MOST, hole(200, 205)));
    }

    #[tokio::test]
    async fn a_hole_is_there_after_the_next_start() {
        let bench = Bench::new(pbx::zadarma::MAKE).await;
        let link = &bench.link;
        link.open_gap("", at(0), "stopped").await;
        link.close_gap("", at(100), Some(at(60))).await;
        link.open_gap("", at(200), "unreachable").await;
        link.close_gap("", at(300), None).await;
        bench.settle().await;
        let kept = Holes::kept(&link.store, &link.connection).await;
        assert_eq!(kept.of(&[]), [Hole { from: at(0), until: at(60) }], "what was filled is none");
    }
}
