//! The trait through which a desk, or a gateway's client, uses an office.

use std::pin::Pin;

use async_trait::async_trait;
use bytes::Bytes;
use calls::{CallId, CommandId, ConnectionId, Fact, RecordingId};
use futures_util::Stream;
use jiff::Timestamp;

use crate::{
    error::OfficeError,
    wire::{
        ActOnCall, AskedAgain, AuditPage, AuditRange, CardDecision, CardPath, CardsReport, CommandView, Cursor, Frame,
        JournalDetail, JournalExport, JournalFilter, JournalPage, PeaksView, PlaceCall, ReadAgain, SignatureCheck,
        StageName, StageRun, StagedCheck, StateReport, TestReport, TestWish, Trace, admin::TrialMode,
    },
};

/// Frames of an office's stream. Its end means that the connection is lost; an error says why.
pub type FrameStream = Pin<Box<dyn Stream<Item = Result<Frame, OfficeError>> + Send>>;

/// Bytes wanted of a recording, both ends included; `end` absent means to the end of what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByteRange {
    /// First byte.
    pub start: u64,
    /// Last byte.
    pub end: Option<u64>,
}

/// A piece of a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordingPart {
    /// Its bytes.
    pub bytes: Bytes,
    /// Place of its first byte.
    pub start: u64,
    /// Length of the whole, unknown while it is being fetched.
    pub total: Option<u64>,
    /// `audio/mpeg` or `audio/wav`.
    pub mime: &'static str,
}

/// Why there is nothing yet with which to ask an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInError {
    /// The keyring does not give the token now; it may later.
    KeyringLocked,
    /// The keyring has no token for this office.
    TokenMissing,
    /// The stored address cannot be used.
    BadAddress,
}

/// An office as one viewer (a token, or the desk it runs in) may see and use it.
#[async_trait]
pub trait Office: Send + Sync {
    /// Gets what the stream is opened with, before each opening. An office that needs nothing more is ready.
    async fn sign_in(&self) -> Result<(), SignInError> {
        Ok(())
    }

    /// Opens the stream. Everything after `resume` is sent as whole states; `None` sends all that may be seen.
    async fn stream(&self, resume: Option<Cursor>) -> Result<FrameStream, OfficeError>;

    /// Asks the PBX to ring us, then them. The same command answers the same outcome and never acts twice.
    async fn place_call(&self, request: PlaceCall) -> Result<CommandView, OfficeError>;

    /// Does something with a call. The same command answers the same outcome and never acts twice.
    async fn act(&self, request: ActOnCall) -> Result<CommandView, OfficeError>;

    /// Where a command stands; `None` when this viewer never sent it.
    async fn command(&self, id: CommandId) -> Result<Option<CommandView>, OfficeError>;

    /// The stored events of a call, for the side panel and for support; `None` when it may not be seen.
    async fn trace(&self, call: &CallId) -> Result<Option<Trace>, OfficeError>;

    /// Keeps what a person wrote. The same fact twice is kept once.
    async fn add_fact(&self, fact: Fact) -> Result<(), OfficeError>;

    /// A piece of a recording, fetched from the PBX when this is the first request for it.
    async fn recording(&self, id: &RecordingId, range: ByteRange) -> Result<RecordingPart, OfficeError>;

    /// Shape and length of a recording.
    async fn peaks(&self, id: &RecordingId) -> Result<PeaksView, OfficeError>;

    /// Takes in why this desk showed cards, or did not. The same twice is kept once.
    async fn report_cards(&self, decisions: Vec<CardDecision>) -> Result<(), OfficeError>;

    /// The way of a call to a desk: this viewer's, or, for administrators, another. `None` when the call may not be seen.
    async fn card_path(&self, call: &CallId, desk: Option<&str>) -> Result<Option<CardPath>, OfficeError>;

    /// How the calls since this moment came to cards: of this viewer's desk, or, for administrators, of all.
    async fn cards_since(&self, since: Timestamp) -> Result<CardsReport, OfficeError>;

    /// How the office stands; for administrators.
    async fn state(&self) -> Result<StateReport, OfficeError>;

    /// Sends a message of the PBX to this connection's public address and waits until it comes in; for administrators. It
    /// tells of no call, and nobody but whoever asks is told of it.
    async fn test_address(&self, connection: &ConnectionId, wish: TestWish) -> Result<TestReport, OfficeError>;

    /// How far a connection is proved, stage by stage; for administrators.
    async fn staged_check(&self, connection: &ConnectionId) -> Result<StagedCheck, OfficeError>;

    /// Does the office's part of a stage: asks the PBX something harmless, or sends itself a message. That stands in the
    /// audit; no number is called, and nothing is changed at the PBX.
    async fn run_stage(&self, connection: &ConnectionId, stage: StageName) -> Result<StageRun, OfficeError>;
    /// Puts a connection into trial mode for so many hours: its PBX may post over plain HTTP, and calls that begin meanwhile are
    /// for administrators alone. For administrators.
    async fn begin_trial(&self, connection: &ConnectionId, hours: u32) -> Result<TrialMode, OfficeError>;

    /// Ends the trial mode of a connection; for administrators. Where it is in none, nothing happens.
    async fn end_trial(&self, connection: &ConnectionId) -> Result<(), OfficeError>;

    /// A page of the request journal, newest first; for administrators.
    async fn journal(&self, filter: JournalFilter) -> Result<JournalPage, OfficeError>;

    /// One entry of it, with numbers where they are asked for: that stands in the audit.
    async fn journal_entry(&self, id: i64, reveal: bool) -> Result<JournalDetail, OfficeError>;

    /// Checks the signature of an entry with the key that its connection has now; for administrators.
    async fn check_signature(&self, id: i64) -> Result<SignatureCheck, OfficeError>;

    /// Asks the question of an entry once more, which stands in the audit; for administrators. What may change something at
    /// the PBX is refused.
    async fn repeat_request(&self, id: i64) -> Result<AskedAgain, OfficeError>;

    /// Reads the webhook of an entry once more, which stands in the audit; for administrators. Nothing else comes of it.
    async fn replay_webhook(&self, id: i64) -> Result<ReadAgain, OfficeError>;

    /// A part of the journal for a file, newest first; for administrators. That one was begun stands in the audit.
    async fn export_journal(&self, filter: JournalFilter) -> Result<JournalExport, OfficeError>;

    /// Forgets all of it, which stands in the audit.
    async fn clear_journal(&self) -> Result<(), OfficeError>;

    /// A page of what administrators changed, newest first; for administrators.
    async fn audit(&self, range: AuditRange) -> Result<AuditPage, OfficeError>;
}
