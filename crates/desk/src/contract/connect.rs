//! Connecting a PBX to the office in this program, and what it is connected to.

use std::collections::BTreeMap;

pub use link::wire::{
    CheckField, CheckFinding, CheckOutcome, CheckStep, KeyField, KeyKind, MakeCard, MakeRecordings, MakeView,
    PhoneChoice, Phones,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{main_view::Titles, settings::Token};

/// All makes, in the order in which they are shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Makes {
    /// The makes.
    pub makes: Vec<MakeView>,
}

/// What the office in this program is connected to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OwnConnections {
    /// Its connections, in the order in which they were made.
    pub connections: Vec<OwnConnectionView>,
    /// A connection that somebody has begun to make or to change.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draft: Option<DraftView>,
}

/// A connection of the office in this program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OwnConnectionView {
    /// Which.
    pub id: String,
    /// Its make.
    pub make: String,
    /// The make, as people call it.
    pub title: Titles,
    /// The person's phone there.
    pub phone: String,
    /// A person has paused it.
    pub paused: bool,
    /// Why it could not be started.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<OwnProblem>,
}

/// Why a connection could not be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum OwnProblem {
    /// The keyring has no key for it.
    KeyMissing,
    /// Its settings cannot be used by this version.
    Settings,
}

/// Wish to connect a PBX, or to change a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BeginConnectionRequest {
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
    /// Which draft.
    pub connection: String,
    /// Keys by their names. They are kept by this program and shown to nobody again.
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
    /// Whose key it is.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The vendor's address, where it is not the make's own.
    pub address: String,
    /// The person's phone.
    pub phone: String,
    /// The person's name.
    pub name: String,
    /// The office's lines.
    pub lines: Vec<LineDraft>,
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
    /// Which draft.
    pub connection: String,
    /// Which step.
    pub step: CheckStep,
}

/// Names a connection of the office in this program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OwnConnectionRequest {
    /// Which.
    pub connection: String,
}

/// Wish to pause a connection, or to go on with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PauseConnectionRequest {
    /// Which.
    pub connection: String,
    /// Pause it.
    pub paused: bool,
}
