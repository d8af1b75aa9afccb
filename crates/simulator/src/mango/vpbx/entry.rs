//! What the PBX remembers of a call.

use jiff::Timestamp;

use super::leg_record::LegRecord;
use crate::play::CallKind;

/// A call, during and after it.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) kind: CallKind,
    /// The customer's number, bare; empty where it is hidden, or in an internal call.
    pub(super) customer: String,
    pub(super) line: String,
    /// The extension that placed the call; empty for an incoming one.
    pub(super) caller: String,
    /// Who rang first.
    pub(super) rang: String,
    /// Who talked, the last of them; empty where nobody did.
    pub(super) answered_by: String,
    pub(super) created: Timestamp,
    pub(super) answered: Option<Timestamp>,
    pub(super) ended: Option<Timestamp>,
    pub(super) reason: u16,
    pub(super) recording_id: Option<String>,
    /// The leg that was recorded.
    pub(super) recorded_leg: Option<String>,
    pub(super) legs: Vec<LegRecord>,
}

/// One side of a call: an extension, a number, or neither.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Side {
    pub(super) extension: String,
    pub(super) number: String,
}

impl Side {
    /// A side of an event.
    pub(super) fn of(told: Option<&serde_json::Value>) -> Self {
        let text = |name: &str| told.and_then(|told| told[name].as_str()).unwrap_or_default().to_owned();
        Self { extension: text("extension"), number: text("number") }
    }
}

impl Entry {
    /// 0 internal, 1 incoming, 2 outgoing.
    pub(super) fn direction(&self) -> u8 {
        match self.kind {
            CallKind::Internal => 0,
            CallKind::Incoming => 1,
            CallKind::Outgoing | CallKind::Callback => 2,
        }
    }

    pub(super) fn from(&self) -> Side {
        match self.kind {
            CallKind::Incoming => Side { number: self.customer.clone(), ..Side::default() },
            CallKind::Outgoing | CallKind::Callback | CallKind::Internal => {
                Side { extension: self.caller.clone(), ..Side::default() }
            }
        }
    }

    /// Who answered; of a missed call the first who rang.
    pub(super) fn to(&self) -> Side {
        match self.kind {
            CallKind::Outgoing | CallKind::Callback => Side { number: self.customer.clone(), ..Side::default() },
            CallKind::Incoming | CallKind::Internal => {
                let who = if self.answered_by.is_empty() { &self.rang } else { &self.answered_by };
                Side { extension: who.clone(), ..Side::default() }
            }
        }
    }
}
