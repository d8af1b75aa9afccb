//! What the settings keep of each office behind a gateway. Its token lies in the keyring.

use desk::contract::{ContractError, ErrorCode};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::Store;
use url::Url;

/// Setting that holds them.
const SETTING: &str = "offices";

/// An office from the settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "Stored")]
pub(super) struct KeptOffice {
    /// Names it at this desk: its rows in the database and its token in the keyring.
    pub(super) id: String,
    /// Its gateway's address.
    pub(super) address: String,
    /// How it calls itself, where an invitation has told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    /// Whose token it is, where an invitation has told. Such a token is this desk's alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) person: Option<String>,
    /// The certificate (PEM) to trust beside the system's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) anchor: Option<String>,
    /// How long its token lives, where that ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) life: Option<Life>,
}

/// The life of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Life {
    /// When it was given.
    pub(super) begins: Timestamp,
    /// When it ends.
    pub(super) ends: Timestamp,
}

/// The first versions kept addresses alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum Stored {
    Address(String),
    #[serde(rename_all = "camelCase")]
    Office {
        id: String,
        address: String,
        name: Option<String>,
        person: Option<String>,
        anchor: Option<String>,
        life: Option<Life>,
    },
}

impl From<Stored> for KeptOffice {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Address(address) => {
                let id = Url::parse(&address).map_or_else(|_| address.clone(), |url| name_of(&url));
                Self::new(&id, &address)
            }
            Stored::Office { id, address, name, person, anchor, life } => {
                Self { id, address, name, person, anchor, life }
            }
        }
    }
}

impl KeptOffice {
    /// An office of which only the address is known.
    pub(super) fn new(id: &str, address: &str) -> Self {
        let (id, address) = (id.to_owned(), address.to_owned());
        Self { id, address, name: None, person: None, anchor: None, life: None }
    }

    /// How people call it; with the person, where another's token of the same gateway is here.
    pub(super) fn title(&self, all: &[Self]) -> String {
        let shared = all.iter().any(|other| other.address == self.address && other.id != self.id);
        match (&self.name, &self.person) {
            (Some(name), Some(person)) if shared => format!("{name}, {person}"),
            (Some(name), _) => name.clone(),
            (None, _) => self.id.clone(),
        }
    }
}

/// All offices.
pub(super) async fn all(store: &Store) -> Result<Vec<KeptOffice>, ContractError> {
    let Some(text) = store.reading(|store| store.setting(SETTING)).await? else { return Ok(Vec::new()) };
    serde_json::from_str(&text)
        .map_err(|_| ContractError::new(ErrorCode::Storage, "the offices were stored in an unknown form"))
}

/// Keeps an office; another of the same id goes.
pub(super) async fn keep(store: &Store, office: &KeptOffice) -> Result<(), ContractError> {
    let mut offices = all(store).await?;
    match offices.iter_mut().find(|other| other.id == office.id) {
        Some(other) => *other = office.clone(),
        None => offices.push(office.clone()),
    }
    write(store, &offices).await
}

/// Forgets an office.
pub(super) async fn forget(store: &Store, id: &str) -> Result<(), ContractError> {
    let mut offices = all(store).await?;
    offices.retain(|office| office.id != id);
    write(store, &offices).await
}

/// The office of this id.
pub(super) async fn find(store: &Store, id: &str) -> Result<KeptOffice, ContractError> {
    let found = all(store).await?.into_iter().find(|office| office.id == id);
    found.ok_or_else(|| ContractError::new(ErrorCode::NotFound, "this office was removed from the desk"))
}

async fn write(store: &Store, offices: &[KeptOffice]) -> Result<(), ContractError> {
    let text = serde_json::to_string(offices)
        .map_err(|error| ContractError::new(ErrorCode::Internal, format!("the offices cannot be written: {error}")))?;
    Ok(store.set_setting(SETTING, &text).await?)
}

/// An office is called by its host, with the port and the path where it has them: two may share a host.
pub(super) fn name_of(address: &Url) -> String {
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
    fn what_earlier_versions_kept_is_read_also_where_an_address_cannot_be_used() {
        let text = r#"["https://calls.example.org/north/","calls.example.org"]"#;
        let offices: Vec<KeptOffice> = serde_json::from_str(text).expect("addresses");
        let known = KeptOffice::new("calls.example.org/north", "https://calls.example.org/north/");
        assert_eq!(offices, [known, KeptOffice::new("calls.example.org", "calls.example.org")]);
        let again: Vec<KeptOffice> =
            serde_json::from_str(&serde_json::to_string(&offices).expect("JSON")).expect("read");
        assert_eq!(again, offices);
    }

    #[test]
    fn two_people_at_one_gateway_are_told_apart_by_their_names() {
        let of = |id: &str, person: &str| KeptOffice {
            name: Some("Ладога".into()),
            person: Some(person.into()),
            ..KeptOffice::new(id, "https://calls.example.org/")
        };
        let (peter, anna) = (of("calls.example.org", "Пётр"), of("calls.example.org#t2", "Анна"));
        assert_eq!(peter.title(std::slice::from_ref(&peter)), "Ладога");
        let both = [peter, anna];
        assert_eq!(both.each_ref().map(|office| office.title(&both)), ["Ладога, Пётр", "Ладога, Анна"]);
    }
}
