//! Webhooks on their way out, whichever make they come from: the external system's address, and who sends them there.

mod client;
mod sender;

use std::fmt::Debug;

use bytes::Bytes;

pub use client::HookError;
pub(crate) use client::HookUrl;
pub use sender::Deliveries;
pub(crate) use sender::Sender;

use crate::script::Sign;

/// A webhook before it is signed.
#[derive(Debug, Clone)]
pub(crate) struct Webhook {
    /// What keeps its order: the call, usually.
    pub(crate) key: String,
    /// What follows the external system's address; empty where the make adds nothing.
    pub(crate) path: String,
    /// What it says, in the make's own form.
    pub(crate) body: String,
    /// How it is signed.
    pub(crate) sign: Sign,
}

/// A webhook as it goes over the wire.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    /// What follows the external system's address.
    pub(crate) path: String,
    pub(crate) content_type: &'static str,
    /// Header names and values besides those that every request has.
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
}

/// How a make writes its webhooks.
pub(crate) trait Wire: Debug + Send + Sync + 'static {
    /// The message of a webhook, signed in this way.
    fn message(&self, webhook: &Webhook, sign: Sign) -> Message;
    /// The same webhook, of a kind that nobody has heard of.
    fn of_unknown_kind(&self, webhook: &Webhook) -> Webhook;
}
