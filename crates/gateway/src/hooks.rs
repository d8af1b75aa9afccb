//! Webhooks: `/hook/{connection}[/{path token}][/{vendor's own path}]`.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use calls::ConnectionId;
use link::{OfficeError, OfficeErrorKind, wire::admin::HOOK_PATH};
use office::{Carrier, HookOutcome, ReceivedHook};
use pbx::{WebhookReply, WebhookRequest};
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;

use crate::{body, counters::add, path_tokens::PathTokens, plain, problem::ApiError, state::State as Gateway};

/// The largest webhook.
const CAP: usize = 65_536;
/// When a PBX should send again what could not be stored.
const AGAIN: Duration = Duration::from_secs(5);

/// Takes a webhook in; answers success only once it is durable.
pub(crate) async fn receive(State(gateway): State<Arc<Gateway>>, request: Request) -> Response {
    match take(gateway, request).await {
        Ok(reply) => reply,
        Err(error) => error.into_response(),
    }
}

/// An address that names no connection. A vendor has no token, so it is not asked for one.
pub(crate) async fn nameless() -> ApiError {
    no_such_hook()
}

async fn take(gateway: Arc<Gateway>, request: Request) -> Result<Response, ApiError> {
    let (head, body) = request.into_parts();
    let deadline = body::deadline(&head.extensions, gateway.limits.request);
    let read = body::read(body, CAP, deadline).await;
    let address = Address::of(head.uri.path(), &gateway.path_tokens).ok_or_else(no_such_hook)?;
    let body = read.inspect_err(|_| add(&gateway.counters.hooks_broken))?;
    if head.method != Method::POST && head.method != Method::GET {
        return Err(ApiError::method());
    }
    let path = match head.uri.query() {
        Some(query) => format!("{}?{query}", address.vendor_path),
        None => address.vendor_path.to_owned(),
    };
    // Every request was looked at before (`plain.rs`).
    let carrier = head.extensions.get::<Carrier>().copied().unwrap_or(Carrier::PlainInTrial);
    let headers =
        head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec())).collect();
    let request = WebhookRequest { method: head.method.to_string(), path, headers, body };
    // What was begun with a webhook is done also where its PBX hangs up meanwhile, as one does that waited too long.
    tokio::spawn(kept(gateway, carrier, address.connection, request)).await.map_err(|error| {
        tracing::error!(%error, "a webhook was not taken to its end");
        ApiError::from(store::Error::Closed)
    })
}

async fn kept(gateway: Arc<Gateway>, carrier: Carrier, connection: ConnectionId, request: WebhookRequest) -> Response {
    let ReceivedHook { outcome, row } = gateway.office.receive_over(carrier, &connection, request).await;
    let reply = outcome.reply().cloned();
    let response = answer(&gateway, connection, outcome).await.unwrap_or_else(IntoResponse::into_response);
    if let Some(row) = row {
        row.answered(response.status().as_u16(), reply.as_ref());
    }
    response
}

async fn answer(gateway: &Gateway, connection: ConnectionId, outcome: HookOutcome) -> Result<Response, ApiError> {
    let counters = &gateway.counters;
    match outcome {
        HookOutcome::Stored(reply) => {
            add(&counters.hooks_stored);
            Ok(reply_of(reply))
        }
        HookOutcome::Known(reply) => {
            add(&counters.hooks_known);
            Ok(reply_of(reply))
        }
        HookOutcome::Reply(reply) => {
            // Anybody may ask for it.
            gateway.throttle.pass().await;
            Ok(reply_of(reply))
        }
        // It is no webhook of the PBX, so it counts as none.
        HookOutcome::Tested(reply) => Ok(reply_of(reply)),
        HookOutcome::UnknownConnection => Err(no_such_hook()),
        HookOutcome::NotInTrial => Ok(plain::refusal()),
        HookOutcome::Refused(refusal) => {
            add(&counters.hooks_refused);
            gateway.throttle.pass().await;
            Err(ApiError::forbidden(connection, format!("Refused: {refusal}.")))
        }
        HookOutcome::NotStored => {
            counters.hooks_not_stored.fetch_add(1, Ordering::Relaxed);
            let message = "It could not be stored; send it again.";
            Err(OfficeError::new(OfficeErrorKind::Storage, message).retry_after(AGAIN).into())
        }
    }
}

fn reply_of(reply: WebhookReply) -> Response {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::OK);
    let mut response = (status, Body::from(reply.body)).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(reply.content_type));
    response
}

/// An unknown connection and a wrong path token look alike.
fn no_such_hook() -> ApiError {
    ApiError::not_found("There is no hook at this address.")
}

/// The connection whose hook is at this path.
pub(crate) fn connection_of(path: &str, tokens: &PathTokens) -> Option<ConnectionId> {
    Address::of(path, tokens).map(|address| address.connection)
}

/// What a hook's path says.
struct Address<'a> {
    connection: ConnectionId,
    /// From its slash on; empty when there is none.
    vendor_path: &'a str,
}

impl<'a> Address<'a> {
    /// `None` when the path names no connection, or its token is wrong or missing.
    fn of(path: &'a str, tokens: &PathTokens) -> Option<Self> {
        let (connection, mut rest) = cut(path.strip_prefix(HOOK_PATH)?);
        let connection = connection.parse().ok()?;
        if let Some(expected) = tokens.of(&connection) {
            let (given, vendor_path) = cut(rest.strip_prefix('/')?);
            if !bool::from(given.as_bytes().ct_eq(expected.expose_secret().as_bytes())) {
                return None;
            }
            rest = vendor_path;
        }
        Some(Self { connection, vendor_path: rest })
    }
}

/// Up to the next slash, and from it on.
fn cut(path: &str) -> (&str, &str) {
    path.split_at(path.find('/').unwrap_or(path.len()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use secrecy::SecretString;

    use super::*;

    fn tokens() -> PathTokens {
        let with_token = ("rt2".parse().expect("valid"), SecretString::from("s3cret"));
        PathTokens::new(BTreeMap::from([with_token])).expect("fits into a path")
    }

    fn read(path: &str) -> Option<(String, String)> {
        Address::of(path, &tokens()).map(|address| (address.connection.to_string(), address.vendor_path.to_owned()))
    }

    #[test]
    fn the_path_names_connection_token_and_the_vendors_own_path() {
        let is = |connection: &str, path: &str| Some((connection.to_owned(), path.to_owned()));
        assert_eq!(read("/hook/rt1"), is("rt1", ""));
        assert_eq!(read("/hook/rt1/"), is("rt1", "/"));
        assert_eq!(read("/hook/rt1/call_events"), is("rt1", "/call_events"));
        assert_eq!(read("/hook/rt1/call_events/"), is("rt1", "/call_events/"));
        assert_eq!(read("/hook/rt2/s3cret/call_events"), is("rt2", "/call_events"));
        assert_eq!(read("/hook/rt2/s3cret"), is("rt2", ""));
    }

    #[test]
    fn a_wrong_or_missing_token_names_nothing() {
        for path in ["/hook/rt2", "/hook/rt2/", "/hook/rt2/call_events", "/hook/rt2/s3cre", "/hook/rt2/s3crets/x"] {
            assert_eq!(read(path), None, "{path}");
        }
        assert_eq!(read("/hook/"), None);
        assert_eq!(read("/hook/RT1/call_events"), None);
    }
}
