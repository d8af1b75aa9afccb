//! Dialling: what will be dialled is shown first, then called.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::call::CallRef;

/// Wish to see what a text would dial.
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
    /// What is sent to the PBX.
    pub to: String,
    /// How people write it.
    pub display: String,
    /// To be dialled by hand once the other side has answered.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
    /// To be keyed in once the other side has answered, as it was written behind the number's first pause.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post_dial: Option<String>,
    /// How people write the number of another country that the text may mean.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<String>,
    /// What kind of number it is.
    pub kind: DialKind,
    /// What to know before calling.
    pub warnings: Vec<DialWarning>,
    /// Enter alone does not call: a person says once more that he means it.
    pub asks: bool,
    /// Name of the contact or of the last caller with this number.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Ways to call, the usual one first; empty when nothing can place calls now.
    pub ways: Vec<DialWay>,
}

/// Kinds of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum DialKind {
    /// 112, 101–104.
    Emergency,
    /// Short service number.
    Service,
    /// A colleague.
    Extension,
    /// A telephone number.
    Phone,
    /// Something else, sent as typed.
    Other,
}

/// What to know before calling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum DialWarning {
    /// Too short for its country.
    TooShort,
    /// Too long for its country.
    TooLong,
    /// Costs extra.
    Premium,
    /// Abroad.
    International,
    /// No country has such a number.
    Unrecognised,
    /// The office has an extension with the digits of this emergency number.
    AlsoExtension,
    /// A SIP name: most PBXs dial digits only.
    SipName,
    /// The text may mean another number: the one in `other`, or digits that were left out.
    TwoReadings,
}

/// Through which connection a call can go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DialWay {
    /// The office.
    pub office: String,
    /// The connection.
    pub connection: String,
    /// How it is called.
    pub title: String,
    /// The phone that rings first.
    pub from: String,
}

/// Names a way to call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WayRef {
    /// The office.
    pub office: String,
    /// The connection.
    pub connection: String,
}

/// Wish to call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PlaceCallRequest {
    /// UUID made by the page for this wish: a second click is the same wish.
    pub command: String,
    /// `to` of the preview. It is sent as it is: nothing reads it again.
    pub to: String,
    /// `kind` of the preview.
    pub kind: DialKind,
    /// The office of the way; any when absent.
    #[ts(optional)]
    #[serde(default)]
    pub office: Option<String>,
    /// The connection of the way; the usual one when absent.
    #[ts(optional)]
    #[serde(default)]
    pub connection: Option<String>,
}

/// The call that was placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PlacedView {
    /// Which call; its card shows what comes of it.
    pub call: CallRef,
}
