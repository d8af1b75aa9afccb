//! Answers of the API: `{"Result": {"code": …}}`, with HTTP 4xx for "no data" as well as for errors.

use calls::{CommandAnswer, CommandId};
use serde_json::Value;
use url::Url;

use super::wire::{DONE, NO_SUCH_OBJECT, NOTHING_LEFT, WRONG_KEY};
use crate::{
    error::{Error, ErrorKind},
    fields::{Fields, integer},
    request::Answer,
};

/// What the answer to a channel request says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ChannelAnswer {
    /// Open this.
    Open(Url),
    /// The extension is not one of the integration's users yet.
    UnknownUser,
}

/// What the answer to a register request says.
#[derive(Debug, PartialEq)]
pub(super) enum Batch {
    /// Missed events, to be stored before the next batch is asked for.
    Events(Vec<Value>),
    /// Nothing is left.
    Empty,
}

/// Whether the PBX did it.
pub(super) fn done(answer: &Answer) -> Result<(), Error> {
    match code(answer) {
        Some(DONE) if answer.is_success() => Ok(()),
        code => Err(failure(answer, code)),
    }
}

pub(super) fn channel(answer: &Answer) -> Result<ChannelAnswer, Error> {
    match code(answer) {
        Some(DONE) if answer.is_success() => {}
        Some(NO_SUCH_OBJECT) => return Ok(ChannelAnswer::UnknownUser),
        code => return Err(failure(answer, code)),
    }
    let url = answer.fields().and_then(|fields| fields.text("url"));
    url.and_then(|url| Url::parse(&url).ok())
        .map(ChannelAnswer::Open)
        .ok_or_else(|| Error::new(ErrorKind::Protocol, "the PBX gave no socket address"))
}

pub(super) fn register(answer: &Answer) -> Result<Batch, Error> {
    match code(answer) {
        Some(DONE) if answer.is_success() => {
            let fields = answer.fields();
            let events = fields.as_ref().and_then(|fields| fields.array("events")).cloned();
            Ok(Batch::Events(events.unwrap_or_default()))
        }
        code if is_no_data(answer, code) => Ok(Batch::Empty),
        code => Err(failure(answer, code)),
    }
}

/// A callback gives no call id: its first event is recognised by the number.
pub(super) fn callback(command: CommandId, answer: &Answer) -> CommandAnswer {
    match code(answer) {
        Some(DONE) if answer.is_success() => CommandAnswer::Accepted { command, vendor_call: None, doubt: None },
        Some(code) => CommandAnswer::Rejected { command, reason: words(answer, code) },
        None => match answer.failure() {
            Some(error) if error.kind() != ErrorKind::Internal => {
                CommandAnswer::Rejected { command, reason: error.to_string() }
            }
            // Something failed inside, or nothing readable came: it may be ringing all the same.
            Some(_) | None => CommandAnswer::Unknown { command },
        },
    }
}

/// The service's own code.
fn code(answer: &Answer) -> Option<i64> {
    let fields = answer.fields()?;
    match fields.object("result") {
        Some(result) => result.integer("code"),
        None => fields.value("result").and_then(integer).or_else(|| fields.integer("code")),
    }
}

/// On a read, "nothing more", and any 4xx that is not about the request itself, mean that there are no data.
fn is_no_data(answer: &Answer, code: Option<i64>) -> bool {
    match code {
        Some(NOTHING_LEFT) => true,
        // 3xxx: the request is wrong; 4000: no socket is open.
        Some(code) => (400..500).contains(&answer.status) && !(3000..5000).contains(&code) && answer.status != 401,
        None => answer.body.trim_ascii().is_empty() && matches!(answer.status, 404 | 410),
    }
}

fn failure(answer: &Answer, code: Option<i64>) -> Error {
    if let Some(code) = code {
        let kind = match (code, answer.status) {
            (WRONG_KEY, _) | (_, 401) => ErrorKind::Unauthorized,
            (_, 403) => ErrorKind::Forbidden,
            (4290, _) | (_, 429) => ErrorKind::RateLimited { retry_after: answer.retry_after },
            (3300..3400, _) => ErrorKind::NotFound,
            (3000..4000, _) => ErrorKind::InvalidRequest { field: "request" },
            (4000..5000, _) => ErrorKind::Conflict,
            (5000..6000, _) | (_, 500..) => ErrorKind::Internal,
            _ => ErrorKind::Protocol,
        };
        return Error::new(kind, format!("the PBX refused: {}", words(answer, code)));
    }
    answer.failure().unwrap_or_else(|| {
        Error::new(ErrorKind::Protocol, "the address does not answer as MANGO OFFICE's server-client API does")
    })
}

/// The PBX's own words, with its code.
fn words(answer: &Answer, code: i64) -> String {
    let fields = answer.fields();
    let message = fields.as_ref().and_then(|fields| {
        fields.object("result").and_then(|result: Fields| result.text("message")).or_else(|| fields.text("message"))
    });
    message.map_or_else(|| format!("code {code}"), |message| format!("{message} (code {code})"))
}
