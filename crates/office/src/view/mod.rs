//! The office as one viewer sees and uses it.

mod act;
mod address_test;
mod again;
mod audit;
mod callback_groups;
mod cards;
mod catch_up;
mod commands;
mod journal;
mod report;
mod staged;
mod stream;
mod trace;
mod trial_mode;

pub(crate) use journal::read as read_line;

use std::sync::Arc;

use async_trait::async_trait;
use calls::{CallId, CommandId, ConnectionId, Fact, RecordingId};
use jiff::Timestamp;
use link::{
    ByteRange, FrameStream, Office, OfficeError, OfficeErrorKind, RecordingPart,
    wire::{
        self, ActOnCall, AskedAgain, AuditPage, AuditRange, CardDecision, CardPath, CardsReport, CommandView, Cursor,
        JournalDetail, JournalExport, JournalFilter, JournalPage, PeaksView, PlaceCall, ReadAgain, Role,
        SignatureCheck, StageName, StageRun, StagedCheck, StateReport, TestReport, TestWish, Trace, admin::TrialMode,
    },
};
use sha2::{Digest, Sha256};
use store::{Filter, Visible};

use crate::{keeper::NotKept, rows, settings::Viewer, state::OfficeState, status::ConnectionStatus, visibility};

/// Most calls of a page.
const LARGEST_PAGE: usize = 500;

/// A page of calls, newest first, for scripts.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct CallsPage {
    /// The calls.
    pub calls: Vec<wire::Call>,
    /// Give it as `before` to go on; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// The office as one viewer sees and uses it.
#[derive(Clone)]
pub struct View {
    office: Arc<OfficeState>,
    viewer: Arc<Viewer>,
    visible: Arc<Visible>,
}

impl View {
    pub(crate) fn new(office: Arc<OfficeState>, viewer: Viewer) -> Self {
        let visible = Arc::new(viewer.visible());
        Self { office, viewer: Arc::new(viewer), visible }
    }

    /// Calls that this viewer may see, newest first; up to 500 of them.
    pub async fn calls(&self, before: Option<String>, limit: usize) -> Result<CallsPage, OfficeError> {
        let before = match before.as_deref().map(str::parse) {
            None => None,
            Some(Ok(at)) => Some(store::Cursor(at)),
            Some(Err(_)) => return Err(OfficeError::invalid("before", "give the `next` of an earlier page")),
        };
        let limit = limit.clamp(1, LARGEST_PAGE);
        self.reading(move |view| {
            let office = Some(view.office.name.clone());
            let filter = Filter { office, visible: Visible::clone(&view.visible), ..Filter::default() };
            // One more than is wanted tells whether there is a next page.
            let mut rows = view.office.store.list(&filter, before, limit + 1).map_err(|error| storage(&error))?;
            let more = rows.len() > limit;
            rows.truncate(limit);
            let next = rows.last().filter(|_| more).map(|row| row.cursor.0.to_string());
            Ok(CallsPage { calls: rows.iter().filter_map(|row| view.visible_call(rows::call(row)?)).collect(), next })
        })
        .await
    }

    /// How the office's connections stand now.
    pub fn connections(&self) -> Vec<ConnectionStatus> {
        self.office.board.statuses(&self.viewer)
    }

    /// A call; `None` when this viewer may not see it or there is none.
    pub async fn call(&self, id: &CallId) -> Result<Option<wire::Call>, OfficeError> {
        let id = id.clone();
        self.reading(move |view| view.read_call(&id)).await
    }

    /// The same, on a thread that may wait for the database.
    fn read_call(&self, id: &CallId) -> Result<Option<wire::Call>, OfficeError> {
        let office = &self.office;
        let row = office.store.get_visible(&office.name, id, &self.visible).map_err(|error| storage(&error))?;
        Ok(row.and_then(|row| rows::call(&row)).and_then(|call| self.visible_call(call)))
    }

    fn visible_call(&self, call: wire::Call) -> Option<wire::Call> {
        visibility::as_seen_by(call, &self.viewer, &self.office.directory())
    }

    /// The epoch of the log for this viewer: another one after a change of rights, or of what rights mean.
    fn epoch(&self) -> String {
        let mut hash = Sha256::new();
        for part in [self.office.store.epoch(), self.office.directory().rules(), &self.viewer.rights] {
            hash.update(part);
            hash.update([0]);
        }
        hash.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Reads the store on a thread that may wait for it, when it is one's turn: a crowd holds no threads.
    async fn reading<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Self) -> Result<T, OfficeError> + Send + 'static,
    ) -> Result<T, OfficeError> {
        let failed = || OfficeError::new(OfficeErrorKind::Storage, "reading failed; try again");
        let _turn = self.office.reads.acquire().await.map_err(|_| failed())?;
        let view = self.clone();
        tokio::task::spawn_blocking(move || read(&view)).await.unwrap_or_else(|_| Err(failed()))
    }

    /// The call of a recording that this viewer may hear.
    async fn call_of(&self, id: &RecordingId) -> Result<CallId, OfficeError> {
        let missing = || OfficeError::new(OfficeErrorKind::NotFound, "there is no such recording");
        let id = id.clone();
        let found = self.reading(move |view| {
            let office = &view.office;
            let call = office.store.call_of_recording(&office.name, &id).map_err(|error| storage(&error))?;
            call.map_or(Ok(None), |call| view.read_call(&call))
        });
        let call = found.await?.ok_or_else(missing)?;
        // Who was rung but did not talk sees who answered; what was said is not his.
        if self.viewer.role == Role::Agent && !self.talked(&call) {
            return Err(missing());
        }
        Ok(call.id)
    }

    /// One of the viewer's extensions answered.
    fn talked(&self, call: &wire::Call) -> bool {
        call.legs_of(&self.viewer.extensions).any(|leg| leg.answered_at.is_some())
    }
}

#[async_trait]
impl Office for View {
    async fn stream(&self, resume: Option<Cursor>) -> Result<FrameStream, OfficeError> {
        Ok(self.follow(resume))
    }

    async fn place_call(&self, request: PlaceCall) -> Result<CommandView, OfficeError> {
        self.place(request).await
    }

    async fn act(&self, request: ActOnCall) -> Result<CommandView, OfficeError> {
        self.act_on(request).await
    }

    async fn command(&self, id: CommandId) -> Result<Option<CommandView>, OfficeError> {
        self.find_command(id).await
    }

    async fn trace(&self, call: &CallId) -> Result<Option<Trace>, OfficeError> {
        let Some(call) = self.call(call).await? else { return Ok(None) };
        self.reading(move |view| {
            let office = &view.office;
            let entries = office.store.read_call(&office.name, &call.id).map_err(|error| storage(&error))?;
            Ok(Some(Trace { events: trace::trace_events(&call.id, entries) }))
        })
        .await
    }

    async fn add_fact(&self, mut fact: Fact) -> Result<(), OfficeError> {
        if self.call(&fact.call).await?.is_none() {
            return Err(OfficeError::new(OfficeErrorKind::NotFound, "there is no such call"));
        }
        fact.author.clone_from(&self.viewer.name);
        self.office.keeper.fact(fact).await.map_err(|error| match error {
            NotKept::NotStored => {
                OfficeError::new(OfficeErrorKind::Storage, "it was not kept: the database cannot take it; try again")
            }
            NotKept::Taken => {
                OfficeError::new(OfficeErrorKind::Conflict, "another fact has this id; make a new one for this")
            }
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

    async fn report_cards(&self, decisions: Vec<CardDecision>) -> Result<(), OfficeError> {
        self.keep_decisions(decisions).await
    }

    async fn card_path(&self, call: &CallId, desk: Option<&str>) -> Result<Option<CardPath>, OfficeError> {
        self.path_of(call, desk).await
    }

    async fn cards_since(&self, since: Timestamp) -> Result<CardsReport, OfficeError> {
        self.report_since(since).await
    }

    async fn state(&self) -> Result<StateReport, OfficeError> {
        self.report_state().await
    }

    async fn test_address(&self, connection: &ConnectionId, wish: TestWish) -> Result<TestReport, OfficeError> {
        self.send_test(connection, wish).await
    }

    async fn staged_check(&self, connection: &ConnectionId) -> Result<StagedCheck, OfficeError> {
        self.check_stages(connection).await
    }

    async fn run_stage(&self, connection: &ConnectionId, stage: StageName) -> Result<StageRun, OfficeError> {
        self.run_stage_of(connection, stage).await
    }

    async fn begin_trial(&self, connection: &ConnectionId, hours: u32) -> Result<TrialMode, OfficeError> {
        self.start_trial(connection, hours).await
    }

    async fn end_trial(&self, connection: &ConnectionId) -> Result<(), OfficeError> {
        self.stop_trial(connection).await
    }

    async fn journal(&self, filter: JournalFilter) -> Result<JournalPage, OfficeError> {
        self.journal_page(filter).await
    }

    async fn journal_entry(&self, id: i64, reveal: bool) -> Result<JournalDetail, OfficeError> {
        self.journal_detail(id, reveal).await
    }

    async fn check_signature(&self, id: i64) -> Result<SignatureCheck, OfficeError> {
        self.signature_of(id).await
    }

    async fn repeat_request(&self, id: i64) -> Result<AskedAgain, OfficeError> {
        self.ask_again(id).await
    }

    async fn replay_webhook(&self, id: i64) -> Result<ReadAgain, OfficeError> {
        self.read_again(id).await
    }

    async fn export_journal(&self, filter: JournalFilter) -> Result<JournalExport, OfficeError> {
        self.journal_export(filter).await
    }

    async fn clear_journal(&self) -> Result<(), OfficeError> {
        self.forget_journal().await
    }

    async fn audit(&self, range: AuditRange) -> Result<AuditPage, OfficeError> {
        self.audit_page(range).await
    }
}

pub(crate) fn storage(error: &store::Error) -> OfficeError {
    tracing::error!(kind = ?error.kind(), "the database could not be used");
    OfficeError::new(OfficeErrorKind::Storage, "the database could not be used; free disk space and try again")
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, sync::mpsc, time::Duration};

    use secrecy::SecretBox;
    use store::{Options, Store, SystemRandom};
    use tokio::sync::RwLock;

    use super::*;
    use crate::{OfficeConfig, OfficeHandle, SystemClock};

    #[test]
    fn a_crowd_of_readers_leaves_threads_to_others() {
        const THREADS: usize = 12;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(THREADS)
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let folder = tempfile::tempdir().expect("a folder");
            let store = Store::open_in(folder.path(), Options::owner("test", SystemRandom)).expect("a store");
            let config = OfficeConfig {
                name: "test".to_owned(),
                connections: Vec::new(),
                lines: Vec::new(),
                groups: Vec::new(),
                people: Vec::new(),
                contacts: BTreeMap::new(),
                routing: Default::default(),
                cache_dir: folder.path().join("recordings"),
                cache_key: SecretBox::new(Box::new([7; 32])),
            };
            let office = OfficeHandle::start(config, store, Arc::new(SystemClock)).await.expect("an office");
            let viewer = Viewer {
                id: "t1".to_owned(),
                name: "Ольга".to_owned(),
                role: Role::Manager,
                extensions: Vec::new(),
                groups: Vec::new(),
                rights: String::new(),
            };
            let view = office.view(viewer);
            let gate = Arc::new(RwLock::new(()));
            let closed = gate.write().await;
            let (let_in, inside) = mpsc::channel();
            let crowd: Vec<_> = (0..2 * THREADS)
                .map(|_| {
                    let (view, gate, let_in) = (view.clone(), Arc::clone(&gate), let_in.clone());
                    let read = move |_: &View| {
                        let_in.send(()).expect("somebody counts");
                        drop(gate.blocking_read());
                        Ok(())
                    };
                    tokio::spawn(async move { view.reading(read).await })
                })
                .collect();
            inside.recv_timeout(Duration::from_secs(10)).expect("one reads");
            let other = tokio::task::spawn_blocking(|| "a turn");
            let other = tokio::time::timeout(Duration::from_secs(10), other).await;
            // Lets everybody go before anything is asserted: a thread that waits holds the test up.
            drop(closed);
            for reader in crowd {
                reader.await.expect("comes to its end").expect("reads");
            }
            assert_eq!(other.expect("is not behind the crowd").expect("runs"), "a turn");
        });
    }
}
