//! Which path leads where.

use std::sync::Arc;

use axum::{
    Router,
    http::Uri,
    middleware::{from_fn_with_state, map_response_with_state},
    routing::{any, delete, get, post, put},
};

use crate::{api, error_log, hooks, plain, problem::ApiError, state::State as Gateway, stream};

/// The gateway's paths. Everything but the hooks, the sign of life and joining asks for a token,
/// unknown paths too.
pub(crate) fn router(gateway: Arc<Gateway>) -> Router {
    Router::new()
        .route("/hook/{*rest}", any(hooks::receive))
        .route("/hook/", any(hooks::nameless))
        .route("/hook", any(hooks::nameless))
        .route("/healthz", get(api::health::healthz))
        .route("/metrics", get(api::metrics::metrics))
        .route("/v1/stream", get(stream::stream))
        .route("/v1/calls", get(api::calls::list).post(api::commands::place))
        .route("/v1/calls/{id}", get(api::calls::one))
        .route("/v1/calls/{id}/trace", get(api::calls::trace))
        .route("/v1/calls/{id}/path", get(api::cards::path))
        .route("/v1/cards", get(api::cards::since))
        .route("/v1/desk/decisions", post(api::cards::report))
        .route("/v1/calls/{id}/{command}", post(api::commands::act))
        .route("/v1/commands/{id}", get(api::commands::one))
        .route("/v1/connections", get(api::connections::list))
        .route("/v1/facts", post(api::facts::add))
        .route("/v1/recordings/{id}", get(api::recordings::audio))
        .route("/v1/recordings/{id}/peaks", get(api::recordings::peaks))
        .route("/v1/join/preview", post(api::join::preview))
        .route("/v1/join", post(api::join::join))
        .route("/v1/join/ca", get(api::join::ca))
        .route("/v1/token", delete(api::token::sign_out))
        .route("/v1/token/renew", post(api::token::renew))
        .nest("/v1/admin", admin())
        .fallback(nothing_here)
        .method_not_allowed_fallback(wrong_method)
        .layer(map_response_with_state(Arc::clone(&gateway), error_log::log))
        .layer(from_fn_with_state(Arc::clone(&gateway), plain::guard))
        .with_state(gateway)
}

/// What only admins may ask for.
fn admin() -> Router<Arc<Gateway>> {
    use api::admin::{audit, connections, invitations, journal, people, setup, stages, state};
    Router::new()
        .route("/audit", get(audit::list))
        .route("/config", get(setup::show))
        .route("/export", get(setup::export))
        .route("/connections/check", post(connections::check))
        .route("/connections/phones", post(connections::phones))
        .route("/connections/{id}", put(connections::put).delete(connections::remove))
        .route("/connections/{id}/introduce", post(connections::introduce))
        .route("/connections/{id}/test", post(connections::test))
        .route("/connections/{id}/stages", get(stages::show).post(stages::run))
        .route("/connections/{id}/trial", put(connections::begin_trial).delete(connections::end_trial))
        .route("/{list}", put(setup::put_list))
        .route("/state", get(state::show))
        .route("/journal", get(journal::list).delete(journal::clear))
        .route("/journal/export", get(journal::export))
        .route("/journal/{id}", get(journal::one))
        .route("/journal/{id}/signature", get(journal::signature))
        .route("/journal/{id}/repeat", post(journal::repeat))
        .route("/journal/{id}/replay", post(journal::replay))
        .route("/people", get(people::list))
        .route("/people/{id}", put(people::change).delete(people::remove))
        .route("/invitations", post(invitations::invite))
        .route("/invitations/import", post(invitations::import))
        .route("/invitations/import/preview", post(invitations::preview))
        .route("/invitations/{id}", delete(invitations::revoke))
        .route("/invitations/{id}/link", post(invitations::reissue))
}

/// The address with one slash where there are several: a public address that was entered with a slash at its end makes
/// vendors call a doubled one.
pub(crate) fn with_single_slashes(uri: &Uri) -> Option<Uri> {
    let path = uri.path();
    if !path.contains("//") {
        return None;
    }
    let mut single = String::with_capacity(path.len());
    for character in path.chars() {
        if character != '/' || !single.ends_with('/') {
            single.push(character);
        }
    }
    if let Some(query) = uri.query() {
        single.push('?');
        single.push_str(query);
    }
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(single.parse().ok()?);
    Uri::from_parts(parts).ok()
}

async fn nothing_here(_: api::auth::Bearer) -> ApiError {
    ApiError::not_found("There is nothing at this address.")
}

async fn wrong_method(_: api::auth::Bearer) -> ApiError {
    ApiError::method()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_slashes_are_one_and_queries_stay() {
        let read = |text: &str| with_single_slashes(&text.parse().expect("a URI")).map(|uri| uri.to_string());
        assert_eq!(read("//hook/rt1/call_events"), Some("/hook/rt1/call_events".to_owned()));
        assert_eq!(read("/hook///rt1//?to=//x"), Some("/hook/rt1/?to=//x".to_owned()));
        assert_eq!(read("http://a.example//hook/rt1"), Some("http://a.example/hook/rt1".to_owned()));
        assert_eq!(read("/hook/rt1?to=//x"), None);
    }
}
