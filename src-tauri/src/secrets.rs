//! Secrets in the operating system's keyring.

use std::sync::{Arc, OnceLock};

use anyhow::Context;
use keyring_core::Entry;
use own::{Keyring, KeyringChanges, NoKeyring};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use store::{Random, SystemRandom};

use crate::platform;

/// Service name of all entries.
const SERVICE: &str = "app.trubka.desktop";

/// A key for this run only: what is fetched with it cannot be read after the next start.
pub(crate) fn key_for_this_run() -> anyhow::Result<SecretBox<[u8; 32]>> {
    Ok(SecretBox::new(Box::new(random_key()?)))
}

/// The operating system's keyring.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemKeyring;

impl Keyring for SystemKeyring {
    fn read(&self, name: &str) -> anyhow::Result<Option<SecretString>> {
        match entry(name)?.get_password() {
            Ok(secret) => Ok(Some(SecretString::from(secret))),
            Err(keyring_core::Error::NoEntry) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    fn write(&self, name: &str, secret: &SecretString) -> anyhow::Result<()> {
        entry(name)?.set_password(secret.expose_secret()).map_err(failed)
    }

    fn remove(&self, name: &str) -> anyhow::Result<()> {
        match entry(name)?.delete_credential() {
            Ok(()) | Err(keyring_core::Error::NoEntry) => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }

    fn is_locked(&self) -> bool {
        platform::keyring_is_locked()
    }
}

/// An entry of the keyring. One that was not there before, or has failed, is opened anew: its service may have been
/// started since.
fn entry(name: &str) -> anyhow::Result<Entry> {
    if keyring_core::get_default_store().is_none() {
        match platform::open_keyring() {
            Ok(keyring) => keyring_core::set_default_store(keyring),
            Err(error) if platform::has_keyring() => return Err(error.into()),
            Err(_) => return Err(NoKeyring.into()),
        }
    }
    Ok(Entry::new(SERVICE, name)?)
}

fn failed(error: keyring_core::Error) -> anyhow::Error {
    if matches!(error, keyring_core::Error::PlatformFailure(_)) {
        drop(keyring_core::unset_default_store());
    }
    error.into()
}

/// Keeps the token of an office, however late the keyring takes it.
pub(crate) async fn keep_token(changes: &KeyringChanges, office: &str, token: SecretString) -> anyhow::Result<()> {
    let name = token_name(office);
    changes.make_at_last(move |keyring| keyring.write(&name, &token)).await
}

/// Keeps a renewed token of an office. Where the keyring takes it only after this has failed, as when it waits for a person, it
/// is given back the former one, which is still good and is renewed again.
pub(crate) async fn replace_token(changes: &KeyringChanges, office: &str, token: SecretString) -> anyhow::Result<()> {
    let (name, again) = (token_name(office), token_name(office));
    let before = Arc::new(OnceLock::new());
    let found = Arc::clone(&before);
    let keep = move |keyring: &dyn Keyring| {
        // It is asked once.
        let _ = found.set(keyring.read(&name)?);
        keyring.write(&name, &token)
    };
    let give_back = move |keyring: &dyn Keyring| match before.get() {
        Some(Some(before)) => keyring.write(&again, before),
        Some(None) | None => keyring.remove(&again),
    };
    changes.make(keep, give_back).await
}

/// Removes the token of an office.
pub(crate) async fn forget_token(changes: &KeyringChanges, office: &str) -> anyhow::Result<()> {
    let name = token_name(office);
    changes.make_at_last(move |keyring| keyring.remove(&name)).await
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
