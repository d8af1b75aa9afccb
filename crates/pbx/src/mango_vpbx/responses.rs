//! Answers of the API. The code under `result` decides; the HTTP status only where there is none, but for 401 and 429.

use calls::{CommandAnswer, CommandId};
use url::Url;

use crate::{
    error::{Error, ErrorKind},
    mango::codes,
    query::Reply,
    request::{Answer, Request},
};

/// What more than one wrong request brings about.
const LOCK_OUT: &str = "after a second wrong request within two minutes MANGO refuses everything for two minutes";

/// What a code says of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It was taken, perhaps with a remark. The newer answer 0 and the documented 1000 both mean so.
    Taken(Option<String>),
    /// It was refused, in words.
    Refused(String),
    /// Something inside failed or did not answer in time: it may have acted all the same, and told "failed", people do
    /// it twice.
    Unknown,
}

/// What this code says of a command.
pub(super) fn outcome(code: i64) -> Outcome {
    match (code, codes::listed(code)) {
        (0, _) | (_, codes::DONE) => Outcome::Taken(None),
        (_, 1001) => Outcome::Taken(Some(words(code))),
        (_, 5000 | 5002 | 5003 | 5004 | 5007 | 5011) => Outcome::Unknown,
        (_, _) => Outcome::Refused(words(code)),
    }
}

/// What came of a command.
pub(super) fn command(command: CommandId, answer: &Answer) -> CommandAnswer {
    if let Some(refused) = barred(answer) {
        return CommandAnswer::Rejected { command, reason: refused.to_string() };
    }
    match code(answer).map(outcome) {
        Some(Outcome::Taken(doubt)) => CommandAnswer::Accepted { command, vendor_call: None, doubt },
        Some(Outcome::Refused(reason)) => CommandAnswer::Rejected { command, reason },
        Some(Outcome::Unknown) => CommandAnswer::Unknown { command },
        None => match answer.failure() {
            Some(error) if error.kind() != ErrorKind::Internal => {
                CommandAnswer::Rejected { command, reason: error.to_string() }
            }
            Some(_) | None => CommandAnswer::Unknown { command },
        },
    }
}

/// The redirect to a recording. It works once, so it is followed at once, and bare: what was signed stays here.
pub(super) fn recording(answer: &Answer) -> Result<Request, Error> {
    if (300..400).contains(&answer.status) {
        let link = answer.location.as_deref().and_then(|link| Url::parse(link).ok());
        let unusable = || Error::new(ErrorKind::Protocol, "MANGO sends elsewhere for the recording, but to no address");
        return link.map(|link| Request::get("record", link)).ok_or_else(unusable);
    }
    match (code(answer), answer.status) {
        _ if barred(answer).is_some() => Err(failure(answer)),
        (_, 202 | 204) => Err(Error::new(ErrorKind::NotReady, "the recording is still being made")),
        (Some(code), _) if matches!(codes::listed(code), 3320 | 3340) => {
            Err(Error::new(ErrorKind::Gone, format!("MANGO does not have this recording: {}", words(code))))
        }
        (_, _) => Err(failure(answer)),
    }
}

/// Whether the signature was accepted.
pub(super) fn check(answer: &Answer) -> Result<(), Error> {
    let is_told = answer.fields().is_some_and(|fields| fields.value("balance").is_some());
    match code(answer) {
        _ if barred(answer).is_some() => Err(failure(answer)),
        Some(0) => Ok(()),
        Some(code) if (1000..2000).contains(&code) => Ok(()),
        None if answer.is_success() && is_told => Ok(()),
        Some(_) | None => Err(failure(answer)),
    }
}

/// What is left on the account.
pub(super) fn balance(answer: &Answer) -> Result<Reply, Error> {
    check(answer)?;
    let fields = answer.fields().unwrap_or_default();
    let amount = fields.text("balance").ok_or_else(|| failure(answer))?;
    Ok(Reply::Balance { amount, currency: fields.text("currency") })
}

/// The service's own code. `code` is another thing: 429 comes with `"code": 0`.
fn code(answer: &Answer) -> Option<i64> {
    answer.fields()?.integer("result")
}

/// The two refusals that the HTTP status tells, whatever the body says.
fn barred(answer: &Answer) -> Option<Error> {
    let (kind, why) = match answer.status {
        401 => (
            ErrorKind::Unauthorized,
            format!(
                "MANGO refuses every request (HTTP 401). Wait two minutes: {LOCK_OUT}. If it still refuses then, compare \
                 key and salt with the account page, and this address with the ones that the account admits"
            ),
        ),
        429 => (
            ErrorKind::RateLimited { retry_after: answer.retry_after },
            "MANGO is asked more often than it allows (HTTP 429); wait a moment".to_owned(),
        ),
        _ => return None,
    };
    Some(Error::new(kind, why))
}

/// What an answer that is not the wanted one means.
pub(super) fn failure(answer: &Answer) -> Error {
    if let Some(refused) = barred(answer) {
        return refused;
    }
    let Some(code) = code(answer) else {
        let other = || Error::new(ErrorKind::Protocol, "the address does not answer as MANGO's VPBX API does");
        return answer.failure().unwrap_or_else(other);
    };
    let kind = match codes::listed(code) {
        4290 | 5001 | 5008 => ErrorKind::RateLimited { retry_after: answer.retry_after },
        3102 | 3105 | 3127 => ErrorKind::Unauthorized,
        2000..3000 | 4500 | 4506 | 4507 | 5201 => ErrorKind::Forbidden,
        3300..3400 => ErrorKind::NotFound,
        3000..4000 => ErrorKind::InvalidRequest { field: "request" },
        4000..5000 => ErrorKind::Conflict,
        5000..6000 => ErrorKind::Internal,
        _ => ErrorKind::Protocol,
    };
    Error::new(kind, format!("MANGO refused: {}", words(code)))
}

/// A code in words.
fn words(code: i64) -> String {
    let means = codes::words(code);
    let warning = if (3000..4000).contains(&code) { format!("; {LOCK_OUT}") } else { String::new() };
    format!("{means} (code {code}){warning}")
}
