//! Identities that are made once and travel unchanged through the log, the stream and the screens.

use std::{fmt, str::FromStr, sync::LazyLock};

use data_encoding::{BASE32_NOPAD, Encoding, Specification};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Why a text is not an identity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// A connection id has 1 to 32 of `a`–`z`, `0`–`9` and `-`.
    #[error("a connection id has 1 to 32 characters of a-z, 0-9 and -")]
    Connection,
    /// A call or recording id is 26 characters of lower-case base32.
    #[error("an id has 26 characters of a-z and 2-7")]
    Base32,
    /// A command id is a UUID.
    #[error("a command id is a UUID")]
    Command,
}

/// One configured account of a make. Given once, never renamed or reused.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ConnectionId(String);

impl ConnectionId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ConnectionId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let fits = (1..=32).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if fits { Ok(Self(text.to_owned())) } else { Err(IdError::Connection) }
    }
}

impl TryFrom<String> for ConnectionId {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<ConnectionId> for String {
    fn from(id: ConnectionId) -> Self {
        id.0
    }
}

impl fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// RFC 4648 base32, lower case, no padding.
static BASE32: LazyLock<Encoding> = LazyLock::new(|| {
    let mut spec: Specification = BASE32_NOPAD.specification();
    spec.symbols = spec.symbols.to_ascii_lowercase();
    #[expect(clippy::expect_used, reason = "a constant specification, covered by the tests below")]
    spec.encoding().expect("the lower-case base32 alphabet is valid")
});

/// The first 16 bytes of SHA-256 over the parts, a zero byte between each two.
fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for (place, part) in parts.iter().enumerate() {
        if place > 0 {
            hash.update([0]);
        }
        hash.update(part.as_bytes());
    }
    BASE32.encode(&hash.finalize()[..16])
}

macro_rules! base32_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let fits = text.len() == 26 && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'2'..=b'7'));
                if fits { Ok(Self(text.to_owned())) } else { Err(IdError::Base32) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

base32_id! {
    /// A call, made from its connection and the vendor's call id.
    CallId
}

impl CallId {
    /// The id of the call that a vendor calls `vendor_call`.
    pub fn of_vendor(connection: &ConnectionId, vendor_call: &str) -> Self {
        Self(digest(&[connection.as_str(), vendor_call]))
    }

    /// The id of a call that we start, until its vendor id is known; afterwards a permanent redirect.
    pub fn of_command(connection: &ConnectionId, command: CommandId) -> Self {
        Self(digest(&[connection.as_str(), "command", &command.to_string()]))
    }
}

base32_id! {
    /// A recording, made from its call and the vendor's reference to it.
    RecordingId
}

impl RecordingId {
    /// The id of the recording that a vendor names `reference` in `call`.
    pub fn of(call: &CallId, reference: &str) -> Self {
        Self(digest(&[call.as_str(), reference]))
    }
}

/// One wish of a person, acted upon once however often it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommandId(pub Uuid);

impl FromStr for CommandId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        Uuid::parse_str(text).map(Self).map_err(|_| IdError::Command)
    }
}

impl fmt::Display for CommandId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn call_id_is_stable_and_lower_case_base32() {
        let connection: ConnectionId = "rt1".parse().expect("valid");
        let id = CallId::of_vendor(&connection, "76981273981237");
        assert_eq!(id, CallId::of_vendor(&connection, "76981273981237"));
        assert_eq!(id.as_str().parse::<CallId>(), Ok(id.clone()));
        assert_ne!(id, CallId::of_vendor(&connection, "7698127398123"));
    }

    #[test]
    fn connection_id_refuses_what_a_path_could_not_carry() {
        for bad in ["", "Rt1", "rt/1", "rt 1", "абв", &"a".repeat(33)] {
            assert_eq!(bad.parse::<ConnectionId>(), Err(IdError::Connection), "{bad}");
        }
    }
}
