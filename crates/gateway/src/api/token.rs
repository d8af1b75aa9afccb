//! A desk's own token: renewed, and given back.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
};
use link::{
    OfficeError,
    wire::{
        AuditAction,
        join::{Renewed, SecretText},
    },
};
use secrecy::ExposeSecret;
use serde::Deserialize;
use store::{AuditEntry, Renewal};

use super::{admin::people::keep_an_admin, auth::Bearer, join::no_randomness};
use crate::{problem::ApiError, state::State as Gateway, tokens};

/// Gives the token another secret. Its id and its rights stay, so streams go on.
pub(crate) async fn renew(State(gateway): State<Arc<Gateway>>, bearer: Bearer) -> Result<Json<Renewed>, ApiError> {
    let store = gateway.office.store();
    let (_, secret) = tokens::identity(&*store.random()).map_err(|_| no_randomness())?;
    let now = gateway.clock.now();
    let renewal = Renewal { former: bearer.presented, hash: tokens::hash(secret.expose_secret()) };
    let renewed = store.renew_token(&bearer.token.id, renewal, now).await?.ok_or_else(ApiError::unauthorized)?;
    Ok(Json(Renewed {
        token: SecretText(secret.expose_secret().to_owned()),
        token_id: renewed.id,
        expires_at: renewed.expires_at,
    }))
}

/// How somebody signs out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct SignOut {
    /// He knows that no admin is left then.
    #[serde(default)]
    last_admin: bool,
}

/// Signs out: the token is none any more. The last admin stays, unless he says that he knows: a computer can be left at any
/// time, and whoever can log in to the gateway's own computer invites an admin there (`trubka-gateway invite --role admin`).
pub(crate) async fn sign_out(
    State(gateway): State<Arc<Gateway>>,
    bearer: Bearer,
    how: Result<Query<SignOut>, QueryRejection>,
) -> Result<StatusCode, ApiError> {
    let Query(SignOut { last_admin }) =
        how.map_err(|_| OfficeError::invalid("lastAdmin", "lastAdmin is true or false."))?;
    let entry = AuditEntry {
        at: gateway.clock.now(),
        who: format!("{} ({})", bearer.viewer.name, bearer.token.id),
        action: AuditAction::SignedOut.name().to_owned(),
        subject: bearer.token.name.clone(),
        detail: format!("token {}", bearer.token.id),
    };
    let _turn = gateway.changing_people.lock().await;
    if !last_admin {
        keep_an_admin(&gateway, &bearer.token).await?;
    }
    gateway.office.store().revoke_token(&bearer.token.id, entry).await?;
    gateway.tokens_changed.notify_one();
    Ok(StatusCode::NO_CONTENT)
}
