//! Requests to the service: key and hash in the address, parameters of a POST as JSON without a content type.

use bytes::Bytes;
use serde_json::{Map, Value, json};
use url::Url;

use super::config::Settings;
use crate::{
    dial,
    error::{Error, ErrorKind},
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
    get(settings, "users", &["users"]).with_passwords()
}

/// One employee.
pub(super) fn user(settings: &Settings, name: &str) -> Request {
    get(settings, "users/<user>", &["users", name]).with_passwords()
}

/// The account's balance.
pub(super) fn balance(settings: &Settings) -> Request {
    get(settings, "accounts/<account>/balance", &["accounts", &settings.account, "balance"])
}

/// The channels that are busy.
pub(super) fn channels(settings: &Settings) -> Request {
    get(settings, "calls/channels", &["calls", "channels"])
}

/// One of them. Its name holds slashes, which the service takes as they are.
pub(super) fn channel(settings: &Settings, name: &str) -> Request {
    let parts: Vec<&str> = ["calls", "channels"].into_iter().chain(name.split('/')).collect();
    get(settings, "calls/channels/<channel>", &parts)
}

/// What is known of a number, in E.164 with its plus.
pub(super) fn phone_number(settings: &Settings, number: &str) -> Request {
    get(settings, "phone_numbers/<number>", &["phone_numbers", number])
}

/// A new employee.
pub(super) fn create_user(settings: &Settings, extension: &str, mail: &str, password: &str) -> Request {
    let parameters = json!({"password": password, "num": number(extension), "mail": mail});
    let minute = minute(settings, "new user");
    post(settings, "users/create", &["users", "create"], Some(parameters), minute).with_passwords()
}

/// A change of an employee: the function's name, and its parameter where it has one.
pub(super) fn change_user(
    settings: &Settings,
    user: &str,
    change: &'static str,
    parameter: Option<(&str, Value)>,
) -> Request {
    let parameters = parameter.map(|(name, value)| Value::Object(Map::from_iter([(name.to_owned(), value)])));
    let minute = minute(settings, "change of this kind to a user");
    post(settings, change, &["users", user, change], parameters, minute).with_passwords()
}

/// The file of a recording, by its address without a host.
pub(super) fn recording(settings: &Settings, path: &[&str]) -> Request {
    let request = Request::get("record", url(settings, path)).idempotent().signed();
    request.counted(same_address(settings, |often| format!("RingCloud lets a recording be fetched only once {often}")))
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
    same_address(settings, |often| format!("RingCloud accepts one {what} {often} with this key"))
}

/// `words` says what is admitted, from how often it is.
fn same_address(settings: &Settings, words: impl FnOnce(&str) -> String) -> Quota {
    let seconds = settings.interval.as_secs();
    let how_often = if seconds == 60 { "a minute".to_owned() } else { format!("in {seconds} s") };
    Quota {
        counted: Counted::SameAddress,
        requests: 1,
        window: settings.interval,
        outlives_program: true,
        words: words(&how_often).into(),
    }
}

fn get(settings: &Settings, operation: &'static str, path: &[&str]) -> Request {
    let versioned: Vec<&str> = ["v1"].into_iter().chain(path.iter().copied()).collect();
    let request = Request::get(operation, url(settings, &versioned)).idempotent().signed().times(Times::SHORT);
    request.counted(same_address(settings, |often| format!("RingCloud lets the same thing be asked only once {often}")))
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

/// A part of an address that comes from a person: one that leads elsewhere is not asked.
pub(super) fn part<'a>(field: &'static str, text: &'a str) -> Result<&'a str, Error> {
    let text = text.trim();
    let is_plain = |c: char| !c.is_control() && !c.is_whitespace() && !matches!(c, '/' | '\\' | '?' | '#' | '%');
    if text.is_empty() || matches!(text, "." | "..") || text.len() > 128 || !text.chars().all(is_plain) {
        let why = "it must be one word without slashes";
        return Err(Error::new(ErrorKind::InvalidRequest { field }, why).before_sending());
    }
    Ok(text)
}
