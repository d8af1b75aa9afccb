//! What can be wrong with a connection's settings.

use calls::ConnectionId;

/// What is wrong with a connection's settings. Names settings, never their secret values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A secret that the make needs is absent or empty.
    #[error("connection {connection}: the secret \"{name}\" is missing; {make} needs {needed}; {name} stands {found}")]
    MissingSecret {
        /// Which connection.
        connection: ConnectionId,
        /// Its make's name.
        make: &'static str,
        /// The secret's name.
        name: &'static str,
        /// Where the vendor shows it.
        found: &'static str,
        /// All names that the make needs.
        needed: String,
    },
    /// A secret that the make does not know.
    #[error("connection {connection}: {make} has no secret \"{name}\"; it needs {needed}")]
    UnknownSecret {
        /// Which connection.
        connection: ConnectionId,
        /// Its make's name.
        make: &'static str,
        /// The name that was given.
        name: String,
        /// All names that the make needs.
        needed: String,
    },
    /// A secret that cannot be one of the vendor's.
    #[error("connection {connection}: the secret \"{name}\" is not {expected}; paste it again")]
    MalformedSecret {
        /// Which connection.
        connection: ConnectionId,
        /// The secret's name.
        name: &'static str,
        /// How it looks.
        expected: &'static str,
    },
    /// A secret that cannot travel in an HTTP header.
    #[error("connection {connection}: the secret \"{name}\" has characters that cannot be sent; paste it again")]
    UnsendableSecret {
        /// Which connection.
        connection: ConnectionId,
        /// The secret's name.
        name: &'static str,
    },
    /// A zone that does not exist.
    #[error("connection {connection}: the zone is not an IANA name such as Europe/Moscow")]
    Zone {
        /// Which connection.
        connection: ConnectionId,
    },
    /// An address that is not one.
    #[error("connection {connection}: base_url must be an http or https address without user, query or fragment")]
    BaseUrl {
        /// Which connection.
        connection: ConnectionId,
    },
    /// No address, on a make without a host that serves all.
    #[error("connection {connection}: base_url is missing; every installation of {make} has an address of its own")]
    MissingAddress {
        /// Which connection.
        connection: ConnectionId,
        /// Its make's name.
        make: &'static str,
    },
    /// Certificates that cannot be read.
    #[error("connection {connection}: {reason}")]
    TrustAnchor {
        /// Which connection.
        connection: ConnectionId,
        /// What is wrong with them.
        reason: String,
    },
    /// A replacement that the make does not know, or with a value that it cannot use.
    #[error("connection {connection}: the override \"{name}\" {problem}")]
    Override {
        /// Which connection.
        connection: ConnectionId,
        /// Its name.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
}
