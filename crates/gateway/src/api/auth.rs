//! Who asks: the token of `Authorization: Bearer`.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use office::View;
use store::Token;

use crate::{counters::add, problem::ApiError, state::State as Gateway, tokens};

/// The token that a request bears, valid now, and the office as it shows itself to it.
pub(crate) struct Bearer {
    pub(crate) token: Token,
    /// SHA-256 of the secret that was sent.
    pub(crate) presented: [u8; 32],
    pub(crate) viewer: office::Viewer,
    pub(crate) view: View,
}

impl FromRequestParts<Arc<Gateway>> for Bearer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, gateway: &Arc<Gateway>) -> Result<Self, ApiError> {
        let refused = || {
            add(&gateway.counters.unauthorized);
            ApiError::unauthorized()
        };
        let secret = secret(parts).ok_or_else(refused)?;
        let presented = tokens::hash(secret);
        let token = gateway.token(secret).await?.ok_or_else(refused)?;
        let viewer = tokens::viewer(&token).ok_or_else(refused)?;
        // The desk has its new secret: the former one is to end.
        if token.is_new_unused && presented == token.hash {
            gateway.note_visit(&token.id, &token.version, presented).await;
        }
        let view = gateway.office.view(viewer.clone());
        Ok(Self { token, presented, viewer, view })
    }
}

/// The secret of the only authorization header.
fn secret(parts: &Parts) -> Option<&str> {
    let mut headers = parts.headers.get_all(header::AUTHORIZATION).iter();
    let (only, None) = (headers.next()?, headers.next()) else { return None };
    let (scheme, secret) = only.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}
