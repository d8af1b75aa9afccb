//! Dialling: what will be dialled is shown first, then called.

pub use calls::number::{DialKind, DialNumber, DialWarning};
pub use link::wire::CallbackGroup;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{action::ControlView, call::CallRef, card::LastTalk, main_view::Titles};

/// Asks what a text would dial.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PreviewDialRequest {
    /// As typed, or a `tel:` link.
    pub text: String,
}

/// What a text would dial.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DialPreview {
    /// The number: give it as it is to call it.
    pub number: DialNumber,
    /// How people write it.
    pub display: String,
    /// How people write the number of another country that the text may mean.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<String>,
    /// What to know before calling.
    pub warnings: Vec<DialWarning>,
    /// Enter alone does not call: a person says once more that he means it.
    pub asks: bool,
    /// A call is sent to this number only after the person has said once more that he means it: beside those that ask
    /// always, numbers abroad and emergency services.
    pub asks_to_transfer: bool,
    /// Name of the contact or of the last caller with this number.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where the number belongs, as far as its digits tell.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<RegionView>,
    /// The last talk with this number.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_talk: Option<LastTalk>,
    /// Connections that the call can go through, the usual one first; empty when nothing can place calls now.
    pub connections: Vec<DialConnection>,
}

/// Where a number belongs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RegionView {
    /// The country, in two letters of ISO 3166.
    pub country: String,
    /// The town or region of a fixed line of the own country.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area: Option<Titles>,
}

/// Through which connection a call can go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DialConnection {
    /// The office.
    pub office: String,
    /// The connection.
    pub connection: String,
    /// How it is called.
    pub title: Titles,
    /// The phone that rings first, unless something else is asked for.
    pub from: String,
    /// Groups that may be rung in its place.
    pub groups: Vec<CallbackGroup>,
    /// Whether the customer can be rung first, and whether a group can be rung, with the reason where not.
    pub controls: Vec<ControlView>,
}

/// Names a connection that a call can go through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DialConnectionRef {
    /// The office.
    pub office: String,
    /// The connection.
    pub connection: String,
}

/// Asks to call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PlaceCallRequest {
    /// UUID made by the page for this request: a second click is the same request.
    pub command: String,
    /// The number of the preview.
    pub number: DialNumber,
    /// The office of the connection; any when absent.
    #[ts(optional)]
    #[serde(default)]
    pub office: Option<String>,
    /// The connection that the call goes through; the usual one when absent.
    #[ts(optional)]
    #[serde(default)]
    pub connection: Option<String>,
    /// The short number of the group that is rung; one's own phone when absent.
    #[ts(optional)]
    #[serde(default)]
    pub group: Option<String>,
    /// The customer is rung first.
    #[ts(optional, as = "Option<bool>")]
    #[serde(default)]
    pub customer_first: bool,
}

/// The call that was placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PlacedView {
    /// Which call; its card shows what comes of it.
    pub call: CallRef,
}
