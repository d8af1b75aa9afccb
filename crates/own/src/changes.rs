//! Connections come, change, pause and go. The settings are written last, so that what fails leaves nothing behind.

use std::sync::PoisonError;

use calls::ConnectionId;
use desk::{
    Desk,
    contract::{ContractError, ErrorCode, Introduction, NamedConnection, Notice, NoticeKind, PauseConnectionRequest},
};
use office::ConnectionSettings;

use crate::{
    draft::invalid_settings,
    keyring::NoKeyring,
    office::OwnOffice,
    secrets::{Keys, written},
    settings::OwnConnection,
};

impl OwnOffice {
    /// Connects what was drafted.
    pub async fn save(&self, desk: &Desk, request: NamedConnection) -> Result<(), ContractError> {
        let _turn = self.0.changing.lock().await;
        let mut draft = OwnConnection { paused: false, unfinished: false, ..self.draft(&request.connection).await? };
        // Whose key is entered needs none to be asked for.
        draft.introduction = draft.introduction.filter(|how_far| *how_far == Introduction::Given);
        let id = draft.id.clone();
        let keys = self.keys_of(&draft);
        let config = draft.with_keys(keys.clone())?;
        complete(&draft, &config)?;
        let mut named = self.settings();
        if named.name_it(&*self.0.store.random())? {
            self.keep(named).await?;
        }
        // Starting takes keys out of the keyring that were marked before; the mark of this one comes after it.
        let office = self.started_for_new_keys().await?;
        let mut begun = self.settings();
        let known = begun.connection(&id).cloned();
        if known.is_none() && !begun.to_forget.contains(&id) {
            // Should the program end before all is kept, the next start takes the keys out of the keyring.
            begun.to_forget.push(id.clone());
            self.keep(begun.clone()).await?;
        }
        let known_keys = self.known_keys(&id);
        let is_kept = self.write_keys(&id, &keys, known_keys.clone()).await?;
        draft.keys_for_that_run = !is_kept;
        let done = office.put_connection(config, draft.lines(), draft.people()).await;
        if let Err(error) = done {
            self.restore_keys(&id, known_keys).await;
            return Err(ContractError::new(ErrorCode::Storage, error.to_string()));
        }
        let mut after = begun;
        after.put(draft);
        after.used = true;
        after.to_forget.retain(|other| *other != id);
        after.draft = None;
        if let Err(error) = self.keep(after).await {
            self.restore_keys(&id, known_keys.clone()).await;
            self.restore_connection(&id, known.filter(|known| !known.paused), known_keys).await;
            return Err(error);
        }
        self.0.keys.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), keys);
        self.forget_problem(&id);
        self.forget_draft_keys();
        if !is_kept {
            desk.notice(Notice { kind: NoticeKind::NoKeyring }).await;
        }
        self.attach(desk).await;
        Ok(())
    }

    /// Pauses a connection, or goes on with it.
    pub async fn pause(&self, request: PauseConnectionRequest) -> Result<(), ContractError> {
        let _turn = self.0.changing.lock().await;
        self.read_again().await?;
        let PauseConnectionRequest { office: _, connection, paused } = request;
        let settings = self.settings();
        let known = settings.connections.iter().find(|known| known.id.as_str() == connection);
        let known = known.cloned().ok_or_else(not_there)?;
        if known.unfinished {
            return Err(ContractError::invalid("phone", "go on connecting it first"));
        }
        if paused {
            // As when it is removed.
            let _not_starting = self.0.starting.lock().await;
            self.set_paused(&known.id, true).await?;
            if let Some(office) = self.running() {
                office.remove_connection(&known.id).await;
            }
            return Ok(());
        }
        let office = self.started_in_turn().await?;
        let config = match known.startable(self.known_keys(&known.id)) {
            Ok(config) => config,
            Err(problem) => {
                // As after a start: it is said where the connection is listed, with what mends it.
                self.note_problem(&known.id, problem);
                return self.set_paused(&known.id, false).await;
            }
        };
        let put = office.put_connection(config, known.lines(), known.people()).await;
        put.map_err(|error| ContractError::new(ErrorCode::Storage, error.to_string()))?;
        if let Err(error) = self.set_paused(&known.id, false).await {
            office.remove_connection(&known.id).await;
            return Err(error);
        }
        self.forget_problem(&known.id);
        Ok(())
    }

    async fn set_paused(&self, id: &ConnectionId, paused: bool) -> Result<(), ContractError> {
        let mut settings = self.settings();
        if let Some(known) = settings.connections.iter_mut().find(|known| known.id == *id) {
            known.paused = paused;
        }
        self.keep(settings).await
    }

    /// Connects to a PBX no more. Its settings and keys go, its calls stay. A keyring that does not let the keys go now is asked
    /// again by the next start, and the desk says so.
    pub async fn remove(&self, desk: &Desk, request: NamedConnection) -> Result<(), ContractError> {
        let _turn = self.0.changing.lock().await;
        self.read_again().await?;
        // An office that is starting has read the settings: it must run, or not have begun, when they change.
        let not_starting = self.0.starting.lock().await;
        self.forget_forgotten().await;
        let mut settings = self.settings();
        let found = settings.connections.iter().position(|known| known.id.as_str() == request.connection);
        let known = settings.connections.remove(found.ok_or_else(not_there)?);
        settings.to_forget.push(known.id.clone());
        if settings.draft.as_ref().is_some_and(|draft| draft.id == known.id) {
            settings.draft = None;
            self.forget_draft_keys();
        }
        self.keep(settings).await?;
        if let Some(office) = self.running() {
            office.remove_connection(&known.id).await;
        }
        drop(not_starting);
        self.0.keys.lock().unwrap_or_else(PoisonError::into_inner).remove(&known.id);
        self.forget_problem(&known.id);
        if !self.remove_keys(&known.id).await {
            desk.notice(Notice { kind: NoticeKind::KeyStays }).await;
        }
        Ok(())
    }

    /// The keys of a connection, as far as this run knows them.
    pub(crate) fn known_keys(&self, id: &ConnectionId) -> Option<Keys> {
        self.0.keys.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// Says whether they are kept for later runs, too: not where there is no keyring. One that is locked or fails keeps
    /// nothing now, and should it do so later, after this has said no, the keys of `before` are put back.
    pub(crate) async fn write_keys(
        &self,
        id: &ConnectionId,
        keys: &Keys,
        before: Option<Keys>,
    ) -> Result<bool, ContractError> {
        let (entry, text) = (self.entries().of_connection(id), written(keys));
        let entry_before = entry.clone();
        let kept = self.0.keyring.make(
            move |keyring| match keyring.write(&entry, &text) {
                Err(error) if error.is::<NoKeyring>() => {
                    tracing::warn!("there is no keyring: a key is kept for this run only");
                    Ok(false)
                }
                written => written.map(|()| true),
            },
            move |keyring| match before {
                Some(before) => keyring.write(&entry_before, &written(&before)),
                None => keyring.remove(&entry_before),
            },
        );
        kept.await.map_err(|error| {
            tracing::warn!(%error, "the keyring took no key");
            ContractError::new(ErrorCode::KeyringLocked, "the keyring took no key; unlock it and try again")
        })
    }

    async fn restore_keys(&self, id: &ConnectionId, keys: Option<Keys>) {
        match keys {
            // What cannot be put back is told by the next start: its key is missing.
            Some(keys) => drop(self.write_keys(id, &keys, Some(keys.clone())).await),
            None => drop(self.remove_keys(id).await),
        }
    }

    /// Takes keys out of the keyring, and says whether they are. Where that fails the next start does it.
    pub(crate) async fn remove_keys(&self, id: &ConnectionId) -> bool {
        let entry = self.entries().of_connection(id);
        // However late: nobody wants what is removed.
        match self.0.keyring.make_at_last(move |keyring| keyring.remove(&entry)).await {
            Ok(()) => {
                let mut settings = self.settings();
                settings.to_forget.retain(|other| other != id);
                if let Err(error) = self.keep(settings).await {
                    tracing::warn!(message = error.message, "keys that were removed will be removed once more");
                }
                true
            }
            // There were none, or they were for that run alone.
            Err(error) if error.is::<NoKeyring>() => true,
            Err(error) => {
                tracing::warn!(%error, "the keys of a connection stay in the keyring until the next start");
                false
            }
        }
    }

    async fn restore_connection(&self, id: &ConnectionId, known: Option<OwnConnection>, keys: Option<Keys>) {
        let Some(office) = self.running() else { return };
        let config = known.as_ref().zip(keys).and_then(|(known, keys)| known.with_keys(keys).ok());
        match (known, config) {
            (Some(known), Some(config)) => {
                if let Err(error) = office.put_connection(config, known.lines(), known.people()).await {
                    tracing::error!(%error, "a connection could not be put back; the next start will");
                }
            }
            _ => drop(office.remove_connection(id).await),
        }
    }
}

/// Whether everything that is needed is there.
fn complete(draft: &OwnConnection, config: &ConnectionSettings) -> Result<(), ContractError> {
    if draft.phone.is_empty() {
        return Err(ContractError::invalid("phone", "say which phone is yours"));
    }
    pbx::validate(&config.config).map_err(|error| invalid_settings(&error))
}

pub(crate) fn not_there() -> ContractError {
    ContractError::new(ErrorCode::NotFound, "this connection was removed")
}
