//! Who may look at the office.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use calls::ConnectionId;
use jiff::Timestamp;
use link::{
    OfficeError, OfficeErrorKind,
    wire::{
        AuditAction, ExtensionRef, Role,
        people::{ChangeRights, InvitationState, InvitationView, People, TokenPerson},
    },
};
use store::{Invitation, InvitationStatus, Store, Token};

use super::Admin;
use crate::{
    api::segment::Segment,
    audit_words,
    body::{self, WholeBody},
    problem::ApiError,
    state::State as Gateway,
    tokens,
};

/// The largest change of rights.
const CAP: usize = 64 << 10;

/// The people with tokens that are valid, and all invitations.
pub(crate) async fn list(State(gateway): State<Arc<Gateway>>, _: Admin) -> Result<Json<People>, ApiError> {
    let read = |store: &Store| Ok::<_, store::Error>((store.tokens()?, store.invitations()?));
    let (tokens, invitations) = gateway.office.store().reading(read).await?;
    let now = gateway.clock.now();
    let mut people: Vec<TokenPerson> = tokens
        .into_iter()
        .filter(|token| token.is_valid(now))
        .filter_map(|token| person(&gateway, token, now))
        .collect();
    people.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.token_id.cmp(&b.token_id)));
    let invitations = invitations.into_iter().filter_map(|invitation| view(invitation, now)).collect();
    Ok(Json(People { people, invitations }))
}

/// Gives somebody other rights. His open desk learns of it at once.
pub(crate) async fn change(
    State(gateway): State<Arc<Gateway>>,
    admin: Admin,
    Segment(id): Segment<String>,
    WholeBody(body): WholeBody<CAP>,
) -> Result<StatusCode, ApiError> {
    let ChangeRights { role, extensions, groups } = body::json(&body)?;
    let extensions = own_extensions(&gateway, extensions)?;
    known_groups(&gateway, &groups)?;
    let _turn = gateway.changing_people.lock().await;
    let known = known(&gateway, &id).await?;
    if role != Role::Admin {
        keep_an_admin(&gateway, &known).await?;
    }
    let before = audit_words::rights(&known.role, &known.extensions, &known.groups);
    let after = audit_words::rights(tokens::role_name(role), &extensions, &groups);
    let detail = format!("token {id}; before: {before}; now: {after}");
    let entry = admin.audit(&gateway, AuditAction::ChangedRights, &known.name, detail);
    let changed = gateway.office.store().change_token(&id, tokens::role_name(role), extensions, groups, entry).await?;
    done(&gateway, changed)
}

/// Takes somebody's token back. His open desk learns of it at once.
pub(crate) async fn remove(
    State(gateway): State<Arc<Gateway>>,
    admin: Admin,
    Segment(id): Segment<String>,
) -> Result<StatusCode, ApiError> {
    let _turn = gateway.changing_people.lock().await;
    let known = known(&gateway, &id).await?;
    keep_an_admin(&gateway, &known).await?;
    let entry = admin.audit(&gateway, AuditAction::RemovedPerson, &known.name, format!("token {id}"));
    let removed = gateway.office.store().revoke_token(&id, entry).await?;
    done(&gateway, removed)
}

fn done(gateway: &Gateway, is_done: bool) -> Result<StatusCode, ApiError> {
    gateway.tokens_changed.notify_one();
    if is_done { Ok(StatusCode::NO_CONTENT) } else { Err(nobody()) }
}

fn nobody() -> ApiError {
    ApiError::not_found("There is nobody with this token any more.")
}

async fn known(gateway: &Gateway, id: &str) -> Result<Token, ApiError> {
    let now = gateway.clock.now();
    let found = tokens::by_id(gateway.office.store(), id).await?;
    found.filter(|token| token.is_valid(now)).ok_or_else(nobody)
}

/// Refuses to take the last admin's rights: nobody could give them back from a screen.
pub(in crate::api) async fn keep_an_admin(gateway: &Gateway, of: &Token) -> Result<(), ApiError> {
    let (now, admin) = (gateway.clock.now(), tokens::role_name(Role::Admin));
    if of.role != admin {
        return Ok(());
    }
    let all = tokens::all(gateway.office.store()).await?;
    // One that ends by itself soon is nobody to rely on.
    let lasts = |token: &Token| token.expires_at.is_none() || token.days.is_some();
    let is_other = |token: &Token| token.id != of.id && token.role == admin && token.is_valid(now) && lasts(token);
    if all.iter().any(is_other) {
        return Ok(());
    }
    let message = "This is the last admin: invite another one first.";
    Err(OfficeError::new(OfficeErrorKind::LastAdmin, message).into())
}

/// Extensions in the spelling of events, at connections that there are.
pub(super) fn own_extensions(
    gateway: &Gateway,
    given: Vec<ExtensionRef>,
) -> Result<Vec<(ConnectionId, String)>, ApiError> {
    let known = gateway.connections_of_office();
    let read = |own: ExtensionRef| {
        let wrong = |message: &str| OfficeError::invalid("extensions", message.to_owned());
        if !known.contains(&own.connection) {
            return Err(wrong("There is no such connection.").into());
        }
        let extension = pbx::extension(&own.extension).ok_or_else(|| wrong("Write the extension as the PBX does."))?;
        Ok((own.connection, extension))
    };
    given.into_iter().map(read).collect()
}

/// A group that nobody configured would show nothing, and nobody would learn why.
pub(super) fn known_groups(gateway: &Gateway, groups: &[String]) -> Result<(), ApiError> {
    match gateway.unknown_group(groups) {
        None => Ok(()),
        Some(_) => Err(OfficeError::invalid("groups", "There is no such group.").into()),
    }
}

fn refs(own: Vec<(ConnectionId, String)>) -> Vec<ExtensionRef> {
    own.into_iter().map(|(connection, extension)| ExtensionRef { connection, extension }).collect()
}

fn person(gateway: &Gateway, token: Token, now: Timestamp) -> Option<TokenPerson> {
    let online = gateway.presence.is_present(&token.id);
    let unless_empty = |text: String| (!text.is_empty()).then_some(text);
    Some(TokenPerson {
        role: tokens::role(&token.role)?,
        extensions: refs(token.extensions),
        last_seen: if online { Some(now) } else { token.seen_at },
        token_id: token.id,
        name: token.name,
        groups: token.groups,
        expires_at: token.expires_at,
        device: unless_empty(token.device),
        version: unless_empty(token.version),
        online,
    })
}

fn view(invitation: Invitation, now: Timestamp) -> Option<InvitationView> {
    let state = match invitation.status(now) {
        InvitationStatus::Open => InvitationState::Open,
        InvitationStatus::Used => InvitationState::Used,
        InvitationStatus::Expired => InvitationState::Expired,
        InvitationStatus::Revoked => InvitationState::Revoked,
    };
    Some(InvitationView {
        role: tokens::role(&invitation.role)?,
        extensions: refs(invitation.extensions),
        id: invitation.id,
        name: invitation.name,
        groups: invitation.groups,
        created_at: invitation.created_at,
        expires_at: invitation.expires_at,
        state,
    })
}
