//! Inviting people, and taking invitations back.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use link::{
    OfficeError, OfficeErrorKind,
    wire::{
        AuditAction, ExtensionRef,
        people::{ImportInvitations, ImportedInvitations, Invite, Invited, NamedLink, TableFault, TablePreview},
    },
};

use super::{
    Admin,
    people::{known_groups, own_extensions},
};
use crate::{
    api::segment::Segment,
    body::{self, WholeBody},
    invitations::{self, InviteError, JoinAddress, MadeInvitation, NewInvitation, person_name},
    people_table::{self, Listed, TableError},
    problem::ApiError,
    state::State as Gateway,
};

/// The largest invitation.
const CAP: usize = 64 << 10;
/// The largest table.
const TABLE_CAP: usize = 4 << 20;
/// How many days the token of somebody in a table is valid after each renewal.
const TABLE_DAYS: u32 = 90;
/// A token is valid for ten years at most, or for good.
const MOST_DAYS: u32 = 3650;

/// Invites somebody.
pub(crate) async fn invite(
    State(gateway): State<Arc<Gateway>>,
    admin: Admin,
    WholeBody(body): WholeBody<CAP>,
) -> Result<(StatusCode, Json<Invited>), ApiError> {
    let Invite { name, role, extensions, groups, token_expires_days } = body::json(&body)?;
    let name = person_name(&name)
        .ok_or_else(|| OfficeError::invalid("name", "A name is one line of at most 100 characters."))?;
    if token_expires_days.is_some_and(|days| days == 0 || days > MOST_DAYS) {
        let message = format!("A token is valid for 1 to {MOST_DAYS} days, or for good.");
        return Err(OfficeError::invalid("tokenExpiresDays", message).into());
    }
    known_groups(&gateway, &groups)?;
    let extensions = own_extensions(&gateway, extensions)?
        .into_iter()
        .map(|(connection, extension)| ExtensionRef { connection, extension })
        .collect();
    let new = NewInvitation { name, role, extensions, groups, days: token_expires_days };
    let made = make(&gateway, &admin, vec![new]).await?.pop();
    let MadeInvitation { id, link, expires_at } = made.ok_or_else(|| ApiError::not_found("Nobody was invited."))?;
    Ok((StatusCode::CREATED, Json(Invited { id, link, expires_at })))
}

/// Invites all people of a table, or nobody.
pub(crate) async fn import(
    State(gateway): State<Arc<Gateway>>,
    admin: Admin,
    WholeBody(body): WholeBody<TABLE_CAP>,
) -> Result<(StatusCode, Json<ImportedInvitations>), ApiError> {
    let ImportInvitations { csv } = body::json(&body)?;
    let people = of_table(&gateway, &csv).map_err(|error| OfficeError::invalid("csv", format!("{error}.")))?;
    let names: Vec<String> = people.iter().map(|person| person.name.clone()).collect();
    let made = make(&gateway, &admin, people).await?;
    let invitations = names.into_iter().zip(made).map(|(name, made)| NamedLink { name, link: made.link }).collect();
    Ok((StatusCode::CREATED, Json(ImportedInvitations { invitations })))
}

/// Who is in a table, or what is wrong with it. Nobody is invited by that.
pub(crate) async fn preview(
    State(gateway): State<Arc<Gateway>>,
    _: Admin,
    WholeBody(body): WholeBody<TABLE_CAP>,
) -> Result<Json<TablePreview>, ApiError> {
    let ImportInvitations { csv } = body::json(&body)?;
    let invite = |new: NewInvitation| Invite {
        name: new.name,
        role: new.role,
        extensions: new.extensions,
        groups: new.groups,
        token_expires_days: new.days,
    };
    Ok(Json(match of_table(&gateway, &csv) {
        Ok(people) => TablePreview { people: people.into_iter().map(invite).collect(), problem: None },
        Err(error) => TablePreview { people: Vec::new(), problem: Some(error.into()) },
    }))
}

/// The people of a table, with extensions and groups that there are.
fn of_table(gateway: &Gateway, csv: &str) -> Result<Vec<NewInvitation>, TableError> {
    // A desk that is not used for so long is let in no more; one that is renews its token.
    let people = people_table::read(csv, Some(TABLE_DAYS))?;
    let known = gateway.connections_of_office();
    for Listed { line, person } in &people {
        let wrong = |fault, part: &str, message| TableError { line: *line, fault, part: part.to_owned(), message };
        if let Some(own) = person.extensions.iter().find(|own| !known.contains(&own.connection)) {
            let part = own.connection.as_str();
            return Err(wrong(TableFault::Connection, part, format!("there is no connection \"{part}\"")));
        }
        if let Some(group) = gateway.unknown_group(&person.groups) {
            return Err(wrong(TableFault::Group, group, format!("there is no group \"{group}\"")));
        }
    }
    Ok(people.into_iter().map(|listed| listed.person).collect())
}

/// Takes an invitation back.
pub(crate) async fn revoke(
    State(gateway): State<Arc<Gateway>>,
    admin: Admin,
    Segment(id): Segment<String>,
) -> Result<StatusCode, ApiError> {
    let entry = admin.audit(&gateway, AuditAction::RevokedInvitation, &id, String::new());
    match gateway.office.store().revoke_invitation(&id, entry).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(ApiError::not_found("There is no open invitation of this id.")),
    }
}

/// Gives an open invitation another link; the former one leads nowhere any more.
pub(crate) async fn reissue(
    State(gateway): State<Arc<Gateway>>,
    admin: Admin,
    Segment(id): Segment<String>,
) -> Result<(StatusCode, Json<Invited>), ApiError> {
    let (store, address) = (gateway.office.store(), join_address(&gateway)?);
    let made = invitations::reissue(store, address, &id, &admin.who(), gateway.clock.now()).await.map_err(not_made)?;
    let missing = || ApiError::not_found("There is no open invitation of this id.");
    let MadeInvitation { id, link, expires_at } = made.ok_or_else(missing)?;
    Ok((StatusCode::CREATED, Json(Invited { id, link, expires_at })))
}

async fn make(gateway: &Gateway, admin: &Admin, people: Vec<NewInvitation>) -> Result<Vec<MadeInvitation>, ApiError> {
    let (store, address) = (gateway.office.store(), join_address(gateway)?);
    invitations::invite(store, address, people, &admin.who(), gateway.clock.now()).await.map_err(not_made)
}

fn join_address(gateway: &Gateway) -> Result<&JoinAddress, ApiError> {
    gateway.join_address.as_ref().ok_or_else(|| not_made(InviteError::NoAddress))
}

fn not_made(error: InviteError) -> ApiError {
    match error {
        InviteError::NoAddress => {
            OfficeError::new(OfficeErrorKind::NoAddress, format!("No link can be made: {error}.")).into()
        }
        InviteError::Issue(crate::tokens::IssueError::Store(error)) => error.into(),
        InviteError::Issue(crate::tokens::IssueError::Randomness(_)) => super::super::join::no_randomness(),
    }
}
