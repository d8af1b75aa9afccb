//! An office in miniature: a log, timers fired when they are due, stragglers' calls restored, a store of states.

use std::collections::{BTreeMap, HashSet};

use calls::{
    Book, BookSettings, Call, CallId, Change, Command, CommandAnswer, CommandId, CommandKind, CommandState,
    ConnectionId, Decision, Leg, LegState, LogEvent, Stored, Timer, VendorEvent,
};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// The legs of people of the office.
pub(crate) trait AgentLegs {
    fn agent_legs(&self) -> impl Iterator<Item = &Leg>;
}

impl AgentLegs for Call {
    fn agent_legs(&self) -> impl Iterator<Item = &Leg> {
        self.legs.iter().filter(|leg| leg.is_agent())
    }
}

/// The moment from which scripts count their milliseconds.
pub(crate) fn at(ms: i64) -> Timestamp {
    "2026-03-02T09:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_millis(ms)
}

pub(crate) fn connection() -> ConnectionId {
    "pbx1".parse().unwrap()
}

pub(crate) fn call_id(vendor_call: &str) -> CallId {
    CallId::of_vendor(&connection(), vendor_call)
}

pub(crate) fn command_id(number: u128) -> CommandId {
    CommandId(Uuid::from_u128(number))
}

pub(crate) fn pending_id(number: u128) -> CallId {
    CallId::of_command(&connection(), command_id(number))
}

pub(crate) fn originate(number: u128, from: &str, to: &str) -> LogEvent {
    let kind = CommandKind::Originate { from: from.into(), to: to.into(), customer_first: false };
    LogEvent::Command(Command { id: command_id(number), author: "Irina".into(), kind })
}

pub(crate) fn accepted(number: u128, vendor_call: Option<&str>) -> LogEvent {
    let vendor_call = vendor_call.map(str::to_owned);
    LogEvent::Answer(CommandAnswer::Accepted { command: command_id(number), vendor_call, doubt: None })
}

/// What is told at a moment of a script.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) ms: i64,
    pub(crate) event: LogEvent,
}

impl Entry {
    pub(crate) fn new(ms: i64, event: impl Into<Tell>) -> Self {
        Self { ms, event: event.into().0 }
    }

    pub(crate) fn is_vendor(&self) -> bool {
        matches!(self.event, LogEvent::Vendor(_))
    }
}

pub(crate) struct Tell(LogEvent);

impl From<LogEvent> for Tell {
    fn from(event: LogEvent) -> Self {
        Self(event)
    }
}

impl From<VendorEvent> for Tell {
    fn from(event: VendorEvent) -> Self {
        Self(LogEvent::Vendor(event))
    }
}

impl From<Decision> for Tell {
    fn from(decision: Decision) -> Self {
        Self(LogEvent::Decision(decision))
    }
}

impl From<CommandAnswer> for Tell {
    fn from(answer: CommandAnswer) -> Self {
        Self(LogEvent::Answer(answer))
    }
}

/// See the module.
pub(crate) struct Office {
    pub(crate) book: Book,
    settings: BookSettings,
    pub(crate) log: Vec<Stored>,
    pub(crate) calls: BTreeMap<CallId, Call>,
    pub(crate) redirects: BTreeMap<CallId, CallId>,
    pub(crate) commands: BTreeMap<CommandId, CommandState>,
    now: Timestamp,
}

impl Office {
    pub(crate) fn new(settings: BookSettings) -> Self {
        Self {
            book: Book::new(connection(), settings.clone()),
            settings,
            log: Vec::new(),
            calls: BTreeMap::new(),
            redirects: BTreeMap::new(),
            commands: BTreeMap::new(),
            now: at(0),
        }
    }

    /// As it happens: what is due fires first.
    pub(crate) fn live(settings: BookSettings, entries: &[Entry]) -> Self {
        let mut office = Self::new(settings);
        for entry in entries {
            office.wait_until(entry.ms);
            office.tell(entry.ms, entry.event.clone());
        }
        office
    }

    /// No timer fires: the entries keep their order whatever their times are.
    pub(crate) fn still(settings: BookSettings, entries: &[Entry]) -> Self {
        let mut office = Self::new(settings);
        for entry in entries {
            office.tell(entry.ms, entry.event.clone());
        }
        office
    }

    /// Fires what is due until then.
    pub(crate) fn wait_until(&mut self, ms: i64) {
        while let Some((due, timer)) = self.book.next_deadline().filter(|(due, _)| *due <= at(ms)) {
            self.fire(due, timer);
        }
        self.now = self.now.max(at(ms));
    }

    /// Fires everything that is waited for but the tombstones.
    pub(crate) fn settle(mut self) -> Self {
        while let Some((due, timer)) = self.book.next_deadline() {
            if matches!(timer, Timer::Tombstone { .. }) && self.book.open_calls().next().is_none() {
                break;
            }
            self.fire(due, timer);
        }
        self
    }

    fn fire(&mut self, due: Timestamp, timer: Timer) {
        self.now = self.now.max(due);
        self.append(self.now, LogEvent::Decision(Decision::TimerFired { timer: timer.clone() }));
        assert_ne!(self.book.next_deadline(), Some((due, timer)), "a fired timer is asked for again");
    }

    pub(crate) fn tell(&mut self, ms: i64, event: impl Into<Tell>) -> Vec<Change> {
        self.now = self.now.max(at(ms));
        self.append(at(ms), event.into().0)
    }

    fn append(&mut self, received_at: Timestamp, event: LogEvent) -> Vec<Change> {
        let seq = self.log.len() as u64 + 1;
        self.log.push(Stored { seq, connection: connection(), received_at, event });
        self.fold(self.log.len() - 1)
    }

    /// Applies a log entry; a straggler's call is brought back from the log before.
    fn fold(&mut self, place: usize) -> Vec<Change> {
        let (before, rest) = self.log.split_at(place);
        let stored = &rest[0];
        if let Some(call) = stored.event.subject(&connection()).filter(|call| !self.book.holds(call)) {
            let former = self.calls.get(&call).and_then(|known| known.redirected_from.clone());
            let is_its = |entry: &&Stored| match entry.event.subject(&connection()) {
                Some(subject) => subject == call || Some(&subject) == former.as_ref(),
                None => {
                    matches!(entry.event, LogEvent::Decision(Decision::GapOpened { .. } | Decision::GapClosed { .. }))
                }
            };
            self.book.restore(before.iter().filter(is_its));
        }
        let changes = self.book.apply(stored);
        for change in &changes {
            self.keep(change.clone());
        }
        changes
    }

    fn keep(&mut self, change: Change) {
        match change {
            Change::Call(call) => {
                if let Some(known) = self.calls.get(&call.id) {
                    assert_ne!(known, &call, "a change that changes nothing");
                    assert_terminal_absorbs(known, &call);
                }
                self.calls.insert(call.id.clone(), call);
            }
            Change::Redirect { from, to } => {
                assert!(self.calls.remove(&from).is_some(), "a redirect from what was never shown");
                self.redirects.insert(from, to);
            }
            Change::Command { id, state, .. } => {
                self.commands.insert(id, state);
            }
        }
    }

    /// Reads the log alone, without a clock.
    pub(crate) fn rebuilt(&self) -> Self {
        let mut office = Self::new(self.settings.clone());
        office.log = self.log.clone();
        for place in 0..office.log.len() {
            office.fold(place);
        }
        office
    }

    pub(crate) fn call(&self, vendor_call: &str) -> &Call {
        self.calls.get(&call_id(vendor_call)).expect("the call is known")
    }
}

/// No leg leaves a terminal state, except that a late answer turns Failed into Cleared. A phone that lost the call to
/// a colleague was told nothing itself, so its own answer may still bring it in. Where another turn of the same phone
/// turns up late, the turns are counted anew.
fn assert_terminal_absorbs(before: &Call, after: &Call) {
    let lost: HashSet<&str> = before
        .legs
        .iter()
        .filter(|leg| leg.end_cause == calls::EndCause::AnsweredElsewhere && leg.end_reason.is_none())
        .map(|leg| leg.key.as_str())
        .collect();
    let provisional = before.is_ended() && !after.is_ended();
    let phone = |leg: &calls::Leg| leg.key.split('#').next().map(str::to_owned);
    let turns = |call: &Call, of: &calls::Leg| call.legs.iter().filter(|leg| phone(leg) == phone(of)).count();
    let steady = |leg: &&calls::Leg| turns(before, leg) == turns(after, leg);
    for leg in before.legs.iter().filter(|leg| leg.state.is_terminal() && !provisional).filter(steady) {
        let Some(now) = after.legs.iter().find(|now| now.key == leg.key) else { continue };
        let corrected = leg.state == LegState::Failed && now.state == LegState::Cleared;
        let kept = now.state == leg.state || corrected || lost.contains(leg.key.as_str());
        assert!(kept, "leg {} left {:?} for {:?}", leg.key, leg.state, now.state);
    }
}
