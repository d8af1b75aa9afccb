//! An office that says what a test has it say.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use calls::{Abilities, Ability, CallId, CommandId, CommandState, ConnectionId, Fact, RecordingId};
use futures_util::StreamExt;
use jiff::Timestamp;
use link::{
    ByteRange, FrameStream, Office, OfficeError, OfficeErrorKind, RecordingPart, SignInError,
    wire::{
        ActOnCall, AskedAgain, AuditPage, AuditRange, Call, CardDecision, CardPath, CardsReport, CommandView,
        ConnectionState, ConnectionView, Cursor, ExtensionRef, Frame, JournalDetail, JournalExport, JournalFilter,
        JournalPage, PROTOCOL, PeaksView, PlaceCall, ReadAgain, Role, SignatureCheck, StageName, StageRun, StagedCheck,
        StateReport, StreamEvent, TestReport, TestWish, Titles, Trace, You, admin::TrialMode,
    },
};
use tokio::sync::{mpsc, oneshot};

use super::{
    at, connection,
    screens::{PATIENCE, breathe},
};

type Line = mpsc::UnboundedSender<Result<Frame, OfficeError>>;
type Answer = oneshot::Sender<Result<CommandView, OfficeError>>;

#[derive(Debug, Default)]
struct State {
    lines: Vec<Line>,
    resumes: Vec<Option<Cursor>>,
    refuses: Option<OfficeErrorKind>,
    not_signed_in: Option<SignInError>,
    placed: Vec<(PlaceCall, Answer)>,
    acted: Vec<(ActOnCall, Answer)>,
    command: Option<CommandView>,
    facts: Vec<Fact>,
    facts_fail: Option<OfficeErrorKind>,
    facts_held: bool,
    facts_tried: usize,
    decisions: Vec<CardDecision>,
    decisions_fail: Option<OfficeErrorKind>,
    trace: Option<Trace>,
    peaks: Option<PeaksView>,
    recording: Option<Bytes>,
    exported: Vec<(Option<i64>, JournalExport)>,
    staged: Option<StagedCheck>,
}

/// The office.
#[derive(Debug, Default)]
pub(crate) struct FakeOffice(Mutex<State>);

impl FakeOffice {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the desk has opened this many streams; answers what it resumed the last with.
    pub(crate) async fn opened(&self, streams: usize) -> Option<Cursor> {
        for _ in 0..PATIENCE {
            if self.state().resumes.len() >= streams {
                return self.state().resumes[streams - 1].clone();
            }
            breathe().await;
            tokio::time::advance(Duration::from_millis(5)).await;
        }
        panic!("the stream was opened {} times, not {streams}", self.state().resumes.len());
    }

    /// Waits until the desk has opened this many streams while the clock stands: without any wait of its own.
    pub(crate) async fn opened_at_once(&self, streams: usize) {
        for _ in 0..PATIENCE {
            if self.streams() >= streams {
                return;
            }
            breathe().await;
        }
        panic!("the stream was opened {} times, not {streams}, as long as no time passed", self.streams());
    }

    /// How often the desk opened, or tried to open, the stream.
    pub(crate) fn streams(&self) -> usize {
        self.state().resumes.len()
    }

    /// The parts of its journal for a file, each with what leads to it.
    pub(crate) fn exports(&self, parts: Vec<(Option<i64>, JournalExport)>) {
        self.state().exported = parts;
    }

    /// How far each connection of it is proved.
    pub(crate) fn proves(&self, check: StagedCheck) {
        self.state().staged = Some(check);
    }

    /// Says something on the newest stream.
    pub(crate) fn say(&self, frame: Frame) {
        let state = self.state();
        state.lines.last().expect("a stream").send(Ok(frame)).expect("the desk listens");
    }

    /// A hello; the head of the log is `head`.
    pub(crate) fn greet(&self, head: u64) {
        self.greet_in("e1", head);
    }

    pub(crate) fn greet_in(&self, epoch: &str, head: u64) {
        self.say(Frame::Hello {
            protocol: PROTOCOL,
            epoch: epoch.into(),
            seq: head,
            now: at(0),
            you: You {
                name: "Пётр".into(),
                role: Role::Agent,
                extensions: [connection(), "mg1".parse().expect("valid")]
                    .map(|connection| ExtensionRef { connection, extension: "102".into() })
                    .into(),
                groups: vec![],
            },
        });
    }

    pub(crate) fn event(&self, seq: u64, event: StreamEvent) {
        self.say(Frame::Event { seq, event });
    }

    pub(crate) fn call(&self, seq: u64, call: &Call) {
        self.event(seq, StreamEvent::Call { call: Box::new(call.clone()) });
    }

    pub(crate) fn at(&self, seq: u64) {
        self.say(Frame::At { seq });
    }

    /// The connection is lost.
    pub(crate) fn cut(&self) {
        self.state().lines.clear();
    }

    /// The stream ends with this error.
    pub(crate) fn fail(&self, kind: OfficeErrorKind) {
        let state = self.state();
        let _ = state.lines.last().expect("a stream").send(Err(OfficeError::new(kind, "as the test says")));
    }

    /// From now on streams are not opened.
    pub(crate) fn refuse(&self, kind: Option<OfficeErrorKind>) {
        self.state().refuses = kind;
    }

    /// From now on the desk finds nothing to sign in with.
    pub(crate) fn lock(&self, error: Option<SignInError>) {
        self.state().not_signed_in = error;
    }

    /// From now on facts are not taken.
    pub(crate) fn refuse_facts(&self, kind: Option<OfficeErrorKind>) {
        self.state().facts_fail = kind;
    }

    /// From now on whoever brings a fact waits for ever.
    pub(crate) fn hold_facts(&self) {
        self.state().facts_held = true;
    }

    /// How often a fact was brought.
    pub(crate) fn facts_tried(&self) -> usize {
        self.state().facts_tried
    }

    /// Waits until this many facts were taken.
    pub(crate) async fn took_facts(&self, count: usize) -> Vec<Fact> {
        for _ in 0..PATIENCE {
            if self.facts().len() >= count {
                return self.facts();
            }
            breathe().await;
        }
        panic!("{} facts were taken, not {count}", self.facts().len());
    }

    pub(crate) fn facts(&self) -> Vec<Fact> {
        self.state().facts.clone()
    }

    /// Why cards came up or not, as this desk has told.
    pub(crate) fn decisions(&self) -> Vec<CardDecision> {
        self.state().decisions.clone()
    }

    /// From now on the office cannot be told that.
    pub(crate) fn refuse_decisions(&self, kind: Option<OfficeErrorKind>) {
        self.state().decisions_fail = kind;
    }

    pub(crate) fn set_trace(&self, trace: Trace) {
        self.state().trace = Some(trace);
    }

    /// The bytes of every recording.
    pub(crate) fn set_recording(&self, bytes: Vec<u8>) {
        self.state().recording = Some(bytes.into());
    }

    pub(crate) fn set_peaks(&self, peaks: PeaksView) {
        self.state().peaks = Some(peaks);
    }

    /// Requests to call that came so far.
    pub(crate) async fn placed_requests(&self, count: usize) -> Vec<PlaceCall> {
        for _ in 0..PATIENCE {
            let placed_requests: Vec<_> = self.state().placed.iter().map(|(request, _)| request.clone()).collect();
            if placed_requests.len() >= count {
                return placed_requests;
            }
            breathe().await;
        }
        panic!("the office was never asked");
    }

    /// Answers the oldest request to call that was not answered.
    pub(crate) fn answer(&self, answer: Result<CommandView, OfficeError>) {
        let (_, to) = self.state().placed.remove(0);
        to.send(answer).expect("the desk waits");
    }
}

impl FakeOffice {
    /// The request to do something with a call that was not answered yet; none when nothing was asked for a while.
    pub(crate) async fn act_request(&self) -> Option<ActOnCall> {
        for _ in 0..200 {
            if let Some((request, _)) = self.state().acted.first() {
                return Some(request.clone());
            }
            breathe().await;
        }
        None
    }

    /// Answers it.
    pub(crate) fn answer_act(&self, answer: Result<CommandView, OfficeError>) {
        let (_, to) = self.state().acted.remove(0);
        to.send(answer).expect("the desk waits");
    }

    /// From now on this is where every command stands.
    pub(crate) fn set_command(&self, view: CommandView) {
        self.state().command = Some(view);
    }
}

/// A connection that can place calls.
pub(crate) fn live_connection() -> ConnectionView {
    ConnectionView {
        id: connection(),
        titles: Some(Box::new(Titles { ru: "Некая АТС".into(), en: "Some make".into() })),
        make: "some-make".into(),
        state: ConnectionState::Live,
        cause: None,
        drained: 0,
        detail: None,
        refused: Vec::new(),
        warnings: Vec::new(),
        gap_since: None,
        holes: Vec::new(),
        balance: None,
        capability: Abilities::NONE.with(&[Ability::Originate]),
        extension: Some("102".into()),
        groups: Vec::new(),
        clock_skew_ms: None,
        trial_until: None,
    }
}

/// Where a command stands.
pub(crate) fn command_view(command: CommandId, state: CommandState) -> CommandView {
    CommandView { command, call: CallId::of_command(&connection(), command), state, detail: None }
}

#[async_trait]
impl Office for FakeOffice {
    async fn sign_in(&self) -> Result<(), SignInError> {
        self.state().not_signed_in.map_or(Ok(()), Err)
    }

    async fn stream(&self, resume: Option<Cursor>) -> Result<FrameStream, OfficeError> {
        let mut state = self.state();
        state.resumes.push(resume);
        if let Some(kind) = state.refuses {
            return Err(OfficeError::new(kind, "as the test says"));
        }
        let (line, mut frames) = mpsc::unbounded_channel();
        state.lines.push(line);
        Ok(futures_util::stream::poll_fn(move |context| frames.poll_recv(context)).boxed())
    }

    async fn place_call(&self, request: PlaceCall) -> Result<CommandView, OfficeError> {
        let (to, answer) = oneshot::channel();
        self.state().placed.push((request, to));
        answer.await.expect("the test answers")
    }

    async fn act(&self, request: ActOnCall) -> Result<CommandView, OfficeError> {
        let (to, answer) = oneshot::channel();
        self.state().acted.push((request, to));
        answer.await.expect("the test answers")
    }

    async fn command(&self, _: CommandId) -> Result<Option<CommandView>, OfficeError> {
        Ok(self.state().command.clone())
    }

    async fn trace(&self, _: &CallId) -> Result<Option<Trace>, OfficeError> {
        Ok(self.state().trace.clone())
    }

    async fn add_fact(&self, fact: Fact) -> Result<(), OfficeError> {
        self.state().facts_tried += 1;
        let held = self.state().facts_held;
        if held {
            std::future::pending::<()>().await;
        }
        let mut state = self.state();
        if let Some(kind) = state.facts_fail {
            return Err(OfficeError::new(kind, "as the test says"));
        }
        state.facts.push(fact);
        Ok(())
    }

    async fn report_cards(&self, decisions: Vec<CardDecision>) -> Result<(), OfficeError> {
        let mut state = self.state();
        if let Some(kind) = state.decisions_fail {
            return Err(OfficeError::new(kind, "as the test says"));
        }
        state.decisions.extend(decisions);
        Ok(())
    }

    async fn recording(&self, _: &RecordingId, range: ByteRange) -> Result<RecordingPart, OfficeError> {
        let all = self.state().recording.clone().unwrap_or(Bytes::from_static(b"0123456789"));
        let length = all.len() as u64;
        // As an office that gives at most so much at once.
        let end = range.end.map_or(length, |end| end + 1).min(length).min(range.start + 3_000);
        if range.start >= end {
            return Err(OfficeError::invalid("range", "it is shorter"));
        }
        let part = range.start as usize..end as usize;
        Ok(RecordingPart { bytes: all.slice(part), start: range.start, total: Some(length), mime: "audio/mpeg" })
    }

    async fn peaks(&self, _: &RecordingId) -> Result<PeaksView, OfficeError> {
        let peaks = self.state().peaks.clone();
        peaks.ok_or_else(|| OfficeError::new(OfficeErrorKind::NotReady, "as the test says"))
    }
    async fn card_path(&self, _: &CallId, _: Option<&str>) -> Result<Option<CardPath>, OfficeError> {
        Err(not_kept())
    }

    async fn cards_since(&self, _: Timestamp) -> Result<CardsReport, OfficeError> {
        Err(not_kept())
    }

    async fn state(&self) -> Result<StateReport, OfficeError> {
        Err(not_kept())
    }

    async fn test_address(&self, _: &ConnectionId, _: TestWish) -> Result<TestReport, OfficeError> {
        Err(not_kept())
    }

    async fn staged_check(&self, _: &ConnectionId) -> Result<StagedCheck, OfficeError> {
        self.state().staged.clone().ok_or_else(not_kept)
    }

    async fn run_stage(&self, _: &ConnectionId, _: StageName) -> Result<StageRun, OfficeError> {
        Err(not_kept())
    }

    async fn begin_trial(&self, _: &ConnectionId, _: u32) -> Result<TrialMode, OfficeError> {
        Err(not_kept())
    }

    async fn end_trial(&self, _: &ConnectionId) -> Result<(), OfficeError> {
        Err(not_kept())
    }

    async fn journal(&self, _: JournalFilter) -> Result<JournalPage, OfficeError> {
        Err(not_kept())
    }

    async fn journal_entry(&self, _: i64, _: bool) -> Result<JournalDetail, OfficeError> {
        Err(not_kept())
    }

    async fn check_signature(&self, _: i64) -> Result<SignatureCheck, OfficeError> {
        Err(not_kept())
    }

    async fn repeat_request(&self, _: i64) -> Result<AskedAgain, OfficeError> {
        Err(not_kept())
    }

    async fn replay_webhook(&self, _: i64) -> Result<ReadAgain, OfficeError> {
        Err(not_kept())
    }

    async fn export_journal(&self, filter: JournalFilter) -> Result<JournalExport, OfficeError> {
        let parts = &self.state().exported;
        // Each part is behind the one before it.
        parts.iter().find(|part| part.0 == filter.before).map(|part| part.1.clone()).ok_or_else(not_kept)
    }

    async fn clear_journal(&self) -> Result<(), OfficeError> {
        Err(not_kept())
    }

    async fn audit(&self, _: AuditRange) -> Result<AuditPage, OfficeError> {
        Err(not_kept())
    }
}

/// It keeps nothing of what administrators look at.
fn not_kept() -> OfficeError {
    OfficeError::new(OfficeErrorKind::Unsupported, "as the test says")
}
