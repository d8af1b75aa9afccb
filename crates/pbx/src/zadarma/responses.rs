//! Answers of the service: `status` decides, beside the HTTP status.

use calls::{CommandAnswer, CommandId};
use serde_json::Value;
use url::Url;

use super::xml;
use crate::{
    error::{Error, ErrorKind},
    fields::{self, Fields},
    redact,
    request::{Answer, Request},
};

/// What came of `request/callback`. The answer names no call: that is known from the notifications.
pub(super) fn callback(command: CommandId, answer: &Answer) -> CommandAnswer {
    match (status(answer), answer.failure()) {
        (Some(Ok(_)), None) => CommandAnswer::Accepted { command, vendor_call: None, doubt: None },
        // It says success beside a code that says failure: told "failed", people dial twice.
        (Some(Ok(_)), Some(error)) => {
            CommandAnswer::Accepted { command, vendor_call: None, doubt: Some(error.to_string()) }
        }
        // Something failed inside, or nothing readable came: it may be dialling all the same.
        (_, Some(error)) if error.kind() == ErrorKind::Internal => CommandAnswer::Unknown { command },
        (Some(Err(words)), _) => CommandAnswer::Rejected { command, reason: words },
        (None, Some(error)) => CommandAnswer::Rejected { command, reason: error.to_string() },
        (None, None) => CommandAnswer::Unknown { command },
    }
}

/// The link of `pbx/record/request`: `link` of one recording, or the first of `links` of a call.
pub(super) fn record(answer: &Answer) -> Result<Request, Error> {
    match status(answer) {
        Some(Ok(fields)) if answer.is_success() => {
            let link = links(&fields).into_iter().next();
            let link = link.ok_or_else(|| Error::new(ErrorKind::NotReady, "no link to the recording yet"))?;
            let url = Url::parse(&link)
                .map_err(|_| Error::new(ErrorKind::Protocol, "the PBX gave a recording link that is no address"))?;
            Ok(Request::get("record", url))
        }
        // Which words and which code say that a recording is still being made is not documented.
        Some(Err(words)) if matches!(answer.status, 200..=299 | 400 | 404) => {
            Err(Error::new(ErrorKind::NotReady, format!("no recording yet: {words}")))
        }
        Some(_) | None => Err(failure(answer, "record/request")),
    }
}

/// `link` of one recording, `links` of all of a call.
pub(super) fn links(told: &Fields) -> Vec<String> {
    let listed = told.array("links").into_iter().flatten().filter_map(fields::text);
    told.text("link").into_iter().chain(listed).collect()
}

/// Whether the service accepted key and signature.
pub(super) fn check(answer: &Answer) -> Result<(), Error> {
    told(answer, "info/balance").map(|_| ())
}

/// The fields of a success, or what went wrong: in the service's words where it refuses what is asked.
pub(super) fn told(answer: &Answer, method: &str) -> Result<Fields, Error> {
    match status(answer) {
        Some(Ok(fields)) if answer.is_success() => Ok(fields),
        Some(Err(words)) if answer.failure().is_none_or(|error| error.kind() == ErrorKind::Protocol) => {
            Err(Error::new(ErrorKind::Protocol, format!("the PBX refuses: {words}")))
        }
        Some(_) | None => Err(failure(answer, method)),
    }
}

/// The rows of `statistics/pbx`.
pub(super) fn statistics(answer: &Answer) -> Result<Vec<Fields>, Error> {
    match status(answer) {
        Some(Ok(fields)) if answer.is_success() => {
            // As XML, a list without items is an empty text.
            let is_empty = fields.value("stats").and_then(Value::as_str) == Some("");
            let rows = fields.array("stats").cloned().or_else(|| is_empty.then(Vec::new));
            let rows = rows.ok_or_else(|| failure(answer, "statistics/pbx"))?;
            Ok(rows.into_iter().filter_map(Fields::of).collect())
        }
        Some(_) | None => Err(failure(answer, "statistics/pbx")),
    }
}

/// The number of the account's PBX; `None` where it is not told.
pub(super) fn pbx_id(answer: &Answer) -> Result<Option<String>, Error> {
    let id = told(answer, "pbx/internal")?.text("pbx_id");
    Ok(id.filter(|id| id.bytes().all(|byte| byte.is_ascii_digit()) && id != "0"))
}

pub(super) fn failure(answer: &Answer, method: &str) -> Error {
    let unreadable = || Error::new(ErrorKind::Protocol, format!("the PBX's answer to {method} cannot be read"));
    answer.failure().unwrap_or_else(unreadable)
}

/// The answer's fields, or the words of its refusal; `None` where it is no answer of the service.
fn status(answer: &Answer) -> Option<Result<Fields, String>> {
    let fields = answer.fields().or_else(|| xml::fields(&answer.body))?;
    match fields.text("status")?.to_ascii_lowercase().as_str() {
        "success" => Some(Ok(fields)),
        "error" => {
            let words = fields.text("message").map(|words| redact::words(&words));
            Some(Err(words.unwrap_or_else(|| format!("HTTP {}", answer.status))))
        }
        _ => None,
    }
}
