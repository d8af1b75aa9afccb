//! How the office is configured, while it runs: what stands in the file, which is fixed, and what admins add from a screen.
//!
//! What is added lies in the database, its secrets sealed under a key that lies in a file. A change is checked whole, taken up
//! by the running office, and then written; where it cannot be written the office goes back to what it had.

mod bounds;
mod connection;
mod error;
mod introduce;
mod lists;
mod sealing;

use std::{
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
};

use link::wire::admin::OfficeSetup;
use office::{LineSettings, OfficeHandle, Person};
use store::{AuditEntry, Store};

pub(crate) use connection::{Change, Wanted};
pub(crate) use error::SetupError;
pub(crate) use introduce::Introduce;
pub(crate) use lists::List;

use crate::config::{
    Config,
    added::{Added, key_file},
};

/// How the office of a running gateway is configured.
pub struct Setup {
    /// The file alone.
    base: Config,
    current: RwLock<Arc<Current>>,
    /// Held by whoever changes it: one after the other.
    changing: tokio::sync::Mutex<()>,
    /// Held by whoever has a PBX give its key, while that is asked. Taken before `changing`.
    introducing: tokio::sync::Mutex<()>,
}

/// The configuration at one time.
struct Current {
    added: Added,
    /// The file together with what was added.
    config: Config,
}

impl Setup {
    /// What the file says, with what the database holds beside it.
    pub fn open(base: Config, store: &Store) -> Result<Self, store::Error> {
        let added = base.fitting(&Added::read(&store.configuration()?));
        let config = base.with_fitting(&added);
        if let Err(wrong) = config.check_refusals() {
            tracing::warn!(wrong, "callers who are blocked ring all the same");
        }
        Ok(Self {
            base,
            current: RwLock::new(Arc::new(Current { added, config })),
            changing: tokio::sync::Mutex::default(),
            introducing: tokio::sync::Mutex::default(),
        })
    }

    /// The file together with what was added.
    pub fn config(&self) -> Config {
        self.current().config.clone()
    }

    /// As an admin sees it.
    pub(crate) fn view(&self) -> OfficeSetup {
        let current = self.current();
        current.config.view(current.added.revision)
    }

    /// As TOML.
    pub(crate) fn export(&self) -> String {
        self.current().config.export()
    }

    fn current(&self) -> Arc<Current> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn key_file(&self) -> PathBuf {
        key_file(&self.base.data_dir())
    }

    /// Writes what was added instead of what there is. Nothing is written where somebody else changed it meanwhile.
    async fn write(&self, store: &Store, next: Added, entry: AuditEntry) -> Result<u64, SetupError> {
        let before = self.current();
        let parts = next.changes_from(&before.added);
        let revision = store.change_configuration(before.added.revision, parts, entry).await?;
        let revision = revision.ok_or(SetupError::Changed)?;
        let added = Added { revision, ..next };
        let config = self.base.with_fitting(&added);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Current { added, config });
        Ok(revision)
    }
}

/// The lines and people of one connection.
fn of_connection(config: &Config, id: &calls::ConnectionId) -> (Vec<LineSettings>, Vec<Person>) {
    let lookups = config.lookups();
    let lines = lookups.lines.into_iter().filter(|line| line.connection == *id).collect();
    let people = lookups.people.into_iter().filter(|person| person.connection == *id).collect();
    (lines, people)
}

/// Has the office go back to this connection as it was; where it was none, to none.
async fn restore(office: &OfficeHandle, config: &Config, id: &calls::ConnectionId) {
    let known = config.is_at_work(id).then(|| config.connection_settings(id).ok()).flatten();
    let Some(settings) = known else {
        office.remove_connection(id).await;
        return;
    };
    let (lines, people) = of_connection(config, id);
    if let Err(error) = office.put_connection(settings, lines, people).await {
        tracing::error!(connection = %id, %error, "a connection is not as it is configured until the next start");
    }
}
