//! Requests to the platform. The method's name is the path; bodies are signed as they are sent.

use std::time::Duration;

use serde_json::{Map, Value};

use super::config::{GetRecord, Settings};
use crate::{
    dial,
    error::{Error, ErrorKind},
    party::{self, is_digits},
    quota::Quota,
    request::Request,
};

/// A session that never exists: asking for its recording shows whether the signature is accepted.
pub(super) const NIL_SESSION: &str = "00000000-0000-0000-0000-000000000000";

/// 1000 questions of a method are admitted in a time that the vendor does not name. We take a day for it.
const HOUR: Duration = Duration::from_secs(3600);

/// `call_back`: rings the user, plays a prompt, dials the number.
pub(super) fn call_back(settings: &Settings, from: &str, to: &str) -> Result<Request, Error> {
    let mut body = Map::new();
    body.insert("request_number".to_owned(), Value::from(dial::target(to)?));
    let (name, value) = caller(settings, from)?;
    body.insert(name.to_owned(), Value::from(value));
    if let Some(domain) = &settings.domain {
        body.insert("domain".to_owned(), Value::from(domain.as_str()));
    }
    post(settings, "call_back", body)
}

/// `get_record`: a link that works once, from the address that asked.
pub(super) fn get_record(settings: &Settings, session: &str) -> Result<Request, Error> {
    if session.trim().is_empty() {
        return Err(Error::new(ErrorKind::NotFound, "this call has no recording").before_sending());
    }
    match settings.get_record {
        GetRecord::Post => {
            let body = Map::from_iter([("session_id".to_owned(), Value::from(session))]);
            post(settings, "get_record", body).map(Request::idempotent)
        }
        GetRecord::Get => {
            let mut url = settings.method_url("get_record");
            url.query_pairs_mut().append_pair("session_id", session);
            Ok(Request::get("get_record", url).signed().idempotent())
        }
    }
}

/// The field that names the user who is rung: his pin, or his SIP address.
fn caller(settings: &Settings, from: &str) -> Result<(&'static str, String), Error> {
    let from = from.trim();
    let user = party::user(from);
    let unusable = || {
        Error::new(ErrorKind::InvalidRequest { field: "from" }, "the extension must be a pin or user@domain")
            .before_sending()
    };
    if user.is_empty() || from.chars().any(char::is_control) {
        return Err(unusable());
    }
    if is_digits(user) {
        return Ok(("from_pin", user.to_owned()));
    }
    match (from.contains('@'), &settings.domain) {
        (true, _) => Ok(("from_sipuri", from.to_owned())),
        (false, Some(domain)) => Ok(("from_sipuri", format!("{user}@{domain}"))),
        (false, None) => Err(unusable()),
    }
}

/// `users_info`: everybody of the domain, or the one with this pin.
pub(super) fn users_info(settings: &Settings, pin: Option<&str>) -> Result<Request, Error> {
    let mut body = Map::new();
    if let Some(domain) = &settings.domain {
        body.insert("domain".to_owned(), Value::from(domain.as_str()));
    }
    body.extend(pin.map(|pin| ("user_pin".to_owned(), Value::from(pin))));
    post(settings, "users_info", body).map(Request::idempotent)
}

/// `call_info`: everything of one call that is over.
pub(super) fn call_info(settings: &Settings, session: &str) -> Result<Request, Error> {
    let mut body = Map::from_iter([("session_id".to_owned(), Value::from(session))]);
    if let Some(domain) = &settings.domain {
        body.insert("domain".to_owned(), Value::from(domain.as_str()));
    }
    let quota = Quota {
        outlives_program: true,
        ..Quota::of_kind("call_info", 40, HOUR, "Rostelecom is asked about single calls 40 times an hour")
    };
    post(settings, "call_info", body).map(Request::idempotent).map(|request| request.counted(quota))
}

pub(super) fn post(settings: &Settings, method: &'static str, body: Map<String, Value>) -> Result<Request, Error> {
    Ok(Request::post_json(method, settings.method_url(method), &Value::Object(body)).signed())
}

impl Settings {
    fn method_url(&self, method: &str) -> url::Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}/{method}", url.path().trim_end_matches('/')));
        url
    }
}
