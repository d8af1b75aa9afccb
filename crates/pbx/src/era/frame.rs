//! Text frames: `["<name>", {…}]`, and the tolerant reading of what stands in them (A-1 to A-3).

use serde_json::Value;

use super::{assumption_counts::AssumptionCounts, config::Settings, wire::Wire};
use crate::{
    error::{Error, ErrorKind},
    fields::{self, Fields, member},
    json, redact,
};

/// What ends the name of an answer.
const ANSWER: &str = "_result";

/// A frame: its name and its object.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Frame {
    pub(super) name: String,
    pub(super) body: Value,
}

/// An event that was pushed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pushed {
    /// `callevents`, lower case.
    pub(super) class: String,
    /// `dlg_start`, lower case.
    pub(super) kind: String,
    pub(super) payload: Value,
}

impl Frame {
    /// The frame in `text`; `None` where it is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let Value::Array(mut items) = json::parse(text.as_bytes())? else { return None };
        if items.len() != 2 {
            return None;
        }
        let (body, name) = (items.pop()?, items.pop()?);
        let Value::String(name) = name else { return None };
        matches!(body, Value::Object(_) | Value::Array(_))
            .then(|| Self { name: name.trim().to_ascii_lowercase(), body })
    }

    /// The correlation value that it carries, as text, so that a number is the same however it is written.
    pub(super) fn qid(&self) -> Option<String> {
        member(&self.body, "qid").and_then(fields::text)
    }

    /// Whether it is named as an answer.
    pub(super) fn is_answer(&self) -> bool {
        self.name.ends_with(ANSWER)
    }

    /// The events that it carries, in the documented framing or one of the assumed; nothing where it is none. What was
    /// met is counted.
    pub(super) fn pushed(self, wire: &Wire, counts: &AssumptionCounts) -> Option<Vec<Pushed>> {
        if let Some((class, kind)) = dotted(&self.name) {
            counts.count("A-1a: the frame's name is class and type");
            return Some(payloads(&class, &kind, self.body, counts));
        }
        let events: Option<Vec<Vec<Pushed>>> =
            several(self.body).into_iter().map(|body| in_object(body, wire, counts)).collect();
        events.map(|events| events.into_iter().flatten().collect()).filter(|events: &Vec<Pushed>| !events.is_empty())
    }
}

/// The events of an object that says itself what they are.
fn in_object(body: Value, wire: &Wire, counts: &AssumptionCounts) -> Option<Vec<Pushed>> {
    let text = |key| member(&body, key).and_then(fields::text);
    if let Some((class, kind)) = ["event", "name"].into_iter().find_map(|key| dotted(&text(key)?)) {
        counts.count("A-1b: the object names class and type");
        return Some(payloads(&class, &kind, body, counts));
    }
    if wire.strict {
        return None;
    }
    let (class, kind) = (text("class")?, text("type")?);
    counts.count("A-1c: class and type stand apart");
    Some(payloads(&class.to_ascii_lowercase(), &kind.to_ascii_lowercase(), body, counts))
}

/// `callevents.dlg_start`, apart.
fn dotted(name: &str) -> Option<(String, String)> {
    let (class, kind) = name.trim().split_once('.')?;
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (is_word(class) && is_word(kind)).then(|| (class.to_ascii_lowercase(), kind.to_ascii_lowercase()))
}

/// The payload stands under `data`, `content` or `event`, or it is the object itself. An array is several events.
fn payloads(class: &str, kind: &str, mut body: Value, counts: &AssumptionCounts) -> Vec<Pushed> {
    let holds = |key: &&str| member(&body, key).is_some_and(|value| !value.is_string());
    let payload = match ["data", "content", "event"].into_iter().find(holds) {
        Some(key) => fields::take_member(&mut body, key).unwrap_or(body),
        None => {
            counts.count("A-1: the object is the payload");
            body
        }
    };
    let pushed = |payload| Pushed { class: class.to_owned(), kind: kind.to_owned(), payload };
    several(payload).into_iter().map(pushed).collect()
}

/// An array's members, or the one that is none.
fn several(value: Value) -> Vec<Value> {
    match value {
        Value::Array(members) => members,
        one @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => vec![one],
    }
}

/// A message with its parameters, as text.
pub(super) fn message(name: &str, parameters: Value) -> String {
    Value::Array(vec![Value::from(name), parameters]).to_string()
}

/// What an answer's object says went wrong (A-3).
pub(super) fn failure(body: &Value) -> Option<Error> {
    let fields = Fields::of(body.clone())?;
    let of_result = fields.object("result").filter(|result| result.value("error").is_some());
    let says_no = match fields.value("result") {
        Some(Value::String(text)) => text.trim().eq_ignore_ascii_case("error"),
        Some(Value::Bool(done)) => !done,
        Some(_) | None => of_result.is_some(),
    };
    let code = fields.integer("error_code").or_else(|| fields.integer("code"));
    let has_error = fields.value("error").is_some_and(|error| !matches!(error, Value::Bool(false)));
    if !says_no && !has_error && fields.value("error_code").is_none() && code.is_none_or(|code| code < 400) {
        return None;
    }
    let fields = of_result.unwrap_or(fields);
    let nested = fields.object("error");
    let keys = ["error_message", "message", "reason", "description", "error", "error_code"];
    let words =
        keys.iter().find_map(|key| nested.as_ref().and_then(|error| error.text(key)).or_else(|| fields.text(key)));
    let words = redact::words(&words.unwrap_or_else(|| "without a reason".to_owned()));
    let named = fields.text("error_code").unwrap_or_default().to_ascii_lowercase();
    let kind = match code {
        Some(401) => ErrorKind::Unauthorized,
        Some(403) => ErrorKind::Forbidden,
        Some(404) => ErrorKind::NotFound,
        Some(410) => ErrorKind::Gone,
        Some(429) => ErrorKind::RateLimited { retry_after: None },
        Some(408) => ErrorKind::Timeout,
        // Those of HTTP. Other numbers are the PBX's own, and nothing says what they mean.
        Some(500..=599) => ErrorKind::Internal,
        _ if named.contains("timeout") => ErrorKind::Timeout,
        _ if ["denied", "forbidden", "rights", "permission"].iter().any(|word| named.contains(word)) => {
            ErrorKind::Forbidden
        }
        _ => ErrorKind::Conflict,
    };
    let code = code.map(|code| format!(" (code {code})")).unwrap_or_default();
    Some(Error::new(kind, format!("the PBX refused: {words}{code}")))
}

/// The body of a frame that is kept because it was not understood: short, and without what may be a secret.
pub(super) fn kept(text: &str) -> Value {
    const KEPT: usize = 4096;
    match json::parse(text.as_bytes()) {
        Some(json) if text.len() <= KEPT => redact::value(json),
        Some(_) | None => {
            let beginning: String = text.chars().take(KEPT).collect();
            redact::value(Value::from(beginning))
        }
    }
}

impl Settings {
    /// A question over the account's socket: the message's name and parameters, without the correlation value.
    pub(super) fn question(&self, operation: &'static str, name: &str, parameters: Value) -> crate::request::Request {
        let body = Value::Array(vec![Value::from(name), parameters]);
        crate::request::Request::over_session(operation, crate::session::WHOLE_ACCOUNT, self.base.clone(), &body)
    }
}

/// A text of an answer's `result`, where it carries a value.
pub(super) fn result(body: &Value) -> Option<String> {
    let fields = Fields::of(body.clone())?;
    fields.value("result").and_then(fields::text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pushed(text: &str) -> Vec<Pushed> {
        let frame = Frame::parse(text).expect("a frame");
        frame.pushed(&Wire::default(), &AssumptionCounts::default()).unwrap_or_default()
    }

    #[test]
    fn an_event_is_found_in_every_form() {
        let payload = json!({"cid": "c"});
        let forms = [
            r#"["event", {"id": "s1", "event": "callevents.dlg_start", "data": {"cid": "c"}}]"#,
            r#"["callevents.dlg_start", {"id": "s1", "data": {"cid": "c"}}]"#,
            r#"["CallEvents.Dlg_Start", {"cid": "c"}]"#,
            r#"["subscr_event", {"name": "callevents.dlg_start", "content": {"cid": "c"}}]"#,
            r#"["event", {"class": "callevents", "type": "dlg_start", "event": {"cid": "c"}}]"#,
            r#"["event", [{"event": "callevents.dlg_start", "data": {"cid": "c"}}]]"#,
            r#"["event", {"event": "callevents.dlg_start", "data": [{"cid": "c"}]}]"#,
        ];
        for form in forms {
            let found = pushed(form);
            let [Pushed { class, kind, payload: inner }] = found.as_slice() else { panic!("{form}: {found:?}") };
            assert_eq!((class.as_str(), kind.as_str(), inner), ("callevents", "dlg_start", &payload), "{form}");
        }
        let two = pushed(r#"["callevents.invite", {"data": [{"cid": "c"}, {"cid": "d"}]}]"#);
        assert_eq!(two.len(), 2);
        let flat = pushed(r#"["event", {"class": "callevents", "type": "invite", "cid": "c"}]"#);
        assert_eq!(flat[0].payload["cid"], "c");
    }

    #[test]
    fn what_is_no_event_is_none() {
        for text in [
            r#"["subscribe_result", {"qid": "1", "result": "ok"}]"#,
            r#"["event", {"event": "dlg_start", "data": {}}]"#,
            r#"["event", {"name": "Иванов И.И."}]"#,
            r#"["event", []]"#,
        ] {
            assert_eq!(pushed(text), [], "{text}");
        }
        for text in ["", "ping", "{}", "[]", r#"["event"]"#, r#"["event", {}, 1]"#, r#"[1, {}]"#, r#"["event", 1]"#] {
            assert_eq!(Frame::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_correlation_value_is_the_same_however_it_is_written() {
        for text in [r#"["x_result", {"qid": "7"}]"#, r#"["x_result", {"qid": 7}]"#, r#"["x_result", {"QID": " 7 "}]"#]
        {
            assert_eq!(Frame::parse(text).and_then(|frame| frame.qid()).as_deref(), Some("7"), "{text}");
        }
    }

    #[test]
    fn an_answer_that_says_no_is_an_error_with_its_words() {
        let refusals = [
            (
                json!({"result": "error", "error_code": 403, "error_message": "no rights"}),
                ErrorKind::Forbidden,
                "no rights",
            ),
            (json!({"result": "error", "error_code": "access_denied"}), ErrorKind::Forbidden, "access_denied"),
            (json!({"result": "error", "error_code": "timeout"}), ErrorKind::Timeout, "timeout"),
            (json!({"result": false, "message": "busy"}), ErrorKind::Conflict, "busy"),
            (json!({"result": {"error": "no such call"}}), ErrorKind::Conflict, "no such call"),
            (json!({"error": {"code": 1, "message": "bad"}}), ErrorKind::Conflict, "bad"),
            (json!({"code": 404, "description": "no such call"}), ErrorKind::NotFound, "no such call"),
            (json!({"code": "401"}), ErrorKind::Unauthorized, "without a reason"),
            (json!({"error_code": 503}), ErrorKind::Internal, "503"),
            (json!({"error_code": 1404, "error_message": "no such key"}), ErrorKind::Conflict, "no such key"),
            (json!({"error_code": 600, "error_message": "busy"}), ErrorKind::Conflict, "busy"),
        ];
        for (body, kind, words) in refusals {
            let error = failure(&body).expect("a refusal");
            assert_eq!(error.kind(), kind, "{body}");
            assert!(error.to_string().contains(words), "{body}: {error}");
        }
        let fine =
            [json!({"result": "ok"}), json!({"result": "/temp/a.mp3", "code": 0}), json!({}), json!({"error": false})];
        for body in fine {
            assert_eq!(failure(&body), None, "{body}");
        }
    }
}
