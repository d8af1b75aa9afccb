//! What an admin sees and changes of a gateway.

use std::{collections::BTreeMap, ops::RangeInclusive};

use calls::ConnectionId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{CheckStep, Introduction, MakeView, join::SecretText};
use crate::problem::WrongField;

/// How the office is configured. What is `fixed` stands in the gateway's file and is changed there alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OfficeSetup {
    /// Changes with every change; sent back with one, so that nobody undoes what somebody else did meanwhile.
    pub revision: u64,
    /// Where vendors and desks reach the gateway, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// The makes of PBX that can be connected.
    pub makes: Vec<MakeView>,
    /// The connections.
    pub connections: Vec<ConnectionSetup>,
    /// The lines.
    pub lines: Vec<LineSetup>,
    /// The groups.
    pub groups: Vec<GroupSetup>,
    /// Names of extensions.
    pub people: Vec<PersonName>,
    /// Names of known numbers, and where their calls go.
    pub contacts: Vec<ContactSetup>,
}

/// A connection, without its secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionSetup {
    /// Which.
    pub id: ConnectionId,
    /// Its make.
    pub pbx: String,
    /// It stands in the gateway's file.
    pub fixed: bool,
    /// An admin has paused it.
    pub paused: bool,
    /// The zone of its times, where it is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Its address, where it is not the make's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// Undocumented parts of the wire.
    #[serde(default)]
    pub overrides: BTreeMap<String, String>,
    /// Names of the secrets that are set.
    pub secrets: Vec<String>,
    /// The admin who was the last to change it from a screen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_by: Option<String>,
    /// How far the gateway came with asking its PBX for a key, where an admin had it ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub introduction: Option<Introduction>,
    /// The address that the vendor is given, where it posts and the gateway knows its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hook_url: Option<String>,
    /// The steps of its check; none where its settings say none, and from a gateway that does not tell them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<CheckStep>,
    /// Why it is not at work though it should be, in English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// The setting that is the reason, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wrong: Option<WrongField>,
}

/// What a connection is to be from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PutConnection {
    /// Its make.
    pub pbx: String,
    /// The zone of its times; chosen by its first events when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Its address, where it is not the make's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// Undocumented parts of the wire.
    #[serde(default)]
    pub overrides: BTreeMap<String, String>,
    /// Secrets by their names. One that is left out stays as it was.
    #[serde(default)]
    pub secrets: BTreeMap<String, SecretText>,
    /// Pause it.
    #[serde(default)]
    pub paused: bool,
    /// The revision that was seen: nothing is changed where somebody else has changed something since. Without it nobody
    /// asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
    /// An extension there that is to be the asking admin's too, beside those that he has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

/// Has the PBX of a connection, which is paused until it is put, give its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IntroduceConnection {
    /// What the program is called at the vendor.
    pub name: String,
    /// Its make.
    pub pbx: String,
    /// Its address, where it is not the make's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// Undocumented parts of the wire.
    #[serde(default)]
    pub overrides: BTreeMap<String, String>,
    /// Ask once more though nobody knows what came of it before.
    #[serde(default)]
    pub again: bool,
}

/// Takes a step of the check of a connection, or of what it is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CheckConnection {
    /// Which connection: its secrets stand in for those that are left out.
    pub id: ConnectionId,
    /// Which step.
    pub step: CheckStep,
    /// An extension whose phone is looked for.
    #[serde(default)]
    pub phone: String,
    /// Its make.
    pub pbx: String,
    /// The zone of its times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Its address, where it is not the make's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// Undocumented parts of the wire.
    #[serde(default)]
    pub overrides: BTreeMap<String, String>,
    /// Secrets by their names.
    #[serde(default)]
    pub secrets: BTreeMap<String, SecretText>,
}

/// Asks for the phones of the PBX of a connection, or of what it is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListPhones {
    /// Which connection: its secrets stand in for those that are left out.
    pub id: ConnectionId,
    /// Its make.
    pub pbx: String,
    /// The zone of its times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Its address, where it is not the make's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// Undocumented parts of the wire.
    #[serde(default)]
    pub overrides: BTreeMap<String, String>,
    /// Secrets by their names.
    #[serde(default)]
    pub secrets: BTreeMap<String, SecretText>,
}

/// For how many hours a connection may be in trial mode.
pub const TRIAL_HOURS: RangeInclusive<u32> = 1..=24;

/// Puts a connection into trial mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BeginTrial {
    /// For so many hours, counted from now ([`TRIAL_HOURS`]).
    pub hours: u32,
}

/// The trial mode that a connection is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TrialMode {
    /// It ends by itself then.
    #[ts(type = "string")]
    pub until: Timestamp,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LineSetup {
    /// Where it is.
    #[ts(type = "string")]
    pub connection: ConnectionId,
    /// Its number, or the queue's name.
    pub number: String,
    /// What people call it.
    #[serde(default)]
    pub title: String,
    /// Groups that it belongs to.
    #[serde(default)]
    pub groups: Vec<String>,
    /// It stands in the gateway's file.
    #[serde(default)]
    pub fixed: bool,
}

/// A group of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GroupSetup {
    /// Which.
    pub id: String,
    /// Its lines ring at its members while no agent is named.
    #[serde(default)]
    pub rings: bool,
    /// It stands in the gateway's file.
    #[serde(default)]
    pub fixed: bool,
}

/// The name of an extension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PersonName {
    /// Where.
    #[ts(type = "string")]
    pub connection: ConnectionId,
    /// Which.
    pub extension: String,
    /// Whose it is.
    pub name: String,
    /// It stands in the gateway's file.
    #[serde(default)]
    pub fixed: bool,
}

/// A known number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContactSetup {
    /// Which.
    pub number: String,
    /// Whose it is.
    pub name: String,
    /// The extension that looks after it, by connection.
    #[serde(default)]
    #[ts(type = "{ [connection in string]: string }")]
    pub responsible: BTreeMap<ConnectionId, String>,
    /// The scenario or menu of the PBX that its calls go through, by connection.
    #[serde(default)]
    #[ts(type = "{ [connection in string]: string }")]
    pub scenario: BTreeMap<ConnectionId, String>,
    /// What its calls are told where they are not wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub blocked: Option<Blocking>,
    /// It stands in the gateway's file.
    #[serde(default)]
    pub fixed: bool,
}

/// How a caller is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Blocking {
    /// He hears a busy line.
    Busy,
    /// His call is ended.
    Hangup,
}

/// All lines that are not fixed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PutLines {
    /// The one that was seen.
    pub revision: u64,
    /// The lines.
    pub lines: Vec<LineSetup>,
}

/// All groups that are not fixed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PutGroups {
    /// The one that was seen.
    pub revision: u64,
    /// The groups.
    pub groups: Vec<GroupSetup>,
}

/// All names of extensions that are not fixed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PutPeopleNames {
    /// The one that was seen.
    pub revision: u64,
    /// The names.
    pub people: Vec<PersonName>,
}

/// All contacts that are not fixed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PutContacts {
    /// The one that was seen.
    pub revision: u64,
    /// The contacts.
    pub contacts: Vec<ContactSetup>,
}

/// One of the lists, to be put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PutList {
    /// Lines.
    Lines(PutLines),
    /// Groups.
    Groups(PutGroups),
    /// Names of extensions.
    People(PutPeopleNames),
    /// Contacts.
    Contacts(PutContacts),
}

/// The revision after a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Revision {
    /// Which.
    pub revision: u64,
}

/// Where webhooks come in, below a gateway's public address; the connection's id follows.
pub const HOOK_PATH: &str = "/hook/";

/// The address that a vendor posts a connection's events to, at a gateway of this public address.
pub fn hook_url(public: &str, connection: &ConnectionId) -> String {
    format!("{}{HOOK_PATH}{connection}", public.trim_end_matches('/'))
}
