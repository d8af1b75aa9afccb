//! How the office is configured, and changing that.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use link::{
    OfficeError, OfficeErrorKind,
    wire::{
        AuditAction,
        admin::{OfficeSetup, PutContacts, PutGroups, PutLines, PutPeopleNames, Revision},
    },
};

use super::{Admin, run_to_end};
use crate::{
    api::segment::Segment,
    body::{self, WholeBody},
    problem::ApiError,
    setup::{List, Setup, SetupError},
    state::State as Gateway,
};

/// The largest list.
const CAP: usize = 8 << 20;

/// All of it, without secrets.
pub(crate) async fn show(State(gateway): State<Arc<Gateway>>, _: Admin) -> Result<Json<OfficeSetup>, ApiError> {
    let mut view = setup(&gateway)?.view();
    if view.public_url.is_none() {
        view.public_url = gateway.join_address.as_ref().map(|join| join.url.to_string());
    }
    Ok(Json(view))
}

/// All of it as TOML, with the places of secrets.
pub(crate) async fn export(State(gateway): State<Arc<Gateway>>, _: Admin) -> Result<Response, ApiError> {
    let headers = [(header::CONTENT_TYPE, "application/toml; charset=utf-8")];
    Ok((headers, setup(&gateway)?.export()).into_response())
}

/// Puts a list: `lines`, `groups`, `people-names` or `contacts`.
pub(crate) async fn put_list(
    State(gateway): State<Arc<Gateway>>,
    admin: Admin,
    Segment(name): Segment<String>,
    WholeBody(body): WholeBody<CAP>,
) -> Result<(StatusCode, Json<Revision>), ApiError> {
    let (list, revision) = match name.as_str() {
        "lines" => {
            let PutLines { revision, lines } = body::json(&body)?;
            (List::Lines(lines), revision)
        }
        "groups" => {
            let PutGroups { revision, groups } = body::json(&body)?;
            (List::Groups(groups), revision)
        }
        "people-names" => {
            let PutPeopleNames { revision, people } = body::json(&body)?;
            (List::People(people), revision)
        }
        "contacts" => {
            let PutContacts { revision, contacts } = body::json(&body)?;
            (List::Contacts(contacts), revision)
        }
        _ => return Err(ApiError::not_found("There is no such list.")),
    };
    let entry = admin.audit(&gateway, AuditAction::ChangedList, list.field(), format!("{} entries", list.len()));
    run_to_end(async move {
        let revision = setup(&gateway)?.put_list(&gateway.office, list, revision, entry).await?;
        // Others may see a call where lines or groups are others.
        gateway.tokens_changed.notify_one();
        Ok((StatusCode::OK, Json(Revision { revision })))
    })
    .await
}

/// How the office is configured.
pub(super) fn setup(gateway: &Gateway) -> Result<&Setup, ApiError> {
    gateway.setup.as_deref().ok_or_else(|| ApiError::not_found("This gateway has no configuration to change."))
}

impl From<SetupError> for ApiError {
    fn from(error: SetupError) -> Self {
        let message = format!("Nothing was changed: {error}.");
        match error {
            SetupError::Invalid(error) => error.into(),
            SetupError::Fixed => OfficeError::new(OfficeErrorKind::Fixed, message).into(),
            SetupError::Changed => OfficeError::new(OfficeErrorKind::Changed, message).into(),
            SetupError::NotFound => OfficeError::new(OfficeErrorKind::NotFound, message).into(),
            SetupError::Office(error) => {
                tracing::error!(%error, "the office could not take a change up");
                OfficeError::new(OfficeErrorKind::Storage, message).into()
            }
            SetupError::Store(error) => error.into(),
        }
    }
}
