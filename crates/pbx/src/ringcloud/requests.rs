//! Requests to the service: key and hash in the address, parameters of a POST as JSON without a content type.

use bytes::Bytes;
use serde_json::{Value, json};
use url::Url;

use super::config::Settings;
use crate::{
    dial,
    error::Error,
    quota::{Counted, Quota},
    request::{Request, Times},
};

/// How far back finished calls are told.
pub(super) const HISTORY_DAYS: u32 = 7;

/// Rings the employee, then dials the number.
pub(super) fn call(settings: &Settings, user: &str, to: &str) -> Result<Request, Error> {
    let to = dial::target(to)?;
    let parameters = json!({"user": number(user), "num": number(to.trim_start_matches('+'))});
    let minute = minute(settings, "call");
    Ok(post(settings, "calls", &["calls"], Some(parameters), minute))
}

/// The calls that go on.
pub(super) fn active(settings: &Settings) -> Request {
    get(settings, "calls/active", &["calls", "active"])
}

/// The calls that ended within these days.
pub(super) fn complete(settings: &Settings, days: u32) -> Request {
    let mut request = get(settings, "calls/complete", &["calls", "complete"]);
    request.url.set_query(Some(&format!("days={days}")));
    request
}

/// The names of the employees.
pub(super) fn users(settings: &Settings) -> Request {
    get(settings, "users", &["users"])
}

/// One employee.
pub(super) fn user(settings: &Settings, name: &str) -> Request {
    get(settings, "users/<user>", &["users", name])
}

/// The account's balance.
pub(super) fn balance(settings: &Settings) -> Request {
    get(settings, "accounts/<account>/balance", &["accounts", &settings.account, "balance"])
}

/// The file of a recording, by its address without a host.
pub(super) fn recording(settings: &Settings, path: &[&str]) -> Request {
    let request = Request::get("record", url(settings, path)).idempotent().signed();
    request.counted(same_address(settings, "the file of one recording".to_owned()))
}

/// A number as the service's own client writes it, a text where it is none.
pub(super) fn number(text: &str) -> Value {
    match text.parse::<u64>() {
        Ok(number) if number.to_string() == text => Value::from(number),
        Ok(_) | Err(_) => Value::from(text),
    }
}

/// What is admitted once in the interval, in words.
fn minute(settings: &Settings, what: &str) -> Quota {
    same_address(settings, format!("one {what}"))
}

fn same_address(settings: &Settings, what: String) -> Quota {
    let seconds = settings.interval.as_secs();
    let how_often = if seconds == 60 { "a minute".to_owned() } else { format!("in {seconds} s") };
    Quota {
        counted: Counted::SameAddress,
        requests: 1,
        window: settings.interval,
        outlives_program: true,
        words: format!("RingCloud accepts {what} {how_often} with this key").into(),
    }
}

fn get(settings: &Settings, operation: &'static str, path: &[&str]) -> Request {
    let versioned: Vec<&str> = ["v1"].into_iter().chain(path.iter().copied()).collect();
    let request = Request::get(operation, url(settings, &versioned)).idempotent().signed().times(Times::SHORT);
    request.counted(same_address(settings, "the same question".to_owned()))
}

fn post(
    settings: &Settings,
    operation: &'static str,
    path: &[&str],
    parameters: Option<Value>,
    quota: Quota,
) -> Request {
    let versioned: Vec<&str> = ["v1"].into_iter().chain(path.iter().copied()).collect();
    let body = parameters.map(|parameters| json!({ "params": parameters }).to_string()).unwrap_or_default();
    let mut request = Request::get(operation, url(settings, &versioned)).signed().times(Times::MINUTE).counted(quota);
    (request.method, request.body) = (http::Method::POST, Bytes::from(body));
    request
}

/// An address below the service's own. A part is a part, whatever it holds.
fn url(settings: &Settings, path: &[&str]) -> Url {
    let mut url = settings.base.clone();
    if let Ok(mut parts) = url.path_segments_mut() {
        parts.pop_if_empty().extend(path);
    }
    url
}
