//! Our own test of the address that PBXs post to, as it comes in.

use std::sync::Arc;

use pbx::{JournalEntry, ReceivedTest, WebhookReply};
use tokio::sync::oneshot;

use super::OfficeHandle;
use crate::{
    connections::Connection,
    hook_outcome::{HookOutcome, ReceivedHook},
};

impl OfficeHandle {
    /// A test of our address came: it is noted like every message, and tells of no call. One that nobody awaits any more says
    /// nothing of the PBX either, and no rule speaks of its caller.
    pub(super) async fn take_test(
        &self,
        connection: &Connection,
        entry: JournalEntry,
        test: ReceivedTest,
        reply: WebhookReply,
    ) -> ReceivedHook {
        let (kept, written) = oneshot::channel();
        let said = move |is_kept| {
            // Nobody waits any more where the sender has hung up.
            let _ = kept.send(is_kept);
        };
        let row = self.work.journal.test(entry, Arc::clone(&connection.driver), said);
        let is_kept = written.await.unwrap_or(false);
        if let ReceivedTest::Awaited(call) = test {
            connection.driver.test_kept(&call, is_kept);
        }
        let outcome = if is_kept { HookOutcome::Tested(reply) } else { HookOutcome::NotStored };
        ReceivedHook { outcome, row: Some(row) }
    }
}
