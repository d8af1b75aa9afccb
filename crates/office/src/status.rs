//! How the office's connections stand, for the screens.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use calls::ConnectionId;
use jiff::{SignedDuration, Timestamp};
use link::wire::{CapabilityView, ConnectionState, ConnectionView, DownCause};
use pbx::{Capability, Make, VerifyError};

use crate::{
    gaps::{Closed, Gaps},
    settings::Viewer,
    skew::Skew,
};

/// How one session, or a connection without sessions, stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Where it stands.
    pub(crate) state: ConnectionState,
    /// Why it is down.
    pub(crate) cause: Option<DownCause>,
    /// Missed events fetched so far.
    pub(crate) drained: u32,
}

impl Standing {
    /// In this state, without a cause.
    pub(crate) fn of(state: ConnectionState) -> Self {
        Self { state, cause: None, drained: 0 }
    }

    /// Down for this reason.
    pub(crate) fn down(cause: DownCause) -> Self {
        Self { state: ConnectionState::Down, cause: Some(cause), drained: 0 }
    }
}

/// One connection.
#[derive(Debug, Clone)]
struct Entry {
    make: Make,
    capability: CapabilityView,
    sessions: BTreeMap<String, Standing>,
    gaps: Gaps,
    /// When the last authentic message came.
    heard_at: Option<Timestamp>,
    bad_signatures: u32,
    /// When the last message came whose signature is wrong.
    last_bad: Option<Timestamp>,
    /// The last message could not be stored.
    not_stored: bool,
    skew: Skew,
}

/// How all connections stand.
#[derive(Debug, Default)]
pub(crate) struct Board(Mutex<BTreeMap<ConnectionId, Entry>>);

impl Board {
    /// Puts a connection on the board.
    pub(crate) fn add(&self, connection: &ConnectionId, make: Make, capability: &Capability) {
        let capability = CapabilityView {
            originate: capability.originate,
            answer: capability.answer,
            hangup: capability.hangup,
            recordings: capability.recordings,
        };
        let entry = Entry {
            make,
            capability,
            sessions: BTreeMap::new(),
            gaps: Gaps::default(),
            heard_at: None,
            bad_signatures: 0,
            last_bad: None,
            not_stored: false,
            skew: Skew::default(),
        };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(connection.clone(), entry);
    }

    /// Sets how a session stands (`""` for a connection without sessions); says whether that is news.
    pub(crate) fn set(&self, connection: &ConnectionId, session: &str, standing: Standing) -> bool {
        self.change(connection, |entry| entry.sessions.insert(session.to_owned(), standing) != Some(standing))
    }

    /// Takes a session off the board; says whether it was on it.
    pub(crate) fn forget(&self, connection: &ConnectionId, session: &str) -> bool {
        self.change(connection, |entry| entry.sessions.remove(session).is_some())
    }

    /// An authentic message came, and nothing of it was lost.
    pub(crate) fn heard(&self, connection: &ConnectionId, at: Timestamp) -> bool {
        self.change(connection, |entry| {
            entry.heard_at = entry.heard_at.max(Some(at));
            let news = std::mem::take(&mut entry.bad_signatures) >= BAD_SIGNATURES_SHOWN;
            let news = std::mem::take(&mut entry.not_stored) || news;
            entry.sessions.insert(String::new(), Standing::of(ConnectionState::Live))
                != Some(Standing::of(ConnectionState::Live))
                || news
        })
    }

    /// When the last authentic message came.
    pub(crate) fn heard_at(&self, connection: &ConnectionId) -> Option<Timestamp> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(connection)?.heard_at
    }

    /// A message was refused. What is posted to a make that posts nothing says nothing of a key.
    pub(crate) fn refused(&self, connection: &ConnectionId, refusal: &VerifyError, at: Timestamp) -> bool {
        if *refusal == VerifyError::NoWebhooks {
            return false;
        }
        self.change(connection, |entry| {
            if entry.bad_signatures_faded(at) {
                entry.bad_signatures = 0;
            }
            entry.bad_signatures = entry.bad_signatures.saturating_add(1);
            entry.last_bad = Some(at);
            entry.bad_signatures == BAD_SIGNATURES_SHOWN
        })
    }

    /// Forgets wrong signatures that are long past; says whether they were shown.
    pub(crate) fn let_bad_signatures_fade(&self, connection: &ConnectionId, now: Timestamp) -> bool {
        self.change(connection, |entry| {
            entry.bad_signatures_faded(now) && std::mem::take(&mut entry.bad_signatures) >= BAD_SIGNATURES_SHOWN
        })
    }

    /// An authentic message came that could not be stored: shown until one was.
    pub(crate) fn not_stored(&self, connection: &ConnectionId) -> bool {
        self.change(connection, |entry| !std::mem::replace(&mut entry.not_stored, true))
    }

    /// Events of a session may be missing since then; says whether the log is to be told.
    pub(crate) fn open_gap(&self, connection: &ConnectionId, session: &str, since: Timestamp) -> bool {
        self.change(connection, |entry| entry.gaps.open(session, since))
    }

    /// A session's events are complete again, but for what lies before `hole_until`.
    pub(crate) fn close_gap(
        &self,
        connection: &ConnectionId,
        session: &str,
        hole_until: Option<Timestamp>,
    ) -> Option<Closed> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Some(entries.get_mut(connection)?.gaps.close(session, hole_until))
    }

    /// Whether events of this session may be missing.
    pub(crate) fn has_gap(&self, connection: &ConnectionId, session: &str) -> bool {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.get(connection).is_some_and(|entry| entry.gaps.is_open(session))
    }

    /// A live event was received then, and its PBX wrote this time on it; says whether a warning comes or goes.
    pub(crate) fn clock(&self, connection: &ConnectionId, received_at: Timestamp, vendor: Timestamp) -> bool {
        self.change(connection, |entry| {
            let warned = entry.skew.warning_ms().is_some();
            entry.skew.saw(received_at, vendor);
            entry.skew.warning_ms().is_some() != warned
        })
    }

    /// Where a connection stands.
    pub(crate) fn state(&self, connection: &ConnectionId) -> Option<ConnectionState> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.get(connection).map(|entry| entry.worst().state)
    }

    /// All connections as this viewer sees them.
    pub(crate) fn views(&self, viewer: &Viewer) -> Vec<ConnectionView> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.iter().map(|(id, entry)| entry.view(id, viewer)).collect()
    }

    /// One connection as this viewer sees it.
    pub(crate) fn view(&self, connection: &ConnectionId, viewer: &Viewer) -> Option<ConnectionView> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.get(connection).map(|entry| entry.view(connection, viewer))
    }

    fn change(&self, connection: &ConnectionId, change: impl FnOnce(&mut Entry) -> bool) -> bool {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.get_mut(connection).is_some_and(change)
    }
}

/// One wrong signature may be anybody's; so many without a right one between are a wrong key.
const BAD_SIGNATURES_SHOWN: u32 = 3;
/// After so long without another one they tell nothing of today.
const BAD_SIGNATURES_FADE: SignedDuration = SignedDuration::from_mins(10);

impl Entry {
    fn view(&self, id: &ConnectionId, viewer: &Viewer) -> ConnectionView {
        let shown = self.shown();
        ConnectionView {
            id: id.clone(),
            make: self.make.to_string(),
            title: Some(self.make.title().to_owned()),
            state: shown.state,
            cause: shown.cause,
            drained: self.sessions.values().map(|session| session.drained).sum(),
            gap_since: self.gaps.since(),
            capability: self.capability,
            extension: viewer.extensions.iter().find(|own| own.connection == *id).map(|own| own.extension.clone()),
            clock_skew_ms: self.skew.warning_ms(),
        }
    }

    /// As its worst session stands, with what is wrong on our side or in what comes to us.
    fn shown(&self) -> Standing {
        if self.not_stored {
            return Standing::down(DownCause::Storage);
        }
        let worst = self.worst();
        let bad_signatures = (self.bad_signatures >= BAD_SIGNATURES_SHOWN).then_some(DownCause::BadSignatures);
        Standing { cause: worst.cause.or(bad_signatures), ..worst }
    }

    fn bad_signatures_faded(&self, now: Timestamp) -> bool {
        self.last_bad.is_some_and(|last| now.duration_since(last) >= BAD_SIGNATURES_FADE)
    }

    /// A connection stands as its worst session does.
    fn worst(&self) -> Standing {
        let badness = |standing: &Standing| match standing.state {
            ConnectionState::Live => 0,
            ConnectionState::Waiting => 1,
            ConnectionState::Draining => 2,
            ConnectionState::Connecting => 3,
            ConnectionState::Down => 4,
        };
        self.sessions.values().copied().max_by_key(badness).unwrap_or(Standing::of(ConnectionState::Connecting))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    fn board() -> (Board, ConnectionId) {
        let (board, id) = (Board::default(), "rt1".parse().expect("valid"));
        board.add(&id, Make::Rostelecom, &Capability::default());
        board.set(&id, "", Standing::of(ConnectionState::Live));
        (board, id)
    }

    fn shown(board: &Board, id: &ConnectionId) -> (ConnectionState, Option<DownCause>) {
        let entries = board.0.lock().expect("unpoisoned");
        let shown = entries.get(id).expect("is on the board").shown();
        (shown.state, shown.cause)
    }

    #[test]
    fn wrong_signatures_are_shown_until_they_are_long_past() {
        let (board, id) = board();
        let wrong: Vec<bool> = (0..4).map(|second| board.refused(&id, &VerifyError::Mismatch, at(second))).collect();
        assert_eq!(wrong, [false, false, true, false], "news once");
        assert_eq!(shown(&board, &id), (ConnectionState::Live, Some(DownCause::BadSignatures)));
        assert!(!board.let_bad_signatures_fade(&id, at(602)));
        assert!(board.let_bad_signatures_fade(&id, at(603)));
        assert_eq!(shown(&board, &id), (ConnectionState::Live, None));
        assert!(!board.refused(&id, &VerifyError::Mismatch, at(2_000)), "counted anew");
    }

    #[test]
    fn strangers_cannot_blame_a_make_that_posts_nothing() {
        let (board, id) = board();
        for second in 0..5 {
            assert!(!board.refused(&id, &VerifyError::NoWebhooks, at(second)));
        }
        assert_eq!(shown(&board, &id), (ConnectionState::Live, None));
    }

    #[test]
    fn what_could_not_be_stored_is_shown_until_something_is() {
        let (board, id) = board();
        assert!(board.not_stored(&id));
        assert!(!board.not_stored(&id), "no news");
        board.set(&id, "", Standing::of(ConnectionState::Waiting));
        assert_eq!(shown(&board, &id), (ConnectionState::Down, Some(DownCause::Storage)), "a good look stores nothing");
        assert!(board.heard(&id, at(1)));
        assert_eq!(shown(&board, &id), (ConnectionState::Live, None));
    }
}
