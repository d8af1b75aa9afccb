//! What an admin asks of a gateway about its people.

use http::Method;

use crate::{
    error::OfficeError,
    remote::RemoteOffice,
    wire::admin::{ChangeRights, Invite, Invited, People},
};

impl RemoteOffice {
    /// Who may look at the office, and who is invited.
    pub async fn people(&self) -> Result<People, OfficeError> {
        self.http.get(&["v1", "admin", "people"]).await
    }

    /// Invites somebody. Asked twice it makes two invitations, so it is not asked again by itself.
    pub async fn invite(&self, invite: &Invite) -> Result<Invited, OfficeError> {
        self.http.change(Method::POST, &["v1", "admin", "invitations"], invite).await
    }

    /// Takes an invitation back.
    pub async fn revoke_invitation(&self, id: &str) -> Result<(), OfficeError> {
        self.http.remove(&["v1", "admin", "invitations", id]).await
    }

    /// Says what somebody sees from now on.
    pub async fn change_rights(&self, token_id: &str, rights: &ChangeRights) -> Result<(), OfficeError> {
        self.http.put(&["v1", "admin", "people", token_id], rights).await
    }

    /// Takes somebody's token back.
    pub async fn remove_person(&self, token_id: &str) -> Result<(), OfficeError> {
        self.http.remove(&["v1", "admin", "people", token_id]).await
    }
}
