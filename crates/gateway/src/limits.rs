//! Time-outs and sizes.

use std::time::Duration;

/// Time-outs and sizes; the defaults are those of the interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Longest wait for a whole request.
    pub request: Duration,
    /// Longest wait until whoever asked takes more of an answer.
    pub slow_client: Duration,
    /// Longest wait until a desk takes a frame.
    pub slow_desk: Duration,
    /// How often open streams are compared with the tokens.
    pub token_check: Duration,
    /// Wrong signatures a second that are answered at once.
    pub bad_signatures: u32,
    /// Longest wait for open requests when the gateway stops.
    pub stop: Duration,
    /// Connections that may be open at a time; as many as the system's descriptors allow when absent.
    pub connections: Option<usize>,
    /// One address may hold all of them, as one of this computer always may: everybody comes through one proxy.
    pub behind_proxy: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request: Duration::from_secs(20),
            slow_client: Duration::from_secs(30),
            slow_desk: Duration::from_secs(10),
            token_check: Duration::from_secs(2),
            bad_signatures: 100,
            stop: Duration::from_secs(5),
            connections: None,
            behind_proxy: false,
        }
    }
}
