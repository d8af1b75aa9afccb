//! The offices behind gateways that this desk looks at: addresses in its settings, tokens in the keyring.

mod stored;

use std::{sync::Arc, time::Duration};

use desk::{
    Desk,
    contract::{
        ConnectOfficeRequest, ContractError, DisconnectOfficeRequest, ErrorCode, Notice, NoticeKind, RenewTokenRequest,
    },
};
use futures_util::StreamExt;
use link::{Office, RemoteOffice, wire::Frame};
use secrecy::SecretString;
use store::Store;
use url::Url;

use self::stored::StoredOffice;
use crate::secrets::{self, SystemKeyring};

/// Setting that holds the addresses.
const ADDRESSES_SETTING: &str = "offices";
/// A gateway that is there greets sooner than this.
const HELLO_TIMEOUT: Duration = Duration::from_secs(15);

/// Lists the offices that were connected before, at once: each fetches its token from the keyring by itself.
pub(crate) async fn open_stored(desk: &Desk) {
    let addresses = stored_addresses(desk.store()).unwrap_or_else(|error| {
        tracing::error!(%error, "the addresses of offices cannot be read");
        Vec::new()
    });
    for text in addresses {
        let address = Url::parse(&text).ok();
        let name = address.as_ref().map_or_else(|| text.clone(), name_of);
        let office = StoredOffice::new(name.clone(), address, Arc::new(SystemKeyring));
        desk.add_remote_office(&name, &text, Arc::new(office)).await;
    }
}

/// Connects an office: its token goes to the keyring, its address to the settings.
pub(crate) async fn connect(desk: &Desk, request: ConnectOfficeRequest) -> Result<(), ContractError> {
    let address = Url::parse(request.address.trim())
        .map_err(|_| ContractError::invalid("address", "this is not an address such as https://calls.example.org"))?;
    let office = open_office(&address, request.token.reveal()).await?;
    let address = office.address().clone();
    let mut all = stored_addresses(desk.store())?;
    all.retain(|text| !is_named(text, &name_of(&address)));
    all.push(address.to_string());
    store_addresses(desk.store(), &all).await?;
    add_to_desk(desk, &address, request.token.reveal(), office).await;
    Ok(())
}

/// Goes on at an office with another token.
pub(crate) async fn renew_token(desk: &Desk, request: RenewTokenRequest) -> Result<(), ContractError> {
    let (_, text) = find(desk.store(), &request.office)?;
    let address = Url::parse(&text).map_err(|_| {
        ContractError::invalid("address", "the stored address cannot be used; disconnect this office and connect anew")
    })?;
    let office = open_office(&address, request.token.reveal()).await?;
    add_to_desk(desk, &address, request.token.reveal(), office).await;
    Ok(())
}

/// Looks at an office no more: its address, its token and the copy of its calls go.
pub(crate) async fn disconnect(desk: &Desk, request: DisconnectOfficeRequest) -> Result<(), ContractError> {
    let (mut all, text) = find(desk.store(), &request.office)?;
    all.retain(|other| *other != text);
    store_addresses(desk.store(), &all).await?;
    if let Err(error) = secrets::forget_token(&request.office).await {
        tracing::warn!(%error, "the token of an office that was left cannot be removed from the keyring");
    }
    desk.remove_office(&request.office).await
}

/// The office at this address, once it has greeted whoever has this token.
async fn open_office(address: &Url, token: &str) -> Result<RemoteOffice, ContractError> {
    let token = token.trim();
    if token.is_empty() {
        return Err(ContractError::invalid("token", "paste the token that the administrator gave you"));
    }
    let office = RemoteOffice::connect(address, SecretString::from(token), None).map_err(|error| {
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

async fn add_to_desk(desk: &Desk, address: &Url, token: &str, office: RemoteOffice) {
    let name = name_of(address);
    if let Err(error) = secrets::keep_token(&name, token.trim()).await {
        tracing::warn!(%error, "the token is kept for this run only");
        desk.notice(Notice { kind: NoticeKind::NoKeyring }).await;
    }
    desk.add_remote_office(&name, address.as_str(), Arc::new(office)).await;
}

/// All addresses, and that of the office with this name.
fn find(store: &Store, office: &str) -> Result<(Vec<String>, String), ContractError> {
    let all = stored_addresses(store)?;
    let found = all.iter().find(|text| is_named(text, office)).cloned();
    found
        .map(|text| (all, text))
        .ok_or_else(|| ContractError::new(ErrorCode::NotFound, "this office was removed from the desk"))
}

/// Whether the office at this stored address has this name; an address that cannot be used is its own.
fn is_named(text: &str, office: &str) -> bool {
    Url::parse(text).map_or_else(|_| text == office, |url| name_of(&url) == office)
}

fn stored_addresses(store: &Store) -> Result<Vec<String>, ContractError> {
    let Some(text) = store.setting(ADDRESSES_SETTING)? else { return Ok(Vec::new()) };
    serde_json::from_str(&text)
        .map_err(|_| ContractError::new(ErrorCode::Storage, "the addresses of offices were stored in an unknown form"))
}

async fn store_addresses(store: &Store, addresses: &[String]) -> Result<(), ContractError> {
    let text = serde_json::to_string(addresses).map_err(|error| {
        ContractError::new(ErrorCode::Internal, format!("the addresses cannot be written: {error}"))
    })?;
    Ok(store.set_setting(ADDRESSES_SETTING, &text).await?)
}

/// An office is called by its host, with the port and the path where it has them: two may share a host.
fn name_of(address: &Url) -> String {
    let host = address.host_str().unwrap_or_default();
    let port = address.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{host}{port}{}", address.path().trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(address: &str) -> String {
        name_of(&Url::parse(address).expect("an address"))
    }

    #[test]
    fn offices_on_one_host_have_names_of_their_own() {
        assert_eq!(name("https://calls.example.org/"), "calls.example.org");
        assert_eq!(name("https://calls.example.org/north/"), "calls.example.org/north");
        assert_eq!(name("https://calls.example.org/south"), "calls.example.org/south");
        assert_eq!(name("http://127.0.0.1:8443/"), "127.0.0.1:8443");
    }

    #[test]
    fn an_office_is_found_by_its_name_also_where_its_address_cannot_be_used() {
        assert!(is_named("https://calls.example.org/north/", "calls.example.org/north"));
        assert!(!is_named("https://calls.example.org/north/", "calls.example.org"));
        assert!(is_named("calls.example.org", "calls.example.org"));
    }

    #[tokio::test]
    async fn plain_http_is_for_this_computer_only_and_a_token_must_be_given() {
        let refused = async |address: &str, token: &str| {
            let error = open_office(&Url::parse(address).expect("an address"), token).await.expect_err("refused");
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
        let code = async |address: &Url| open_office(address, "t").await.map(drop).expect_err("refused").code;
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
