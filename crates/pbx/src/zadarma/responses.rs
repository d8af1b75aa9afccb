//! Answers of the service: `status` decides, beside the HTTP status.

use calls::{CommandAnswer, CommandId};
use url::Url;

use crate::{
    error::{Error, ErrorKind},
    fields::{self, Fields},
    query::Reply,
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
            let first = |links: &Vec<serde_json::Value>| links.iter().find_map(fields::text);
            let link = fields.text("link").or_else(|| fields.array("links").and_then(first));
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

/// Whether the service accepted key and signature.
pub(super) fn check(answer: &Answer) -> Result<(), Error> {
    match status(answer) {
        Some(Ok(_)) if answer.is_success() => Ok(()),
        Some(Err(words)) if answer.failure().is_none_or(|error| error.kind() == ErrorKind::Protocol) => {
            Err(Error::new(ErrorKind::Protocol, format!("the PBX refuses: {words}")))
        }
        Some(_) | None => Err(failure(answer, "info/balance")),
    }
}

/// The rows of `statistics/pbx`.
pub(super) fn statistics(answer: &Answer) -> Result<Vec<Fields>, Error> {
    match status(answer) {
        Some(Ok(fields)) if answer.is_success() => {
            let rows = fields.array("stats").cloned().unwrap_or_default();
            Ok(rows.into_iter().filter_map(Fields::of).collect())
        }
        Some(_) | None => Err(failure(answer, "statistics/pbx")),
    }
}

/// What is left on the account.
pub(super) fn balance(answer: &Answer) -> Result<Reply, Error> {
    check(answer)?;
    let fields = answer.fields().unwrap_or_default();
    let amount = fields.text("balance").ok_or_else(|| failure(answer, "info/balance"))?;
    Ok(Reply::Balance { amount, currency: fields.text("currency") })
}

fn failure(answer: &Answer, method: &str) -> Error {
    let unreadable = || Error::new(ErrorKind::Protocol, format!("the PBX's answer to {method} cannot be read"));
    answer.failure().unwrap_or_else(unreadable)
}

/// The answer's fields, or the words of its refusal; `None` where it is no answer of the service.
fn status(answer: &Answer) -> Option<Result<Fields, String>> {
    let fields = answer.fields()?;
    match fields.text("status")?.to_ascii_lowercase().as_str() {
        "success" => Some(Ok(fields)),
        "error" => {
            let words = fields.text("message").map(|words| redact::words(&words));
            Some(Err(words.unwrap_or_else(|| format!("HTTP {}", answer.status))))
        }
        _ => None,
    }
}
