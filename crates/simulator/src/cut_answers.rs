//! Cuts answers of the API on their way out.

use std::io;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::{HeaderValue, StatusCode, header};
use http_body_util::BodyExt;

use crate::fault::{Fault, Faults};

const FLUSH: Duration = Duration::from_millis(30);

/// The router, its answers cut in half while that fault is on.
pub(crate) fn cut_answers(router: Router, faults: Faults) -> Router {
    router.layer(from_fn_with_state(faults, cut))
}

async fn cut(State(faults): State<Faults>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if !faults.has(Fault::HalfAnswer) || response.status() == StatusCode::SWITCHING_PROTOCOLS {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // The bodies of our own handlers are in memory or paced; none of them fails.
    let whole = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(whole.len()));
    let half = whole.slice(..whole.len() / 2);
    let broken = stream::once(async {
        // The half must have left before the connection breaks.
        tokio::time::sleep(FLUSH).await;
        Err(io::Error::other("cut by the fault half-answer"))
    });
    let body = stream::iter([Ok::<Bytes, io::Error>(half)]).chain(broken);
    Response::from_parts(parts, Body::from_stream(body))
}
