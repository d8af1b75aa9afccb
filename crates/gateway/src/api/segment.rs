//! The variable parts of a path.

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use serde::de::DeserializeOwned;

use crate::{problem::ApiError, state::State as Gateway};

/// The variable parts of a path. What is no text (`%FF`) names nothing.
pub(crate) struct Segment<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Arc<Gateway>> for Segment<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, gateway: &Arc<Gateway>) -> Result<Self, ApiError> {
        match Path::from_request_parts(parts, gateway).await {
            Ok(Path(read)) => Ok(Self(read)),
            Err(_) => Err(ApiError::not_found("There is nothing at this address.")),
        }
    }
}
