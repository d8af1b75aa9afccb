//! Secrets in the operating system's keyring.

use std::time::Duration;

use anyhow::Context;
use own::Keyring;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use store::{Random, SystemRandom};
use tokio::{sync::oneshot, time::timeout};

use crate::platform;

/// Service name of all entries.
const SERVICE: &str = "app.trubka.desktop";
/// A keyring that asks the person may take long; one that never answers must not hold the start up.
const KEYRING_TIMEOUT: Duration = Duration::from_secs(5);

/// A key for this run only: what is fetched with it cannot be read after the next start.
pub(crate) fn key_for_this_run() -> anyhow::Result<SecretBox<[u8; 32]>> {
    Ok(SecretBox::new(Box::new(random_key()?)))
}

/// The operating system's keyring.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemKeyring;

impl Keyring for SystemKeyring {
    fn read(&self, name: &str) -> anyhow::Result<Option<SecretString>> {
        match keyring::Entry::new(SERVICE, name)?.get_password() {
            Ok(secret) => Ok(Some(SecretString::from(secret))),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn write(&self, name: &str, secret: &SecretString) -> anyhow::Result<()> {
        Ok(keyring::Entry::new(SERVICE, name)?.set_password(secret.expose_secret())?)
    }

    fn remove(&self, name: &str) -> anyhow::Result<()> {
        match keyring::Entry::new(SERVICE, name)?.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn is_locked(&self) -> bool {
        platform::keyring_is_locked()
    }
}

/// Keeps the token of an office.
pub(crate) async fn keep_token(office: &str, token: &str) -> anyhow::Result<()> {
    let (name, token) = (token_name(office), SecretString::from(token));
    with_timeout(move || SystemKeyring.write(&name, &token)).await
}

/// Removes the token of an office.
pub(crate) async fn forget_token(office: &str) -> anyhow::Result<()> {
    let name = token_name(office);
    with_timeout(move || SystemKeyring.remove(&name)).await
}

/// Where the token of an office lies.
pub(crate) fn token_name(office: &str) -> String {
    format!("token:{office}")
}

fn random_key() -> anyhow::Result<[u8; 32]> {
    let mut key = [0; 32];
    SystemRandom.fill(&mut key).context("the operating system gives no random numbers")?;
    Ok(key)
}

/// On a thread of its own, since a keyring may wait for a person; one that never answers is left behind.
async fn with_timeout<T: Send + 'static>(
    work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
) -> anyhow::Result<T> {
    let (done, answer) = oneshot::channel();
    std::thread::Builder::new().name("keyring".into()).spawn(move || {
        // The asker may have given up.
        let _ = done.send(work());
    })?;
    let answer = timeout(KEYRING_TIMEOUT, answer).await.context("the keyring did not answer")?;
    answer.context("the keyring failed")?.context("the keyring refused")
}
