//! Answers of the service: HTTP 200 and an envelope whose `status` says success; anything else is an error whose
//! `message` is shown.

use calls::{CommandAnswer, CommandId};
use serde_json::Value;

use super::config::Settings;
use crate::{
    error::{Error, ErrorKind},
    fields::Fields,
    json, redact,
    request::Answer,
};

/// What an answer tells, or what went wrong. A success that tells nothing answers no question: an empty list is `[]`.
pub(super) fn data(settings: &Settings, answer: &Answer) -> Result<Value, Error> {
    let data = done(settings, answer)?;
    if data.is_null() {
        return Err(Error::new(ErrorKind::Protocol, "RingCloud says success and nothing else"));
    }
    Ok(data)
}

/// What came of a change, which need not tell anything, or what went wrong.
pub(super) fn done(settings: &Settings, answer: &Answer) -> Result<Value, Error> {
    match envelope(settings, answer) {
        Some(Ok(data)) if answer.status == 200 => Ok(data),
        Some(Err(words)) => Err(refusal(answer, &words)),
        Some(Ok(_)) | None => Err(answer
            .failure()
            .unwrap_or_else(|| Error::new(ErrorKind::Protocol, "the address does not answer as RingCloud's API does"))),
    }
}

/// What came of a call that was asked for. The answer names no call: that is known from the list of calls.
pub(super) fn call(settings: &Settings, command: CommandId, answer: &Answer) -> CommandAnswer {
    let rejected = |reason: String| CommandAnswer::Rejected { command, reason };
    match envelope(settings, answer) {
        Some(Ok(_)) if answer.status == 200 => CommandAnswer::Accepted { command, vendor_call: None, doubt: None },
        // Success beside a code that says failure: told "failed", people dial twice.
        Some(Ok(_)) => {
            let doubt = answer.failure().map(|error| error.to_string());
            CommandAnswer::Accepted { command, vendor_call: None, doubt }
        }
        // Something failed inside: it may be ringing all the same.
        _ if answer.status >= 500 => CommandAnswer::Unknown { command },
        Some(Err(words)) => rejected(refusal(answer, &words).to_string()),
        None => match answer.failure() {
            Some(error) => rejected(error.to_string()),
            None => CommandAnswer::Unknown { command },
        },
    }
}

/// Whether the answer refuses a right, as against the key itself: nothing tells one from the other but what else the
/// key may do.
pub(super) fn is_forbidden(answer: &Answer) -> bool {
    matches!(answer.status, 401 | 403)
}

/// The data of a success, or the words of an error; `None` where it is no answer of the service.
fn envelope(settings: &Settings, answer: &Answer) -> Option<Result<Value, String>> {
    let fields = Fields::of(json::parse(&answer.body)?)?;
    match fields.text("status")?.to_ascii_lowercase().as_str() {
        "success" => Some(Ok(fields.value("data").cloned().unwrap_or(Value::Null))),
        "error" => {
            let words = fields.text("message").unwrap_or_else(|| format!("HTTP {}", answer.status));
            Some(Err(redact::words(&settings.without_secrets(&words))))
        }
        _ => None,
    }
}

/// An error of the service in its own words. Which codes it uses is not known, so they are read as everybody's are.
fn refusal(answer: &Answer, words: &str) -> Error {
    let kind = answer.failure().map_or(ErrorKind::Conflict, |error| error.kind());
    let why = if matches!(kind, ErrorKind::Unauthorized | ErrorKind::Forbidden) {
        "RingCloud does not accept the key for this: it is wrong, or lacks the right"
    } else if matches!(kind, ErrorKind::RateLimited { .. }) {
        "RingCloud is asked too often with this key"
    } else {
        "RingCloud refused"
    };
    Error::new(kind, format!("{why}: {words}"))
}
