//! An office from the settings, whose token is still in the keyring.

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use calls::{CallId, CommandId, ConnectionId, Fact, RecordingId};
use jiff::Timestamp;
use link::{
    ByteRange, FrameStream, Office, OfficeError, OfficeErrorKind, RecordingPart, RemoteOffice, SignInError,
    wire::{
        ActOnCall, AskedAgain, AuditPage, AuditRange, CardDecision, CardPath, CardsReport, CommandView, Cursor,
        JournalDetail, JournalExport, JournalFilter, JournalPage, PeaksView, PlaceCall, ReadAgain, SignatureCheck,
        StageName, StageRun, StagedCheck, StateReport, TestReport, TestWish, Trace, admin::TrialMode,
    },
};
use own::{Keyring, KeyringQuestion};
use secrecy::SecretString;
use url::Url;

use super::kept::KeptOffice;
use crate::secrets;

/// Signs in with the stored token, as soon as the keyring gives it. Before that it refuses everything.
pub(super) struct StoredOffice {
    kept: KeptOffice,
    question: KeyringQuestion<Option<SecretString>>,
    signed_in: OnceLock<RemoteOffice>,
}

impl StoredOffice {
    /// An office from the settings.
    pub(super) fn new(kept: KeptOffice, keyring: Arc<dyn Keyring>) -> Self {
        Self { kept, question: KeyringQuestion::new(keyring), signed_in: OnceLock::new() }
    }

    /// The same, signed in with the token that it has just been given.
    pub(super) fn with_token(kept: KeptOffice, keyring: Arc<dyn Keyring>, office: RemoteOffice) -> Self {
        let stored = Self::new(kept, keyring);
        // Nobody has signed in to what was just made.
        let _ = stored.signed_in.set(office);
        stored
    }

    /// Names it at this desk.
    pub(super) fn id(&self) -> &str {
        &self.kept.id
    }

    /// The way to its gateway, once its token was read.
    pub(super) fn remote(&self) -> Option<&RemoteOffice> {
        self.signed_in.get()
    }

    fn office(&self) -> Result<&RemoteOffice, OfficeError> {
        let not_yet = || OfficeError::new(OfficeErrorKind::Unreachable, "The token of this office was not read yet.");
        self.signed_in.get().ok_or_else(not_yet)
    }

    async fn token(&self) -> Result<SecretString, SignInError> {
        let name = secrets::token_name(&self.kept.id);
        self.question.ask(move |keyring| keyring.read(&name)).await?.ok_or(SignInError::TokenMissing)
    }
}

#[async_trait]
impl Office for StoredOffice {
    async fn sign_in(&self) -> Result<(), SignInError> {
        if self.signed_in.get().is_some() {
            return Ok(());
        }
        let address = Url::parse(&self.kept.address).map_err(|_| SignInError::BadAddress)?;
        let token = self.token().await?;
        let anchor = self.kept.anchor.as_deref().map(str::as_bytes);
        let office = RemoteOffice::connect(&address, token, anchor).map_err(|_| SignInError::BadAddress)?;
        // Only one supervisor opens streams; were there two, both would have signed in with the same token.
        self.signed_in.set(office).or(Ok(()))
    }

    async fn stream(&self, resume: Option<Cursor>) -> Result<FrameStream, OfficeError> {
        self.office()?.stream(resume).await
    }

    async fn place_call(&self, request: PlaceCall) -> Result<CommandView, OfficeError> {
        self.office()?.place_call(request).await
    }

    async fn act(&self, request: ActOnCall) -> Result<CommandView, OfficeError> {
        self.office()?.act(request).await
    }

    async fn command(&self, id: CommandId) -> Result<Option<CommandView>, OfficeError> {
        self.office()?.command(id).await
    }

    async fn trace(&self, call: &CallId) -> Result<Option<Trace>, OfficeError> {
        self.office()?.trace(call).await
    }

    async fn add_fact(&self, fact: Fact) -> Result<(), OfficeError> {
        self.office()?.add_fact(fact).await
    }

    async fn recording(&self, id: &RecordingId, range: ByteRange) -> Result<RecordingPart, OfficeError> {
        self.office()?.recording(id, range).await
    }

    async fn peaks(&self, id: &RecordingId) -> Result<PeaksView, OfficeError> {
        self.office()?.peaks(id).await
    }

    async fn report_cards(&self, decisions: Vec<CardDecision>) -> Result<(), OfficeError> {
        self.office()?.report_cards(decisions).await
    }

    async fn card_path(&self, call: &CallId, desk: Option<&str>) -> Result<Option<CardPath>, OfficeError> {
        self.office()?.card_path(call, desk).await
    }

    async fn cards_since(&self, since: Timestamp) -> Result<CardsReport, OfficeError> {
        self.office()?.cards_since(since).await
    }

    async fn state(&self) -> Result<StateReport, OfficeError> {
        self.office()?.state().await
    }

    async fn test_address(&self, connection: &ConnectionId, wish: TestWish) -> Result<TestReport, OfficeError> {
        self.office()?.test_address(connection, wish).await
    }

    async fn staged_check(&self, connection: &ConnectionId) -> Result<StagedCheck, OfficeError> {
        self.office()?.staged_check(connection).await
    }

    async fn run_stage(&self, connection: &ConnectionId, stage: StageName) -> Result<StageRun, OfficeError> {
        self.office()?.run_stage(connection, stage).await
    }

    async fn begin_trial(&self, connection: &ConnectionId, hours: u32) -> Result<TrialMode, OfficeError> {
        self.office()?.begin_trial(connection, hours).await
    }

    async fn end_trial(&self, connection: &ConnectionId) -> Result<(), OfficeError> {
        self.office()?.end_trial(connection).await
    }

    async fn journal(&self, filter: JournalFilter) -> Result<JournalPage, OfficeError> {
        self.office()?.journal(filter).await
    }

    async fn journal_entry(&self, id: i64, reveal: bool) -> Result<JournalDetail, OfficeError> {
        self.office()?.journal_entry(id, reveal).await
    }

    async fn check_signature(&self, id: i64) -> Result<SignatureCheck, OfficeError> {
        self.office()?.check_signature(id).await
    }

    async fn repeat_request(&self, id: i64) -> Result<AskedAgain, OfficeError> {
        self.office()?.repeat_request(id).await
    }

    async fn replay_webhook(&self, id: i64) -> Result<ReadAgain, OfficeError> {
        self.office()?.replay_webhook(id).await
    }

    async fn export_journal(&self, filter: JournalFilter) -> Result<JournalExport, OfficeError> {
        self.office()?.export_journal(filter).await
    }

    async fn clear_journal(&self) -> Result<(), OfficeError> {
        self.office()?.clear_journal().await
    }

    async fn audit(&self, range: AuditRange) -> Result<AuditPage, OfficeError> {
        self.office()?.audit(range).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Mutex as StdMutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    };

    use super::*;

    type Answer = anyhow::Result<Option<SecretString>>;

    /// A keyring whose answers come when the test sends them.
    struct LateKeyring {
        answers: StdMutex<mpsc::Receiver<Answer>>,
        asked: AtomicUsize,
        locked: AtomicBool,
    }

    impl Keyring for LateKeyring {
        fn read(&self, _: &str) -> Answer {
            self.asked.fetch_add(1, Ordering::SeqCst);
            self.answers.lock().expect("one at a time").recv().expect("the test answers")
        }

        fn write(&self, _: &str, _: &SecretString) -> anyhow::Result<()> {
            unreachable!("a stored office only reads")
        }

        fn remove(&self, _: &str) -> anyhow::Result<()> {
            unreachable!("a stored office only reads")
        }

        fn is_locked(&self) -> bool {
            self.locked.load(Ordering::SeqCst)
        }
    }

    fn office() -> (StoredOffice, Arc<LateKeyring>, mpsc::Sender<Answer>) {
        let (answer, answers) = mpsc::channel();
        let keyring = LateKeyring {
            answers: StdMutex::new(answers),
            asked: AtomicUsize::default(),
            locked: AtomicBool::new(true),
        };
        let keyring = Arc::new(keyring);
        let kept = KeptOffice::new("calls.example.org", "https://calls.example.org/");
        (StoredOffice::new(kept, keyring.clone()), keyring, answer)
    }

    // With the paused clock the patience is over as soon as nothing else is to be done.
    #[tokio::test(start_paused = true)]
    async fn a_keyring_that_answers_late_is_asked_once_and_its_answer_counts() {
        let (office, keyring, answer) = office();
        assert_eq!(office.sign_in().await, Err(SignInError::KeyringLocked));
        assert_eq!(office.sign_in().await, Err(SignInError::KeyringLocked));
        answer.send(Ok(Some(SecretString::from("t")))).expect("it waits");
        while office.sign_in().await.is_err() {
            tokio::task::yield_now().await;
        }
        assert_eq!(keyring.asked.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_dialogue_that_was_sent_away_does_not_come_back_before_the_keyring_is_open() {
        let (office, keyring, answer) = office();
        answer.send(Err(anyhow::anyhow!("dismissed"))).expect("a channel");
        assert_eq!(office.sign_in().await, Err(SignInError::KeyringLocked));
        for _ in 0..20 {
            assert_eq!(office.sign_in().await, Err(SignInError::KeyringLocked));
        }
        assert_eq!(keyring.asked.load(Ordering::SeqCst), 1);
        keyring.locked.store(false, Ordering::SeqCst);
        answer.send(Ok(Some(SecretString::from("t")))).expect("a channel");
        assert_eq!(office.sign_in().await, Ok(()));
    }

    #[tokio::test]
    async fn an_open_keyring_without_the_token_says_so() {
        let (office, _, answer) = office();
        answer.send(Ok(None)).expect("a channel");
        assert_eq!(office.sign_in().await, Err(SignInError::TokenMissing));
    }
}
