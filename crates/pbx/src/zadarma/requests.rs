//! Requests to the service. Parameters are written in the order in which they are signed.

use std::time::Duration;

use url::Url;

use super::{
    config::Settings,
    query::{self, Value},
};
use crate::{
    dial,
    error::{Error, ErrorKind},
    party,
    quota::Quota,
    request::{Request, Times},
};

/// How long a recording's link lives, in seconds: the shortest that the service gives, for it is used at once.
const LINK_LIFETIME: &str = "180";

/// Questions for statistics of any kind that the service admits.
const STATISTICS_A_MINUTE: u32 = 3;

/// `request/callback`: rings `from`, says that the call is being connected, dials `to`; or, where it is `predicted`, the
/// other way round. The service names that parameter and no value for "no".
pub(super) fn callback(settings: &Settings, from: &str, to: &str, predicted: bool) -> Result<Request, Error> {
    let to = dial::target(to)?;
    let from = caller(settings, from)?;
    let mut parameters = vec![("from", Value::from(from.as_str())), ("to", to.into())];
    if settings.caller_id_of_extension {
        parameters.push(("sip", from.as_str().into()));
    }
    if predicted {
        parameters.push(("predicted", "predicted".into()));
    }
    Ok(get(settings, "callback", "/v1/request/callback/", parameters))
}

/// `pbx/record/request`: a link to a recording, or links to all of a call.
pub(super) fn record(settings: &Settings, recording: &str) -> Result<Request, Error> {
    let recording = recording.trim();
    if recording.is_empty() {
        return Err(Error::new(ErrorKind::NotFound, "this call has no recording").before_sending());
    }
    let is_call = recording.starts_with("in_") || recording.starts_with("out_");
    let name = if is_call { "pbx_call_id" } else { "call_id" };
    let parameters = vec![(name, recording.into()), ("lifetime", LINK_LIFETIME.into())];
    Ok(get(settings, "record", "/v1/pbx/record/request/", parameters).idempotent())
}

/// `info/balance`: needs the key and changes nothing.
pub(super) fn balance(settings: &Settings) -> Request {
    get(settings, "balance", "/v1/info/balance/", Vec::new()).idempotent()
}

/// `statistics/pbx`: finished calls of a span in the account's time, behind the first `skip`.
pub(super) fn statistics(settings: &Settings, start: &str, end: &str, skip: usize, limit: usize) -> Request {
    let (skip, limit) = (skip.to_string(), limit.to_string());
    let parameters = vec![
        ("start", start.into()),
        ("end", end.into()),
        ("version", "2".into()),
        ("skip", skip.as_str().into()),
        ("limit", limit.as_str().into()),
    ];
    get(settings, "statistics", "/v1/statistics/pbx/", parameters).idempotent().counted(Quota::of_kind(
        "statistics",
        STATISTICS_A_MINUTE,
        Duration::from_secs(60),
        "Zadarma answers three questions for statistics a minute",
    ))
}

/// The extension that is rung, as the service wants it: behind the number of its PBX where that is known.
fn caller(settings: &Settings, from: &str) -> Result<String, Error> {
    let user = party::user(from);
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+');
    if user.is_empty() || !user.chars().all(fits) {
        let why = "the extension must be one of the PBX, a SIP login or a number";
        return Err(Error::new(ErrorKind::InvalidRequest { field: "from" }, why).before_sending());
    }
    let is_extension = super::party::is_extension(user);
    Ok(match &settings.pbx_id {
        Some(pbx) if is_extension => format!("{pbx}-{user}"),
        Some(_) | None => user.to_owned(),
    })
}

fn get(settings: &Settings, operation: &'static str, path: &str, mut parameters: Vec<(&str, Value)>) -> Request {
    parameters.push(("format", "json".into()));
    let mut url: Url = settings.base.clone();
    url.set_path(&format!("{}{path}", url.path().trim_end_matches('/')));
    url.set_query(Some(&query::canonical(&parameters)));
    Request::get(operation, url).signed().times(Times::SHORT)
}
