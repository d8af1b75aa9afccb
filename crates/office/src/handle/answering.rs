//! Storing a webhook, and answering it by the office's rules where its PBX waits for that.

use calls::{CallId, Decision, LogEvent};
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
    /// routing, and the call's trace says so. A PBX that asks apart from telling of the call may do so before or after that.
    pub(super) async fn store_and_answer(
        &self,
        connection: &Connection,
        received_at: Timestamp,
        request: &WebhookRequest,
        decoded: Decoded,
    ) -> HookOutcome {
        let begun = Begun::of(&connection.id, &decoded.events);
        if begun.is_none() {
            for call in decoded.events.iter().filter_map(|event| event.call.as_deref()) {
                connection.rule_answers.routed_by_now(&CallId::of_vendor(&connection.id, call));
            }
        }
        let mut routed = Routed::to(request, &connection.id, &connection.driver, &self.state.directory());
        self.lapse_late(&mut routed, received_at);
        let remembered = begun.as_ref().and_then(|begun| connection.rule_answers.about(begun, received_at));
        let acted = routed.as_ref().and_then(Routed::acted).or_else(|| remembered.and_then(Remembered::acted));
        let outcome = self.store_decoded(connection, received_at, request, decoded, acted).await;
        self.lapse_late(&mut routed, received_at);
        match (&begun, &routed) {
            (Some(begun), _) if matches!(outcome, HookOutcome::Stored(_)) => {
                let is_answered = routed.is_some() || remembered.is_some();
                if let Some(meanwhile) = connection.rule_answers.begun(begun, is_answered, received_at) {
                    self.tell_rule(connection, &begun.call, meanwhile).await;
                }
                let lapsed = routed.as_ref().and_then(Routed::lapsed);
                if let Some(lapsed) = lapsed.or_else(|| remembered.and_then(Remembered::lapsed)) {
                    self.tell_too_late(connection, &begun.call, lapsed).await;
                }
            }
            // Asked apart from telling of the call.
            (None, Some(routed)) if outcome.reply().is_some() => {
                if let Some((call, remembered)) = connection.rule_answers.answered(routed, received_at) {
                    self.tell_rule(connection, &call, remembered).await;
                }
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

    /// Tells of the rule that spoke of a call which is in the log already.
    async fn tell_rule(&self, connection: &Connection, call: &CallId, remembered: Remembered) {
        if let Some(acted) = remembered.acted() {
            let decision = Decision::RuleActed { call: call.clone(), rule: acted.rule.to_owned() };
            self.log_rule(connection, acted, decision).await;
        }
        if let Some(lapsed) = remembered.lapsed() {
            self.tell_too_late(connection, call, lapsed).await;
        }
    }

    async fn tell_too_late(&self, connection: &Connection, call: &CallId, lapsed: Acted) {
        let rule = lapsed.rule;
        tracing::warn!(connection = %connection.id, rule, "a rule's answer was too late; the PBX has gone on by itself");
        let decision = Decision::RuleTooLate { call: call.clone(), rule: rule.to_owned() };
        self.log_rule(connection, lapsed, decision).await;
    }

    async fn log_rule(&self, connection: &Connection, acted: Acted, decision: Decision) {
        let told = vec![LogEvent::Decision(decision)];
        if self.state.keeper.tell(&connection.id, self.state.clock.now(), told).await.is_err() {
            tracing::error!(connection = %connection.id, rule = acted.rule, "what came of a rule could not be logged");
        }
    }
}
