//! Joining by an invitation. Whoever joins has no token yet.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use link::{
    OfficeError, OfficeErrorKind,
    wire::{
        ExtensionRef, JoinCode, Role,
        join::{InvitationPreview, Join, JoinRefusal, Joined, LONGEST_DEVICE, PreviewInvitation, SecretText},
    },
};
use secrecy::ExposeSecret;
use store::{Invitation, InvitationStatus, Redeemed};

use super::peer::Peer;
use crate::{
    body::{self, WholeBody},
    invitations,
    problem::ApiError,
    state::State as Gateway,
    tokens,
};

/// The largest request.
const CAP: usize = 4 << 10;

/// Says what an invitation is for.
pub(crate) async fn preview(
    State(gateway): State<Arc<Gateway>>,
    Peer(peer): Peer,
    WholeBody(body): WholeBody<CAP>,
) -> Result<Json<InvitationPreview>, ApiError> {
    let PreviewInvitation { code } = body::json(&body)?;
    let found = find(&gateway, peer, &code).await?;
    if let Some(refusal) = refusal(found.status(gateway.clock.now())) {
        return Err(refused(refusal));
    }
    Ok(Json(InvitationPreview {
        office: gateway.name.clone(),
        role: role(&found)?,
        extensions: extensions(&found),
        expires_at: found.expires_at,
        person: found.name,
    }))
}

/// Gives the token that an invitation is for.
pub(crate) async fn join(
    State(gateway): State<Arc<Gateway>>,
    Peer(peer): Peer,
    WholeBody(body): WholeBody<CAP>,
) -> Result<(StatusCode, Json<Joined>), ApiError> {
    let Join { code, device } = body::json(&body)?;
    let device = device.trim();
    if device.is_empty() || device.chars().count() > LONGEST_DEVICE || device.chars().any(char::is_control) {
        let message = format!("Name the computer in one line of at most {LONGEST_DEVICE} characters.");
        return Err(OfficeError::invalid("device", message).into());
    }
    let known = find(&gateway, peer, &code).await?;
    let store = gateway.office.store();
    let (id, secret) = tokens::identity(&*store.random()).map_err(|_| no_randomness())?;
    let now = gateway.clock.now();
    let token = (id.clone(), tokens::hash(secret.expose_secret()));
    let unknown = || refused(JoinRefusal::CodeUnknown);
    let found = match store.redeem_invitation(known.hash, device, token, now).await? {
        Redeemed::Done(found) => found,
        Redeemed::Unknown => return Err(unknown()),
        Redeemed::Refused(status) => return Err(refusal(status).map_or_else(unknown, refused)),
    };
    gateway.tokens_changed.notify_one();
    tracing::info!(token = id, "somebody joined");
    let answer = Joined {
        token: SecretText(secret.expose_secret().to_owned()),
        token_id: id.clone(),
        office: gateway.name.clone(),
        role: role(&found)?,
        expires_at: tokens::by_id(store, &id).await?.and_then(|token| token.expires_at),
        person: found.name,
    };
    Ok((StatusCode::CREATED, Json(answer)))
}

/// The certificate that vouches for the gateway, where no public CA does. Whoever reads it compares it with the link.
pub(crate) async fn ca(State(gateway): State<Arc<Gateway>>) -> Result<Response, ApiError> {
    let ca = gateway.own_ca.as_ref();
    let ca = ca.ok_or_else(|| ApiError::not_found("The certificate of this gateway is vouched for by a public CA."))?;
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/x-pem-file"));
    Ok((headers, ca.pem.clone()).into_response())
}

/// The invitation of a code. Codes that are none are held up by address; one that is right passes whatever its address did,
/// for it was not guessed. Strangers read one at a time, and write nothing.
async fn find(gateway: &Gateway, peer: std::net::IpAddr, code: &SecretText) -> Result<Invitation, ApiError> {
    let found = match JoinCode::read(&code.0) {
        Some(code) => {
            let Ok(_turn) = gateway.token_reader.acquire().await else { return Err(store::Error::Closed.into()) };
            let hash = invitations::hash(&code);
            gateway.office.store().reading(move |store| store.invitation_by_hash(&hash)).await?
        }
        None => None,
    };
    if let Some(found) = found {
        gateway.join_limit.right(peer);
        return Ok(found);
    }
    Err(match gateway.join_limit.wrong(peer) {
        Ok(()) => refused(JoinRefusal::CodeUnknown),
        Err(wait) => {
            let message = "Too many wrong codes; wait a little, or copy the whole link.";
            OfficeError::new(OfficeErrorKind::RateLimited, message).retry_after(wait).into()
        }
    })
}

fn refusal(status: InvitationStatus) -> Option<JoinRefusal> {
    match status {
        InvitationStatus::Open => None,
        InvitationStatus::Used => Some(JoinRefusal::CodeUsed),
        InvitationStatus::Expired => Some(JoinRefusal::CodeExpired),
        InvitationStatus::Revoked => Some(JoinRefusal::CodeRevoked),
    }
}

fn refused(refusal: JoinRefusal) -> ApiError {
    let (status, message) = match refusal {
        JoinRefusal::CodeUnknown => (
            StatusCode::NOT_FOUND,
            "There is no such invitation at this office: copy the whole link, or ask for a new one.",
        ),
        JoinRefusal::CodeUsed => (StatusCode::CONFLICT, "This invitation was used already: ask for a new one."),
        JoinRefusal::CodeExpired => (StatusCode::GONE, "This invitation was valid for seven days: ask for a new one."),
        JoinRefusal::CodeRevoked => (StatusCode::GONE, "This invitation was taken back: ask for a new one."),
    };
    ApiError::other(status, refusal.code(), message.to_owned())
}

fn role(invitation: &Invitation) -> Result<Role, ApiError> {
    tokens::role(&invitation.role).ok_or_else(|| {
        OfficeError::new(OfficeErrorKind::Storage, "This invitation was written by a later version.").into()
    })
}

fn extensions(invitation: &Invitation) -> Vec<ExtensionRef> {
    let own = |(connection, extension): &(calls::ConnectionId, String)| ExtensionRef {
        connection: connection.clone(),
        extension: extension.clone(),
    };
    invitation.extensions.iter().map(own).collect()
}

pub(super) fn no_randomness() -> ApiError {
    OfficeError::new(OfficeErrorKind::Storage, "The system gives no randomness just now; try again.").into()
}
