//! What became of a webhook.

use pbx::{VerifyError, WebhookReply};

use crate::journal::WebhookRow;

/// What became of a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HookOutcome {
    /// Stored; answer so.
    Stored(WebhookReply),
    /// Was stored before; answer so.
    Known(WebhookReply),
    /// Nothing to store (an address check); answer so.
    Reply(WebhookReply),
    /// A test of our address came, and was noted; answer so.
    Tested(WebhookReply),
    /// There is no such connection.
    UnknownConnection,
    /// It came over plain HTTP, and its connection is not in trial mode: nothing of it is kept.
    NotInTrial,
    /// Not authentic.
    Refused(VerifyError),
    /// Could not be stored: the PBX has to send it again.
    NotStored,
}

impl HookOutcome {
    /// What it is to be answered, where it was taken.
    pub fn reply(&self) -> Option<&WebhookReply> {
        match self {
            Self::Stored(reply) | Self::Known(reply) | Self::Reply(reply) | Self::Tested(reply) => Some(reply),
            Self::UnknownConnection | Self::NotInTrial | Self::Refused(_) | Self::NotStored => None,
        }
    }
}

/// What became of a webhook, and its row in the request journal.
pub struct ReceivedHook {
    /// What became of it.
    pub outcome: HookOutcome,
    /// To be told what was answered; none where there is no such connection.
    pub row: Option<WebhookRow>,
}
