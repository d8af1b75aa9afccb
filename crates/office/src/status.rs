//! How the office's connections stand, for the screens.

use std::{
    collections::{BTreeMap, btree_map::Entry as MapEntry},
    sync::{Arc, Mutex, PoisonError},
};

use calls::ConnectionId;
use jiff::{SignedDuration, Timestamp};
use link::wire::{CapabilityView, ConnectionState, ConnectionView, DownCause, Role};
use pbx::{Capability, Make, VerifyError};

use crate::{clock::Clock, settings::Viewer, skew::Skew};

/// How one session, or a connection without sessions, stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SessionStatus {
    /// Where it stands.
    pub(crate) state: ConnectionState,
    /// Why it is down.
    pub(crate) cause: Option<DownCause>,
    /// Missed events fetched so far.
    pub(crate) drained: u32,
    /// The PBX refuses it for good: somebody must change something first.
    pub(crate) is_refused: bool,
    /// What is wrong with it, in words, where it is not the whole connection's state.
    pub(crate) detail: Option<String>,
}

impl SessionStatus {
    /// In this state, without a cause.
    pub(crate) fn of(state: ConnectionState) -> Self {
        Self { state, cause: None, drained: 0, is_refused: false, detail: None }
    }

    /// Down for this reason.
    pub(crate) fn down(cause: DownCause) -> Self {
        Self { cause: Some(cause), ..Self::of(ConnectionState::Down) }
    }
}

/// One connection.
#[derive(Debug, Clone)]
struct Entry {
    make: Make,
    capability: CapabilityView,
    sessions: BTreeMap<String, SessionStatus>,
    /// Sessions whose events may be missing, each since then.
    gaps: BTreeMap<String, Timestamp>,
    /// When the last authentic message came.
    heard_at: Option<Timestamp>,
    bad_signatures: u32,
    /// When the last message came whose signature is wrong.
    last_bad: Option<Timestamp>,
    /// The last message could not be stored.
    not_stored: bool,
    skew: Skew,
    /// The state of the whole connection, and since when it is that.
    state_since: (ConnectionState, Timestamp),
}

/// How a connection stands now, for scripts.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionStatus {
    /// Which.
    pub id: ConnectionId,
    /// The make's name.
    pub pbx: String,
    /// Where it stands.
    pub state: ConnectionState,
    /// Since when.
    pub since: Timestamp,
    /// Why it is down, as a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<DownCause>,
    /// What is wrong with single sessions, in words, where that is not the connection's state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What it can do.
    pub capability: CapabilityView,
    /// How far the vendor's clock is ahead of ours, when that is worth a warning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_ahead_ms: Option<i64>,
}

/// How all connections stand.
pub(crate) struct Board {
    entries: Mutex<BTreeMap<ConnectionId, Entry>>,
    clock: Arc<dyn Clock>,
}

impl Board {
    /// An empty one.
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { entries: Mutex::default(), clock }
    }

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
            heard_at: None,
            bad_signatures: 0,
            last_bad: None,
            not_stored: false,
            skew: Skew::default(),
            state_since: (ConnectionState::Connecting, self.clock.now()),
        };
        let entry = Entry { state_since: (entry.shown(&[]).state, entry.state_since.1), ..entry };
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).insert(connection.clone(), entry);
    }

    /// Sets how a session stands (`""` for a connection without sessions); says whether that is news.
    pub(crate) fn set(&self, connection: &ConnectionId, session: &str, status: SessionStatus) -> bool {
        self.change(connection, |entry| {
            entry.sessions.insert(session.to_owned(), status.clone()).is_none_or(|before| before != status)
        })
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
            entry.sessions.insert(String::new(), SessionStatus::of(ConnectionState::Live))
                != Some(SessionStatus::of(ConnectionState::Live))
                || news
        })
    }

    /// Whether the PBX refuses this session for good.
    pub(crate) fn is_refused(&self, connection: &ConnectionId, session: &str) -> bool {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.get(connection).and_then(|entry| entry.sessions.get(session)).is_some_and(|status| status.is_refused)
    }

    /// When the last authentic message came.
    pub(crate) fn heard_at(&self, connection: &ConnectionId) -> Option<Timestamp> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).get(connection)?.heard_at
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
        self.change(connection, |entry| match entry.gaps.entry(session.to_owned()) {
            MapEntry::Vacant(gap) => {
                gap.insert(since);
                true
            }
            MapEntry::Occupied(_) => false,
        })
    }

    /// A session's events are complete again.
    pub(crate) fn close_gap(&self, connection: &ConnectionId, session: &str) {
        self.change(connection, |entry| entry.gaps.remove(session).is_some());
    }

    /// Whether events of this session may be missing.
    pub(crate) fn has_gap(&self, connection: &ConnectionId, session: &str) -> bool {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.get(connection).is_some_and(|entry| entry.gaps.contains_key(session))
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
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.get(connection).map(|entry| entry.worst(&[]).state)
    }

    /// All connections as this viewer sees them.
    pub(crate) fn views(&self, viewer: &Viewer) -> Vec<ConnectionView> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.iter().map(|(id, entry)| entry.view(id, viewer)).collect()
    }

    /// How all connections stand, for scripts of this viewer.
    pub(crate) fn statuses(&self, viewer: &Viewer) -> Vec<ConnectionStatus> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let status = |(id, entry): (&ConnectionId, &Entry)| {
            let view = entry.view(id, viewer);
            ConnectionStatus {
                id: view.id,
                pbx: view.make,
                state: view.state,
                since: entry.state_since.1,
                cause: view.cause,
                detail: view.detail,
                capability: view.capability,
                clock_ahead_ms: view.clock_skew_ms,
            }
        };
        entries.iter().map(status).collect()
    }

    /// One connection as this viewer sees it.
    pub(crate) fn view(&self, connection: &ConnectionId, viewer: &Viewer) -> Option<ConnectionView> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.get(connection).map(|entry| entry.view(connection, viewer))
    }

    fn change(&self, connection: &ConnectionId, change: impl FnOnce(&mut Entry) -> bool) -> bool {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(entry) = entries.get_mut(connection) else { return false };
        let has_changed = change(entry);
        let state = entry.shown(&[]).state;
        if entry.state_since.0 != state {
            entry.state_since = (state, self.clock.now());
        }
        has_changed
    }
}

/// One wrong signature may be anybody's; so many without a right one between are a wrong key.
const BAD_SIGNATURES_SHOWN: u32 = 3;
/// After so long without another one they tell nothing of today.
const BAD_SIGNATURES_FADE: SignedDuration = SignedDuration::from_mins(10);

impl Entry {
    fn view(&self, id: &ConnectionId, viewer: &Viewer) -> ConnectionView {
        let own = viewer.extensions.iter().filter(|own| own.connection == *id).map(|own| own.extension.as_str());
        let own: Vec<&str> = own.collect();
        // An agent is shown how his own sessions stand, whoever looks after others how the connection does.
        let his = if viewer.role == Role::Agent { own.as_slice() } else { &[] };
        let shown = self.shown(his);
        ConnectionView {
            id: id.clone(),
            make: self.make.to_string(),
            title: Some(self.make.title().to_owned()),
            state: shown.state,
            cause: shown.cause,
            detail: self.detail(viewer.role, &own),
            refused: self.refused(viewer.role, &own),
            drained: self.those_of(his).map(|(_, session)| session.drained).sum(),
            gap_since: self.gap_since(his),
            capability: self.capability,
            extension: own.first().map(|own| (*own).to_owned()),
            clock_skew_ms: self.skew.warning_ms(),
        }
    }

    /// These sessions, or all if none of them is kept. One that is refused is left out as long as others are not:
    /// those who work are not to see the connection as down.
    fn those_of<'a>(&'a self, extensions: &[&str]) -> impl Iterator<Item = (&'a str, &'a SessionStatus)> {
        let is_his = |name: &str| extensions.contains(&name);
        let has_own = self.sessions.keys().any(|name| is_his(name));
        let all = self.sessions.iter().map(|(name, session)| (name.as_str(), session));
        let his: Vec<_> = all.filter(|(name, _)| !has_own || is_his(name)).collect();
        let all_refused = his.iter().all(|(_, session)| session.is_refused);
        his.into_iter().filter(move |(_, session)| all_refused || !session.is_refused)
    }

    /// Since when events of these sessions may be missing.
    fn gap_since(&self, extensions: &[&str]) -> Option<Timestamp> {
        let of_sessions = self.those_of(extensions).filter_map(|(name, _)| self.gaps.get(name));
        of_sessions.chain(self.gaps.get("")).min().copied()
    }

    /// The sessions of which one is told singly: an agent of his own alone, also where he has none.
    fn concerning<'a>(&'a self, role: Role, own: &[&str]) -> impl Iterator<Item = (&'a String, &'a SessionStatus)> {
        let concerns = move |name: &str| role != Role::Agent || own.contains(&name);
        self.sessions.iter().filter(move |(name, _)| concerns(name))
    }

    /// What is wrong with single sessions, in words.
    fn detail(&self, role: Role, own: &[&str]) -> Option<String> {
        let of = |(name, session): (&String, &SessionStatus)| {
            let detail = session.detail.as_ref()?;
            Some(if name.is_empty() { detail.clone() } else { format!("{name}: {detail}") })
        };
        let details: Vec<String> = self.concerning(role, own).filter_map(of).collect();
        (!details.is_empty()).then(|| details.join("; "))
    }

    /// The extensions whose sessions the PBX refuses.
    fn refused(&self, role: Role, own: &[&str]) -> Vec<String> {
        self.concerning(role, own).filter(|(_, session)| session.is_refused).map(|(name, _)| name.clone()).collect()
    }

    /// As the worst of these sessions stands, with what is wrong on our side or in what comes to us.
    fn shown(&self, extensions: &[&str]) -> SessionStatus {
        if self.not_stored {
            return SessionStatus::down(DownCause::Storage);
        }
        let worst = self.worst(extensions);
        let bad_signatures = (self.bad_signatures >= BAD_SIGNATURES_SHOWN).then_some(DownCause::BadSignatures);
        SessionStatus { cause: worst.cause.or(bad_signatures), ..worst }
    }

    fn bad_signatures_faded(&self, now: Timestamp) -> bool {
        self.last_bad.is_some_and(|last| now.duration_since(last) >= BAD_SIGNATURES_FADE)
    }

    /// The worst of these sessions.
    fn worst(&self, extensions: &[&str]) -> SessionStatus {
        let badness = |status: &&SessionStatus| match status.state {
            ConnectionState::Live => 0,
            ConnectionState::Waiting => 1,
            ConnectionState::Draining => 2,
            ConnectionState::Connecting => 3,
            ConnectionState::Down => 4,
        };
        let worst = self.those_of(extensions).map(|(_, session)| session).max_by_key(badness);
        worst.cloned().unwrap_or(SessionStatus::of(ConnectionState::Connecting))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    fn board() -> (Board, ConnectionId) {
        let (board, id) = (Board::new(Arc::new(SystemClock)), "rt1".parse().expect("valid"));
        board.add(&id, Make::Rostelecom, &Capability::default());
        board.set(&id, "", SessionStatus::of(ConnectionState::Live));
        (board, id)
    }

    fn shown(board: &Board, id: &ConnectionId) -> (ConnectionState, Option<DownCause>) {
        let entries = board.entries.lock().expect("unpoisoned");
        let shown = entries.get(id).expect("is on the board").shown(&[]);
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
        board.set(&id, "", SessionStatus::of(ConnectionState::Waiting));
        assert_eq!(shown(&board, &id), (ConnectionState::Down, Some(DownCause::Storage)), "a good look stores nothing");
        assert!(board.heard(&id, at(1)));
        assert_eq!(shown(&board, &id), (ConnectionState::Live, None));
    }

    fn viewer(role: Role, extension: &str, connection: &ConnectionId) -> Viewer {
        let own = link::wire::ExtensionRef { connection: connection.clone(), extension: extension.to_owned() };
        Viewer {
            id: extension.to_owned(),
            name: extension.to_owned(),
            role,
            extensions: vec![own],
            groups: Vec::new(),
            rights: String::new(),
        }
    }

    #[test]
    fn one_extension_that_is_refused_is_no_connection_that_is_down() {
        let (board, id) = (Board::new(Arc::new(SystemClock)), "m1".parse().expect("valid"));
        board.add(&id, Make::MangoClient, &Capability::default());
        board.set(&id, "101", SessionStatus::of(ConnectionState::Live));
        let detail = Some("the PBX has no user with this extension".to_owned());
        let down = SessionStatus::down(DownCause::Protocol);
        let refused = SessionStatus { is_refused: true, detail, ..down };
        assert!(board.set(&id, "103", refused.clone()));
        assert!(!board.set(&id, "103", refused), "the next try is no news");
        board.open_gap(&id, "103", at(1));
        let view = |role, extension| board.view(&id, &viewer(role, extension, &id)).expect("is on the board");
        let worker = view(Role::Agent, "101");
        assert_eq!((worker.state, worker.gap_since, worker.detail), (ConnectionState::Live, None, None));
        assert_eq!(worker.refused, [""; 0]);
        let his = view(Role::Agent, "103");
        assert_eq!((his.state, his.cause), (ConnectionState::Down, Some(DownCause::Protocol)));
        assert_eq!(his.gap_since, Some(at(1)));
        let manager = view(Role::Manager, "101");
        assert_eq!((manager.state, manager.gap_since), (ConnectionState::Live, None));
        assert_eq!(manager.detail.as_deref(), Some("103: the PBX has no user with this extension"));
        assert_eq!((his.refused, manager.refused), (vec!["103".to_owned()], vec!["103".to_owned()]));
        board.forget(&id, "101");
        assert_eq!(view(Role::Manager, "101").state, ConnectionState::Down, "nobody is left who works");
    }
}
