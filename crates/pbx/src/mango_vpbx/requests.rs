//! Requests to the API: POST of a form with signed JSON.
//!
//! None is marked as harmless to repeat: more than one wrong request in two minutes locks the account out for two
//! minutes, and the HTTP status does not tell a wrong request from a failure inside the PBX.

use calls::{CommandId, RecordingReference};
use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde_json::json;
use url::form_urlencoded::byte_serialize;

use super::{config::Settings, quota, sign, wire};
use crate::{
    dial,
    error::{Error, ErrorKind},
    request::Request,
};

/// What a recording is wanted for.
const DOWNLOAD: &str = "download";

/// Rings the employee, then dials the number. The command's id comes back with the events that it causes.
pub(super) fn callback(settings: &Settings, command: CommandId, from: &str, to: &str) -> Result<Request, Error> {
    let from = from.trim();
    if from.is_empty() || !from.chars().all(char::is_alphanumeric) {
        let kind = ErrorKind::InvalidRequest { field: "from" };
        return Err(Error::new(kind, "the extension must be letters and digits").before_sending());
    }
    let body = json!({
        "command_id": command.to_string(), "from": {"extension": from}, "to_number": dial::target(to)?,
    });
    Ok(post(settings, "callback", "commands/callback", &body))
}

/// Asks for the account's balance: it needs key and salt, and nothing that a call is charged for.
pub(super) fn check(settings: &Settings) -> Request {
    post(settings, "account/balance", "account/balance", &json!({}))
}

/// Asks for a recording. The answer is a redirect that works once.
pub(super) fn recording(settings: &Settings, recording: &str) -> Request {
    let body = json!({"recording_id": recording, "action": DOWNLOAD});
    post(settings, "queries/recording/post", "queries/recording/post", &body)
}

/// A link to a recording that needs no more than itself.
pub(super) fn recording_link(settings: &Settings, recording: &str, now: Timestamp) -> Request {
    let until = (now + wire::LINK_VALID).as_second();
    let sign = sign::of_link(settings, recording, until);
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let (recording, key) = (encoded(recording), encoded(settings.api_key.expose_secret()));
    let path = format!("queries/recording/link/{recording}/{DOWNLOAD}/{key}/{until}/{sign}");
    Request::get("record", settings.url(&path))
}

/// The vendor's id of a recording.
pub(super) fn recording_id(reference: &RecordingReference) -> Result<&str, Error> {
    match reference {
        RecordingReference::Id(id) if !id.trim().is_empty() => Ok(id),
        RecordingReference::Id(_) | RecordingReference::Link(_) => {
            Err(Error::new(ErrorKind::NotFound, "this recording has no id that MANGO knows").before_sending())
        }
    }
}

fn post(settings: &Settings, operation: &'static str, path: &str, body: &serde_json::Value) -> Request {
    let request = Request::post_json(operation, settings.url(path), body).signed();
    quota::of_path(path).into_iter().fold(request, Request::counted)
}
