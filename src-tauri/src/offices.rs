//! The offices behind gateways that this desk looks at: addresses in its settings, tokens in the keyring.

mod forgotten;
mod invitations;
mod kept;
mod lists;
mod people;
mod renewal;
mod stored;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use desk::{
    Desk,
    contract::{
        ConnectOfficeRequest, ContractError, DisconnectOfficeRequest, ErrorCode, Notice, NoticeKind, RenewTokenRequest,
    },
};
use futures_util::StreamExt;
use link::{Office, OfficeErrorKind, RemoteOffice, wire::Frame};
use own::{AtGateway, Drafts, Keyring, KeyringChanges, NotYet};
use secrecy::{ExposeSecret, SecretString};
use store::Store;
use url::Url;

pub(crate) use self::{
    invitations::Invitations,
    renewal::{FIRST_LOOK, LOOK_EVERY},
};
use self::{
    kept::{KeptOffice, name_of},
    stored::StoredOffice,
};
use crate::secrets;

/// A gateway that is there greets sooner than this.
const HELLO_TIMEOUT: Duration = Duration::from_secs(15);
/// How long a gateway that is left is told so.
const SIGN_OUT_TIMEOUT: Duration = Duration::from_secs(5);

/// The offices behind gateways, by their ids.
pub(crate) struct Offices {
    keyring: Arc<dyn Keyring>,
    changes: KeyringChanges,
    open: Mutex<BTreeMap<String, Arc<StoredOffice>>>,
    /// For each gateway, held by whoever connects, renews, joins or leaves an office of it.
    locks: Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<()>>>>,
    /// Held by whoever changes the list in the settings.
    list_lock: tokio::sync::Mutex<()>,
    /// What administrators have begun to connect.
    drafts: Drafts,
}

impl Offices {
    /// None yet; their tokens lie in this keyring.
    pub(crate) fn new(keyring: Arc<dyn Keyring>) -> Self {
        let changes = KeyringChanges::new(Arc::clone(&keyring));
        Self {
            keyring,
            changes,
            open: Mutex::default(),
            locks: Mutex::default(),
            list_lock: tokio::sync::Mutex::default(),
            drafts: Drafts::default(),
        }
    }

    /// Lists the offices that were connected before, at once: each fetches its token from the keyring by itself.
    pub(crate) async fn open_stored(&self, desk: &Desk) {
        let all = kept::all(desk.store()).await.unwrap_or_else(|error| {
            tracing::error!(%error, "the addresses of offices cannot be read");
            Vec::new()
        });
        for office in all {
            let stored = StoredOffice::new(office.clone(), Arc::clone(&self.keyring));
            self.show(desk, &office, stored).await;
        }
    }

    /// Connects an office: its token goes to the keyring, its address to the settings.
    pub(crate) async fn connect(&self, desk: &Desk, request: ConnectOfficeRequest) -> Result<(), ContractError> {
        let address = Url::parse(request.address.trim()).map_err(|_| {
            ContractError::invalid("address", "this is not an address such as https://calls.example.org")
        })?;
        let id = name_of(&address);
        let _lock = self.lock(&id).await;
        let known = kept::all(desk.store()).await?.into_iter().find(|office| office.id == id);
        let anchor = known.as_ref().and_then(|known| known.anchor.clone());
        let office = open_office(&address, request.token.reveal(), anchor.as_deref()).await?;
        let kept = KeptOffice { anchor, ..KeptOffice::new(&id, office.address().as_str()) };
        self.keep(desk.store(), &kept).await?;
        self.sign_in(desk, kept, request.token.reveal(), office).await;
        Ok(())
    }

    /// Goes on at an office with another token.
    pub(crate) async fn renew_token(&self, desk: &Desk, request: RenewTokenRequest) -> Result<(), ContractError> {
        let _lock = self.lock(&request.office).await;
        let kept = kept::find(desk.store(), &request.office).await?;
        let address = Url::parse(&kept.address).map_err(|_| {
            ContractError::invalid(
                "address",
                "the stored address cannot be used; disconnect this office and connect anew",
            )
        })?;
        let office = open_office(&address, request.token.reveal(), kept.anchor.as_deref()).await?;
        // Whose it is, and how long it lives, nobody has said.
        let kept = KeptOffice { person: None, life: None, ..kept };
        self.keep(desk.store(), &kept).await?;
        self.sign_in(desk, kept, request.token.reveal(), office).await;
        Ok(())
    }

    /// Looks at an office no more: its address, its token and the copy of its calls go. A token that is this desk's alone is
    /// given back; the last administrator has to know that nobody administers the office from a screen then.
    pub(crate) async fn disconnect(&self, desk: &Desk, request: DisconnectOfficeRequest) -> Result<(), ContractError> {
        let _lock = self.lock(&request.office).await;
        let kept = kept::find(desk.store(), &request.office).await?;
        let open = self.open(&kept.id);
        if kept.person.is_some()
            && let Some(remote) = open.as_ref().and_then(|office| office.remote())
        {
            match tokio::time::timeout(SIGN_OUT_TIMEOUT, remote.sign_out(request.as_last_admin)).await {
                Ok(Ok(())) => {}
                // Versions before had one code for all that contradicts; a sign-out has no other such answer.
                Ok(Err(error)) if matches!(error.kind, OfficeErrorKind::LastAdmin | OfficeErrorKind::Conflict) => {
                    return Err(ContractError::of_admin(error));
                }
                Ok(Err(_)) | Err(_) => tracing::warn!("an office that was left could not be told so"),
            }
        }
        self.mark(desk.store(), &kept.id).await?;
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&kept.id);
        {
            let _list_lock = self.list_lock.lock().await;
            kept::forget(desk.store(), &kept.id).await?;
        }
        if let Err(error) = self.drafts.forget(desk.store(), &kept.id).await {
            tracing::warn!(message = error.message, "what was begun for an office that was left stays in the settings");
        }
        if !self.forget_token(desk.store(), &kept.id).await {
            desk.notice(Notice { kind: NoticeKind::KeyStays }).await;
        }
        desk.remove_office(&kept.id).await
    }

    /// An office, for an administrator who connects PBXs to it.
    pub(crate) fn connecting<'a>(&'a self, store: &'a Store, office: &str) -> Result<AtGateway<'a>, ContractError> {
        Ok(AtGateway { store, drafts: &self.drafts, office: office.to_owned(), remote: self.remote(office)? })
    }

    /// Keeps an office with the token that it gave, and looks at it.
    async fn add(&self, desk: &Desk, kept: KeptOffice, token: SecretString) -> Result<(), ContractError> {
        let address =
            Url::parse(&kept.address).map_err(|_| ContractError::invalid("address", "the address cannot be used"))?;
        let anchor = kept.anchor.as_deref().map(str::as_bytes);
        let office = RemoteOffice::connect(&address, token.clone(), anchor)?;
        self.keep(desk.store(), &kept).await?;
        self.sign_in(desk, kept, token.expose_secret(), office).await;
        Ok(())
    }

    async fn sign_in(&self, desk: &Desk, kept: KeptOffice, token: &str, office: RemoteOffice) {
        if let Err(error) = self.unmark(desk.store(), &kept.id).await {
            tracing::warn!(message = error.message, "an office that was joined anew is still marked as left");
        }
        if let Err(error) = secrets::keep_token(&self.changes, &kept.id, token.trim().into()).await {
            tracing::warn!(%error, "the token is not in the keyring");
            // It may still come there, once the person has answered.
            if !error.is::<NotYet>() {
                desk.notice(Notice { kind: NoticeKind::NoKeyring }).await;
            }
        }
        let stored = StoredOffice::with_token(kept.clone(), Arc::clone(&self.keyring), office);
        self.show(desk, &kept, stored).await;
    }

    /// Waits until nobody else changes an office of the gateway of this one: what two would do at once is done one after the
    /// other. Two people's offices of one gateway differ in what follows `#`.
    async fn lock(&self, office: &str) -> tokio::sync::OwnedMutexGuard<()> {
        let gateway = office.split('#').next().unwrap_or_default().to_owned();
        let lock = Arc::clone(self.locks.lock().unwrap_or_else(PoisonError::into_inner).entry(gateway).or_default());
        lock.lock_owned().await
    }

    async fn keep(&self, store: &Store, office: &KeptOffice) -> Result<(), ContractError> {
        let _list_lock = self.list_lock.lock().await;
        kept::keep(store, office).await
    }

    /// The office of this id.
    fn open(&self, id: &str) -> Option<Arc<StoredOffice>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    fn hold(&self, office: StoredOffice) -> Arc<StoredOffice> {
        let office = Arc::new(office);
        self.open.lock().unwrap_or_else(PoisonError::into_inner).insert(office.id().to_owned(), Arc::clone(&office));
        office
    }

    async fn show(&self, desk: &Desk, kept: &KeptOffice, office: StoredOffice) {
        let office = self.hold(office);
        let title = kept.title(&kept::all(desk.store()).await.unwrap_or_default());
        desk.add_remote_office(&kept.id, &title, &kept.address, office).await;
    }
}

/// The office at this address, once it has greeted whoever has this token.
async fn open_office(address: &Url, token: &str, anchor: Option<&str>) -> Result<RemoteOffice, ContractError> {
    let token = token.trim();
    if token.is_empty() {
        return Err(ContractError::invalid("token", "paste the token that the administrator gave you"));
    }
    let office =
        RemoteOffice::connect(address, SecretString::from(token), anchor.map(str::as_bytes)).map_err(|error| {
            let code = if address.scheme() == "http" { ErrorCode::HttpsNeeded } else { ErrorCode::InvalidRequest };
            ContractError { code, ..ContractError::invalid("address", error.message) }
        })?;
    expect_hello(&office).await.map(|()| office)
}

/// Whoever greets as a gateway does is one. An error page of something else has a status, too.
async fn expect_hello(office: &dyn Office) -> Result<(), ContractError> {
    let opening = async { office.stream(None).await?.next().await.transpose() };
    match tokio::time::timeout(HELLO_TIMEOUT, opening).await {
        Ok(Ok(Some(Frame::Hello { .. }))) => Ok(()),
        Ok(Ok(Some(Frame::Event { .. } | Frame::At { .. } | Frame::TooOld | Frame::Other) | None)) => {
            Err(ContractError::not_a_gateway())
        }
        Ok(Err(error)) => Err(ContractError::not_let_in(error)),
        Err(_) => Err(ContractError::new(ErrorCode::Unreachable, "the gateway does not answer; try again later")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn plain_http_is_for_this_computer_only_and_a_token_must_be_given() {
        let refused = async |address: &str, token: &str| {
            let error = open_office(&Url::parse(address).expect("an address"), token, None).await.expect_err("refused");
            (error.code, error.field)
        };
        let field = |name: &str| Some(name.to_owned());
        assert_eq!(refused("http://calls.example.org/", "t").await, (ErrorCode::HttpsNeeded, field("address")));
        assert_eq!(refused("ftp://calls.example.org/", "t").await, (ErrorCode::InvalidRequest, field("address")));
        assert_eq!(refused("https://calls.example.org/", " ").await, (ErrorCode::InvalidRequest, field("token")));
    }

    /// Answers every request with this, as something that is no gateway does.
    fn server(answer: &'static str) -> Url {
        use std::io::{Read, Write};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("bound");
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("a connection");
                let mut request = [0; 4096];
                // One read holds a short request whole.
                let _ = stream.read(&mut request);
                stream.write_all(answer.as_bytes()).expect("sent");
            }
        });
        format!("http://{address}/").parse().expect("an address")
    }

    #[tokio::test]
    async fn what_is_no_gateway_is_told_from_a_wrong_token_and_from_nobody() {
        let code = async |address: &Url| open_office(address, "t", None).await.map(drop).expect_err("refused").code;
        let elsewhere = server("HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\nConnection: close\r\n\r\nnot found");
        assert_eq!(code(&elsewhere).await, ErrorCode::NotAGateway);
        let page = server("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
        assert_eq!(code(&page).await, ErrorCode::NotAGateway);
        let refuses = server("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        assert_eq!(code(&refuses).await, ErrorCode::Unauthorized);
        let nobody = {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
            format!("http://{}/", listener.local_addr().expect("bound")).parse().expect("an address")
        };
        assert_eq!(code(&nobody).await, ErrorCode::Unreachable);
    }
}
