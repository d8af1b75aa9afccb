//! Answers, over HTTP and over the socket.

use calls::{CommandAnswer, CommandId};

use super::{config::Settings, frame};
use crate::{
    error::{Error, ErrorKind},
    fields::Fields,
    json,
    request::{Answer, Request},
};

/// What an answer says went wrong: by its status, or by what it carries.
pub(super) fn failure(answer: &Answer) -> Option<Error> {
    let told = json::parse(&answer.body).and_then(|body| frame::failure(&body));
    match answer.failure() {
        // The PBX's own words say more than its status.
        Some(by_status) => Some(told.map_or(by_status.clone(), |told| Error::new(by_status.kind(), told.to_string()))),
        None => told,
    }
}

/// What came of placing a call. Its answer may name the call.
pub(super) fn originate(command: CommandId, answer: &Answer) -> CommandAnswer {
    outcome(command, answer, named_call(answer))
}

/// What came of an action. It is accepted; events and the list show the effect.
pub(super) fn act(command: CommandId, answer: &Answer) -> CommandAnswer {
    outcome(command, answer, None)
}

fn outcome(command: CommandId, answer: &Answer, vendor_call: Option<String>) -> CommandAnswer {
    match failure(answer) {
        // It may have acted all the same, and told "failed", people do it twice.
        Some(error) if matches!(error.kind(), ErrorKind::Internal | ErrorKind::Timeout) => {
            CommandAnswer::Unknown { command }
        }
        Some(error) => CommandAnswer::Rejected { command, reason: error.to_string() },
        None => CommandAnswer::Accepted { command, vendor_call, doubt: None },
    }
}

/// The call that an answer names, by its own id or by that of its connection.
fn named_call(answer: &Answer) -> Option<String> {
    let fields = answer.fields()?;
    let nested = ["result", "content", "data"].iter().find_map(|key| fields.object(key));
    let named = |fields: &Fields| ["connectionid", "idconn", "id", "cid"].iter().find_map(|key| fields.text(key));
    let id = named(&fields).or_else(|| named(nested.as_ref()?))?;
    Some(id.split_once('.').map_or(id.clone(), |(call, _)| call.to_owned()))
}

/// The conference that a call was turned into, where the answer names it.
pub(super) fn conference(answer: &Answer) -> Option<String> {
    let fields = answer.fields()?;
    let nested = ["result", "content", "data"].iter().find_map(|key| fields.object(key));
    let named =
        |fields: &Fields| ["conference", "conferenceid", "idconf", "id"].iter().find_map(|key| fields.text(key));
    named(&fields).or_else(|| named(nested.as_ref()?))
}

/// The path behind which a recording lies for some minutes.
pub(super) fn recording(settings: &Settings, answer: &Answer) -> Result<Request, Error> {
    if let Some(error) = failure(answer) {
        // The key was told by the PBX, so a refusal that blames nothing else says that nothing lies under it yet.
        let is_unready = matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Conflict);
        let kind = if is_unready { ErrorKind::NotReady } else { error.kind() };
        return Err(Error::new(kind, error.to_string()));
    }
    let path = json::parse(&answer.body).and_then(|body| frame::result(&body)).unwrap_or_default();
    super::requests::temporary(settings, &path)
}

/// Whether the token may read the calls. No page says whether a wrong token is answered 401 or 403: a 403 in the PBX's own
/// words is a right that is missing, one without a word may be either.
pub(super) fn check(answer: &Answer) -> Result<(), Error> {
    let says_why = json::parse(&answer.body).is_some_and(|body| body.is_object());
    if answer.status == 403 && !says_why {
        let why = "the PBX does not accept the token, or the role of its integration channel may not list calls (HTTP 403); \
                   compare it with token_local, and look at the role";
        return Err(Error::new(ErrorKind::Unauthorized, why));
    }
    if let Some(error) = failure(answer) {
        return Err(error);
    }
    match json::parse(&answer.body) {
        Some(_) => Ok(()),
        None => Err(Error::new(ErrorKind::Protocol, "the address does not answer as the Era platform does")),
    }
}
