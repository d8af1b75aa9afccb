//! Requests: the list of calls over HTTP, commands as HTTP methods on it or as messages over the socket.

use calls::RecordingReference;
use http::{
    HeaderValue, Method,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use secrecy::ExposeSecret;
use serde_json::{Map, Value, json};
use url::Url;

use super::{
    config::Settings,
    wire::{Commands, TokenPlace, Transport},
};
use crate::{
    dial,
    error::{Error, ErrorKind},
    request::Request,
};

/// Adds the token.
pub(super) fn authorise(settings: &Settings, request: &mut Request) -> Result<(), Error> {
    let value = format!("Bearer {}", settings.token.expose_secret());
    let mut value = HeaderValue::from_bytes(value.as_bytes())
        .map_err(|_| Error::new(ErrorKind::Internal, "the token cannot be sent in a header; paste it again"))?;
    value.set_sensitive(true);
    request.headers.insert(AUTHORIZATION, value);
    Ok(())
}

/// The handshake of the socket.
pub(super) fn socket(settings: &Settings) -> Request {
    let path = settings.wire.socket();
    match settings.wire.token_place {
        TokenPlace::Header => Request::socket(settings.url(path)).signed(),
        TokenPlace::Path => {
            let mut url = settings.url(path);
            if let Ok(mut segments) = url.path_segments_mut() {
                segments.push(settings.token.expose_secret());
            }
            Request::socket(url)
        }
    }
}

/// Asks for the current calls, where some are known already from this row on.
pub(super) fn list(settings: &Settings, from: Option<usize>) -> Request {
    let mut url = settings.url(settings.wire.calls());
    if let Some(from) = from {
        url.query_pairs_mut().append_pair("offset", &from.to_string());
    }
    Request::get("uc/calls", url).idempotent().signed()
}

/// What is asked of the PBX: the name for journals, the HTTP method, the message of the socket.
#[derive(Debug, Clone, Copy)]
pub(super) struct Verb {
    pub(super) operation: &'static str,
    pub(super) method: &'static str,
    pub(super) message: &'static str,
}

/// Ring the owner's device, then dial.
const INVITE: Verb = Verb { operation: "uc/calls POST", method: "POST", message: "new_invite" };

/// Rings the owner's device, then dials.
pub(super) fn originate(settings: &Settings, from: &str, to: &str) -> Result<Request, Error> {
    let (from, to) = (dial::extension(from)?, dial::target(to)?);
    let parameters = [("owner", from), ("number", to)];
    Ok(if goes_over_socket(settings) {
        over_socket(settings, INVITE, None, &parameters)
    } else {
        over_http(settings, INVITE, None, &parameters)
    })
}

/// Whether commands are messages of the socket.
pub(super) fn goes_over_socket(settings: &Settings) -> bool {
    settings.wire.commands == Commands::Ccs && settings.wire.transport == Transport::Socket
}

/// A command as a message of the socket; `connection` is the dialogue that it acts on.
pub(super) fn over_socket(
    settings: &Settings,
    verb: Verb,
    connection: Option<&str>,
    parameters: &[(&str, &str)],
) -> Request {
    let wire = &settings.wire;
    let mut body = named(settings, parameters);
    if let Some(connection) = connection {
        body.insert(wire.parameter("idconn").to_owned(), Value::from(connection));
    }
    body.entry(wire.parameter("owner").to_owned()).or_insert_with(|| Value::from(""));
    settings.question(verb.operation, verb.message, Value::Object(body))
}

/// A command as an HTTP method on the list of calls, or on one of its dialogues.
pub(super) fn over_http(
    settings: &Settings,
    verb: Verb,
    connection: Option<&str>,
    parameters: &[(&str, &str)],
) -> Request {
    let mut url = settings.url(settings.wire.calls());
    if let (Some(connection), Ok(mut segments)) = (connection, url.path_segments_mut()) {
        segments.push(connection);
    }
    let body = Value::Object(named(settings, parameters));
    let mut request = Request::post_json(verb.operation, url, &body).signed();
    request.method = Method::from_bytes(verb.method.as_bytes()).unwrap_or(Method::POST);
    if request.method == Method::DELETE {
        request.headers.remove(CONTENT_TYPE);
        request.body = bytes::Bytes::new();
    }
    request
}

fn named(settings: &Settings, parameters: &[(&str, &str)]) -> Map<String, Value> {
    let wire = &settings.wire;
    parameters.iter().map(|(name, value)| (wire.parameter(name).to_owned(), Value::from(*value))).collect()
}

/// Asks for a link to a recording. The link lives for five minutes, so it is asked for each time.
pub(super) fn recording(settings: &Settings, reference: &RecordingReference) -> Result<Request, Error> {
    if settings.wire.transport == Transport::Rest {
        let why = "fetch recordings without its socket, and the settings say that WebSockets are barred";
        return Err(Error::unsupported(why));
    }
    match reference {
        RecordingReference::Id(key) if !key.trim().is_empty() => {
            Ok(settings.question("callrecord_get_path", "callrecord_get_path", json!({ "key": key })).idempotent())
        }
        RecordingReference::Id(_) | RecordingReference::Link(_) => {
            Err(Error::new(ErrorKind::NotFound, "this recording has no key that the PBX knows").before_sending())
        }
    }
}

/// Fetches from the path that the PBX gave, on the server of the socket, without the token.
pub(super) fn temporary(settings: &Settings, path: &str) -> Result<Request, Error> {
    let unusable = || Error::new(ErrorKind::Protocol, "the PBX gave no path to the recording");
    let url: Url = settings.base.join(path).map_err(|_| unusable())?;
    // The file lies on that server and nowhere else.
    if !path.starts_with('/') || path.starts_with("//") || url.origin() != settings.base.origin() {
        return Err(unusable());
    }
    Ok(Request::get("record", url).idempotent())
}
