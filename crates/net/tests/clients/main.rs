//! The clients against servers on loopback that behave as servers do on bad days.
#![expect(clippy::unwrap_used, reason = "tests")]

mod http_and_socket;
mod tls_anchor;
