//! The people of an office behind a gateway, for its administrators.

use jiff::Timestamp;
pub use link::wire::{
    Role,
    people::{InvitationState, TableFault, TableProblem},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which office is meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AdminOfficeRequest {
    /// Its id at this desk.
    pub office: String,
}

/// Who may look at an office, and who is invited.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OfficePeople {
    /// Who has a token.
    pub people: Vec<OfficePerson>,
    /// Who has, or had, an invitation, newest first.
    pub invitations: Vec<InvitationRow>,
}

/// What somebody sees of an office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RightsView {
    /// How much.
    pub role: Role,
    /// His extensions.
    pub extensions: Vec<OwnExtension>,
    /// His groups.
    pub groups: Vec<String>,
}

/// An extension of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OwnExtension {
    /// Where.
    pub connection: String,
    /// Which.
    pub extension: String,
}

/// Somebody with a token, and the desk that has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OfficePerson {
    /// Names the token.
    pub id: String,
    /// His name.
    pub name: String,
    /// What he sees.
    pub rights: RightsView,
    /// His computer, as it called itself.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// The program that uses the token, with its version.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// When it was last here.
    #[ts(optional, type = "string")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Timestamp>,
    /// It is here now.
    pub online: bool,
}

/// An invitation, without its code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct InvitationRow {
    /// Names it.
    pub id: String,
    /// Whose it is.
    pub name: String,
    /// What he will see.
    pub rights: RightsView,
    /// Until when it can be used.
    #[ts(type = "string")]
    pub expires_at: Timestamp,
    /// How it stands.
    pub state: InvitationState,
}

/// Invites somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct InvitePersonRequest {
    /// Into which office.
    pub office: String,
    /// Whom.
    pub name: String,
    /// What he will see.
    pub rights: RightsView,
}

/// An invitation that was made. Its link is told this once.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct InvitedView {
    /// What he opens.
    pub link: String,
    /// Until when it can be used.
    #[ts(type = "string")]
    pub expires_at: Timestamp,
}

link::must_not_implement!(InvitedView: std::fmt::Debug);

/// A table of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PeopleTableRequest {
    /// Into which office they are, or would be, invited.
    pub office: String,
    /// The table: name, role, extensions and groups in each line.
    pub table: String,
}

/// Who is in a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PeopleTable {
    /// The people, in its order; none where something is wrong with it.
    pub people: Vec<TableRow>,
    /// What is wrong with it.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<TableProblem>,
}

/// Somebody in a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TableRow {
    /// His name.
    pub name: String,
    /// What he will see.
    pub rights: RightsView,
}

/// The invitations that were made of a table, in its order. Their links are told this once.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportedPeople {
    /// One a line.
    pub invitations: Vec<NamedLink>,
}

link::must_not_implement!(ImportedPeople: std::fmt::Debug);

/// Whose link it is.
#[derive(Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NamedLink {
    /// Whose.
    pub name: String,
    /// What he opens.
    pub link: String,
}

// Whoever has a link joins in another's name.
link::must_not_implement!(NamedLink: std::fmt::Debug);

/// Links to be kept in a file.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeepLinksRequest {
    /// The links.
    pub links: Vec<NamedLink>,
}

link::must_not_implement!(KeepLinksRequest: std::fmt::Debug, Serialize);

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeptFile {
    /// Where it is.
    pub file: String,
}

/// Says what somebody sees from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChangeRightsRequest {
    /// In which office.
    pub office: String,
    /// Names his token.
    pub person: String,
    /// What he sees.
    pub rights: RightsView,
}

/// Takes a token back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RemovePersonRequest {
    /// In which office.
    pub office: String,
    /// Names the token.
    pub person: String,
}

/// Names an invitation: to take it back, or to give it another link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NamedInvitation {
    /// In which office.
    pub office: String,
    /// Which.
    pub invitation: String,
}
