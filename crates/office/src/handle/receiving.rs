//! A webhook comes in: it is verified and read, and what it tells is stored before it is answered.

use std::sync::{Arc, atomic::Ordering};

use calls::{ConnectionId, Decision, Effect, LogEvent, Source};
use jiff::Timestamp;
use pbx::{Decoded, JournalOutcome, Received, VerifyError, WebhookRequest};

use super::{Carrier, OfficeHandle};
use crate::{
    connections::Connection,
    hook_outcome::{HookOutcome, ReceivedHook},
    routing::Acted,
};

impl OfficeHandle {
    /// Verifies, stores and folds a webhook; answers once it is durable.
    pub async fn receive(&self, connection: &ConnectionId, request: WebhookRequest) -> ReceivedHook {
        self.receive_over(Carrier::Tls, connection, request).await
    }

    /// The same for one that came so. What comes while its connection is in trial mode is marked for good.
    pub async fn receive_over(
        &self,
        carrier: Carrier,
        connection: &ConnectionId,
        request: WebhookRequest,
    ) -> ReceivedHook {
        let Some(connection) = self.state.connections.get(connection) else {
            return ReceivedHook { outcome: HookOutcome::UnknownConnection, row: None };
        };
        let received_at = self.state.clock.now();
        let is_in_trial = self.state.board.trials.until(&connection.id, received_at).is_some();
        if carrier == Carrier::PlainInTrial && !is_in_trial {
            return ReceivedHook { outcome: HookOutcome::NotInTrial, row: None };
        }
        let Received { mut decoded, test, mut entry } = connection.decode(&request, received_at);
        entry.plain = carrier.is_plain();
        let is_unsigned = |decoded: &Decoded| decoded.events.iter().any(|event| event.source == Source::Unsigned);
        if carrier == Carrier::PlainInTrial && decoded.as_ref().is_ok_and(is_unsigned) {
            // Whoever is on the way could change it.
            let refusal = VerifyError::Missing("Signature");
            entry.outcome = JournalOutcome::Refused(refusal.clone());
            decoded = Err(refusal);
        }
        if let (true, Ok(decoded)) = (is_in_trial, &mut decoded) {
            decoded.events.iter_mut().for_each(|event| event.trial = true);
        }
        if let (Some(test), Ok(Decoded { reply, .. })) = (test, &decoded) {
            return self.take_test(&connection, entry, test, reply.clone()).await;
        }
        let row = self.work.journal.webhook(entry, Arc::clone(&connection.driver));
        let outcome = self.take_webhook(&connection, request, received_at, decoded).await;
        ReceivedHook { outcome, row: Some(row) }
    }

    async fn take_webhook(
        &self,
        connection: &Connection,
        request: WebhookRequest,
        received_at: Timestamp,
        decoded: Result<Decoded, VerifyError>,
    ) -> HookOutcome {
        let decoded = match decoded {
            Ok(decoded) => decoded,
            Err(refusal) => {
                // Anybody can bring this about as often as he likes; who receives over HTTP bounds what he writes of it.
                tracing::debug!(connection = %connection.id, %refusal, "a webhook was refused");
                if self.state.board.refused(&connection.id, &refusal, received_at) {
                    self.state.keeper.status_changed(&connection.id).await;
                }
                return HookOutcome::Refused(refusal);
            }
        };
        let outcome = self.store_and_answer(connection, received_at, &request, decoded).await;
        let news = match outcome {
            HookOutcome::NotStored => self.state.board.not_stored(&connection.id),
            // Nothing authenticates a PBX's test of our address, and our own says nothing of the PBX.
            HookOutcome::Reply(_) | HookOutcome::Tested(_) => false,
            HookOutcome::Stored(_)
            | HookOutcome::Known(_)
            | HookOutcome::UnknownConnection
            | HookOutcome::NotInTrial
            | HookOutcome::Refused(_) => self.state.board.heard(&connection.id, received_at),
        };
        if news {
            self.state.keeper.status_changed(&connection.id).await;
        }
        outcome
    }

    pub(super) async fn store_decoded(
        &self,
        connection: &Connection,
        received_at: Timestamp,
        request: &WebhookRequest,
        decoded: Decoded,
        acted: Option<Acted>,
    ) -> HookOutcome {
        let is_in_trial = decoded.events.iter().any(|event| event.trial);
        let (decoded, choice) = connection.settle_zone(request, received_at, decoded);
        let Decoded { mut events, reply } = decoded;
        // It may have been read again.
        events.iter_mut().for_each(|event| event.trial = is_in_trial);
        connection.people.name(&mut events);
        if let Some(acted) = acted {
            acted.mark(&mut events);
        }
        if events.is_empty() {
            return HookOutcome::Reply(reply);
        }
        if self.state.board.compare_times(&connection.id, received_at, &events) {
            self.state.keeper.status_changed(&connection.id).await;
        }
        let unknown = |effect: &Effect| matches!(effect, Effect::Unknown { .. });
        let not_understood: Vec<bool> = events.iter().map(|event| event.effects.iter().any(unknown)).collect();
        let decided = usize::from(choice.is_some());
        if let Some(Decision::ZoneChosen { zone, .. }) = &choice {
            self.keep_zone(&connection.id, zone).await;
        }
        let events =
            choice.map(LogEvent::Decision).into_iter().chain(events.into_iter().map(LogEvent::Vendor)).collect();
        let Ok(appended) = self.state.keeper.tell(&connection.id, received_at, events).await else {
            return HookOutcome::NotStored;
        };
        let of_events = || appended[decided..].iter().map(|appended| appended.new_seq().is_some());
        let not_understood = of_events().zip(not_understood).filter(|(new, unknown)| *new && *unknown).count();
        self.work.not_understood.fetch_add(not_understood as u64, Ordering::Relaxed);
        if of_events().any(|new| new) { HookOutcome::Stored(reply) } else { HookOutcome::Known(reply) }
    }
}
