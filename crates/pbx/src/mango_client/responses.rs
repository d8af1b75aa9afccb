//! Answers of the API: `{"Result": {"code": …}}`, with HTTP 4xx for "no data" as well as for errors.

use calls::{CommandAnswer, CommandId};
use secrecy::SecretString;
use serde_json::Value;
use url::Url;

use super::wire::{Field, Named, Wire};
use crate::{
    error::{Error, ErrorKind},
    redact,
    request::Answer,
};

/// What the answer to a channel request says.
#[derive(PartialEq, Eq)]
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
pub(super) fn done(wire: &Wire, answer: &Answer) -> Result<(), Error> {
    match code(wire, answer) {
        code if is_done(wire, answer, code) => Ok(()),
        code => Err(failure(wire, answer, code)),
    }
}

/// The token of the integration that was made.
pub(super) fn token(wire: &Wire, answer: &Answer) -> Result<SecretString, Error> {
    done(wire, answer)?;
    let token = fields(wire, answer).and_then(|fields| fields.text(Field::Token));
    let none = || Error::new(ErrorKind::Protocol, "the PBX made an integration, but its answer holds no token");
    token.map(SecretString::from).ok_or_else(none)
}

/// Whether the token was accepted: the PBX then looks for the user, whom there need not be.
pub(super) fn check(wire: &Wire, answer: &Answer) -> Result<(), Error> {
    match code(wire, answer) {
        code if is_done(wire, answer, code) => Ok(()),
        Some(code) if code == wire.codes.no_such_user && !matches!(answer.status, 401 | 403 | 429 | 500..) => Ok(()),
        code => match failure(wire, answer, code) {
            // "No such object", said by the service and not only by a server that knows no such path.
            error if code.is_some() && error.kind() == ErrorKind::NotFound => Ok(()),
            error => Err(error),
        },
    }
}

pub(super) fn channel(wire: &Wire, answer: &Answer) -> Result<ChannelAnswer, Error> {
    match code(wire, answer) {
        code if is_done(wire, answer, code) => {}
        Some(code) if code == wire.codes.no_such_user => return Ok(ChannelAnswer::UnknownUser),
        code => return Err(failure(wire, answer, code)),
    }
    let url = fields(wire, answer).and_then(|fields| fields.text(Field::Url));
    url.and_then(|url| Url::parse(&url).ok())
        .map(ChannelAnswer::Open)
        .ok_or_else(|| Error::new(ErrorKind::Protocol, "the PBX gave no socket address"))
}

pub(super) fn register(wire: &Wire, answer: &Answer) -> Result<Batch, Error> {
    match code(wire, answer) {
        code if is_done(wire, answer, code) => {
            let events = fields(wire, answer).and_then(|fields| fields.array(Field::Events));
            Ok(Batch::Events(events.unwrap_or_default()))
        }
        code if is_no_data(wire, answer, code) => Ok(Batch::Empty),
        code => Err(failure(wire, answer, code)),
    }
}

/// What came of a command. A callback gives no call id: its first event is recognised by the number.
pub(super) fn command(wire: &Wire, command: CommandId, answer: &Answer) -> CommandAnswer {
    match code(wire, answer) {
        code if is_done(wire, answer, code) => CommandAnswer::Accepted { command, vendor_call: None, doubt: None },
        // Something failed inside: it may be ringing all the same, and told "failed", people dial twice.
        Some(code) if answer.status >= 500 || (5000..6000).contains(&code) => CommandAnswer::Unknown { command },
        Some(code) => CommandAnswer::Rejected { command, reason: words(wire, answer, code) },
        None => match answer.failure() {
            Some(error) if error.kind() != ErrorKind::Internal => {
                CommandAnswer::Rejected { command, reason: error.to_string() }
            }
            Some(_) | None => CommandAnswer::Unknown { command },
        },
    }
}

fn fields<'a>(wire: &'a Wire, answer: &Answer) -> Option<Named<'a>> {
    answer.fields().map(|fields| wire.named(fields))
}

/// The service's own code.
fn code(wire: &Wire, answer: &Answer) -> Option<i64> {
    let fields = fields(wire, answer)?;
    match fields.object(Field::Result) {
        Some(result) => result.integer(Field::Code),
        None => fields.integer(Field::Result).or_else(|| fields.integer(Field::Code)),
    }
}

fn is_done(wire: &Wire, answer: &Answer, code: Option<i64>) -> bool {
    answer.is_success() && code == Some(wire.codes.done)
}

/// On a read, "nothing more is left", and a bare "bad request" or "not there", mean that there are no data. A limit, a
/// lock-out or a failure must never be read so: what was missed and is still there would not be asked for again.
fn is_no_data(wire: &Wire, answer: &Answer, code: Option<i64>) -> bool {
    let bare = matches!(answer.status, 400 | 404 | 410);
    match code {
        _ if matches!(answer.status, 401 | 403 | 408 | 429 | 500..) => false,
        Some(code) => code == wire.codes.nothing_left || (bare && code == wire.codes.done),
        None => bare && answer.body.trim_ascii().is_empty(),
    }
}

fn failure(wire: &Wire, answer: &Answer, code: Option<i64>) -> Error {
    if let Some(code) = code {
        let (codes, retry_after) = (&wire.codes, answer.retry_after);
        let kind = match (code, answer.status) {
            (_, 429) => ErrorKind::RateLimited { retry_after },
            (code, _) if code == codes.too_often => ErrorKind::RateLimited { retry_after },
            (_, 401) => ErrorKind::Unauthorized,
            (code, _) if code == codes.wrong_key => ErrorKind::Unauthorized,
            // 2xxx: the account is blocked, closed or has no money left.
            (2000..3000, _) | (_, 403) => ErrorKind::Forbidden,
            (3300..3400, _) => ErrorKind::NotFound,
            (3000..4000, _) => ErrorKind::InvalidRequest { field: "request" },
            (4000..5000, _) => ErrorKind::Conflict,
            (5000..6000, _) | (_, 500..) => ErrorKind::Internal,
            (_, 408) => ErrorKind::Timeout,
            _ => ErrorKind::Protocol,
        };
        return Error::new(kind, format!("the PBX refused: {}", words(wire, answer, code)));
    }
    answer.failure().unwrap_or_else(|| {
        Error::new(ErrorKind::Protocol, "the address does not answer as MANGO OFFICE's server-client API does")
    })
}

/// The PBX's own words, with its code.
fn words(wire: &Wire, answer: &Answer, code: i64) -> String {
    let message = fields(wire, answer).and_then(|fields| {
        let nested = fields.object(Field::Result).and_then(|result| result.text(Field::Message));
        nested.or_else(|| fields.text(Field::Message))
    });
    let message = message.map(|message| redact::words(&message));
    message.map_or_else(|| format!("code {code}"), |message| format!("{message} (code {code})"))
}
