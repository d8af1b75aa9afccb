//! What a person has begun to connect or to change. It survives closing, but for its keys.

use std::{collections::BTreeMap, sync::PoisonError};

use calls::number;
use desk::contract::{
    BeginConnectionRequest, ContractError, DraftView, ErrorCode, FillConnectionRequest, Introduction, LineDraft,
    NamedConnection, Token,
};
use link::OfficeError;
use pbx::{ConfigError, Kind, Make};
use url::Url;

use crate::{
    office::{OwnOffice, WithoutKeyring},
    secrets::Keys,
    settings::OwnConnection,
};

/// What is longer is no name of a person or a line.
const LONGEST_NAME: usize = 100;

impl OwnOffice {
    /// Begins to connect a PBX, or to change a connection.
    pub async fn begin(&self, request: BeginConnectionRequest) -> Result<DraftView, ContractError> {
        let _turn = self.0.changing.lock().await;
        self.read_again().await?;
        let mut settings = self.settings();
        let draft = match (request.make, request.connection) {
            (Some(make), None) => {
                let make = office::read_make(&make).map_err(refused)?;
                settings.begin(make)?
            }
            (None, Some(connection)) => {
                let known = settings.connections.iter().find(|known| known.id.as_str() == connection);
                known.cloned().ok_or_else(|| ContractError::new(ErrorCode::NotFound, "this connection was removed"))?
            }
            _ => return Err(ContractError::invalid("make", "name a make or a connection")),
        };
        settings.draft = Some(draft.clone());
        self.keep(settings).await?;
        self.forget_draft_keys();
        let draft = self.draft(draft.id.as_str()).await?;
        self.draft_view(&draft)
    }

    /// Takes in what a person has entered. Where one thing is wrong nothing of it is taken.
    pub async fn fill(&self, request: FillConnectionRequest) -> Result<DraftView, ContractError> {
        let _turn = self.0.changing.lock().await;
        let before = self.draft(&request.connection).await?;
        let (draft, keys) = before.filled(request, |draft| self.keys_of(draft))?;
        let mut settings = self.settings();
        settings.draft = Some(draft.clone());
        self.keep(settings).await?;
        self.0.draft_keys.lock().unwrap_or_else(PoisonError::into_inner).extend(keys);
        self.draft_view(&draft)
    }

    /// Gives up what was drafted.
    pub async fn drop_draft(&self, request: NamedConnection) -> Result<(), ContractError> {
        let _turn = self.0.changing.lock().await;
        self.draft(&request.connection).await?;
        let mut settings = self.settings();
        settings.draft = None;
        self.keep(settings).await?;
        self.forget_draft_keys();
        Ok(())
    }

    /// The draft of this connection; another wizard may have begun another one meanwhile.
    pub(crate) async fn draft(&self, connection: &str) -> Result<OwnConnection, ContractError> {
        self.read_again().await?;
        let draft = self.settings().draft.filter(|draft| draft.id.as_str() == connection);
        let draft = draft.ok_or_else(replaced)?;
        if draft.introduction == Some(Introduction::Given) && self.known_keys(&draft.id).is_none() {
            // Nobody but the keyring knows what its PBX gave in another run.
            self.started(WithoutKeyring::Starts).await?;
        }
        Ok(draft)
    }

    /// The keys of a draft: those that were entered, and where none was, those that are known.
    pub(crate) fn keys_of(&self, draft: &OwnConnection) -> Keys {
        let mut keys = self.known_keys(&draft.id).unwrap_or_default();
        keys.extend(self.0.draft_keys.lock().unwrap_or_else(PoisonError::into_inner).clone());
        keys
    }

    pub(crate) fn forget_draft_keys(&self) {
        self.0.draft_keys.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.0.trials.forget_all();
    }
}

impl OwnConnection {
    /// The draft with what a person has entered, and the keys that he has entered now. `known` are the keys of a draft so far.
    pub(crate) fn filled(
        &self,
        request: FillConnectionRequest,
        known: impl FnOnce(&Self) -> Keys,
    ) -> Result<(Self, Keys), ContractError> {
        let (mut draft, make) = (self.clone(), self.make()?);
        let FillConnectionRequest { office: _, connection: _, keys, kind, address, zone, phone, name, lines } = request;
        let keys = keys.map(|keys| read_keys(make, &keys)).transpose()?.unwrap_or_default();
        if let Some(kind) = kind {
            let known = make.kinds.iter().find(|known| known.value == kind);
            let known = known.ok_or_else(|| ContractError::invalid("kind", "there is no such kind of key"))?;
            draft.overrides.insert(known.name.to_owned(), known.value.to_owned());
        }
        if let Some(address) = address {
            draft.address = read_address(&address)?;
        }
        if let Some(zone) = zone {
            draft.zone = office::read_zone(&zone).map_err(refused)?;
        }
        if let Some(phone) = phone {
            draft.phone = read_phone(&phone)?;
        }
        if let Some(name) = name {
            draft.person = plain(&name);
        }
        if let Some(lines) = lines {
            draft.lines = lines.into_iter().map(read_line).collect::<Result<_, _>>()?;
        }
        let mut all = known(&draft);
        all.extend(keys.clone());
        usable(&draft, all)?;
        Ok((draft, keys))
    }

    /// The kind of its key, where its make has several.
    pub(crate) fn kind(&self) -> Option<String> {
        let make = self.make().ok()?;
        let is_it = |kind: &&Kind| self.overrides.get(kind.name).is_some_and(|value| value == kind.value);
        make.kinds.iter().find(is_it).map(|kind| kind.value.to_owned())
    }
}

/// Another wizard was first with this draft.
pub(crate) fn replaced() -> ContractError {
    let gone = ContractError::new(ErrorCode::NotFound, "this was connected, given up, or begun anew elsewhere");
    ContractError { field: Some("draft".to_owned()), ..gone }
}

/// What is wrong with settings, at the field of the wizard that mends it.
pub(crate) fn invalid_settings(error: &ConfigError) -> ContractError {
    refused(office::unusable_settings(error))
}

/// A refusal of what was entered, with the field of the wizard that mends it.
pub(crate) fn refused(error: OfficeError) -> ContractError {
    let field = match error.field {
        Some("secrets") => Some("keys"),
        Some("baseUrl") => Some("address"),
        Some("pbx") => Some("make"),
        other => other,
    };
    OfficeError { field, ..error }.into()
}

/// Whether the make can use what was entered so far. What is missing may be entered later.
fn usable(draft: &OwnConnection, keys: Keys) -> Result<(), ContractError> {
    match pbx::validate(&draft.with_keys(keys)?.config) {
        Ok(()) | Err(ConfigError::MissingSecret { .. } | ConfigError::MissingAddress { .. }) => Ok(()),
        Err(error) => Err(invalid_settings(&error)),
    }
}

/// A key that is empty stays as it was.
fn read_keys(make: Make, given: &BTreeMap<String, Token>) -> Result<Keys, ContractError> {
    let mut keys = Keys::new();
    for (name, token) in given.iter().filter(|(_, token)| !token.reveal().is_empty()) {
        let secret = office::read_secret(make, name, token.reveal()).map_err(refused)?;
        keys.insert(name.clone(), secret);
    }
    Ok(keys)
}

/// An address; none is the make's own.
fn read_address(text: &str) -> Result<Option<Url>, ContractError> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    office::read_address(text).map(Some).map_err(refused)
}

fn read_phone(text: &str) -> Result<String, ContractError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(String::new());
    }
    pbx::extension(text).ok_or_else(|| ContractError::invalid("phone", "write it as the PBX does, such as 101"))
}

fn read_line(line: LineDraft) -> Result<LineDraft, ContractError> {
    let number = number::normalise(line.number.trim());
    let number = number
        .filter(|number| number.trim_start_matches('+').bytes().all(|byte| byte.is_ascii_digit()))
        .ok_or_else(|| ContractError::invalid("lines", "write each line's number, such as +7 495 123-45-67"))?;
    Ok(LineDraft { number, title: plain(&line.title) })
}

/// A name as a person typed it, of bounded length.
fn plain(text: &str) -> String {
    text.trim().chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect()
}
