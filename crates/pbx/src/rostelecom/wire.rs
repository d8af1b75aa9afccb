//! Values as they stand on the wire, read tolerantly: numbers as texts, blanks inside quotes, empty for absent.

use serde_json::Value;

use crate::{fields, party};

/// A number or address field taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Without scheme, domain and parameters.
    pub user: String,
    /// A telephone number rather than an extension or a SIP user.
    pub is_phone: bool,
}

/// `state`, `type` and other words: trimmed, lower case.
pub fn word(raw: &str) -> String {
    raw.trim().to_lowercase()
}

/// `result`, `duration` and other whole numbers, written as number or text.
pub fn integer(raw: &Value) -> Option<i64> {
    fields::integer(raw)
}

/// `is_record` and other flags: "true", "yes" and numbers other than 0 are yes, empty and everything else is no.
pub fn flag(raw: &Value) -> bool {
    fields::flag(raw)
}

/// `session_id`, `request_pin` and other texts: trimmed, empty is absent.
pub fn text(raw: &Value) -> Option<String> {
    fields::text(raw)
}

/// `from_number` and `request_number`: E.164, SIP URI or `user@domain`.
pub fn address(raw: &str) -> Address {
    let user = party::user(raw).to_owned();
    Address { is_phone: party::is_phone(&user), user }
}
