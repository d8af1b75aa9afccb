//! An office behind a gateway, over HTTP and one WebSocket.

mod address;
mod admin;
mod http;
mod join;
mod journal;
mod recording;
mod stream;
mod token;

use std::time::Duration;

use ::http::Method;
use async_trait::async_trait;
use calls::{CallId, CommandId, ConnectionId, Fact, RecordingId};
use jiff::Timestamp;
use secrecy::SecretString;
use url::Url;

use crate::{
    error::OfficeError,
    office::{ByteRange, FrameStream, Office, RecordingPart},
    remote::http::Http,
    wire::{
        ActOnCall, ActionBody, AskedAgain, AuditPage, AuditRange, CardDecision, CardDecisions, CardPath, CardsReport,
        CommandView, Cursor, JournalDetail, JournalExport, JournalFilter, JournalPage, PeaksView, PlaceCall, ReadAgain,
        RunStage, SignatureCheck, StageName, StageRun, StagedCheck, StateReport, TestReport, TestWish, Trace,
        admin::{BeginTrial, TrialMode},
    },
};

pub use join::{Invitation, JoinError};

/// A test of an address takes as long as its message may be waited for, and a little.
const TEST_PATIENCE: Duration = Duration::from_secs(40);

/// A stage asks the vendor's test host and sends a message, each within its time.
const STAGE_PATIENCE: Duration = Duration::from_secs(60);

/// An office behind a gateway. Cheap to clone; every clone uses the same connections.
#[derive(Debug, Clone)]
pub struct RemoteOffice {
    http: Http,
}

impl RemoteOffice {
    /// The office at this address, seen with this token. Nothing is sent yet. Plain `http` is taken for this computer
    /// only; `anchor` holds certificates (PEM) to trust beside the operating system's: an authority's, or the gateway's own.
    pub fn connect(address: &Url, token: SecretString, anchor: Option<&[u8]>) -> Result<Self, OfficeError> {
        Ok(Self { http: Http::new(address::check(address)?, token, anchor)? })
    }

    /// The gateway's address.
    pub fn address(&self) -> &Url {
        self.http.address()
    }
}

#[async_trait]
impl Office for RemoteOffice {
    async fn stream(&self, resume: Option<Cursor>) -> Result<FrameStream, OfficeError> {
        stream::open(&self.http, resume).await
    }

    async fn place_call(&self, request: PlaceCall) -> Result<CommandView, OfficeError> {
        self.http.act(&["v1", "calls"], &request).await
    }

    async fn act(&self, request: ActOnCall) -> Result<CommandView, OfficeError> {
        let path = ["v1", "calls", request.call.as_str(), request.action.name()];
        self.http.act(&path, &ActionBody::from(&request)).await
    }

    async fn command(&self, id: CommandId) -> Result<Option<CommandView>, OfficeError> {
        self.http.find(&["v1", "commands", &id.to_string()]).await
    }

    async fn trace(&self, call: &CallId) -> Result<Option<Trace>, OfficeError> {
        self.http.find(&["v1", "calls", call.as_str(), "trace"]).await
    }

    async fn add_fact(&self, fact: Fact) -> Result<(), OfficeError> {
        self.http.put_down(&["v1", "facts"], &fact).await
    }

    async fn recording(&self, id: &RecordingId, range: ByteRange) -> Result<RecordingPart, OfficeError> {
        recording::part(&self.http, id, range).await
    }

    async fn peaks(&self, id: &RecordingId) -> Result<PeaksView, OfficeError> {
        self.http.get(&["v1", "recordings", id.as_str(), "peaks"]).await
    }

    async fn report_cards(&self, decisions: Vec<CardDecision>) -> Result<(), OfficeError> {
        self.http.put_down(&["v1", "desk", "decisions"], &CardDecisions { decisions }).await
    }

    async fn card_path(&self, call: &CallId, desk: Option<&str>) -> Result<Option<CardPath>, OfficeError> {
        let query: Vec<_> = desk.map(|desk| ("desk", desk)).into_iter().collect();
        self.http.find_with(&["v1", "calls", call.as_str(), "path"], &query).await
    }

    async fn cards_since(&self, since: Timestamp) -> Result<CardsReport, OfficeError> {
        self.http.get_with(&["v1", "cards"], &[("since", &since.to_string())]).await
    }

    async fn state(&self) -> Result<StateReport, OfficeError> {
        self.http.get(&["v1", "admin", "state"]).await
    }

    async fn test_address(&self, connection: &ConnectionId, wish: TestWish) -> Result<TestReport, OfficeError> {
        let path = ["v1", "admin", "connections", connection.as_str(), "test"];
        self.http.ask(&path, &wish, TEST_PATIENCE).await
    }

    async fn staged_check(&self, connection: &ConnectionId) -> Result<StagedCheck, OfficeError> {
        self.http.get(&["v1", "admin", "connections", connection.as_str(), "stages"]).await
    }

    async fn run_stage(&self, connection: &ConnectionId, stage: StageName) -> Result<StageRun, OfficeError> {
        let path = ["v1", "admin", "connections", connection.as_str(), "stages"];
        self.http.ask(&path, &RunStage { stage }, STAGE_PATIENCE).await
    }

    async fn begin_trial(&self, connection: &ConnectionId, hours: u32) -> Result<TrialMode, OfficeError> {
        let path = ["v1", "admin", "connections", connection.as_str(), "trial"];
        self.http.change(Method::PUT, &path, &BeginTrial { hours }).await
    }

    async fn end_trial(&self, connection: &ConnectionId) -> Result<(), OfficeError> {
        self.http.remove(&["v1", "admin", "connections", connection.as_str(), "trial"]).await
    }

    async fn journal(&self, filter: JournalFilter) -> Result<JournalPage, OfficeError> {
        journal::read(&self.http, &["v1", "admin", "journal"], &filter).await
    }

    async fn journal_entry(&self, id: i64, reveal: bool) -> Result<JournalDetail, OfficeError> {
        let path = ["v1", "admin", "journal", &id.to_string()];
        let query: Vec<_> = reveal.then_some(("reveal", "true")).into_iter().collect();
        self.http.get_with(&path, &query).await
    }

    async fn check_signature(&self, id: i64) -> Result<SignatureCheck, OfficeError> {
        self.http.get(&["v1", "admin", "journal", &id.to_string(), "signature"]).await
    }

    async fn repeat_request(&self, id: i64) -> Result<AskedAgain, OfficeError> {
        journal::again(&self.http, id, "repeat").await
    }

    async fn replay_webhook(&self, id: i64) -> Result<ReadAgain, OfficeError> {
        journal::again(&self.http, id, "replay").await
    }

    async fn export_journal(&self, filter: JournalFilter) -> Result<JournalExport, OfficeError> {
        journal::read(&self.http, &["v1", "admin", "journal", "export"], &filter).await
    }

    async fn clear_journal(&self) -> Result<(), OfficeError> {
        self.http.remove(&["v1", "admin", "journal"]).await
    }

    async fn audit(&self, AuditRange { before, limit }: AuditRange) -> Result<AuditPage, OfficeError> {
        let numbers = [("before", before.map(|id| id.to_string())), ("limit", limit.map(|count| count.to_string()))];
        let query: Vec<_> = numbers.iter().filter_map(|(name, number)| Some((*name, number.as_deref()?))).collect();
        self.http.get_with(&["v1", "admin", "audit"], &query).await
    }
}
