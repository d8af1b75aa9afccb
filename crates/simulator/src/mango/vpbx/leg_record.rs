//! The legs of a call, as they are remembered for the extended statistics.

use jiff::{SignedDuration, Timestamp};

use super::entry::{Entry, Side};

/// One leg, as far as it was told.
#[derive(Debug, Clone)]
pub(super) struct LegRecord {
    pub(super) call_id: String,
    /// Whom it leads to.
    pub(super) called: Side,
    pub(super) began: Timestamp,
    pub(super) answered: Option<Timestamp>,
    pub(super) ended: Option<Timestamp>,
    pub(super) reason: Option<u64>,
    pub(super) held: SignedDuration,
    held_since: Option<Timestamp>,
    /// What it came from, as the vendor names it.
    pub(super) flag: Option<&'static str>,
}

impl Entry {
    /// A leg was told to stand so. `more` are the other fields of the event.
    pub(super) fn hear(&mut self, at: Timestamp, event: &serde_json::Map<String, serde_json::Value>) {
        let text = |name: &str| event.get(name).and_then(serde_json::Value::as_str);
        let Some(call_id) = text("call_id") else { return };
        let place = self.legs.iter().position(|leg| leg.call_id == call_id).unwrap_or_else(|| {
            self.legs.push(LegRecord {
                call_id: call_id.to_owned(),
                called: Side::of(event.get("to")),
                began: at,
                answered: None,
                ended: None,
                reason: None,
                held: SignedDuration::ZERO,
                held_since: None,
                flag: match text("transfer") {
                    Some("blind") => Some("BlindTransfer"),
                    Some("consultative") => Some("ConsultTransfer"),
                    _ => None,
                },
            });
            self.legs.len() - 1
        });
        let leg = &mut self.legs[place];
        if let Some(since) = leg.held_since.take() {
            leg.held += at.duration_since(since);
        }
        match text("call_state") {
            Some("Connected") => drop(leg.answered.get_or_insert(at)),
            Some("OnHold") => leg.held_since = Some(at),
            Some("Disconnected") => {
                leg.ended = Some(at);
                leg.reason = event.get("disconnect_reason").and_then(serde_json::Value::as_u64);
            }
            _ => {}
        }
    }

    /// This leg took the call from the one at which it rang.
    pub(super) fn intercepted(&mut self, call_id: &str) {
        if let Some(leg) = self.legs.iter_mut().find(|leg| leg.call_id == call_id) {
            leg.flag = Some("Intercepted");
        }
    }
}
