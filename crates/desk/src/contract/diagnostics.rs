//! How an office works, and why a call had no card.

pub use link::wire::{
    CardPath, CardSpeed, CardsReport, DeskName, DeskOutcome, Hop, HopPlace, HopState, NoCard, PathEvent, WithoutCard,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::call::CallRef;

/// Wish to see the way of a call to a desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CardPathRequest {
    /// Which call.
    pub call: CallRef,
    /// Whose desk; absent: the own, or for administrators the first that had no card.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk: Option<String>,
}

/// Wish to see how the calls of today came to cards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CardsTodayRequest {
    /// At which office.
    pub office: String,
}
