//! How the office's connections stand, for the screens.

mod report;
mod session;

use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry as MapEntry},
    sync::{Arc, Mutex, PoisonError},
};

use calls::{Abilities, ConnectionId, VendorEvent};
use jiff::{SignedDuration, Timestamp};
use link::wire::{Balance, ConnectionState, ConnectionView, ConnectionWarning, DownCause, Role};
use pbx::{Capability, Make, VerifyError};

pub(crate) use session::SessionStatus;

use crate::{
    clock::Clock,
    holes::Holes,
    settings::Viewer,
    setup::titles,
    skew::{Skew, TimeFault},
    trial_mode::TrialModes,
    warnings::Warnings,
};

/// One connection.
#[derive(Debug, Clone)]
struct Entry {
    make: Make,
    /// What the make's description says that it can do.
    abilities: Abilities,
    /// What the PBX said that may be asked, by session (`""`: the whole connection).
    rights: BTreeMap<String, Abilities>,
    sessions: BTreeMap<String, SessionStatus>,
    /// Sessions whose events may be missing, each since then.
    gaps: BTreeMap<String, Timestamp>,
    /// Times of which calls are missing for good.
    holes: Holes,
    /// What is left on the account, where its PBX tells that.
    balance: Option<Balance>,
    /// When the last authentic message came.
    heard_at: Option<Timestamp>,
    bad_signatures: u32,
    /// When the last message came whose signature is wrong.
    last_bad: Option<Timestamp>,
    /// The last message could not be stored.
    not_stored: bool,
    /// What the log holds cannot be shown just now, because an older part of a call cannot be read.
    cannot_read: bool,
    /// Calls of which entries can never be read by this version.
    unread_calls: usize,
    skew: Skew,
    /// Lines on which calls came and that the settings do not list.
    unlisted_lines: BTreeSet<String>,
    /// What the log of the program has said of this connection already.
    logged: BTreeSet<ConnectionWarning>,
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
    /// What else is wrong with it, as codes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<ConnectionWarning>,
    /// What is wrong with single sessions or with its settings, in words, where that is not the connection's state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What it can do.
    pub capability: Abilities,
    /// How far the vendor's clock is ahead of ours, when that is worth a warning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_ahead_ms: Option<i64>,
}

/// How all connections stand.
pub(crate) struct Board {
    entries: Mutex<BTreeMap<ConnectionId, Entry>>,
    /// Which connections are in trial mode.
    pub(crate) trials: TrialModes,
    clock: Arc<dyn Clock>,
}

impl Board {
    /// An empty one.
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { entries: Mutex::default(), trials: TrialModes::default(), clock }
    }

    /// Puts a connection on the board.
    pub(crate) fn add(&self, connection: &ConnectionId, make: Make, capability: &Capability) {
        let entry = Entry {
            make,
            abilities: capability.abilities,
            rights: BTreeMap::new(),
            sessions: BTreeMap::new(),
            gaps: BTreeMap::new(),
            holes: Holes::default(),
            balance: None,
            heard_at: None,
            bad_signatures: 0,
            last_bad: None,
            not_stored: false,
            cannot_read: false,
            unread_calls: 0,
            skew: Skew::default(),
            unlisted_lines: BTreeSet::new(),
            logged: BTreeSet::new(),
            state_since: (ConnectionState::Connecting, self.clock.now()),
        };
        let entry = Entry { state_since: (entry.shown(&[]).state, entry.state_since.1), ..entry };
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).insert(connection.clone(), entry);
    }

    /// Takes a connection off the board.
    pub(crate) fn remove(&self, connection: &ConnectionId) {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).remove(connection);
    }

    /// Why a session is down, if it is.
    pub(crate) fn cause(&self, connection: &ConnectionId, session: &str) -> Option<DownCause> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).get(connection)?.sessions.get(session)?.cause
    }

    /// Sets how a session stands (`""` for a connection without sessions); says whether that is news.
    pub(crate) fn set(&self, connection: &ConnectionId, session: &str, status: SessionStatus) -> bool {
        self.change(connection, |entry| {
            entry.sessions.insert(session.to_owned(), status.clone()).is_none_or(|before| before != status)
        })
    }

    /// The PBX said what may be asked through a session (`""`: through the connection); says whether that is news.
    pub(crate) fn set_rights(&self, connection: &ConnectionId, session: &str, abilities: Abilities) -> bool {
        self.change(connection, |entry| entry.rights.insert(session.to_owned(), abilities) != Some(abilities))
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

    /// A session's events are complete again, but for those before `hole_until`; gives all holes where there is one more.
    pub(crate) fn close_gap(
        &self,
        connection: &ConnectionId,
        session: &str,
        hole_until: Option<Timestamp>,
    ) -> Option<Holes> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.get_mut(connection)?;
        let from = entry.gaps.remove(session)?;
        hole_until.is_some_and(|until| entry.holes.add(session, from, until)).then(|| entry.holes.clone())
    }

    /// The holes that earlier runs have left.
    pub(crate) fn set_holes(&self, connection: &ConnectionId, holes: Holes) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = entries.get_mut(connection) {
            entry.holes = holes;
        }
    }

    /// Since when events of this session may be missing.
    pub(crate) fn gap(&self, connection: &ConnectionId, session: &str) -> Option<Timestamp> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.get(connection)?.gaps.get(session).copied()
    }

    /// So much is left on the account; says whether that is news.
    pub(crate) fn set_balance(&self, connection: &ConnectionId, balance: Balance) -> bool {
        self.change(connection, |entry| entry.balance.replace(balance.clone()) != Some(balance))
    }

    /// Whether events of this session may be missing.
    pub(crate) fn has_gap(&self, connection: &ConnectionId, session: &str) -> bool {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.get(connection).is_some_and(|entry| entry.gaps.contains_key(session))
    }

    /// What the log holds cannot be shown just now, or can again; says whether that is news.
    pub(crate) fn cannot_read(&self, connection: &ConnectionId, cannot: bool) -> bool {
        self.change(connection, |entry| std::mem::replace(&mut entry.cannot_read, cannot) != cannot)
    }

    /// So many calls have entries that this version can never read; says whether that is news.
    pub(crate) fn unread_calls(&self, connection: &ConnectionId, count: usize) -> bool {
        self.change(connection, |entry| std::mem::replace(&mut entry.unread_calls, count) != count)
    }

    /// Live events were received then: compares the times that their PBX wrote on them with ours; says whether a warning
    /// comes or goes.
    pub(crate) fn compare_times(
        &self,
        connection: &ConnectionId,
        received_at: Timestamp,
        events: &[VendorEvent],
    ) -> bool {
        let Some(time) = events.iter().find_map(|event| event.time.as_ref()) else { return false };
        self.change(connection, |entry| {
            let before = entry.skew.fault();
            entry.skew.saw(received_at, time, entry.make);
            let fault = entry.skew.fault();
            if let Some(TimeFault::Zone { read_in, hours_ahead, fits }) = &fault
                && entry.logged.insert(ConnectionWarning::WrongZone)
            {
                let fits = fits.as_deref().unwrap_or("another zone");
                tracing::warn!(%connection, read_in, hours_ahead, fits, "the zone of a connection is wrong: its calls are dated by it");
            }
            // A median that moves a little is no news.
            let kind = |fault: &Option<TimeFault>| fault.as_ref().map(|fault| matches!(fault, TimeFault::Zone { .. }));
            kind(&before) != kind(&fault)
        })
    }

    /// A call came on a line that the settings do not list; says whether that is news.
    pub(crate) fn unlisted_line(&self, connection: &ConnectionId, line: &str) -> bool {
        self.change(connection, |entry| {
            if entry.unlisted_lines.len() >= UNLISTED_LINES || !entry.unlisted_lines.insert(line.to_owned()) {
                return false;
            }
            if entry.logged.insert(ConnectionWarning::UnlistedLine) {
                // Which line is a number, so it stands in the connection's status and not here.
                tracing::warn!(%connection, "calls come on a line that the configuration does not list");
            }
            true
        })
    }

    /// What is to be put right in the settings of each connection.
    pub(crate) fn warnings(&self) -> Vec<(ConnectionId, Warnings)> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.iter().map(|(id, entry)| (id.clone(), entry.warnings())).collect()
    }

    /// Where a connection stands.
    pub(crate) fn state(&self, connection: &ConnectionId) -> Option<ConnectionState> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.get(connection).map(|entry| entry.worst(&[]).state)
    }

    /// All connections as this viewer sees them.
    pub(crate) fn views(&self, viewer: &Viewer) -> Vec<ConnectionView> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.iter().map(|(id, entry)| self.view_of(id, entry, viewer)).collect()
    }

    /// How all connections stand, for scripts of this viewer.
    pub(crate) fn statuses(&self, viewer: &Viewer) -> Vec<ConnectionStatus> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let status = |(id, entry): (&ConnectionId, &Entry)| {
            let view = self.view_of(id, entry, viewer);
            ConnectionStatus {
                id: view.id,
                pbx: view.make,
                state: view.state,
                since: entry.state_since.1,
                cause: view.cause,
                warnings: view.warnings,
                detail: view.detail,
                capability: view.capability,
                clock_ahead_ms: entry.skew.fault().map(|fault| fault.ahead_ms()),
            }
        };
        entries.iter().map(status).collect()
    }

    /// One connection as this viewer sees it.
    pub(crate) fn view(&self, connection: &ConnectionId, viewer: &Viewer) -> Option<ConnectionView> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.get(connection).map(|entry| self.view_of(connection, entry, viewer))
    }

    fn view_of(&self, id: &ConnectionId, entry: &Entry, viewer: &Viewer) -> ConnectionView {
        ConnectionView { trial_until: self.trials.until(id, self.clock.now()), ..entry.view(id, viewer) }
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
/// Lines that are named at most: who has more of them knows.
const UNLISTED_LINES: usize = 20;
/// After so long without another one they tell nothing of today.
const BAD_SIGNATURES_FADE: SignedDuration = SignedDuration::from_mins(10);

impl Entry {
    fn view(&self, id: &ConnectionId, viewer: &Viewer) -> ConnectionView {
        let own = viewer.extensions.iter().filter(|own| own.connection == *id).map(|own| own.extension.as_str());
        let own: Vec<&str> = own.collect();
        // An agent is shown how his own sessions stand, whoever looks after others how the connection does.
        let his = if viewer.role == Role::Agent { own.as_slice() } else { &[] };
        let shown = self.shown(his);
        let warnings = self.warnings();
        ConnectionView {
            id: id.clone(),
            make: self.make.to_string(),
            titles: Some(Box::new(titles(self.make.title))),
            state: shown.state,
            cause: shown.cause,
            warnings: warnings.kinds(),
            detail: self.detail(viewer.role, &own, &warnings),
            refused: self.refused(viewer.role, &own),
            drained: self.those_of(his).map(|(_, session)| session.drained).sum(),
            gap_since: self.gap_since(his),
            holes: self.holes.of(his),
            // Money is not an agent's matter.
            balance: self.balance.clone().filter(|_| viewer.role != Role::Agent).map(Box::new),
            capability: self.abilities(&own),
            extension: own.first().map(|own| (*own).to_owned()),
            // Known to the directory, which a board has not.
            groups: Vec::new(),
            // Ours minus the vendor's, as desks have always been told it.
            clock_skew_ms: warnings.clock_ahead_ms().map(|ahead| -ahead),
            // Known to the board.
            trial_until: None,
        }
    }

    /// What may be asked by who has these extensions.
    fn abilities(&self, own: &[&str]) -> Abilities {
        let of_session = own.iter().find_map(|extension| self.rights.get(*extension));
        *of_session.or_else(|| self.rights.get("")).unwrap_or(&self.abilities)
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

    fn warnings(&self) -> Warnings {
        Warnings {
            time: self.skew.fault(),
            unlisted_lines: self.unlisted_lines.clone(),
            unread_calls: self.unread_calls,
        }
    }

    /// What is wrong with single sessions, in words; for who looks after the settings also what is to be put right there.
    fn detail(&self, role: Role, own: &[&str], warnings: &Warnings) -> Option<String> {
        let of = |(name, session): (&String, &SessionStatus)| {
            let detail = session.detail.as_ref()?;
            Some(if name.is_empty() { detail.clone() } else { format!("{name}: {detail}") })
        };
        let of_settings = if role == Role::Agent { Vec::new() } else { warnings.words() };
        let details: Vec<String> = self.concerning(role, own).filter_map(of).chain(of_settings).collect();
        (!details.is_empty()).then(|| details.join("; "))
    }

    /// The extensions whose sessions the PBX refuses.
    fn refused(&self, role: Role, own: &[&str]) -> Vec<String> {
        // A session of the whole account is no extension's: its refusal is the connection's state.
        let refused = self.concerning(role, own).filter(|(name, session)| session.is_refused && !name.is_empty());
        refused.map(|(name, _)| name.clone()).collect()
    }

    /// As the worst of these sessions stands, with what is wrong on our side or in what comes to us.
    fn shown(&self, extensions: &[&str]) -> SessionStatus {
        if self.not_stored || self.cannot_read {
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
mod tests;
