//! What the PBX posts about a call, for a test of our address.

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::json;

use crate::{
    make::{TestMessage, Text},
    webhook::WebhookRequest,
};

/// The names are the vendor's own paths.
pub(super) const ALL: &[TestMessage] = &[
    TestMessage {
        name: "events/call", title: Text { ru: "events/call: новый вызов", en: "events/call: new call" }
    },
    TestMessage {
        name: "events/summary",
        title: Text { ru: "events/summary: итог вызова", en: "events/summary: summary of the call" },
    },
];

/// The message of this name, as the JSON text that the signature makes a form of.
pub(super) fn build(name: &str, call: &str, now: Timestamp) -> Option<WebhookRequest> {
    let second = now.as_second();
    let (from, to) = (json!({"number": "74951234567"}), json!({"number": "74957654321"}));
    let body = match name {
        "events/call" => json!({
            "entry_id": call, "call_id": call, "timestamp": second, "seq": 1, "call_state": "Appeared",
            "location": "ivr", "from": from, "to": to,
        }),
        "events/summary" => json!({
            "entry_id": call, "call_direction": 1, "from": from, "to": to, "line_number": "74957654321",
            "create_time": second, "forward_time": 0, "talk_time": 0, "end_time": second, "entry_result": 0,
            "disconnect_reason": 1110,
        }),
        _ => return None,
    };
    Some(WebhookRequest {
        method: "POST".to_owned(),
        path: format!("/{name}"),
        headers: Vec::new(),
        body: Bytes::from(body.to_string()),
    })
}
