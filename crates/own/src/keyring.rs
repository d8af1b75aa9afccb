//! The operating system's keyring, which may ask a person to unlock it.

use std::{sync::Arc, time::Duration};

use link::SignInError;
use secrecy::SecretString;
use tokio::{
    sync::{Mutex, oneshot},
    time::timeout,
};

/// After this a keyring that has not answered is said to be locked; its answer is waited for all the same.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where secrets are kept.
pub trait Keyring: Send + Sync + 'static {
    /// The secret of this name. May wait for a person who is asked to unlock the keyring.
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
    state: Mutex<Asked<T>>,
}

struct Asked<T> {
    /// Its answer has not come yet. A second question would be a second dialogue for the person.
    pending: Option<oneshot::Receiver<anyhow::Result<T>>>,
    /// It was asked before: a person who sent the dialogue away is not shown it again.
    before: bool,
}

impl<T: Send + 'static> KeyringQuestion<T> {
    /// A question to this keyring, not asked yet.
    pub fn new(keyring: Arc<dyn Keyring>) -> Self {
        Self { keyring, state: Mutex::new(Asked { pending: None, before: false }) }
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
        state.before = true;
        let answer = state.pending.get_or_insert_with(|| beside(&self.keyring, question));
        let Ok(answer) = timeout(PATIENCE, answer).await else {
            tracing::info!("the keyring takes its time");
            return Err(SignInError::KeyringLocked);
        };
        state.pending = None;
        match answer {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => {
                tracing::warn!(%error, "the keyring refused");
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

/// Has something done in the keyring, and waits for a while.
pub(crate) async fn done<T: Send + 'static>(
    keyring: &Arc<dyn Keyring>,
    work: impl FnOnce(&dyn Keyring) -> anyhow::Result<T> + Send + 'static,
) -> anyhow::Result<T> {
    match timeout(PATIENCE, beside(keyring, work)).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) => anyhow::bail!("the keyring failed"),
        Err(_) => anyhow::bail!("the keyring did not answer"),
    }
}

/// On a thread of its own, since a keyring may wait for a person for as long as he likes.
fn beside<T: Send + 'static>(
    keyring: &Arc<dyn Keyring>,
    work: impl FnOnce(&dyn Keyring) -> anyhow::Result<T> + Send + 'static,
) -> oneshot::Receiver<anyhow::Result<T>> {
    let (send, answer) = oneshot::channel();
    let keyring = Arc::clone(keyring);
    let asking = std::thread::Builder::new().name("keyring".into()).spawn(move || {
        // Whoever asked may have gone.
        let _ = send.send(work(&*keyring));
    });
    if let Err(error) = asking {
        tracing::warn!(%error, "the keyring cannot be asked");
    }
    answer
}
