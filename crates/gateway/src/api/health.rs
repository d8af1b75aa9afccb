//! A sign of life, for whoever restarts what is dead. It tells nothing else, so it asks for no token.

use axum::response::{IntoResponse, Response};

use super::peer::NamesNobody;
use crate::NAMES_NOBODY;

/// Alive; and whether the proxy on the way has named nobody, for `check`.
pub(crate) async fn healthz(NamesNobody(names_nobody): NamesNobody) -> Response {
    let named = names_nobody.then_some([(NAMES_NOBODY, "yes")]);
    match named {
        Some(header) => (header, "ok\n").into_response(),
        None => "ok\n".into_response(),
    }
}
