//! Connecting a PBX to an office: the one in this program, or one behind a gateway that the person administers.

use std::collections::BTreeMap;

pub use link::wire::{
    CheckField, CheckFinding, CheckOutcome, CheckStep, Introduction, KeyField, KeyKind, MakeCard, MakeRecordings,
    MakeView, PhoneChoice, Phones,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ContractError, main_view::Titles, settings::Token};

/// All makes, in the order in which they are shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Makes {
    /// The makes.
    pub makes: Vec<MakeView>,
}

/// What an office is connected to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OfficeConnections {
    /// Its connections, in the order in which they were made.
    pub connections: Vec<PbxConnection>,
    /// A connection that somebody has begun to make or to change.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draft: Option<DraftView>,
}

/// A connection of an office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PbxConnection {
    /// Which.
    pub id: String,
    /// Its make.
    pub make: String,
    /// The make, as people call it.
    pub title: Titles,
    /// The person's phone there; empty where the office knows it otherwise.
    pub phone: String,
    /// A person has paused it.
    pub paused: bool,
    /// It stands in the gateway's file, and is changed there alone.
    pub fixed: bool,
    /// The address that the PBX is to post to, where it posts and the gateway knows its own.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hook_url: Option<String>,
    /// Why it is not at work at the gateway though it should be: what of its settings is wrong.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wrong: Option<ContractError>,
    /// Why it could not be started.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<ConnectionProblem>,
}

/// Why a connection could not be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ConnectionProblem {
    /// The keyring has no key for it.
    KeyMissing,
    /// Its settings cannot be used by this version.
    Settings,
    /// Its PBX was asked for a key, and nobody has gone on connecting it since.
    Unfinished,
}

/// Wish to connect a PBX, or to change a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BeginConnectionRequest {
    /// To which office.
    pub office: String,
    /// The make of a new connection.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub make: Option<String>,
    /// The connection that is to be changed.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<String>,
}

/// A line of the office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LineDraft {
    /// Its number.
    pub number: String,
    /// What people call it.
    pub title: String,
}

/// What a person has entered so far. What is absent stays as it was.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FillConnectionRequest {
    /// Of which office.
    pub office: String,
    /// Which draft.
    pub connection: String,
    /// Keys by their names. They are kept by the office and shown to nobody again.
    #[ts(optional, type = "{ [name in string]: string }")]
    #[serde(default)]
    pub keys: Option<BTreeMap<String, Token>>,
    /// Whose key it is, of [`MakeView::kinds`].
    #[ts(optional)]
    #[serde(default)]
    pub kind: Option<String>,
    /// The vendor's address; empty is the make's own.
    #[ts(optional)]
    #[serde(default)]
    pub address: Option<String>,
    /// The IANA zone that the PBX writes its times in; empty is to be found from its calls.
    #[ts(optional)]
    #[serde(default)]
    pub zone: Option<String>,
    /// The person's phone.
    #[ts(optional)]
    #[serde(default)]
    pub phone: Option<String>,
    /// The person's name.
    #[ts(optional)]
    #[serde(default)]
    pub name: Option<String>,
    /// The office's lines; none is all of them.
    #[ts(optional)]
    #[serde(default)]
    pub lines: Option<Vec<LineDraft>>,
}

link::must_not_implement!(FillConnectionRequest: std::fmt::Debug, Serialize);

/// A connection that somebody has begun to make or to change, without its keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DraftView {
    /// The id that the connection has, or gets.
    pub connection: String,
    /// Its make.
    pub make: String,
    /// It is not connected yet.
    pub is_new: bool,
    /// Names of the keys that are known; the others are to be entered.
    pub keys: Vec<String>,
    /// How far asking its PBX for a key came, where it was asked.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub introduction: Option<Introduction>,
    /// Whose key it is.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The vendor's address, where it is not the make's own.
    pub address: String,
    /// The IANA zone that the PBX writes its times in; empty is to be found from its calls.
    pub zone: String,
    /// The person's phone.
    pub phone: String,
    /// Without a phone it cannot be connected.
    pub needs_phone: bool,
    /// The person's name.
    pub name: String,
    /// The office's lines.
    pub lines: Vec<LineDraft>,
    /// The address that the PBX is to post to, where it posts and the gateway knows its own.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hook_url: Option<String>,
    /// The steps of its check.
    pub steps: Vec<CheckStepView>,
}

/// A step of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CheckStepView {
    /// Which.
    pub step: CheckStep,
    /// What it takes at most.
    #[ts(type = "number")]
    pub allowed_ms: u32,
}

/// Wish to take a step of the check of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CheckConnectionRequest {
    /// Of which office.
    pub office: String,
    /// Which draft.
    pub connection: String,
    /// Which step.
    pub step: CheckStep,
}

/// Wish to have the PBX of a draft give its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IntroduceConnectionRequest {
    /// Of which office.
    pub office: String,
    /// Which draft.
    pub connection: String,
    /// What the program is to be called at the vendor.
    pub name: String,
    /// Ask once more though nobody knows what came of it before: the person has looked in the vendor's account.
    #[serde(default)]
    pub again: bool,
}

/// Names a connection of an office, or a draft of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NamedConnection {
    /// Of which office.
    pub office: String,
    /// Which.
    pub connection: String,
}

/// Wish to pause a connection, or to go on with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PauseConnectionRequest {
    /// Of which office.
    pub office: String,
    /// Which.
    pub connection: String,
    /// Pause it.
    pub paused: bool,
}
