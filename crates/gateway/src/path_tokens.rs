//! Words in hook addresses that only the vendor knows.

use std::{collections::BTreeMap, sync::Arc};

use calls::ConnectionId;
use secrecy::{ExposeSecret, SecretString};

/// Words in hook addresses that only the vendor knows, by connection.
#[derive(Clone, Default)]
pub struct PathTokens(Arc<BTreeMap<ConnectionId, SecretString>>);

/// A path token that cannot be part of a path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("connection \"{0}\", path_token: only letters, digits, - and _ can be part of an address everywhere")]
pub struct PathTokenError(ConnectionId);

impl PathTokens {
    /// These words.
    pub fn new(tokens: BTreeMap<ConnectionId, SecretString>) -> Result<Self, PathTokenError> {
        let fits = |token: &SecretString| {
            token.expose_secret().bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        };
        match tokens.iter().find(|(_, token)| !fits(token)) {
            Some((connection, _)) => Err(PathTokenError(connection.clone())),
            None => Ok(Self(Arc::new(tokens))),
        }
    }

    /// The word of a connection, where it has one.
    pub fn of(&self, connection: &ConnectionId) -> Option<&SecretString> {
        self.0.get(connection)
    }

    /// The words of all connections that have one.
    pub(crate) fn all(&self) -> &BTreeMap<ConnectionId, SecretString> {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_that_would_break_the_path_is_refused() {
        let bad = BTreeMap::from([("rt1".parse().expect("valid"), SecretString::from("a/b"))]);
        assert!(PathTokens::new(bad).is_err());
    }
}
