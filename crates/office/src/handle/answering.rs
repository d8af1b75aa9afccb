//! Storing a webhook, and answering it by the office's rules where its PBX waits for that.

use calls::{Decision, LogEvent};
use jiff::Timestamp;
use pbx::{Decoded, WebhookRequest};

use super::OfficeHandle;
use crate::{
    connections::Connection,
    hook_outcome::HookOutcome,
    routing::Acted,
    rule_answers::{ANSWER_WITHIN, Begun, Remembered, Routed},
};

impl OfficeHandle {
    /// What the rules say goes out only in time and once the webhook is in the log; later the PBX is left to its own
    /// routing, and the call's trace says so.
    pub(super) async fn store_and_answer(
        &self,
        connection: &Connection,
        received_at: Timestamp,
        request: &WebhookRequest,
        decoded: Decoded,
    ) -> HookOutcome {
        let begun = Begun::of(&connection.id, &decoded.events);
        let mut routed = Routed::to(request, &connection.id, &connection.driver, &self.state.directory());
        self.lapse_late(&mut routed, received_at);
        let remembered = begun.as_ref().and_then(|begun| connection.rule_answers.about(begun, received_at));
        let acted = routed.as_ref().and_then(Routed::acted).or_else(|| remembered.and_then(Remembered::acted));
        let outcome = self.store_decoded(connection, received_at, request, decoded, acted).await;
        self.lapse_late(&mut routed, received_at);
        match (&begun, &routed) {
            (Some(begun), _) if matches!(outcome, HookOutcome::Stored(_)) => {
                connection.rule_answers.forget(begun);
                let lapsed = routed.as_ref().and_then(Routed::lapsed);
                if let Some(lapsed) = lapsed.or_else(|| remembered.and_then(Remembered::lapsed)) {
                    self.tell_too_late(connection, begun, lapsed).await;
                }
            }
            // Asked before the call is told of.
            (None, Some(routed)) if outcome.reply().is_some() => {
                connection.rule_answers.remember(routed, received_at);
            }
            (Some(_) | None, Some(_) | None) => {}
        }
        match routed {
            Some(routed) => routed.answer(outcome),
            None => outcome,
        }
    }

    fn lapse_late(&self, routed: &mut Option<Routed>, received_at: Timestamp) {
        if let Some(routed) = routed
            && self.state.clock.now().duration_since(received_at) > ANSWER_WITHIN
        {
            routed.lapse();
        }
    }

    async fn tell_too_late(&self, connection: &Connection, begun: &Begun, lapsed: Acted) {
        let rule = lapsed.rule;
        tracing::warn!(connection = %connection.id, rule, "a rule's answer was too late; the PBX has gone on by itself");
        let event = LogEvent::Decision(Decision::RuleTooLate { call: begun.call.clone(), rule: rule.to_owned() });
        if self.state.keeper.tell(&connection.id, self.state.clock.now(), vec![event]).await.is_err() {
            tracing::error!(connection = %connection.id, rule, "that a rule's answer was too late could not be logged");
        }
    }
}
