//! Secrets in the operating system's keyring.

use std::time::Duration;

use anyhow::Context;
use secrecy::{SecretBox, SecretString};
use tokio::{sync::oneshot, time::timeout};

/// Service name of all entries.
const SERVICE: &str = "app.trubka.desktop";
/// A keyring that asks the person may take long; one that never answers must not hold the start up.
const PATIENCE: Duration = Duration::from_secs(5);

/// A key for this run only: what is fetched with it cannot be read after the next start.
pub(crate) fn key_for_this_run() -> anyhow::Result<SecretBox<[u8; 32]>> {
    Ok(SecretBox::new(Box::new(fresh_key()?)))
}

/// The token of an office.
pub(crate) async fn token(office: &str) -> anyhow::Result<Option<SecretString>> {
    let user = user(office);
    within_patience(move || match keyring::Entry::new(SERVICE, &user)?.get_password() {
        Ok(token) => Ok(Some(SecretString::from(token))),
        Err(keyring::Error::NoEntry) => Ok(None),
        Err(error) => Err(error),
    })
    .await
}

/// Keeps the token of an office.
pub(crate) async fn keep_token(office: &str, token: &str) -> anyhow::Result<()> {
    let (user, token) = (user(office), token.to_owned());
    within_patience(move || keyring::Entry::new(SERVICE, &user)?.set_password(&token)).await
}

/// Removes the token of an office.
pub(crate) async fn forget_token(office: &str) -> anyhow::Result<()> {
    let user = user(office);
    within_patience(move || match keyring::Entry::new(SERVICE, &user)?.delete_credential() {
        Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
        Err(error) => Err(error),
    })
    .await
}

fn user(office: &str) -> String {
    format!("token:{office}")
}

fn fresh_key() -> anyhow::Result<[u8; 32]> {
    let mut key = [0; 32];
    getrandom::fill(&mut key).context("the operating system gives no random numbers")?;
    Ok(key)
}

/// On a thread of its own, since a keyring may wait for a person; one that never answers is left behind.
async fn within_patience<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, keyring::Error> + Send + 'static,
) -> anyhow::Result<T> {
    let (done, answer) = oneshot::channel();
    std::thread::Builder::new().name("keyring".into()).spawn(move || {
        // The asker may have given up.
        let _ = done.send(work());
    })?;
    let answer = timeout(PATIENCE, answer).await.context("the keyring did not answer")?;
    answer.context("the keyring failed")?.context("the keyring refused")
}
