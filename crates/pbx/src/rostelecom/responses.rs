//! Answers of the platform. HTTP 200 stands for logical failures too; `result` decides, with known oddities.

use calls::{CommandAnswer, CommandId};
use url::Url;

use crate::{
    error::{Error, ErrorKind},
    fields::Fields,
    query::AccountUser,
    redact,
    request::{Answer, Request},
};

/// What came of `call_back`. A session means that it acts, whatever the result says: told "failed", people dial twice.
pub(super) fn call_back(command: CommandId, answer: &Answer) -> CommandAnswer {
    let fields = answer.fields();
    let session = fields.as_ref().and_then(|fields| fields.text("session_id"));
    let result = fields.as_ref().and_then(|fields| fields.integer("result"));
    match (session, result, &fields) {
        (Some(session), result, fields) => {
            let clean = result == Some(0) && answer.is_success();
            let doubt = (!clean).then(|| words(answer, fields.as_ref()));
            CommandAnswer::Accepted { command, vendor_call: Some(session), doubt }
        }
        (None, Some(0), _) if answer.is_success() => {
            let doubt = Some("no session_id in the answer".to_owned());
            CommandAnswer::Accepted { command, vendor_call: None, doubt }
        }
        // Failed inside: it may be dialling all the same.
        (None, Some(_), _) if answer.status >= 500 => CommandAnswer::Unknown { command },
        (None, Some(_), fields) => CommandAnswer::Rejected { command, reason: words(answer, fields.as_ref()) },
        (None, None, _) => match answer.failure() {
            Some(error) if error.kind() != ErrorKind::Internal => {
                CommandAnswer::Rejected { command, reason: error.to_string() }
            }
            // Something failed inside, or nothing readable came: it may be dialling all the same.
            Some(_) | None => CommandAnswer::Unknown { command },
        },
    }
}

/// The link of `get_record`. One that is there is used, whatever the result says.
pub(super) fn get_record(answer: &Answer) -> Result<Request, Error> {
    let fields = answer.fields();
    if let Some(link) = fields.as_ref().and_then(|fields| fields.text("url")) {
        if fields.as_ref().and_then(|fields| fields.integer("result")) != Some(0) {
            tracing::warn!("get_record gave a link beside a result other than 0; the link is used");
        }
        let url = Url::parse(&link)
            .map_err(|_| Error::new(ErrorKind::Protocol, "the PBX gave a recording link that is no address"))?;
        return Ok(Request::get("record", url));
    }
    if let Some(error) = answer.failure() {
        return Err(error);
    }
    match fields {
        Some(fields) if fields.integer("result").is_some() => {
            Err(Error::new(ErrorKind::NotReady, format!("no recording yet: {}", words(answer, Some(&fields)))))
        }
        Some(_) | None => Err(Error::new(ErrorKind::Protocol, "the PBX's answer to get_record cannot be read")),
    }
}

/// Whether the platform accepted the signature: it answers with a result, of whatever value.
pub(super) fn check(answer: &Answer) -> Result<(), Error> {
    if let Some(error) = answer.failure() {
        return Err(error);
    }
    match answer.fields().and_then(|fields| fields.integer("result")) {
        Some(_) => Ok(()),
        None => Err(Error::new(ErrorKind::Protocol, "the address does not answer as Rostelecom's API does")),
    }
}

/// The users of `users_info`.
pub(super) fn users(answer: &Answer) -> Result<Vec<AccountUser>, Error> {
    if let Some(error) = answer.failure() {
        return Err(error);
    }
    let fields = answer.fields().unwrap_or_default();
    let Some(users) = fields.array("users") else {
        return Err(Error::new(ErrorKind::Protocol, format!("no list of users: {}", words(answer, Some(&fields)))));
    };
    let user = |user: Fields| {
        let extension = user.text("pin");
        let name = user.text("name").or_else(|| extension.clone())?;
        Some(AccountUser { name, extension, title: user.text("display_name"), mail: None, voice_mail: None })
    };
    Ok(users.iter().cloned().filter_map(Fields::of).filter_map(user).collect())
}

/// The platform's own words, with its code.
pub(super) fn words(answer: &Answer, fields: Option<&Fields>) -> String {
    let code = fields.and_then(|fields| fields.integer("result"));
    let message = fields.and_then(|fields| fields.text("resultmessage")).map(|message| redact::words(&message));
    match (message, code) {
        (Some(message), Some(code)) => format!("{message} (result {code})"),
        (Some(message), None) => message,
        (None, Some(code)) => format!("result {code}"),
        (None, None) => format!("HTTP {}", answer.status),
    }
}
