//! Has a PBX give its key to the own office, once. It goes straight to the keyring, and its connection stands in the settings,
//! paused, until a person goes on with it: so whatever fails afterwards, the key is not lost and none is made a second time.

use std::sync::{Arc, PoisonError};

use desk::contract::{ContractError, DraftView, ErrorCode, IntroduceConnectionRequest, Introduction};
use pbx::NoKeyGiven;
use secrecy::SecretString;

use crate::{
    draft::{invalid_settings, refused},
    office::OwnOffice,
    secrets::Keys,
    settings::{OwnConnection, Settings},
};

impl OwnOffice {
    /// Has the PBX of a draft give its key, and keeps it. Where it has given one, or where nobody knows whether it has, it is not
    /// asked.
    pub async fn introduce(&self, request: IntroduceConnectionRequest) -> Result<DraftView, ContractError> {
        let IntroduceConnectionRequest { office: _, connection, name, again } = request;
        let name = office::read_program_name(&name).map_err(refused)?;
        let _turn = self.0.changing.lock().await;
        let draft = self.draft(&connection).await?;
        let no_key = || ContractError::new(ErrorCode::Unsupported, "this PBX gives no key to a program");
        let secret = draft.make()?.given_secret().ok_or_else(no_key)?.name;
        if let Some(key) = self.keys_of(&draft).get(secret) {
            if draft.introduction.is_some() {
                // The keyring may have refused it when it came.
                self.keep_given(&draft, secret, key.clone()).await?;
            }
            return self.draft_view(&draft);
        }
        if draft.introduction == Some(Introduction::Asked) && !again {
            return self.draft_view(&draft);
        }
        let before = self.settings();
        if let Some(other) = before.introduced_as(&draft) {
            return Err(ContractError {
                part: Some(other.as_str().to_owned()),
                ..ContractError::new(ErrorCode::Changed, "another connection has an integration there: use its key")
            });
        }
        let driver = draft.with_keys(Keys::new())?.config.introducing(Arc::clone(&self.0.clock));
        let driver = driver.map_err(|error| invalid_settings(&error))?;
        self.mark(&draft).await?;
        match driver.introduce(&name).await {
            Ok(key) => self.keep_given(&draft, secret, key).await?,
            Err(why @ NoKeyGiven::Unknown(_)) => {
                tracing::warn!(connection = %draft.id, %why, "an introduction has no outcome");
            }
            Err(NoKeyGiven::Refused(error)) => {
                self.unmark(&before, &draft).await?;
                return Err(ContractError::new(ErrorCode::Refused, error.to_string()));
            }
        }
        let draft = self.draft(&connection).await?;
        self.draft_view(&draft)
    }

    /// Notes that the PBX is asked, before it is. The keyring must take a key by then, or it would be lost.
    async fn mark(&self, draft: &OwnConnection) -> Result<(), ContractError> {
        let mut settings = self.settings();
        if settings.name_it(&*self.0.store.random())? {
            self.keep(settings).await?;
        }
        self.started_for_new_keys().await?;
        let before = self.settings();
        let mut marked = before.clone();
        marked.introduce(draft, Introduction::Asked);
        self.keep(marked).await?;
        let known = self.known_keys(&draft.id);
        let kept = self.write_keys(&draft.id, &known.clone().unwrap_or_default(), known).await;
        if let Ok(true) = kept {
            return Ok(());
        }
        self.unmark(&before, draft).await?;
        kept.and_then(|_| {
            let message = "there is no keyring: the key would be lost when the program ends";
            Err(ContractError::new(ErrorCode::KeyringLocked, message))
        })
    }

    /// Keeps what the PBX gave.
    async fn keep_given(&self, draft: &OwnConnection, secret: &str, key: SecretString) -> Result<(), ContractError> {
        let before = self.known_keys(&draft.id);
        let mut keys = before.clone().unwrap_or_default();
        keys.insert(secret.to_owned(), key.clone());
        // Should the keyring fail now, this run still knows it.
        self.0.draft_keys.lock().unwrap_or_else(PoisonError::into_inner).insert(secret.to_owned(), key);
        let mut given = self.settings();
        given.introduce(draft, Introduction::Given);
        self.keep(given).await?;
        self.write_keys(&draft.id, &keys, before).await?;
        self.0.keys.lock().unwrap_or_else(PoisonError::into_inner).insert(draft.id.clone(), keys);
        Ok(())
    }

    /// Nothing was made: all is as it was `before`.
    async fn unmark(&self, before: &Settings, draft: &OwnConnection) -> Result<(), ContractError> {
        let mut settings = self.settings();
        let (known, drafted) = (before.connection(&draft.id).cloned(), before.draft.clone());
        settings.draft = drafted;
        match known {
            Some(known) => settings.put(known),
            None => {
                settings.connections.retain(|known| known.id != draft.id);
                settings.to_forget.push(draft.id.clone());
            }
        }
        let is_gone = settings.connection(&draft.id).is_none();
        self.keep(settings).await?;
        if is_gone {
            self.remove_keys(&draft.id).await;
        }
        Ok(())
    }
}

impl Settings {
    /// Notes how far asking the PBX of a draft for a key came. A connection that was not there stands there from now on, paused.
    fn introduce(&mut self, draft: &OwnConnection, how_far: Introduction) {
        let drafted = OwnConnection { introduction: Some(how_far), ..draft.clone() };
        match self.connections.iter_mut().find(|known| known.id == draft.id) {
            Some(known) => known.introduction = Some(how_far),
            None => self.connections.push(OwnConnection { paused: true, unfinished: true, ..drafted.clone() }),
        }
        self.draft = Some(drafted);
    }

    /// Another connection to the same make at the same address, which has a key or has asked for one.
    fn introduced_as(&self, draft: &OwnConnection) -> Option<&calls::ConnectionId> {
        let make = draft.make().ok()?;
        let is_there = |known: &&OwnConnection| {
            known.id != draft.id
                && known.make == draft.make
                && make.address(known.address.as_ref()) == make.address(draft.address.as_ref())
        };
        self.connections.iter().find(is_there).map(|known| &known.id)
    }
}
