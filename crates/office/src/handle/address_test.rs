//! Our own test of the address that PBXs post to, as it comes in.

use std::sync::Arc;

use pbx::{JournalEntry, WebhookReply};
use tokio::sync::oneshot;

use super::OfficeHandle;
use crate::{
    connections::Connection,
    hook_outcome::{HookOutcome, ReceivedHook},
};

impl OfficeHandle {
    /// The awaited test of our address came: it is noted like every message, and tells of no call.
    pub(super) async fn take_test(
        &self,
        connection: &Connection,
        entry: JournalEntry,
        reply: WebhookReply,
    ) -> ReceivedHook {
        let (kept, written) = oneshot::channel();
        let said = move |is_kept| {
            // Nobody waits any more where the sender has hung up.
            let _ = kept.send(is_kept);
        };
        let row = self.work.journal.test(entry, Arc::clone(&connection.driver), said);
        let is_kept = written.await.unwrap_or(false);
        connection.driver.test_kept(is_kept);
        let outcome = if is_kept { HookOutcome::Tested(reply) } else { HookOutcome::NotStored };
        ReceivedHook { outcome, row: Some(row) }
    }
}
