//! What a wizard needs to connect a PBX, at a desk's own office and at a gateway alike.

use calls::Ability;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Titles;

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
    /// When a call can be seen by those whom it rings, from where the office runs.
    pub card: MakeCard,
    /// Whether recordings can be fetched, and how.
    pub recordings: MakeRecordings,
    /// What can be done with calls.
    pub control: Vec<Ability>,
    /// Whether the PBX has to reach us at a public address.
    pub needs_address: bool,
    /// What must be switched on at the vendor first.
    pub first: Titles,
    /// Where the address that the PBX posts to is entered at the vendor, where it posts.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hook: Option<Titles>,
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
    /// IANA zones that its times may be in; none where there is nothing to choose.
    #[serde(default)]
    pub zones: Vec<String>,
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
    /// Only once it is over, in the list: the PBX cannot reach the office.
    Afterwards,
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
    /// What the vendor's account calls it; absent from a gateway that does not say so yet.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Titles>,
    /// Where it stands in the vendor's account.
    pub found: Titles,
    /// What the PBX makes when the program asks it for this key, as the object of a sentence; absent where it gives none.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<Titles>,
}

/// How far asking a PBX for a key has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Introduction {
    /// It was asked, and nobody knows whether it has made one.
    Asked,
    /// It gave the key.
    Given,
}

/// Whose key it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyKind {
    /// Names it.
    pub kind: String,
    /// What people call it.
    pub title: Titles,
    /// It acts for everybody in the account.
    #[serde(default)]
    pub acts_for_all: bool,
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
    /// The clock of the office's computer is wrong.
    ClockOff,
    /// The PBX tells no time to compare the clock with.
    NoTimeTold,
    /// It works, but takes longer than can be waited for.
    TakesLong,
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
