//! Rostelecom's webhooks, signed as the platform's page says, without the code that checks them.

use std::net::SocketAddr;

use calls::{CallId, ConnectionId};
use data_encoding::HEXLOWER;
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::http::{self, Answer};

pub(crate) const CLIENT_ID: &str = "0A1B2C3D4E5F60718293A4B5C6D7E8F9";
pub(crate) const KEY: &str = "F0E1D2C3B4A5968778695A4B3C2D1E0F";
/// The line that is called.
pub(crate) const LINE: &str = "+74951234567";
/// Who calls.
pub(crate) const CALLER: &str = "+79001234567";

/// The digest over id, body and key.
pub(crate) fn signature(body: &[u8]) -> String {
    signature_by(KEY, body)
}

/// The same with another key.
pub(crate) fn signature_by(key: &str, body: &[u8]) -> String {
    let mut digest = Sha256::new();
    digest.update(CLIENT_ID);
    digest.update(body);
    digest.update(key);
    HEXLOWER.encode(&digest.finalize())
}

/// A webhook with its signature.
pub(crate) fn signed(path: &str, body: &[u8]) -> Vec<u8> {
    let sign = signature(body);
    let headers = [("X-Client-ID", CLIENT_ID), ("X-Client-Sign", sign.as_str()), ("Content-Type", "application/json")];
    http::request("POST", path, &headers, body)
}

/// Posts a signed event to connection `rt1`.
pub(crate) async fn post(address: SocketAddr, event: &Value) -> Answer {
    http::send(address, &signed("/hook/rt1/call_events", event.to_string().as_bytes())).await
}

/// The id that a session's call gets.
pub(crate) fn call_id(session: &str) -> CallId {
    let connection: ConnectionId = "rt1".parse().expect("valid");
    CallId::of_vendor(&connection, session)
}

/// Now, as the platform writes it (UTC).
pub(crate) fn stamp(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M:%S.%3f").to_string()
}

/// One event of an incoming call; `pin` is the agent it is about.
pub(crate) fn event(session: &str, state: &str, pin: Option<&str>, at: Timestamp) -> Value {
    let mut event = json!({
        "session_id": session,
        "timestamp": stamp(at),
        "type": "incoming",
        "state": state,
        "from_number": CALLER,
        "request_number": LINE,
    });
    if let Some(pin) = pin {
        event["request_pin"] = pin.into();
        event["request_number"] = format!("sip:{pin}@example.invalid").into();
    }
    if state == "end" {
        event["is_record"] = "true".into();
    }
    event
}

/// An incoming call that `pin` answers, from beginning to end, a second between each two events.
pub(crate) fn answered_call(session: &str, pin: &str, from: Timestamp) -> Vec<Value> {
    let at = |seconds| from + jiff::SignedDuration::from_secs(seconds);
    vec![
        event(session, "new", None, at(0)),
        event(session, "calling", Some(pin), at(1)),
        event(session, "connected", Some(pin), at(2)),
        event(session, "disconnected", Some(pin), at(3)),
        event(session, "end", Some(pin), at(4)),
    ]
}
