//! What the service posts about an incoming call, for a test of our address.

use bytes::Bytes;
use jiff::{Timestamp, tz::TimeZone};
use url::form_urlencoded::Serializer;

use crate::{
    make::{TestMessage, Text},
    webhook::WebhookRequest,
};

/// The names are the values of `event`.
pub(super) const ALL: &[TestMessage] = &[
    TestMessage {
        name: "NOTIFY_START", title: Text { ru: "NOTIFY_START: новый вызов", en: "NOTIFY_START: new call" }
    },
    TestMessage {
        name: "NOTIFY_ANSWER", title: Text { ru: "NOTIFY_ANSWER: ответ", en: "NOTIFY_ANSWER: answered" }
    },
    TestMessage {
        name: "NOTIFY_END",
        title: Text { ru: "NOTIFY_END: завершение вызова", en: "NOTIFY_END: end of the call" },
    },
];

/// The message of this name, without a signature.
pub(super) fn build(name: &str, call: &str, now: Timestamp) -> Option<WebhookRequest> {
    let event = ALL.iter().find(|message| message.name == name)?.name;
    let start = now.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M:%S").to_string();
    let mut form = Serializer::new(String::new());
    form.append_pair("event", event).append_pair("call_start", &start).append_pair("pbx_call_id", call);
    form.append_pair("caller_id", "+74951234567").append_pair("called_did", "74957654321");
    match event {
        "NOTIFY_ANSWER" => form.append_pair("destination", "100").append_pair("internal", "100"),
        "NOTIFY_END" => form.append_pair("duration", "0").append_pair("disposition", "cancel"),
        _ => &mut form,
    };
    Some(WebhookRequest {
        method: "POST".to_owned(),
        path: String::new(),
        headers: vec![("Content-Type".to_owned(), b"application/x-www-form-urlencoded".to_vec())],
        body: Bytes::from(form.finish()),
    })
}
