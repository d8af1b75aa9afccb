//! What a desk missed, told in steps.
//!
//! The steps follow the log, so that the place that is told after each of them (`at`) means what it always means:
//! everything up to there was told. A stream that is cut goes on from the last one. A log is read from its old end,
//! and a person looks at the new one first: where one step is not enough, the calls that are open and the newest are
//! told ahead of their turn, and not again in it.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    pin::Pin,
};

use calls::CallId;
use link::{
    OfficeError, OfficeErrorKind,
    wire::{Frame, StreamEvent},
};
use store::{Changed, Filter, SavedCall, Visible};

use super::{View, storage};
use crate::rows;

/// Items that are read at a time.
const PAGE: usize = 250;
/// Calls that are told ahead of their turn: of the open ones, and of the newest.
const AHEAD: usize = 250;
/// Steps of which this viewer may see nothing before the place is told all the same.
const SILENT_STEPS: u32 = 20;

type Reading = Pin<Box<dyn Future<Output = Result<Step, OfficeError>> + Send>>;

/// The catch-up of one stream.
pub(super) struct CatchUp {
    /// Everything up to here was told to an earlier stream.
    known: u64,
    /// Everything up to here was read.
    since: u64,
    /// Where it ends.
    up_to: u64,
    is_first: bool,
    is_over: bool,
    silent_steps: u32,
    reading: Option<Reading>,
    /// Read, and to be told.
    frames: VecDeque<Frame>,
    /// Places of the calls that were told ahead of their turn.
    ahead: BTreeMap<CallId, u64>,
    /// Calls of which a newer state was told while this was read.
    overtaken: BTreeSet<CallId>,
}

/// What one step is to read.
#[derive(Clone, Copy)]
struct Range {
    known: u64,
    since: u64,
    up_to: u64,
}

/// What one step read.
struct Step {
    items: Vec<Frame>,
    /// `None` when there is no more.
    reached: Option<u64>,
    /// Calls to be told before everything else.
    ahead: Vec<Frame>,
}

impl CatchUp {
    /// With everything after `since`, up to `up_to`.
    pub(super) fn new(since: u64, up_to: u64) -> Self {
        Self {
            known: since,
            since,
            up_to,
            is_first: true,
            is_over: false,
            silent_steps: 0,
            reading: None,
            frames: VecDeque::new(),
            ahead: BTreeMap::new(),
            overtaken: BTreeSet::new(),
        }
    }

    /// The next frame of what was read.
    pub(super) fn told(&mut self) -> Option<Frame> {
        loop {
            let frame = self.frames.pop_front()?;
            if !call_of(&frame).is_some_and(|(id, _)| self.overtaken.contains(id)) {
                return Some(frame);
            }
        }
    }

    /// Whether everything was read.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// A newer state was told: what is read of the same call is older.
    pub(super) fn overtaken_by(&mut self, frame: &Frame) {
        let Some((id, _)) = call_of(frame) else { return };
        self.overtaken.insert(id.clone());
        if let Frame::Event { event: StreamEvent::Call { call }, .. } = frame {
            self.overtaken.extend(call.redirected_from.clone());
        }
    }

    /// Reads the next step. May be dropped and asked again without reading twice.
    pub(super) async fn read(&mut self, view: &View) -> Result<(), OfficeError> {
        let (range, is_first) = (Range { known: self.known, since: self.since, up_to: self.up_to }, self.is_first);
        let reading = self.reading.get_or_insert_with(|| {
            let view = view.clone();
            Box::pin(async move { view.step(range, is_first).await })
        });
        let step = reading.await;
        self.reading = None;
        self.take(step?);
        Ok(())
    }

    fn take(&mut self, step: Step) {
        for frame in step.ahead {
            if let Some((id, seq)) = call_of(&frame) {
                self.ahead.insert(id.clone(), seq);
            }
            self.frames.push_back(frame);
        }
        let is_told = |frame: &Frame| call_of(frame).is_some_and(|(id, seq)| self.ahead.get(id) == Some(&seq));
        let items: Vec<_> = step.items.into_iter().filter(|frame| !is_told(frame)).collect();
        self.silent_steps = if items.is_empty() { self.silent_steps + 1 } else { 0 };
        self.frames.extend(items);
        self.is_first = false;
        self.since = step.reached.unwrap_or(self.up_to);
        self.is_over = step.reached.is_none();
        if self.is_over || self.silent_steps == 0 || self.silent_steps >= SILENT_STEPS {
            self.silent_steps = 0;
            self.frames.push_back(Frame::At { seq: self.since });
        }
    }
}

/// The call that a frame tells of, and its place.
fn call_of(frame: &Frame) -> Option<(&CallId, u64)> {
    match frame {
        Frame::Event { seq, event: StreamEvent::Call { call } } => Some((&call.id, *seq)),
        Frame::Event { seq, event: StreamEvent::Gone { id } | StreamEvent::Erased { id } } => Some((id, *seq)),
        Frame::Event { .. } | Frame::Hello { .. } | Frame::At { .. } | Frame::TooOld | Frame::Other => None,
    }
}

impl View {
    /// The items after `since`, and the place that they reach.
    async fn step(&self, range: Range, is_first: bool) -> Result<Step, OfficeError> {
        let stopped = |_| OfficeError::new(OfficeErrorKind::Storage, "the office is being stopped");
        let _turn = self.office.pages.acquire().await.map_err(stopped)?;
        self.reading(move |view| {
            let (office, Range { known, since, up_to }) = (&view.office, range);
            let step = office
                .store
                .changed(&office.name, &view.visible, known, since, up_to, PAGE)
                .map_err(|error| storage(&error))?;
            let items = step.items.into_iter().filter_map(|item| view.frame_of(item)).collect();
            let reached = step.reached.filter(|reached| *reached < up_to);
            let ahead = if is_first && reached.is_some() { view.looked_at_first(since, up_to)? } else { Vec::new() };
            Ok(Step { items, reached, ahead })
        })
        .await
    }

    /// The open calls, then the newest, of those that changed after `since`.
    fn looked_at_first(&self, since: u64, up_to: u64) -> Result<Vec<Frame>, OfficeError> {
        let office = &self.office;
        let mut seen = BTreeSet::new();
        let mut frames = Vec::new();
        for open in [true, false] {
            let visible = Visible::clone(&self.visible);
            let filter = Filter { office: Some(office.name.clone()), open, visible, ..Filter::default() };
            let rows = office.store.list(&filter, None, AHEAD).map_err(|error| storage(&error))?;
            // What changed since is on its way as news.
            let is_due = |row: &SavedCall| row.seq > since && row.seq <= up_to;
            for row in rows.into_iter().filter(is_due) {
                if seen.insert(row.id.clone()) {
                    frames.extend(self.frame_of(Changed::Call(row)));
                }
            }
        }
        Ok(frames)
    }

    fn frame_of(&self, changed: Changed) -> Option<Frame> {
        let seq = changed.seq();
        let event = match changed {
            Changed::Call(row) => StreamEvent::Call { call: Box::new(self.visible_call(rows::call(&row)?)?) },
            Changed::Gone { id, .. } => StreamEvent::Gone { id },
            Changed::Fact { fact, .. } => StreamEvent::Fact { fact },
        };
        Some(Frame::Event { seq, event })
    }
}
