//! Keys that make two messages the same message.

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::fields::canonical;

/// A key of the parts that identify a message. JSON, so that no part can run into the next.
pub(crate) fn of_parts(kind: &str, parts: &[Option<&str>]) -> String {
    let parts: Vec<Value> = std::iter::once(Value::from(kind))
        .chain(parts.iter().map(|part| Value::from(part.unwrap_or_default())))
        .collect();
    Value::Array(parts).to_string()
}

/// A key of a message without identity: a hash of its canonical JSON.
pub(crate) fn of_json(kind: &str, body: &Value) -> String {
    of_bytes(kind, canonical(body).as_bytes())
}

/// A key of a message that is not even JSON.
pub(crate) fn of_bytes(kind: &str, body: &[u8]) -> String {
    let digest = Sha256::digest(body);
    of_parts(kind, &[Some(&data_encoding::HEXLOWER.encode(&digest[..16]))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(of_parts("a", &[Some("1,2"), None]), of_parts("a", &[Some("1"), Some("2")]));
        assert_eq!(of_parts("a", &[None]), of_parts("a", &[Some("")]));
    }
}
