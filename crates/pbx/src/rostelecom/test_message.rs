//! What the platform posts while an incoming call goes on, for a test of our address: new call, talk, end, as the vendor's
//! guide tests it (appendix В.1).

use bytes::Bytes;
use jiff::{Timestamp, tz::TimeZone};
use serde_json::json;

use crate::{
    make::{TestMessage, Text},
    webhook::WebhookRequest,
};

/// The names are the values of `state`; all are `call_events`.
pub(super) const ALL: &[TestMessage] = &[
    TestMessage { name: "new", title: Text { ru: "call_events: новый вызов", en: "call_events: new call" } },
    TestMessage {
        name: "connected", title: Text { ru: "call_events: начало разговора", en: "call_events: answered" }
    },
    TestMessage {
        name: "end",
        title: Text { ru: "call_events: завершение вызова", en: "call_events: end of the call" },
    },
];

/// The message of this name, without a signature.
pub(super) fn build(name: &str, call: &str, now: Timestamp) -> Option<WebhookRequest> {
    let state = ALL.iter().find(|message| message.name == name)?.name;
    let mut body = json!({
        "session_id": call,
        "timestamp": now.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M:%S.%3f").to_string(),
        "type": "incoming",
        "state": state,
        "from_number": "+74951234567",
        "request_number": "+74957654321",
    });
    if state != "new" {
        body["request_pin"] = "100".into();
    }
    Some(WebhookRequest {
        method: "POST".to_owned(),
        path: "/call_events".to_owned(),
        headers: vec![("Content-Type".to_owned(), b"application/json".to_vec())],
        body: Bytes::from(body.to_string()),
    })
}
