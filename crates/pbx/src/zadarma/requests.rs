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
pub(super) fn callback(
    settings: &Settings,
    pbx: Option<&str>,
    from: &str,
    to: &str,
    predicted: bool,
) -> Result<Request, Error> {
    let to = dial::target(to)?;
    let from = caller(pbx, from)?;
    let mut parameters = vec![("from", Value::from(from.as_str())), ("to", to.into())];
    if settings.caller_id_of_extension {
        parameters.push(("sip", from.as_str().into()));
    }
    if predicted {
        parameters.push(("predicted", "predicted".into()));
    }
    Ok(get(settings, "callback", "/v1/request/callback/", parameters))
}

/// `pbx/record/request`: a link to a recording, or links to all of a call, that are used at once.
pub(super) fn record(settings: &Settings, recording: &str) -> Result<Request, Error> {
    record_links(settings, recording, LINK_LIFETIME)
}

/// `pbx/record/request`: links that live so many seconds.
pub(super) fn record_links(settings: &Settings, recording: &str, lifetime: &str) -> Result<Request, Error> {
    let mut parameters = vec![recording_id(recording)?];
    parameters.push(("lifetime", lifetime.into()));
    Ok(get(settings, "record", "/v1/pbx/record/request/", parameters).idempotent())
}

/// How a recording is named: by its own id, or by its call's.
pub(super) fn recording_id(recording: &str) -> Result<(&'static str, Value), Error> {
    let recording = recording.trim();
    if recording.is_empty() {
        return Err(Error::new(ErrorKind::NotFound, "this call has no recording").before_sending());
    }
    let is_call = recording.starts_with("in_") || recording.starts_with("out_");
    Ok((if is_call { "pbx_call_id" } else { "call_id" }, recording.into()))
}

/// `pbx/internal`: the number of the PBX, and its extensions.
pub(super) fn extensions(settings: &Settings) -> Request {
    get(settings, "extensions", "/v1/pbx/internal/", Vec::new()).idempotent()
}

/// `info/balance`: needs the key and changes nothing.
pub(super) fn balance(settings: &Settings) -> Request {
    get(settings, "balance", "/v1/info/balance/", Vec::new()).idempotent()
}

/// One of the statistics: of a span in the account's time, behind the first `skip`.
pub(super) fn statistics(
    settings: &Settings,
    path: &str,
    mut parameters: Vec<(&'static str, Value)>,
    (start, end): (&str, &str),
    (skip, limit): (usize, usize),
) -> Request {
    let number = |number: usize| Value::Text(number.to_string());
    parameters.extend([("start", start.into()), ("end", end.into())]);
    parameters.extend([("skip", number(skip)), ("limit", number(limit))]);
    get(settings, "statistics", path, parameters).idempotent().counted(Quota::of_kind(
        "statistics",
        STATISTICS_A_MINUTE,
        Duration::from_secs(60),
        "Zadarma answers three questions for statistics a minute",
    ))
}

/// The extension that is rung, as the service wants it: behind the number of its PBX where that is known.
fn caller(pbx: Option<&str>, from: &str) -> Result<String, Error> {
    let user = party::user(from);
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+');
    if user.is_empty() || !user.chars().all(fits) {
        let why = "the extension must be one of the PBX, a SIP login or a number";
        return Err(Error::new(ErrorKind::InvalidRequest { field: "from" }, why).before_sending());
    }
    let is_extension = super::party::is_extension(user);
    Ok(match pbx {
        Some(pbx) if is_extension => format!("{pbx}-{user}"),
        Some(_) | None => user.to_owned(),
    })
}

/// Asks with the parameters in the query.
pub(super) fn get(
    settings: &Settings,
    operation: &'static str,
    path: &str,
    mut parameters: Vec<(&str, Value)>,
) -> Request {
    parameters.push(("format", settings.format.name().into()));
    let mut url = address(settings, path);
    url.set_query(Some(&query::canonical(&parameters)));
    Request::get(operation, url).signed().times(Times::SHORT)
}

/// Asks with the parameters in the body. A change, unless it is marked otherwise.
pub(super) fn send(
    settings: &Settings,
    (operation, method): (&'static str, http::Method),
    path: &str,
    mut parameters: Vec<(&str, Value)>,
) -> Request {
    parameters.push(("format", settings.format.name().into()));
    let mut request = Request::get(operation, address(settings, path)).signed().times(Times::SHORT);
    request.method = method;
    let kind = http::HeaderValue::from_static("application/x-www-form-urlencoded");
    request.headers.insert(http::header::CONTENT_TYPE, kind);
    request.body = query::canonical(&parameters).into();
    request
}

fn address(settings: &Settings, path: &str) -> Url {
    let mut url = settings.base.clone();
    url.set_path(&format!("{}{path}", url.path().trim_end_matches('/')));
    url
}
