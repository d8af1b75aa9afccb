//! Has a PBX give its key to the gateway, once. The connection is paused until somebody goes on with it.

use std::{collections::BTreeMap, sync::Arc};

use calls::ConnectionId;
use link::{
    OfficeError, OfficeErrorKind,
    wire::{AuditAction, Introduction, admin::ConnectionSetup},
};
use office::{Clock, OfficeHandle};
use pbx::NoKeyGiven;
use secrecy::SecretString;
use store::AuditEntry;

use super::{Setup, SetupError, Wanted, sealing::Seal};
use crate::config::added::AddedConnection;

/// A wish to have a PBX give its key.
pub(crate) struct Introduce {
    /// The connection that is to have it.
    pub(crate) wanted: Wanted,
    /// What the program is called at the vendor.
    pub(crate) name: String,
    /// Ask once more though nobody knows what came of it before.
    pub(crate) again: bool,
    /// The admin.
    pub(crate) by: String,
}

/// What a PBX is asked for.
struct Asking {
    id: ConnectionId,
    secret: &'static str,
    seal: Seal,
    /// The connection as it was before, where it was there.
    before: Option<AddedConnection>,
    /// The connection as it waits for the key.
    marked: AddedConnection,
}

impl Setup {
    /// Has the PBX give its key, and keeps it. Where it has given one, or where nobody knows whether it has, it is not asked.
    pub(crate) async fn introduce(
        &self,
        office: &OfficeHandle,
        clock: &Arc<dyn Clock>,
        wish: Introduce,
        entry: AuditEntry,
    ) -> Result<ConnectionSetup, SetupError> {
        // The second of two waits for what comes of the first.
        let _turn = self.introducing.lock().await;
        let Introduce { wanted, name, again, by } = wish;
        let (id, make) = (wanted.id.clone(), wanted.make);
        let no_key = || OfficeError::new(OfficeErrorKind::Unsupported, "This PBX gives no key to a program.");
        let secret = make.given_secret().ok_or_else(no_key)?.name;
        let driver = wanted.config(wanted.secrets.clone(), None).introducing(Arc::clone(clock));
        let driver = driver.map_err(|error| office::unusable_settings(&error))?;
        let Some(asking) = self.mark(office, (wanted, by), secret, again, entry.clone()).await? else {
            return self.told(&id);
        };
        match driver.introduce(&name).await {
            Ok(key) => {
                let kept = self.keep_given(office, &asking, &key, entry).await?;
                return self.told(&kept);
            }
            Err(why @ NoKeyGiven::Unknown(_)) => {
                tracing::warn!(connection = %id, %why, "an introduction has no outcome")
            }
            Err(NoKeyGiven::Refused(error)) => {
                self.unmark(office, &asking, entry).await?;
                return Err(OfficeError::new(OfficeErrorKind::Refused, error.to_string()).into());
            }
        }
        self.told(&id)
    }

    fn told(&self, id: &ConnectionId) -> Result<ConnectionSetup, SetupError> {
        self.current().config.connection_setup(id).map_err(|_| SetupError::NotFound)
    }

    /// Notes that the PBX is asked, before it is. `None` where it need not be.
    async fn mark(
        &self,
        office: &OfficeHandle,
        (wanted, by): (Wanted, String),
        secret: &'static str,
        again: bool,
        entry: AuditEntry,
    ) -> Result<Option<Asking>, SetupError> {
        let _turn = self.changing.lock().await;
        let id = wanted.id.clone();
        if self.base.make(&id).is_ok() {
            return Err(SetupError::Fixed);
        }
        let before = self.current();
        if let Some(other) = before.config.introduced_as(&id, wanted.make, wanted.base_url.as_ref()) {
            let message = format!("The connection {other} has an integration there already: use its key.");
            return Err(OfficeError::new(OfficeErrorKind::Conflict, message).of(other.as_str()).into());
        }
        let known = before.added.connections.get(&id);
        let is_asked = known.is_some_and(|known| known.introduction == Some(Introduction::Asked));
        if known.is_some_and(|known| known.secrets.contains_key(secret)) || (is_asked && !again) {
            return Ok(None);
        }
        // Without it the key could not be kept.
        let seal = self.seal(&before.added, office.store().random())?;
        let marked = AddedConnection {
            pbx: wanted.make.name.to_owned(),
            zone: wanted.zone,
            base_url: wanted.base_url,
            overrides: wanted.overrides,
            secrets: BTreeMap::new(),
            paused: true,
            changed_by: Some(by),
            introduction: Some(Introduction::Asked),
        };
        let asking = Asking { id, secret, seal, before: known.cloned(), marked };
        self.put(office, &asking.id, Some(asking.marked.clone()), entry).await?;
        Ok(Some(asking))
    }

    /// Keeps the key that the PBX gave, and tells of which connection: the PBX gives it once. Where somebody has removed the
    /// connection meanwhile it comes back, and where somebody has changed it, the key gets a connection of its own: it is for
    /// the address that was asked.
    async fn keep_given(
        &self,
        office: &OfficeHandle,
        asking: &Asking,
        key: &SecretString,
        entry: AuditEntry,
    ) -> Result<ConnectionId, SetupError> {
        let _turn = self.changing.lock().await;
        let current = self.current();
        let there = |id: &ConnectionId| current.added.connections.get(id);
        let is_free =
            |id: &ConnectionId| self.base.make(id).is_err() && there(id).is_none_or(|one| *one == asking.marked);
        let others = (2..100).filter_map(|number: u32| format!("{}-{number}", asking.id).parse().ok());
        let id = std::iter::once(asking.id.clone()).chain(others).find(is_free);
        let id = id.ok_or_else(|| SetupError::invalid("id", "there is no free name for the connection"))?;
        let sealed = asking.seal.of(&id, asking.secret, key)?;
        let mut given = asking.marked.clone();
        given.secrets.insert(asking.secret.to_owned(), sealed);
        given.introduction = Some(Introduction::Given);
        let entry = AuditEntry { action: AuditAction::GivenKey.name().to_owned(), ..entry };
        self.put(office, &id, Some(given), entry).await.map(|()| id)
    }

    /// Nothing was made: the next try may begin anew. What somebody has changed meanwhile stays.
    async fn unmark(&self, office: &OfficeHandle, asking: &Asking, entry: AuditEntry) -> Result<(), SetupError> {
        let _turn = self.changing.lock().await;
        if self.current().added.connections.get(&asking.id) != Some(&asking.marked) {
            return Ok(());
        }
        let entry = AuditEntry { action: AuditAction::RefusedKey.name().to_owned(), ..entry };
        self.put(office, &asking.id, asking.before.clone(), entry).await
    }

    /// Writes a connection that is not at work, or none.
    async fn put(
        &self,
        office: &OfficeHandle,
        id: &ConnectionId,
        connection: Option<AddedConnection>,
        entry: AuditEntry,
    ) -> Result<(), SetupError> {
        let mut next = self.current().added.clone();
        match connection {
            Some(connection) => next.connections.insert(id.clone(), connection),
            None => next.connections.remove(id),
        };
        self.base.with_added(&next).map_err(|message| SetupError::invalid("id", message))?;
        self.write(office.store(), next, entry).await.map(drop)
    }
}
