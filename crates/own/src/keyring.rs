//! The operating system's keyring, which may ask a person to unlock it.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, mpsc},
    time::Duration,
};

use link::SignInError;
use secrecy::SecretString;
use tokio::{
    sync::{Mutex, oneshot},
    time::timeout,
};

/// After this a keyring that has not answered is said to be locked; its answer is waited for all the same.
const PATIENCE: Duration = Duration::from_secs(5);

/// There is no keyring on this computer. Every other failure may be over later.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("there is no keyring on this computer")]
pub struct NoKeyring;

/// Where secrets are kept. What fails because there is no keyring at all fails with [`NoKeyring`].
pub trait Keyring: Send + Sync + 'static {
    /// The secret of this name; `None` where the keyring says that it has no such entry. May wait for a person who is
    /// asked to unlock the keyring.
    fn read(&self, name: &str) -> anyhow::Result<Option<SecretString>>;
    /// Keeps a secret.
    fn write(&self, name: &str, secret: &SecretString) -> anyhow::Result<()>;
    /// Forgets a secret; one that is not there is forgotten already.
    fn remove(&self, name: &str) -> anyhow::Result<()>;
    /// A person would be asked to unlock the keyring. Answers soon.
    fn is_locked(&self) -> bool;
}

/// A question to the keyring that is asked again and again, until there is an answer.
pub struct KeyringQuestion<T> {
    keyring: Arc<dyn Keyring>,
    state: Mutex<QuestionState<T>>,
}

struct QuestionState<T> {
    /// Its answer has not come yet. A second question would be a second dialogue for the person.
    pending: Option<oneshot::Receiver<anyhow::Result<T>>>,
    /// It was asked before: a person who sent the dialogue away is not shown it again.
    before: bool,
}

impl<T: Send + 'static> KeyringQuestion<T> {
    /// A question to this keyring, not asked yet.
    pub fn new(keyring: Arc<dyn Keyring>) -> Self {
        Self { keyring, state: Mutex::new(QuestionState { pending: None, before: false }) }
    }

    /// Asks, unless an earlier answer is still to come, and waits for a while.
    pub async fn ask(
        &self,
        question: impl FnOnce(&dyn Keyring) -> anyhow::Result<T> + Send + 'static,
    ) -> Result<T, SignInError> {
        let mut state = self.state.lock().await;
        if state.pending.is_none() && state.before && self.is_locked().await {
            return Err(SignInError::KeyringLocked);
        }
        let is_first = !std::mem::replace(&mut state.before, true);
        let answer = state.pending.get_or_insert_with(|| beside(&self.keyring, question));
        let Ok(answer) = timeout(PATIENCE, answer).await else {
            tracing::info!("the keyring takes its time");
            return Err(SignInError::KeyringLocked);
        };
        state.pending = None;
        match answer {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => {
                // It is asked every few seconds.
                if is_first {
                    tracing::warn!(%error, "the keyring gives no key; it is asked again");
                }
                Err(SignInError::KeyringLocked)
            }
            Err(_) => Err(SignInError::KeyringLocked),
        }
    }

    async fn is_locked(&self) -> bool {
        let keyring = Arc::clone(&self.keyring);
        tokio::task::spawn_blocking(move || keyring.is_locked()).await.unwrap_or(true)
    }
}

type Change = Box<dyn FnOnce(&dyn Keyring) + Send>;

/// Changes a keyring, one change after the other, in the order in which they were asked for.
pub struct KeyringChanges {
    /// Read by the thread that makes them, which may wait for a person. It ends with this.
    queue: mpsc::Sender<Change>,
}

impl KeyringChanges {
    /// Changes of this keyring.
    pub fn new(keyring: Arc<dyn Keyring>) -> Self {
        let (queue, changes) = mpsc::channel::<Change>();
        on_a_thread(move || {
            for change in changes {
                // One that panics answers nobody; those behind it are made all the same.
                let _ = catch_unwind(AssertUnwindSafe(|| change(&*keyring)));
            }
        });
        Self { queue }
    }

    fn queue(&self, change: impl FnOnce(&dyn Keyring) + Send + 'static) {
        // Without its thread the change is dropped, and with it what answers: that is a failure of the keyring.
        let _ = self.queue.send(Box::new(change));
    }

    /// Has a change done that is wanted however late it is, and waits for a while: then it fails with [`NotYet`].
    pub async fn make_at_last<T: Send + 'static>(
        &self,
        change: impl FnOnce(&dyn Keyring) -> anyhow::Result<T> + Send + 'static,
    ) -> anyhow::Result<T> {
        let (send, answer) = oneshot::channel();
        self.queue(move |keyring| {
            // Whoever asked may have gone.
            let _ = send.send(change(keyring));
        });
        match timeout(PATIENCE, answer).await {
            Ok(changed) => changed.unwrap_or_else(|_| anyhow::bail!("the keyring failed")),
            Err(_) => Err(NotYet.into()),
        }
    }

    /// Has a change done, and waits for a while. What is done only after that is taken back: whoever asked was told that
    /// it failed.
    pub async fn make<T: Send + 'static>(
        &self,
        change: impl FnOnce(&dyn Keyring) -> anyhow::Result<T> + Send + 'static,
        take_back: impl FnOnce(&dyn Keyring) -> anyhow::Result<()> + Send + 'static,
    ) -> anyhow::Result<T> {
        let (send, mut answer) = oneshot::channel();
        self.queue(move |keyring| {
            if send.is_closed() {
                return;
            }
            let changed = change(keyring);
            if let Err(Ok(_)) = send.send(changed)
                && let Err(error) = take_back(keyring)
            {
                tracing::warn!(%error, "a late change of the keyring could not be taken back; the next start will");
            }
        });
        if let Ok(changed) = timeout(PATIENCE, &mut answer).await {
            return changed.unwrap_or_else(|_| anyhow::bail!("the keyring failed"));
        }
        // From here on its thread takes back what it does; it may just have been done.
        answer.close();
        answer.try_recv().unwrap_or_else(|_| anyhow::bail!("the keyring did not answer"))
    }
}

/// The keyring waits for a person: what it was asked for is done once he has answered.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the keyring waits for a person")]
pub struct NotYet;

/// On a thread of its own, since a keyring may wait for a person for as long as he likes.
fn beside<T: Send + 'static>(
    keyring: &Arc<dyn Keyring>,
    work: impl FnOnce(&dyn Keyring) -> anyhow::Result<T> + Send + 'static,
) -> oneshot::Receiver<anyhow::Result<T>> {
    let (send, answer) = oneshot::channel();
    let keyring = Arc::clone(keyring);
    on_a_thread(move || {
        // Whoever asked may have gone.
        let _ = send.send(work(&*keyring));
    });
    answer
}

fn on_a_thread(work: impl FnOnce() + Send + 'static) {
    if let Err(error) = std::thread::Builder::new().name("keyring".into()).spawn(work) {
        tracing::warn!(%error, "the keyring cannot be asked");
    }
}
