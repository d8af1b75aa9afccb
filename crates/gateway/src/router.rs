//! Which path leads where.

use std::sync::Arc;

use axum::{
    Router,
    middleware::map_response_with_state,
    routing::{any, get, post},
};

use crate::{api, hooks, problem::ApiError, refusals, server::Shared, stream};

/// The gateway's paths. Everything but the hooks and the sign of life asks for a token, unknown paths too.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/hook/{*rest}", any(hooks::receive))
        .route("/healthz", get(api::health::healthz))
        .route("/metrics", get(api::metrics::metrics))
        .route("/v1/stream", get(stream::stream))
        .route("/v1/calls", get(api::calls::list).post(api::commands::place))
        .route("/v1/calls/{id}", get(api::calls::one))
        .route("/v1/calls/{id}/trace", get(api::calls::trace))
        .route("/v1/calls/{id}/{command}", post(api::commands::act))
        .route("/v1/commands/{id}", get(api::commands::one))
        .route("/v1/facts", post(api::facts::add))
        .route("/v1/recordings/{id}", get(api::recordings::audio))
        .route("/v1/recordings/{id}/peaks", get(api::recordings::peaks))
        .fallback(nothing_here)
        .method_not_allowed_fallback(wrong_method)
        .layer(map_response_with_state(Arc::clone(&shared), refusals::log))
        .with_state(shared)
}

async fn nothing_here(_: api::auth::Bearer) -> ApiError {
    ApiError::not_found("There is nothing at this address.")
}

async fn wrong_method(_: api::auth::Bearer) -> ApiError {
    ApiError::method()
}
