//! HTTP and WebSocket clients: trust anchors, host allow-list, no private addresses, caps, time-outs.
//!
//! One [`Client`] serves one connection: it may reach that connection's hosts and no others, trusts the operating
//! system's certificates and the connection's own anchors, never follows a redirect, bounds every body and every
//! wait, and sends bodies byte for byte as given. Its errors never hold a URL's path or query.

mod address;
mod alone;
mod authority;
mod certificate;
mod client;
mod connecting;
mod error;
mod filtered;
mod fingerprint;
mod guard;
mod proxy;
mod reach;
mod sniff;
mod tls;
mod websocket;

pub use certificate::{CertificateFacts, certificate_facts};
pub use client::{Client, Download, Request, Response, Settings};
pub use error::{Error, Refusal};
pub use fingerprint::{Fingerprint, fetch_certificate};
pub use guard::{Hosts, look_up};
pub use reach::{CertificateFault, NotReached, Reached};
pub use sniff::{Content, SNIFF_BYTES, sniff};
pub use tls::{read_anchors, read_certificates, without_mark};
pub use websocket::{Frame, Socket, SocketRequest};
