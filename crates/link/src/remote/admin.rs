//! What an admin asks of a gateway about its people and its configuration.

use std::time::Duration;

use calls::ConnectionId;
use http::Method;

use crate::{
    error::OfficeError,
    remote::RemoteOffice,
    wire::{
        CheckOutcome, Phones,
        admin::{
            CheckConnection, ConnectionSetup, IntroduceConnection, ListPhones, OfficeSetup, PutConnection, PutList,
            Revision,
        },
        people::{ChangeRights, ImportInvitations, ImportedInvitations, Invite, Invited, People, TablePreview},
    },
};

/// The gateway itself waits this long for a PBX that lists its phones, and a little longer is waited for the gateway.
const PHONES_WITHIN: Duration = Duration::from_secs(22);

impl RemoteOffice {
    /// Who may look at the office, and who is invited.
    pub async fn people(&self) -> Result<People, OfficeError> {
        self.http.get(&["v1", "admin", "people"]).await
    }

    /// Invites somebody. Asked twice it makes two invitations, so it is not asked again by itself.
    pub async fn invite(&self, invite: &Invite) -> Result<Invited, OfficeError> {
        self.http.act(&["v1", "admin", "invitations"], invite).await
    }

    /// Takes an invitation back.
    pub async fn revoke_invitation(&self, id: &str) -> Result<(), OfficeError> {
        self.http.remove(&["v1", "admin", "invitations", id]).await
    }

    /// Gives an open invitation another link; the former one leads nowhere any more.
    pub async fn reissue_invitation(&self, id: &str) -> Result<Invited, OfficeError> {
        self.http.act(&["v1", "admin", "invitations", id, "link"], &serde_json::json!({})).await
    }

    /// Says what somebody sees from now on.
    pub async fn change_rights(&self, token_id: &str, rights: &ChangeRights) -> Result<(), OfficeError> {
        self.http.put(&["v1", "admin", "people", token_id], rights).await
    }

    /// Takes somebody's token back.
    pub async fn remove_person(&self, token_id: &str) -> Result<(), OfficeError> {
        self.http.remove(&["v1", "admin", "people", token_id]).await
    }

    /// Invites all people of a table, or nobody.
    pub async fn import_invitations(&self, table: &ImportInvitations) -> Result<ImportedInvitations, OfficeError> {
        self.http.act(&["v1", "admin", "invitations", "import"], table).await
    }

    /// Who is in a table, or what is wrong with it.
    pub async fn preview_table(&self, table: &ImportInvitations) -> Result<TablePreview, OfficeError> {
        self.http.change(Method::POST, &["v1", "admin", "invitations", "import", "preview"], table).await
    }

    /// How the office is configured.
    pub async fn setup(&self) -> Result<OfficeSetup, OfficeError> {
        self.http.get(&["v1", "admin", "config"]).await
    }

    /// All of that as TOML for the gateway's file. Nothing of a secret but where it is to be.
    pub async fn setup_file(&self) -> Result<String, OfficeError> {
        self.http.text(&["v1", "admin", "export"]).await
    }

    /// Puts a list in place of the one that was seen: whole, or not at all where somebody else has changed it since.
    pub async fn put_list(&self, list: &PutList) -> Result<Revision, OfficeError> {
        let path = |name| ["v1", "admin", name];
        match list {
            PutList::Lines(list) => self.http.change(Method::PUT, &path("lines"), list).await,
            PutList::Groups(list) => self.http.change(Method::PUT, &path("groups"), list).await,
            PutList::People(list) => self.http.change(Method::PUT, &path("people-names"), list).await,
            PutList::Contacts(list) => self.http.change(Method::PUT, &path("contacts"), list).await,
        }
    }

    /// Connects a PBX, or changes how it is connected. Asked twice it is the same as once.
    pub async fn put_connection(&self, id: &ConnectionId, put: &PutConnection) -> Result<Revision, OfficeError> {
        self.http.change(Method::PUT, &["v1", "admin", "connections", id.as_str()], put).await
    }

    /// Connects to a PBX no more.
    pub async fn remove_connection(&self, id: &ConnectionId) -> Result<(), OfficeError> {
        self.http.remove(&["v1", "admin", "connections", id.as_str()]).await
    }

    /// Takes a step of the check of a connection, and waits this long for what comes of it.
    pub async fn check_connection(
        &self,
        check: &CheckConnection,
        patience: Duration,
    ) -> Result<CheckOutcome, OfficeError> {
        self.http.ask(&["v1", "admin", "connections", "check"], check, patience).await
    }

    /// Has the PBX of a connection give its key, and tells how the connection is then. Asked twice it is the same as once.
    pub async fn introduce_connection(
        &self,
        id: &ConnectionId,
        introduce: &IntroduceConnection,
    ) -> Result<ConnectionSetup, OfficeError> {
        self.http.act(&["v1", "admin", "connections", id.as_str(), "introduce"], introduce).await
    }

    /// The phones that the PBX of a connection lists.
    pub async fn list_phones(&self, list: &ListPhones) -> Result<Phones, OfficeError> {
        self.http.ask(&["v1", "admin", "connections", "phones"], list, PHONES_WITHIN).await
    }
}
