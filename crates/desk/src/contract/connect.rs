//! Connecting a PBX to the office in this program, and what it is connected to.

use std::collections::BTreeMap;

use calls::Ability;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{main_view::Titles, settings::Token};

/// A make of PBX that can be connected, as its own description says what it can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MakeView {
    /// Its name in configuration.
    pub make: String,
    /// What people call it.
    pub title: Titles,
    /// Which of the vendor's interfaces it is, where there are several.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interface: Option<Titles>,
    /// When a call can be seen by those whom it rings, from this computer.
    pub card: MakeCard,
    /// Whether recordings can be fetched, and how.
    pub recordings: MakeRecordings,
    /// What can be done with calls from here.
    pub control: Vec<Ability>,
    /// Whether the PBX has to reach us at a public address.
    pub needs_address: bool,
    /// What must be switched on at the vendor first.
    pub first: Titles,
    /// For whom the key can act.
    pub key_acts_for: Titles,
    /// Whether that is everybody: then it belongs to an office of several people on a gateway.
    pub key_acts_for_all: bool,
    /// The keys that are needed.
    pub keys: Vec<KeyField>,
    /// Whose token it may be, where that makes a difference; the first is usual for one person.
    pub kinds: Vec<KeyKind>,
    /// The vendor's address; absent where each installation has its own, which is then to be given.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Whether the PBX lists its phones.
    pub lists_phones: bool,
}

/// When a call can be seen by those whom it rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum MakeCard {
    /// As it rings.
    Live,
    /// Up to a minute later, in the list.
    Late,
    /// Only once it is over, in the list: the PBX cannot reach this computer.
    Afterwards,
    /// Not at all from this computer.
    None,
}

/// Whether recordings can be fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum MakeRecordings {
    /// Yes.
    Yes,
    /// Yes, by a link that works once.
    ByLinkOnce,
    /// No.
    No,
}

/// A key that a make needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyField {
    /// Its name in configuration.
    pub name: String,
    /// Where it stands in the vendor's account.
    pub found: Titles,
}

/// Whose key it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyKind {
    /// Names it.
    pub kind: String,
    /// What people call it.
    pub title: Titles,
}

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

/// The steps of a check, in the way that a real call takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CheckStep {
    /// The PBX answers at its address.
    Address,
    /// The PBX accepts the key.
    Key,
    /// The clocks agree.
    Clock,
    /// Calls are told as they ring.
    Live,
    /// Finished calls can be read.
    History,
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

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CheckOutcome {
    /// Calls get past it.
    pub ok: bool,
    /// How long it took.
    #[ts(type = "number")]
    pub took_ms: u32,
    /// What was found.
    pub finding: CheckFinding,
    /// The same in the program's or the PBX's own words.
    pub detail: String,
    /// The field that mends it.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<CheckField>,
}

/// The field that mends a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CheckField {
    /// The keys.
    Keys,
    /// The address.
    Address,
    /// The phone.
    Phone,
}

/// What a step found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CheckFinding {
    /// As it should be.
    Works,
    /// The PBX does not accept the key.
    WrongKey,
    /// The key lacks a right, or the service is switched off at the vendor.
    NotAdmitted,
    /// Nobody answers at the address.
    Unreachable,
    /// No answer in time.
    TimedOut,
    /// Somebody answers whose certificate is not trusted.
    NotTrusted,
    /// Asked too often.
    Busy,
    /// Something else answers there.
    NotThisPbx,
    /// The PBX failed inside.
    PbxFailed,
    /// The PBX has no such phone.
    NoSuchPhone,
    /// This computer's clock is wrong.
    ClockOff,
    /// It works, but takes longer than can be waited for.
    TakesLong,
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

/// The phones that a PBX lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Phones {
    /// In the order of the PBX.
    pub phones: Vec<PhoneChoice>,
}

/// A phone to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PhoneChoice {
    /// Its number.
    pub phone: String,
    /// Whose it is, where the PBX says so.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}
