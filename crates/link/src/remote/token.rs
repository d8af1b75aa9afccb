//! The token of an office: another for the one that ends, and none any more.

use http::Method;
use secrecy::SecretString;

use crate::{error::OfficeError, remote::RemoteOffice, wire::join::Renewed};

impl RemoteOffice {
    /// Asks for another token; the present one is good for a day more. Nothing is sent with the new one before
    /// [`Self::use_token`].
    pub async fn renew_token(&self) -> Result<Renewed, OfficeError> {
        let nothing = serde_json::Map::new();
        self.http.change(Method::POST, &["v1", "token", "renew"], &nothing).await
    }

    /// Goes on with another token; an open stream stays.
    pub fn use_token(&self, token: SecretString) {
        self.http.use_token(token);
    }

    /// Takes the token back for good. The office's last admin has to know it: `OfficeErrorKind::LastAdmin` until then.
    pub async fn sign_out(&self, knows_to_be_last_admin: bool) -> Result<(), OfficeError> {
        let query: &[(&str, &str)] = if knows_to_be_last_admin { &[("lastAdmin", "true")] } else { &[] };
        self.http.remove_with(&["v1", "token"], query).await
    }

    /// Has the gateway see the token that is shown now: a former one ends once its successor was used.
    pub async fn show_token(&self) -> Result<(), OfficeError> {
        self.http.get::<serde_json::Value>(&["v1", "connections"]).await.map(drop)
    }
}
