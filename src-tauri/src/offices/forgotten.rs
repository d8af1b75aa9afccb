//! Tokens of offices that were left, which the keyring did not let go yet: they are taken out later.

use std::{collections::BTreeSet, sync::Arc};

use desk::contract::{ContractError, ErrorCode};
use own::NoKeyring;
use store::Store;

use super::{Offices, kept};
use crate::secrets;

/// Setting that holds the ids of these offices.
const SETTING: &str = "offices.toForget";

impl Offices {
    /// Takes the token of an office that was left out of the keyring; says whether it is out. Where it is not, that is tried again
    /// at each look at the tokens, also in another run.
    pub(super) async fn forget_token(&self, store: &Store, office: &str) -> bool {
        match secrets::forget_token(&self.changes, office).await {
            Ok(()) => {}
            // It was for this run only.
            Err(error) if error.is::<NoKeyring>() => return true,
            Err(error) => {
                tracing::warn!(%error, "the token of an office that was left stays in the keyring for now");
                return false;
            }
        }
        if let Err(error) = self.unmark(store, office).await {
            tracing::warn!(message = error.message, "a token that is gone is taken out once more");
        }
        true
    }

    /// Takes out of the keyring what it did not let go before. Nobody is shown a dialogue for it.
    pub(crate) async fn forget_tokens(&self, store: &Store) {
        for office in marked(store).await.unwrap_or_default() {
            let keyring = Arc::clone(&self.keyring);
            if tokio::task::spawn_blocking(move || keyring.is_locked()).await.unwrap_or(true) {
                return;
            }
            let _lock = self.lock(&office).await;
            // Somebody may have joined it anew meanwhile.
            let is_marked = marked(store).await.is_ok_and(|marked| marked.contains(&office));
            if is_marked && kept::find(store, &office).await.is_err_and(|error| error.code == ErrorCode::NotFound) {
                self.forget_token(store, &office).await;
            }
        }
    }

    /// Notes that the token of an office is to go.
    pub(super) async fn mark(&self, store: &Store, office: &str) -> Result<(), ContractError> {
        let _list_lock = self.list_lock.lock().await;
        let mut all = marked(store).await?;
        all.insert(office.to_owned());
        write(store, &all).await
    }

    /// It has gone, or another took its place.
    pub(super) async fn unmark(&self, store: &Store, office: &str) -> Result<(), ContractError> {
        let _list_lock = self.list_lock.lock().await;
        let mut all = marked(store).await?;
        if all.remove(office) { write(store, &all).await } else { Ok(()) }
    }
}

async fn marked(store: &Store) -> Result<BTreeSet<String>, ContractError> {
    let text = store.reading(|store| store.setting(SETTING)).await?;
    // What a later version wrote names nothing that this one kept.
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

async fn write(store: &Store, all: &BTreeSet<String>) -> Result<(), ContractError> {
    let text = serde_json::to_string(all).map_err(|error| {
        ContractError::new(ErrorCode::Internal, format!("what is to be forgotten cannot be written: {error}"))
    })?;
    Ok(store.set_setting(SETTING, &text).await?)
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    };

    use own::Keyring;
    use secrecy::SecretString;
    use store::{Options, SystemRandom};

    use super::{super::kept::KeptOffice, *};

    /// Holds tokens by their names, and lets none go while it is locked.
    #[derive(Default)]
    struct Drawer {
        names: Mutex<BTreeSet<String>>,
        locked: AtomicBool,
    }

    impl Keyring for Drawer {
        fn read(&self, _: &str) -> anyhow::Result<Option<SecretString>> {
            unreachable!("nothing is read")
        }

        fn write(&self, _: &str, _: &SecretString) -> anyhow::Result<()> {
            unreachable!("nothing is written")
        }

        fn remove(&self, name: &str) -> anyhow::Result<()> {
            anyhow::ensure!(!self.is_locked(), "locked");
            self.names.lock().expect("not poisoned").remove(name);
            Ok(())
        }

        fn is_locked(&self) -> bool {
            self.locked.load(Ordering::SeqCst)
        }
    }

    #[tokio::test]
    async fn a_token_that_a_locked_keyring_does_not_let_go_is_taken_out_once_it_is_open() {
        let folder = std::env::temp_dir().join(format!("trubka-forgotten-{}", std::process::id()));
        // What a killed run has left is no test's business.
        let _ = std::fs::remove_dir_all(&folder);
        let store = Store::open_in(&folder, Options::desk("x", SystemRandom)).expect("opens");
        let keyring = Arc::new(Drawer { locked: true.into(), ..Drawer::default() });
        let held = || keyring.names.lock().expect("not poisoned").clone();
        for office in ["ladoga", "onega"] {
            keyring.names.lock().expect("not poisoned").insert(secrets::token_name(office));
        }
        let offices = Offices::new(keyring.clone());
        for office in ["ladoga", "onega"] {
            offices.mark(&store, office).await.expect("is kept");
            assert!(!offices.forget_token(&store, office).await, "it is to be said");
        }
        // This one is joined anew meanwhile.
        let again = KeptOffice::new("onega", "https://onega.example/");
        kept::keep(&store, &again).await.expect("is kept");
        offices.forget_tokens(&store).await;
        assert_eq!(held().len(), 2, "nobody is shown a dialogue for it");
        keyring.locked.store(false, Ordering::SeqCst);
        // Another run knows of it.
        Offices::new(keyring.clone()).forget_tokens(&store).await;
        assert_eq!(held(), BTreeSet::from([secrets::token_name("onega")]));
        assert_eq!(marked(&store).await.expect("is read"), BTreeSet::from(["onega".to_owned()]));
        offices.unmark(&store, "onega").await.expect("is kept");
        assert!(marked(&store).await.expect("is read").is_empty());
    }
}
