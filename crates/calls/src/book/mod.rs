//! The fold of one connection's log into calls.
//!
//! What the PBX said of a call is kept as evidence, in which the order of arrival does not matter (`evidence`). The call is
//! derived from it (`derive`): its legs by the table of transitions, its state from the legs, its result at the end. So messages
//! that come twice, late or out of order end in the same call.

mod apply;
mod commands;
mod consultation;
mod decisions;
mod derive;
mod derived_leg;
mod evidence;
mod expectation;
mod inferred_end;
mod join;
mod legs;
mod low_watermark;
mod on_time;
mod origin;
mod record;
mod restore;
mod result;
mod ring_attempt;
mod sent_command;
mod settings;
mod state;
mod stitch;
mod timers;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;

pub use self::settings::BookSettings;
use self::{low_watermark::LowWatermark, on_time::ConnectionZone, record::Record, sent_command::SentCommand};
use crate::{
    call::Call,
    event::{CommandState, Decision, LogEvent, Stored, Timer},
    id::{CallId, CommandId, ConnectionId},
};

/// What a log entry changed.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "nearly every change is a call, and it is passed on at once")]
pub enum Change {
    /// A call, whole, in its new state. Preferred only when something of it differs.
    Call(Call),
    /// `from` is now known by its vendor's id; `to` holds everything. Preferred before the call itself.
    Redirect {
        /// The id of the command's call, or of a callback's other leg.
        from: CallId,
        /// The id that rules from now on.
        to: CallId,
    },
    /// A command moved.
    Command {
        /// Which.
        id: CommandId,
        /// The call that it started or acts on.
        call: CallId,
        /// Where it stands now.
        state: CommandState,
        /// The PBX's words, if any.
        detail: Option<String>,
    },
}

/// One connection's open calls, pending commands and tombstones.
#[derive(Debug, Clone)]
pub struct Book {
    connection: ConnectionId,
    settings: BookSettings,
    records: BTreeMap<CallId, Record>,
    /// Those that are not ended.
    open: BTreeSet<CallId>,
    /// From a command's call, or a callback's other leg, to the call that it turned out to be.
    redirects: HashMap<CallId, CallId>,
    commands: BTreeMap<CommandId, SentCommand>,
    deadlines: BTreeSet<(Timestamp, Timer)>,
    low_watermark: LowWatermark,
    /// Log places of the gaps that are open, by the session that each is of; `None` is the whole connection.
    gaps: BTreeMap<Option<String>, u64>,
    zone: ConnectionZone,
    /// Log place from which on the vendor's zone is settled.
    zone_chosen: Option<u64>,
}

impl Book {
    /// An empty book.
    pub fn new(connection: ConnectionId, settings: BookSettings) -> Self {
        Self {
            connection,
            settings,
            records: BTreeMap::new(),
            open: BTreeSet::new(),
            redirects: HashMap::new(),
            commands: BTreeMap::new(),
            deadlines: BTreeSet::new(),
            low_watermark: LowWatermark::default(),
            gaps: BTreeMap::new(),
            zone: ConnectionZone::default(),
            zone_chosen: None,
        }
    }

    /// What is peculiar to the make has changed, as how often it is asked: what is open waits as long as that says.
    pub fn change_settings(&mut self, settings: BookSettings) {
        self.settings = settings;
        for record in self.records.values_mut() {
            timers::arm(record, &self.settings, &mut self.deadlines);
        }
    }

    /// Takes one log entry in and says what it changed. Pure: the same entries give the same changes.
    ///
    /// Before an event of a call that the book does not hold ([`Book::holds`]) and that the log knows, that call must
    /// be brought back with [`Book::restore`]; so, too, when the book is rebuilt from [`Book::floor`].
    pub fn apply(&mut self, stored: &Stored) -> Vec<Change> {
        let mut changes = Vec::new();
        match &stored.event {
            LogEvent::Vendor(event) => self.vendor(stored, event, &mut changes),
            LogEvent::Command(command) => self.command(stored, command, &mut changes),
            LogEvent::Answer(answer) => self.answer(stored, answer, &mut changes),
            LogEvent::Decision(decision) => self.decision(stored, decision, &mut changes),
        }
        changes
    }

    /// The next moment at which the book wants to be told [`crate::Decision::TimerFired`].
    pub fn next_deadline(&self) -> Option<(Timestamp, Timer)> {
        self.deadlines.first().cloned()
    }

    /// Whether the book holds this call, open or as a tombstone. A straggler for a call that it does not hold is
    /// applied after the call's own log entries were applied again ([`Book::restore`]).
    pub fn holds(&self, call: &CallId) -> bool {
        self.record(call).is_some()
    }

    /// The call, if held; follows redirects.
    pub fn call(&self, id: &CallId) -> Option<&Call> {
        self.record(id)?.call.as_ref()
    }

    /// All calls that are not ended, oldest first.
    pub fn open_calls(&self) -> impl Iterator<Item = &Call> {
        let mut calls: Vec<&Call> = self.open.iter().filter_map(|id| self.records.get(id)?.call.as_ref()).collect();
        calls.sort_by(|a, b| a.started_at.cmp(&b.started_at).then_with(|| a.id.cmp(&b.id)));
        calls.into_iter()
    }

    /// The calls that it holds by their vendors' ids, open ones and tombstones.
    pub fn held(&self) -> impl Iterator<Item = (&str, bool)> {
        self.records.values().filter_map(|record| Some((record.vendor_call.as_deref()?, !record.is_ended())))
    }

    /// Where a command stands, while it or its call is held.
    pub fn command_state(&self, id: CommandId) -> Option<CommandState> {
        self.commands.get(&id).map(|asked| asked.state)
    }

    /// The call that an entry is about, that of a command's answer and timer included ([`LogEvent::subject`]).
    pub fn subject(&self, event: &LogEvent) -> Option<CallId> {
        let command = match event {
            LogEvent::Answer(answer) => Some(answer.command()),
            LogEvent::Decision(Decision::TimerFired { timer: Timer::NotConfirmed { command } }) => Some(*command),
            LogEvent::Vendor(_) | LogEvent::Command(_) | LogEvent::Decision(_) => None,
        };
        let acts_on = command.and_then(|command| self.commands.get(&command)).filter(|asked| asked.acts());
        acts_on.map(|asked| asked.call.clone()).or_else(|| event.subject(&self.connection))
    }

    /// The lowest log place that a rebuild of what is held needs; `None` when nothing is held. A rebuild from there
    /// begins with [`Book::settle_zone`], if the zone was chosen, and [`Book::reopen_gap`] for each gap that is open.
    pub fn floor(&self) -> Option<u64> {
        self.low_watermark.lowest()
    }

    /// The log places of the gaps that are open, by the session that each is of.
    pub fn open_gaps(&self) -> impl Iterator<Item = (Option<&str>, u64)> {
        self.gaps.iter().map(|(session, opened_at)| (session.as_deref(), *opened_at))
    }

    /// A gap was opened at this log place, which a rebuild may not reach.
    pub fn reopen_gap(&mut self, session: Option<String>, opened_at: u64) {
        self.gaps.entry(session).or_insert(opened_at);
    }

    /// The log place of [`crate::Decision::ZoneChosen`], once it was told.
    pub fn zone_chosen(&self) -> Option<u64> {
        self.zone_chosen
    }

    /// The zone was chosen at this log place, which a rebuild may not reach.
    pub fn settle_zone(&mut self, chosen_at: u64) {
        self.zone_chosen.get_or_insert(chosen_at);
    }

    fn resolve<'a>(&'a self, id: &'a CallId) -> &'a CallId {
        self.redirects.get(id).unwrap_or(id)
    }

    fn record(&self, id: &CallId) -> Option<&Record> {
        self.records.get(self.resolve(id))
    }

    /// Derives a call anew after something of it was told, sets its timers, and says so if it changed.
    fn refresh(&mut self, id: &CallId, changes: &mut Vec<Change>) {
        let Some(record) = self.records.get_mut(id) else { return };
        let changed = record.refresh(&self.connection, &self.settings);
        if record.call.is_some() && !record.is_ended() {
            self.open.insert(id.clone());
        } else {
            self.open.remove(id);
        }
        timers::arm(record, &self.settings, &mut self.deadlines);
        changes.extend(changed.map(Change::Call));
    }

    /// Takes a call out of the book, with all that points at it but its commands and redirects.
    fn take(&mut self, id: &CallId) -> Option<Record> {
        let record = self.records.remove(id)?;
        self.open.remove(id);
        for deadline in &record.armed {
            self.deadlines.remove(deadline);
        }
        if let Some(floor) = record.floor {
            self.low_watermark.release(floor);
        }
        Some(record)
    }
}
