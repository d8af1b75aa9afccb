//! Lines, groups, names and contacts of an office behind a gateway, for its administrators.

pub use link::wire::admin::{Blocking, ContactSetup, GroupSetup, LineSetup, PersonName};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What an office looks up. What is `fixed` stands in the gateway's file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OfficeLists {
    /// Changes with every change of the configuration.
    #[ts(type = "number")]
    pub revision: u64,
    /// The lines.
    pub lines: Vec<LineSetup>,
    /// The groups.
    pub groups: Vec<GroupSetup>,
    /// Names of extensions.
    pub people: Vec<PersonName>,
    /// Names of known numbers, and where their calls go.
    pub contacts: Vec<ContactSetup>,
}

/// Puts a list in place of what was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SaveListRequest {
    /// In which office.
    pub office: String,
    /// The revision that was seen: nothing is changed where it is another one by now.
    #[ts(type = "number")]
    pub revision: u64,
    /// All of the list that is not fixed.
    pub list: OfficeList,
}

/// One of the lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind", content = "rows")]
pub enum OfficeList {
    /// Lines.
    Lines(Vec<LineSetup>),
    /// Groups.
    Groups(Vec<GroupSetup>),
    /// Names of extensions.
    People(Vec<PersonName>),
    /// Contacts.
    Contacts(Vec<ContactSetup>),
}
