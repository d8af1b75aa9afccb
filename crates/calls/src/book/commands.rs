//! Commands of ours and what came of them.

use jiff::{SignedDuration, Timestamp};

use super::{
    Book, Change,
    expectation::{CommandOutcome, Expectation},
    inferred_end::InferredEnd,
    origin::Origin,
    record::Record,
    sent_command::SentCommand,
};
use crate::{
    action::Action,
    call::{Call, Direction},
    event::{Command, CommandAnswer, CommandKind, CommandState, Effect, Stored, Timer, VendorEvent},
    id::{CallId, CommandId},
    number::{self, Number},
};

/// How long an accepted command may go without an effect.
const NOT_CONFIRMED: SignedDuration = SignedDuration::from_secs(15);

impl Book {
    pub(super) fn command(&mut self, stored: &Stored, command: &Command, changes: &mut Vec<Change>) {
        if self.commands.contains_key(&command.id) {
            return;
        }
        let (call, expectation) = match &command.kind {
            CommandKind::Originate { from, to, customer_first } => {
                (self.place(stored, command.id, (from, to), *customer_first, changes), None)
            }
            CommandKind::Act { call, leg, extension, action } => {
                let call = self.resolve(call).clone();
                let legs = self.call(&call).map(|call| call.legs.iter().map(|leg| leg.key.clone()).collect());
                let (action, leg, extension) = (action.clone(), leg.clone(), extension.clone());
                let (known, at) = (legs.unwrap_or_default(), stored.received_at);
                (call, Some(Expectation { action, leg, extension, known, at }))
            }
        };
        if let Some(record) = self.records.get_mut(&call) {
            record.commands.push(command.id);
        }
        let asked = SentCommand { state: CommandState::Sent, call, detail: None, expectation, due: None };
        changes.push(change(command.id, &asked));
        self.commands.insert(command.id, asked);
    }

    /// Opens the call that we are about to place.
    fn place(
        &mut self,
        stored: &Stored,
        command: CommandId,
        (from, to): (&str, &str),
        customer_first: bool,
        changes: &mut Vec<Change>,
    ) -> CallId {
        let id = CallId::of_command(&self.connection, command);
        let mut record = Record::new(id.clone(), None, stored.seq, stored.received_at);
        let colleague = matches!(Number::parse(to), Number::Extension(_));
        record.origin = Some(Origin {
            command,
            from: from.to_owned(),
            customer_first,
            to: number::normalise(to),
            direction: if colleague { Direction::Internal } else { Direction::Outgoing },
            asked: stored.received_at,
            redirected_from: None,
        });
        self.low_watermark.hold(stored.seq);
        self.records.insert(id.clone(), record);
        self.refresh(&id, changes);
        id
    }

    pub(super) fn answer(&mut self, stored: &Stored, answer: &CommandAnswer, changes: &mut Vec<Change>) {
        let id = answer.command();
        let Some(asked) = self.commands.get(&id) else { return };
        let (call, places) = (asked.call.clone(), asked.expectation.is_none());
        let (state, detail) = match answer {
            CommandAnswer::Accepted { vendor_call, doubt, .. } => {
                if let Some(vendor_call) = vendor_call.as_ref().filter(|text| !text.is_empty()) {
                    self.name(stored, &call, vendor_call, changes);
                }
                self.believe(id, stored.received_at, changes);
                (CommandState::Accepted, doubt.clone())
            }
            CommandAnswer::Rejected { reason, .. } => {
                let rejected = InferredEnd::Rejected { at: stored.received_at, reason: reason.clone() };
                if let Some(record) = self.records.get_mut(&call).filter(|record| places && record.is_pending()) {
                    record.inferred_end = Some(rejected);
                }
                (CommandState::Rejected, Some(reason.clone()))
            }
            CommandAnswer::Unknown { .. } => (CommandState::Unknown, None),
        };
        let Some(call) = self.commands.get(&id).map(|asked| asked.call.clone()) else { return };
        let record = self.records.get_mut(&call).filter(|_| places);
        let shown = record.as_ref().is_some_and(|record| record.evidence.has_state());
        if let Some(record) = record {
            record.touch(stored.received_at);
            self.refresh(&call, changes);
        }
        let state = if shown { CommandState::Confirmed } else { state };
        self.advance(id, state, detail, stored.received_at, changes);
        self.stitch_unbound(stored.received_at, changes);
        self.forget_settled(id);
    }

    /// The PBX has accepted to take a call off hold, and may never tell that it is: for a while it counts as taken back.
    fn believe(&mut self, command: CommandId, at: Timestamp, changes: &mut Vec<Change>) {
        let believed = self.settings.believes_retrieve;
        let Some(asked) = self.commands.get(&command).filter(|_| !believed.is_zero()) else { return };
        let Some(Expectation { action: Action::Retrieve, leg, .. }) = &asked.expectation else { return };
        let (call, leg) = (asked.call.clone(), leg.clone());
        if let Some(record) = self.records.get_mut(&call).filter(|record| !record.is_ended()) {
            record.taken_back = Some((leg, at + believed));
            self.refresh(&call, changes);
        }
    }

    /// The answer tells the vendor's id of the call that we placed; its events may have come before.
    fn name(&mut self, stored: &Stored, pending: &CallId, vendor_call: &str, changes: &mut Vec<Change>) {
        let id = CallId::of_vendor(&self.connection, vendor_call);
        if self.records.get(pending).is_some_and(Record::is_pending) {
            self.entry(&id, vendor_call, stored);
            self.bind(pending, &id, changes);
        }
    }

    /// An event of the call may show that commands which placed it or act on it took effect.
    pub(super) fn confirm(&mut self, id: &CallId, event: &VendorEvent, changes: &mut Vec<Change>) {
        let Some(record) = self.records.get(id).filter(|record| record.evidence.has_state()) else { return };
        let at = record.last_told;
        // What is only believed confirms nothing.
        let is_believed = |id: &&CommandId| record.taken_back.is_some() && self.takes_back(**id);
        let commands = record.commands.iter().filter(|id| !is_believed(id));
        let shown: Vec<_> =
            commands.filter_map(|id| Some((*id, self.shown(*id, record.call.as_ref()?, event)?))).collect();
        for (id, shown) in shown {
            match shown {
                CommandOutcome::Effect => self.advance(id, CommandState::Confirmed, None, at, changes),
                CommandOutcome::Refusal(reason) => self.advance(id, CommandState::Rejected, Some(reason), at, changes),
            }
        }
    }

    fn takes_back(&self, id: CommandId) -> bool {
        let expectation = self.commands.get(&id).and_then(|asked| asked.expectation.as_ref());
        expectation.is_some_and(|expectation| expectation.action == Action::Retrieve)
    }

    /// A call that has begun may be the question to a colleague that a transfer begins with, where the PBX tells of that
    /// as of a call of its own.
    pub(super) fn confirm_question(&mut self, id: &CallId, changes: &mut Vec<Change>) {
        let Some(record) = self.records.get(id).filter(|record| record.origin.is_none()) else { return };
        let is_it =
            |asked: &SentCommand| asked.call != *id && asked.expectation.as_ref().is_some_and(|to| to.asks_in(record));
        let shown = self.commands.iter().filter(|(_, asked)| is_it(asked)).map(|(command, _)| *command);
        let (shown, at): (Vec<_>, _) = (shown.collect(), record.last_told);
        for command in shown {
            self.advance(command, CommandState::Confirmed, None, at, changes);
        }
    }

    /// We have concluded that a call is over because its legs are gone or the PBX lists it no more: what was to end it, or
    /// the part of the one who asked, took effect. A call that merely fell silent shows nothing, and whoever asks a
    /// colleague first stays in the call until he connects the two.
    pub(super) fn confirm_end(&mut self, id: &CallId, at: Timestamp, changes: &mut Vec<Change>) {
        let shows_end = |record: &&Record| {
            matches!(record.inferred_end, Some(InferredEnd::Grace { .. } | InferredEnd::Absent { .. }))
        };
        let Some(record) = self.records.get(id).filter(|record| record.is_ended()).filter(shows_end) else { return };
        let ends = |command: &&CommandId| {
            let expectation = self.commands.get(*command).and_then(|asked| asked.expectation.as_ref());
            expectation.is_some_and(|expectation| {
                let connects =
                    || self.records.iter().any(|(other, record)| other != id && expectation.connects(record));
                expectation.ends_with_the_call() || connects()
            })
        };
        let shown: Vec<CommandId> = record.commands.iter().filter(ends).copied().collect();
        for command in shown {
            self.advance(command, CommandState::Confirmed, None, at, changes);
        }
    }

    /// What an event of a command's call says of the command.
    fn shown(&self, id: CommandId, call: &Call, event: &VendorEvent) -> Option<CommandOutcome> {
        match &self.commands.get(&id)?.expectation {
            Some(expectation) => expectation.shown(id, call, event),
            None => Some(CommandOutcome::Effect),
        }
    }

    /// A message about no call: the outcome of a command, where the PBX tells that apart from its answer.
    pub(super) fn outcome(&mut self, stored: &Stored, event: &VendorEvent, changes: &mut Vec<Change>) {
        let named = event.vendor_command.as_ref().and_then(|text| text.parse::<CommandId>().ok());
        let Some(command) = named.filter(|id| self.commands.contains_key(id)) else { return };
        for effect in &event.effects {
            let (Effect::RouteResult { accepted, detail } | Effect::CommandResult { accepted, detail }) = effect else {
                continue;
            };
            let answer = if *accepted {
                CommandAnswer::Accepted { command, vendor_call: None, doubt: None }
            } else {
                CommandAnswer::Rejected { command, reason: detail.clone().unwrap_or_default() }
            };
            self.answer(stored, &answer, changes);
        }
    }

    /// No effect was seen in time: "not confirmed". A later event still confirms it.
    pub(super) fn not_confirmed(&mut self, id: CommandId, at: Timestamp, changes: &mut Vec<Change>) {
        self.advance(id, CommandState::Unknown, None, at, changes);
        self.forget_settled(id);
    }

    /// When the command's effect is missed, if it waits for one.
    pub(super) fn due(&self, id: CommandId) -> Option<Timestamp> {
        self.commands.get(&id)?.due
    }

    /// Moves a command on; one that has reached `state` or beyond stays where it is.
    pub(super) fn advance(
        &mut self,
        id: CommandId,
        state: CommandState,
        detail: Option<String>,
        at: Timestamp,
        changes: &mut Vec<Change>,
    ) {
        let told_after = self.settings.told_after;
        let Some(asked) = self.commands.get_mut(&id) else { return };
        let moves = match (asked.state, state) {
            (CommandState::Confirmed | CommandState::Rejected, _) | (_, CommandState::Sent) => false,
            (from, to) => from != to,
        };
        if !moves {
            return;
        }
        asked.state = state;
        asked.detail = detail.or(asked.detail.take());
        let due = (state == CommandState::Accepted).then_some(at + NOT_CONFIRMED + told_after);
        if let Some(old) = std::mem::replace(&mut asked.due, due) {
            self.deadlines.remove(&(old, Timer::NotConfirmed { command: id }));
        }
        if let Some(due) = due {
            self.deadlines.insert((due, Timer::NotConfirmed { command: id }));
        }
        changes.push(change(id, asked));
    }

    /// Lets go of a command that nothing more is waited for and whose call is not held.
    fn forget_settled(&mut self, id: CommandId) {
        let waits = |asked: &SentCommand| matches!(asked.state, CommandState::Sent | CommandState::Accepted);
        if self.commands.get(&id).is_some_and(|asked| !waits(asked) && !self.records.contains_key(&asked.call)) {
            self.forget_command(id);
        }
    }

    /// Takes over the command of a call that was restored.
    pub(super) fn adopt_command(&mut self, id: CommandId, asked: SentCommand) {
        if let Some(due) = asked.due {
            self.deadlines.insert((due, Timer::NotConfirmed { command: id }));
        }
        self.commands.entry(id).or_insert(asked);
    }

    pub(super) fn forget_command(&mut self, id: CommandId) {
        let Some(asked) = self.commands.remove(&id) else { return };
        if let Some(due) = asked.due {
            self.deadlines.remove(&(due, Timer::NotConfirmed { command: id }));
        }
    }
}

fn change(id: CommandId, asked: &SentCommand) -> Change {
    Change::Command { id, call: asked.call.clone(), state: asked.state, detail: asked.detail.clone() }
}
