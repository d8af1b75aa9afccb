//! An office from the settings, whose token is still in the keyring.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use async_trait::async_trait;
use calls::{CallId, CommandId, Fact, RecordingId};
use link::{
    ByteRange, FrameStream, Office, OfficeError, OfficeErrorKind, RecordingPart, RemoteOffice, SignInError,
    wire::{ActOnCall, CommandView, Cursor, PeaksView, PlaceCall, Trace},
};
use secrecy::SecretString;
use tokio::{
    sync::{Mutex, oneshot},
    time::timeout,
};
use url::Url;

use crate::secrets::TokenStore;

/// After this a keyring that has not answered is said to be locked; its answer is waited for all the same.
const KEYRING_TIMEOUT: Duration = Duration::from_secs(5);

type Answer = anyhow::Result<Option<SecretString>>;

/// Signs in with the stored token, as soon as the keyring gives it. Before that it refuses everything.
pub(super) struct StoredOffice {
    name: String,
    address: Option<Url>,
    tokens: Arc<dyn TokenStore>,
    request: Mutex<KeyringRequest>,
    signed_in: OnceLock<RemoteOffice>,
}

/// The question to the keyring for the token of this office.
#[derive(Default)]
struct KeyringRequest {
    /// Its answer has not come yet. A second question would be a second dialogue for the person.
    pending: Option<oneshot::Receiver<Answer>>,
    /// It was asked before: a person who sent the dialogue away is not shown it again.
    asked_before: bool,
}

impl StoredOffice {
    /// An office by its stored address, if that can be used.
    pub(super) fn new(name: String, address: Option<Url>, tokens: Arc<dyn TokenStore>) -> Self {
        Self { name, address, tokens, request: Mutex::default(), signed_in: OnceLock::new() }
    }

    fn office(&self) -> Result<&RemoteOffice, OfficeError> {
        let not_yet = || OfficeError::new(OfficeErrorKind::Unreachable, "The token of this office was not read yet.");
        self.signed_in.get().ok_or_else(not_yet)
    }

    async fn token(&self) -> Result<SecretString, SignInError> {
        let mut request = self.request.lock().await;
        if request.pending.is_none() && request.asked_before && self.is_locked().await {
            return Err(SignInError::KeyringLocked);
        }
        request.asked_before = true;
        let answer = request.pending.get_or_insert_with(|| self.ask());
        let Ok(answer) = timeout(KEYRING_TIMEOUT, answer).await else {
            tracing::info!("the keyring takes its time");
            return Err(SignInError::KeyringLocked);
        };
        request.pending = None;
        match answer {
            Ok(Ok(Some(token))) => Ok(token),
            Ok(Ok(None)) => Err(SignInError::TokenMissing),
            Ok(Err(error)) => {
                tracing::warn!(%error, "the keyring refused");
                Err(SignInError::KeyringLocked)
            }
            Err(_) => Err(SignInError::KeyringLocked),
        }
    }

    /// On a thread of its own, since a keyring may wait for a person for as long as he likes.
    fn ask(&self) -> oneshot::Receiver<Answer> {
        let (done, answer) = oneshot::channel();
        let (name, tokens) = (self.name.clone(), Arc::clone(&self.tokens));
        let asking = std::thread::Builder::new().name("keyring".into()).spawn(move || {
            // Whoever asked may have gone: the office was disconnected.
            let _ = done.send(tokens.read(&name));
        });
        if let Err(error) = asking {
            tracing::warn!(%error, "the keyring cannot be asked");
        }
        answer
    }

    async fn is_locked(&self) -> bool {
        let tokens = Arc::clone(&self.tokens);
        tokio::task::spawn_blocking(move || tokens.is_locked()).await.unwrap_or(true)
    }
}

#[async_trait]
impl Office for StoredOffice {
    async fn sign_in(&self) -> Result<(), SignInError> {
        if self.signed_in.get().is_some() {
            return Ok(());
        }
        let address = self.address.as_ref().ok_or(SignInError::BadAddress)?;
        let token = self.token().await?;
        let office = RemoteOffice::connect(address, token, None).map_err(|_| SignInError::BadAddress)?;
        // Only one supervisor opens streams; were there two, both would have signed in with the same token.
        self.signed_in.set(office).or(Ok(()))
    }

    async fn stream(&self, resume: Option<Cursor>) -> Result<FrameStream, OfficeError> {
        self.office()?.stream(resume).await
    }

    async fn place_call(&self, request: PlaceCall) -> Result<CommandView, OfficeError> {
        self.office()?.place_call(request).await
    }

    async fn act(&self, wish: ActOnCall) -> Result<CommandView, OfficeError> {
        self.office()?.act(wish).await
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
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Mutex as StdMutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    };

    use super::*;

    /// A keyring whose answers come when the test sends them.
    struct Keyring {
        answers: StdMutex<mpsc::Receiver<Answer>>,
        asked: AtomicUsize,
        locked: AtomicBool,
    }

    impl TokenStore for Keyring {
        fn read(&self, _: &str) -> Answer {
            self.asked.fetch_add(1, Ordering::SeqCst);
            self.answers.lock().expect("one at a time").recv().expect("the test answers")
        }

        fn is_locked(&self) -> bool {
            self.locked.load(Ordering::SeqCst)
        }
    }

    fn office() -> (StoredOffice, Arc<Keyring>, mpsc::Sender<Answer>) {
        let (answer, answers) = mpsc::channel();
        let keyring =
            Keyring { answers: StdMutex::new(answers), asked: AtomicUsize::default(), locked: AtomicBool::new(true) };
        let keyring = Arc::new(keyring);
        let address = Url::parse("https://calls.example.org/").ok();
        (StoredOffice::new("calls.example.org".into(), address, keyring.clone()), keyring, answer)
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
