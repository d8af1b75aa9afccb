//! What only an admin may see and change: `/v1/admin/…`, one file a resource.

pub(crate) mod audit;
pub(crate) mod connections;
pub(crate) mod invitations;
pub(crate) mod journal;
pub(crate) mod people;
pub(crate) mod setup;
pub(crate) mod stages;
pub(crate) mod state;

use std::sync::Arc;

use axum::{extract::FromRequestParts, http::request::Parts};
use link::wire::{AuditAction, Role};
use store::AuditEntry;

use super::auth::Bearer;
use crate::{problem::ApiError, state::State as Gateway};

/// The bearer of a token with the role of an admin; everybody else is answered 403.
pub(crate) struct Admin(pub(crate) Bearer);

impl FromRequestParts<Arc<Gateway>> for Admin {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, gateway: &Arc<Gateway>) -> Result<Self, ApiError> {
        let bearer = Bearer::from_request_parts(parts, gateway).await?;
        match bearer.viewer.role {
            Role::Admin => Ok(Self(bearer)),
            Role::Agent | Role::Manager => Err(ApiError::admins_only()),
        }
    }
}

/// Runs a change to its end, also where the client hangs up in the middle: half a change would be in the office and not
/// in the database, or the other way round.
pub(super) async fn run_to_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, ApiError>> + Send + 'static,
) -> Result<T, ApiError> {
    tokio::spawn(work).await.unwrap_or_else(|error| {
        tracing::error!(%error, "a change did not come to its end");
        Err(store::Error::Closed.into())
    })
}

impl Admin {
    /// Names him in the audit: names alone could be anybody's.
    pub(crate) fn who(&self) -> String {
        format!("{} ({})", self.0.viewer.name, self.0.token.id)
    }

    /// An entry of the audit about what he does now.
    pub(crate) fn audit(&self, gateway: &Gateway, action: AuditAction, subject: &str, detail: String) -> AuditEntry {
        AuditEntry {
            at: gateway.clock.now(),
            who: self.who(),
            action: action.name().to_owned(),
            subject: subject.to_owned(),
            detail,
        }
    }
}
