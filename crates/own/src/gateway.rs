//! Connecting PBXs to an office behind a gateway, by an administrator of it: through `/v1/admin`, never by a file. What a
//! person has begun lies at this desk until it is whole, without its keys; the gateway is told all of it at once.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use calls::ConnectionId;
use desk::contract::{
    BeginConnectionRequest, CheckConnectionRequest, CheckOutcome, ConnectionProblem, ContractError, DraftView,
    ErrorCode, FillConnectionRequest, IntroduceConnectionRequest, Introduction, Makes, NamedConnection,
    OfficeConnections, PauseConnectionRequest, PbxConnection, Phones, Titles,
};
use link::{
    OfficeError, OfficeErrorKind, RemoteOffice,
    problem::WrongField,
    wire::{
        admin::{
            CheckConnection, ConnectionSetup, IntroduceConnection, ListPhones, OfficeSetup, PutConnection, hook_url,
        },
        join::SecretText,
    },
};
use office::titles;
use pbx::{Delivery, Make, TrialStep};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use store::Store;
use url::Url;

use crate::{
    connecting::Connecting,
    draft::{refused, replaced},
    secrets::Keys,
    settings::{OwnConnection, Settings},
    trial::step_view,
};

type Answer<T> = Result<T, ContractError>;

/// Others change other things of the configuration at the same time: so often it is tried anew.
const TRIES: usize = 4;
/// The way to the gateway and back, beside what a step is allowed at the PBX.
const WAY: Duration = Duration::from_secs(3);

/// What administrators have begun at this desk, by office.
#[derive(Default)]
pub struct Drafts {
    /// Keys that were entered for the draft of an office: known to this run only.
    keys: Mutex<BTreeMap<String, Keys>>,
    /// For each office, held by whoever changes its draft: also while its gateway is asked, which may take long.
    changing: Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

impl Drafts {
    /// Forgets what was begun for an office that this desk looks at no more.
    pub async fn forget(&self, store: &Store, office: &str) -> Answer<()> {
        let _turn = self.turn(office).await;
        self.forget_in_turn(store, office).await
    }

    /// Waits until nobody else changes the draft of this office.
    async fn turn(&self, office: &str) -> tokio::sync::OwnedMutexGuard<()> {
        let turn = {
            let mut all = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry(office.to_owned()).or_default())
        };
        turn.lock_owned().await
    }

    async fn forget_in_turn(&self, store: &Store, office: &str) -> Answer<()> {
        store.forget_setting(&setting(office)).await?;
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).remove(office);
        Ok(())
    }
}

/// What was begun, as it is kept.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredDraft {
    draft: OwnConnection,
    /// The connection as it was when its change was begun; none is to be connected.
    seen: Option<ConnectionSetup>,
    hook_url: Option<String>,
    /// It stands there for the key that its PBX was asked for; nobody has gone on connecting it yet.
    #[serde(default)]
    unfinished: bool,
}

/// An office behind a gateway.
pub struct AtGateway<'a> {
    /// This desk's settings.
    pub store: &'a Store,
    /// What was begun at this desk.
    pub drafts: &'a Drafts,
    /// The office's id at this desk.
    pub office: String,
    /// Its gateway.
    pub remote: RemoteOffice,
}

impl AtGateway<'_> {
    async fn begun(&self) -> Answer<Option<StoredDraft>> {
        let key = setting(&self.office);
        let text = self.store.reading(move |store| store.setting(&key)).await?;
        // What a later version wrote is begun anew.
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// The draft of this connection; another wizard may have begun another one meanwhile.
    async fn draft(&self, connection: &str) -> Answer<StoredDraft> {
        self.begun().await?.filter(|begun| begun.draft.id.as_str() == connection).ok_or_else(replaced)
    }

    async fn keep(&self, begun: &StoredDraft) -> Answer<()> {
        let text = serde_json::to_string(begun).map_err(|error| {
            ContractError::new(ErrorCode::Internal, format!("what was begun cannot be written: {error}"))
        })?;
        Ok(self.store.set_setting(&setting(&self.office), &text).await?)
    }

    fn keys(&self) -> Keys {
        self.drafts.keys.lock().unwrap_or_else(PoisonError::into_inner).get(&self.office).cloned().unwrap_or_default()
    }

    fn secrets(&self) -> BTreeMap<String, SecretText> {
        self.keys().into_iter().map(|(name, key)| (name, SecretText(key.expose_secret().to_owned()))).collect()
    }

    async fn setup(&self) -> Answer<OfficeSetup> {
        self.remote.setup().await.map_err(refused)
    }

    /// Puts a connection as `change` makes it of what is there now. Where the configuration is another one by then, that is
    /// looked at again, and `change` may refuse.
    async fn put(
        &self,
        id: &ConnectionId,
        change: impl Fn(Option<&ConnectionSetup>) -> Answer<PutConnection> + Sync,
    ) -> Answer<()> {
        for _ in 0..TRIES {
            let setup = self.setup().await?;
            let there = setup.connections.iter().find(|connection| connection.id == *id);
            let put = PutConnection { revision: Some(setup.revision), ..change(there)? };
            match self.remote.put_connection(id, &put).await {
                // Versions before had one code for all that contradicts.
                Err(error) if matches!(error.kind, OfficeErrorKind::Changed | OfficeErrorKind::Conflict) => {}
                put => return put.map(drop).map_err(refused),
            }
        }
        Err(changed(None))
    }

    fn view(&self, begun: &StoredDraft) -> Answer<DraftView> {
        let StoredDraft { draft, seen, hook_url, unfinished } = begun;
        let is_new = seen.is_none() || *unfinished;
        let make = draft.make()?;
        let mut keys: Vec<String> = self.keys().into_keys().collect();
        if let Some(seen) = seen
            && origin(seen.base_url.as_deref()) == draft.address.as_ref().map(Url::origin)
        {
            // At another address they are to be entered anew: the gateway sends them nowhere else.
            keys.extend(seen.secrets.iter().filter(|name| !keys.contains(name)).cloned().collect::<Vec<_>>());
        }
        // What the make's wire has overridden only the gateway can read: it has the keys.
        let steps = match seen.as_ref().map(|seen| seen.steps.as_slice()) {
            Some(steps @ [_, ..]) => steps.iter().map(|step| office::trial_step(*step)).collect(),
            _ => TrialStep::of_make(make),
        };
        Ok(DraftView {
            connection: draft.id.as_str().to_owned(),
            make: draft.make.clone(),
            is_new,
            keys,
            introduction: seen.as_ref().and_then(|seen| seen.introduction),
            kind: draft.kind(),
            address: draft.address.as_ref().map(ToString::to_string).unwrap_or_default(),
            zone: draft.zone.clone().unwrap_or_default(),
            phone: draft.phone.clone(),
            needs_phone: is_new && make.delivery == Delivery::SocketPerExtension,
            name: String::new(),
            lines: Vec::new(),
            hook_url: hook_url.clone(),
            steps: steps.into_iter().map(step_view).collect(),
        })
    }

    /// A fresh connection. Two administrators may begin one at the same time, and no id is ever given twice, so it is drawn.
    fn fresh(&self, make: Make) -> Answer<OwnConnection> {
        let mut bytes = [0; 3];
        let drawn = self.store.random().fill(&mut bytes);
        drawn.map_err(|error| ContractError::new(ErrorCode::Internal, format!("no random numbers: {error}")))?;
        let id = format!("{}-{}", make.name, bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
        let id = id.parse().map_err(|_| {
            ContractError::new(ErrorCode::Internal, "the make's name is no beginning of a connection's name")
        })?;
        // Several people share a gateway: the key that acts for all of them is the usual one.
        let kind = make.kinds.last().map(|kind| (kind.name.to_owned(), kind.value.to_owned()));
        Ok(OwnConnection { overrides: kind.into_iter().collect(), ..Settings::default().begin(make)?.named(id) })
    }
}

#[async_trait]
impl Connecting for AtGateway<'_> {
    async fn makes(&self) -> Answer<Makes> {
        Ok(Makes { makes: self.setup().await?.makes })
    }

    async fn connections(&self) -> Answer<OfficeConnections> {
        let setup = self.setup().await?;
        Ok(OfficeConnections {
            connections: setup.connections.into_iter().map(connection_view).collect(),
            draft: self.begun().await?.map(|begun| self.view(&begun)).transpose()?,
        })
    }

    async fn begin(&self, request: BeginConnectionRequest) -> Answer<DraftView> {
        let _turn = self.drafts.turn(&self.office).await;
        let setup = self.setup().await?;
        let begun = match (request.make, request.connection) {
            (Some(make), None) => {
                let make = office::read_make(&make).map_err(refused)?;
                let draft = self.fresh(make)?;
                let public = setup.public_url.filter(|_| make.delivery.needs_public_address());
                let hook_url = public.map(|url| hook_url(&url, &draft.id));
                StoredDraft { draft, seen: None, hook_url, unfinished: false }
            }
            (None, Some(id)) => {
                let seen = setup.connections.into_iter().find(|connection| connection.id.as_str() == id);
                let seen = seen.ok_or_else(removed)?;
                let hook_url = seen.hook_url.clone();
                // Whoever comes back to one whose key the PBX has given goes on connecting it.
                let unfinished = seen.paused && seen.introduction.is_some();
                StoredDraft { draft: draft_of(&seen)?, hook_url, seen: Some(seen), unfinished }
            }
            _ => return Err(ContractError::invalid("make", "name a make or a connection")),
        };
        self.drafts.forget_in_turn(self.store, &self.office).await?;
        self.keep(&begun).await?;
        self.view(&begun)
    }

    async fn fill(&self, request: FillConnectionRequest) -> Answer<DraftView> {
        let _turn = self.drafts.turn(&self.office).await;
        let before = self.draft(&request.connection).await?;
        let (draft, keys) = before.draft.filled(request, |_| self.keys())?;
        let begun = StoredDraft { draft, ..before };
        self.keep(&begun).await?;
        let mut all = self.drafts.keys.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(self.office.clone()).or_default().extend(keys);
        drop(all);
        self.view(&begun)
    }

    async fn introduce(&self, request: IntroduceConnectionRequest) -> Answer<DraftView> {
        let _turn = self.drafts.turn(&self.office).await;
        let before = self.draft(&request.connection).await?;
        let introduce = IntroduceConnection {
            name: request.name,
            pbx: before.draft.make.clone(),
            base_url: before.draft.address.clone().map(String::from),
            overrides: before.draft.overrides.clone(),
            again: request.again,
        };
        let told = self.remote.introduce_connection(&before.draft.id, &introduce).await.map_err(refused)?;
        let unfinished = before.seen.is_none() || before.unfinished;
        let begun = StoredDraft { seen: Some(told), unfinished, ..before };
        self.keep(&begun).await?;
        self.view(&begun)
    }

    async fn list_phones(&self, request: NamedConnection) -> Answer<Phones> {
        let StoredDraft { draft, .. } = self.draft(&request.connection).await?;
        let list = ListPhones {
            id: draft.id,
            pbx: draft.make,
            zone: draft.zone,
            base_url: draft.address.map(String::from),
            overrides: draft.overrides,
            secrets: self.secrets(),
        };
        self.remote.list_phones(&list).await.map_err(refused)
    }

    async fn check(&self, request: CheckConnectionRequest) -> Answer<CheckOutcome> {
        let StoredDraft { draft, .. } = self.draft(&request.connection).await?;
        let check = CheckConnection {
            id: draft.id,
            step: request.step,
            phone: draft.phone,
            pbx: draft.make,
            zone: draft.zone,
            base_url: draft.address.map(String::from),
            overrides: draft.overrides,
            secrets: self.secrets(),
        };
        let allowed = office::trial_step(request.step).allowed();
        self.remote.check_connection(&check, allowed + WAY).await.map_err(refused)
    }

    async fn save(&self, request: NamedConnection) -> Answer<()> {
        let _turn = self.drafts.turn(&self.office).await;
        let StoredDraft { draft, seen, .. } = self.draft(&request.connection).await?;
        self.put(&draft.id, |there| {
            match (&seen, there) {
                (Some(_), None) => return Err(removed()),
                // Its answer was lost when it was saved before; or nobody has touched it.
                (Some(seen), Some(there)) if is_saved(&draft, there) || is_same(seen, there) => {}
                (Some(_), Some(there)) => return Err(changed(there.changed_by.as_deref())),
                (None, _) => {}
            }
            Ok(PutConnection {
                pbx: draft.make.clone(),
                zone: draft.zone.clone(),
                base_url: draft.address.clone().map(String::from),
                overrides: draft.overrides.clone(),
                secrets: self.secrets(),
                paused: false,
                revision: None,
                phone: Some(draft.phone.clone()).filter(|phone| !phone.is_empty()),
            })
        })
        .await?;
        self.drafts.forget_in_turn(self.store, &self.office).await
    }

    async fn drop_draft(&self, request: NamedConnection) -> Answer<()> {
        let _turn = self.drafts.turn(&self.office).await;
        self.draft(&request.connection).await?;
        self.drafts.forget_in_turn(self.store, &self.office).await
    }

    async fn pause(&self, request: PauseConnectionRequest) -> Answer<()> {
        let id = named(&request.connection)?;
        self.put(&id, |there| {
            let there = there.ok_or_else(removed)?;
            Ok(PutConnection {
                pbx: there.pbx.clone(),
                zone: there.zone.clone(),
                base_url: there.base_url.clone(),
                overrides: there.overrides.clone(),
                secrets: BTreeMap::new(),
                paused: request.paused,
                revision: None,
                phone: None,
            })
        })
        .await
    }

    async fn remove(&self, request: NamedConnection) -> Answer<()> {
        let _turn = self.drafts.turn(&self.office).await;
        self.remote.remove_connection(&named(&request.connection)?).await.map_err(refused)?;
        if self.draft(&request.connection).await.is_ok() {
            self.drafts.forget_in_turn(self.store, &self.office).await?;
        }
        Ok(())
    }
}

/// The setting that holds what was begun for an office.
fn setting(office: &str) -> String {
    format!("connecting:{office}")
}

fn named(connection: &str) -> Answer<ConnectionId> {
    connection.parse().map_err(|_| removed())
}

fn origin(address: Option<&str>) -> Option<url::Origin> {
    address.and_then(|address| Url::parse(address).ok()).map(|url| url.origin())
}

fn draft_of(seen: &ConnectionSetup) -> Answer<OwnConnection> {
    let make: Make = seen.pbx.parse().map_err(|_| {
        ContractError::new(ErrorCode::Unsupported, "this version does not know the make of this connection")
    })?;
    Ok(OwnConnection {
        address: seen.base_url.as_deref().and_then(|address| Url::parse(address).ok()),
        zone: seen.zone.clone(),
        overrides: seen.overrides.clone(),
        ..Settings::default().begin(make)?.named(seen.id.clone())
    })
}

/// Whether two looks at a connection show the same of what a wizard changes.
fn is_same(one: &ConnectionSetup, other: &ConnectionSetup) -> bool {
    let of =
        |it: &ConnectionSetup| (it.pbx.clone(), it.base_url.clone(), it.zone.clone(), it.overrides.clone(), it.paused);
    of(one) == of(other)
}

/// Whether a connection is what this draft makes of it.
fn is_saved(draft: &OwnConnection, there: &ConnectionSetup) -> bool {
    let address = draft.address.as_ref().map(ToString::to_string);
    let of_draft = (&draft.make, &address, &draft.zone, &draft.overrides);
    of_draft == (&there.pbx, &there.base_url, &there.zone, &there.overrides) && !there.paused
}

fn connection_view(connection: ConnectionSetup) -> PbxConnection {
    let make: Option<Make> = connection.pbx.parse().ok();
    let by_name = || Titles { ru: connection.pbx.clone(), en: connection.pbx.clone() };
    let is_unfinished = connection.paused && connection.introduction == Some(Introduction::Asked);
    PbxConnection {
        title: make.map_or_else(by_name, |make| titles(make.title)),
        id: connection.id.as_str().to_owned(),
        make: connection.pbx,
        phone: String::new(),
        paused: connection.paused,
        fixed: connection.fixed,
        hook_url: connection.hook_url,
        wrong: connection.problem.map(|message| wrong_settings(message, connection.wrong)),
        problem: is_unfinished.then_some(ConnectionProblem::Unfinished),
    }
}

/// Why the gateway cannot use a connection, at the field of the wizard that mends it.
fn wrong_settings(message: String, wrong: Option<WrongField>) -> ContractError {
    refused(match wrong {
        Some(wrong) => wrong.into_error(message),
        None => OfficeError::new(OfficeErrorKind::InvalidRequest, message),
    })
}

fn removed() -> ContractError {
    ContractError::new(ErrorCode::NotFound, "somebody else has removed this connection meanwhile")
}

/// Somebody was first; who, where the gateway tells.
fn changed(by: Option<&str>) -> ContractError {
    let changed = ContractError::new(ErrorCode::Changed, "somebody else has changed this connection meanwhile");
    ContractError { field: by.map(|_| "changedBy".to_owned()), part: by.map(str::to_owned), ..changed }
}
