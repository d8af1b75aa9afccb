//! What people write.

use axum::{Json, http::StatusCode};
use calls::Fact;
use link::{Office, OfficeError};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::auth::Bearer;
use crate::{
    body::{self, WholeBody},
    problem::ApiError,
};

/// The largest fact: a long note.
const CAP: usize = 16 << 10;

/// The answer to a fact that was added.
#[derive(Debug, Serialize)]
pub(crate) struct AddedFact {
    id: Uuid,
}

/// Keeps a fact. The same one twice is kept once.
pub(crate) async fn add(
    bearer: Bearer,
    WholeBody(body): WholeBody<CAP>,
) -> Result<(StatusCode, Json<AddedFact>), ApiError> {
    let mut sent: serde_json::Map<String, Value> = body::json(&body)?;
    // The author is whoever's token it is, whatever is said.
    sent.insert("author".to_owned(), Value::String(bearer.viewer.name.clone()));
    let fact: Fact = body::from_json(sent.into())?;
    if fact.id.get_version_num() != 7 {
        return Err(OfficeError::invalid("id", "A fact's id is a UUIDv7, made where it was written.").into());
    }
    let id = fact.id;
    bearer.view.add_fact(fact).await?;
    Ok((StatusCode::OK, Json(AddedFact { id })))
}
