//! How the office's connections stand, for the screens.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use calls::ConnectionId;
use jiff::Timestamp;
use link::wire::{CapabilityView, ConnectionState, ConnectionView, DownCause};
use pbx::{Capability, Make};

use crate::{settings::Viewer, skew::Skew};

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
    /// Sessions whose events may be missing, each since then.
    gaps: BTreeMap<String, Timestamp>,
    /// Under which moment the gap that is open now was logged.
    gap_logged: Option<Timestamp>,
    bad_signatures: u32,
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
            gaps: BTreeMap::new(),
            gap_logged: None,
            bad_signatures: 0,
            skew: Skew::default(),
        };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(connection.clone(), entry);
    }

    /// Sets how a session stands (`""` for a connection without sessions); says whether that is news.
    pub(crate) fn set(&self, connection: &ConnectionId, session: &str, standing: Standing) -> bool {
        self.change(connection, |entry| entry.sessions.insert(session.to_owned(), standing) != Some(standing))
    }

    /// An authentic message came.
    pub(crate) fn heard(&self, connection: &ConnectionId) -> bool {
        self.change(connection, |entry| {
            let news = std::mem::take(&mut entry.bad_signatures) >= BAD_SIGNATURES_SHOWN;
            entry.sessions.insert(String::new(), Standing::of(ConnectionState::Live))
                != Some(Standing::of(ConnectionState::Live))
                || news
        })
    }

    /// A message came whose signature is wrong.
    pub(crate) fn refused(&self, connection: &ConnectionId) -> bool {
        self.change(connection, |entry| {
            entry.bad_signatures = entry.bad_signatures.saturating_add(1);
            entry.bad_signatures == BAD_SIGNATURES_SHOWN
        })
    }

    /// Events of a session may be missing since then; says whether that is the connection's first open gap.
    pub(crate) fn open_gap(&self, connection: &ConnectionId, session: &str, since: Timestamp) -> bool {
        self.change(connection, |entry| {
            let first = entry.gaps.is_empty();
            entry.gaps.insert(session.to_owned(), since);
            if first {
                entry.gap_logged = Some(since);
            }
            first
        })
    }

    /// A session's events are complete again; answers under which moment the gap was logged, if it was the
    /// connection's last one.
    pub(crate) fn close_gap(&self, connection: &ConnectionId, session: &str) -> Option<Timestamp> {
        let mut since = None;
        self.change(connection, |entry| {
            if entry.gaps.remove(session).is_some() && entry.gaps.is_empty() {
                since = entry.gap_logged.take();
            }
            since.is_some()
        });
        since
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

impl Entry {
    fn view(&self, id: &ConnectionId, viewer: &Viewer) -> ConnectionView {
        let worst = self.worst();
        let cause = worst.cause.or((self.bad_signatures >= BAD_SIGNATURES_SHOWN).then_some(DownCause::BadSignatures));
        ConnectionView {
            id: id.clone(),
            make: self.make.to_string(),
            title: Some(self.make.title().to_owned()),
            state: worst.state,
            cause,
            drained: self.sessions.values().map(|session| session.drained).sum(),
            gap_since: self.gaps.values().min().copied(),
            capability: self.capability,
            extension: viewer.extensions.iter().find(|own| own.connection == *id).map(|own| own.extension.clone()),
            clock_skew_ms: self.skew.warning_ms(),
        }
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
