//! How an office's errors travel over HTTP: a status and a JSON body.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::{FieldFault, OfficeError, OfficeErrorKind};

/// The body of an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// An [`OfficeErrorKind`] as text; a later version may know more.
    pub error: String,
    /// One sentence that says what to do.
    pub message: String,
    /// The field that is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What is wrong with it: a [`FieldFault`] as text; a later version may know more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// Which of the field's values, where it holds several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// When to ask again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// Names this answer in the gateway's log.
    pub reference: String,
}

/// Which field is wrong and how, beside the sentence that says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WrongField {
    /// The field that is wrong.
    pub field: String,
    /// What is wrong with it: a [`FieldFault`] as text; a later version may know more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// Which of the field's values, where it holds several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
}

impl WrongField {
    /// What `error` says of a field, where it names one.
    pub fn of(error: &OfficeError) -> Option<Self> {
        let field = error.field?.to_owned();
        Some(Self { field, fault: error.fault.and_then(code), part: error.part.clone() })
    }

    /// The refusal of this field, with its sentence.
    pub fn into_error(self, message: String) -> OfficeError {
        OfficeError {
            field: field(&self.field),
            fault: self.fault.and_then(fault),
            part: self.part,
            ..OfficeError::new(OfficeErrorKind::InvalidRequest, message)
        }
    }
}

/// Fields that requests have, so that an error names one of them without owning a text.
const FIELDS: [&str; 47] = [
    "command",
    "connection",
    "from",
    "to",
    "with",
    "attended",
    "digits",
    "on",
    "number",
    "customerFirst",
    "before",
    "limit",
    "range",
    "id",
    "kind",
    "author",
    "at",
    "call",
    "replaces",
    "value",
    "code",
    "device",
    "name",
    "role",
    "extensions",
    "groups",
    "tokenExpiresDays",
    "csv",
    "pbx",
    "zone",
    "baseUrl",
    "overrides",
    "secrets",
    "paused",
    "step",
    "phone",
    "revision",
    "lines",
    "people",
    "contacts",
    "title",
    "body",
    "desk",
    "since",
    "decisions",
    "hours",
    "lastAdmin",
];

/// The field of this name, where requests have one.
pub fn field(name: &str) -> Option<&'static str> {
    FIELDS.into_iter().find(|known| *known == name)
}

/// The fault of this name, where this version knows it.
fn fault(name: String) -> Option<FieldFault> {
    serde_json::from_value(serde_json::Value::String(name)).ok()
}

impl Problem {
    /// The body for `error`.
    pub fn new(error: &OfficeError, reference: String) -> Self {
        Self {
            error: code(error.kind).unwrap_or_else(|| "protocol".to_owned()),
            message: error.message.clone(),
            field: error.field.map(str::to_owned),
            fault: error.fault.and_then(code),
            part: error.part.clone(),
            retry_after_ms: error.retry_after.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)),
            reference,
        }
    }

    /// The error that this body and its status stand for.
    pub fn into_error(self, status: u16) -> OfficeError {
        let known = serde_json::from_value(serde_json::Value::String(self.error)).ok();
        OfficeError {
            kind: known.unwrap_or_else(|| kind_of(status)),
            message: self.message,
            field: self.field.as_deref().and_then(field),
            fault: self.fault.and_then(fault),
            part: self.part,
            retry_after: self.retry_after_ms.map(Duration::from_millis),
        }
    }
}

/// The HTTP status of an error.
pub fn status_of(error: &OfficeError) -> u16 {
    match error.kind {
        OfficeErrorKind::Unauthorized => 401,
        OfficeErrorKind::Forbidden => 403,
        OfficeErrorKind::InvalidRequest if error.field == Some("range") => 416,
        OfficeErrorKind::InvalidRequest => 400,
        OfficeErrorKind::NotFound => 404,
        OfficeErrorKind::Conflict
        | OfficeErrorKind::Ended
        | OfficeErrorKind::Changed
        | OfficeErrorKind::Fixed
        | OfficeErrorKind::LastAdmin
        | OfficeErrorKind::NoAddress => 409,
        OfficeErrorKind::Unsupported => 422,
        OfficeErrorKind::RateLimited => 429,
        OfficeErrorKind::NotReady => 202,
        OfficeErrorKind::Gone => 410,
        OfficeErrorKind::NotPlayable
        | OfficeErrorKind::Refused
        | OfficeErrorKind::Unreachable
        | OfficeErrorKind::Protocol => 502,
        OfficeErrorKind::UnknownOutcome => 504,
        OfficeErrorKind::Storage => 503,
    }
}

/// What a status amounts to where the body does not say.
pub(crate) fn kind_of(status: u16) -> OfficeErrorKind {
    match status {
        202 => OfficeErrorKind::NotReady,
        400 | 413 | 416 => OfficeErrorKind::InvalidRequest,
        401 => OfficeErrorKind::Unauthorized,
        404 => OfficeErrorKind::NotFound,
        409 => OfficeErrorKind::Conflict,
        410 => OfficeErrorKind::Gone,
        422 => OfficeErrorKind::Unsupported,
        429 => OfficeErrorKind::RateLimited,
        403 => OfficeErrorKind::Forbidden,
        502 | 503 => OfficeErrorKind::Unreachable,
        504 => OfficeErrorKind::UnknownOutcome,
        _ => OfficeErrorKind::Protocol,
    }
}

/// A code as it travels.
fn code(of: impl Serialize) -> Option<String> {
    match serde_json::to_value(of) {
        Ok(serde_json::Value::String(code)) => Some(code),
        Ok(_) | Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_comes_out_as_it_went_in() {
        let error = OfficeError::invalid("to", "Write a number.").retry_after(Duration::from_secs(2));
        let body = serde_json::to_string(&Problem::new(&error, "r1".to_owned())).expect("JSON");
        assert_eq!(
            body,
            r#"{"error":"invalidRequest","message":"Write a number.","field":"to","retryAfterMs":2000,"reference":"r1"}"#
        );
        let back: Problem = serde_json::from_str(&body).expect("the same shape");
        assert_eq!(back.into_error(status_of(&error)), error);
        let key = OfficeError::invalid("secrets", "m").because(FieldFault::Invisible).of("token");
        let sent = serde_json::to_value(Problem::new(&key, "r".to_owned())).expect("JSON");
        assert_eq!((&sent["fault"], &sent["part"]), (&"invisible".into(), &"token".into()));
        assert_eq!(serde_json::from_value::<Problem>(sent).expect("a problem").into_error(400), key);
        let ended = OfficeError::new(OfficeErrorKind::Ended, "The call has ended.");
        let back = Problem::new(&ended, "r2".to_owned());
        assert_eq!((status_of(&ended), back.into_error(409)), (409, ended));
    }

    #[test]
    fn a_code_of_a_later_version_is_told_by_its_status() {
        let changed = OfficeError::new(OfficeErrorKind::Changed, "m");
        assert_eq!(status_of(&changed), 409);
        assert_eq!(Problem::new(&changed, "r".to_owned()).into_error(409), changed, "it says more than its status");
        let body = r#"{"error":"somethingNew","message":"m","reference":"r"}"#;
        let problem: Problem = serde_json::from_str(body).expect("a problem");
        assert_eq!(problem.into_error(409).kind, OfficeErrorKind::Conflict);
        let body = r#"{"error":"invalidRequest","message":"m","field":"secrets","fault":"later","reference":"r"}"#;
        let problem: Problem = serde_json::from_str(body).expect("a problem");
        assert_eq!(problem.into_error(400), OfficeError::invalid("secrets", "m"));
    }

    #[test]
    fn every_kind_has_a_status_that_means_it_or_its_like() {
        for kind in [
            OfficeErrorKind::Unauthorized,
            OfficeErrorKind::Forbidden,
            OfficeErrorKind::InvalidRequest,
            OfficeErrorKind::NotFound,
            OfficeErrorKind::Conflict,
            OfficeErrorKind::Unsupported,
            OfficeErrorKind::RateLimited,
            OfficeErrorKind::NotReady,
            OfficeErrorKind::Gone,
            OfficeErrorKind::UnknownOutcome,
        ] {
            assert_eq!(kind_of(status_of(&OfficeError::new(kind, "m"))), kind);
        }
    }
}
