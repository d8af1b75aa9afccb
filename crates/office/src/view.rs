//! The office as one viewer sees and uses it.

use std::sync::Arc;

use async_trait::async_trait;
use calls::{
    CallId, Command, CommandAnswer, CommandId, CommandKind, CommandState, RecordingId, Told, number::Dialable,
};
use futures_util::{StreamExt, stream};
use link::{
    ByteRange, FrameStream, Office, OfficeError, OfficeErrorKind, RecordingPart,
    wire::{
        self, CommandView, Cursor, Fact, Frame, PROTOCOL, PeaksView, PlaceCall, Role, Signature, StreamEvent, Trace,
        TraceEvent, You,
    },
};
use sha2::{Digest, Sha256};
use store::{Began, Changed, Filter, NewCommand, Scope, Visible};
use tokio::sync::broadcast;

use crate::{
    handle::{Connection, Inner},
    keeper::Published,
    rows, seen,
    settings::Viewer,
};

/// Items of the catch-up that are read at a time.
const PAGE: usize = 500;

/// A page of calls, newest first, for scripts.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct CallsPage {
    /// The calls.
    pub calls: Vec<wire::Call>,
    /// Give it as `before` to go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// The office as one viewer sees and uses it.
#[derive(Clone)]
pub struct View {
    office: Arc<Inner>,
    viewer: Arc<Viewer>,
}

impl View {
    pub(crate) fn new(office: Arc<Inner>, viewer: Viewer) -> Self {
        Self { office, viewer: Arc::new(viewer) }
    }

    /// Calls that this viewer may see, newest first.
    pub async fn calls(&self, before: Option<String>, limit: usize) -> Result<CallsPage, OfficeError> {
        let before = match before.as_deref().map(str::parse) {
            None => None,
            Some(Ok(at)) => Some(store::Cursor(at)),
            Some(Err(_)) => return Err(OfficeError::invalid("before", "give the `next` of an earlier page")),
        };
        let filter = Filter { office: Some(self.office.name.clone()), visible: self.visible(), ..Filter::default() };
        let rows = self.office.store.list(&filter, before, limit).map_err(|error| storage(&error))?;
        let next = rows.last().filter(|_| rows.len() == limit).map(|row| row.cursor.0.to_string());
        Ok(CallsPage { calls: rows.iter().filter_map(|row| self.seen(rows::call(row)?)).collect(), next })
    }

    /// A call; `None` when this viewer may not see it or there is none.
    pub async fn call(&self, id: &CallId) -> Result<Option<wire::Call>, OfficeError> {
        let row = self.office.store.get(&self.office.name, id).map_err(|error| storage(&error))?;
        Ok(row.and_then(|row| rows::call(&row)).and_then(|call| self.seen(call)))
    }

    fn seen(&self, call: wire::Call) -> Option<wire::Call> {
        seen::seen(call, &self.office.directory, &self.viewer)
    }

    fn visible(&self) -> Visible {
        let Some(looks_after) = self.viewer.looks_after() else { return Visible::All };
        let own = self.viewer.extensions.iter();
        Visible::Some(
            own.map(|own| Scope::Extension(own.connection.clone(), own.extension.clone()))
                .chain(looks_after.into_iter().map(Scope::Group))
                .collect(),
        )
    }

    /// The epoch of the log for this viewer: another one after a change of rights.
    fn epoch(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(self.office.store.epoch());
        hash.update([0]);
        hash.update(&self.viewer.rights);
        hash.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn hello(&self, seq: u64) -> Frame {
        Frame::Hello {
            protocol: PROTOCOL,
            epoch: self.epoch(),
            seq,
            now: self.office.clock.now(),
            you: You {
                name: self.viewer.name.clone(),
                role: self.viewer.role,
                extensions: self.viewer.extensions.clone(),
                groups: self.viewer.groups.clone(),
            },
        }
    }

    /// One step of the catch-up: the frames after `since`, and where to go on.
    fn catch_up(&self, since: u64, up_to: u64) -> Result<(Vec<Frame>, Option<u64>), OfficeError> {
        let changed =
            self.office.store.changed(&self.office.name, since, up_to, PAGE).map_err(|error| storage(&error))?;
        let Some(last) = changed.last().map(Changed::seq) else { return Ok((Vec::new(), None)) };
        Ok((changed.into_iter().filter_map(|item| self.frame_of(item)).collect(), Some(last)))
    }

    fn frame_of(&self, changed: Changed) -> Option<Frame> {
        let seq = changed.seq();
        let event = match changed {
            Changed::Call(row) => StreamEvent::Call { call: Box::new(self.seen(rows::call(&row)?)?) },
            Changed::Gone { id, .. } => StreamEvent::Gone { id },
            Changed::Fact { fact, .. } => StreamEvent::Fact { fact: self.seen_fact(rows::fact_of(fact)?)? },
        };
        Some(Frame::Event { seq, event })
    }

    fn seen_fact(&self, fact: Fact) -> Option<Fact> {
        let row = self.office.store.get_visible(&self.office.name, &fact.call, &self.visible()).ok()?;
        row.map(|_| fact)
    }

    /// What this viewer is sent of something published.
    fn frame(&self, published: Published) -> Option<Frame> {
        match published {
            Published::At { seq } => Some(Frame::At { seq }),
            Published::Status { seq, connection } => {
                let connection = self.office.board.view(&connection, &self.viewer)?;
                Some(Frame::Event { seq, event: StreamEvent::Connection { connection } })
            }
            Published::Event { seq, event } => {
                let event = match &*event {
                    StreamEvent::Call { call } => StreamEvent::Call { call: Box::new(self.seen((**call).clone())?) },
                    StreamEvent::Fact { fact } => StreamEvent::Fact { fact: self.seen_fact(fact.clone())? },
                    StreamEvent::Command { command } => {
                        self.own_command(command.command)?;
                        StreamEvent::Command { command: command.clone() }
                    }
                    StreamEvent::Gone { .. }
                    | StreamEvent::Connection { .. }
                    | StreamEvent::Erased { .. }
                    | StreamEvent::Other => (*event).clone(),
                };
                Some(Frame::Event { seq, event })
            }
        }
    }

    /// A command that this viewer sent, or may see because he may see everything.
    fn own_command(&self, id: CommandId) -> Option<store::CommandRow> {
        let row = self.office.store.command(id).ok().flatten()?;
        (self.viewer.role != Role::Agent || row.command.author == self.viewer.name).then_some(row)
    }

    /// The phone that rings first: the one that was named and may be used, or the viewer's own.
    fn from(&self, request: &PlaceCall) -> Result<String, OfficeError> {
        let own: Vec<&str> = self
            .viewer
            .extensions
            .iter()
            .filter(|own| own.connection == request.connection)
            .map(|own| own.extension.as_str())
            .collect();
        match request.from.as_deref() {
            Some(from) if own.contains(&from) || self.viewer.role != Role::Agent => Ok(from.to_owned()),
            Some(_) => Err(OfficeError::invalid("from", "this token may not use that extension")),
            None => own.first().map(|own| (*own).to_owned()).ok_or_else(|| {
                OfficeError::invalid("from", "this token has no extension on that connection; name one or ask for one")
            }),
        }
    }

    fn connection(&self, request: &PlaceCall) -> Result<&Connection, OfficeError> {
        self.office
            .connections
            .get(&request.connection)
            .ok_or_else(|| OfficeError::invalid("connection", "there is no such connection"))
    }

    /// Sends a logged command to its PBX, and logs what came of it.
    fn carry_out(&self, connection: &Connection, command: CommandId, from: String, to: String) {
        let (office, driver, id) = (Arc::clone(&self.office), Arc::clone(&connection.driver), connection.id.clone());
        tokio::spawn(async move {
            let answer = driver.originate(command, &from, &to).await;
            office.answered(&id, answer).await;
        });
    }
}

#[async_trait]
impl Office for View {
    async fn stream(&self, resume: Option<Cursor>) -> Result<FrameStream, OfficeError> {
        let (live, head) = self.office.keeper.subscribe();
        let since = match resume {
            None => 0,
            Some(cursor) if cursor.epoch == self.epoch() && cursor.seq <= head => cursor.seq,
            Some(_) => return Ok(stream::iter([Ok(self.hello(head)), Ok(Frame::TooOld)]).boxed()),
        };
        let connections = self.office.board.views(&self.viewer).into_iter();
        let first: Vec<_> = std::iter::once(self.hello(head))
            .chain(
                connections.map(|connection| Frame::Event { seq: head, event: StreamEvent::Connection { connection } }),
            )
            .map(Ok)
            .collect();
        let state = Following { view: self.clone(), since: Some(since), head, live };
        Ok(stream::iter(first).chain(stream::unfold(state, Following::next).flat_map(stream::iter)).boxed())
    }

    async fn place_call(&self, request: PlaceCall) -> Result<CommandView, OfficeError> {
        let connection = self.connection(&request)?;
        if !connection.driver.capability().originate {
            return Err(OfficeError::new(OfficeErrorKind::Unsupported, "this PBX cannot place calls"));
        }
        let from = self.from(&request)?;
        let to = Dialable::read(&request.to).map_err(|error| OfficeError::invalid("to", error.to_string()))?.digits;
        let now = self.office.clock.now();
        let call = CallId::of_command(&request.connection, request.command);
        let new = NewCommand {
            id: request.command,
            connection: request.connection.clone(),
            call: call.clone(),
            author: self.viewer.name.clone(),
            at: now,
            request: "originate".to_owned(),
        };
        match self.office.store.begin_command(new).await.map_err(|error| storage(&error))? {
            Began::Known(row) => Ok(command_view(row)),
            Began::New => {
                let kind = CommandKind::Originate { from: from.clone(), to: to.clone() };
                let told = Command { id: request.command, author: self.viewer.name.clone(), kind };
                let logged = self.office.keeper.tell(&request.connection, now, vec![Told::Command(told)]).await;
                if logged.is_err() {
                    return Err(OfficeError::new(
                        OfficeErrorKind::Storage,
                        "the call was not placed: the database cannot take it; free disk space and try again",
                    ));
                }
                self.carry_out(connection, request.command, from, to);
                Ok(CommandView { command: request.command, call, state: CommandState::Sent, detail: None })
            }
        }
    }

    async fn command(&self, id: CommandId) -> Result<Option<CommandView>, OfficeError> {
        Ok(self.own_command(id).map(command_view))
    }

    async fn trace(&self, call: &CallId) -> Result<Option<Trace>, OfficeError> {
        if self.call(call).await?.is_none() {
            return Ok(None);
        }
        let entries = self.office.store.read_call(&self.office.name, call).map_err(|error| storage(&error))?;
        Ok(Some(Trace { events: entries.into_iter().map(|entry| self.office.trace_event(entry)).collect() }))
    }

    async fn add_fact(&self, mut fact: Fact) -> Result<(), OfficeError> {
        if self.call(&fact.call).await?.is_none() {
            return Err(OfficeError::new(OfficeErrorKind::NotFound, "there is no such call"));
        }
        fact.author.clone_from(&self.viewer.name);
        self.office.keeper.fact(fact).await.map_err(|_| {
            OfficeError::new(OfficeErrorKind::Storage, "it was not kept: the database cannot take it; try again")
        })
    }

    async fn recording(&self, id: &RecordingId, range: ByteRange) -> Result<RecordingPart, OfficeError> {
        let call = self.call_of(id).await?;
        self.office.recordings.part(&call, id, range).await
    }

    async fn peaks(&self, id: &RecordingId) -> Result<PeaksView, OfficeError> {
        let call = self.call_of(id).await?;
        self.office.recordings.peaks(&call, id).await
    }
}

impl View {
    /// The call of a recording that this viewer may hear.
    async fn call_of(&self, id: &RecordingId) -> Result<CallId, OfficeError> {
        let missing = || OfficeError::new(OfficeErrorKind::NotFound, "there is no such recording");
        let call = self.office.store.call_of_recording(&self.office.name, id).map_err(|error| storage(&error))?;
        let call = call.ok_or_else(missing)?;
        let call = self.call(&call).await?.ok_or_else(missing)?;
        // Who was rung but did not talk sees who answered; what was said is not his.
        if self.viewer.role == Role::Agent && !call.mine {
            return Err(missing());
        }
        Ok(call.id)
    }
}

/// A stream after its first frames: catch-up, then what is published.
struct Following {
    view: View,
    since: Option<u64>,
    head: u64,
    live: broadcast::Receiver<Published>,
}

impl Following {
    async fn next(mut self) -> Option<(Vec<Result<Frame, OfficeError>>, Self)> {
        if let Some(since) = self.since {
            match self.view.catch_up(since, self.head) {
                Ok((frames, next)) => {
                    let mut frames: Vec<_> = frames.into_iter().map(Ok).collect();
                    if next.is_none() {
                        frames.push(Ok(Frame::At { seq: self.head }));
                    }
                    self.since = next;
                    return Some((frames, self));
                }
                Err(error) => {
                    self.since = None;
                    return Some((vec![Err(error)], self));
                }
            }
        }
        loop {
            match self.live.recv().await {
                // Published before the catch-up was read, which held it already.
                Ok(Published::Event { seq, .. }) if seq <= self.head => {}
                Ok(published) => {
                    if let Some(frame) = self.view.frame(published) {
                        return Some((vec![Ok(frame)], self));
                    }
                }
                // Too slow: the stream ends, and the desk resumes where it was.
                Err(broadcast::error::RecvError::Lagged(_) | broadcast::error::RecvError::Closed) => return None,
            }
        }
    }
}

impl Inner {
    /// Logs what came of a command.
    pub(crate) async fn answered(&self, connection: &calls::ConnectionId, answer: CommandAnswer) {
        if self.keeper.tell(connection, self.clock.now(), vec![Told::Answer(answer)]).await.is_err() {
            tracing::error!(%connection, "what came of a command could not be logged");
        }
    }

    fn trace_event(&self, entry: calls::Stored) -> TraceEvent {
        let (kind, vendor_time, party, signature) = match entry.told {
            Told::Vendor(event) => {
                let signed = self.connections.get(&entry.connection).is_some_and(|connection| connection.signs);
                let party = event.effects.iter().find_map(party_of);
                let signature = if signed { Signature::Valid } else { Signature::None };
                (event.raw_kind, event.time.map(|time| time.utc), party, signature)
            }
            Told::Command(_) => ("command".to_owned(), None, None, Signature::Own),
            Told::Answer(_) => ("answer".to_owned(), None, None, Signature::Own),
            Told::Decision(decision) => (decision_word(&decision).to_owned(), None, None, Signature::Own),
        };
        let late = vendor_time.is_some_and(|time| entry.received_at.duration_since(time) > LATE);
        TraceEvent { seq: entry.seq, kind, vendor_time, received_at: entry.received_at, late, signature, party }
    }
}

/// Events older than this by their vendor's time pop nothing.
const LATE: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);

fn party_of(effect: &calls::Effect) -> Option<String> {
    use calls::Effect;
    let leg = match effect {
        Effect::LegOffered { leg }
        | Effect::LegQueued { leg, .. }
        | Effect::LegRinging { leg }
        | Effect::LegAnswered { leg }
        | Effect::LegHeld { leg }
        | Effect::LegRetrieved { leg }
        | Effect::LegCleared { leg, .. } => leg,
        Effect::CallCreated { customer, .. } => return customer.number.clone(),
        Effect::CallUpdated { .. }
        | Effect::TransferStarted { .. }
        | Effect::TransferCompleted
        | Effect::TransferFailed
        | Effect::Dtmf { .. }
        | Effect::RouteResult { .. }
        | Effect::RecordingStarted
        | Effect::RecordingAvailable { .. }
        | Effect::NotRecorded
        | Effect::CallEnded { .. }
        | Effect::State { .. }
        | Effect::Unknown { .. } => return None,
    };
    leg.extension.clone().or_else(|| leg.number.clone())
}

fn decision_word(decision: &calls::Decision) -> &'static str {
    use calls::Decision;
    match decision {
        Decision::TimerFired { .. } => "timerFired",
        Decision::AbsentFromSnapshot { .. } => "absentFromSnapshot",
        Decision::GapOpened { .. } => "gapOpened",
        Decision::GapClosed { .. } => "gapClosed",
        Decision::ZoneChosen { .. } => "zoneChosen",
    }
}

fn command_view(row: store::CommandRow) -> CommandView {
    CommandView { command: row.command.id, call: row.command.call, state: row.state, detail: row.detail }
}

pub(crate) fn storage(error: &store::Error) -> OfficeError {
    tracing::error!(kind = ?error.kind(), "the database could not be used");
    OfficeError::new(OfficeErrorKind::Storage, "the database could not be used; free disk space and try again")
}
